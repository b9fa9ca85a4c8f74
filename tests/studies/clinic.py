"""An invented clinic of twelve patients with planted canaries: no word of `CANARIES` may ever be told."""

from pathlib import Path

CANARIES = ("zq-pat", "Zqfreetext", "2019-03-07", "07.03.2019")

VOCABULARY = """
name: clinic
title: An invented clinic
origin: {label: admission}
resolution: 1
patients:
  age: {type: quantity, label: Age, unit: years}
  sex: {type: category, label: Sex, values: [female, male]}
  smoker: {type: boolean, label: Smoker}
  visits: {type: integer, label: Visits before}
measurements:
  marker: {kind: quantity, label: Marker, unit: ng, range: [0, 100], detection_limit: 0.1}
  gait: {kind: state, label: Gait, values: [steady, unsteady]}
interventions:
  surgery: {label: surgery, acts_on: [fall, death], details: {side: [left, right]}}
events:
  fall: {label: fall, details: {injury: [minor, major], height: {type: quantity, unit: m}}}
  death: {label: death, terminal: true}
structures:
  course:
    label: Course
    start: up
    states: {up: {label: Up}, operated: {label: Operated}, fallen: {label: Fallen}, dead: {label: Dead}}
    arrows:
      - {from: up, on: surgery, to: operated}
      - {from: up, on: fall, to: fallen}
      - {from: up, on: death, to: dead}
      - {from: operated, on: fall, to: fallen}
      - {from: operated, on: death, to: dead}
      - {from: fallen, on: death, to: dead}
outcomes:
  os:
    label: Survival
    abbreviation: OS
    structure: course
    kind: survival
    states: [up, operated, fallen]
    is: alive
    event: death
  falls:
    label: Cumulative incidence of a fall
    abbreviation: falls
    structure: course
    kind: cumulative_incidence
    at_risk: [up, operated]
    states: [fallen]
    event: fall
    competing: death without a fall
"""

PROTOCOL = """
title: What becomes of patients of the clinic
vocabulary: vocabulary.yaml
population:
  label: adults
  all_of:
    - {label: 18 years or older, predicate: {baseline: age, ge: 18}}
time_zero: {kind: landmark, after: origin, day: 0}
structure: course
outcomes: [os, falls]
intercurrent_events:
  - {event: surgery, handling: treatment_policy}
four_estimands:
  - {event: surgery, outcome: os}
funnels:
  - {name: after_surgery, label: After surgery, origin: surgery, steps: [fall], outcome: os}
report: {every_months: 3, until_month: 9, at_months: [6], restricted_to_months: [6], level: 0.95}
analysis: {variance: ij, interval: default, cluster: null, weight: null}
"""

# (age, sex, smoker, visits, stop, surgery, fall, death), days; "" did not happen.
_COURSES = (
    (61.5, "female", "yes", 2, 300, 20, 100, ""),
    (70, "male", "no", 0, 41, "", "", 41),
    (55, "male", "NA", 1, 120, "", 60, ""),
    (48, "female", "no", 0, 250, 33, "", 250),
    (33, "female", "no", 3, 280, "", "", ""),
    (81, "male", "yes", 5, 95, "", 70, 95),
    (77, "female", "no", 1, 210, 12, "", ""),
    (64, "male", "no", 0, 190, "", 150, 190),
    (59, "male", "yes", 2, 275, 40, "", ""),
    (52, "female", "no", 0, 15, "", "", ""),
    (45, "male", "no", 1, 260, "", 30, ""),
    (68, "female", "yes", 0, 222, 9, 80, 222),
)


def _tables() -> dict[str, str]:
    patients = ["patient,site,origin_year,age,sex,smoker,visits,comment"]
    observation = ["patient,start,stop"]
    measurements = ["patient,day,name,value,unit,bound,specimen"]
    interventions = ["patient,start,stop,name,decided,completed,side"]
    events = ["patient,day,name,injury,height"]
    for number, course in enumerate(_COURSES, start=1):
        age, sex, smoker, visits, stop, surgery, fall, death = course
        one = f"zq-pat-{number:02}"
        site = "North" if number % 2 else "South"
        patients.append(f"{one},{site},2019,{age},{sex},{smoker},{visits},Zqfreetext seen on 2019-03-07")
        observation.append(f"{one},0,{stop}")
        measurements.append(f"{one},{number},marker,{number / 2},ng,=,blood")
        measurements.append(f"{one},{number},gait,{'steady' if number % 3 else 'unsteady'},,,")
        if surgery != "":
            interventions.append(f"{one},{surgery},,surgery,,,left")
        if fall != "":
            events.append(f"{one},{fall},fall,minor,0.5")
        if death != "":
            events.append(f"{one},{death},death,,")
    named = {
        "patients": patients,
        "observation": observation,
        "measurements": measurements,
        "interventions": interventions,
        "events": events,
    }
    return {name: "\n".join(lines) + "\n" for name, lines in named.items()}


TABLES = _tables()

# The same kind of clinic as a hospital keeps it: day.month.year, decimal commas, 99 for missing.
WIDE = (
    "ID;Haus;Aufnahme;Alter;Geschlecht;Raucher;Besuche;Letzter;Tot;OP;OP_Seite;Sturz;Sturz_Art;Hoehe;Marker;"
    "Marker_Datum;Gang;Bemerkung\n"
    "zq-pat-01;A;07.03.2019;61,5;w;ja;2;27.10.2019;0;21.03.2019;links;10.04.2019;leicht;0,5;3,5;15.03.2019;;"
    "Zqfreetext\n"
    "zq-pat-02;A;05.03.2020;70;m;nein;0;15.04.2020;1;;;;;;<0,1;19.03.2020;;Zqfreetext\n"
    "zq-pat-03;B;28.02.2021;55;m;99;1;28.06.2021;0;;;29.04.2021;schwer;;;;unsicher;\n"
    "zq-pat-04;B;01.02.2021;48;w;nein;0;08.10.2021;1;06.03.2021;rechts;;;;2;08.02.2021;sicher;\n"
)

MAPPING = """
title: The clinic
vocabulary: vocabulary.yaml
id: ID
origin: {column: Aufnahme}
times: {formats: [DD.MM.YYYY]}
decimal: ","
observation: {stop: Letzter}
patients:
  site: Haus
  age: Alter
  sex: {column: Geschlecht, recode: {w: female, m: male}}
  smoker: {column: Raucher, recode: {ja: true, nein: false}, missing: [99]}
  visits: Besuche
interventions:
  - {name: surgery, start: OP, details: {side: {column: OP_Seite, recode: {links: left, rechts: right}}}}
events:
  - name: fall
    day: Sturz
    details: {injury: {column: Sturz_Art, recode: {leicht: minor, schwer: major}}, height: Hoehe}
  - {name: death, day: Letzter, when: {column: Tot, is: [1], is_not: [0]}}
measurements:
  - {name: marker, value: Marker, day: Marker_Datum, unit: ng, specimen: blood}
  - {name: gait, value: {column: Gang, recode: {unsicher: unsteady, sicher: steady}}, on_day: 7}
ignored: [Bemerkung]
"""


def write_clinic(folder: Path, **changed: str | bytes | None) -> Path:
    """Write the five tables into ``folder/tables``, and protocol and vocabulary beside it."""
    tables = folder / "tables"
    tables.mkdir(parents=True)
    (tables / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
    (folder / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
    (folder / "protocol.yaml").write_text(PROTOCOL, encoding="utf-8")
    for name, content in (TABLES | changed).items():
        if isinstance(content, bytes):
            (tables / f"{name}.csv").write_bytes(content)
        elif content is not None:
            (tables / f"{name}.csv").write_text(content, encoding="utf-8", newline="")
    return tables


def write_wide(folder: Path, *, sheet: str | bytes = WIDE, mapping: str = MAPPING) -> Path:
    """Write the wide sheet, its mapping, the vocabulary and the protocol into one folder."""
    folder.mkdir(parents=True)
    (folder / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
    (folder / "protocol.yaml").write_text(PROTOCOL, encoding="utf-8")
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    content = sheet if isinstance(sheet, bytes) else sheet.encode()
    (folder / "clinic.csv").write_bytes(content)
    return folder / "clinic.csv"

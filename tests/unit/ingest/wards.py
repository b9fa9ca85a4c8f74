"""A small invented ward, once as five tables and once as a wide sheet; shared by the tests of the door."""

from pathlib import Path

VOCABULARY = """
name: ward
title: An invented ward
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
  surgery: {label: surgery, acts_on: [fall], details: {side: [left, right]}}
events:
  fall: {label: fall, details: {injury: [minor, major], height: {type: quantity, unit: m}}}
  death: {label: death, terminal: true}
structures:
  course:
    label: Course
    start: up
    states: {up: {label: Up}, fallen: {label: Fallen}, dead: {label: Dead}}
    arrows:
      - {from: up, on: fall, to: fallen}
      - {from: up, on: death, to: dead}
      - {from: fallen, on: death, to: dead}
outcomes:
  os:
    label: Survival
    abbreviation: OS
    structure: course
    kind: survival
    states: [up, fallen]
    is: alive
    event: death
"""

TABLES = {
    "patients": (
        "patient,site,origin_year,age,sex,smoker,visits\n"
        "p-1,A,2020,61.5,female,yes,2\n"
        "p-2,A,2020,70,male,no,0\n"
        "p-3,B,2021,55,male,NA,1\n"
    ),
    "observation": "patient,start,stop\np-1,0,300\np-2,0,41\np-3,0,120\n",
    "measurements": (
        "patient,day,name,value,unit,bound,specimen\n"
        "p-1,14,marker,3.5,ng,=,blood\n"
        "p-2,14,marker,<0.1,ng,,blood\n"
        "p-3,7,gait,unsteady,,,\n"
    ),
    "interventions": "patient,start,stop,name,decided,completed,side\np-1,20,,surgery,10,21,left\n",
    "events": (
        "patient,day,name,injury,height\np-1,100,fall,minor,0.5\np-2,41,death,,\np-3,60,fall,major,\n"
    ),
}

# The same ward as a hospital keeps it: one row a patient, day.month.year, decimal commas, 99 for missing.
WIDE = (
    "ID;Haus;Aufnahme;Alter;Geschlecht;Raucher;Besuche;Letzter;Tot;OP;OP_Seite;OP_Plan;OP_Ende;Sturz;Sturz_Art;"
    "Hoehe;Marker;Marker_Datum;Gang\n"
    "p-1;A;01.01.2020;61,5;w;ja;2;27.10.2020;0;21.01.2020;links;11.01.2020;22.01.2020;10.04.2020;leicht;0,5;"
    "3,5;15.01.2020;\n"
    "p-2;A;05.03.2020;70;m;nein;0;15.04.2020;1;;;;;;;;<0,1;19.03.2020;\n"
    "p-3;B;28.02.2021;55;m;99;1;28.06.2021;0;;;;;29.04.2021;schwer;;;;unsicher\n"
)

MAPPING = """
title: The ward
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
  - name: surgery
    start: OP
    decided: OP_Plan
    completed: OP_Ende
    details: {side: {column: OP_Seite, recode: {links: left, rechts: right}}}
events:
  - name: fall
    day: Sturz
    details: {injury: {column: Sturz_Art, recode: {leicht: minor, schwer: major}}, height: Hoehe}
  - {name: death, day: Letzter, when: {column: Tot, is: [1], is_not: [0]}}
measurements:
  - {name: marker, value: Marker, day: Marker_Datum, unit: ng, specimen: blood}
  - {name: gait, value: {column: Gang, recode: {unsicher: unsteady, sicher: steady}}, on_day: 7}
"""


def write_folder(folder: Path, **changed: str | None) -> Path:
    """Write the ward as five tables; a table given as None is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
    for name, text in (TABLES | changed).items():
        if text is not None:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def write_wide(folder: Path, *, sheet: str = WIDE, mapping: str = MAPPING) -> tuple[Path, Path]:
    """Write the ward as a wide CSV sheet, its mapping and its vocabulary."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    (folder / "ward.csv").write_text(sheet, encoding="utf-8")
    return folder / "ward.csv", folder / "mapping.yaml"

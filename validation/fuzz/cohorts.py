"""Small cohorts in the words of any vocabulary, with dials at their edges."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from equipoise.language.vocabulary import Vocabulary
from equipoise.language.word import Detail, PatientColumn
from validation.fuzz.cells import FREE_TEXT, IDENTIFIER
from validation.fuzz.grid import Grid

SIZES = (1, 2, 3, 5, 12, 12, 30, 30, 47, 47)


@dataclass(frozen=True)
class Dials:
    """How often things happen; 0 and 1 are the edges."""

    n: int
    death: float
    events: float
    interventions: float
    measurements: int
    missing: float
    one_level: bool
    longest: int
    late: float
    gaps: float
    ties: bool

    @classmethod
    def turned(cls, random: Random) -> "Dials":
        rates = (0.0, 0.1, 0.3, 0.6, 1.0)
        return cls(
            n=random.choice(SIZES),
            death=random.choice(rates),
            events=random.choice(rates),
            interventions=random.choice(rates),
            measurements=random.choice((0, 1, 3)),
            missing=random.choice((0.0, 0.0, 0.2, 1.0)),
            one_level=random.random() < 0.2,
            longest=random.choice((0, 1, 2, 60, 60, 400, 400, 400, 400, 2000, 2000, 2000)),
            late=random.choice((0.0, 0.0, 0.0, 0.3, 1.0)),
            gaps=random.choice((0.0, 0.0, 0.3)),
            ties=random.random() < 0.3,
        )

    def words(self) -> str:
        return (
            f"n={self.n} death={self.death} events={self.events} interventions={self.interventions} "
            f"missing={self.missing} one_level={self.one_level} longest={self.longest} late={self.late} ties={self.ties}"
        )


def five_tables(random: Random, vocabulary: Vocabulary, dials: Dials) -> dict[str, Grid]:
    """Tables that the reader should accept."""
    kinds = {
        "interventions": [(name, word.details) for name, word in vocabulary.interventions.items()],
        "events": [(n, w.details) for n, w in vocabulary.events.items() if not w.terminal],
    }
    details = {
        "interventions": sorted({d for w in vocabulary.interventions.values() for d in w.details}),
        "events": sorted({d for w in vocabulary.events.values() for d in w.details}),
    }
    patients = Grid(["patient", "site", "origin_year", *vocabulary.patients, "comment"], [])
    observation = Grid(["patient", "start", "stop"], [])
    measurements = Grid(["patient", "day", "name", "value", "unit", "bound", "specimen"], [])
    dated = {
        "interventions": Grid(
            ["patient", "start", "stop", "name", "decided", "completed", *details["interventions"]], []
        ),
        "events": Grid(["patient", "day", "name", *details["events"]], []),
    }
    terminal = list(vocabulary.terminal_events)
    for number in range(1, dials.n + 1):
        one = f"{IDENTIFIER}{number:02}"
        site = "North" if dials.one_level or number % 2 else "South"
        columns = [_baseline(random, word, dials) for word in vocabulary.patients.values()]
        patients.rows.append([one, site, str(2015 + number % 5), *columns, f"{FREE_TEXT} seen on 2019-03-07"])
        start, stop = _stay(random, observation, one, dials)
        for name, word in vocabulary.measurements.items():
            for _ in range(dials.measurements):
                day = str(_day(random, start, stop, dials))
                if word.kind == "state":
                    measurements.rows.append([one, day, name, random.choice(list(word.values)), "", "", ""])
                else:
                    low, high = word.range or (0, 100)
                    value = f"{low + (high - low) * random.random() ** 4:g}"
                    measurements.rows.append(
                        [one, day, name, value, word.unit, random.choice("==<"), "blood"]
                    )
        for table, rate in (("interventions", dials.interventions), ("events", dials.events)):
            for name, declared in kinds[table]:
                if random.random() < rate:
                    day = str(_day(random, start, stop, dials))
                    told = [_detail(random, declared.get(d)) for d in details[table]]
                    between = ["", name, "", ""] if table == "interventions" else [name]
                    dated[table].rows.append([one, day, *between, *told])
        if terminal and random.random() < dials.death:
            name = random.choice(terminal)
            told = [_detail(random, vocabulary.events[name].details.get(d)) for d in details["events"]]
            dated["events"].rows.append([one, str(stop), name, *told])
    return {"patients": patients, "observation": observation, "measurements": measurements, **dated}


def _baseline(random: Random, word: PatientColumn, dials: Dials) -> str:
    if random.random() < dials.missing:
        return ""
    kind, values, role = word.type, list(word.values), word.role
    if kind == "category":
        options = values or ["north", "south", "east"]
        return options[0] if dials.one_level else random.choice(options)
    if kind == "boolean":
        return "yes" if dials.one_level else random.choice(("yes", "no"))
    if role == "weight":
        return random.choice(("1", "0.5", "2.25"))
    if kind == "integer":
        return "2" if dials.one_level else str(random.randrange(5))
    return "50" if dials.one_level else f"{random.uniform(20, 80):.1f}"


def _detail(random: Random, declared: Detail | None) -> str:
    if declared is None or random.random() < 0.2:
        return ""
    values = list(declared.values)
    return random.choice(values) if values else f"{random.uniform(0, 3):.2f}"


def _stay(random: Random, observation: Grid, one: str, dials: Dials) -> tuple[int, int]:
    stop = random.randint(min(1, dials.longest), dials.longest)
    start = random.randint(0, stop // 2) if random.random() < dials.late else 0
    if stop - start > 6 and random.random() < dials.gaps:
        gone, back = start + 2, stop - 2
        observation.rows.append([one, str(start), str(gone)])
        observation.rows.append([one, str(back), str(stop)])
    else:
        observation.rows.append([one, str(start), str(stop)])
    return start, stop


def _day(random: Random, start: int, stop: int, dials: Dials) -> int:
    day = random.randint(start, stop)
    return day - day % 30 if dials.ties and day - day % 30 >= start else day


WIDE_COLUMNS = (
    "ID", "Haus", "Aufnahme", "Alter", "Geschlecht", "Raucher", "Besuche", "Letzter", "Kontrolle", "Tot", "OP",
    "OP_Seite", "Tage_Schiene", "Sturz", "Sturz_Art", "Hoehe", "Marker", "Marker_Datum", "Gang", "Bemerkung",
)  # fmt: skip


def wide_sheet(random: Random, dials: Dials) -> Grid:
    """The same clinic as a hospital keeps it: one row a patient, dates in columns, decimal commas."""
    grid = Grid(list(WIDE_COLUMNS), [])
    for number in range(1, dials.n + 1):
        origin = date(2019, 3, 6) + timedelta(days=number)
        stop = random.randint(min(8, dials.longest), dials.longest)

        def on(day: int, origin: date = origin) -> str:
            return (origin + timedelta(days=day)).strftime("%d.%m.%Y")

        def within(rate: float, stop: int = stop) -> str:
            return on(random.randint(0, stop)) if random.random() < rate else ""

        operated, fallen = within(dials.interventions), within(dials.events)
        marker = f"{random.uniform(0, 9):.1f}".replace(".", ",") if dials.measurements else ""
        grid.rows.append(
            [
                f"{IDENTIFIER}{number:02}",
                "A" if dials.one_level else random.choice("AB"),
                on(0),
                f"{random.uniform(20, 80):.1f}".replace(".", ","),
                "w" if dials.one_level else random.choice("wm"),
                random.choice(("ja", "nein", "99")),
                str(random.randrange(4)),
                on(stop),
                within(0.5),
                str(int(random.random() < dials.death)),
                operated,
                random.choice(("links", "rechts")) if operated else "",
                str(random.randint(0, stop)) if random.random() < 0.3 else "",
                fallen,
                random.choice(("leicht", "schwer", "")) if fallen else "",
                random.choice(("0,5", "", "2")) if fallen else "",
                marker,
                on(random.randint(0, stop)) if marker else "",
                random.choice(("sicher", "unsicher", "")),
                f"{FREE_TEXT} seen on 2019-03-07",
            ]
        )
    return grid

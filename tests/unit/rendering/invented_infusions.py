"""An invented registry of infusions for the largest shipped protocol: what is recorded is drawn by lot.

Nothing in these tests takes the numbers for evidence; what matters is that every covariate, intervention and
event of the protocol occurs, so that the report is as full as it gets.
"""

import numpy as np
import polars as pl

from equipoise.cohort.cohort import Cohort
from equipoise.language.vocabulary import Vocabulary, read_vocabulary

FIRST_ASSESSMENT = 28.0
MEASUREMENTS = {
    "patient": pl.Int32,
    "name": pl.String,
    "day": pl.Float64,
    "value": pl.Float64,
    "state": pl.String,
    "bound": pl.String,
}
MEAN_DAYS = {
    "relapse": 1400.0,
    "bca_loss": 700.0,
    "agvhd": 3000.0,
    "cgvhd": 3000.0,
    "smn": 20000.0,
    "hct": 500.0,
    "maintenance": 2500.0,
    "car_reinfusion": 5000.0,
    "other_car": 6000.0,
    "dli": 6000.0,
    "death": 4000.0,
    "after_relapse": 420.0,
    "remission_again": 200.0,
}
EVENTS = {"patient": pl.Int32, "name": pl.String, "day": pl.Float64}


def invented_infusions(patients: int, seed: int = 5) -> Cohort:
    """A cohort of the vocabulary `cart_all`: all in remission on day 28, then courses of constant hazards."""
    vocabulary = read_vocabulary("cart_all")
    chance = np.random.default_rng(seed)
    who = pl.Series("patient", range(patients), dtype=pl.Int32)
    waits = {
        name: FIRST_ASSESSMENT + 1 + np.floor(chance.exponential(mean, patients))
        for name, mean in MEAN_DAYS.items()
    }
    died = np.minimum(waits["death"], waits["relapse"] + waits["after_relapse"])
    contact = np.floor(chance.uniform(400, 2600, patients))
    stop = np.minimum(died, contact)
    dated = {**waits, "death": died, "remission": waits["relapse"] + waits["remission_again"]}
    first = pl.DataFrame({"patient": who, "name": "remission", "day": FIRST_ASSESSMENT})
    events = _seen({name: dated[name] for name in vocabulary.events if name in dated}, stop)
    given = _seen({name: waits[name] for name in vocabulary.interventions if name in waits}, stop)
    return Cohort.build(
        vocabulary,
        patients=_columns(vocabulary, who, chance),
        observation=pl.DataFrame([who, pl.Series("start", [0.0] * patients), pl.Series("stop", stop)]),
        measurements=_measurements(stop, chance),
        interventions=given.rename({"day": "start"}),
        events=_with_details(pl.concat([first, events]), vocabulary, chance),
    )


def _seen(days: dict[str, np.ndarray], stop: np.ndarray) -> pl.DataFrame:
    """What was recorded while the patient was observed."""
    records = [
        (patient, name, day)
        for name, own in days.items()
        for patient, day in enumerate(own)
        if day <= stop[patient]
    ]
    return pl.DataFrame(records, schema=EVENTS, orient="row")


def _with_details(events: pl.DataFrame, vocabulary: Vocabulary, chance: np.random.Generator) -> pl.DataFrame:
    """The events with a value of each detail that their word has."""
    return events.with_columns(
        pl.when(pl.col("name") == name)
        .then(pl.Series(chance.choice(list(detail.values), events.height)))
        .alias(column)
        for name, word in vocabulary.events.items()
        for column, detail in word.details.items()
    )


def _columns(vocabulary: Vocabulary, who: pl.Series, chance: np.random.Generator) -> pl.DataFrame:
    n = who.len()
    columns: list[pl.Series] = [who]
    for name, column in vocabulary.patients.items():
        if name == "prior_car":
            values: list[object] = [False] * n
        elif name == "age":
            values = list(np.round(chance.uniform(1, 25.9, n), 1))
        elif name == "prior_hct":
            values = list(chance.binomial(1, 0.25, n))
        elif column.type == "category":
            values = list(chance.choice(list(column.values), n))
        elif column.type == "boolean":
            values = [bool(one) for one in chance.binomial(1, 0.3, n)]
        elif column.type == "integer":
            values = list(chance.poisson(2.0, n))
        else:
            values = list(np.round(chance.exponential(20.0, n), 1))
        known = chance.uniform(size=n) < 0.95
        is_complete = name in {"age", "prior_car"}
        columns.append(
            pl.Series(
                name,
                [value if seen or is_complete else None for value, seen in zip(values, known, strict=True)],
                strict=False,
            )
        )
    return pl.DataFrame(columns)


def _measurements(stop: np.ndarray, chance: np.random.Generator) -> pl.DataFrame:
    rows: list[tuple[int, str, float, float | None, str | None, str]] = []
    for patient, last in enumerate(stop):
        rows.append((patient, "flow_mrd", FIRST_ASSESSMENT, 1e-4, None, "<"))
        for day in (28.0, 90.0, 180.0, 360.0):
            if day > last:
                continue
            is_positive = chance.uniform() < 0.2
            rows.append(
                (patient, "ngs_mrd", day, 1e-5 if is_positive else 1e-6, None, "=" if is_positive else "<")
            )
            state = "lost" if chance.uniform() < 0.15 else "present"
            rows.append((patient, "bca", day, None, state, "="))
    return pl.DataFrame(rows, schema=MEASUREMENTS, orient="row")

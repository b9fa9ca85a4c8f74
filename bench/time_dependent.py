"""``python -m bench.time_dependent``: a Cox model with time-dependent covariates, preparation included.

A cohort of 100,000 patients in memory: a treatment that some get, a marker measured now and then, age. Ours
goes from the cohort to the table; R from the same data frames through `tmerge` to `coxph`. lifelines is given
the rows already cut, because its own preparation takes minutes: its time is that of the fit alone.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.measure import seconds

if TYPE_CHECKING:
    from equipoise.cohort.cohort import Cohort
    from equipoise.estimate.regression.regression import Regression

HERE = Path(__file__).resolve().parent
PATIENTS = 100_000
BETA = {"treated": -0.4, "marker": 0.5, "age": 0.02}
VOCABULARY = """
name: bench
title: Simulated
origin: {label: entry}
patients:
  age: {type: quantity, label: Age, unit: years}
measurements:
  marker: {kind: quantity, label: Marker}
interventions:
  treatment: {label: treatment}
events:
  death: {label: death, terminal: true}
structures:
  course:
    label: Course
    start: alive
    states: {alive: {label: Alive, short: alive}, dead: {label: Dead, short: dead}}
    arrows: [{from: alive, on: death, to: dead}]
outcomes:
  os:
    label: Survival
    abbreviation: OS
    structure: course
    kind: survival
    states: [alive]
    is: alive
    event: death
"""


@dataclass(frozen=True, slots=True)
class Patients:
    """`age`, `day` (last day), `died`, `treated_on` (NaN: never) by patient; marker records by day."""

    age: np.ndarray
    day: np.ndarray
    died: np.ndarray
    treated_on: np.ndarray
    marker_of: np.ndarray
    marker_day: np.ndarray
    marker: np.ndarray


def patients(n: int) -> Patients:
    """Return patients with hazards that follow `BETA` from visit to visit, days whole."""
    chance = np.random.default_rng(7)
    age = chance.normal(50, 12, n).round()
    treated_on = np.where(chance.random(n) < 0.6, np.ceil(chance.exponential(400, n)), np.nan)
    visits = np.arange(6) * 180.0
    marker = np.cumsum(chance.normal(0, 0.5, (n, visits.size)), axis=1).round(3)
    # Hazard in each half-year by the marker at its start and whether treated by then; then censoring.
    risk = np.exp(BETA["marker"] * marker + BETA["age"] * (age - 50)[:, None]) / 1500
    risk *= np.exp(BETA["treated"] * (treated_on[:, None] <= visits))
    within = np.ceil(chance.exponential(1 / risk))
    fails = within <= 180
    first = np.where(fails.any(axis=1), fails.argmax(axis=1), visits.size - 1)
    death = visits[first] + within[np.arange(n), first]
    censored = np.ceil(chance.uniform(30, 1400, n))
    day = np.minimum(death, censored)
    seen = visits < day[:, None]
    who, visit = np.nonzero(seen)
    treated_on[treated_on >= day] = np.nan
    return Patients(age, day, death <= censored, treated_on, who, visits[visit], marker[who, visit])


def cohort_of(data: Patients) -> Cohort:
    """Return the cohort in memory, as a reader would hand it over."""
    import polars as pl

    from equipoise.cohort.cohort import Cohort
    from equipoise.language.vocabulary import read_vocabulary

    n = data.age.size
    everybody = pl.Series(np.arange(n), dtype=pl.Int32)
    treated, dead = np.flatnonzero(~np.isnan(data.treated_on)), np.flatnonzero(data.died)

    def records(patient: np.ndarray, name: str, **columns: np.ndarray) -> pl.DataFrame:
        return pl.DataFrame({"patient": pl.Series(patient, dtype=pl.Int32), **columns}).with_columns(
            name=pl.lit(name)
        )

    return Cohort.build(
        read_vocabulary(VOCABULARY),
        patients=pl.DataFrame({"patient": everybody, "age": data.age}),
        observation=pl.DataFrame({"patient": everybody, "start": np.full(n, -1.0), "stop": data.day}),
        measurements=records(data.marker_of, "marker", day=data.marker_day, value=data.marker),
        interventions=records(treated, "treatment", start=data.treated_on[treated]),
        events=records(dead, "death", day=data.day[dead]),
    )


def ours(cohort: Cohort) -> Regression:
    """From the cohort to the table of coefficients."""
    from equipoise.cohort.history import event_history
    from equipoise.estimate.regression.cox import cox
    from equipoise.language.feature import Baseline, Has, Last
    from equipoise.protocol.prognosis import Covariate

    asked = (
        Covariate(name="treated", predicate=Has(record="treatment")),
        Covariate(name="marker", feature=Last(measurement="marker")),
        Covariate(name="age", feature=Baseline(column="age")),
    )
    return cox(event_history(cohort, "course", time_zero=0.0), cohort, asked)


def lifelines_fit(found: Regression) -> tuple[Callable[[], Any], Callable[[Any], np.ndarray]]:
    """Fit of rows that are already cut."""
    import pandas as pd
    from lifelines import CoxTimeVaryingFitter

    rows = found.design.rows
    frame = pd.DataFrame(found.design.columns, columns=list(BETA))
    frame["id"], frame["start"], frame["stop"] = rows.patient, rows.start / 2, rows.stop / 2
    frame["died"] = rows.target >= 0

    def call() -> Any:
        options = {"id_col": "id", "start_col": "start", "stop_col": "stop", "event_col": "died"}
        return CoxTimeVaryingFitter().fit(frame, **options)

    return call, lambda fit: fit.params_.to_numpy()


def in_r(data: Patients, folder: Path) -> tuple[list[float], str, np.ndarray, np.ndarray]:
    """Times, version, coefficients and standard errors of `tmerge` and `coxph`."""
    integers = {"day": data.day, "died": data.died, "marker_of": data.marker_of + 1}
    for name, values in integers.items():
        values.astype(np.int32).tofile(folder / f"{name}.bin")
    for name in ("age", "treated_on", "marker_day", "marker"):
        getattr(data, name).astype(np.float64).tofile(folder / f"{name}.bin")
    command = [str(shutil.which("Rscript")), "--vanilla", str(HERE / "time_dependent.R"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    printed = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    answers = np.fromfile(folder / "answers.bin").reshape(2, -1)
    which = f"{printed['versions'][1]} (R {printed['versions'][0]})"
    return [float(one) for one in printed["seconds"]], which, answers[0], answers[1]


def call_of(name: str, size: int) -> Callable[[], Any]:
    """Return the call of a contender on so many patients, for the measurement of memory."""
    cohort = cohort_of(patients(size))
    return (lambda: ours(cohort)) if name == "equipoise" else lifelines_fit(ours(cohort))[0]


def run() -> list[dict[str, Any]]:
    """Time the three; assert equal coefficients and standard errors."""
    data = patients(PATIENTS)
    cohort = cohort_of(data)
    times, found = seconds(lambda: ours(cohort))
    value, error = found.coefficients.value, np.sqrt(np.diag(found.coefficients.covariance))
    entries = [("equipoise", version("equipoise"), statistics.median(times))]
    call, answer = lifelines_fit(found)
    # Once: it takes more than a hundred times as long as ours.
    begin = time.process_time()
    fit = call()
    entries.append(("lifelines, fit alone", version("lifelines"), time.process_time() - begin))
    assert np.abs(answer(fit) - value).max() < 1e-5, "lifelines gives other coefficients"
    if shutil.which("Rscript"):
        with tempfile.TemporaryDirectory() as folder:
            times, which, coefficient, spread = in_r(data, Path(folder))
        assert np.abs(coefficient - value).max() < 1e-8, "coxph gives other coefficients"
        assert np.abs(spread - error).max() < 1e-8, "coxph gives other standard errors"
        entries.append(("survival::tmerge, coxph", which, statistics.median(times)))
    report = {
        "name": "time-dependent-cox",
        "title": "Cox model with a treatment and a marker that change, preparation included",
        "patients": PATIENTS,
        "rows": found.design.rows.size,
        "events": found.events,
        "entries": [
            {"name": name, "version": which, "median": median, "ratio": median / entries[0][2]}
            for name, which, median in entries
        ],
    }
    return [report]


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))

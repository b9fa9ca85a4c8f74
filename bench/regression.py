"""``python -m bench.regression``: a Cox model of 100,000 patients and three covariates, Efron's ties.

The public call of each program on its own kind of columns in memory: coefficients, standard errors and the
log likelihood. Coefficients are asserted equal to what the peers' stopping rules allow, R's to 1e-9.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from bench.measure import seconds

HERE = Path(__file__).resolve().parent
PATIENTS = 100_000
BETA = np.array([0.02, 0.5, -0.3])


@dataclass(frozen=True, slots=True)
class Patients:
    """Follow-up in whole days, whether the event happened, and covariates[n, 3]."""

    day: np.ndarray
    event: np.ndarray
    covariates: np.ndarray


# A contender: the call to be timed, and how coefficients and standard errors (or none) are read from it.
Contender = tuple[Callable[[], Any], Callable[[Any], tuple[np.ndarray, np.ndarray | None]]]


def patients(n: int) -> Patients:
    """Return exponential event times with uniform censoring over ten years, on whole days."""
    chance = np.random.default_rng(5)
    x = np.column_stack([chance.normal(0, 10, n), chance.integers(0, 2, n), chance.normal(size=n)])
    death = chance.exponential(1500.0 * np.exp(-x @ BETA))
    censored = chance.uniform(1.0, 3650.0, n)
    day = np.ceil(np.minimum(death, censored)).astype(np.int32)
    return Patients(day, death <= censored, x)


def equipoise_cox(data: Patients) -> Contender:
    """Ours, from arrays."""
    from equipoise.kernels.cox import fit_cox

    def answer(fit: Any) -> tuple[np.ndarray, np.ndarray]:
        return fit.coefficients, np.sqrt(np.diag(fit.covariance))

    return lambda: fit_cox(data.day, data.event, data.covariates), answer


def lifelines_cox(data: Patients) -> Contender:
    """Lifelines, from a data frame."""
    import pandas as pd
    from lifelines import CoxPHFitter

    frame = pd.DataFrame(data.covariates, columns=["a", "b", "c"])
    frame["day"], frame["event"] = data.day, data.event

    def answer(fit: Any) -> tuple[np.ndarray, np.ndarray]:
        return fit.params_.to_numpy(), fit.standard_errors_.to_numpy()

    return lambda: CoxPHFitter().fit(frame, "day", "event"), answer


def sksurv_cox(data: Patients) -> Contender:
    """scikit-survival; it has no standard errors."""
    from sksurv.linear_model import CoxPHSurvivalAnalysis
    from sksurv.util import Surv

    outcome = Surv.from_arrays(data.event, data.day)

    def answer(fit: Any) -> tuple[np.ndarray, None]:
        return fit.coef_, None

    return lambda: CoxPHSurvivalAnalysis(ties="efron").fit(data.covariates, outcome), answer


CONTENDERS = {
    "equipoise": (equipoise_cox, "equipoise"),
    "lifelines": (lifelines_cox, "lifelines"),
    "scikit-survival": (sksurv_cox, "scikit-survival"),
}


def in_r(data: Patients) -> tuple[list[float], str, np.ndarray, np.ndarray]:
    """Times, version, coefficients and standard errors of `coxph`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data.day.astype(np.int32).tofile(folder / "day.bin")
        data.event.astype(np.int32).tofile(folder / "event.bin")
        data.covariates.astype(np.float64).tofile(folder / "covariates.bin")
        command = [str(shutil.which("Rscript")), "--vanilla", str(HERE / "regression.R"), name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        answers = np.fromfile(folder / "answers.bin").reshape(2, -1)
    printed = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    which = f"{printed['versions'][1]} (R {printed['versions'][0]})"
    return [float(one) for one in printed["seconds"]], which, answers[0], answers[1]


def call_of(name: str, size: int) -> Callable[[], Any]:
    """Return the call of a contender on so many patients, for the measurement of memory."""
    return CONTENDERS[name][0](patients(size))[0]


def run() -> list[dict[str, Any]]:
    """Time the contenders; assert equal coefficients and standard errors."""
    data = patients(PATIENTS)
    entries: list[tuple[str, str, float]] = []
    ours: tuple[np.ndarray, np.ndarray | None] | None = None
    for name, (prepare, package) in CONTENDERS.items():
        call, answer = prepare(data)
        times, fit = seconds(call)
        found = answer(fit)
        ours = found if ours is None else ours
        assert np.abs(found[0] - ours[0]).max() < 1e-6, f"{name} gives other coefficients"
        if found[1] is not None and ours[1] is not None:
            assert np.abs(found[1] - ours[1]).max() < 1e-6, f"{name} gives other standard errors"
        entries.append((name, version(package), statistics.median(times)))
    assert ours is not None
    assert ours[1] is not None
    if shutil.which("Rscript"):
        times, which, coefficients, errors = in_r(data)
        assert np.abs(coefficients - ours[0]).max() < 1e-9, "coxph gives other coefficients"
        assert np.abs(errors - ours[1]).max() < 1e-9, "coxph gives other standard errors"
        entries.append(("survival::coxph", which, statistics.median(times)))
    found = {
        "name": "cox",
        "title": "Cox model, three covariates, Efron's ties",
        "patients": PATIENTS,
        "events": int(data.event.sum()),
        "entries": [
            {"name": name, "version": which, "median": median, "ratio": median / entries[0][2]}
            for name, which, median in entries
        ],
    }
    return [found]


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))

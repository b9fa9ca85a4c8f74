"""``python -m bench.fine_gray``: Fine-Gray regression at 100,000 patients with three covariates.

comprisk's public class with both of its variances: the naive one (its default) and the sandwich that takes
the weights as known; ours always has the sandwich of crr besides. R's `crr` needs time of order n^2 and is
met at 4,000 patients, where its answer is compared to 1e-10. The R package fastcmprsk was not to be had.
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

PATIENTS = 100_000
FEW = 4_000
BETA = np.array([0.5, -0.3, 0.2])
CRR = """
suppressPackageStartupMessages(library(cmprsk))
d <- read.csv(commandArgs(TRUE)[1])
x <- as.matrix(d[, 3:5])
fit <- crr(d$day, d$cause, x, gtol = 1e-12, maxiter = 50)
times <- sapply(1:3, function(i) sum(system.time(crr(d$day, d$cause, x))[c("user.self", "sys.self")]))
writeLines(c(format(times, digits = 8), format(fit$coef, digits = 17), format(fit$var, digits = 17),
             as.character(packageVersion("cmprsk"))))
"""


@dataclass(frozen=True, slots=True)
class Competing:
    """Whole days, cause (0 = censored) and covariates by patient."""

    day: np.ndarray
    cause: np.ndarray
    covariates: np.ndarray


def competing(n: int) -> Competing:
    """Return two exponential causes, the first by `BETA`, and uniform censoring over ten years."""
    chance = np.random.default_rng(11)
    x = np.column_stack([chance.normal(size=n), chance.random(n) < 0.5, chance.normal(size=n).round(1)])
    times = np.column_stack(
        [
            chance.uniform(1, 3650, n),
            chance.exponential(1500 * np.exp(-x @ BETA)),
            chance.exponential(2500, n),
        ]
    )
    return Competing(np.ceil(times.min(axis=1)).astype(np.int32), times.argmin(axis=1).astype(np.int32), x)


def ours(data: Competing) -> Any:
    """Coefficients with the sandwich of crr."""
    from equipoise.kernels.fine_gray import fit_fine_gray

    return fit_fine_gray(data.day, data.cause, data.covariates)


def comprisk_fit(data: Competing, day: np.ndarray, *, robust: bool) -> Any:
    """The public class on the same arrays."""
    from comprisk import FineGrayRegression

    return FineGrayRegression(robust_se=robust).fit(data.covariates, time=day, event=data.cause)


def crr(data: Competing) -> tuple[list[float], np.ndarray, np.ndarray, str]:
    """Times, coefficients, variance and version of R's crr."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.csv"
        table = np.column_stack([data.day, data.cause, data.covariates])
        np.savetxt(rows, table, delimiter=",", header="day,cause,x1,x2,x3", comments="", fmt="%.17g")
        command = [str(shutil.which("Rscript")), "--vanilla", "-e", CRR, str(rows)]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    numbers = np.array([float(one) for one in lines[:-1]])
    return numbers[:3].tolist(), numbers[3:6], numbers[6:15].reshape(3, 3), lines[-1]


def call_of(name: str, size: int) -> Callable[[], Any]:
    """Return the call of a contender on so many patients, for the measurement of memory."""
    data = competing(size)
    day = data.day.astype(np.float64)
    calls: dict[str, Callable[[], Any]] = {
        "equipoise": lambda: ours(data),
        "comprisk": lambda: comprisk_fit(data, day, robust=False),
        "comprisk, robust": lambda: comprisk_fit(data, day, robust=True),
    }
    return calls[name]


def run() -> list[dict[str, Any]]:
    """Time all at both sizes; assert equal answers."""
    data = competing(PATIENTS)
    times, fit = seconds(lambda: ours(data))
    entries = [("equipoise", version("equipoise"), statistics.median(times))]
    day = data.day.astype(np.float64)
    for name, robust in (("comprisk", False), ("comprisk, robust", True)):
        times, peer = seconds(lambda robust=robust: comprisk_fit(data, day, robust=robust))
        assert np.abs(peer.coef_ - fit.coefficients).max() < 1e-5, "comprisk gives other coefficients"
        error = np.sqrt(np.diag(fit.known_weights if robust else fit.model_based))
        assert np.abs(peer.se_ / error - 1).max() < 1e-5, "comprisk gives other standard errors"
        entries.append((name, version("comprisk"), statistics.median(times)))
    found = [_report("fine-gray", "Fine-Gray regression, three covariates", data, entries)]
    if shutil.which("Rscript"):
        few = competing(FEW)
        times, fit = seconds(lambda: ours(few))
        entries = [("equipoise", version("equipoise"), statistics.median(times))]
        times, coefficients, variance, which = crr(few)
        assert np.abs(coefficients - fit.coefficients).max() < 1e-10, "crr gives other coefficients"
        assert np.abs(variance - fit.covariance).max() < 1e-10, "crr gives another variance"
        entries.append(("cmprsk::crr", which, statistics.median(times)))
        found.append(_report("fine-gray-few", "Fine-Gray regression, few patients", few, entries))
    return found


def _report(name: str, title: str, data: Competing, entries: list[tuple[str, str, float]]) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "patients": data.day.size,
        "events": int((data.cause == 1).sum()),
        "entries": [
            {"name": one, "version": which, "median": median, "ratio": median / entries[0][2]}
            for one, which, median in entries
        ],
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))

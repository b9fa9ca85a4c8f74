"""Which contenders meet on which problem, at which size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench import contenders
from bench.problems import DAYS_A_MONTH, MONTHS, REPORT_TICKS, STATES, Curve, Structure, curve, structure

DAYS = REPORT_TICKS // 2


@dataclass(frozen=True, slots=True)
class Problem:
    """A named problem; the first contender is ours, `survfit` names the problem for the R script."""

    name: str
    title: str
    patients: int
    data: Callable[[int], Any]
    grid: np.ndarray
    contenders: dict[str, Callable[[Any, np.ndarray], contenders.Contender]]
    survfit: str
    columns: tuple[str, ...]
    estimates: int  # columns of the answer that are estimates; the following ones are standard errors
    faster_than_r: float | None = None


def _monthly(patients: int) -> Structure:
    return structure(patients, DAYS_A_MONTH)


CURVE_PEERS = {
    "equipoise": contenders.equipoise_curve,
    "scikit-survival": contenders.sksurv_curve,
    "greenwood": contenders.greenwood_curve,
    "comprisk": contenders.comprisk_curve,
}
COMPETING_PEERS = {
    "equipoise": contenders.equipoise_competing,
    "scikit-survival": contenders.sksurv_competing,
    "comprisk": contenders.comprisk_competing,
}
STRUCTURE_PEERS = {"equipoise": contenders.equipoise_structure, "greenwood": contenders.greenwood_structure}
ROW_COLUMNS = ("patient", "start", "stop", "origin", "target")

PROBLEMS = (
    Problem(
        name="kaplan-meier",
        title="Kaplan-Meier with standard errors",
        patients=1_000_000,
        data=curve,
        grid=DAYS,
        contenders=CURVE_PEERS,
        survfit="curve",
        columns=("day", "event"),
        estimates=1,
        faster_than_r=50,
    ),
    Problem(
        name="aalen-johansen",
        title="Aalen-Johansen, six states, events on days, IJ standard errors at 60 months",
        patients=100_000,
        data=structure,
        grid=REPORT_TICKS,
        contenders=STRUCTURE_PEERS,
        survfit="structure",
        columns=ROW_COLUMNS,
        estimates=STATES,
        faster_than_r=50,
    ),
    Problem(
        name="aalen-johansen-months",
        title="the same, events recorded in whole months only",
        patients=100_000,
        data=_monthly,
        grid=(2 * MONTHS).astype(np.int32),
        contenders=STRUCTURE_PEERS,
        survfit="structure",
        columns=ROW_COLUMNS,
        estimates=STATES,
    ),
    Problem(
        name="competing-risks",
        title="Cumulative incidence of two causes with Aalen variances",
        patients=100_000,
        data=curve,
        grid=DAYS,
        contenders=COMPETING_PEERS,
        survfit="competing",
        columns=("day", "cause"),
        estimates=3,
    ),
)


def named(name: str) -> Problem:
    """Return the problem of that name."""
    return next(problem for problem in PROBLEMS if problem.name == name)


__all__ = ["PROBLEMS", "Curve", "Problem", "Structure", "named"]

"""The analysis plan in numbers: report days, horizons, level, variance, clusters and weights."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import Clock, months_to_days
from equipoise.base.errors import DataError
from equipoise.base.findings import Finding, finding
from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import Enrolment
from equipoise.protocol.protocol import Protocol

Variance = Literal["ij", "greenwood", "aalen"]
FEW_CLUSTERS = 20
VARIANCE_LABELS: dict[str, str] = {
    "ij": "infinitesimal jackknife",
    "greenwood": "Greenwood",
    "aalen": "Aalen",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What every estimator needs besides the data of its outcome.

    Parameters
    ----------
    days : float64[T], ascending report days after time zero, from 0
    horizons : float64[H], ascending days for restricted means
    level : confidence level
    variance : name of the variance of probabilities
    clock : resolution of the days
    interval : transformation for all intervals, or ``default`` for each measure's own
    cluster : int32[patients], unit of variance, or None for each patient
    weight : float64[patients], case weights, or None for 1
    clusters : number of clusters among the enrolled, or None
    """

    days: NDArray[np.float64]
    horizons: NDArray[np.float64]
    level: float
    variance: Variance
    clock: Clock
    interval: str = "default"
    cluster: NDArray[np.int32] | None = None
    weight: NDArray[np.float64] | None = None
    clusters: int | None = None

    @property
    def ticks(self) -> NDArray[np.int32]:
        """Last tick of each report day: what has happened by the end of the day counts."""
        return last_ticks(self.days, self.clock)

    @property
    def variance_label(self) -> str:
        """Name of the variance, with the unit it is taken over."""
        label = VARIANCE_LABELS[self.variance]
        return label if self.clusters is None else f"{label} over {self.clusters} clusters (t)"

    @property
    def degrees_of_freedom(self) -> float | None:
        """Clusters less one: their number, not that of the patients, says how well the variance is known."""
        return None if self.clusters is None else max(self.clusters - 1.0, 1.0)

    @property
    def independent(self) -> bool:
        """Whether all patients weigh 1 and are their own unit of variance."""
        return self.cluster is None and self.weight is None


def plan_of(protocol: Protocol, cohort: Cohort, enrolment: Enrolment) -> tuple[Plan, list[Finding]]:
    """The plan of a protocol for the enrolled patients of a cohort, and what is to be said about it.

    Raises
    ------
    DataError
        E112 when an enrolled patient lacks the cluster or a usable weight.
    """
    report, analysis = protocol.report, protocol.analysis
    cluster = None if analysis.cluster is None else _clusters(analysis.cluster, cohort, enrolment)
    weight = None if analysis.weight is None else _weights(analysis.weight, cohort, enrolment)
    clusters = None if cluster is None else int(np.unique(cluster[enrolment.eligible]).size)
    plan = Plan(
        np.array(report.grid_days),
        np.array([months_to_days(month) for month in report.restricted_to_months]),
        report.level,
        analysis.variance,
        Clock(cohort.vocabulary.resolution),
        analysis.interval,
        cluster,
        weight,
        clusters,
    )
    found: list[Finding] = []
    if clusters is not None and clusters < FEW_CLUSTERS:
        told = f"{clusters} clusters" if clusters > 1 else "one cluster, so no interval can be given"
        found.append(finding("E106", "estimates", f"The enrolled patients come from {told}."))
    return plan, found


def _clusters(column: str, cohort: Cohort, enrolment: Enrolment) -> NDArray[np.int32]:
    values = cohort.patients[column]
    missing = int((values.is_null().to_numpy() & enrolment.eligible).sum())
    if missing:
        raise _incomplete(column, missing)
    # Ranks follow the values, not the order of the rows; patients without a value share the last number.
    return values.rank("dense").fill_null(values.n_unique()).cast(pl.Int32).to_numpy() - np.int32(1)


def _weights(column: str, cohort: Cohort, enrolment: Enrolment) -> NDArray[np.float64]:
    values = cohort.patients[column].cast(pl.Float64).fill_null(np.nan).to_numpy()
    unusable = int((~(np.isfinite(values) & (values >= 0)) & enrolment.eligible).sum())
    if unusable:
        raise _incomplete(column, unusable)
    return np.where(enrolment.eligible, values, 0.0)


def _incomplete(column: str, patients: int) -> DataError:
    return DataError(
        "E112",
        where=f"patients.{column}",
        found=f"{patients} enrolled patients without a usable value",
        why="Leaving them out, or giving them a value, would change the population without a word.",
        do="Complete the column (weights are finite and >= 0), or exclude these patients by a criterion.",
    )


def last_ticks(days: NDArray[np.float64], clock: Clock) -> NDArray[np.int32]:
    """Last tick (the half-tick) of each day: int32[T]."""
    return np.array([clock.last_tick(float(day)) for day in days], dtype=np.int32)


def risk_ticks(days: NDArray[np.float64], clock: Clock) -> NDArray[np.int32]:
    """Tick just before which the number at risk on a day is counted: int32[T].

    The first even tick that is not before the day, so that whoever leaves on the day itself still counts (R's
    ``n.risk``); on day 0 the first half-tick, so that all who start there count.
    """
    units = np.ceil(days / clock.resolution - 1e-9)
    return np.maximum(2 * units, 1).astype(np.int32)

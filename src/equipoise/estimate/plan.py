"""The analysis plan in numbers: report days, horizons, level, variance, clusters and weights."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from equipoise.base.clock import Clock

Variance = Literal["ij", "greenwood", "aalen"]
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
    """

    days: NDArray[np.float64]
    horizons: NDArray[np.float64]
    level: float
    variance: Variance
    clock: Clock
    interval: str = "default"
    cluster: NDArray[np.int32] | None = None
    weight: NDArray[np.float64] | None = None

    @property
    def ticks(self) -> NDArray[np.int32]:
        """Last tick of each report day: what has happened by the end of the day counts."""
        return last_ticks(self.days, self.clock)

    @property
    def variance_label(self) -> str:
        """Name of the variance, with the unit it is taken over."""
        label = VARIANCE_LABELS[self.variance]
        return label if self.cluster is None else f"{label} over clusters"

    @property
    def independent(self) -> bool:
        """Whether all patients weigh 1 and are their own unit of variance."""
        return self.cluster is None and self.weight is None

    def weights_of(self, patient: NDArray[np.int32]) -> NDArray[np.float64]:
        """Case weights of the given patients."""
        return np.ones(patient.size) if self.weight is None else self.weight[patient]


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

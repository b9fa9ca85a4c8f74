"""Cumulative incidence of competing causes: Aalen-Johansen with one initial state and one exit a cause.

    F_c(u) = sum S(u-) d_c(u) / Y(u),  S = Kaplan-Meier of all causes together        Aalen and Johansen 1978

Same numbers as `aalen_johansen` on the star-shaped structure, without its generality: one pass, no sort.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Float64, Int32, int16
from equipoise.kernels.jit import jit
from equipoise.kernels.tally import tally


@dataclass(frozen=True, slots=True)
class CumulativeIncidence:
    """One row for each distinct tick at which anybody leaves; `events` and `incidence` are [K, causes]."""

    time: Int32
    at_risk: Float64
    events: Float64
    censored: Float64
    survival: Float64
    incidence: Float64


def cumulative_incidence(
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    *,
    causes: int,
    start: npt.ArrayLike | None = None,
    weight: npt.ArrayLike | None = None,
) -> CumulativeIncidence:
    """Incidence of each cause from rows ``(start, stop]``.

    Parameters
    ----------
    cause : int[n], 0 = censored at `stop`, else the cause 1 .. causes that happens there.
    stop, start, weight : as in `kaplan_meier`.

    Returns
    -------
    CumulativeIncidence
        Column c - 1 of `events` and `incidence` belongs to cause c.
    """
    why = int16(cause, "cause")
    wrong = np.flatnonzero((why < 0) | (why > causes))
    if wrong.size:
        raise ValueError(f"row {wrong[0]}: cause {why[wrong[0]]}; expected 0 (censored) to {causes}")
    time, at_risk, leaving = tally(stop, why, start, weight, causes=causes)
    events = np.ascontiguousarray(leaving[:, 1:])
    survival, incidence = _incidence(at_risk, events)
    return CumulativeIncidence(time, at_risk, events, leaving[:, 0].copy(), survival, incidence)


@jit
def _incidence(at_risk: Float64, events: Float64) -> tuple[Float64, Float64]:
    size, causes = events.shape
    survival = np.empty(size)
    incidence = np.empty((size, causes))
    s = 1.0
    reached = np.zeros(causes)
    for i in range(size):
        left = 0.0
        for c in range(causes):
            left += events[i, c]
            if events[i, c] > 0.0:
                reached[c] += s * events[i, c] / at_risk[i]
            incidence[i, c] = reached[c]
        if left > 0.0:
            s *= (at_risk[i] - left) / at_risk[i]
        survival[i] = s
    return survival, incidence

"""The milestones of a course: by what the transplanted, and everybody else, are counted."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from equipoise.kernels.arrays import Bool, Float64, Int16, Int64
from equipoise.kernels.jit import jit
from equipoise.synth import addresses as a
from equipoise.synth.courses import Courses
from equipoise.synth.numbers import COVARIATES
from equipoise.synth.outcomes import (
    DEATH_LEUKAEMIA,
    HCT_IN_SECOND_REMISSION,
    RELAPSE,
    REMISSION,
    SECOND_REMISSION,
    next_code,
)

_PRIOR_HCT = COVARIATES.index("prior_hct")
_STATE = 7  # the bits of a code that hold the state


class Milestones(NamedTuple):
    """Of each patient; times are infinite where it has not happened.

    Attributes
    ----------
    had_transplant : bool[n]
        Transplanted before the infusion.
    relapse, second, death : float64[n]
        First relapse; first remission after it; death.
    transplant : float64[n]
        First transplant after the infusion, in first or in a later remission.
    failure_after : float64[n]
        First relapse or death after that transplant.
    was_positive, was_lost : bool[n]
        What the last test before a transplant in first remission showed: residual disease; aplasia lost.
        After a relapse the world tests nobody, and both are false.
    recovered : bool[n]
        Alive and in remission the asked time after the first relapse.
    """

    had_transplant: Bool
    relapse: Float64
    second: Float64
    death: Float64
    transplant: Float64
    failure_after: Float64
    was_positive: Bool
    was_lost: Bool
    recovered: Bool


def milestones(courses: Courses, time: Float64, later: float) -> Milestones:
    """Find the milestones of patients, on any clock.

    Parameters
    ----------
    courses
        With their visits.
    time
        float64[E], time of each record: months since time zero, or days as a registry has them.
    later
        Time after the first relapse at which `Milestones.recovered` is asked.
    """
    n = courses.n
    times = [np.full(n, np.inf) for _ in range(5)]
    flags = [np.zeros(n, dtype=np.bool_) for _ in range(3)]
    found = Milestones(courses.covariates[:, _PRIOR_HCT] > 0, *times, *flags)
    _read(courses.start, time, courses.what, courses.detail, later, found)
    return found


def together(parts: Iterable[Milestones]) -> Milestones:
    """The milestones of several groups of patients as one."""
    return Milestones(*(np.concatenate(column) for column in zip(*parts, strict=True)))


@jit
def _read(start: Int64, time: Float64, what: Int16, detail: Int16, later: float, out: Milestones) -> None:
    """Walk through the records of each patient once."""
    for i in range(start.size - 1):
        code, tested = REMISSION, 0
        for k in range(start[i], start[i + 1]):
            now, happened = time[k], what[k]
            if happened in (a.VISIT, a.EXTRA_TEST):
                tested = detail[k]
            elif happened in (a.HCT, a.SALVAGE_HCT) and out.transplant[i] == np.inf:
                out.transplant[i] = now
                out.was_positive[i] = happened == a.HCT and tested & 1 == 1
                out.was_lost[i] = happened == a.HCT and tested & 2 == 2
            before, code = code & _STATE, next_code(code, happened, detail[k])
            state = code & _STATE
            if state == before:
                continue
            if now <= out.relapse[i] + later:
                out.recovered[i] = state in (SECOND_REMISSION, HCT_IN_SECOND_REMISSION)
            if state == RELAPSE:
                out.relapse[i] = min(out.relapse[i], now)
            elif state == SECOND_REMISSION:
                out.second[i] = min(out.second[i], now)
            elif state >= DEATH_LEUKAEMIA:
                out.death[i] = now
            if (state == RELAPSE or state >= DEATH_LEUKAEMIA) and out.transplant[i] < np.inf:
                out.failure_after[i] = min(out.failure_after[i], now)

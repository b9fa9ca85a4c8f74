"""When what happened first to each virtual patient: what the numbers of a calibration are counted from."""

from typing import NamedTuple

import numpy as np

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.kernels.arrays import Bool, Float64, Int64
from equipoise.synth import addresses as a
from equipoise.synth.courses import Courses
from equipoise.synth.numbers import COVARIATES

RELAPSES = (a.RELAPSE, a.RELAPSE_AFTER_HCT, a.RELAPSE_IN_SECOND_REMISSION, a.RELAPSE_AFTER_SALVAGE)
DEATHS = (a.NRM, a.NRM_AFTER_HCT, a.DEATH_IN_RELAPSE, a.NRM_IN_SECOND_REMISSION, a.NRM_AFTER_SALVAGE)
MONTH_3 = 2.0  # three months after the infusion is the visit two months after the remission
UNTESTED = -1


class Times(NamedTuple):
    """Of each of n patients; times are months since time zero, infinite where it has not happened.

    Attributes
    ----------
    covariates : float64[n, 7]
        In the order of `COVARIATES`.
    at_time_zero, at_month_3 : int64[n]
        What the tests showed: 1 if sequencing was positive, plus 2 if the loss of aplasia was seen; -1 if
        there was no test.
    seen : float64[n]
        First test that showed the loss of aplasia.
    transplant, relapse, death : float64[n]
        Transplant in first remission; first relapse; death.
    salvage, failure_of_salvage : float64[n]
        First transplant in a later remission; the relapse after it.
    reinfusion : float64[n]
    negative, restored : bool[n]
        Whether the first relapse was CD19-negative; whether the first reinfusion restored aplasia.
    """

    covariates: Float64
    at_time_zero: Int64
    at_month_3: Int64
    seen: Float64
    transplant: Float64
    relapse: Float64
    death: Float64
    salvage: Float64
    failure_of_salvage: Float64
    reinfusion: Float64
    negative: Bool
    restored: Bool

    def has(self, covariate: str) -> Bool:
        """Which patients have a covariate of two values: bool[n]."""
        return self.covariates[:, COVARIATES.index(covariate)] > 0

    def of(self, patients: Bool | slice) -> "Times":
        """The times of some of the patients."""
        return self._make(column[patients] for column in self)


def times_of(courses: Courses) -> Times:
    """Find the times of patients whose visits are recorded."""
    relapse, salvage = _first(courses, *RELAPSES), _first(courses, a.SALVAGE_HCT)
    reinfusion = _first(courses, a.REINFUSION)
    return Times(
        covariates=courses.covariates,
        at_time_zero=_tested(courses, 0.0),
        at_month_3=_tested(courses, MONTH_3),
        seen=_first(courses, a.VISIT, a.EXTRA_TEST, lost=True),
        transplant=_first(courses, a.HCT),
        relapse=relapse,
        death=_first(courses, *DEATHS),
        salvage=salvage,
        failure_of_salvage=_first(courses, *RELAPSES, after=salvage),
        reinfusion=reinfusion,
        negative=_marked(courses, relapse, *RELAPSES),
        restored=_marked(courses, reinfusion, a.REINFUSION),
    )


def _first(courses: Courses, *kinds: int, lost: bool = False, after: Float64 | None = None) -> Float64:
    """Time of the first record of some kinds: showing the loss of aplasia, after a time of each patient."""
    chosen = np.isin(courses.what, kinds)
    if lost:
        chosen &= courses.detail >= 2
    patient = courses.patient
    if after is not None:
        chosen &= courses.time > after[patient]
    found = np.full(courses.n, np.inf)
    np.minimum.at(found, patient[chosen], courses.time[chosen])
    return found


def _tested(courses: Courses, month: float) -> Int64:
    """What the visit of a month showed; visits are on whole days."""
    day = np.rint(month * DAYS_PER_MONTH)
    chosen = (courses.what == a.VISIT) & (np.rint(courses.time * DAYS_PER_MONTH) == day)
    found = np.full(courses.n, UNTESTED)
    found[courses.patient[chosen]] = courses.detail[chosen]
    return found


def _marked(courses: Courses, time: Float64, *kinds: int) -> Bool:
    """Whether the record of a kind at a time of each patient has the detail 1."""
    patient = courses.patient
    chosen = np.isin(courses.what, kinds) & (courses.time == time[patient]) & (courses.detail == 1)
    found = np.zeros(courses.n, dtype=np.bool_)
    found[patient[chosen]] = True
    return found

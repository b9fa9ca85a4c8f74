"""Person-time of a process (starting a treatment, being lost), collapsed into groups of equal covariates.

A row is a stretch of bins at risk on which nothing that the hazard depends on changes; rows of equal
covariates are one group. All covariates of bin d are those known by the end of day d - 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.base.clock import DAYS_PER_MONTH, NO_TARGET, TICKS_PER_UNIT, Clock, months_to_days
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.course import UNKNOWN, YES, Course, Value, is_unknown
from equipoise.cohort.following import follow
from equipoise.cohort.splitting import SplitRows, split
from equipoise.cohort.windows import Windows
from equipoise.kernels.grouped_hazard import Prior
from equipoise.kernels.rows import Rows
from equipoise.language.comparison import Operator
from equipoise.language.predicate import Compare
from equipoise.protocol.emulation import Adjustment, HazardModel

Bool = NDArray[np.bool_]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

USUAL_RATE = 0.03  # a month: centre of the wide prior of every baseline hazard
BASELINE_SD = 3.0  # of its log
UNKNOWN_SD = 1.0  # of the log hazard ratio of those whose value is not known
ENDLESS = np.iinfo(np.int32).max


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class AtRisk:
    """Stretches of bins during which patients are at risk of a process.

    Attributes
    ----------
    patient : int32[R], sorted
    start, stop : int32[R]
        At risk in the bins ``start + 1 .. stop`` since time zero; stretches of a patient do not overlap.
    begins : bool[R]
        Whether the process happens in the last bin.
    """

    patient: Int32
    start: Int32
    stop: Int32
    begins: Bool

    def __repr__(self) -> str:
        """Sizes only, nothing about a patient."""
        return f"AtRisk({self.patient.size} stretches, {int(self.begins.sum())} starts)"


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class PersonTime:
    """Rows at risk with their groups, and the groups with their covariates.

    Attributes
    ----------
    name
        Of the process.
    patient, start, stop, group : int32[N]
        At risk in the bins ``start + 1 .. stop`` with the covariates of a group; sorted by patient and start.
    begins, seen : bool[N]
        Whether the process happens in the last bin; whether the row is under observation.
    x : float64[K, p]
        Covariates of the groups; the first columns are the pieces of the baseline hazard.
    columns
        Names of the columns.
    prior
        Of the coefficients.
    patients
        Number of patients of the cohort, n.
    """

    name: str
    patient: Int32
    start: Int32
    stop: Int32
    group: Int32
    begins: Bool
    seen: Bool
    x: Float64
    columns: tuple[str, ...]
    prior: Prior
    patients: int

    def __repr__(self) -> str:
        """Sizes only, nothing about a patient."""
        return f"PersonTime({self.name}: {self.patient.size} rows, {self.x.shape[0]} groups)"

    def counts(self, omega: Float64) -> tuple[Float64, Float64]:
        """Weighted bins with and without the event in each group, float64[K] each.

        Parameters
        ----------
        omega : float64[n]
            Case weights.
        """
        weight = np.where(self.seen, omega[self.patient], 0.0)
        groups = self.x.shape[0]
        bins = self.stop - self.start - self.begins
        starts, others = (
            np.bincount(self.group, weights=weight * count, minlength=groups).astype(np.float64)
            for count in (self.begins, bins)
        )
        return starts, others


def person_time(
    name: str, model: HazardModel, at_risk: AtRisk, cohort: Cohort, time_zero: Float64, windows: Windows
) -> PersonTime:
    """Cut the time at risk where a covariate of the model changes, and collapse it.

    Parameters
    ----------
    name, model
        The process and what its hazard depends on.
    at_risk
        Who is at risk when.
    cohort
        What is known.
    time_zero : float64[n]
        Day of time zero; NaN for patients who are not enrolled.
    windows
        When patients are under observation (`equipoise.cohort.windows.observed_windows`).
    """
    clock = Clock(cohort.vocabulary.resolution)
    rows = _rows(at_risk, cohort.n)
    enrolled = np.flatnonzero(~np.isnan(time_zero)).astype(np.int32)
    sight, piece = _sight(windows, enrolled, time_zero, clock), _pieces(model, enrolled, time_zero, clock)
    asked = [_asked(one, cohort, time_zero) for one in model.adjust_for]
    courses = [sight, piece, *(course for of_one in asked for course in of_one)]
    cut = split(rows, courses, time_zero, clock)
    columns = [*_baseline_columns(cut.values[1], model, clock)]
    used = 2
    for one, of_one in zip(model.adjust_for, asked, strict=True):
        values = cut.values[used : used + len(of_one)]
        columns += _adjustment_columns(one, of_one, values, cut)
        used += len(of_one)
    columns += _site_columns(model, cohort, cut)
    return _collapsed(name, cut, columns, cohort.n)


@dataclass(frozen=True, eq=False, slots=True)
class _Column:
    name: str
    value: Float64
    mean: float
    sd: float


def _rows(at_risk: AtRisk, patients: int) -> Rows:
    """Bins ``start + 1 .. stop`` as ticks: after everything of day `start`, up to the end of day `stop`."""
    start = np.where(at_risk.start > 0, TICKS_PER_UNIT * at_risk.start + 1, 0)
    return Rows.build(
        at_risk.patient,
        start.astype(np.int32),
        (TICKS_PER_UNIT * at_risk.stop + 1).astype(np.int32),
        np.zeros(at_risk.patient.size, dtype=np.int16),
        np.where(at_risk.begins, 1, NO_TARGET).astype(np.int16),
        states=2,
        patients=patients,
    )


def _sight(windows: Windows, enrolled: Int32, zero: Float64, clock: Clock) -> Course:
    """Whether patients are under observation, as a course of 0 and 1."""
    opens, closes = windows.start // TICKS_PER_UNIT, windows.stop // TICKS_PER_UNIT
    late = enrolled[~np.isin(enrolled, windows.patient[windows.start == 0])]
    patient = np.concatenate((late, windows.patient, windows.patient))
    bins = np.concatenate((np.zeros(late.size, dtype=np.int32), opens, closes))
    value = np.repeat(np.array([0, 1, 0], dtype=np.int32), (late.size, opens.size, closes.size))
    # Where one window closes as the next one opens, the opening is what holds.
    order = np.lexsort((value, bins, patient))
    patient, bins, value = patient[order].astype(np.int32), bins[order], value[order]
    last = np.append((patient[1:] != patient[:-1]) | (bins[1:] != bins[:-1]), True)[: patient.size]
    patient, bins, value = patient[last], bins[last], value[last]
    return Course(patient, zero[patient] + bins * clock.resolution, value, ("no", YES))


def _pieces(model: HazardModel, enrolled: Int32, zero: Float64, clock: Clock) -> Course:
    """Number of the piece of the baseline hazard, as a course."""
    bounds = np.array([0.0, *(round(months_to_days(m) / clock.resolution) for m in model.pieces_months)])
    keep = np.append(np.diff(bounds) > 0, True)
    number = np.flatnonzero(keep).astype(np.int32)
    patient = np.repeat(enrolled, number.size)
    day = zero[patient] + np.tile(bounds[keep] * clock.resolution, enrolled.size)
    levels = tuple(str(place) for place in range(bounds.size))
    return Course(patient, day, np.tile(number, enrolled.size), levels)


def _asked(one: Adjustment, cohort: Cohort, zero: Float64) -> list[Course]:
    """Courses of an adjustment: its own, or with cuts one for each cut, whether it is exceeded."""
    if one.feature is not None and one.cut:
        above = (Compare(feature=one.feature, op=Operator.GT, value=cut) for cut in one.cut)
        return [follow(test, cohort, zero) for test in above]
    return [follow(one.asked, cohort, zero)]


def _baseline_columns(piece: Value, model: HazardModel, clock: Clock) -> Iterator[_Column]:
    rate = USUAL_RATE * clock.resolution / DAYS_PER_MONTH
    months = (0.0, *model.pieces_months)
    for number in range(len(months)):
        here = piece == number
        if here.any():
            until = f"-{months[number + 1]:g}" if number + 1 < len(months) else "+"
            name = f"months {months[number]:g}{until}"
            yield _Column(name, here.astype(np.float64), float(np.log(rate)), BASELINE_SD)


def _adjustment_columns(
    one: Adjustment, courses: Sequence[Course], values: Sequence[Value], rows: SplitRows
) -> list[_Column]:
    lacking = np.logical_or.reduce([is_unknown(value) for value in values])
    found: list[_Column] = []
    if one.feature is not None and one.cut:
        above = np.sum([value == 1 for value in values], axis=0)
        names = [*(f"{low:g}-{high:g}" for low, high in zip(one.cut, one.cut[1:], strict=False))]
        names.append(f"above {one.cut[-1]:g}")
        for place, name in enumerate(names, start=1):
            found.append(_dummy(one, name, ~lacking & (above == place)))
    elif courses[0].levels:
        levels = courses[0].levels
        reference = _reference(one, levels, values[0], rows)
        for place, level in enumerate(levels):
            if level != reference:
                name = "" if levels[-1] == YES and one.feature is None else level
                found.append(_dummy(one, name, values[0] == place))
    else:
        number = np.where(lacking, 0.0, values[0]) / one.per
        found.append(_Column(one.name, number, one.prior_mean, one.prior_sd))
    found.append(_Column(f"{one.name} unknown", lacking.astype(np.float64), 0.0, UNKNOWN_SD))
    return [column for column in found if bool((column.value != 0).any())]


def _dummy(one: Adjustment, level: str, here: Bool) -> _Column:
    name = f"{one.name} {level}" if level else one.name
    return _Column(name, here.astype(np.float64), one.prior_mean, one.prior_sd)


def _reference(one: Adjustment, levels: tuple[str, ...], value: Value, rows: SplitRows) -> str:
    """The level named, the first of no and yes, or the one with the most time at risk."""
    if one.reference:
        return one.reference
    if levels[-1] == YES:
        return levels[0]
    known = value != UNKNOWN
    time = (rows.stop - rows.start)[known]
    return levels[int(np.bincount(value[known].astype(np.int64), weights=time, minlength=1).argmax())]


def _site_columns(model: HazardModel, cohort: Cohort, rows: SplitRows) -> list[_Column]:
    if model.site is None:
        return []
    number = cohort.patients[model.site].rank("dense").fill_null(0).to_numpy()
    of_row = number[rows.patient]
    sites = [int(one) for one in np.unique(of_row) if one > 0]
    return [
        _Column(f"{model.site} {one}", (of_row == one).astype(np.float64), 0.0, model.site_sd)
        for one in sites
    ]


def _collapsed(name: str, cut: SplitRows, columns: Sequence[_Column], patients: int) -> PersonTime:
    """Rows with equal covariates share a group."""
    key = np.zeros(cut.size, dtype=np.int64)
    for column in columns:
        distinct, code = np.unique(column.value, return_inverse=True)
        key = np.unique(key * distinct.size + code, return_inverse=True)[1]
    groups, first, group = np.unique(key, return_index=True, return_inverse=True)
    x = np.column_stack([column.value[first] for column in columns]) if groups.size else np.zeros((0, 0))
    prior = Prior(
        np.array([column.mean for column in columns]), np.array([column.sd**-2.0 for column in columns])
    )
    start, stop = cut.start // TICKS_PER_UNIT, cut.stop // TICKS_PER_UNIT
    return PersonTime(
        name,
        cut.patient,
        start.astype(np.int32),
        stop.astype(np.int32),
        group.astype(np.int32),
        cut.target != NO_TARGET,
        cut.values[0] == 1,
        np.ascontiguousarray(x),
        tuple(column.name for column in columns),
        prior,
        patients,
    )

"""From the infusion to the first assessment: who is in remission, who enters the registry, and until when."""

from dataclasses import dataclass

import numpy as np

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.kernels.arrays import Bool, Float64, Int64
from equipoise.synth import addresses as a
from equipoise.synth.courses import Courses
from equipoise.synth.draws import exponentials, once
from equipoise.synth.world import World

NEVER = np.iinfo(np.int64).max
ROUNDING = 1e-9  # of a day; a time on a whole day is that day, whatever rounding left


@dataclass(frozen=True, slots=True)
class Entry:
    """How patients come into the registry; days since the infusion.

    Attributes
    ----------
    remits : bool[n]
        In remission at the first assessment; the course starts there.
    assessed : int64[n]
        Day of the first assessment: time zero of the course.
    death : int64[n]
        Day of death of those who were never in remission; `NEVER` for the others.
    of_leukaemia : bool[n]
        Whether that death is of leukaemia.
    start, stop : int64[n]
        Under observation on (start, stop] while alive.
    """

    remits: Bool
    assessed: Int64
    death: Int64
    of_leukaemia: Bool
    start: Int64
    stop: Int64


def whole_days(months: Float64) -> Int64:
    """The day by whose end a time has come: a time in (d - 1, d] days is day d; infinity is `NEVER`."""
    days = np.ceil(months * DAYS_PER_MONTH - ROUNDING)
    finite = np.isfinite(days)
    return np.where(finite, np.where(finite, days, 0.0).astype(np.int64), NEVER)


def enter(world: World, courses: Courses, seed: int) -> Entry:
    """Find out how the patients of some courses come into the registry.

    Parameters
    ----------
    world
        Their world.
    courses
        With visits and loss to follow-up.
    seed
        Seed of the courses.
    """
    written = world.registry
    patients = courses.first + np.arange(courses.n)
    first, last = written.assessment_days
    assessed = first + np.floor(once(seed, patients, a.ASSESSMENT) * (last - first + 1)).astype(np.int64)
    remits = once(seed, patients, a.RESPONSE) < written.remission
    early = ~remits & (once(seed, patients, a.EARLY_DEATH) < written.early_death)
    share = once(seed, patients, a.EARLY_DEATH_DAY)
    before = 1 + np.floor(share * (assessed - 1)).astype(np.int64)
    after = assessed + _day_at_rate(
        seed, patients, a.DEATH_WITHOUT_REMISSION, np.full(courses.n, float(written.death_per_month))
    )
    after = -(-after // written.rounding_days) * written.rounding_days
    cause = once(seed, patients, a.EARLY_DEATH_CAUSE) < written.early_death_of_leukaemia
    start = _start(world, patients, assessed, seed)
    return Entry(
        remits=remits,
        assessed=assessed,
        death=np.where(remits, NEVER, np.where(early, before, after)),
        of_leukaemia=~remits & (~early | cause),
        start=start,
        stop=_stop(world, courses, remits, assessed, seed),
    )


def _start(world: World, patients: Int64, assessed: Int64, seed: int) -> Int64:
    late = world.registry.late_entry
    enters_late = once(seed, patients, a.LATE_ENTRY) < late.share
    earliest, latest = late.months
    month = earliest + once(seed, patients, a.ENTRY_MONTH) * (latest - earliest)
    return np.where(enters_late, assessed + whole_days(month), 0)


def _stop(world: World, courses: Courses, remits: Bool, assessed: Int64, seed: int) -> Int64:
    """Administrative end or loss to follow-up, whichever comes first."""
    follow_up = world.follow_up
    patients = courses.first + np.arange(courses.n)
    earliest, latest = follow_up.administrative_months
    closed = whole_days(earliest + once(seed, patients, a.ADMINISTRATIVE) * (latest - earliest))
    # Who is not in remission has no course; loss takes the same draw, at the rate of the covariates.
    ratio = np.exp(courses.covariates @ np.array(follow_up.log_ratios.row()))
    lost = _day_at_rate(seed, patients, a.LOST_TO_FOLLOW_UP, follow_up.lost_per_month * ratio)
    is_loss = courses.what == a.LOST_TO_FOLLOW_UP
    in_course = np.full(courses.n, NEVER)
    in_course[courses.patient[is_loss]] = whole_days(courses.time[is_loss])
    lost = np.where(remits, in_course, lost)
    return assessed + np.minimum(closed, np.minimum(lost, NEVER - assessed))


def _day_at_rate(seed: int, patients: Int64, decision: int, rate: Float64) -> Int64:
    """First day by whose end something of a constant monthly rate has happened; at least 1."""
    drawn = exponentials(seed, patients, decision, np.zeros_like(patients))
    months = np.divide(drawn, rate, out=np.full(drawn.size, np.inf), where=rate > 0)
    return np.maximum(whole_days(months), 1)

"""The course of one patient from time zero on: exact next-event simulation with piecewise constant rates.

Each thing that can happen (a stream) has a threshold E, an exponential draw with an address of its own, and
happens when its cumulative rate reaches it:

    T = inf{t : integral of rate(s | history before s) over (0, t] >= E}  (random time change; Anderson 2007).

Between two breakpoints (an event, a visit that can change what is known, the end of a piece) all rates are
constant, so the next event is the smallest of now + left / rate. Two strategies under which a rate is the
same reach the same threshold at the same time: they share the luck of the patient.

`equipoise.synth.reference` says the same again, patient by patient and line by line, for reading and as twin.
"""

import math

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.kernels.addressed import exponential, normal, uniform
from equipoise.kernels.arrays import Float64
from equipoise.kernels.jit import jit
from equipoise.synth import addresses as a
from equipoise.synth.kinetics import assessment_day, draw_curve
from equipoise.synth.numbers import T_HCT, T_MRD, Numbers
from equipoise.synth.rates import set_rates
from equipoise.synth.rules import begin_clocks, draw_anew, rule_due, spend
from equipoise.synth.state import (
    AFTER_FIRST_HCT,
    AFTER_HCT,
    AFTER_SALVAGE,
    ANYWHERE,
    APLASIA,
    APLASIA_AT_HCT,
    APLASIA_SINCE,
    BEGIN_OF,
    DEAD,
    END_OF,
    EVER_NGS,
    EVER_SEEN,
    FIRST,
    HCT_AT,
    INFUSED_AT,
    LOG_SIZE,
    LOST_AT,
    MAINTAINED,
    MRD,
    MRD_AT_HCT,
    NEGATIVE,
    NEXT_VISIT,
    NGS,
    NOW,
    PHASE,
    REINFUSION_FAILED,
    REINFUSIONS,
    RELAPSE_AT,
    RELAPSED,
    RELAPSES,
    REMITTED,
    SALVAGE_AT,
    SALVAGED,
    SECOND,
    SECOND_AT,
    SEEN,
    SEEN_AT,
    SHOWN_LOST,
    STREAM_OF,
    TREATED,
    Orders,
    Work,
)

NOTHING = -1


@jit
def course(
    seed: int, patient: int, world: Numbers, orders: Orders, horizon: float, every_visit: bool, work: Work
) -> int:
    """Simulate one patient; fill the log of `work` and return its length.

    Parameters
    ----------
    seed, patient
        Address of all draws.
    world, orders
        How the world runs, and who is treated when.
    horizon
        Months after time zero at which the course is cut.
    every_visit
        Whether visits and loss to follow-up are in the log: what a registry sees. Without them the course is
        the same, and quicker.

    Returns
    -------
    int
        -1 if there is no room for all records.
    """
    at, has, left, rate = work.at, work.has, work.left, work.rate
    _begin(seed, patient, world, orders, work)
    size = _write(a.TIME_ZERO, has[MRD], work, 0) if every_visit else 0
    size = _visit(seed, patient, world, every_visit, work, size)
    begin_clocks(orders, work)
    # Unscheduled tests are counted as well, though not all of them are written down.
    while size < LOG_SIZE and work.occasion[a.EXTRA_TEST] < LOG_SIZE:
        due, next_one = set_rates(world, orders, every_visit, work), NOTHING
        begin, end = BEGIN_OF[int(has[PHASE])], END_OF[int(has[PHASE])]
        for k in range(begin, end + ANYWHERE):
            j = k if k < end else a.LOST_TO_FOLLOW_UP + k - end
            if rate[j] > 0.0:
                if left[j] < 0.0:
                    left[j] = exponential(seed, patient, j, work.occasion[j])
                when = at[NOW] + left[j] / rate[j]
                if when < due:
                    due, next_one = when, j
        for r in range(orders.rules):
            when = rule_due(seed, patient, r, world.hct_is_label, orders, work)
            # A start on the very moment of a visit, or as a rate changes, comes first.
            if when < due or (when == due and next_one == NOTHING):
                due, next_one = when, STREAM_OF[int(orders.treatment[r])]
        if due >= horizon:
            return size
        for r in range(orders.rules):
            spend(r, world.hct_is_label, orders, due, work)
        for k in range(begin, end + ANYWHERE):
            j = k if k < end else a.LOST_TO_FOLLOW_UP + k - end
            if rate[j] > 0.0:
                left[j] = max(left[j] - rate[j] * (due - at[NOW]), 0.0)
        at[NOW] = due
        if next_one != NOTHING:
            size = _happen(seed, patient, world, next_one, every_visit, work, size)
            draw_anew(next_one, orders, work)
            if has[PHASE] == DEAD:
                return size
        elif has[PHASE] == FIRST and due == world.visit[has[NEXT_VISIT]]:
            size = _visit(seed, patient, world, every_visit, work, size)
        begin_clocks(orders, work)
    return -1


@jit
def draw_covariates(seed: int, patient: int, world: Numbers, x: Float64) -> None:
    """Covariates of a patient, in the order of `equipoise.synth.numbers.COVARIATES`."""
    for k in range(6):
        x[k] = 1.0 if uniform(seed, patient, a.HIGH_BURDEN + k, 0) < world.shares[k] else 0.0
    x[6] = world.frailty_sd * normal(seed, patient, a.FRAILTY, 0)


@jit
def site_of(seed: int, patient: int, sites: int) -> int:
    """Number of the patient's site, from 0."""
    return int(uniform(seed, patient, a.SITE, 0) * sites)


@jit
def _begin(seed: int, patient: int, world: Numbers, orders: Orders, work: Work) -> None:
    """Everything as it is at time zero, before the first visit."""
    at, has = work.at, work.has
    for place in range(at.size):
        at[place] = math.inf
    at[NOW] = at[APLASIA_SINCE] = 0.0
    for place in range(has.size):
        has[place] = 0
    has[PHASE], has[APLASIA] = FIRST, 1
    for slot in range(work.left.size):
        work.left[slot], work.occasion[slot] = -1.0, 0
    for r in range(orders.rules):
        work.began[r] = math.inf if orders.triggered[r] else 0.0
    draw_covariates(seed, patient, world, work.x)
    for term in range(work.multiplier.size):
        total = 0.0
        for k in range(work.x.size):
            total += world.log_ratios[term, k] * work.x[k]
        work.multiplier[term] = math.exp(total)
    if world.kinetics_drive:
        day = assessment_day(seed, patient, world.assessed_first, world.assessed_last)
        at[INFUSED_AT] = -day / DAYS_PER_MONTH
        draw_curve(seed, patient, 0, world, work.curve)
    if world.hct_site_sd > 0.0:
        preference = normal(seed, site_of(seed, patient, world.sites), a.SITE_PREFERENCE, 0)
        work.multiplier[T_HCT] *= math.exp(world.hct_site_sd * preference)
    odds = math.exp(world.mrd_log_odds) * work.multiplier[T_MRD]
    has[MRD] = 1 if uniform(seed, patient, a.MRD_AT_TIME_ZERO, 0) < 1.0 - 1.0 / (1.0 + odds) else 0


@jit
def _write(what: int, detail: int, work: Work, size: int) -> int:
    work.time[size], work.what[size], work.detail[size] = work.at[NOW], what, detail
    return size + 1


@jit
def _visit(seed: int, patient: int, world: Numbers, every_visit: bool, work: Work, size: int) -> int:
    """The next visit; after the first it may be missed, and then nothing is tested."""
    number = work.has[NEXT_VISIT]
    work.has[NEXT_VISIT] += 1
    if number > 0 and world.missed > 0.0 and uniform(seed, patient, a.MISSED, number) < world.missed:
        return size
    return _test(seed, patient, world, int(number), every_visit, work, size)


@jit
def _test(
    seed: int, patient: int, world: Numbers, occasion: int, every_visit: bool, work: Work, size: int
) -> int:
    """A visit or an unscheduled test: what has been so becomes what is known."""
    has = work.has
    has[NGS] = 1 if has[MRD] and uniform(seed, patient, a.ASSAY, occasion) < world.sensitivity else 0
    has[EVER_NGS] |= has[NGS]
    has[SHOWN_LOST] = 1 - has[APLASIA]
    if not has[APLASIA] and not has[SEEN]:
        has[SEEN] = has[EVER_SEEN] = 1
        work.at[SEEN_AT] = work.at[NOW]
    what = a.VISIT if occasion < a.EXTRA_OCCASION else a.EXTRA_TEST
    return _write(what, has[NGS] + 2 * has[SHOWN_LOST], work, size) if every_visit else size


@jit
def _happen(
    seed: int, patient: int, world: Numbers, what: int, every_visit: bool, work: Work, size: int
) -> int:
    """Change the state of the patient, and write it into the log."""
    has, detail = work.has, 0
    if what == a.EXTRA_TEST:
        occasion = a.EXTRA_OCCASION + int(work.occasion[what])
        return _test(seed, patient, world, occasion, every_visit, work, size)
    if what == a.LOSS:
        has[APLASIA], work.at[LOST_AT] = 0, work.at[NOW]
    elif what in (a.RISE, a.FALL):
        has[MRD] = 1 if what == a.RISE else 0
    elif what == a.MAINTENANCE:
        has[MAINTAINED] = 1
    elif what == a.REINFUSION:
        detail = _reinfuse(seed, patient, world, work)
    elif what in (a.HCT, a.SALVAGE_HCT):
        _transplant(what, world, work)
    elif what == a.SECOND_REMISSION:
        has[PHASE], has[REMITTED], has[SALVAGED] = SECOND, 1, 0
        work.at[SECOND_AT] = work.at[NOW]
    elif what in (a.RELAPSE, a.RELAPSE_AFTER_HCT, a.RELAPSE_IN_SECOND_REMISSION, a.RELAPSE_AFTER_SALVAGE):
        detail = _relapse(seed, patient, world, work)
    elif what not in (a.SEVERE_CGVHD, a.LOST_TO_FOLLOW_UP):  # all that is left are deaths
        has[PHASE] = DEAD
    return _write(what, detail, work, size)


@jit
def _reinfuse(seed: int, patient: int, world: Numbers, work: Work) -> int:
    """A second infusion; where it succeeds aplasia is back and its clock begins anew."""
    has = work.has
    success = uniform(seed, patient, a.SUCCESS, has[REINFUSIONS]) < world.reinfusion_success
    has[REINFUSIONS] += 1
    has[REINFUSION_FAILED] = 0 if success else 1
    if success:
        has[APLASIA], has[SEEN] = 1, 0
        work.at[APLASIA_SINCE] = work.at[NOW]
        work.at[LOST_AT] = work.at[SEEN_AT] = math.inf
        if world.kinetics_drive:
            work.at[INFUSED_AT] = work.at[NOW]
            draw_curve(seed, patient, has[REINFUSIONS], world, work.curve)
    return 1 if success else 0


@jit
def _transplant(what: int, world: Numbers, work: Work) -> None:
    has, at = work.has, work.at
    if what == a.SALVAGE_HCT:
        has[SALVAGED], at[SALVAGE_AT] = 1, at[NOW]
        if not world.hct_is_label:
            has[PHASE] = AFTER_SALVAGE
        return
    has[TREATED], at[HCT_AT] = 1, at[NOW]
    has[MRD_AT_HCT], has[APLASIA_AT_HCT] = has[MRD], has[APLASIA]
    if not world.hct_is_label:
        has[PHASE], has[MAINTAINED] = AFTER_HCT, 0


@jit
def _relapse(seed: int, patient: int, world: Numbers, work: Work) -> int:
    """A relapse; at the first the CD19 status is drawn. Returns whether the first was CD19-negative."""
    has = work.has
    if has[RELAPSES] == 0:
        has[AFTER_FIRST_HCT] = 1 if has[PHASE] == AFTER_HCT else 0
        share = world.negative_aplasia if has[APLASIA] else world.negative_lost
        share = world.negative_hct if has[AFTER_FIRST_HCT] else share
        has[NEGATIVE] = 1 if uniform(seed, patient, a.CD19, 0) < share else 0
    has[PHASE], has[MAINTAINED] = RELAPSED, 0
    has[RELAPSES] += 1
    work.at[RELAPSE_AT] = work.at[NOW]
    return has[NEGATIVE]

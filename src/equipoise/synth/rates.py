"""The rates of everything that can happen to a patient now, and when they change by themselves."""

import math

from equipoise.kernels.arrays import Float64, Int64
from equipoise.kernels.jit import jit
from equipoise.synth import addresses as a
from equipoise.synth.kinetics import loss_and_end
from equipoise.synth.numbers import (
    T_HCT,
    T_LOSS,
    T_LOST,
    T_MAINTENANCE,
    T_NRM,
    T_NRM_HCT,
    T_RELAPSE,
    T_RELAPSE_HCT,
    T_RELAPSE_MRD,
    T_RISE_APLASIA,
    T_RISE_LOST,
    T_SALVAGE,
    Numbers,
    Pieces,
)
from equipoise.synth.rules import last_bin
from equipoise.synth.state import (
    AFTER_FIRST_HCT,
    AFTER_HCT,
    APLASIA,
    APLASIA_AT_HCT,
    APLASIA_SINCE,
    BEGIN_OF,
    END_OF,
    FIRST,
    HCT,
    HCT_AT,
    INFUSED_AT,
    LOST_AT,
    MAINTAINED,
    MAINTENANCE,
    MRD,
    MRD_AT_HCT,
    NEGATIVE,
    NEXT_VISIT,
    NGS,
    NOW,
    PHASE,
    REINFUSION,
    RELAPSE_AT,
    RELAPSED,
    RELAPSES,
    SALVAGE,
    SALVAGE_AT,
    SECOND,
    SECOND_AT,
    SEEN,
    SEEN_AT,
    SHOWN_LOST,
    TREATED,
    Orders,
    Work,
    at_risk,
    is_natural,
)


@jit
def set_rates(world: Numbers, orders: Orders, every_visit: bool, work: Work) -> float:
    """Set `Work.rate` as it is now; return the time at which a rate, or what is known, may change next."""
    has, rate = work.has, work.rate
    phase = int(has[PHASE])
    for j in range(BEGIN_OF[phase], END_OF[phase]):
        rate[j] = 0.0
    rate[a.LOST_TO_FOLLOW_UP] = rate[a.EXTRA_TEST] = 0.0
    if has[PHASE] == FIRST:
        stop = min(_disease(world, work), _treatments(world, orders, work))
        if every_visit or _has_news(has):
            stop = min(stop, _next_visit(world, work))
    elif has[PHASE] == AFTER_HCT:
        stop = _after_hct(world, work)
    elif has[PHASE] == RELAPSED:
        stop = _in_relapse(world, work)
    elif has[PHASE] == SECOND:
        stop = _in_second_remission(world, orders, work)
    else:
        stop = _after_salvage(world, work)
    if every_visit and work.occasion[a.LOST_TO_FOLLOW_UP] == 0:
        seen = world.lost_ngs * has[NGS] + world.lost_loss_seen * has[SEEN] + world.lost_hct * has[TREATED]
        rate[a.LOST_TO_FOLLOW_UP] = world.lost * work.multiplier[T_LOST] * math.exp(seen)
    return stop


@jit
def _piece(pieces: Pieces, origin: float, now: float) -> tuple[float, float]:
    """Rate now of a clock that began at `origin`, and when it changes next."""
    return _rate_and_end(pieces.until, pieces.rate, origin, now)


@jit
def _rate_and_end(until: Float64, rate: Float64, origin: float, now: float) -> tuple[float, float]:
    for k in range(until.size):
        end = origin + until[k]
        if now < end:
            return rate[k], end
    return rate[until.size], math.inf


@jit
def _has_news(has: Int64) -> bool:
    """Whether a test could change what is known."""
    return has[MRD] == 1 or has[NGS] == 1 or has[APLASIA] == has[SHOWN_LOST] or has[APLASIA] == has[SEEN]


@jit
def _next_visit(world: Numbers, work: Work) -> float:
    """The next visit; one at this very moment if what happened now came before it."""
    while world.visit[work.has[NEXT_VISIT]] < work.at[NOW]:
        work.has[NEXT_VISIT] += 1
    return float(world.visit[work.has[NEXT_VISIT]])


@jit
def _disease(world: Numbers, work: Work) -> float:
    """First remission: aplasia, residual disease, relapse, death."""
    at, has, rate, m = work.at, work.has, work.rate, work.multiplier
    now, kept = at[NOW], has[MAINTAINED]
    stop = math.inf
    if has[APLASIA]:
        value, stop = _loss(world, work)
        rate[a.LOSS] = value * m[T_LOSS]
    if has[MRD]:
        rate[a.FALL] = world.fall_aplasia * has[APLASIA] + world.fall_maintenance * kept
        rate[a.RELAPSE] = (
            world.relapse_mrd * m[T_RELAPSE_MRD] * (world.relapse_mrd_maintenance if kept else 1.0)
        )
        rate[a.EXTRA_TEST] = world.extra
    else:
        value, end = _rise(world, work)
        rate[a.RISE] = value * (world.rise_maintenance if kept else 1.0)
        stop = min(stop, end)
        value, end = _piece(world.relapse, 0.0, now)
        rate[a.RELAPSE] = value * m[T_RELAPSE] * (1.0 if has[APLASIA] else 1.0 + world.relapse_lost_adds)
        stop = min(stop, end)
    rate[a.NRM] = world.nrm * m[T_NRM] + world.nrm_maintenance * kept
    return stop


@jit
def _loss(world: Numbers, work: Work) -> tuple[float, float]:
    """Rate at which aplasia is lost, by its own clock or by the transgene, and when it changes next."""
    if world.kinetics_drive:
        return loss_and_end(world, work.curve, work.at[INFUSED_AT], work.at[NOW])
    return _piece(world.loss, work.at[APLASIA_SINCE], work.at[NOW])


@jit
def _rise(world: Numbers, work: Work) -> tuple[float, float]:
    """Rate at which residual disease appears, and when it changes next."""
    lost = work.at[LOST_AT]
    if work.has[APLASIA]:
        value, end = _piece(world.rise, 0.0, work.at[NOW])
        return value * work.multiplier[T_RISE_APLASIA], end
    row = 0
    while lost >= world.rise_lost_until[row]:
        row += 1
    value, end = _rate_and_end(world.rise_lost_age, world.rise_lost[row], lost, work.at[NOW])
    return value * work.multiplier[T_RISE_LOST], end


@jit
def _usual_care(treatment: int, is_label: bool, orders: Orders, work: Work) -> tuple[bool, float]:
    """Whether a treatment starts as in usual care now, and when a rule ends that by itself."""
    if not at_risk(treatment, is_label, work.has):
        return False, math.inf
    if is_natural(treatment, orders, work):
        return True, math.inf
    end = last_bin(treatment, orders, work)
    return end < math.inf, end


@jit
def _treatments(world: Numbers, orders: Orders, work: Work) -> float:
    """Natural rates of the treatments in first remission."""
    at, has, rate, m = work.at, work.has, work.rate, work.multiplier
    now, is_label, stop = at[NOW], world.hct_is_label, math.inf
    is_usual, end = _usual_care(MAINTENANCE, is_label, orders, work)
    stop = min(stop, end)
    if is_usual and now < at[SEEN_AT] + world.maintenance_months and has[SEEN]:
        rate[a.MAINTENANCE] = world.maintenance * m[T_MAINTENANCE]
        stop = min(stop, at[SEEN_AT] + world.maintenance_months)
    is_usual, end = _usual_care(REINFUSION, is_label, orders, work)
    stop = min(stop, end)
    if is_usual and now < at[SEEN_AT] + world.reinfusion_months and has[SEEN]:
        rate[a.REINFUSION] = world.reinfusion
        stop = min(stop, at[SEEN_AT] + world.reinfusion_months)
    is_usual, end = _usual_care(HCT, is_label, orders, work)
    stop = min(stop, end)
    if is_usual:
        value, end = _piece(world.hct, 0.0, now)
        stop = min(stop, end)
        seen = (
            world.hct_ngs * has[NGS] + world.hct_maintenance * has[MAINTAINED] + world.hct_latent * has[MRD]
        )
        if has[SEEN]:
            end = at[SEEN_AT] + world.hct_recent_months
            seen += world.hct_recent if now < end else world.hct_older
            stop = min(stop, end) if now < end else stop
        rate[a.HCT] = value * m[T_HCT] * math.exp(seen)
    return stop


@jit
def _after_hct(world: Numbers, work: Work) -> float:
    has, rate, m = work.has, work.rate, work.multiplier
    now, origin = work.at[NOW], work.at[HCT_AT]
    value, stop = _piece(world.relapse_hct, origin, now)
    value *= world.relapse_hct_mrd if has[MRD_AT_HCT] else 1.0
    value *= world.relapse_hct_aplasia if has[APLASIA_AT_HCT] else 1.0
    rate[a.RELAPSE_AFTER_HCT] = value * m[T_RELAPSE_HCT]
    value, end = _piece(world.nrm_hct, origin, now)
    rate[a.NRM_AFTER_HCT] = value * m[T_NRM_HCT]
    stop = min(stop, end)
    if work.occasion[a.SEVERE_CGVHD] == 0:
        if now < origin + world.cgvhd_from:
            stop = min(stop, origin + world.cgvhd_from)
        elif now < origin + world.cgvhd_until:
            rate[a.SEVERE_CGVHD] = world.cgvhd
            stop = min(stop, origin + world.cgvhd_until)
    return stop


@jit
def _in_relapse(world: Numbers, work: Work) -> float:
    has, now, origin = work.has, work.at[NOW], work.at[RELAPSE_AT]
    second = 1 if has[RELAPSES] > 1 else 0
    value, stop = _piece(world.remission, origin, now)
    b = world.remission_log
    ratio = math.exp(b[0] * has[NEGATIVE] + b[1] * has[AFTER_FIRST_HCT] + b[2] * second)
    work.rate[a.SECOND_REMISSION] = value * ratio
    value, end = _piece(world.death, origin, now)
    b = world.death_log
    ratio = math.exp(b[0] * has[NEGATIVE] + b[1] * has[AFTER_FIRST_HCT] + b[2] * second)
    work.rate[a.DEATH_IN_RELAPSE] = value * ratio
    return min(stop, end)


@jit
def _in_second_remission(world: Numbers, orders: Orders, work: Work) -> float:
    has, rate, now, origin = work.has, work.rate, work.at[NOW], work.at[SECOND_AT]
    rate[a.RELAPSE_IN_SECOND_REMISSION], stop = _piece(world.second_relapse, origin, now)
    rate[a.NRM_IN_SECOND_REMISSION] = world.second_nrm
    is_usual, end = _usual_care(SALVAGE, world.hct_is_label, orders, work)
    stop = min(stop, end)
    if is_usual:
        value, end = _piece(world.salvage, origin, now)
        ratio = math.exp(world.salvage_after_hct * has[AFTER_FIRST_HCT])
        rate[a.SALVAGE_HCT] = value * work.multiplier[T_SALVAGE] * ratio
        stop = min(stop, end)
    return stop


@jit
def _after_salvage(world: Numbers, work: Work) -> float:
    now, origin = work.at[NOW], work.at[SALVAGE_AT]
    work.rate[a.RELAPSE_AFTER_SALVAGE], stop = _piece(world.salvage_relapse, origin, now)
    work.rate[a.NRM_AFTER_SALVAGE], end = _piece(world.salvage_nrm, origin, now)
    return min(stop, end)

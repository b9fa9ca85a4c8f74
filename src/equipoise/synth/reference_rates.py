"""How fast things happen to a patient, per month: the table of intensities of a world, row by row.

Each rule of the world is one sentence and one line. Written for the slow simulator from
`docs/methods/virtual-registry.md`; imports nothing from the fast one.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

from equipoise.synth import addresses as a
from equipoise.synth.parts import ByRelapse, Clocked, Ratios
from equipoise.synth.reference_patient import Patient, Phase
from equipoise.synth.reference_rules import Plan, can_start
from equipoise.synth.world import World

Rates = Iterator[tuple[int, float]]


def rates_of(world: World, patient: Patient, plan: Plan) -> dict[int, float]:
    """What can happen to a patient now by itself or in usual care, with its rate per month."""
    match patient.phase:
        case Phase.FIRST_REMISSION:
            found = {**dict(_disease(world, patient)), **dict(_usual_care(world, patient, plan))}
        case Phase.AFTER_HCT:
            found = dict(_after_hct(world, patient))
        case Phase.RELAPSE:
            found = dict(_in_relapse(world, patient))
        case Phase.LATER_REMISSION:
            found = dict(_in_later_remission(world, patient, plan))
        case Phase.AFTER_SALVAGE:
            found = dict(_after_salvage(world, patient))
        case Phase.DEAD:
            return {}
    if patient.times[a.LOST_TO_FOLLOW_UP] == 0:
        found[a.LOST_TO_FOLLOW_UP] = _loss_to_follow_up(world, patient)
    return found


def _disease(world: World, p: Patient) -> Rates:
    """First remission: aplasia, residual disease, relapse, death."""
    rise, relapse, kept = world.mrd_rise, world.relapse, p.on_maintenance
    # Aplasia is lost at a rate by the time since it began: at time zero, or when a reinfusion restored it.
    # In some worlds the CAR transgene decides instead; the ratios of the covariates are the same.
    if p.in_aplasia and p.curve is None:
        yield a.LOSS, _by_clock(world.aplasia_loss, p.aplasia_since, p)
    elif p.in_aplasia and p.curve is not None:
        lost = p.curve.loss_per_month(world.kinetics.loss, p.now)
        yield a.LOSS, lost * ratio(world.aplasia_loss.log_ratios, p.covariates)
    if p.has_mrd:
        # Residual disease disappears in aplasia and on maintenance; both together work twice.
        fall = world.mrd_fall
        yield a.FALL, (fall.in_aplasia if p.in_aplasia else 0) + (fall.on_maintenance if kept else 0)
        # With residual disease relapse comes at one rate, lower on maintenance.
        with_mrd = relapse.with_mrd
        relapses = with_mrd.per_month * ratio(with_mrd.log_ratios, p.covariates)
        yield a.RELAPSE, relapses * (with_mrd.maintenance_ratio if kept else 1)
        # Some worlds test patients with residual disease more often, before anybody knows why.
        yield a.EXTRA_TEST, world.visits.extra_per_month
    else:
        # Residual disease appears by the time since time zero in aplasia, since the loss afterwards; half as
        # fast (or whatever the world says) on maintenance.
        appears = _by_clock(rise.in_aplasia, 0, p) if p.in_aplasia else _rise_after_loss(world, p)
        yield a.RISE, appears * (rise.maintenance_ratio if kept else 1)
        # Without residual disease relapse is rare, and more frequent once aplasia is lost.
        without = _by_clock(relapse.without_mrd, 0, p)
        yield a.RELAPSE, without * (1 if p.in_aplasia else 1 + relapse.without_mrd.lost_adds)
    # Death in remission; maintenance adds to it.
    death = world.nrm.per_month * ratio(world.nrm.log_ratios, p.covariates)
    yield a.NRM, death + (world.nrm.maintenance_adds if kept else 0)


def _rise_after_loss(world: World, p: Patient) -> float:
    """Early losses are followed by residual disease more often: a row of rates for each time of the loss."""
    after, lost = world.mrd_rise.after_loss, p.lost_at or 0.0
    row = after.per_month[sum(lost >= month for month in after.lost_until)]
    return _in_force(after.until, row, lost, p.now) * ratio(after.log_ratios, p.covariates)


def _usual_care(world: World, p: Patient, plan: Plan) -> Rates:
    """Treatments of the first remission; what is known decides."""
    known, kept = p.loss_known_since, world.maintenance

    def is_asked(what: int) -> bool:
        return can_start(what, world, p) and plan.follows_usual_care(what, p)

    # Maintenance starts within some months of the measured loss.
    if known is not None and p.now < known + kept.months and is_asked(a.MAINTENANCE):
        yield a.MAINTENANCE, kept.per_month * ratio(kept.log_ratios, p.covariates)
    # So does a reinfusion.
    if known is not None and p.now < known + world.reinfusion.months and is_asked(a.REINFUSION):
        yield a.REINFUSION, world.reinfusion.per_month
    # Transplants: more after a measured loss, a recent one above all, and after a positive sequencing test;
    # fewer on maintenance. `latent_mrd` lets what nobody has measured decide as well.
    if is_asked(a.HCT):
        hct, known_ratio = world.hct, 0.0
        if known is not None:
            known_ratio += hct.loss_recent if p.now < known + hct.recent_months else hct.loss_older
        known_ratio += hct.ngs_positive if p.ngs_positive else 0
        known_ratio += hct.maintenance if p.on_maintenance else 0
        known_ratio += hct.latent_mrd if p.has_mrd else 0
        yield a.HCT, _by_clock(hct, 0, p) * p.site_preference * math.exp(known_ratio)


def _after_hct(world: World, p: Patient) -> Rates:
    """After a transplant in first remission; clocks run from it."""
    after, hct_at = world.after_hct, p.hct_at or 0.0
    # Relapse is more frequent if there was residual disease at the transplant, or if aplasia still lasted.
    at_hct = after.relapse.mrd_ratio if p.had_mrd_at_hct else 1
    at_hct *= after.relapse.aplasia_ratio if p.was_in_aplasia_at_hct else 1
    yield a.RELAPSE_AFTER_HCT, _by_clock(after.relapse, hct_at, p) * at_hct
    # Death without relapse.
    yield a.NRM_AFTER_HCT, _by_clock(after.nrm, hct_at, p)
    # Severe chronic graft-versus-host disease, once, between two times after the transplant.
    first, last = after.severe_cgvhd.months
    if hct_at + first <= p.now < hct_at + last and p.times[a.SEVERE_CGVHD] == 0:
        yield a.SEVERE_CGVHD, after.severe_cgvhd.per_month


def _in_relapse(world: World, p: Patient) -> Rates:
    """In relapse another remission and death compete; the clock runs from this relapse."""
    yield a.SECOND_REMISSION, _by_relapse(world.after_relapse.remission, p)
    yield a.DEATH_IN_RELAPSE, _by_relapse(world.after_relapse.death, p)


def _by_relapse(rate: ByRelapse, p: Patient) -> float:
    """A rate after a relapse, by what the first one was like, and by whether this is a later one."""
    logs = rate.negative if p.cd19_negative else 0.0
    logs += rate.after_hct if p.relapsed_after_hct else 0
    logs += rate.second if p.relapses > 1 else 0
    return _in_force(rate.until, rate.per_month, p.relapse_at, p.now) * math.exp(logs)


def _in_later_remission(world: World, p: Patient, plan: Plan) -> Rates:
    """In a remission after a relapse; clocks run from this remission."""
    second = world.second_remission
    yield a.RELAPSE_IN_SECOND_REMISSION, _by_clock(second.relapse, p.remission_at, p)
    yield a.NRM_IN_SECOND_REMISSION, second.nrm.per_month
    # Salvage transplants are fewer if the first relapse followed a transplant; ratios hold at all times.
    if can_start(a.SALVAGE_HCT, world, p) and plan.follows_usual_care(a.SALVAGE_HCT, p):
        after_hct = math.exp(second.hct.after_hct) if p.relapsed_after_hct else 1
        yield a.SALVAGE_HCT, _by_clock(second.hct, p.remission_at, p) * after_hct


def _after_salvage(world: World, p: Patient) -> Rates:
    """After a transplant in a later remission; clocks run from it."""
    second = world.second_remission
    yield a.RELAPSE_AFTER_SALVAGE, _by_clock(second.relapse_after_hct, p.salvage_at, p)
    yield a.NRM_AFTER_SALVAGE, _by_clock(second.nrm_after_hct, p.salvage_at, p)


def _loss_to_follow_up(world: World, p: Patient) -> float:
    """Patients are lost by their covariates, what was last measured and whether they were transplanted."""
    lost = world.follow_up
    logs = lost.ngs_positive if p.ngs_positive else 0.0
    logs += lost.loss_seen if p.loss_known_since is not None else 0
    logs += lost.after_hct if p.hct_at is not None else 0
    return lost.lost_per_month * ratio(lost.log_ratios, p.covariates) * math.exp(logs)


def _by_clock(rate: Clocked, origin: float, p: Patient) -> float:
    """A rate by the age of a clock that began at `origin`, times the ratios of the covariates."""
    return _in_force(rate.until, rate.per_month, origin, p.now) * ratio(rate.log_ratios, p.covariates)


def _in_force(until: Sequence[float], per_month: Sequence[float], origin: float, now: float) -> float:
    """The rate of the piece that has begun last."""
    return per_month[sum(origin + age <= now for age in until)]


def ratio(logs: Ratios, covariates: Mapping[str, float]) -> float:
    """Product of the covariates' ratios."""
    return math.exp(sum(getattr(logs, name) * value for name, value in covariates.items() if value))

"""What happens to a patient when something happens: the slow simulator, event by event."""

from equipoise.synth import addresses as a
from equipoise.synth.reference_kinetics import curve_of
from equipoise.synth.reference_patient import Entry, Patient, Phase
from equipoise.synth.world import World

RELAPSES = (a.RELAPSE, a.RELAPSE_AFTER_HCT, a.RELAPSE_IN_SECOND_REMISSION, a.RELAPSE_AFTER_SALVAGE)
DEATHS = (a.NRM, a.NRM_AFTER_HCT, a.DEATH_IN_RELAPSE, a.NRM_IN_SECOND_REMISSION, a.NRM_AFTER_SALVAGE)
# What sequencing says may be any value on its side of the detection limit of 1e-6.
NEGATIVE, POSITIVE = (0.0, 9.9e-7), (1e-6, 1e-4)


def visit(world: World, p: Patient, number: int) -> None:
    """A visit; after the first it may be missed, and then nothing is tested."""
    if number == 0 or p.luck.uniform(a.MISSED, number) >= world.visits.missed:
        _test(world, p, a.VISIT, number)


def happen(world: World, p: Patient, what: int) -> None:
    """One thing happens; its next occasion has a threshold of its own."""
    if what == a.EXTRA_TEST:
        _test(world, p, what, a.EXTRA_OCCASION + p.times[what])
    elif what == a.LOSS:
        _lose_aplasia(world, p)
    elif what in (a.RISE, a.FALL):
        p.has_mrd = what == a.RISE
        p.write(what)
    elif what == a.MAINTENANCE:
        p.on_maintenance = True
        p.chart.append(Entry("maintenance"))
        p.write(what)
    elif what == a.REINFUSION:
        _reinfuse(world, p)
    elif what == a.HCT:
        _transplant(world, p)
    elif what == a.SALVAGE_HCT:
        _transplant_again(world, p)
    elif what == a.SECOND_REMISSION:
        _remit(world, p)
    elif what in RELAPSES:
        _relapse(world, p, what)
    elif what in DEATHS:
        p.phase = Phase.DEAD
        p.write(what)
    else:  # severe chronic graft-versus-host disease, loss to follow-up: the course goes on
        p.write(what)
    p.times[what] += 1
    p.rest.pop(what, None)


def infuse(world: World, p: Patient, infusion: int, infused_at: float) -> None:
    """In some worlds the cells of an infusion decide how long aplasia lasts."""
    if world.kinetics.drives_loss:
        p.curve = curve_of(p.luck, world.kinetics, infusion, infused_at)
        p.start_clock(p.curve.weeks(p.horizon), infused_at)


def _test(world: World, p: Patient, what: int, occasion: int) -> None:
    """What has been so becomes known."""
    # Sequencing misses some residual disease and never finds any that is not there.
    p.ngs_positive = p.has_mrd and p.luck.uniform(a.ASSAY, occasion) < world.assay.sensitivity
    p.chart.append(Entry("ngs_mrd", POSITIVE if p.ngs_positive else NEGATIVE))
    p.chart.append(Entry("bca", ("present" if p.in_aplasia else "lost",)))
    # A loss is known from the first test after it.
    if not p.in_aplasia and p.loss_known_since is None:
        p.loss_known_since = p.now
        p.chart.append(Entry("bca_loss"))
        p.start_clock([world.maintenance.months, world.reinfusion.months, world.hct.recent_months])
    p.write(what, p.ngs_positive + 2 * (p.loss_known_since is not None))


def _lose_aplasia(world: World, p: Patient) -> None:
    p.in_aplasia, p.lost_at = False, p.now
    p.start_clock(world.mrd_rise.after_loss.until)
    p.write(a.LOSS)


def _reinfuse(world: World, p: Patient) -> None:
    """Where a reinfusion succeeds aplasia is back, its clock begins anew, and a loss can be seen again."""
    succeeds = p.luck.uniform(a.SUCCESS, p.times[a.REINFUSION]) < world.reinfusion.success
    p.reinfusion_failed = not succeeds
    p.chart.append(Entry("car_reinfusion"))
    if succeeds:
        p.in_aplasia, p.aplasia_since, p.lost_at, p.loss_known_since = True, p.now, None, None
        p.start_clock(world.aplasia_loss.until)
        infuse(world, p, p.times[a.REINFUSION] + 1, p.now)
    p.write(a.REINFUSION, int(succeeds))


def _transplant(world: World, p: Patient) -> None:
    """A transplant in first remission; what is so now matters for what follows, unless it is but a label."""
    p.hct_at = p.now
    p.chart.append(Entry("hct"))
    if not world.hct.is_label:
        p.phase, p.on_maintenance = Phase.AFTER_HCT, False
        p.had_mrd_at_hct, p.was_in_aplasia_at_hct = p.has_mrd, p.in_aplasia
        p.start_clock(world.after_hct.relapse.until)
        p.start_clock(world.after_hct.nrm.until)
        p.start_clock(world.after_hct.severe_cgvhd.months)
    p.write(a.HCT)


def _transplant_again(world: World, p: Patient) -> None:
    """A transplant in a later remission."""
    p.salvaged, p.salvage_at = True, p.now
    p.chart.append(Entry("hct"))
    if not world.hct.is_label:
        p.phase = Phase.AFTER_SALVAGE
        p.start_clock(world.second_remission.relapse_after_hct.until)
        p.start_clock(world.second_remission.nrm_after_hct.until)
    p.write(a.SALVAGE_HCT)


def _remit(world: World, p: Patient) -> None:
    """Another remission after a relapse."""
    p.phase, p.remission_at, p.salvaged = Phase.LATER_REMISSION, p.now, False
    p.chart.append(Entry("remission"))
    p.start_clock(world.second_remission.relapse.until)
    p.start_clock(world.second_remission.hct.until)
    p.write(a.SECOND_REMISSION)


def _relapse(world: World, p: Patient, what: int) -> None:
    """A relapse; at the first it is drawn whether the disease has lost CD19."""
    if p.relapses == 0:
        p.relapsed_after_hct = p.phase is Phase.AFTER_HCT
        negative = world.cd19_negative
        share = negative.in_aplasia if p.in_aplasia else negative.lost
        p.cd19_negative = p.luck.uniform(a.CD19) < (negative.after_hct if p.relapsed_after_hct else share)
    p.phase, p.on_maintenance = Phase.RELAPSE, False
    p.relapses, p.relapse_at = p.relapses + 1, p.now
    p.chart.append(Entry("relapse"))
    p.start_clock(world.after_relapse.remission.until)
    p.start_clock(world.after_relapse.death.until)
    p.write(what, int(p.cd19_negative))

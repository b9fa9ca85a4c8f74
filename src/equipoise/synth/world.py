"""A world: everything that is true of the virtual patients, as one declarative file.

A preset is another world with a few parameters changed (``from`` and ``change``), so that what differs can be
read at a glance. Every parameter may be changed by its dotted name: ``hct.ngs_positive``.
"""

import json
from collections.abc import Mapping

import numpy as np
from pydantic import Field

from equipoise.base.model import Frozen
from equipoise.base.provenance import digest
from equipoise.kernels.arrays import Float64
from equipoise.synth.kinetic_parts import Kinetics
from equipoise.synth.numbers import Numbers
from equipoise.synth.parts import (
    AfterRelapse,
    AfterTransplant,
    Assay,
    Clocked,
    Covariates,
    DeathInRemission,
    DiseaseAtTimeZero,
    Fall,
    FollowUp,
    Maintenance,
    Negative,
    Reinfusion,
    Relapse,
    Rise,
    SecondRemission,
    Transplant,
    Visits,
)
from equipoise.synth.recording import Recording


class World(Frozen):
    """A world.

    Parameters
    ----------
    name, title, says
        Name; title; what it is good for, in one sentence.
    baseline, ..., follow_up
        Its parts, in the order of a course.
    kinetics
        The CAR transgene in blood, and whether it drives the loss of aplasia.
    registry
        Who comes into the registry and what is written down there.
    sites
        Number of sites.
    sources
        Where numbers are from, by dotted name of parameters: keys of the evidence library, or words.
    """

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")
    title: str = Field(min_length=1)
    says: str = Field(min_length=1)
    baseline: Covariates
    mrd_at_time_zero: DiseaseAtTimeZero
    assay: Assay
    visits: Visits
    aplasia_loss: Clocked
    mrd_rise: Rise
    mrd_fall: Fall
    relapse: Relapse
    cd19_negative: Negative
    nrm: DeathInRemission
    maintenance: Maintenance
    reinfusion: Reinfusion
    hct: Transplant
    after_hct: AfterTransplant
    after_relapse: AfterRelapse
    second_remission: SecondRemission
    follow_up: FollowUp
    kinetics: Kinetics
    registry: Recording
    sites: int = Field(ge=1, le=10_000)
    sources: Mapping[str, str] = Field(default_factory=dict)

    def digest(self) -> str:
        """SHA-256 of all that can change a course: names, sources and what is seen of it do not enter."""
        unseen = {"name", "title", "says", "follow_up", "kinetics", "registry", "sources"}
        content = self.model_dump(mode="json", exclude=unseen)
        if self.kinetics.drives_loss:  # then the day of the infusion matters as well
            content["kinetics"] = self.kinetics.model_dump(mode="json", exclude={"measured", "assay"})
            content["assessment_days"] = list(self.registry.assessment_days)
        return digest(json.loads(json.dumps(content)))


def numbers_of(world: World) -> Numbers:
    """The parameters of a world as both simulators take them."""
    rise, hct, after, second = world.mrd_rise, world.hct, world.after_hct, world.second_remission
    return Numbers(
        shares=world.baseline.shares(),
        log_ratios=_log_ratios(world),
        frailty_sd=float(world.baseline.frailty_sd),
        mrd_log_odds=float(world.mrd_at_time_zero.log_odds),
        sensitivity=float(world.assay.sensitivity),
        visit=world.visits.times(),
        missed=float(world.visits.missed),
        extra=float(world.visits.extra_per_month),
        loss=world.aplasia_loss.pieces(),
        rise=rise.in_aplasia.pieces(),
        rise_lost_until=np.array(rise.after_loss.lost_until, dtype=np.float64),
        rise_lost_age=np.array(rise.after_loss.until, dtype=np.float64),
        rise_lost=np.array(rise.after_loss.per_month, dtype=np.float64),
        rise_maintenance=float(rise.maintenance_ratio),
        fall_aplasia=float(world.mrd_fall.in_aplasia),
        fall_maintenance=float(world.mrd_fall.on_maintenance),
        relapse_mrd=float(world.relapse.with_mrd.per_month),
        relapse_mrd_maintenance=float(world.relapse.with_mrd.maintenance_ratio),
        relapse=world.relapse.without_mrd.pieces(),
        relapse_lost_adds=float(world.relapse.without_mrd.lost_adds),
        negative_aplasia=float(world.cd19_negative.in_aplasia),
        negative_lost=float(world.cd19_negative.lost),
        negative_hct=float(world.cd19_negative.after_hct),
        nrm=float(world.nrm.per_month),
        nrm_maintenance=float(world.nrm.maintenance_adds),
        maintenance=float(world.maintenance.per_month),
        maintenance_months=float(world.maintenance.months),
        reinfusion=float(world.reinfusion.per_month),
        reinfusion_months=float(world.reinfusion.months),
        reinfusion_success=float(world.reinfusion.success),
        hct=hct.pieces(),
        hct_recent_months=float(hct.recent_months),
        hct_recent=float(hct.loss_recent),
        hct_older=float(hct.loss_older),
        hct_ngs=float(hct.ngs_positive),
        hct_maintenance=float(hct.maintenance),
        hct_latent=float(hct.latent_mrd),
        hct_site_sd=float(hct.site_sd),
        hct_is_label=hct.is_label,
        relapse_hct=after.relapse.pieces(),
        relapse_hct_mrd=float(after.relapse.mrd_ratio),
        relapse_hct_aplasia=float(after.relapse.aplasia_ratio),
        nrm_hct=after.nrm.pieces(),
        cgvhd=float(after.severe_cgvhd.per_month),
        cgvhd_from=float(after.severe_cgvhd.months[0]),
        cgvhd_until=float(after.severe_cgvhd.months[1]),
        remission=world.after_relapse.remission.pieces(),
        remission_log=world.after_relapse.remission.row(),
        death=world.after_relapse.death.pieces(),
        death_log=world.after_relapse.death.row(),
        second_relapse=second.relapse.pieces(),
        second_nrm=float(second.nrm.per_month),
        salvage=second.hct.pieces(),
        salvage_after_hct=float(second.hct.after_hct),
        salvage_relapse=second.relapse_after_hct.pieces(),
        salvage_nrm=second.nrm_after_hct.pieces(),
        lost=float(world.follow_up.lost_per_month),
        lost_ngs=float(world.follow_up.ngs_positive),
        lost_loss_seen=float(world.follow_up.loss_seen),
        lost_hct=float(world.follow_up.after_hct),
        sites=world.sites,
        kinetics_drive=world.kinetics.drives_loss,
        curve_typical=world.kinetics.typical(),
        curve_sd=world.kinetics.sd(),
        loss_without=float(world.kinetics.loss.per_month),
        loss_half_at=float(world.kinetics.loss.half_at),
        loss_power=float(world.kinetics.loss.power),
        assessed_first=world.registry.assessment_days[0],
        assessed_last=world.registry.assessment_days[1],
    )


def _log_ratios(world: World) -> Float64:
    """Log ratios float64[len(TERMS), len(COVARIATES)], in the order of `equipoise.synth.numbers.TERMS`."""
    rows = [
        world.aplasia_loss.log_ratios,
        world.mrd_rise.in_aplasia.log_ratios,
        world.mrd_rise.after_loss.log_ratios,
        world.relapse.with_mrd.log_ratios,
        world.relapse.without_mrd.log_ratios,
        world.nrm.log_ratios,
        world.maintenance.log_ratios,
        world.hct.log_ratios,
        world.after_hct.relapse.log_ratios,
        world.after_hct.nrm.log_ratios,
        world.second_remission.hct.log_ratios,
        world.follow_up.log_ratios,
        world.mrd_at_time_zero.log_ratios,
    ]
    return np.array([row.row() for row in rows], dtype=np.float64)

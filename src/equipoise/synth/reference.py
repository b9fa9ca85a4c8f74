"""The slow simulator: one patient, one step at a time, to be read and for the fast one to equal.

Everything that can happen waits for a threshold, drawn for that patient, decision and occasion, and happens
when its rate, summed over the time that has passed, reaches it. Rates change by what happens and is seen, and
by themselves only at moments that are known beforehand: when a clock reaches an age at which a rate changes.

`reference_patient` says what a patient is, `reference_rates` how fast things happen, `reference_events` what
they change, `reference_rules` what a strategy does. None of them knows anything of the fast simulator but the
addresses of the draws.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.kernels import reference_addressed as addressed
from equipoise.protocol.strategy import Strategy
from equipoise.protocol.treatment import Treatment
from equipoise.synth import addresses as a
from equipoise.synth.reference_events import happen, infuse, visit
from equipoise.synth.reference_luck import Luck
from equipoise.synth.reference_patient import Entry, Patient, Phase, Record
from equipoise.synth.reference_rates import rates_of, ratio
from equipoise.synth.reference_rules import Plan
from equipoise.synth.world import World

COVARIATES = {
    "high_burden": a.HIGH_BURDEN,
    "prior_hct": a.PRIOR_HCT,
    "high_risk_genetics": a.HIGH_RISK_GENETICS,
    "cd28": a.CD28,
    "donor": a.DONOR,
    "adult": a.ADULT,
}
OF_THE_REGISTRY = (a.TIME_ZERO, a.VISIT, a.EXTRA_TEST, a.LOST_TO_FOLLOW_UP)


@dataclass(frozen=True)
class Course:
    """What happened to one patient.

    Attributes
    ----------
    covariates
        By name.
    log
        What happened, in order, visits and loss to follow-up included.
    """

    covariates: dict[str, float]
    log: list[Record]

    @property
    def without_visits(self) -> list[Record]:
        """What happened, whoever looked."""
        return [record for record in self.log if record.what not in OF_THE_REGISTRY]


def course_of(
    luck: Luck, world: World, strategy: Strategy, treatments: Iterable[Treatment], horizon: float
) -> Course:
    """The course of one patient.

    Parameters
    ----------
    luck
        Seed and number of the patient.
    world
        How things are.
    strategy, treatments
        Who is treated when, as the protocol says it.
    horizon
        Months after time zero at which the course is cut.
    """
    patient, plan = _at_time_zero(luck, world, horizon), Plan(strategy, treatments)
    visits = _visits(world)
    patient.start_clock(visits)
    visit(world, patient, 0)
    plan.look(patient)
    while patient.phase is not Phase.DEAD:
        when, what = _step(world, patient, plan)
        if when >= horizon:
            break
        if what is not None:
            happen(world, patient, what)
        else:
            patient.leave_moment()
            if patient.phase is Phase.FIRST_REMISSION and when in visits:
                visit(world, patient, visits[when])
        plan.look(patient)
    return Course(patient.covariates, patient.log)


def _at_time_zero(luck: Luck, world: World, horizon: float) -> Patient:
    """Everything as it is before the first test."""
    # Each covariate is there or not, independently of the others; the frailty is normal.
    shares = world.baseline
    x = {name: float(luck.uniform(at) < getattr(shares, name)) for name, at in COVARIATES.items()}
    x["frailty"] = shares.frailty_sd * luck.normal(a.FRAILTY)
    # Residual disease is logistic in the covariates.
    odds = math.exp(world.mrd_at_time_zero.log_odds) * ratio(world.mrd_at_time_zero.log_ratios, x)
    has_mrd = luck.uniform(a.MRD_AT_TIME_ZERO) < odds / (1 + odds)
    # Every patient has a site, every site a preference; the unit of that draw is the site.
    site = int(luck.uniform(a.SITE) * world.sites)
    preference = world.hct.site_sd * addressed.normal(luck.seed, site, a.SITE_PREFERENCE, 0)
    patient = Patient(luck, x, math.exp(preference), has_mrd, horizon)
    for part in (world.aplasia_loss, world.mrd_rise.in_aplasia, world.relapse.without_mrd, world.hct):
        patient.start_clock(part.until)
    # The infusion was some whole days before, every day of a range as likely.
    first, last = world.registry.assessment_days
    days = first + int(luck.uniform(a.ASSESSMENT) * (last - first + 1))
    infuse(world, patient, 0, -days / DAYS_PER_MONTH)
    patient.chart.append(Entry("remission"))
    patient.write(a.TIME_ZERO, int(has_mrd))
    return patient


def _visits(world: World) -> dict[float, int]:
    """Numbers of the visits by month; each falls on the nearest whole day."""
    return {
        round(month * DAYS_PER_MONTH) / DAYS_PER_MONTH: number
        for number, month in enumerate(world.visits.months)
    }


def _step(world: World, p: Patient, plan: Plan) -> tuple[float, int | None]:
    """Go to what comes next, using up intensity on the way; return when it comes and what it is.

    Nothing (None) happens at a visit and at a moment at which a rate changes by itself. What happens at that
    very moment comes first: a treatment is decided before the visit of its day.
    """
    rates, orders = rates_of(world, p, plan), plan.at_work(world, p)
    possible: list[tuple[float, int | None]] = [
        (p.now + p.rest_of(what) / rate, what) for what, rate in rates.items() if rate > 0
    ]
    possible += [(order.due(p), order.treatment) for order in orders]
    possible.append((p.next_moment(), None))
    when, what = min(possible, key=lambda one: one[0])
    for order in orders:
        order.spend(when, p)
    for each, rate in rates.items():
        if rate > 0:
            p.spend(each, rate * (when - p.now))
    p.now = when
    return when, what

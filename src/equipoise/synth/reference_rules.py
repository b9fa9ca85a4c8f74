"""What a strategy does to a patient, rule by rule, for the slow simulator.

A trigger or a condition is judged on the patient's chart, line by line; a grace law is read as it is written.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.language.comparison import Comparison, Scalar, holds
from equipoise.language.feature import Baseline, Count, Feature, Has, Last
from equipoise.language.predicate import AllOf, AnyOf, Compare, Not, Predicate
from equipoise.protocol.law import FixedLaw, GivenLaw, NaturalLaw, RepresentativeLaw, UniformLaw
from equipoise.protocol.rule import Never, OnTrigger, StartWithin
from equipoise.protocol.strategy import Strategy
from equipoise.protocol.treatment import Treatment
from equipoise.synth import addresses as a
from equipoise.synth.recorded import COLUMNS
from equipoise.synth.reference_patient import Entry, Patient, Phase
from equipoise.synth.world import World

# Which treatment of the world an intervention in a state is.
SIMULATED: Final = {
    ("hct", "remission"): a.HCT,
    ("hct", "second_remission"): a.SALVAGE_HCT,
    ("maintenance", "remission"): a.MAINTENANCE,
    ("car_reinfusion", "remission"): a.REINFUSION,
}


def can_start(treatment: int, world: World, p: Patient) -> bool:
    """Whether a treatment can start now."""
    # A salvage transplant needs a later remission that has not had one.
    if treatment == a.SALVAGE_HCT:
        return p.phase is Phase.LATER_REMISSION and not p.salvaged
    # Everything else belongs to the first remission.
    if p.phase is not Phase.FIRST_REMISSION:
        return False
    # There is one transplant in first remission.
    if treatment == a.HCT:
        return p.hct_at is None
    # It ends the other treatments, unless it is but a label.
    if p.hct_at is not None and not world.hct.is_label:
        return False
    # Maintenance starts once; a reinfusion that failed is not repeated.
    return not (p.on_maintenance if treatment == a.MAINTENANCE else p.reinfusion_failed)


@dataclass
class Order:
    """A rule that starts a treatment, for one patient.

    Attributes
    ----------
    rule
        What the strategy says.
    treatment
        Of the world, an address of what can happen.
    decision
        Address of the threshold.
    began
        When the clock of the rule began, None before.
    is_over
        Whether the trigger came too late.
    """

    rule: StartWithin | OnTrigger
    treatment: int
    decision: int
    began: float | None = None
    is_over: bool = False

    def look(self, p: Patient) -> None:
        """Begin the clock when the trigger is true for the first time, unless it is too late then."""
        if self.began is None and not self.is_over:
            if isinstance(self.rule, StartWithin):
                self.began = 0.0
            elif is_true(self.rule.trigger, p):
                self.is_over = self.rule.until_month is not None and p.now > self.rule.until_month
                self.began = None if self.is_over else p.now
            if self.began is not None and isinstance(self.rule.law, NaturalLaw):
                p.start_clock([self.rule.months - _last_bin(self.rule.law)])

    @property
    def law_begins(self) -> float:
        """When the law begins to work: as the window opens, under a natural law as its last bin does."""
        if self.began is None:
            return math.inf
        law = self.rule.law
        return self.began + (self.rule.months - _last_bin(law) if isinstance(law, NaturalLaw) else 0.0)

    def is_in_usual_care(self, p: Patient) -> bool:
        """Whether the window has opened and the law, a natural one, leaves the treatment to usual care."""
        return self.began is not None and p.now < self.law_begins and self._allows(p)

    def due(self, p: Patient) -> float:
        """When the treatment starts if nothing else changes; infinite if it does not."""
        if self.began is None or not self._allows(p):
            return math.inf
        if isinstance(self.rule.law, FixedLaw):
            due = self.began + self.rule.law.fixed
            return due if due >= p.now else math.inf
        age = self._age(p.now)
        if age is None:
            return math.inf
        # The threshold is used up where 1 - F(then) = (1 - F(now)) exp(-rest).
        knots = _knots(self.rule)
        not_started = _not_started(knots, age) * math.exp(-p.rest_of(self.decision))
        return p.now + max(_age_at(knots, not_started) - age, 0.0)

    def spend(self, until: float, p: Patient) -> None:
        """Use up ``log((1 - F(now)) / (1 - F(until)))`` of the threshold."""
        age = self._age(p.now)
        if age is None or isinstance(self.rule.law, FixedLaw) or not self._allows(p):
            return
        knots = _knots(self.rule)
        before, after = _not_started(knots, age), _not_started(knots, age + (until - p.now))
        p.spend(self.decision, math.log(before / after) if after > 0 else math.inf)

    def _age(self, now: float) -> float | None:
        """Months since the law began; None while it is not at work."""
        if self.began is None or not self.law_begins <= now < self.began + self.rule.months:
            return None
        return now - self.law_begins

    def _allows(self, p: Patient) -> bool:
        return self.rule.only_if is None or is_true(self.rule.only_if, p)


class Plan:
    """A strategy at work on one patient.

    Parameters
    ----------
    strategy, treatments
        As the protocol says them.
    """

    def __init__(self, strategy: Strategy, treatments: Iterable[Treatment]) -> None:
        simulated = {one.name: SIMULATED[one.intervention, one.while_in[0]] for one in treatments}
        self.governed = {simulated[rule.treatment] for rule in strategy.rules}
        starting = [rule for rule in strategy.rules if not isinstance(rule, Never)]
        self.orders: list[Order] = []
        for place, rule in enumerate(starting):
            # One rule of a treatment takes the luck of its usual care, so that strategies share it: the one
            # whose law is natural, else the first. Any other rule has a threshold of its own.
            rivals = [one for one in starting if one.treatment == rule.treatment]
            takes_luck = next((one for one in rivals if isinstance(one.law, NaturalLaw)), rivals[0])
            treatment = simulated[rule.treatment]
            self.orders.append(
                Order(rule, treatment, treatment if rule is takes_luck else a.FURTHER_RULE + place)
            )

    def look(self, p: Patient) -> None:
        """Whatever has become known may be a trigger."""
        for order in self.orders:
            order.look(p)

    def follows_usual_care(self, treatment: int, p: Patient) -> bool:
        """Whether a treatment starts as in usual care now."""
        # No rule names it, or it was started before: rules are about the first start.
        if treatment not in self.governed or p.times[treatment] > 0:
            return True
        # A natural law leaves it to usual care until its last bin.
        return any(one.treatment == treatment and one.is_in_usual_care(p) for one in self.orders)

    def at_work(self, world: World, p: Patient) -> list[Order]:
        """Rules that may start their treatment now or later if nothing else changes."""
        return [
            one for one in self.orders if p.times[one.treatment] == 0 and can_start(one.treatment, world, p)
        ]


def is_true(asked: Predicate, p: Patient) -> bool:
    """Whether a predicate is true of a patient for certain, by what is known now."""
    return _truth(asked, p) is True


def _truth(asked: Predicate, p: Patient) -> bool | None:
    """True, false, or unknown (None) by the patient's covariates and chart."""
    match asked:
        case AllOf():
            return _decided([_truth(part, p) for part in asked.all_of], by=False)
        case AnyOf():
            return _decided([_truth(part, p) for part in asked.any_of], by=True)
        case Not():
            part = _truth(asked.not_, p)
            return None if part is None else not part
        case Has(within=None):
            return any(_meets(entry, asked.where) for entry in p.chart if entry.word == asked.record)
        case Compare():
            values = _values(asked.feature, p)
            return None if values is None else _holds(asked.comparison, values)
        case _:
            raise ValueError(f"the chart of a virtual patient does not answer {asked!r}")


def _values(asked: Feature, p: Patient) -> tuple[Scalar, ...] | None:
    """All that the value of a feature may be; None if there is none."""
    match asked:
        case Baseline():
            return _recorded(asked.column, p)
        case Last(within=None):
            found = [entry.values for entry in p.chart if entry.word == asked.measurement]
            return found[-1] if found else None
        case Count(within=None):
            return (float(sum(entry.word == asked.record for entry in p.chart)),)
        case _:
            raise ValueError(f"the chart of a virtual patient does not answer {asked!r}")


def _decided(parts: list[bool | None], *, by: bool) -> bool | None:
    """Answer that one part decides by itself; without it unknown if a part is unknown."""
    if by in parts:
        return by
    return None if None in parts else not by


def _meets(entry: Entry, where: Mapping[str, Comparison]) -> bool:
    if set(where) - {"value"}:
        raise ValueError(f"the chart of a virtual patient holds no details, asked for {sorted(where)}")
    return all(_holds(comparison, entry.values) for comparison in where.values())


def _recorded(column: str, p: Patient) -> tuple[Scalar, ...]:
    """All that may be written in a column of patients for this one."""
    written = COLUMNS[column]
    if written.covariate is None:
        return written.no
    is_so = list(p.covariates.values())[written.covariate] == 1
    return written.yes if is_so else written.no


def _holds(comparison: Comparison, values: Sequence[Scalar]) -> bool:
    """Whether a value satisfies a comparison, if all that it may stand for answer alike."""
    answers = {holds(comparison, value) for value in values}
    if len(answers) != 1:
        raise ValueError(f"{list(values)} do not answer {comparison!r} alike")
    return answers.pop()


Knots = Sequence[tuple[float, float]]


def _knots(rule: StartWithin | OnTrigger) -> Knots:
    """Months since a law's clock began, and the share that has started by each; straight lines in between."""
    match rule.law:
        case UniformLaw():
            return [(0.0, 0.0), (rule.months, 1.0)]
        case GivenLaw():
            return list(zip(rule.law.months, rule.law.probability, strict=True))
        case NaturalLaw():  # in its last bin, every time alike
            return [(0.0, 0.0), (_last_bin(rule.law), 1.0)]
        case FixedLaw() | RepresentativeLaw():
            raise ValueError(f"{rule.law!r} has no shares by month")


def _last_bin(law: NaturalLaw) -> float:
    return law.natural.last_bin_days / DAYS_PER_MONTH


def _not_started(knots: Knots, age: float) -> float:
    """1 - F: the share that has not started by an age."""
    for (left, before), (right, after) in pairwise(knots):
        if age < right:
            return 1 - (before + (after - before) * (age - left) / (right - left))
    return 0.0


def _age_at(knots: Knots, share: float) -> float:
    """When the share that has not started has fallen to a given one."""
    for (left, before), (right, after) in pairwise(knots):
        if 1 - after < share:
            return left + (right - left) * (1 - before - share) / (after - before)
    return knots[-1][0]

"""One registry, emulated: levels and differences at month 24 with their intervals, gates, and the naive ways."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from equipoise.base.clock import Clock, months_to_days
from equipoise.emulate.enrol import enrol
from equipoise.estimate.analysis import Analysis, courses
from equipoise.estimate.emulated.emulated import Emulated, carry_out, spread_error
from equipoise.estimate.emulated.followed import Number
from equipoise.estimate.emulated.limits import difference_limits, level_limits
from equipoise.estimate.emulated.verdicts import Verdict, worst_of
from equipoise.estimate.plan import plan_of
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_question
from equipoise.synth.outcomes import OUTCOMES
from equipoise.synth.read import read_world
from equipoise.synth.registry import registry
from equipoise.synth.truth import known_truth

PROTOCOL = "validation/emulation/protocol.yaml"
MONTH = 24
SEED = 4_000_000
ASSESSED = 0.86  # of those infused are in remission: so many more are simulated
CONTRASTS = (("early", "watch"), ("on_bca_loss", "watch"))
LEVEL = 0.95


@dataclass(frozen=True)
class Cell:
    """One number of one replicate: estimate, limits (NaN: none) and truth."""

    analysis: str
    outcome: str
    what: str
    estimate: float
    lower: float
    upper: float
    truth: float
    verdict: str


@cache
def question(world: str) -> tuple[Protocol, Vocabulary]:
    """The protocol; where the loss is informative, with a model of the loss."""
    protocol, vocabulary = read_question(PROTOCOL)
    if world != "S6":
        return protocol, vocabulary
    asked = protocol.analysis.emulation
    assert asked is not None
    model = asked.treatments[0].model_dump(exclude={"treatment"})
    from equipoise.protocol.emulation import LossModel

    loss = LossModel(**{**model, "adjust_for": asked.treatments[0].adjust_for})
    emulation = asked.model_copy(update={"loss": loss})
    analysis = protocol.analysis.model_copy(update={"emulation": emulation})
    return protocol.model_copy(update={"analysis": analysis}), vocabulary


@cache
def truths(world: str) -> dict[tuple[str, str], float]:
    """Truth by outcome and strategy, or ``a - b``."""
    whole, _ = read_question("virtual_registry")
    truth = known_truth(read_world(world), whole)
    assert truth is not None
    names = ["natural_course", *(one.name for one in whole.strategies)]
    found: dict[tuple[str, str], float] = {}
    for outcome in ("dfs", "os"):
        counts = truth.joint.counts[[one.name for one in OUTCOMES].index(outcome), MONTH]
        share = {name: counts[g, g] / truth.joint.patients for g, name in enumerate(names)}
        found |= {(outcome, name): float(value) for name, value in share.items()}
        found |= {(outcome, f"{a} - {b}"): float(share[a] - share[b]) for a, b in CONTRASTS}
    return found


def replicate(world: str, n: int, number: int) -> Iterator[Cell]:
    """Simulate a registry of about n patients in remission and emulate the trial in it."""
    protocol, _ = question(world)
    cohort = registry(read_world(world), math.ceil(n / ASSESSED), SEED + number)
    enrolment = enrol(protocol, cohort)
    plan, _ = plan_of(protocol, cohort, enrolment)
    analysis = Analysis(protocol, cohort, enrolment, plan, courses(protocol, cohort, enrolment, plan))
    emulation = protocol.analysis.emulation
    assert emulation is not None
    found = carry_out(analysis, emulation, workers=1)
    truth = truths(world)
    for outcome in emulation.outcomes:
        yield from _levels(found, outcome, truth)
        yield from _differences(found, outcome, truth)
        yield from _naive(analysis, outcome, truth)


def _levels(found: Emulated, outcome: str, truth: dict[tuple[str, str], float]) -> Iterator[Cell]:
    number = Number(outcome, "survival", months_to_days(MONTH))
    for strategy in found.prepared.strategies:
        name = strategy.name
        if name == "natural_course":
            continue
        value, spread = found.at(name, number)
        scale = (found.degrees_of_freedom(name), found.support[name].effective)
        lower, upper, _ = level_limits("survival", value, spread_error(spread), LEVEL, scale)
        verdict = worst_of(found.judged[name]).value
        yield Cell("emulated", outcome, name, value, lower, upper, truth[outcome, name], verdict)


def _differences(found: Emulated, outcome: str, truth: dict[tuple[str, str], float]) -> Iterator[Cell]:
    number = Number(outcome, "survival", months_to_days(MONTH))
    for a, b in CONTRASTS:
        (one, spread), (other, other_spread) = found.at(a, number), found.at(b, number)
        df = found.degrees_of_freedom(a, b)
        limits = difference_limits(one - other, spread_error(spread - other_spread), LEVEL, df, 1.0)
        verdict = max((worst_of(found.judged[x]) for x in (a, b)), key=list(Verdict).index).value
        what = f"{a} - {b}"
        yield Cell(
            "emulated", outcome, what, one - other, limits.lower, limits.upper, truth[outcome, what], verdict
        )


def _naive(analysis: Analysis, outcome: str, truth: dict[tuple[str, str], float]) -> Iterator[Cell]:
    """N1 (ever against never) and N2 (from the transplant), by a Kaplan-Meier of this file."""
    cohort, zero = analysis.cohort, analysis.enrolment.time_zero
    ends = ["relapse", "death"] if outcome == "dfs" else ["death"]
    day = np.fmin.reduce([cohort.first_day(end) for end in ends])
    last = np.full(cohort.n, np.nan)
    stops = cohort.observation.group_by("patient").max()
    last[stops["patient"].to_numpy()] = stops["stop"].to_numpy()
    treated = cohort.first_day("hct", after=zero)
    relapse = cohort.first_day("relapse")
    treated = np.where((treated <= relapse) | np.isnan(relapse), treated, np.nan)
    inside = ~np.isnan(zero)
    ever, never = inside & ~np.isnan(treated), inside & np.isnan(treated)
    clock = Clock(cohort.vocabulary.resolution)
    assert clock.resolution == 1
    since_zero = _kaplan_meier(day - zero, last - zero, never)
    for name, origin in (("ever against never", zero), ("from the transplant", treated)):
        value = _kaplan_meier(day - origin, last - origin, ever) - since_zero
        yield Cell(name, outcome, "early - watch", value, np.nan, np.nan, truth[outcome, "early - watch"], "")


def _kaplan_meier(event: np.ndarray, last: np.ndarray, who: np.ndarray) -> float:
    """Survival at the month, NaN without anybody."""
    event, last = event[who], last[who]
    happened = ~np.isnan(event) & (event <= last)
    time = np.where(happened, event, last)
    if not time.size:
        return math.nan
    value = 1.0
    for t in np.unique(time[happened & (time <= months_to_days(MONTH))]):
        value *= 1.0 - float(((time == t) & happened).sum()) / float((time >= t).sum())
    return value

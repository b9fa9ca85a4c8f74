"""Twenty thousand virtual patients, emulated: weights find the truth, and without covariates they do not."""

from functools import cache

import numpy as np

from equipoise.base.clock import months_to_days
from equipoise.emulate.enrol import enrol
from equipoise.estimate.analysis import Analysis, courses
from equipoise.estimate.emulated.followed import Number
from equipoise.estimate.emulated.inference import influence_values
from equipoise.estimate.emulated.prepared import Prepared, prepare
from equipoise.estimate.emulated.weighted import weigh, weighted_answers
from equipoise.estimate.plan import plan_of
from equipoise.protocol.emulation import Emulation
from equipoise.synth.read import read_world
from equipoise.synth.registry import registry
from validation.emulation.replicate import CONTRASTS, question, truths

INFUSED = 23_256  # of whom about 20,000 are in remission
MONTH, SEED = 24, 20
STRATEGIES = ("watch", "early", "on_bca_loss")


@cache
def analysed() -> tuple[Analysis, Emulation]:
    protocol, _ = question("S0")
    cohort = registry(read_world("S0"), INFUSED, seed=SEED)
    enrolment = enrol(protocol, cohort)
    plan, _ = plan_of(protocol, cohort, enrolment)
    emulation = protocol.analysis.emulation
    assert emulation is not None
    return Analysis(protocol, cohort, enrolment, plan, courses(protocol, cohort, enrolment, plan)), emulation


def errors_of(ready: Prepared) -> dict[str, float]:
    """Estimate less truth, in standard errors: levels and differences at month 24."""
    weighted = weigh(ready, ready.omega)
    values, psi = weighted_answers(ready, weighted), influence_values(ready, weighted)
    keys = [
        (one.name, number)
        for one in ready.strategies
        for outcome in ready.outcomes.values()
        for number in outcome.numbers
    ]
    truth, found = truths("S0"), {}
    for outcome in ready.outcomes:
        number = Number(outcome, "survival", months_to_days(MONTH))
        place = {name: keys.index((name, number)) for name in STRATEGIES}
        for name in STRATEGIES:
            error = values[place[name]] - truth[outcome, name]
            found[f"{outcome} {name}"] = error / np.sqrt((psi[:, place[name]] ** 2).sum())
        for a, b in CONTRASTS:
            error = values[place[a]] - values[place[b]] - truth[outcome, f"{a} - {b}"]
            spread = psi[:, place[a]] - psi[:, place[b]]
            found[f"{outcome} {a} - {b}"] = error / np.sqrt((spread**2).sum())
    return found


def test_the_weights_find_the_truth() -> None:
    analysis, emulation = analysed()
    ready = prepare(analysis, emulation)
    assert ready.n > 19_500
    found = errors_of(ready)
    assert len(found) == 10
    assert max(abs(one) for one in found.values()) < 2.5, found


def test_without_covariates_they_do_not() -> None:
    analysis, emulation = analysed()
    bare = tuple(one.model_copy(update={"adjust_for": ()}) for one in emulation.treatments)
    found = errors_of(prepare(analysis, emulation.model_copy(update={"treatments": bare})))
    assert abs(found["dfs early - watch"]) > 5, found

"""Virtual patients who follow a strategy by the simulator's own clocks keep its clones; others lose them."""

import numpy as np
import pytest

from equipoise.emulate.clones import clones
from equipoise.emulate.enrol import enrol
from equipoise.emulate.starts import start_situation
from equipoise.protocol.read import read_protocol
from equipoise.synth.read import read_world
from equipoise.synth.registry import registry

PATIENTS = 1000
ASKED = read_protocol("virtual_registry")


@pytest.mark.parametrize("name", [one.name for one in ASKED.strategies])
def test_who_follows_a_strategy_is_never_censored(name: str) -> None:
    cohort = registry(read_world("S0"), PATIENTS, seed=12, strategy=name, protocol=ASKED)
    enrolment = enrol(ASKED, cohort)
    kept = clones(ASKED, ASKED.strategy(name), cohort, enrolment)
    assert enrolment.n > 500
    assert np.array_equal(kept.compatible, enrolment.eligible)
    other = ASKED.strategy("early" if name in ("watch", "salvage", "maintain", "reinfuse") else "watch")
    assert (clones(ASKED, other, cohort, enrolment).reason >= 0).sum() > 50


def test_starts_of_those_who_follow_are_those_that_the_strategy_allows() -> None:
    cohort = registry(read_world("S0"), PATIENTS, seed=12, strategy="early", protocol=ASKED)
    enrolment = enrol(ASKED, cohort)
    starts = start_situation(ASKED, ASKED.strategy("early"), "hct", cohort, enrolment)
    begun = ~np.isnan(starts.day)
    assert begun.sum() > 300
    assert (starts.q[begun] > 0).all()
    assert starts.day[begun].max() <= 183

"""The shipped truths: those of the design's own simulator, and the same when they are computed again."""

import numpy as np
import pytest
from virtual import place, question

from equipoise.synth.outcomes import AREAS, OUTCOMES
from equipoise.synth.read import read_world, shipped_worlds
from equipoise.synth.truth import PATIENTS, Truth, known_truth, simulate_truth

NAMES = [one.name for one in OUTCOMES]
PATIENTS_AGAIN = {"S0": 400_000}
WORLDS = [name for name in shipped_worlds() if name != "K"]  # an option, simulated when asked for
MONTHS = (6, 12, 24, 36, 60)
# Never transplanted, from the design (4 million patients, errors of at most .00025 and .007 months).
NEVER = {
    "dfs": (0.7590, 0.6055, 0.4695, 0.4195, 0.3477),
    "os": (0.9289, 0.8258, 0.6722, 0.5892, 0.4918),
}
AT_24_MONTHS = {
    ("early", "dfs"): 0.6498,
    ("early", "os"): 0.7362,
    ("on_bca_loss", "dfs"): 0.5488,
    ("on_bca_loss", "os"): 0.6974,
}


def shipped(world: str) -> Truth:
    found = known_truth(read_world(world), question()[0])
    assert found is not None, f"no truth is shipped for {world}: python -m validation.truths {world}"
    return found


def share(truth: Truth, outcome: str, month: int, strategy: str) -> float:
    g = place(strategy)
    return float(truth.joint.counts[NAMES.index(outcome), month, g, g] / truth.joint.patients)


@pytest.mark.parametrize("world", WORLDS)
def test_every_world_has_its_truth(world: str):
    assert shipped(world).joint.patients == PATIENTS == 4_000_000


def test_never_is_that_of_the_design():
    truth = shipped("S0")
    for outcome, values in NEVER.items():
        for month, value in zip(MONTHS, values, strict=True):
            assert share(truth, outcome, month, "watch") == pytest.approx(value, abs=0.0015), (outcome, month)
    means = dict(zip([one.name for one in AREAS], truth.joint.areas[:, 1, place("watch")], strict=False))
    assert means["dfs"] / PATIENTS == pytest.approx(20.904, abs=0.03)
    assert means["os"] / PATIENTS == pytest.approx(27.513, abs=0.03)


def test_early_and_on_loss_are_those_of_the_design():
    for (strategy, outcome), value in AT_24_MONTHS.items():
        assert share(shipped("S0"), outcome, 24, strategy) == pytest.approx(value, abs=0.002), strategy


@pytest.mark.parametrize(("world", "patients"), [(name, PATIENTS_AGAIN.get(name, 12_000)) for name in WORLDS])
def test_computed_again_it_is_the_same(world: str, patients: int):
    """Within five errors of both, at four months, all outcomes and strategies."""
    protocol, vocabulary = question()
    truth = shipped(world)
    again = simulate_truth(read_world(world), protocol, vocabulary, patients, seed=77)
    assert again.strategies == truth.strategies
    one, other = (np.einsum("otgg->otg", x.joint.counts) / x.joint.patients for x in (truth, again))
    months = [12, 24, 36, 60]
    one, other = one[:, months], other[:, months]
    error = np.sqrt(one * (1 - one) * (1 / truth.joint.patients + 1 / patients))
    assert (np.abs(one - other) <= 5 * error + 1e-12).all()
    # Differences share their luck: their errors are smaller than those of the levels.
    g, h = place("early"), place("watch")
    joint = truth.joint.counts[:, months] / truth.joint.patients
    difference = joint[:, :, g, g] - joint[:, :, h, h]
    variance = joint[:, :, g, g] + joint[:, :, h, h] - 2 * joint[:, :, g, h] - difference**2
    error = np.sqrt(np.maximum(variance, 0) * (1 / truth.joint.patients + 1 / patients))
    assert (np.abs(difference - (other[:, :, g] - other[:, :, h])) <= 5 * error + 1e-12).all()

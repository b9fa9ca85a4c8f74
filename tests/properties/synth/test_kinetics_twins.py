"""With kinetics that drive the loss of aplasia, the slow simulator and the fast one agree draw for draw."""

from collections.abc import Mapping

import numpy as np
import pytest

from equipoise.protocol.read import read_question
from equipoise.protocol.strategy import NATURAL_COURSE
from equipoise.synth import addresses as a
from equipoise.synth.courses import simulate_courses
from equipoise.synth.numbers import as_record
from equipoise.synth.orders import orders_of
from equipoise.synth.read import read_world
from equipoise.synth.reference import course_of
from equipoise.synth.reference_luck import Luck
from equipoise.synth.world import numbers_of

PATIENTS = 60
SEED = 77
STEEP = {"kinetics.loss": {"per_month": 0.5, "half_at": 40, "power": 3}, "kinetics.spread_is": "variance"}


@pytest.mark.parametrize(
    ("world", "changes", "strategy"),
    [
        ("K", {"reinfusion.per_month": 0.3}, "natural_course"),
        ("K", {"reinfusion.per_month": 0.3, "reinfusion.success": 1, **STEEP}, "on_bca_loss"),
        ("S1", {"kinetics.drives_loss": True, "registry.assessment_days": [40, 60]}, "early"),
    ],
)
def test_slow_and_fast_agree(world: str, changes: Mapping[str, object], strategy: str) -> None:
    protocol, vocabulary = read_question("virtual_registry")
    asked = {one.name: one for one in (NATURAL_COURSE, *protocol.strategies)}[strategy]
    made = read_world(world, changes)
    record = as_record(numbers_of(made))
    fast = simulate_courses(
        record, orders_of(asked, protocol, vocabulary), range(PATIENTS), SEED, horizon=40.0
    )
    assert (fast.what == a.LOSS).sum() > 15
    for patient in range(PATIENTS):
        rows = slice(fast.start[patient], fast.start[patient + 1])
        slow = course_of(Luck(SEED, patient), made, asked, protocol.treatments, 40.0).log
        assert [one.what for one in slow] == fast.what[rows].tolist()
        assert [one.detail for one in slow] == fast.detail[rows].tolist()
        assert np.allclose([one.months for one in slow], fast.time[rows], rtol=1e-9, atol=1e-12)

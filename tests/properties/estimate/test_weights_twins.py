"""Weights of the emulation: on every day of every patient they are those of the definition."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_emulations import emulations, prepared, random_cohort, usual_care, weighable
from random_strategies import protocol

from equipoise.estimate.emulated.reference import weights_by_day
from equipoise.estimate.emulated.weighted import weigh
from equipoise.kernels.weight_path import weights_at

PATIENTS = 3
one_zero = st.one_of(st.integers(0, 2).map(float), st.integers(0, 2).map(float), st.just(float("nan")))


def fast_and_slow(data: st.DataObject) -> list[tuple[list[float], list[float], float]]:
    """Weights of each enrolled patient by day, fast and slow, and the width of a bin."""
    cohort = data.draw(random_cohort(PATIENTS))
    step = cohort.vocabulary.resolution
    zero = step * np.array(data.draw(st.lists(one_zero, min_size=PATIENTS, max_size=PATIENTS)))
    strategy = data.draw(weighable())
    ready = prepared(cohort, strategy, data.draw(emulations(strategy)), zero)
    weighted = weigh(ready, ready.omega)
    care = usual_care(ready, weighted)
    path, levels = ready.paths[strategy.name], weighted.levels[strategy.name]
    found = []
    for patient in np.flatnonzero(~np.isnan(zero)):
        asked = protocol(strategy)
        slow = weights_by_day(asked, strategy, care, cohort, int(patient), float(zero[patient]))
        fast = [
            float(weights_at(path, levels, np.full(PATIENTS, day, dtype=np.int32))[patient])
            for day in range(1, len(slow) + 1)
        ]
        found.append((fast, slow, step))
    return found


@given(st.data())
@settings(max_examples=80)
def test_weights_equal_their_twin_on_every_day(data: st.DataObject) -> None:
    for fast, slow, _ in fast_and_slow(data):
        assert fast == pytest.approx(slow, rel=1e-8, abs=1e-12)


def test_the_weights_do_something() -> None:
    """Twins that agree on nothing but ones and zeros prove nothing."""
    seen: Counter[str] = Counter()

    @given(st.data())
    @settings(max_examples=60)
    def collect(data: st.DataObject) -> None:
        for _, slow, step in fast_and_slow(data):
            if slow:
                seen["coarse"] += step > 1
                seen["none"] += slow[-1] == 0
                seen["moves"] += len({round(one, 9) for one in slow if one > 0}) > 2
                seen["falls and lives"] += any(0 < b < 0.999 * a for a, b in pairwise(slow))
                seen["grows"] += any(b > 1.001 * a > 0 for a, b in pairwise(slow))

    collect()
    assert all(seen[what] > 5 for what in ("coarse", "none", "moves", "falls and lives", "grows")), seen

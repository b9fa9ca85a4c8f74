"""Weighted curves are Aalen-Johansen of rows split by day; influence values are derivatives of everything."""

import numpy as np
import pytest
import small_cohorts as small
from small_emulations import OUTCOMES, RECENT, STRATEGIES, TWO_PIECES, analysed, emulation, ready, simulated

from equipoise.estimate.emulated.inference import influence_values
from equipoise.estimate.emulated.prepared import Prepared, prepare
from equipoise.estimate.emulated.weighted import Weighted, weigh, weighted_answers, weighted_course
from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
from equipoise.kernels.restricted_mean import time_in_state
from equipoise.kernels.rows import Rows
from equipoise.kernels.weight_path import weights_at

HOW = {
    "plain": emulation(RECENT, pieces=TWO_PIECES),
    "cut": emulation(RECENT, truncate=1.3),
    "loss": emulation(RECENT, loss=True, pieces=TWO_PIECES),
    "maximum likelihood": emulation(RECENT, penalised=False, loss=True),
}
RNG = np.random.default_rng(11)
LOADS = RNG.integers(1, 30, 70) / 10
LATE = np.where(RNG.random(70) < 0.2, RNG.integers(0, 4, 70), -1.0)


def emulated(how: str, *, loads: bool = False) -> Prepared:
    """Seventy patients, some of whom come late, with or without case weights."""
    known = small.cohort(simulated(70, 3), starts=LATE.tolist(), loads=LOADS.tolist())
    plan = small.protocol().analysis.model_copy(update={"weight": "load" if loads else None})
    return prepare(analysed(known, *STRATEGIES, analysis=plan), HOW[how])


def by_day(ready: Prepared, weighted: Weighted, strategy: str, rows: Rows) -> Rows:
    """Each row cut into the ticks of single days, with the weight of its patient on each of them."""
    path, levels = ready.paths[strategy], weighted.levels[strategy]
    last = int(rows.stop.max()) // 2
    weight = np.array(
        [weights_at(path, levels, np.full(rows.patients, day, dtype=np.int32)) for day in range(last + 1)]
    )
    cut = []
    for i in range(rows.size):
        start, stop, who = int(rows.start[i]), int(rows.stop[i]), int(rows.patient[i])
        ends = [*(tick for tick in range(start + 1, stop) if tick % 2), stop]
        for begin, end in zip([start, *ends[:-1]], ends, strict=True):
            its = weighted.omega[who] * min(weight[end // 2, who], ready.cap)
            if its > 0:
                target = rows.target[i] if end == stop else -1
                cut.append((who, begin, end, rows.origin[i], target, its))
    columns = [np.array(column) for column in zip(*cut, strict=True)]
    return Rows.build(*columns, states=rows.states, patients=rows.patients)


def of_outcome(ready: Prepared, answers: np.ndarray, strategy: str, outcome: str) -> np.ndarray:
    """The answers about one outcome under one strategy."""
    blocks = [(one.name, name) for one in ready.strategies for name in ready.outcomes]
    ends = np.cumsum([len(ready.outcomes[name].numbers) for _, name in blocks])
    place = blocks.index((strategy, outcome))
    return answers[ends[place] - len(ready.outcomes[outcome].numbers) : ends[place]]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_weighted_curves_are_aalen_johansen_of_rows_by_day(how: str, outcome: str) -> None:
    ready = emulated(how, loads=True)
    weighted = weigh(ready, ready.omega)
    one = ready.outcomes[outcome]
    for strategy in ready.strategies:
        found = weighted_course(ready, weighted, strategy.name, outcome)
        split = by_day(ready, weighted, strategy.name, one.rows)
        slow = aalen_johansen(split, initial=one.laid.initial)
        expected = probability_at(slow, one.laid.time)
        assert found.probability[1:] == pytest.approx(expected, abs=1e-10)
        answers = of_outcome(ready, weighted_answers(ready, weighted), strategy.name, outcome)
        for value, number, states in zip(answers, one.numbers, one.asked.state, strict=True):
            if number.measure in ("restricted_mean", "time_lost"):
                there = time_in_state(split, slow, [int(2 * number.day)], resolution=1.0)[0][0]
            else:
                there = probability_at(slow, [int(2 * number.day) + 1])[0]
            assert value == pytest.approx(float(there @ states), abs=1e-10)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("loads", [False, True])
def test_influence_is_the_derivative_of_everything(how: str, loads: bool) -> None:
    """One patient's weight a little up and down, all hazards fitted again; by weight times the derivative."""
    ready = emulated(how, loads=loads)
    weighted = weigh(ready, ready.omega)
    found = influence_values(ready, weighted)
    begin, step = [fit.beta for fit in weighted.fits], 1e-5
    scale = np.abs(found).max(axis=0)
    assert (scale > 0).mean() > 0.8
    for patient in range(0, 70, 6):
        around = []
        for side in (step, -step):
            omega = ready.omega.copy()
            omega[patient] += side
            around.append(weighted_answers(ready, weigh(ready, omega, begin)))
        slope = (around[0] - around[1]) / (2 * step) * ready.omega[patient]
        assert np.abs(found[patient] - slope).max() <= 1e-6 * scale.max()
        assert (np.abs(found[patient] - slope) <= 1e-6 * np.maximum(scale, 1e-3)).all()


def test_truncation_cuts_somebody() -> None:
    ready = emulated("cut")
    weighted = weigh(ready, ready.omega)
    cut = [
        weights_at(ready.paths[one.name], weighted.levels[one.name], ready.last_bin).max() > ready.cap
        for one in ready.strategies
    ]
    assert all(cut)


def test_equal_curves_would_prove_nothing() -> None:
    """Answers under the strategies differ by far more than the tolerance of the twins."""
    one = ready(simulated(70, 3), HOW["plain"])
    answers = weighted_answers(one, weigh(one, one.omega)).reshape(3, -1)
    assert np.ptp(answers, axis=0).max() > 0.05

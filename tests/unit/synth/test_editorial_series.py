"""Series of 47: drawn without replacement at addresses, and counted as Kaplan and Meier count, by hand."""

from fractions import Fraction

import numpy as np
import pytest

from equipoise.kernels.product_limit import kaplan_meier, survival_at
from equipoise.synth.editorial.series import SERIES, drawn, members, survival_of_rows
from equipoise.synth.editorial.transplanted import AFTER_RELAPSE, PRE_EMPTIVE, Transplanted

DAY = 1095


def rows(*samples: list[tuple[int, bool]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days, events and members of samples, filled up to the size of the largest with what must not count."""
    size = max(len(sample) for sample in samples)
    filled = [[*sample, *([(1, True)] * (size - len(sample)))] for sample in samples]
    stop = np.array([[day for day, _ in sample] for sample in filled], dtype=np.int32)
    event = np.array([[happened for _, happened in sample] for sample in filled])
    there = np.array([[place < len(sample) for place in range(size)] for sample in samples])
    return stop, event, there


# Day of leaving, and whether with the event; what the curve is on day 1095.
BY_HAND = {
    "nobody fails": ([(1200, False), (1095, False), (30, False)], Fraction(1)),
    "two of five fail, one lost between": (
        [(100, True), (200, False), (400, True), (1300, False), (1400, False)],
        Fraction(4, 5) * Fraction(2, 3),
    ),
    "two fail on one day": ([(100, True), (100, True), (1300, False), (1300, True)], Fraction(2, 4)),
    "who is lost on a day is at risk on it": (
        [(100, False), (100, True), (1300, False)],
        Fraction(2, 3),
    ),
    "an event on the day counts, one after it does not": (
        [(1095, True), (1096, True), (1200, False)],
        Fraction(2, 3),
    ),
    "all fail": ([(10, True), (20, True)], Fraction(0)),
}


@pytest.mark.parametrize("case", BY_HAND)
def test_small_samples_in_fractions(case: str) -> None:
    sample, expected = BY_HAND[case]
    stop, event, there = rows(sample, [(50, True)] * 7)
    assert survival_of_rows(stop, event, there, DAY)[0] == pytest.approx(float(expected), abs=1e-15)


def test_no_number_where_nobody_is_followed_so_far() -> None:
    stop, event, there = rows([(1094, False), (200, True)], [], [(1094, True), (3, True)])
    found = survival_of_rows(stop, event, there, DAY)
    assert np.isnan(found[0])
    assert np.isnan(found[1])
    assert found[2] == 0


def test_it_is_the_kernel_s_curve() -> None:
    draw = np.random.default_rng(5)
    stop = draw.integers(1, 40, (400, SERIES)).astype(np.int32)
    event, there = draw.random((400, SERIES)) < 0.4, draw.random((400, SERIES)) < draw.random((400, 1))
    found = survival_of_rows(stop, event, there, 25)
    assert np.isnan(found).any()
    assert (found > 0).any()
    for row, value in enumerate(found):
        own = there[row]
        curve = kaplan_meier(stop[row][own], event[row][own])
        expected = survival_at(curve, [25])[0]
        is_known = expected == 0 or (stop[row][own] >= 25).any()
        assert np.isnan(value) if not is_known else value == pytest.approx(expected, abs=1e-14)


def pool(n: int) -> Transplanted:
    """Half in each arm; patient k leaves on day k + 1, every third with the event."""
    patient = np.arange(n)
    stop = np.repeat((patient + 1)[:, None], 2, axis=1).astype(np.int32)
    event = np.repeat((patient % 3 == 0)[:, None], 2, axis=1)
    return Transplanted(patient, patient % 2, np.zeros(n, dtype=np.bool_), stop, event)


def test_nobody_is_in_a_series_twice() -> None:
    for population in (SERIES, SERIES + 1, 60, 5_000):
        chosen = members(population, range(300), seed=3)
        assert chosen.min() >= 0
        assert chosen.max() < population
        assert all(np.unique(row).size == SERIES for row in chosen)


def test_everybody_is_drawn_equally_often() -> None:
    population, draws = 94, 20_000
    counts = np.bincount(members(population, range(draws), seed=11).ravel(), minlength=population)
    # Each is in half of the series: a binomial count, 5 standard deviations off in one of 20,000 such tests.
    assert np.abs(counts - draws / 2).max() < 5 * np.sqrt(draws / 4)
    inside = np.zeros((draws, population), dtype=np.bool_)
    np.put_along_axis(inside, members(population, range(draws), seed=11), values=True, axis=1)
    pairs = (inside[:, 0] & inside[:, -1]).mean()
    assert pairs == pytest.approx(47 / 94 * 46 / 93, abs=5 * np.sqrt(0.25 * 0.75 / draws))


def test_a_draw_is_the_same_whatever_else_is_drawn() -> None:
    whole = drawn(pool(900), 300, range(40), seed=9)
    part = drawn(pool(900), 300, range(25, 33), seed=9)
    for name in ("survival", "patients", "events", "at_risk"):
        np.testing.assert_array_equal(getattr(whole, name)[25:33], getattr(part, name))
    other = drawn(pool(900), 300, range(40), seed=10)
    assert (other.survival != whole.survival).any()


def test_the_numbers_of_a_draw_are_those_of_its_members() -> None:
    people = pool(900)
    found = drawn(people, 300, range(20), seed=9)
    for row, place in enumerate(members(900, range(20), seed=9)):
        for arm in (PRE_EMPTIVE, AFTER_RELAPSE):
            own = place[people.arm[place] == arm]
            stop, event = people.stop[own, 0], people.event[own, 0]
            assert found.patients[row, arm] == own.size
            assert found.events[row, arm, 0] == sum(event[stop <= 300])
            assert found.at_risk[row, arm, 0] == sum(stop >= 300)
    assert found.patients.sum() == 20 * SERIES


def test_a_pool_that_cannot_fill_a_series_is_refused() -> None:
    with pytest.raises(ValueError, match="a series of 47 cannot be drawn from 46 transplanted patients"):
        drawn(pool(46), 300, range(1), seed=1)

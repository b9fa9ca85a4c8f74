"""Weights on pieces of time, in fractions: hazards are logs of fractions, so that weights are fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest

from equipoise.kernels.rows import Rows
from equipoise.kernels.weight_path import NONE, WeightPath, levels, share_not_started, weights_at, weights_of
from equipoise.kernels.weighted_influence import answers_back, influence
from equipoise.kernels.weighted_occupation import Asked, course, frame
from equipoise.kernels.weighted_standing import standing

END = np.iinfo(np.int32).max
# A bin is passed without a start with probability 9/10 in the first group, 3/4 in the second.
HAZARD = np.array([-math.log(Fraction(9, 10)), -math.log(Fraction(3, 4))])


def path() -> WeightPath:
    """Three patients of a strategy that starts within bins 3 to 6, uniformly.

    The first starts in bin 4, having moved to the second group after bin 2; the second never does; the third
    starts in bin 1, which the strategy does not allow.
    """
    pieces = [
        # patient, start, stop, hazard, jump, prescribed, kappa
        (0, 0, 2, 0, NONE, 0.0, 0.0),
        (0, 2, 3, 1, NONE, 0.0, 1 / 4),
        (0, 3, 4, NONE, 1, 1 / 3, 0.0),
        (0, 4, END, NONE, NONE, 0.0, 0.0),
        (1, 0, 2, 0, NONE, 0.0, 0.0),
        (1, 2, 6, 0, NONE, 0.0, 1 / 4),
        (1, 6, END, 0, NONE, 0.0, 0.0),
        (2, 0, 1, NONE, 0, 0.0, 0.0),
        (2, 1, END, NONE, NONE, 0.0, 0.0),
    ]
    who, start, stop, hazard, jump, prescribed, kappa = (
        np.array(column) for column in zip(*pieces, strict=True)
    )
    return WeightPath(
        np.searchsorted(who, np.arange(4)),
        start.astype(np.int32),
        stop.astype(np.int32),
        hazard.astype(np.int32)[:, np.newaxis],
        jump.astype(np.int32),
        prescribed.astype(float),
        kappa.astype(float)[:, np.newaxis],
    )


def at(day: int) -> np.ndarray:
    found = path()
    return weights_at(found, levels(found, HAZARD), np.full(3, day, dtype=np.int32))


@pytest.mark.parametrize(
    ("day", "first", "second"),
    [
        (0, Fraction(1), Fraction(1)),
        (1, Fraction(10, 9), Fraction(10, 9)),
        (2, Fraction(100, 81), Fraction(100, 81)),
        # (3/4) / (3/4), and (3/4) / (9/10)
        (3, Fraction(100, 81), Fraction(100, 81) * Fraction(10, 12)),
        # (1/3) / (1/4), and (2/4) / (9/10)^2 of the bins 3 and 4
        (4, Fraction(100, 81) * Fraction(4, 3), Fraction(100, 81) * Fraction(100, 162)),
        (5, Fraction(400, 243), Fraction(100, 81) * Fraction(1000, 4 * 729)),
        (6, Fraction(400, 243), Fraction(0)),
        (40, Fraction(400, 243), Fraction(0)),
    ],
)
def test_weights_by_day(day: int, first: Fraction, second: Fraction) -> None:
    found = at(day)
    assert found[:2] == pytest.approx([float(first), float(second)], rel=1e-13)
    assert found[2] == (1.0 if day == 0 else 0.0)


def test_weights_of_chosen_patients_are_the_same() -> None:
    found = path()
    chosen = weights_of(
        found, levels(found, HAZARD), np.array([1, 0, 1], dtype=np.int32), np.array([3, 4, 6], dtype=np.int32)
    )
    assert chosen.tolist() == [at(3)[1], at(4)[0], 0.0]


def test_the_share_not_started_knows_the_strategy_only() -> None:
    days = np.arange(3, 7, dtype=np.int32)
    found = share_not_started(path(), np.ones(4, dtype=np.int32), days)
    assert found == pytest.approx([3 / 4, 2 / 4, 1 / 4, 0], abs=1e-15)


def test_a_start_where_usual_care_starts_nobody_has_no_weight() -> None:
    found = path()
    assert weights_at(found, levels(found, np.zeros(2)), np.full(3, 9, dtype=np.int32)).tolist() == [0, 0, 0]


def leaving(*ticks: int) -> Rows:
    """Each patient is in state 0 and leaves it for state 1 on a tick."""
    size = len(ticks)
    return Rows.build(range(size), [0] * size, ticks, [0] * size, [1] * size, states=2, patients=size)


def test_on_the_day_of_time_zero_everybody_counts_as_one() -> None:
    """The third patient leaves half a tick after time zero, the others on day 5: 2/3, then 0."""
    found, rows = path(), leaving(10, 10, 1)
    its, laid = levels(found, HAZARD), frame(rows, np.array([1.0, 0.0]))
    curve = course(laid, found, its, np.ones(3), np.inf)
    assert curve.at_risk[:, 0] == pytest.approx([3, at(5)[0] + at(5)[1]], rel=1e-13)
    assert curve.probability[:, 0] == pytest.approx([1, 2 / 3, 0], abs=1e-15)


def test_the_influence_of_a_day_is_that_of_its_weights() -> None:
    """On day 3 the second of the first two leaves: S = w1 / (w1 + w2), dS = S (1 - S) d log(w1 / w2)."""
    found, rows = path(), leaving(10, 6, 9)
    its, laid, omega = levels(found, HAZARD), frame(rows, np.array([1.0, 0.0])), np.ones(3)
    asked = Asked(np.array([7], dtype=np.int32), np.array([3.0]), np.array([[1.0, 0.0]]), np.array([False]))
    curve = course(laid, found, its, omega, np.inf)
    back = answers_back(laid, curve, (laid.time // 2).astype(float), asked)
    values = influence(laid, found, its, (omega, np.inf, HAZARD), (curve, back))
    share = at(3)[0] / (at(3)[0] + at(3)[1])
    slope = share * (1 - share)
    assert values.direct[:, 0] == pytest.approx([slope, -slope, 0], abs=1e-14)
    # Log w1 grows by 2 bins in the first group and 1 in the second, log w2 by 3 in the first.
    assert values.by_hazard[:, 0] == pytest.approx(
        [slope * (2 - 3) * HAZARD[0], slope * HAZARD[1]], abs=1e-14
    )


def test_at_the_cap_the_hazards_do_not_matter() -> None:
    found, rows = path(), leaving(10, 6, 9)
    its, laid, omega = levels(found, HAZARD), frame(rows, np.array([1.0, 0.0])), np.ones(3)
    asked = Asked(np.array([7], dtype=np.int32), np.array([3.0]), np.array([[1.0, 0.0]]), np.array([False]))
    curve = course(laid, found, its, omega, 1.01)
    assert curve.probability[1, 0] == pytest.approx(1 / 2, abs=1e-2)
    back = answers_back(laid, curve, (laid.time // 2).astype(float), asked)
    values = influence(laid, found, its, (omega, 1.01, HAZARD), (curve, back))
    assert values.by_hazard.tolist() == [[0.0], [0.0]]
    assert values.direct[0, 0] == -values.direct[1, 0] > 0


def test_who_stands_and_who_has_left() -> None:
    """On day 4 the first has its W, the second has left (on day 3), the third has W = 0."""
    found, rows = path(), leaving(10, 6, 9)
    weighting = (found, levels(found, HAZARD), np.array([2.0, 1.0, 1.0]), np.inf)
    states = (np.array([True, False]), np.array([False, True]))
    there = standing(rows, weighting, np.array([1, 6, 8, 11], dtype=np.int32), states)
    first, second = 2 * at(3)[0], at(3)[1]
    assert there.patients.tolist() == [3, 2, 1, 0]
    assert there.total == pytest.approx([4, first + second, 2 * at(4)[0], 0], rel=1e-13)
    assert there.squares == pytest.approx([6, first**2 + second**2, 4 * at(4)[0] ** 2, 0], rel=1e-13)
    assert there.events.tolist() == [0, 1, 1, 2]

"""Illness-death with a tie and delayed entry, worked out in fractions.

States: 0 well, 1 ill, 2 dead. Days; everybody who is watched from day 0 is well then.

    patient   days    state     then
    a         0 - 2   well      ill on day 2
              2 - 5   ill       dead on day 5
    b         0 - 3   well      dead on day 3      (tie with c)
    c         0 - 3   well      ill on day 3
              3 - 6   ill       lost on day 6
    d         2 - 4   well      dead on day 4      (enters on day 2: not at risk of what happens on day 2)
    e         0 - 5   well      lost on day 5      (still at risk on day 5)

day  at risk well, ill   moves                  P(well)  P(ill)  P(dead)
 2   4 (a b c e), 0      1 well -> ill          3/4      1/4     0
 3   4 (b c d e), 1 (a)  1 -> ill, 1 -> dead    3/8      7/16    3/16
 4   2 (d e), 2 (a c)    1 well -> dead         3/16     7/16    3/8
 5   1 (e), 2 (a c)      1 ill -> dead          3/16     7/32    19/32

Influence of each patient, U(u) = U(u-) (I + dA) + P(u-) dU^A. On day 2, dA_01 = 1/4 and
dU^A_01 = (1 - 1/4) / 4 = 3/16 for a, -1/16 for b, c, e, and 0 for d, who is not there yet:

    U(2) x 16 = a (-3, 3, 0)   b, c, e (1, -1, 0)   d (0, 0, 0)

On day 3 the row "well" of I + dA is (1/2, 1/4, 1/4), and P_0(3-) = 3/4 multiplies
dU^A: b (-1/8, -1/16, 3/16), c (-1/8, 3/16, -1/16), d and e (1/8, -1/16, -1/16):

    U(3) x 64 = a (-6, 9, -3)   b (-4, -6, 10)   c (-4, 6, -2)   d (6, -3, -3)   e (8, -6, -2)

On day 4 "well" moves by (1/2, 0, 1/2); 3/8 x (1/4) = 6/64 goes from well to dead for d, back for e:

    U(4) x 64 = a (-3, 9, -6)   b (-2, -6, 8)   c (-2, 6, -4)   d (-3, -3, 6)   e (10, -6, -4)

On day 5 "ill" moves by (0, 1/2, 1/2); 7/16 x (1/4) = 14/128 goes from ill to dead for a, back for c:

    U(5) x 128 = a (-6, -5, 11)   b (-4, -6, 10)   c (-4, 20, -16)   d (-6, -3, 9)   e (20, -6, -14)
"""

from fractions import Fraction

import numpy as np
import pytest

from equipoise.kernels.aalen_johansen import aalen_johansen, cumulative_hazard, probability_at
from equipoise.kernels.influence import covariance, influence, standard_error
from equipoise.kernels.restricted_mean import time_in_state
from equipoise.kernels.rows import Rows, landmark
from equipoise.kernels.variance import aalen, greenwood

WELL, ILL, DEAD, LOST = 0, 1, 2, -1
A, B, C, D, E = range(5)
TABLE = [
    (A, 0, 2, WELL, ILL),
    (A, 2, 5, ILL, DEAD),
    (B, 0, 3, WELL, DEAD),
    (C, 0, 3, WELL, ILL),
    (C, 3, 6, ILL, LOST),
    (D, 2, 4, WELL, DEAD),
    (E, 0, 5, WELL, LOST),
]
PROBABILITY = {
    0: (Fraction(1), Fraction(0), Fraction(0)),
    2: (Fraction(3, 4), Fraction(1, 4), Fraction(0)),
    3: (Fraction(3, 8), Fraction(7, 16), Fraction(3, 16)),
    4: (Fraction(3, 16), Fraction(7, 16), Fraction(3, 8)),
    5: (Fraction(3, 16), Fraction(7, 32), Fraction(19, 32)),
}
INFLUENCE = {  # day: (denominator, numerators of a, b, c, d, e)
    2: (16, [(-3, 3, 0), (1, -1, 0), (1, -1, 0), (0, 0, 0), (1, -1, 0)]),
    3: (64, [(-6, 9, -3), (-4, -6, 10), (-4, 6, -2), (6, -3, -3), (8, -6, -2)]),
    4: (64, [(-3, 9, -6), (-2, -6, 8), (-2, 6, -4), (-3, -3, 6), (10, -6, -4)]),
    5: (128, [(-6, -5, 11), (-4, -6, 10), (-4, 20, -16), (-6, -3, 9), (20, -6, -14)]),
}
HALF_DAYS = 2  # ticks a day

exactly = pytest.approx


@pytest.fixture
def rows() -> Rows:
    patient, start, stop, origin, target = (np.array(column) for column in zip(*TABLE, strict=True))
    return Rows.build(patient, HALF_DAYS * start, HALF_DAYS * stop, origin, target, states=3, patients=5)


@pytest.fixture
def estimate(rows):
    return aalen_johansen(rows)


def numbers(fractions):
    return np.array([float(x) for x in fractions])


def test_numbers_at_risk_and_moves(estimate):
    assert (estimate.time // HALF_DAYS).tolist() == [2, 3, 4, 5]
    assert estimate.at_risk.tolist() == [[4, 0, 0], [4, 1, 0], [2, 2, 0], [1, 2, 0]]
    assert list(zip(estimate.origin, estimate.target, strict=True)) == [
        (WELL, ILL),
        (WELL, DEAD),
        (ILL, DEAD),
    ]
    assert estimate.transitions.tolist() == [[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize("day", PROBABILITY)
def test_occupation(estimate, day):
    here = probability_at(estimate, [HALF_DAYS * day])[0]
    np.testing.assert_allclose(here, numbers(PROBABILITY[day]), rtol=1e-15)
    just_before_the_next = probability_at(estimate, [HALF_DAYS * day + 1])[0]
    assert just_before_the_next.tolist() == here.tolist()


def test_cumulative_hazards(estimate):
    last = cumulative_hazard(estimate)[-1]
    np.testing.assert_allclose(
        last,
        numbers([Fraction(1, 4) + Fraction(1, 4), Fraction(1, 4) + Fraction(1, 2), Fraction(1, 2)]),
        rtol=1e-15,
    )


@pytest.mark.parametrize("day", INFLUENCE)
def test_influence_and_jackknife_variance(rows, estimate, day):
    denominator, numerators = INFLUENCE[day]
    tick = HALF_DAYS * day
    by_hand = [[Fraction(x, denominator) for x in row] for row in numerators]
    for state in range(3):
        assert sum(row[state] for row in by_hand) == 0
    for row in by_hand:
        assert sum(row) == 0
    fast = influence(rows, estimate, tick)
    np.testing.assert_allclose(fast, np.array(numerators) / denominator, rtol=1e-13, atol=1e-16)
    variance = [sum(row[state] ** 2 for row in by_hand) for state in range(3)]
    np.testing.assert_allclose(
        standard_error(rows, estimate, [tick])[0] ** 2, numbers(variance), rtol=1e-13, atol=1e-30
    )
    ill_dead = sum(row[ILL] * row[DEAD] for row in by_hand)
    assert covariance(rows, estimate, tick)[ILL, DEAD] == exactly(float(ill_dead), rel=1e-13, abs=1e-16)


def test_variances_on_day_five_written_out(rows, estimate):
    error = standard_error(rows, estimate, [10])[0]
    np.testing.assert_allclose(
        error**2, numbers([Fraction(504, 16384), Fraction(506, 16384), Fraction(754, 16384)]), rtol=1e-13
    )


def test_clusters(rows, estimate):
    # a and b in one centre: 11 + 10 = 21 on P(dead); c, d and e in the other: -16 + 9 - 14 = -21.
    error = standard_error(rows, estimate, [10], cluster=[7, 7, 3, 3, 3])[0]
    assert error[DEAD] ** 2 == exactly(float(Fraction(21**2 + 21**2, 128**2)), rel=1e-13)


def test_a_contrast_is_a_sum_of_influences(rows, estimate):
    # Alive = well + ill = 1 - dead: the same variance as dead.
    error = standard_error(rows, estimate, [10], contrast=[[1], [1], [0]])[0]
    assert error[0] ** 2 == exactly(float(Fraction(754, 16384)), rel=1e-13)


def test_days_ill_within_six_days(rows, estimate):
    # 1/4 on the third day (2, 3], 7/16 on each of the next two, 7/32 on the sixth.
    value, error = time_in_state(rows, estimate, [12], resolution=1.0)
    assert value[0, ILL] == exactly(
        float(Fraction(1, 4) + Fraction(7, 16) + Fraction(7, 16) + Fraction(7, 32)), rel=1e-15
    )
    # Influence x 128, days 2, 3, 4, 5: a 24 + 18 + 18 - 5, b -8 - 12 - 12 - 6, ...
    summed = [24 + 18 + 18 - 5, -8 - 12 - 12 - 6, -8 + 12 + 12 + 20, 0 - 6 - 6 - 3, -8 - 12 - 12 - 6]
    assert sum(summed) == 0
    assert error[0, ILL] ** 2 == exactly(float(Fraction(sum(x * x for x in summed), 128**2)), rel=1e-13)
    assert value.sum() == exactly(6, rel=1e-15)


def test_days_lost_to_death(rows, estimate):
    value, _ = time_in_state(rows, estimate, [12], resolution=1.0, contrast=[[0], [0], [1]])
    assert value[0, 0] == exactly(float(Fraction(3, 16) + Fraction(3, 8) + Fraction(19, 32)), rel=1e-15)


def test_greenwood_on_day_three(estimate):
    """Day 2: (diag p - p p') / 4 with p = (3/4, 1/4): variance 3/64 of well and of ill, covariance -3/64.

    Day 3 carries it on by (1/2, 1/4, 1/4): 3/256, 3/1024 + 3/64 - (2/4) 3/64 = 27/1024, 3/1024; and adds
    (3/4)^2 / 4 times p (1 - p) for p = (1/2, 1/4, 1/4): 9/256, 27/1024, 27/1024.
    """
    expected = numbers([Fraction(3, 256) + Fraction(9, 256), Fraction(27 + 27, 1024), Fraction(3 + 27, 1024)])
    np.testing.assert_allclose(np.diag(greenwood(estimate)[1]), expected, rtol=1e-14)


def test_aalen_on_day_three(estimate):
    """Day 2: 1/16. Day 3 carries on 1/64, 1/256 + 1/16 - (2/4)/16 = 9/256, 1/256, and adds 9/256 an arrow."""
    expected = numbers(
        [
            Fraction(1, 64) + 2 * Fraction(9, 256),
            Fraction(9, 256) + Fraction(9, 256),
            Fraction(1, 256) + Fraction(9, 256),
        ]
    )
    np.testing.assert_allclose(np.diag(aalen(estimate)[1]), expected, rtol=1e-14)


def test_aalen_with_tied_moves_as_in_cmprsk(estimate):
    """With the factor (Y - d) / (Y - 1): on day 2 and 3 every arrow has d = 1, so nothing changes."""
    np.testing.assert_allclose(aalen(estimate, ties="hypergeometric")[1], aalen(estimate)[1], rtol=1e-14)


def test_tied_moves_along_one_arrow_as_in_cmprsk():
    """Four at risk, two move together: 2 (4 - 2) / (4^2 (4 - 1)) = 1/12, not 2/16; Greenwood (1/4)/4."""
    together = aalen_johansen(
        Rows.build([0, 1, 2, 3], [0] * 4, [2, 2, 4, 4], [0] * 4, [1, 1, -1, -1], states=2, patients=4)
    )
    assert aalen(together, ties="hypergeometric")[0, 1, 1] == exactly(1 / 12)
    assert aalen(together)[0, 1, 1] == exactly(1 / 8)
    assert greenwood(together)[0, 1, 1] == exactly(1 / 16)


def test_landmark_on_day_three(rows):
    """Well on day 3: d and e (b and c have just left); d dies on day 4 of two at risk: P(dead) = 1/2."""
    well = landmark(rows, tick=6, state=WELL)
    assert sorted(well.patient.tolist()) == [D, E]
    assert probability_at(aalen_johansen(well, begin=6), [7, 8, 20])[:, DEAD].tolist() == [0, 0.5, 0.5]
    # Ill on day 3: a, and c who falls ill on that very day; a dies on day 5 with both at risk.
    ill = landmark(rows, tick=6, state=ILL)
    assert sorted(ill.patient.tolist()) == [A, C]
    assert ill.start.tolist() == [6, 6]
    assert probability_at(aalen_johansen(ill, begin=6), [9, 10])[:, DEAD].tolist() == [0, 0.5]


def test_unknown_initial_shares():
    """Two of three begin in state 0: p0 = (2/3, 1/3), influence (e_j - p0) / 3; one of the two moves.

    U = U0 (I + dA) + P dU^A: mover (1/9, -1/9) -> (1/18, -1/18), then 2/3 x (-1/4, 1/4) -> (-1/9, 1/9);
    stayer (1/18 + 1/6, ...) = (2/9, -2/9); the other (-2/9, 2/9) -> (-1/9, 1/9).
    """
    rows = Rows.build([0, 1, 2], [0, 0, 0], [2, 4, 4], [0, 0, 1], [1, -1, -1], states=2, patients=3)
    fast = aalen_johansen(rows)
    assert fast.initial.tolist() == exactly([2 / 3, 1 / 3])
    assert probability_at(fast, [2])[0].tolist() == exactly([1 / 3, 2 / 3])
    by_hand = [[-1 / 9, 1 / 9], [2 / 9, -2 / 9], [-1 / 9, 1 / 9]]
    np.testing.assert_allclose(influence(rows, fast, 2), by_hand, rtol=1e-14)
    start = [[1 / 9, -1 / 9], [1 / 9, -1 / 9], [-2 / 9, 2 / 9]]
    np.testing.assert_allclose(influence(rows, fast, 0), start, rtol=1e-14)
    known = aalen_johansen(rows, initial=[2 / 3, 1 / 3])
    np.testing.assert_allclose(
        influence(rows, known, 2), [[-1 / 6, 1 / 6], [1 / 6, -1 / 6], [0, 0]], rtol=1e-14
    )

"""Grace laws and rules on paper: fractions of a window of four months, which is 487 / 4 days."""

import math
from fractions import Fraction

import numpy as np
import pytest

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.base.errors import IdentificationError, ProtocolError
from equipoise.language.feature import Has
from equipoise.protocol.grace import Grace
from equipoise.protocol.law import (
    FixedLaw,
    GivenLaw,
    LastBin,
    NaturalLaw,
    RepresentativeLaw,
    UniformLaw,
)
from equipoise.protocol.regime import Situation, cumulative_intensity, intensity, q
from equipoise.protocol.representative import month_knots, representative_law
from equipoise.protocol.rule import Never, OnTrigger, StartWithin
from equipoise.protocol.strategy import NATURAL_COURSE, Strategy

MONTH = Fraction(487, 16)  # days
HALVES = GivenLaw(months=(0, 2, 4), probability=(0, 0.75, 1))
# The law of six months with which the simulated registry is studied.
EARLY = GivenLaw(
    months=(0, 1, 2, 3, 4, 5, 6), probability=(0, 0.14708, 0.36324, 0.56802, 0.76165, 0.94513, 1)
)


def test_a_month_is_what_the_fractions_say() -> None:
    assert float(MONTH) == DAYS_PER_MONTH


@pytest.mark.parametrize(
    ("since", "width", "share"),
    [
        (0, 1, Fraction(4, 487)),
        (1, 1, Fraction(4, 483)),
        (Fraction(487, 8), Fraction(487, 16), Fraction(1, 2)),  # month 3, given none in two
        (120, 1, Fraction(4, 7)),
        (121, 1, Fraction(1)),
        (Fraction(487, 4), 1, Fraction(0)),
        (200, 1, Fraction(0)),
        (-1, 1, Fraction(0)),
    ],
)
def test_uniform_in_bins(since: Fraction, width: Fraction, share: Fraction) -> None:
    assert float(Grace(UniformLaw(), 4).probability(float(since), float(width))) == pytest.approx(
        float(share), abs=1e-13
    )


def test_uniform_by_the_month_is_one_over_what_is_left() -> None:
    """q_k = 1 / (m - k)."""
    edges = DAYS_PER_MONTH * np.arange(5)
    found = Grace(UniformLaw(), 4).probability(edges[:-1], np.diff(edges))
    assert found == pytest.approx([1 / 4, 1 / 3, 1 / 2, 1], abs=1e-13)


def test_a_given_law_by_the_month() -> None:
    edges = DAYS_PER_MONTH * np.arange(7)
    grace = Grace(EARLY, 6)
    steps = [
        Fraction(14708),
        Fraction(21616),
        Fraction(20478),
        Fraction(19363),
        Fraction(18348),
        Fraction(5487),
    ]
    left = [
        Fraction(100000),
        Fraction(85292),
        Fraction(63676),
        Fraction(43198),
        Fraction(23835),
        Fraction(5487),
    ]
    expected = [float(step / before) for step, before in zip(steps, left, strict=True)]
    assert grace.probability(edges[:-1], np.diff(edges)) == pytest.approx(expected, abs=1e-13)
    assert expected[-1] == 1
    half = grace.cumulative(DAYS_PER_MONTH * 1.5)
    assert float(half) == pytest.approx((0.14708 + 0.36324) / 2, abs=1e-15)


def test_a_given_law_in_continuous_time() -> None:
    """Three quarters of the starts in the first half: 3/8 by month 1, 7/8 by month 3."""
    grace = Grace(HALVES, 4)
    month = float(MONTH)
    days, share = grace.knots
    assert (list(days), list(share)) == ([0, float(2 * MONTH), float(4 * MONTH)], [0, 0.75, 1])
    assert grace.cumulative([-1, 0, month, 3 * month, 4 * month, 500]) == pytest.approx(
        [0, 0, 3 / 8, 7 / 8, 1, 1]
    )
    density = [Fraction(3, 4) / (2 * MONTH), Fraction(1, 4) / (2 * MONTH)]
    expected = [
        float(density[0] / Fraction(5, 8)),
        float(density[0] / Fraction(1, 4)),
        float(density[1] / Fraction(1, 8)),
        math.inf,
    ]
    assert grace.intensity([month, 2 * month, 3 * month, 4 * month]) == pytest.approx(expected, rel=1e-13)
    assert list(grace.intensity([0, -1, 4 * month + 1])) == [0, 0, 0]
    summed = [0, math.log(8 / 5), math.log(4), math.log(8), math.inf]
    assert grace.cumulative_intensity([0, month, 2 * month, 3 * month, 4 * month]) == pytest.approx(
        summed, rel=1e-13
    )


def test_a_fixed_start_is_a_jump() -> None:
    grace = Grace(FixedLaw(fixed=2), 4)
    assert [float(grace.probability(day - 1, 1)) for day in (1, 60, 61, 62, 122)] == [0, 0, 1, 0, 0]
    assert float(grace.probability(0, 100)) == 1
    days, share = grace.knots
    assert (list(days), list(share)) == ([0, 60.875, 60.875], [0, 0, 1])
    for asked in (grace.intensity, grace.cumulative_intensity):
        with pytest.raises(IdentificationError, match=r"P124.*a fixed start has no intensity"):
            asked(1.0)


def test_a_natural_law_changes_the_last_bin_only() -> None:
    grace = Grace(NaturalLaw(natural=LastBin(last_bin_days=30)), 4)
    bins = np.array([0, 30, 60, 90, 120]), np.array([30, 30, 30, 30, 30])
    p = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    assert list(grace.probability(*bins, p)) == [0.1, 0.2, 0.3, 0.4, 1]  # 121.75 lies in the fifth
    assert list(grace.probability([-30, 150], [30, 30], [0.1, 0.1])) == [0, 0]
    with pytest.raises(IdentificationError, match=r"P124.*a last bin of 1 days, but the law says 30"):
        grace.probability(121.0, 1.0, 0.1)
    with pytest.raises(ValueError, match="natural probability"):
        grace.probability(0.0, 30.0)
    for asked in (grace.cumulative, grace.intensity, grace.cumulative_intensity):
        with pytest.raises(IdentificationError, match="P124"):
            asked(1.0)


def test_a_request_answers_nothing() -> None:
    grace = Grace(RepresentativeLaw(), 4)
    for asked in (
        grace.cumulative,
        grace.intensity,
        grace.cumulative_intensity,
        lambda u: grace.probability(u, 1.0),
    ):
        with pytest.raises(ProtocolError, match=r"P123 law: 'representative'.*Put the numbers in its place"):
            asked(1.0)


def test_the_representative_law_on_paper() -> None:
    """1, 0 and 3 starts in 10, 8 and 4 person-months: h = 2/11, half a start weighs 11/4 person-months."""
    law = representative_law([1, 0, 3], [10, 8, 4], 3)
    hazards = [
        Fraction(3, 2) / (10 + Fraction(11, 4)),
        Fraction(1, 2) / (8 + Fraction(11, 4)),
        Fraction(7, 2) / (4 + Fraction(11, 4)),
    ]
    assert hazards == [Fraction(2, 17), Fraction(2, 43), Fraction(14, 27)]
    sums = [hazards[0], hazards[0] + hazards[1], sum(hazards)]
    assert sums == [Fraction(2, 17), Fraction(120, 731), Fraction(13474, 19737)]
    expected = [-math.expm1(-float(one)) / -math.expm1(-float(sums[2])) for one in sums]
    assert law.months == (0, 1, 2, 3)
    assert law.probability == pytest.approx([0, *expected], abs=1e-12)
    assert law.probability[-1] == 1
    assert list(law.problems(3)) == []


def test_the_last_piece_of_a_representative_law_may_be_shorter() -> None:
    """The hazard of (2, 2.5] acts for half a month."""
    assert month_knots(2.5) == (0, 1, 2, 2.5)
    assert month_knots(0.5) == (0, 0.5)
    law = representative_law([1, 0, 3], [10, 8, 4], 2.5)
    whole = float(Fraction(2, 17) + Fraction(2, 43) + Fraction(7, 27))
    expected = [-math.expm1(-one) / -math.expm1(-whole) for one in (2 / 17, float(Fraction(120, 731)), whole)]
    assert law.probability == pytest.approx([0, *expected], abs=1e-12)
    assert representative_law([2], [5], 0.5).probability == (0, 1)


def test_without_starts_there_is_no_representative_law() -> None:
    with pytest.raises(
        IdentificationError, match="P125 early: no start within 3 months, in 22 person-months"
    ):
        representative_law([0, 0, 0], [10, 8, 4], 3, where="early")
    with pytest.raises(ValueError, match="3 pieces"):
        representative_law([1, 0], [10, 8], 3)


def situation(day, *, at_risk=True, natural=None, **parts) -> Situation:
    """Days of bins of one day each."""
    days = np.asarray(day, dtype=np.float64)
    risk = np.broadcast_to(np.asarray(at_risk), days.shape)
    return Situation(days, np.ones_like(days), risk, natural=natural, **parts)


WITHIN = StartWithin(kind="start_within", treatment="surgery", months=4, law=UniformLaw())
AFTER = OnTrigger(
    kind="on_trigger", treatment="surgery", trigger=Has(record="fall"), months=4, until_month=1, law=HALVES
)


def test_never_and_the_natural_course() -> None:
    watch = Strategy(name="watch", rules=(Never(kind="never", treatment="surgery"),))
    asked = situation([0, 1, 2], at_risk=[True, True, False], natural=np.array([0.1, 0.2, 0.3]))
    assert list(q(watch, "surgery", asked)) == [0, 0, 0]
    assert list(q(watch, "other", asked)) == [0.1, 0.2, 0]  # no rule names it
    assert list(q(NATURAL_COURSE, "surgery", asked)) == [0.1, 0.2, 0]
    assert list(intensity(watch, "surgery", asked)) == [0, 0, 0]
    assert list(cumulative_intensity(watch, "surgery", asked)) == [0, 0, 0]
    with pytest.raises(ValueError, match="natural probability"):
        q(watch, "other", situation(0))
    with pytest.raises(ValueError, match="no rule of 'watch' names 'other'"):
        intensity(watch, "other", asked)


def test_one_situation_has_no_shape() -> None:
    early = Strategy(name="early", rules=(WITHIN,))
    assert q(early, "surgery", situation(1.0)).shape == ()
    assert float(q(early, "surgery", situation(1.0))) == pytest.approx(4 / 483, abs=1e-15)


def test_a_trigger_opens_the_window_on_its_day_and_not_before_it_is_known() -> None:
    """Trigger on day 10, known from then on; one on day 31 comes after month 1."""
    strategy = Strategy(name="after", rules=(AFTER,))
    asked = situation([9, 10, 11, 131, 132], trigger_day={0: np.array(10.0)})
    assert q(strategy, "surgery", asked) == pytest.approx([0, 6 / 487, 6 / 481, 1, 0], abs=1e-13)
    late = situation([31, 40], trigger_day={0: np.array(31.0)})
    never = situation([31, 40], trigger_day={0: np.array(np.nan)})
    for none in (late, never):
        assert list(q(strategy, "surgery", none)) == [0, 0]
        assert list(intensity(strategy, "surgery", none)) == [0, 0]
        assert list(cumulative_intensity(strategy, "surgery", none)) == [0, 0]
    assert intensity(strategy, "surgery", asked)[:3] == pytest.approx([0, 6 / 481, 6 / 475], abs=1e-13)
    with pytest.raises(ValueError, match="names no trigger day"):
        q(strategy, "surgery", situation(10))


def test_either_rule_starts_it() -> None:
    """Escaping both is escaping each; intensities add."""
    strategy = Strategy(name="either", rules=(WITHIN, AFTER))
    asked = situation([5, 10], trigger_day={1: np.array(10.0)})
    alone, after = Fraction(4, 467), Fraction(4, 447)
    both = 1 - (1 - after) * (1 - Fraction(6, 487))
    assert q(strategy, "surgery", asked) == pytest.approx([float(alone), float(both)], abs=1e-14)
    # at the end of the day: 1 / (487/4 - 11) and (6/487) / (1 - 6/487)
    assert intensity(strategy, "surgery", asked)[1] == pytest.approx(
        float(Fraction(4, 443) + Fraction(6, 481)), rel=1e-13
    )
    escaped = math.log(447 / 443) + math.log(487 / 481)
    assert cumulative_intensity(strategy, "surgery", asked)[1] == pytest.approx(escaped, rel=1e-11)


def test_a_condition_that_does_not_hold_starts_nobody() -> None:
    rule = WITHIN.model_copy(update={"only_if": Has(record="fall")})
    strategy = Strategy(name="some", rules=(rule,))
    holds = {0: np.array([True, False, True, False])}
    asked = situation([0, 1, 121, 121], holds=holds)
    assert q(strategy, "surgery", asked) == pytest.approx([4 / 487, 0, 1, 0], abs=1e-14)
    assert list(cumulative_intensity(strategy, "surgery", asked)[[1, 3]]) == [0, 0]
    assert list(intensity(strategy, "surgery", asked)[[1, 3]]) == [0, 0]
    with pytest.raises(ValueError, match="does not say whether it holds"):
        q(strategy, "surgery", situation(0))


def test_by_the_end_of_the_window_all_have_started_in_continuous_time_too() -> None:
    early = Strategy(name="early", rules=(WITHIN,))
    found = cumulative_intensity(early, "surgery", situation([120, 121, 122]))
    assert found == pytest.approx([math.log(7 / 3), math.inf, 0])

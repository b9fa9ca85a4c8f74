"""Worst-case limits by hand, and their promise: whatever became of the others, the truth lies inside."""

from fractions import Fraction
from itertools import product

import pytest
from emulated_patients import DIFFERENCES, EARLY, MONTH, WATCH, answered, laid_out, question, ward
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.estimate.emulated.worst_case import limits_of_difference, worst_case

ASKED = question(WATCH, EARLY, outcomes="dfs, os, relapses, ill")
DAYS = [0.0, *(MONTH * quarter / 4 for quarter in (1, 2, 3, 4))]
# On a day d of the window the law lets one in 11 - d start of those who have not.
FIVE = ("3 surgery", "5 surgery; 25 relapse", "7 relapse", "12 relapse", "")


def limits(
    records: tuple[str, ...], strategy: str, outcome: str = "dfs", **asked: object
) -> list[tuple[float, float]]:
    found = laid_out(ASKED, ward(*records, **asked))  # type: ignore[arg-type]
    by_day = worst_case(found, strategy, found.outcomes[outcome])
    assert list(by_day) in ([], DAYS)
    return list(by_day.values())


def test_nobody_is_operated() -> None:
    """The third to fifth patient did as asked; of two operated it is not known how they would have been."""
    expected = [
        (0, 0),
        (2, 1),
        (1, 2),
        (1, 2),
        (1, 2),
    ]  # known event-free, known failed; on day 0 all are free
    found = limits(FIVE, "watch")
    for (lower, upper), (free, failed) in zip(found[1:], expected[1:], strict=True):
        assert (lower, upper) == pytest.approx((free / 5, 1 - failed / 5))
    assert found[0] == (1.0, 1.0)


def test_early_surgery() -> None:
    """One in ten of a start on day 3 or 5; three in ten of nothing up to the relapse on day 7; then nothing.

    By day 7 those who have not started follow it with three in ten too: 1 - 7/10.
    """
    tenth = Fraction(1, 10)
    free = [2 * tenth + 2 * Fraction(3, 10), 2 * tenth, 2 * tenth, tenth]
    failed = [Fraction(3, 10), Fraction(3, 10), Fraction(3, 10), Fraction(3, 10) + tenth]
    found = limits(FIVE, "early")
    for (lower, upper), one, other in zip(found[1:], free, failed, strict=True):
        assert (lower, upper) == pytest.approx((float(one / 5), float(1 - other / 5)))


def test_an_incidence_and_an_occupancy() -> None:
    found = limits((*FIVE, "4 death"), "watch", "relapses")
    # By the middle of the month two relapses; free of them for good is the one who died before.
    assert found[2] == pytest.approx((2 / 6, 1 - 2 / 6))
    assert limits(FIVE, "watch", "ill") == []


def test_who_is_lost_may_have_come_to_either() -> None:
    followed = [(0.0, 40.0)] * 4 + [(0.0, 10.0)]
    found = limits(FIVE, "watch", followed=followed)
    assert found[1] == pytest.approx((2 / 5, 4 / 5))
    assert found[2] == pytest.approx((0.0, 3 / 5))


def test_case_weights_count() -> None:
    baseline = [{"share": one} for one in ("1", "1", "1", "1", "2")]
    found = laid_out(question(WATCH, weight="share"), ward(*FIVE, baseline=baseline))
    by_day = worst_case(found, "watch", found.outcomes["dfs"])
    assert list(by_day.values())[2] == pytest.approx((2 / 6, 4 / 6))


def test_differences() -> None:
    assert limits_of_difference((0.2, 0.7), (0.1, 0.4)) == pytest.approx((0.2 - 0.4, 0.7 - 0.1))


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from([0, 2, 5, 9, 12, 25]), st.sampled_from([0, 3, 5, 8, 14, 29])),
        min_size=2,
        max_size=5,
    )
)
def test_the_truth_lies_inside(courses: list[tuple[int, int]]) -> None:
    """Patients with a day of surgery and a day of relapse (0: none) that surgery does not move.

    Then the truth under every strategy is what is seen, and every other course of those who did not follow
    it is a truth as well: the limits hold the lowest and the highest of them.
    """
    records = tuple(
        "; ".join(f"{day} {what}" for day, what in sorted(one) if day)
        for one in (((surgery, "surgery"), (relapse, "relapse")) for surgery, relapse in courses)
    )
    for day, (lower, upper) in zip(DAYS, limits(records, "watch"), strict=True):
        free = [not 0 < relapse <= day for _, relapse in courses]
        follows = [not 0 < s <= day or 0 < r < s for s, r in courses]
        open_ = [f for f in follows if not f]
        might = [
            (sum(a and b for a, b in zip(free, follows, strict=True)) + sum(others)) / len(courses)
            for others in product((0, 1), repeat=len(open_))
        ]
        assert lower == pytest.approx(min(might))
        assert upper == pytest.approx(max(might))
        assert lower - 1e-12 <= sum(free) / len(courses) <= upper + 1e-12


def test_a_sealed_strategy_shows_its_limits_and_nothing_else() -> None:
    found = answered(question(WATCH, EARLY, contrasts=DIFFERENCES), ward(*FIVE))
    levels, contrasts = found.frames[0], found.frames[1]
    assert levels["estimate"].null_count() == levels.height
    assert levels["std_error"].null_count() == levels.height
    survival = levels.filter(measure="survival", strategy="early")
    assert survival["lower"].to_list() == pytest.approx([lower for lower, _ in limits(FIVE, "early")])
    assert survival["upper"].to_list() == pytest.approx([upper for _, upper in limits(FIVE, "early")])
    assert set(survival["interval"]) == {"worst case, nothing assumed"}
    assert set(levels["finding"]) == {"E130"}
    (row,) = contrasts.filter(measure="survival_difference").iter_rows(named=True)
    early, watch = limits(FIVE, "early")[2], limits(FIVE, "watch")[2]
    assert (row["lower"], row["upper"]) == pytest.approx((early[0] - watch[1], early[1] - watch[0]))
    assert row["estimate"] is None
    (row,) = contrasts.filter(measure="risk_ratio").iter_rows(named=True)
    assert (row["estimate"], row["lower"], row["interval"]) == (None, None, "none")
    areas = levels.filter(measure="restricted_mean")
    assert areas["lower"].null_count() == areas.height == 2

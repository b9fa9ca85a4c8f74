"""Support by hand: five patients, two starts in 67 days at risk, so that p = 2/67 and all is a fraction."""

import math
from fractions import Fraction

import numpy as np
import pytest
from emulated_patients import EARLY, MONTH, ON_MARKER, TEN, WATCH, emulated, question, ward

from equipoise.estimate.emulated.support import Support, checkpoints, effective_sample

# Days at risk: 3 (a start on the third), 5 (a start on the fifth), 7, 12 and 40.
FIVE = ("3 surgery", "5 surgery; 25 relapse", "7 relapse", "12 relapse", "")
P = Fraction(2, 67)
STAY = 1 - P
PLAIN = "penalised: false, truncate: null,"


def early(day: int) -> Fraction:
    """Weight of a start on a day: one in ten under the strategy, (1 - p)^(d - 1) p in usual care."""
    return Fraction(1, 10) / (STAY ** (day - 1) * P)


def support_of(
    *strategies: str,
    records: tuple[str, ...] = FIVE,
    emulation: str = PLAIN,
    **asked: str,
) -> dict[str, Support]:
    return dict(emulated(question(*strategies, emulation=emulation, **asked), ward(*records)).support)


def spread_of(weights: list[Fraction]) -> float:
    """Standard error of a mean."""
    mean = sum(weights) / len(weights)
    variance = sum((one - mean) ** 2 for one in weights) / (len(weights) - 1) / len(weights)
    return math.sqrt(variance)


def test_those_who_follow_and_what_they_count() -> None:
    found = support_of(WATCH, EARLY)
    watch, starts = found["watch"], found["early"]
    at_ten = [STAY**-7, STAY**-10, STAY**-10]
    assert watch.checkpoint == starts.checkpoint == pytest.approx(10.0)
    assert watch.effective == pytest.approx(float(sum(at_ten) ** 2 / sum(one**2 for one in at_ten)), rel=1e-9)
    assert watch.largest == pytest.approx(float(at_ten[1] / sum(at_ten)), rel=1e-9)
    assert (watch.patients, watch.compatible, watch.initiators) == (5, 3, None)
    # The third patient relapses on day 7, without a start so far: three in ten of those who start early.
    started = [early(3), early(5), Fraction(3, 10) / STAY**7]
    assert starts.effective == pytest.approx(
        float(sum(started) ** 2 / sum(one**2 for one in started)), rel=1e-9
    )
    assert starts.largest == pytest.approx(float(started[1] / sum(started)), rel=1e-9)
    assert (starts.patients, starts.compatible, starts.initiators) == (5, 3, 2)


def test_the_mean_weight_is_that_of_everybody_at_their_own_end() -> None:
    found = support_of(WATCH, EARLY)
    nothing = Fraction(0)
    watch = [STAY**-7, STAY**-12, STAY**-40, nothing, nothing]
    starts = [early(3), early(5), Fraction(3, 10) / STAY**7, nothing, nothing]
    for name, weights in (("watch", watch), ("early", starts)):
        assert found[name].mean == pytest.approx(float(sum(weights) / 5), rel=1e-9)
        assert found[name].mean_error == pytest.approx(spread_of(weights), rel=1e-9)


def test_weights_of_the_loss_are_no_part_of_the_mean() -> None:
    """Three are lost on day 40: the weights against it make the effective sample another, not the mean."""
    found, plain = support_of(WATCH, emulation=PLAIN + "loss: {adjust_for: []},"), support_of(WATCH)
    assert found["watch"].mean == pytest.approx(plain["watch"].mean, rel=1e-12)
    assert found["watch"].mean_error == pytest.approx(plain["watch"].mean_error, rel=1e-12)
    uneven = support_of(WATCH, emulation=PLAIN + "loss: {adjust_for: [], pieces_months: [0.2]},")
    assert uneven["watch"].mean == pytest.approx(plain["watch"].mean, rel=1e-12)


def test_the_share_of_weights_that_are_cut() -> None:
    """At their ends 1.24, 1.44 and 3.36 under the first strategy, 3.56, 3.78 and .37 under the second."""
    found = support_of(WATCH, EARLY, emulation="penalised: false, truncate: 1.4,")
    assert found["watch"].truncated == pytest.approx(2 / 3)
    assert found["early"].truncated == pytest.approx(2 / 3)
    assert support_of(WATCH)["watch"].truncated == 0.0
    assert support_of(WATCH, emulation="penalised: false, truncate: 1.2,")["watch"].truncated == 1.0
    # Gates look at weights as they are, not as they are cut.
    assert found["watch"].mean == support_of(WATCH)["watch"].mean
    assert found["watch"].effective == support_of(WATCH, EARLY)["watch"].effective


def test_case_weights_count() -> None:
    """The last patient twice is the same as two of that kind, as far as means and sums go."""
    asked = question(WATCH, EARLY, emulation=PLAIN, weight="share")
    once = [{"share": one} for one in ("1", "1", "1", "1", "2")]
    weighted = emulated(asked, ward(*FIVE, baseline=once)).support["watch"]
    twice = support_of(WATCH, EARLY, records=(*FIVE, ""))["watch"]
    assert weighted.mean == pytest.approx(twice.mean, rel=1e-9)
    p = Fraction(2, 107)
    at_ten = [(1 - p) ** -7, (1 - p) ** -10, 2 * (1 - p) ** -10]
    assert weighted.effective == pytest.approx(float(sum(at_ten) ** 2 / sum(o**2 for o in at_ten)), rel=1e-9)
    assert weighted.patients == 5


@pytest.mark.parametrize(
    ("strategies", "expected"),
    [
        ((WATCH,), {"watch": MONTH}),  # no window: the end of the report
        ((WATCH, EARLY), {"watch": 10.0, "early": 10.0}),
        ((ON_MARKER,), {"on_marker": 30.0}),
        ((WATCH, EARLY, ON_MARKER), {"watch": 30.0, "early": 10.0, "on_marker": 30.0}),
        ((EARLY.replace(repr(TEN), "2"),), {"early": MONTH}),  # not beyond the report
        ((ON_MARKER.replace(f"until_month: {2 * TEN!r}", "until_month: null"),), {"on_marker": MONTH}),
    ],
)
def test_checkpoints(strategies: tuple[str, ...], expected: dict[str, float]) -> None:
    found = checkpoints(emulated(question(*strategies), ward(*FIVE)).prepared)
    assert found == pytest.approx(expected)


def test_effective_sample() -> None:
    assert effective_sample(np.array([1.0, 1.0, 1.0])) == 3.0
    assert effective_sample(np.array([3.0, 1.0, 0.0])) == 1.6
    assert effective_sample(np.zeros(3)) == 0.0


# Cells: two groups of patients, and those with a high marker while a start is open.
GROUPS = [{"group": one} for one in "aabbb"]
CELLS = "on: true, support: [{baseline: group, eq: a}, {baseline: group, eq: b}, {last: marker, eq: high}]"


def test_cells_expect_what_the_law_says_and_see_what_was_done() -> None:
    """In group b are those who never start: with the law .7 up to the relapse on day 7, and twice 1."""
    found = emulated(question(WATCH, EARLY, gates=CELLS), ward(*FIVE, baseline=GROUPS)).support
    a, b, high = found["early"].cells
    assert (a.patients, a.started, a.compatible) == (2, 2, 2)
    assert a.expected == pytest.approx(0.2 + 0.4)  # by the day before the start
    assert a.could_abstain == pytest.approx(1.4)
    assert (b.patients, b.started, b.compatible) == (3, 0, 0)
    assert b.expected == pytest.approx(0.7 + 1 + 1)
    assert (high.patients, high.expected, high.started) == (0, 0.0, 0)
    of_watch = found["watch"].cells[0]
    assert (of_watch.expected, of_watch.could_abstain) == (0.0, 2.0)
    assert (of_watch.started, of_watch.compatible) == (2, 0)


def test_a_cell_is_counted_from_the_day_on_which_patients_come_into_it() -> None:
    """The marker is high on days 4 to 8: decisions of days 5 to 9 are made with it, one in ten each."""
    records = ("4 marker high; 9 marker low", "4 marker high; 6 surgery", "30 marker high")
    found = emulated(question(EARLY, gates=CELLS), ward(*records, baseline=GROUPS[:3])).support
    high = found["early"].cells[2]
    assert (high.patients, high.started, high.compatible) == (2, 1, 1)  # the third is in it too late
    assert high.expected == pytest.approx(0.5 + 0.1)


def test_a_start_that_the_strategy_does_not_allow_is_no_start_of_it() -> None:
    found = emulated(question(EARLY, gates=CELLS), ward("12 surgery", "", "", baseline=GROUPS[:3])).support
    a = found["early"].cells[0]
    assert (a.patients, a.started, a.compatible) == (2, 0, 0)  # on day 12 no window is open any more
    assert found["early"].initiators == 0
    late = ("2 surgery; 3 relapse", "11 surgery", "")
    found = emulated(question(EARLY, gates=CELLS), ward(*late, baseline=GROUPS[:3])).support
    assert (found["early"].initiators, found["early"].compatible) == (1, 1)


def test_everybody_and_nobody_started() -> None:
    """All start, as nobody would who watches; nobody starts, as all would who start early."""
    asked = question(WATCH, EARLY, gates="on: true, support: [{not_: {has: relapse}}]")
    everybody = emulated(asked, ward(*["2 surgery"] * 4))
    (judged,) = (one for one in everybody.judged["watch"] if one.gate == "support")
    assert (judged.verdict.value, judged.says[:9]) == ("sealed", "all 4 pat")
    nobody = emulated(asked, ward(*[""] * 4))
    (judged,) = (one for one in nobody.judged["early"] if one.gate == "support")
    assert (judged.verdict.value, judged.says[:5]) == ("sealed", "of 4 ")
    (judged,) = (one for one in nobody.judged["watch"] if one.gate == "support")
    assert judged.verdict.value == "open"


def test_late_entrants_count_where_they_are_kept() -> None:
    """The mean is that over those who enter; without them it is that of the others."""
    followed = [(0.0, 40.0)] * 5 + [(8.0, 40.0)]
    records = (*FIVE, "")
    kept = emulated(question(WATCH, EARLY, emulation=PLAIN + "late_entrants: include,"),
                    ward(*records, followed=followed)).support  # fmt: skip
    left = emulated(question(WATCH, EARLY, emulation=PLAIN), ward(*records, followed=followed)).support
    assert (kept["watch"].patients, left["watch"].patients) == (6, 5)
    stay = 1 - Fraction(2, 67 + 32)  # at risk and seen from day 9 on
    weights = [stay**-7, stay**-12, stay**-40, stay**-40, Fraction(0), Fraction(0)]
    assert kept["watch"].mean == pytest.approx(float(sum(weights) / 6), rel=1e-9)
    assert left["watch"].mean == pytest.approx(support_of(WATCH, EARLY)["watch"].mean, rel=1e-12)

"""What the kernel does where it can be worked out by hand: laws, clocks, ties, the random time change."""

import math
from fractions import Fraction

import numpy as np
import pytest
from quiet_world import HCT_WITHIN, ON_LOSS, courses, first, quiet, strategy

from equipoise.base.errors import ProtocolError
from equipoise.kernels.reference_addressed import exponential
from equipoise.synth import addresses as a
from equipoise.synth.rules import age_of, share_at

SEED = 20261201
NEVER_HCT = {"kind": "never", "treatment": "hct"}
# A law with knots at 0, 1 and 4 months: F = 0, 1/2, 1.
AGES, SHARES = np.array([0.0, 1.0, 4.0]), np.array([0.0, 0.5, 1.0])


@pytest.mark.parametrize(
    ("age", "share"),
    [(0, 0), (Fraction(1, 2), Fraction(1, 4)), (1, Fraction(1, 2)), (Fraction(5, 2), Fraction(3, 4)), (4, 1)],
)
def test_the_share_at_an_age_and_the_age_of_a_share(age, share):
    assert share_at(AGES, SHARES, float(age)) == float(share)
    assert age_of(AGES, SHARES, float(share)) == float(age)


def test_the_share_stays_1_after_the_last_knot():
    assert share_at(AGES, SHARES, 7.0) == 1.0


# A rate of 1/10 a month until month 5, 1/5 until month 11, and 1/50 afterwards: cumulative 1/2 and 17/10.
TWO_PIECES = quiet(aplasia_loss__per_month=[0.1, 0.2, 0.02, 0.02], aplasia_loss__log_ratios={})


def lost_at(threshold: float) -> float:
    """When the cumulative rate reaches a threshold, piece by piece."""
    if threshold < 0.5:
        return threshold * 10
    return 5 + (threshold - 0.5) * 5 if threshold < 1.7 else 11 + (threshold - 1.7) * 50


def test_time_is_changed_exactly():
    found = first(courses(TWO_PIECES, strategy(), 300), a.LOSS)
    expected = np.array([lost_at(exponential(SEED, i, a.LOSS, 0)) for i in range(300)])
    expected[expected >= 60] = np.inf
    assert len(set(np.searchsorted([5, 11, 60], expected))) == 4  # all pieces occur
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_rate_in_two_pieces_gives_its_survival():
    n = 20_000
    lost = first(courses(TWO_PIECES, strategy(), n), a.LOSS)
    for month, cumulative in (
        (2, Fraction(2, 10)),
        (5, Fraction(1, 2)),
        (8, Fraction(11, 10)),
        (36, Fraction(22, 10)),
    ):
        expected = math.exp(-cumulative)
        error = math.sqrt(expected * (1 - expected) / n)
        assert (lost > month).mean() == pytest.approx(expected, abs=4 * error)


def test_competing_rates_share_out_what_happens():
    n = 20_000
    world = quiet(
        aplasia_loss__per_month=[0.1] * 4, aplasia_loss__log_ratios={}, nrm__per_month=0.3, nrm__log_ratios={}
    )
    found = courses(world, strategy(), n, horizon=500)
    share = Fraction(1, 10) / (Fraction(1, 10) + Fraction(3, 10))
    error = math.sqrt(share * (1 - share) / n)
    assert np.isfinite(first(found, a.LOSS)).mean() == pytest.approx(float(share), abs=4 * error)


def test_a_law_starts_as_it_says():
    n = 20_000
    rule = {**HCT_WITHIN, "months": 4, "law": {"months": [0, 1, 4], "probability": [0, 0.5, 1]}}
    started = first(courses(quiet(), strategy(rule), n), a.HCT)
    assert started.max() < 4
    for month, share in ((0.5, 0.25), (1, 0.5), (2.5, 0.75)):
        error = math.sqrt(share * (1 - share) / n)
        assert (started <= month).mean() == pytest.approx(share, abs=4 * error)
    # The very threshold: F(t) = 1 - exp(-E).
    expected = [age_of(AGES, SHARES, 1 - math.exp(-exponential(SEED, i, a.HCT, 0))) for i in range(50)]
    np.testing.assert_allclose(started[:50], expected, rtol=1e-12)


def test_a_condition_stops_the_clock_of_the_threshold():
    """Uniform in 6 months, only until the loss of aplasia is seen: nobody starts after that."""
    world = quiet(aplasia_loss__per_month=[0.2] * 4, aplasia_loss__log_ratios={})
    rule = {**HCT_WITHIN, "months": 6, "law": "uniform", "only_if": {"last": "bca", "eq": "present"}}
    found = courses(world, strategy(rule), 4000, every_visit=True)
    started, visits = first(found, a.HCT), found.what == a.VISIT
    shown_lost = np.full(found.n, np.inf)
    at = np.flatnonzero(visits & (found.detail == 2))
    np.minimum.at(shown_lost, found.patient[at], found.time[at])
    assert ((started < shown_lost) | (started == np.inf)).all()
    assert 0.2 < np.isfinite(started).mean() < 0.9
    alone = first(courses(quiet(), strategy({**HCT_WITHIN, "months": 6, "law": "uniform"}), 4000), a.HCT)
    on_time = alone < shown_lost
    np.testing.assert_allclose(started[on_time], alone[on_time], rtol=1e-12)
    assert np.isinf(started[~on_time]).all()


@pytest.mark.parametrize("month", [2.5, 5, 11])
def test_a_fixed_start_is_not_missed_as_a_rate_changes(month):
    """Aplasia is lost at another rate from months 5 and 11 on, which is where time stops as well."""
    rule = {**HCT_WITHIN, "months": month, "law": {"fixed": month}}
    assert (first(courses(quiet(), strategy(rule), 20), a.HCT) == month).all()


def test_a_start_on_the_day_of_a_visit_comes_before_it_and_the_visit_takes_place():
    """Month 48 is day 1461, a visit; the condition is true until that visit shows the loss."""
    world = quiet(aplasia_loss__until=[44], aplasia_loss__per_month=[0, 50], aplasia_loss__log_ratios={})
    rule = {"kind": "start_within", "treatment": "maintenance", "months": 48, "law": {"fixed": 48}}
    rule["only_if"] = {"last": "bca", "eq": "present"}
    found = courses(world, strategy(NEVER_HCT, rule), 20, every_visit=True)
    assert (first(found, a.MAINTENANCE) == 48).all()
    here = (found.time == 48) & (found.what == a.VISIT)
    assert here.sum() == 20
    assert (found.detail[here] == 2).all()


def test_two_starts_at_one_moment_both_happen():
    kept = {"kind": "start_within", "treatment": "maintenance", "months": 2, "law": {"fixed": 2}}
    found = courses(quiet(), strategy(kept, {**HCT_WITHIN, "months": 3, "law": {"fixed": 2}}), 10)
    assert (first(found, a.MAINTENANCE) == 2).all()
    assert (first(found, a.HCT) == 2).all()


@pytest.mark.parametrize("bin_days", [7, 28, 30])
def test_whoever_is_left_starts_in_the_last_bin(bin_days):
    """The window opens at visits of all kinds, so that its end is no round number."""
    world = quiet(aplasia_loss__per_month=[0.2] * 4, hct__per_month=[0.05] * 4)
    rule = {**ON_LOSS, "treatment": "hct", "months": 4, "law": {"natural": {"last_bin_days": bin_days}}}
    found = courses(world, strategy(rule), 2000, every_visit=True, horizon=66)
    seen = np.full(found.n, np.inf)
    at = np.flatnonzero((found.what == a.VISIT) & (found.detail >= 2))
    np.minimum.at(seen, found.patient[at], found.time[at])
    started = first(found, a.HCT)
    over = seen < 60
    assert over.mean() > 0.9
    assert (started[over] <= seen[over] + 4).all()
    assert (started[over] > seen[over]).all()
    in_bin = started[over] > seen[over] + 4 - bin_days / 30.4375
    assert in_bin.mean() > 0.3  # those whom usual care has not transplanted before


@pytest.mark.parametrize(
    ("treatment", "what"), [("maintenance", a.MAINTENANCE), ("reinfusion", a.REINFUSION)]
)
def test_a_natural_law_is_usual_care_until_its_last_bin(treatment, what):
    changes = {"maintenance.per_month": 0.2, "reinfusion.per_month": 0.2, "aplasia_loss.per_month": [0.3] * 4}
    world = quiet(**{name.replace(".", "__"): value for name, value in changes.items()})
    usual = first(courses(world, strategy(), 2000), what)
    rule = {
        "kind": "start_within",
        "treatment": treatment,
        "months": 5,
        "law": {"natural": {"last_bin_days": 61}},
    }
    asked = first(courses(world, strategy(rule), 2000), what)
    opens = 5 - 61 / 30.4375
    assert 0.1 < (usual < opens).mean() < 0.9
    np.testing.assert_array_equal(asked[usual < opens], usual[usual < opens])
    assert (asked[usual >= opens] >= opens).all()
    assert asked.max() < 5


@pytest.mark.parametrize("natural_first", [True, False])
def test_two_rules_on_one_treatment_have_luck_of_their_own(natural_first):
    """Uniform in 6 months, or usual care, 1/5 a month, until month 8: S(t) = (1 - t / 6) exp(-t / 5)."""
    n = 20_000
    world = quiet(hct__per_month=[0.2] * 4)
    rules = [
        {**HCT_WITHIN, "months": 9, "law": {"natural": {"last_bin_days": 30}}},
        {**HCT_WITHIN, "months": 6, "law": "uniform"},
    ]
    started = first(courses(world, strategy(*(rules if natural_first else rules[::-1])), n), a.HCT)
    for month in (1, 2, 4):
        expected = (1 - month / 6) * math.exp(-month / 5)
        error = math.sqrt(expected * (1 - expected) / n)
        assert (started > month).mean() == pytest.approx(expected, abs=4 * error)


def test_the_last_test_stays_the_last_until_the_next():
    """A reinfusion restores aplasia, which the next visit shows; until then the last test says lost."""
    world = quiet(
        aplasia_loss__until=[0.5, 0.8],
        aplasia_loss__per_month=[0, 200, 0],
        aplasia_loss__log_ratios={},
        reinfusion__success=1,
    )
    again = {**ON_LOSS, "treatment": "reinfusion", "months": 1, "law": {"fixed": 0.5}}
    then = {
        "kind": "on_trigger",
        "treatment": "hct",
        "trigger": {"all_of": [{"has": "car_reinfusion"}, {"last": "bca", "eq": "lost"}]},
        "months": 1,
        "until_month": None,
        "law": {"fixed": 0.1},
    }
    found = courses(world, strategy(again, then), 50)
    lost = first(found, a.LOSS)
    assert (lost < 0.9).all()
    seen = 30 / 30.4375  # the first visit
    np.testing.assert_allclose(first(found, a.REINFUSION), seen + 0.5, rtol=1e-12)
    np.testing.assert_allclose(first(found, a.HCT), seen + 0.6, rtol=1e-12)
    # Whether visits are written down or not.
    seen_too = courses(world, strategy(again, then), 50, every_visit=True)
    np.testing.assert_allclose(first(seen_too, a.HCT), seen + 0.6, rtol=1e-12)


@pytest.mark.parametrize("every_visit", [True, False])
def test_a_course_without_room_is_refused(every_visit):
    """Also one of tests only, which are not written down without visits."""
    world = quiet(
        mrd_at_time_zero__log_odds=800,
        relapse__with_mrd__per_month=0,
        mrd_fall__in_aplasia=0,
        visits__extra_per_month=1e6,
    )
    with pytest.raises(ProtocolError, match="P134"):
        courses(world, strategy(), 2, every_visit=every_visit)


@pytest.mark.parametrize(("log_odds", "share"), [(800, 1.0), (-800, 0.0)])
def test_any_log_odds_of_residual_disease_have_a_probability(log_odds, share):
    found = courses(quiet(mrd_at_time_zero__log_odds=log_odds), strategy(), 50, every_visit=True)
    assert found.detail[found.what == a.TIME_ZERO].mean() == share


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"visits.months": [1, 2]}, "time zero is a visit"),
        ({"visits.months": [0, 1, 1.001]}, "two visits fall on one day"),
        ({"second_remission.relapse.log_ratios.adult": 1}, "no log ratios of 'relapse'"),
        ({"second_remission.nrm.log_ratios.adult": 1}, "no log ratios of 'nrm'"),
    ],
)
def test_a_world_that_would_not_be_simulated_as_written_is_refused(changes, words):
    with pytest.raises(ProtocolError, match=words):
        quiet(**{name.replace(".", "__"): value for name, value in changes.items()})

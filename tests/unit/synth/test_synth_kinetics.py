"""The curve of the transgene and the loss of aplasia: in fractions, and against what was published."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.base.errors import ProtocolError
from equipoise.synth import kinetics as k
from equipoise.synth.numbers import CURVE, Numbers, as_record
from equipoise.synth.read import read_world
from equipoise.synth.world import numbers_of

LN2 = math.log(2)
# F, T_max, C_max, alpha, F_B, beta: a rise by two every two days, half-lives of 4 and 8 days.
BY_HAND = np.array([16.0, 8.0, 1600.0, LN2 / 4, 1 / 4, LN2 / 8])
WEEK = 7 / DAYS_PER_MONTH


def _numbers(changes: dict[str, object] | None = None) -> Numbers:
    return as_record(numbers_of(read_world("S0", {"kinetics.drives_loss": True, **(changes or {})})))


def _typical() -> np.ndarray:
    return read_world("S0").kinetics.typical()


@pytest.mark.parametrize(
    ("day", "copies"),
    [
        (0, 100),  # C_max / F
        (2, 200),  # 16^(1/4) = 2
        (6, 800),
        (8, 1600),
        (16, 1600 * (3 / 4 * 1 / 4 + 1 / 4 * 1 / 2)),  # 5/16 of the peak
        (24, 1600 * (3 / 4 * 1 / 16 + 1 / 4 * 1 / 4)),  # 7/64
    ],
)
def test_curve_in_fractions(day: float, copies: float) -> None:
    assert k.level(BY_HAND, day) == pytest.approx(copies, rel=1e-14)


def test_peak_is_exact_and_the_curve_continuous_there() -> None:
    for curve in (BY_HAND, _typical()):
        day, peak = float(curve[k.PEAK_DAY]), curve[k.PEAK]
        assert k.level(curve, day) == peak
        assert k.level(curve, math.nextafter(day, 0)) == pytest.approx(peak, rel=1e-12)
        assert k.level(curve, math.nextafter(day, 99)) == pytest.approx(peak, rel=1e-12)


def test_published_doubling_time_and_half_lives() -> None:
    """Abstract of Stein et al. 2019: 0.78, 4.3 and 220 days; 220 is 217 rounded to two digits."""
    curve = _typical()
    doubling = LN2 / math.log(k.level(curve, 5.0) / k.level(curve, 4.0))
    fast = curve.copy()
    fast[k.SHARE] = 0.0
    first = LN2 / math.log(k.level(fast, 12.0) / k.level(fast, 13.0))
    last = LN2 / math.log(k.level(curve, 900.0) / k.level(curve, 901.0))
    assert round(doubling, 2) == 0.78
    assert round(first, 1) == 4.3
    assert last == pytest.approx(LN2 / 0.0032, rel=1e-9)
    assert round(last, -1) == 220


@pytest.mark.parametrize("curve", [BY_HAND, _typical()])
def test_area_is_the_closed_form(curve: np.ndarray) -> None:
    fold, day, peak, alpha, share, beta = (float(value) for value in curve)
    rho = math.log(fold) / day
    closed = peak * ((1 - 1 / fold) / rho + (1 - share) / alpha + share / beta)
    pieces = [(0, day), (day, day + 20 / alpha), (day + 20 / alpha, day + 40 / beta)]
    area = sum(quad(lambda t: k.level(curve, t), *piece, epsabs=0, epsrel=1e-10)[0] for piece in pieces)
    assert area == pytest.approx(closed, rel=1e-8)


def test_slope_after_the_peak_is_the_mixture_of_both_declines() -> None:
    day, step = BY_HAND[k.PEAK_DAY], 1e-6
    slope = math.log(k.level(BY_HAND, day + step) / k.level(BY_HAND, float(day))) / step
    assert slope == pytest.approx(-(3 / 4 * LN2 / 4 + 1 / 4 * LN2 / 8), rel=1e-5)


def test_a_fold_below_one_falls_to_its_peak_and_stays_continuous() -> None:
    curve = np.array([1 / 4, 8.0, 100.0, LN2 / 4, 1 / 4, LN2 / 8])
    assert k.level(curve, 0.0) == pytest.approx(400)
    assert k.level(curve, 4.0) == pytest.approx(200)
    assert k.level(curve, 8.0) == 100


def _draws(world: Numbers, n: int, infusion: int = 0) -> np.ndarray:
    curves = np.empty((n, CURVE))
    for i in range(n):
        k.draw_curve(5, i, infusion, world, curves[i])
    return curves


@pytest.mark.parametrize("reading", ["sd", "variance"])
def test_logarithms_have_the_stated_median_and_spread(reading: str) -> None:
    n = 20_000
    part = read_world("S0", {"kinetics.spread_is": reading}).kinetics
    logs = np.log(_draws(_numbers({"kinetics.spread_is": reading}), n) / part.typical())
    printed = np.array([2.4, 0.38, 0.65, 0.91, 0.80, 0.86])  # Table 1
    sd = printed if reading == "sd" else np.sqrt(printed)
    assert np.all(np.abs(logs.mean(axis=0)) < 4 * sd / math.sqrt(n))
    assert np.all(np.abs(logs.std(axis=0) - sd) < 4 * sd / math.sqrt(2 * n))
    correlation = np.corrcoef(logs.T) - np.eye(CURVE)
    assert np.abs(correlation).max() < 4 / math.sqrt(n)


def test_a_reinfusion_draws_anew_and_the_same_again() -> None:
    world = _numbers()
    first, again = _draws(world, 50), _draws(world, 50, infusion=1)
    assert np.array_equal(first, _draws(world, 50))
    assert not np.any(first == again)


def test_no_more_cells_persist_than_there_were() -> None:
    world = _numbers({"kinetics.persisting_share": {"typical": 1, "spread": 5}})
    curves = _draws(world, 2_000)
    assert curves[:, k.SHARE].max() == 1
    assert 0.45 < (curves[:, k.SHARE] == 1).mean() < 0.55
    assert all(k.level(curve, 400.0) > 0 for curve in curves)


def _rate(changes: dict[str, object], curve: np.ndarray, day: float) -> float:
    return k.loss_and_end(_numbers(changes), curve, -28 / DAYS_PER_MONTH, (day - 28) / DAYS_PER_MONTH)[0]


def test_half_the_rate_at_half_at() -> None:
    copies = k.level(BY_HAND, 10.5)  # the middle of the second week
    changes = {"kinetics.loss": {"per_month": 0.3, "half_at": copies, "power": 3}}
    assert _rate(changes, BY_HAND, 8.0) == pytest.approx(0.15, rel=1e-13)
    # Twice the copies: a ninth, 1 / (1 + 2^3).
    assert _rate(changes, BY_HAND * np.array([1, 1, 2, 1, 1, 1]), 8.0) == pytest.approx(0.3 / 9, rel=1e-13)


def test_without_power_the_rate_is_half_whatever_the_transgene() -> None:
    changes = {"kinetics.loss": {"per_month": 0.3, "half_at": 100, "power": 0}}
    gone = BY_HAND * np.array([1, 1, 0, 1, 1, 1])
    assert {_rate(changes, curve, day) for curve in (BY_HAND, gone) for day in (29.0, 400.0)} == {0.15}


def test_limits_and_order_of_the_rate() -> None:
    changes = {"kinetics.loss": {"per_month": 0.3, "half_at": 100, "power": 1}}
    sizes = np.geomspace(1e-9, 1e9, 40)
    rates = [_rate(changes, BY_HAND * np.array([1, 1, size, 1, 1, 1]), 30.0) for size in sizes]
    assert np.all(np.diff(rates) < 0)
    assert rates[0] == pytest.approx(0.3, rel=1e-6)
    assert rates[-1] < 1e-6


@pytest.mark.parametrize("infused", [0.0, -25 / DAYS_PER_MONTH, -35 / DAYS_PER_MONTH, 7.123456789, 59.9])
def test_weeks_follow_each_other_without_a_gap(infused: float) -> None:
    """From the end of each week the next one is in force, however the ends are rounded."""
    world, now = _numbers(), infused
    for week in range(600):
        expected = k.level(BY_HAND, 7 * week + 3.5)
        rate, end = k.loss_and_end(world, BY_HAND, infused, now)
        assert rate == 0.064 / (1 + expected / 100)
        assert end == pytest.approx(infused + (week + 1) * WEEK, rel=1e-15)
        assert end > now
        assert k.loss_and_end(world, BY_HAND, infused, (now + end) / 2) == (rate, end)
        assert k.loss_and_end(world, BY_HAND, infused, math.nextafter(end, -1)) == (rate, end)
        now = end


def test_day_of_the_assessment_is_uniform() -> None:
    n = 11_000
    days = np.array([k.assessment_day(3, i, 25, 35) for i in range(n)])
    counts = np.bincount(days, minlength=36)[25:]
    assert counts.size == 11
    assert counts.sum() == n
    assert np.all(np.abs(counts - 1000) < 4.5 * math.sqrt(n / 11 * 10 / 11))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kinetics.peak.typical": 0}, "peak"),
        ({"kinetics.peak.spread": -1}, "spread"),
        ({"kinetics.persisting_share.typical": 1.2}, "at most 1"),
        ({"kinetics.spread_is": "cv"}, "spread_is"),
        ({"kinetics.loss.half_at": 0}, "half_at"),
        ({"kinetics.loss.power": -1}, "power"),
        ({"kinetics.assay.quantified_from": 5}, "what is quantified is detected"),
        ({"kinetics.assay.days": [7, 3]}, "larger than the one before"),
        ({"kinetics.assay.days": [0, 3]}, "days"),
        ({"kinetics.peak.typical": float("nan")}, "finite number"),
    ],
)
def test_a_wrong_world_is_refused_in_words(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ProtocolError) as raised:
        read_world("S0", changes)
    assert said in str(raised.value)


def test_what_enters_the_digest() -> None:
    """While it drives nothing, the kinetics change no course; how it is measured never does."""

    def digest(changes: dict[str, object]) -> str:
        return read_world("S0", changes).digest()

    on = {"kinetics.drives_loss": True}
    assert (
        digest({"kinetics.peak.typical": 9}) == digest({"registry.assessment_days": [20, 21]}) == digest({})
    )
    assert digest({**on, "kinetics.assay.residual_sd": 0, "kinetics.measured": True}) == digest(on)
    others = [{}, {"kinetics.peak.typical": 9}, {"registry.assessment_days": [20, 21]}]
    assert len({digest({}), *(digest({**on, **other}) for other in others)}) == 4

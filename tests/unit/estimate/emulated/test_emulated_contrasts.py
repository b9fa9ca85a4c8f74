"""Contrasts by hand: two answers, three units, and what follows from their differences."""

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from emulated_patients import DIFFERENCES, EARLY, MONTH, WATCH, emulated, question, ward

from equipoise.estimate.emulated.contrasts import Compared, compared, e_value
from equipoise.estimate.emulated.emulated import Emulated
from equipoise.estimate.emulated.followed import Number
from equipoise.estimate.emulated.inference import Spread
from equipoise.estimate.emulated.limits import NOTHING
from equipoise.protocol.contrast import Contrast, ContrastMeasure

WEEKS = [MONTH / 4, MONTH / 2, MONTH * 3 / 4, MONTH]
QUANTILES = "quantiles of calibrated draws"
T_3, T_9 = 3.182446, 2.262157
DAY = MONTH / 2
FOUND = emulated(
    question(WATCH, EARLY, outcomes="dfs, relapses", contrasts=DIFFERENCES),
    ward("3 surgery", "5 surgery; 25 relapse", "7 relapse", "12 relapse", ""),
)


def among(values: dict[tuple[str, str], tuple[float, Sequence[float]]], effective: float = 10.0) -> Emulated:
    """The emulation with answers put in place of its own: by strategy and measure the value, and by unit."""
    size = FOUND.spread.value.size
    value, spread = np.full(size, np.nan), np.full((3, size), np.nan)
    for (strategy, measure), (level, by_unit) in values.items():
        outcome = "dfs" if measure in ("survival", "restricted_mean") else "relapses"
        day = MONTH if measure in ("restricted_mean", "time_lost") else DAY
        place = FOUND.places[strategy, Number(outcome, measure, day)]
        value[place], spread[:, place] = level, by_unit
    support = {name: replace(one, effective=effective) for name, one in FOUND.support.items()}
    return replace(FOUND, spread=Spread(value, spread, 3, "leave-one-out over patients", 0), support=support)


def contrast(measure: ContrastMeasure, between: tuple[str, str] = ("early", "watch")) -> Contrast:
    of = "relapses" if measure.startswith(("cumulative", "time_lost")) else "dfs"
    return Contrast(measure=measure, of=of, between=between)


def only(found: Emulated, measure: ContrastMeasure) -> list[Compared]:
    return list(compared(found, contrast(measure), None))


SURVIVALS = {
    ("early", "survival"): (0.75, (0.3, -0.1, -0.2)),
    ("watch", "survival"): (0.5, (0.2, -0.2, 0.0)),
}


def test_a_difference_is_paired() -> None:
    """Unit by unit .1, .1, -.2: variance 6/100, not (14 + 8)/100 as of two separate groups."""
    one = only(among(SURVIVALS), "survival_difference")[0]
    assert one.estimate == pytest.approx(0.25, rel=1e-12)
    assert one.std_error == pytest.approx(math.sqrt(0.06), rel=1e-12)
    half = T_9 * math.sqrt(0.06)
    assert one.limits[:2] == pytest.approx((0.25 - half, 0.25 + half), rel=1e-6)


def test_degrees_of_freedom_are_those_of_the_thinner_side_and_at_least_three() -> None:
    for effective, t in ((10.0, T_9), (4.0, T_3), (2.0, T_3)):
        one = only(among(SURVIVALS, effective), "survival_difference")[0]
        assert one.limits.lower == pytest.approx(0.25 - t * math.sqrt(0.06), rel=1e-6)
    uneven = among(SURVIVALS)
    uneven = replace(
        uneven, support=uneven.support | {"watch": replace(uneven.support["watch"], effective=4.0)}
    )
    assert uneven.degrees_of_freedom("early", "watch") == 3.0
    assert uneven.degrees_of_freedom("early") == 9.0


def test_centres_limit_the_degrees_of_freedom() -> None:
    by_centre = among(SURVIVALS, effective=40.0)
    by_centre = replace(
        by_centre, spread=replace(by_centre.spread, units=12, method="leave-one-out over 12 centres")
    )
    assert by_centre.degrees_of_freedom("early", "watch") == 11.0
    few = replace(by_centre, support={k: replace(v, effective=8.0) for k, v in by_centre.support.items()})
    assert few.degrees_of_freedom("early", "watch") == 7.0


def test_a_ratio_by_the_delta_method() -> None:
    """Units .3/.75 - .2/.5 = 0, -.1/.75 + .2/.5 = 4/15, -.2/.75 = -4/15: log SE sqrt(2) 4/15."""
    one = only(among(SURVIVALS), "survival_ratio")[0]
    log_error = math.sqrt(2) * 4 / 15
    assert one.estimate == pytest.approx(1.5, rel=1e-12)
    assert one.std_error == pytest.approx(1.5 * log_error, rel=1e-12)
    factor = math.exp(T_9 * log_error)
    assert one.limits[:2] == pytest.approx((1.5 / factor, 1.5 * factor), rel=1e-6)


def test_a_risk_ratio_is_that_of_the_complements() -> None:
    """.25/.5; units -.3/.25 + .2/.5 = -.8, .1/.25 - .2/.5 = 0, .2/.25 = .8."""
    one, e = only(among(SURVIVALS), "risk_ratio")
    assert one.estimate == pytest.approx(0.5, rel=1e-12)
    assert one.std_error == pytest.approx(0.5 * math.sqrt(2) * 0.8, rel=1e-12)
    assert e.measure == "e_value"
    assert e.estimate == pytest.approx(2 + math.sqrt(2), rel=1e-12)
    assert one.limits.lower < 1 < one.limits.upper
    assert e.limits[:2] == (1.0, math.inf)


def test_the_published_e_value() -> None:
    """VanderWeele and Ding 2017, Ann Intern Med 167:268: risk ratio 3.9 (1.8 to 8.7), E-value 7.26 (3.0)."""
    assert round(e_value(3.9), 2) == 7.26
    assert round(e_value(1.8), 1) == 3.0
    assert e_value(0.5) == pytest.approx(3.4142, abs=5e-5)
    assert e_value(1 / 3.9) == pytest.approx(e_value(3.9), rel=1e-12)
    assert e_value(1.0) == 1.0


@pytest.mark.parametrize(("a", "b"), [(0.9, 0.5), (0.5, 0.9)])
def test_the_e_value_of_the_nearer_limit(a: float, b: float) -> None:
    sure = {
        ("early", "survival"): (a, (0.01, -0.01, 0.0)),
        ("watch", "survival"): (b, (0.0, 0.01, -0.01)),
    }
    one, e = only(among(sure), "risk_ratio")
    nearer = one.limits.upper if a > b else one.limits.lower
    ratio = max(nearer, 1 / nearer)
    assert e.limits.lower == pytest.approx(ratio + math.sqrt(ratio * (ratio - 1)), rel=1e-12)
    assert e.estimate is not None
    assert 1 < e.limits.lower < e.estimate


def test_no_ratio_without_a_risk() -> None:
    nobody = SURVIVALS | {("watch", "survival"): (1.0, (0.0, 0.0, 0.0))}
    found = only(among(nobody), "risk_ratio")
    assert [(one.measure, one.estimate, one.std_error, one.limits) for one in found] == [
        ("risk_ratio", None, None, NOTHING)
    ]
    gone = SURVIVALS | {("watch", "survival"): (0.0, (0.0, 0.0, 0.0))}
    assert only(among(gone), "survival_ratio")[0].estimate is None


@pytest.mark.parametrize(("a", "b", "sign"), [(0.75, 0.5, 1), (0.5, 0.75, -1)])
def test_number_needed_to_treat_only_where_the_interval_excludes_nothing(
    a: float, b: float, sign: int
) -> None:
    """A difference of 1/4 is one in four; its limits are the inverses of those of the difference."""
    by_unit = (0.02, -0.01, -0.01)
    sure = {("early", "survival"): (a, by_unit), ("watch", "survival"): (b, (0.0, 0.0, 0.0))}
    difference, needed = only(among(sure), "survival_difference")
    half = T_9 * math.sqrt(0.0006)
    assert needed.measure == "number_needed_to_treat"
    assert needed.estimate == pytest.approx(sign * float(1 / Fraction(1, 4)), rel=1e-12)
    ends = sorted((sign / (0.25 - half), sign / (0.25 + half)))
    assert needed.limits[:2] == pytest.approx(ends, rel=1e-6)
    assert needed.std_error is None
    assert len(only(among(SURVIVALS), "survival_difference")) == 1
    assert difference.limits.lower * difference.limits.upper > 0


def test_no_number_needed_to_treat_without_an_interval() -> None:
    equal = {("early", "survival"): (0.75, (0.1, -0.1, 0.0)), ("watch", "survival"): (0.5, (0.1, -0.1, 0.0))}
    found = only(among(equal), "survival_difference")
    assert [(one.estimate, one.std_error, one.limits) for one in found] == [(0.25, 0.0, NOTHING)]


def test_areas_are_cut_at_the_horizon_and_others_at_one() -> None:
    wide = (100.0, -50.0, -50.0)
    away = {"early": wide, "watch": tuple(-one for one in wide)}
    values = {(n, m): (10.0, away[n]) for n in away for m in ("restricted_mean", "time_lost")}
    for measure in ("restricted_mean_difference", "time_lost_difference"):
        one = only(among(values), measure)[0]
        assert one.limits[:2] == (-MONTH, MONTH)
        assert one.day == MONTH
    values = {
        ("early", "cumulative_incidence"): (0.4, wide),
        ("watch", "cumulative_incidence"): (0.1, (0, 0, 0)),
    }
    one = only(among(values), "cumulative_incidence_difference")[0]
    assert (one.estimate, *one.limits[:2]) == pytest.approx((0.3, -1.0, 1.0))


def test_a_ratio_of_incidences() -> None:
    values = {
        ("early", "cumulative_incidence"): (0.4, (0.04, -0.04, 0.0)),
        ("watch", "cumulative_incidence"): (0.2, (0.0, 0.02, -0.02)),
    }
    one = only(among(values), "cumulative_incidence_ratio")[0]
    log_error = math.sqrt(0.1**2 + 0.2**2 + 0.1**2)
    assert (one.estimate, one.std_error) == pytest.approx((2.0, 2 * log_error), rel=1e-12)


def curves(early: Sequence[float], watch: Sequence[float], drawn: np.ndarray | None = None) -> Compared:
    """Crossing time of two curves on the report days; `drawn` is added to the first one, draw by draw."""
    value = np.full(FOUND.spread.value.size, np.nan)
    spread = np.zeros((3, value.size))
    draws = None if drawn is None else np.tile(value, (drawn.shape[0], 1))
    for name, levels in (("early", early), ("watch", watch)):
        for place_on_curve, level in enumerate(levels):
            place = FOUND.places[name, Number("dfs", "survival", WEEKS[place_on_curve])]
            value[place] = level
            if draws is not None and drawn is not None:
                draws[:, place] = level + (drawn[:, place_on_curve] if name == "early" else 0.0)
                error = draws[:, place].std(ddof=1)
                spread[:, place] = (error / math.sqrt(2), -error / math.sqrt(2), 0.0)
    found = replace(FOUND, spread=Spread(value, spread, 3, "leave-one-out over patients", 0))
    return next(iter(compared(found, contrast("crossing_time"), draws)))


def test_crossing_times() -> None:
    watch = (0.9, 0.7, 0.5, 0.4)
    assert curves((0.95, 0.75, 0.6, 0.4), watch).estimate == WEEKS[0]  # never below
    assert curves((0.85, 0.75, 0.6, 0.5), watch).estimate == WEEKS[1]
    assert curves((0.85, 0.75, 0.6, 0.3), watch).estimate is None  # not for good
    one = curves((0.95, 0.65, 0.6, 0.5), watch)
    assert (one.estimate, one.day) == (WEEKS[2], MONTH)
    assert (one.std_error, one.limits) == (None, NOTHING)


def test_limits_of_a_crossing_time_are_quantiles_of_the_draws() -> None:
    """100 draws: in 10 the first curve is above from the first week on, in 85 later, in 5 never for good."""
    watch = (0.9, 0.7, 0.5, 0.4)
    shifts = np.zeros((100, 4))
    shifts[:10, 0] = 0.06
    shifts[95:, 3] = -0.2
    one = curves((0.87, 0.75, 0.6, 0.5), watch, shifts)
    assert one.estimate == WEEKS[1]
    assert one.limits[:2] == (WEEKS[0], math.inf)
    shifts[95:, 3] = 0.0
    assert curves((0.87, 0.75, 0.6, 0.5), watch, shifts).limits[:2] == (WEEKS[0], WEEKS[1])
    shifts[:, 3] = -0.2
    shifts[:3, 3] = 0.0
    assert curves((0.87, 0.75, 0.6, 0.5), watch, shifts).limits == (WEEKS[0], math.inf, QUANTILES)
    shifts[:3, 3] = -0.2
    shifts[0, 3] = 0.0
    assert curves((0.87, 0.75, 0.6, 0.5), watch, shifts).limits == NOTHING


def test_the_natural_course_may_be_compared() -> None:
    asked = "{measure: survival_difference, of: dfs, between: [watch, natural_course]}"
    protocol = question(WATCH, contrasts=[asked], emulation="penalised: false, truncate: null,")
    found = emulated(protocol, ward("3 surgery", "5 relapse", "12 relapse", "", "15 surgery; 18 relapse"))
    (one,) = compared(found, protocol.contrasts[0], None)
    natural = [found.at("natural_course", key)[0] for name, key in found.places if name == "natural_course"]
    # As it went: of five patients relapses on days 5, 12 and 18.
    assert natural[:5] == pytest.approx([1, 4 / 5, 3 / 5, 2 / 5, 2 / 5])
    assert one.estimate == pytest.approx(found.at("watch", Number("dfs", "survival", DAY))[0] - 3 / 5)

"""N6 by hand: six patients, a window of ten days, weights once at its end."""

import math
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from emulated_patients import EARLY, MONTH, ON_MARKER, WATCH, answered, emulated, laid_out, question, ward

from equipoise.base.findings import FindingStatus
from equipoise.estimate.emulated.grace_end import grace_end, weighted_once
from equipoise.estimate.estimates import ESTIMATES
from equipoise.estimate.naive.table import NAIVE

SIX = ("3 surgery", "5 surgery; 8 relapse", "9 surgery; 20 relapse", "6 relapse", "12 relapse", "")
COMPARISON = (
    "naive_comparisons: [{name: operated, label: Operated or not, intervention: surgery, treatment: surgery, "
    "outcomes: [dfs], landmarks_months: [0.3], between: [early, watch]}]"
)
WINDOW = ("surgery", 10.0)


def test_by_hand() -> None:
    """Up to day 10 everybody counts: failures on days 6 and 8, 4/6. Then four are there, two of them treated.

    Each of these weighs 2, and one of them fails on day 20: 1/3. Who failed operated is replaced by nobody.
    """
    prepared = laid_out(question(WATCH, EARLY), ward(*SIX))
    curve = weighted_once(prepared, prepared.outcomes["dfs"], WINDOW)
    assert curve is not None
    exact = [Fraction(1), Fraction(5, 6), Fraction(4, 6), Fraction(1, 3), Fraction(1, 3)]
    assert curve.survival == pytest.approx([float(one) for one in exact], rel=1e-9)
    assert (curve.patients, curve.treated, curve.events) == (6, 2, 4)


def test_weights_follow_the_covariates_at_time_zero() -> None:
    """In group a one of two is operated, in b two of three: unweighted 3/5, by groups 2 and 3/2 each.

    The prior of the log odds ratio has a part in so few patients; its fit is repeated here by bisection.
    """
    records = ("3 surgery; 20 relapse", "", "4 surgery", "5 surgery", "30 relapse")
    groups = [{"group": one} for one in "aabbb"]
    asked = question(WATCH, EARLY, adjust_for="{name: group, feature: {baseline: group}, reference: a}")
    prepared = laid_out(asked, ward(*records, baseline=groups))
    curve = weighted_once(prepared, prepared.outcomes["dfs"], WINDOW)
    assert curve is not None

    def expit(x: float) -> float:
        return 1 / (1 + math.exp(-x))

    def intercept(b: float) -> float:
        low, high = -20.0, 20.0
        for _ in range(100):
            a = (low + high) / 2
            low, high = (a, high) if 2 * expit(a) + 3 * expit(a + b) < 3 else (low, a)
        return low

    low, high = -20.0, 20.0
    for _ in range(100):
        b = (low + high) / 2
        low, high = (b, high) if 2 - 3 * expit(intercept(b) + b) - b / 9 > 0 else (low, b)
    of_a, of_b = 1 / expit(intercept(low)), 1 / expit(intercept(low) + low)
    assert curve.survival[3] == pytest.approx(1 - of_a / (of_a + 2 * of_b), rel=1e-6)
    assert of_a > of_b


@pytest.mark.parametrize(
    "records",
    [
        ("12 relapse", "", "15 surgery"),
        ("3 surgery", "4 surgery"),
        ("3 relapse", "4 relapse", "2 surgery; 5 relapse"),
    ],
    ids=["nobody operated by then", "everybody", "nobody there"],
)
def test_without_two_kinds_of_patients_there_is_no_curve(records: tuple[str, ...]) -> None:
    prepared = laid_out(question(WATCH, EARLY), ward(*records))
    assert weighted_once(prepared, prepared.outcomes["dfs"], WINDOW) is None
    found = grace_end(emulated(question(WATCH, EARLY, more=COMPARISON), ward(*records)))
    assert (found.estimates.height, found.naive.height, found.findings) == (0, 0, ())


def test_rows_say_that_they_are_biased() -> None:
    asked = question(WATCH, EARLY, gates="on: false", more=COMPARISON)
    found = grace_end(emulated(asked, ward(*SIX)))
    ESTIMATES.check(found.estimates)
    NAIVE.check(found.naive)
    assert set(found.estimates["status"]) == {FindingStatus.BIASED}
    assert set(found.estimates["role"]) == {"naive"}
    assert set(found.estimates["finding"]) == {"E250"}
    assert [(one.code, one.table) for one in found.findings] == [("E250", "operated")]
    assert found.naive["rung"].to_list() == ["N6"]
    levels = found.estimates.filter(measure="survival")
    assert levels["strategy"].unique().to_list() == ["N6 early"]
    (difference,) = found.estimates.filter(measure="survival_difference").iter_rows(named=True)
    rows = answered(asked, ward(*SIX)).frames[0].filter(measure="survival", strategy="watch")
    watch = rows.filter((pl.col("day") - MONTH / 2).abs() < 1e-9)["estimate"][0]
    assert difference["estimate"] == pytest.approx(4 / 6 - watch, rel=1e-9)


def test_a_difference_from_what_is_sealed_is_not_told() -> None:
    """With the curve beside it the sealed number could be read off."""
    found = grace_end(emulated(question(WATCH, EARLY, more=COMPARISON), ward(*SIX)))
    assert set(found.estimates["measure"]) == {"survival"}


def test_only_windows_from_time_zero_have_an_end_for_everybody() -> None:
    asked = question(WATCH, ON_MARKER, more=COMPARISON.replace("early", "on_marker"))
    assert grace_end(emulated(asked, ward(*SIX))).estimates.is_empty()
    unnamed = question(WATCH, EARLY, more=COMPARISON.replace(", between: [early, watch]", ""))
    assert grace_end(emulated(unnamed, ward(*SIX))).estimates.is_empty()


def test_the_last_day_of_the_window_belongs_to_it() -> None:
    prepared = laid_out(
        question(WATCH, EARLY), ward("10 surgery", "11 surgery; 20 relapse", "10 relapse", "")
    )
    curve = weighted_once(prepared, prepared.outcomes["dfs"], WINDOW)
    assert curve is not None
    assert curve.treated == 1  # of three there: who starts on day 11 counts as untreated
    assert curve.survival == pytest.approx(np.array([1, 1, 3 / 4, 3 / 4, 3 / 4]))

"""The shipped targets: every published number is one, or there is a reason why not."""

import math
from typing import Any

import pytest
from pydantic import ValidationError
from scipy.stats import binomtest

from equipoise.evidence.endpoint import Measure
from equipoise.evidence.published import Caution
from equipoise.evidence.read import published
from equipoise.synth.calibration.calibration import (
    Calibrated,
    Interval,
    Verdict,
    calibrate,
    interval_of,
)
from equipoise.synth.calibration.target import Origin, Quantity, Target, Targets, read_targets
from equipoise.synth.read import read_world

SURVIVALS = (Quantity.OS, Quantity.DFS)


def test_every_published_number_is_a_target_or_dismissed_with_a_reason() -> None:
    targets = read_targets()
    keys = [target.key for target in targets.all]
    assert len(keys) == len(set(keys))
    for one in published():
        assert (one.key in keys) != bool(targets.because(one.key)), one.key
    assert set(keys) <= {one.key for one in published()}


def test_every_dismissal_is_about_something() -> None:
    for dismissed in read_targets().dismissed:
        for pattern in dismissed.keys:
            alone = dismissed.model_copy(update={"keys": (pattern,)})
            assert any(alone.holds(one.key) for one in published()), pattern


def test_every_argument_is_used() -> None:
    targets = read_targets()
    assert {target.argued for target in targets.all} == {"", *targets.arguments}


@pytest.mark.parametrize("target", read_targets().all, ids=lambda target: target.key)
def test_a_target_counts_what_the_source_counts(target: Target) -> None:
    one = target.published
    assert not {remark.kind for remark in one.remarks} & {Caution.FUTURE, Caution.TIME_ZERO, Caution.LIMITS}
    if target.groups is not None:
        assert one.endpoint.measure in (Measure.HAZARD_RATIO, Measure.RISK_RATIO)
    elif one.endpoint.measure is Measure.SURVIVAL:
        assert target.quantity in SURVIVALS
    elif one.endpoint.measure is not Measure.MEDIAN_TIME:
        assert target.quantity not in SURVIVALS
        assert one.is_probability
    outcomes = {
        "os": Quantity.OS, "efs": Quantity.DFS, "dfs": Quantity.DFS, "duration_of_remission": Quantity.DFS,
        "nrm": Quantity.NRM, "response": None, "persistence": Quantity.LOSS_SEEN,
    }  # fmt: skip
    wanted = outcomes.get(one.endpoint.outcome)
    assert wanted is None or target.quantity is wanted
    if one.endpoint.outcome == "efs" and one.time_zero == "infusion":
        assert target.origin is Origin.INFUSION  # those who never were in remission are in the denominator


def test_a_comparison_of_ever_with_never_treated_is_no_property_of_time_zero() -> None:
    for target in read_targets().all:
        naive = any(remark.kind is Caution.NAIVE for remark in target.published.remarks)
        assert naive == (target.groups == "ever_transplanted")


def test_limits_are_those_of_the_source_or_exact() -> None:
    by_key = {target.key: target for target in read_targets().all}
    assert interval_of(by_key["schultz-2023-relapse-12"]) == (0.30, 0.47, Interval.PUBLISHED)
    lower, upper, kind = interval_of(by_key["maude-2018-subsequent-hct-12"])
    exact = binomtest(8, 61).proportion_ci(0.95, method="exact")
    assert (lower, upper) == pytest.approx((exact.low, exact.high), abs=1e-10)
    assert kind is Interval.FROM_COUNT
    # .81 of 75 would be 60.75 patients: between the limits of 60 and of 61.
    lower, upper, kind = interval_of(by_key["maude-2018-response-3"])
    around = [binomtest(k, 75).proportion_ci(0.95, method="exact") for k in (60, 61)]
    assert lower is not None
    assert upper is not None
    assert around[0].low < lower < around[1].low
    assert around[0].high < upper < around[1].high
    assert kind is Interval.FROM_N
    assert interval_of(by_key["annesley-2025-lfs-low-burden-12"]) == (None, None, Interval.NONE)


@pytest.mark.parametrize(
    ("value", "limits", "verdict"),
    [
        (0.30, (0.30, 0.47), Verdict.INSIDE),
        (0.47, (0.30, 0.47), Verdict.INSIDE),
        (0.471, (0.30, 0.47), Verdict.OUTSIDE),
        (0.40, (None, None), Verdict.NO_INTERVAL),
        (math.nan, (0.30, 0.47), Verdict.NO_VALUE),
    ],
)
def test_verdicts(value: float, limits: tuple[float | None, float | None], verdict: Verdict) -> None:
    target = read_targets().all[0]
    found = Calibrated(target, value, 0.0, (), *limits, Interval.PUBLISHED)
    assert found.verdict is verdict


def as_written(**changes: Any) -> dict[str, Any]:
    plain = read_targets().model_dump(mode="json")
    first = plain["parts"][0]["targets"][0]
    first |= changes
    return plain


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"argued": ""}, "nothing is argued"),
        ({"argued": "because"}, "there is no argument 'because'"),
        ({"month": 4}, "the source says the month"),
        ({"groups": "ever_transplanted"}, "a ratio has groups"),
        ({"key": "maude-2018-efs-6"}, "maude-2018-response-3 is 0 times"),
    ],
)
def test_contradictions_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Targets.model_validate(as_written(**changes), strict=False)


def test_too_few_patients_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 20"):
        calibrate(read_world("S0"), patients=19)

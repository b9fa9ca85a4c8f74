"""Restricted mean survival time: survRM2::rmst2 and survfit's rmean against the kernels."""

from __future__ import annotations

import numpy as np
import pytest
from agreement import Ledger, fixture
from real_data import frame, one_curve

from equipoise.kernels.product_limit import ProductLimit, kaplan_meier
from equipoise.kernels.restricted_mean import restricted_mean

ANSWERS = fixture("restricted_mean")


@pytest.mark.parametrize("r", ANSWERS["curves"], ids=lambda r: r["data"])
def test_restricted_mean_is_survrm2_and_survfit(r: dict, ledger: Ledger) -> None:
    data = one_curve(r["data"])
    curve = kaplan_meier(data["stop"], data["event"])
    for horizon, mean, error, other_mean, other_error in r["rows"]:
        ours, our_error = restricted_mean(curve, int(2 * horizon), resolution=1.0)
        ledger.agree("survRM2: restricted mean", [ours, ours], [mean, other_mean], tolerance=1e-12)
        ledger.agree("survRM2: restricted mean se", [our_error] * 2, [error, other_error], tolerance=1e-10)


def sample_curve(arm: int, ticks: int = 2) -> ProductLimit:
    """The sample of survRM2: the first 312 patients of pbc, death (status 2), arm 1 = D-penicillamine."""
    pbc = frame("survival", "pbc").head(312)
    chosen = pbc[(pbc["trt"] == 1) == (arm == 1)]
    return kaplan_meier(ticks * chosen["time"].to_numpy(), (chosen["status"] == 2).to_numpy())


def test_survrm2_sample_by_arm(ledger: Ledger) -> None:
    found = [
        number for arm in (1, 0) for number in restricted_mean(sample_curve(arm), 2 * 3652, resolution=1.0)
    ]
    ledger.agree("survRM2: sample of the package, days", found, ANSWERS["sample_days"][:4], tolerance=1e-10)


def test_survrm2_sample_published_difference_at_ten_years() -> None:
    """The package's own example at tau = 10 years: difference -.1369 (-.9385, .6647), ratio .9812.

    Ten years are 3,652.5 days, so two ticks are half a day here.
    """
    (one, one_error), (zero, zero_error) = (
        restricted_mean(sample_curve(arm, ticks=4), 4 * 3652 + 2, resolution=0.5 / 365.25) for arm in (1, 0)
    )
    half = 1.959964 * np.hypot(one_error, zero_error)
    shown = (one - zero, one - zero - half, one - zero + half, one / zero)
    assert shown == pytest.approx((-0.1369, -0.9385, 0.6647, 0.9812), abs=6e-5)

"""Beta product intervals: bpcp::bpcp (method of moments), and Clopper-Pearson where nobody is censored."""

from __future__ import annotations

import numpy as np
import pytest
from agreement import Ledger, fixture
from real_data import one_curve
from scipy.stats import beta

from equipoise.kernels.beta_product import bpcp_at
from equipoise.kernels.intervals import clopper_pearson
from equipoise.kernels.product_limit import kaplan_meier, survival_at


@pytest.mark.parametrize("r", fixture("beta_product"), ids=lambda r: f"{r['data']}-{r['midp']}")
def test_interval_is_r_bpcp(r: dict, ledger: Ledger) -> None:
    data = one_curve(r["data"])
    curve = kaplan_meier(data["stop"], data["event"])
    grid = 2 * np.array(r["grid"])
    lower, upper = bpcp_at(curve, grid, mid_p=r["midp"] == 1)
    label = "bpcp mid-p" if r["midp"] else "bpcp"
    ledger.agree(f"{label}: survival", survival_at(curve, grid), r["survival"], tolerance=1e-12)
    # bpcp finds mid-p limits with uniroot, to 1e-4; the plain limits are quantiles.
    tolerance = 1e-3 if r["midp"] else 1e-10
    ledger.agree(f"{label}: lower", lower, r["lower"], tolerance=tolerance)
    ledger.agree(f"{label}: upper", upper, r["upper"], tolerance=tolerance)


@pytest.mark.parametrize("patients", [1, 2, 21, 47, 300])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_without_censoring_it_is_clopper_pearson(patients: int, level: float, ledger: Ledger) -> None:
    """S after x of n deaths: lower q(a/2; n-x, x+1), upper q(1-a/2; n-x+1, x), 0 and 1 at the ends."""
    stop = np.arange(1, patients + 1)
    curve = kaplan_meier(stop, np.ones(patients, dtype=bool))
    deaths = np.arange(patients + 1)
    alive, tail = patients - deaths, (1 - level) / 2
    lower = np.where(alive > 0, beta.ppf(tail, np.maximum(alive, 1), deaths + 1), 0.0)
    upper = np.where(deaths > 0, beta.ppf(1 - tail, alive + 1, np.maximum(deaths, 1)), 1.0)
    found = bpcp_at(curve, deaths, level=level)
    direct = clopper_pearson(alive, np.full(patients + 1, patients), level)
    for side, expected in enumerate((lower, upper)):
        ledger.agree("Clopper-Pearson by scipy: bpcp", found[side], expected, tolerance=1e-10)
        ledger.agree("Clopper-Pearson by scipy: direct", direct[side], expected, tolerance=1e-10)


def test_no_events_among_twenty_one() -> None:
    """0 events of 21: the lower limit is .025^(1/21) = .8389."""
    curve = kaplan_meier(np.full(21, 10), np.zeros(21, dtype=bool))
    lower, upper = bpcp_at(curve, [5])
    assert lower[0] == pytest.approx(0.025 ** (1 / 21), rel=1e-12)
    assert lower[0] == pytest.approx(0.8389, abs=5e-5)
    assert upper[0] == 1.0

"""stats::glm, binomial with the complementary log-log link, against the hazards of grouped person-time."""

from __future__ import annotations

import numpy as np
import pytest
from agreement import Ledger, fixture
from random_hazards import DATA_SETS, groups_of
from real_data import frame

from equipoise.kernels.grouped_hazard import HazardStatus, Prior, fit_hazard

RANDOM = fixture("grouped_hazard")["random"]
CELLS = ("adeno", "large", "smallcell", "squamous")


def flat(coefficients: int) -> Prior:
    return Prior(np.zeros(coefficients), np.zeros(coefficients))


@pytest.mark.parametrize("index", range(DATA_SETS))
def test_random_groups_are_r_glm(index: int, ledger: Ledger) -> None:
    r = RANDOM[index]
    assert (r["data_set"], r["converged"]) == (index, 1)
    x, starts, others = groups_of(index)
    fit = fit_hazard(x, starts, others, flat(4), np.array([-3.0, -3.0, 0.0, 0.0]))
    assert fit.status is HazardStatus.CONVERGED
    ledger.agree("grouped hazard: coefficients", fit.beta, r["coefficients"], tolerance=1e-8)
    ledger.agree("grouped hazard: hazards", fit.hazard, r["hazard"], tolerance=1e-8)


def test_days_in_groups_are_days_one_by_one(ledger: Ledger) -> None:
    """R has a row for each day of each patient; ours has counts of days by covariates."""
    r = fixture("grouped_hazard")["veteran"]
    assert r["converged"] == 1
    assert tuple(r["names"][:4]) == tuple(f"celltype{cell}" for cell in CELLS)
    data = frame("survival", "veteran")
    status, days = data["status"].to_numpy(dtype=np.float64), data["time"].to_numpy(dtype=np.float64)
    assert r["rows"] == int(days.sum())
    cells = [(data["celltype"] == cell).to_numpy(dtype=np.float64) for cell in CELLS]
    x = np.column_stack([*cells, data["trt"] == 2, data["karno"] / 10]).astype(np.float64)
    weight = 1 + np.arange(1, len(data) + 1) % 3 / 2
    groups, member = np.unique(x, axis=0, return_inverse=True)
    starts = np.bincount(member.ravel(), weights=weight * status)
    others = np.bincount(member.ravel(), weights=weight * (days - status))
    assert len(groups) < len(data)
    fit = fit_hazard(groups, starts, others, flat(6), np.array([-5.0, -5.0, -5.0, -5.0, 0.0, 0.0]))
    assert fit.status is HazardStatus.CONVERGED
    ledger.agree("grouped hazard: veteran", fit.beta, r["coefficients"], tolerance=1e-8)

"""Everything R's multistate survfit says about one structure, from the kernels, at R's grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from agreement import Ledger, last_value

from equipoise.kernels.aalen_johansen import aalen_johansen, cumulative_hazard, probability_at
from equipoise.kernels.influence import standard_error
from equipoise.kernels.restricted_mean import time_in_state
from equipoise.kernels.rows import Rows

ESTIMATE, ERROR = 1e-12, 1e-10
FLOOR = 1e-2  # R's probabilities carry rounding: it has -2e-15 where the exact answer is 0


def compare_by_row(
    ledger: Ledger, label: str, rows: Rows, cluster: np.ndarray, r: dict[str, Any], *, unit: int, begin: int
) -> None:
    """Compare with R when the initial shares are estimated at `begin` (their influence counts).

    Parameters
    ----------
    unit : ticks in one unit of R's time.
    cluster : int32[patients].
    """
    grid = np.array(r["grid"]) * unit
    occupation = aalen_johansen(rows, begin=begin)
    ledger.agree(f"{label}: initial", occupation.initial, r["initial"], tolerance=ESTIMATE)
    found = probability_at(occupation, grid)
    ledger.agree(f"{label}: probability", found, r["probability"], tolerance=ESTIMATE, floor=FLOOR)
    ledger.agree(f"{label}: ij_se", standard_error(rows, occupation, grid), r["ij_se"], tolerance=ERROR)
    clustered = standard_error(rows, occupation, grid, cluster=cluster)
    ledger.agree(f"{label}: cluster_se", clustered, r["cluster_se"], tolerance=ERROR)
    _compare_hazards(ledger, label, occupation, grid, r)
    if r["horizons"]:
        horizons = np.array(r["horizons"], dtype=np.int32) * unit
        mean, error = time_in_state(rows, occupation, horizons, resolution=1.0)
        ledger.agree(f"{label}: time_in_state", mean, r["time_in_state"], tolerance=ESTIMATE, floor=1.0)
        ledger.agree(f"{label}: time_in_state_se", error, r["time_in_state_se"], tolerance=ERROR, floor=1.0)


def _compare_hazards(
    ledger: Ledger, label: str, occupation: Any, grid: np.ndarray, r: dict[str, Any]
) -> None:
    hazard = last_value(occupation.time, cumulative_hazard(occupation), grid, 0.0)
    theirs = list(zip(r["arrow_origin"], r["arrow_target"], strict=True))
    ours = list(zip(occupation.origin.tolist(), occupation.target.tolist(), strict=True))
    assert sorted(theirs) == ours, f"{label}: arrows {ours}, R {sorted(theirs)}"
    by_arrow = np.array(r["cumulative_hazard"], dtype=np.float64)[:, [theirs.index(arrow) for arrow in ours]]
    ledger.agree(f"{label}: cumulative_hazard", hazard, by_arrow, tolerance=ESTIMATE)


def compare_by_patient(ledger: Ledger, label: str, rows: Rows, r: dict[str, Any], *, unit: int) -> None:
    """Compare with R's ordinary call, ``id`` = patient, the initial distribution given."""
    grid = np.array(r["grid"]) * unit
    occupation = aalen_johansen(rows, begin=0, initial=r["initial"])
    found = probability_at(occupation, grid)
    ledger.agree(
        f"{label}: probability, start given",
        found,
        r["probability"],
        tolerance=ESTIMATE,
        floor=FLOOR,
    )
    error = standard_error(rows, occupation, grid)
    ledger.agree(f"{label}: ij_se, start given", error, r["ij_se"], tolerance=ERROR)

"""Everything R's survfit says about one Kaplan-Meier curve, from the kernels, at R's grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from agreement import Ledger, array, last_value

from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
from equipoise.kernels.influence import standard_error
from equipoise.kernels.intervals import loglog
from equipoise.kernels.product_limit import kaplan_meier, quantile
from equipoise.kernels.rows import Rows

ESTIMATE, ERROR = 1e-12, 1e-10
LOG_SCALE = ("greenwood_se", "greenwood_lower", "greenwood_upper", "ij_lower", "ij_upper")


def compare_curve(ledger: Ledger, label: str, data: dict[str, Any], r: dict[str, Any], unit: int) -> None:
    """Compare Kaplan-Meier, Nelson-Aalen, variances, intervals and quartiles with R.

    Parameters
    ----------
    data : stop, event, start (or None), weight (or None), patient, cluster as arrays.
    unit : ticks in one unit of R's time.
    """
    grid = np.array(r["grid"]) * unit
    curve = kaplan_meier(data["stop"], data["event"], start=data["start"], weight=data["weight"])

    def at(values: np.ndarray, before: float) -> np.ndarray:
        return last_value(curve.time, values, grid, before)

    happened = curve.events > 0
    # Once everybody at risk has had the event S is 0. With weights in tenths R's running sums leave 1e-16
    # there, and a log-scale error of 1e-9 in place of its NaN: those numbers of R say nothing.
    gone = at(curve.survival, 1) == 0
    r = {**r, **{name: np.where(gone, np.nan, array(r[name])) for name in LOG_SCALE}}
    survival = at(curve.survival, 1)
    greenwood, aalen = np.sqrt(at(curve.greenwood, 0)), np.sqrt(at(curve.aalen, 0))
    at_risk = last_value(curve.time[happened], curve.at_risk[happened], grid, 0)
    for what, ours, tolerance in (
        ("survival", survival, ESTIMATE),
        ("cumulative_hazard", at(curve.cumulative_hazard, 0), ESTIMATE),
        ("at_risk", at_risk, ESTIMATE),
        ("events", at(np.cumsum(curve.events), 0), ESTIMATE),
        ("greenwood_se", greenwood, ERROR),
        ("aalen_se", aalen, ERROR),
        ("greenwood_lower", loglog(survival, greenwood, 0.95)[0], ERROR),
        ("greenwood_upper", loglog(survival, greenwood, 0.95)[1], ERROR),
    ):
        ledger.agree(f"{label}: {what}", ours, r[what], tolerance=tolerance)
    quartiles = [quantile(curve, share) for share in (0.25, 0.5, 0.75)]
    expected = [None if value is None else value * unit for value in r["quartiles"]]
    assert quartiles == expected, f"{label}: quartiles {quartiles}, R {expected}"
    _compare_jackknife(ledger, label, data, r, grid)


def two_states(data: dict[str, Any], begin: int) -> Rows:
    """Return the same data as a structure of two states, alive and dead."""
    start = np.full_like(data["stop"], begin) if data["start"] is None else data["start"]
    numbers, patient = np.unique(data["patient"], return_inverse=True)
    origin = np.zeros(len(start), dtype=np.int16)
    target = np.where(data["event"], 1, -1)
    weight = data["weight"]
    return Rows.build(patient, start, data["stop"], origin, target, weight, states=2, patients=numbers.size)


def _compare_jackknife(
    ledger: Ledger, label: str, data: dict[str, Any], r: dict[str, Any], grid: np.ndarray
) -> None:
    begin = min(0, int(data["stop"].min())) - 1 if data["start"] is None else 0
    rows = two_states(data, begin)
    occupation = aalen_johansen(rows, begin=begin, initial=[1.0, 0.0])
    survival = probability_at(occupation, grid)[:, 0]
    error = standard_error(rows, occupation, grid)[:, 0]
    first = np.unique(data["patient"], return_index=True)[1]
    cluster = np.asarray(data["cluster"])[first].astype(np.int32)
    clustered = standard_error(rows, occupation, grid, cluster=cluster)[:, 0]
    lower, upper = loglog(survival, error, 0.95)
    ledger.agree(f"{label}: survival as two states", survival, r["survival"], tolerance=ESTIMATE)
    ledger.agree(f"{label}: ij_se", error, r["ij_se"], tolerance=ERROR)
    ledger.agree(f"{label}: cluster_se", clustered, r["cluster_se"], tolerance=ERROR)
    ledger.agree(f"{label}: ij_lower", lower, r["ij_lower"], tolerance=ERROR)
    ledger.agree(f"{label}: ij_upper", upper, r["ij_upper"], tolerance=ERROR)

"""cmprsk::cuminc (Aalen) and etm (Greenwood, whole covariance matrices) on mgus2 against the kernels."""

from __future__ import annotations

import numpy as np
from agreement import Ledger, fixture, last_value
from real_data import frame, several_states

from equipoise.kernels.aalen_johansen import Occupation, aalen_johansen, probability_at
from equipoise.kernels.cumulative_incidence import cumulative_incidence
from equipoise.kernels.rows import Rows
from equipoise.kernels.variance import aalen, greenwood

ANSWERS = fixture("named_variances")


def first_event() -> tuple[np.ndarray, np.ndarray]:
    """Progression (1) or death without it (2), whichever comes first, in months."""
    data = frame("survival", "mgus2")
    progressed = (data["pstat"] == 1).to_numpy()
    time = np.where(progressed, data["ptime"], data["futime"]).astype(np.int32)
    return time, np.where(progressed, 1, 2 * data["death"]).astype(np.int16)


def competing() -> Occupation:
    time, cause = first_event()
    zero = np.zeros(time.size, dtype=np.int32)
    target = np.where(cause > 0, cause, -1)
    rows = Rows.build(np.arange(time.size), zero, time, zero, target, states=3, patients=time.size)
    return aalen_johansen(rows, begin=0, initial=[1.0, 0.0, 0.0])


def test_cumulative_incidence_and_its_aalen_variance_are_cmprsk(ledger: Ledger) -> None:
    r, occupation = ANSWERS["competing"], competing()
    grid = np.array(r["grid"])
    found = probability_at(occupation, grid)[:, 1:]
    ledger.agree("cmprsk: incidence", found, r["probability"], tolerance=1e-12)
    time, cause = first_event()
    quick = cumulative_incidence(time, cause, causes=2)
    incidence = last_value(quick.time, quick.incidence, grid, 0.0)
    ledger.agree("cmprsk: fast incidence", incidence, r["probability"], tolerance=1e-12)
    variance = np.diagonal(aalen(occupation, ties="hypergeometric"), axis1=1, axis2=2)[:, 1:]
    at_grid = last_value(occupation.time, variance, grid, 0.0)
    ledger.agree("cmprsk: aalen variance", at_grid, r["aalen_variance"], tolerance=1e-10, floor=1e-9)


def test_greenwood_variance_of_competing_risks_is_etm(ledger: Ledger) -> None:
    r, occupation = ANSWERS["competing"], competing()
    variance = np.diagonal(greenwood(occupation), axis1=1, axis2=2)
    at_grid = last_value(occupation.time, variance, np.array(r["grid"]), 0.0)
    ledger.agree("etm: greenwood variance", at_grid, r["greenwood_variance"], tolerance=1e-10, floor=1e-9)


def test_greenwood_covariance_of_illness_and_death_is_etm(ledger: Ledger) -> None:
    r = ANSWERS["illness_death"]
    occupation = aalen_johansen(several_states("mgus2"), begin=0, initial=[1.0, 0.0, 0.0])
    grid = np.array(r["grid"])
    ledger.agree("etm: probability", probability_at(occupation, grid), r["probability"], tolerance=1e-12)
    covariance = last_value(occupation.time, greenwood(occupation), grid, 0.0)
    # etm 1.1.1 sets negative covariances to 0; the variances on the diagonal are untouched.
    covariance = np.maximum(covariance, 0.0)
    ledger.agree("etm: greenwood covariance", covariance, r["covariance"], tolerance=1e-10, floor=1e-9)

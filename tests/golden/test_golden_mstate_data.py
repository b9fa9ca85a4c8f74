"""ebmt3, ebmt4 and aidssi: mstate (Aalen, Greenwood, landmark) and survfit (IJ) against the kernels."""

from __future__ import annotations

import numpy as np
import pytest
from agreement import Ledger, fixture, last_value
from real_data import frame, several_states
from several_states import compare_by_patient, compare_by_row

from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
from equipoise.kernels.cumulative_incidence import cumulative_incidence
from equipoise.kernels.influence import standard_error
from equipoise.kernels.rows import Rows, landmark
from equipoise.kernels.variance import aalen, greenwood

MULTI = {item["data"]: item for item in fixture("mstate_data")["multi"]}
AIDS = fixture("mstate_data")["competing"]


@pytest.mark.parametrize("name", list(MULTI))
def test_the_data_are_the_same(name: str) -> None:
    r, rows = MULTI[name], several_states(name)
    assert (rows.size, int((rows.target >= 0).sum())) == (r["rows"], r["total_events"])
    # Three patients of .03 days stand at half a day here; everything else is equal.
    assert int((rows.stop - rows.start).sum()) / 2 == pytest.approx(r["total_time"], abs=1.5)


@pytest.mark.parametrize("name", list(MULTI))
def test_several_states_are_r_survfit(name: str, ledger: Ledger) -> None:
    r, rows = MULTI[name], several_states(name)
    cluster = ((frame("mstate", name)["id"].to_numpy() - 1) % 7).astype(np.int32)
    compare_by_row(ledger, "structures", rows, cluster, r["by_row"], unit=2, begin=0)
    compare_by_patient(ledger, "structures", rows, r["by_patient"], unit=2)


@pytest.mark.parametrize("name", list(MULTI))
@pytest.mark.parametrize("kind", ["aalen", "greenwood"])
def test_named_variances_are_mstate_probtrans(name: str, kind: str, ledger: Ledger) -> None:
    r, rows = MULTI[name], several_states(name)
    grid = 2 * np.array(r["by_row"]["grid"])
    occupation = aalen_johansen(rows, begin=0, initial=[1.0] + [0.0] * (rows.states - 1))
    covariance = aalen(occupation, product="after") if kind == "aalen" else greenwood(occupation)
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    found = np.sqrt(np.maximum(last_value(occupation.time, variance, grid, 0.0), 0.0))
    probability = probability_at(occupation, grid)
    ledger.agree(f"mstate: probability, {kind}", probability, r[kind]["probability"], tolerance=1e-12)
    ledger.agree(f"mstate: {kind} se", found, r[kind]["se"], tolerance=1e-10)


@pytest.mark.parametrize(("name", "which"), [(name, which) for name in MULTI for which in (0, 1)])
def test_landmark_is_mstate_probtrans_after_the_cut(name: str, which: int, ledger: Ledger) -> None:
    r, rows = MULTI[name]["landmarks"][which], several_states(name)
    tick = 2 * r["day"]
    later = landmark(rows, tick=tick, state=r["from"])
    occupation = aalen_johansen(later, begin=tick)
    grid = 2 * np.array(r["grid"])
    found = probability_at(occupation, grid)
    ledger.agree("mstate: landmark probability", found, r["probability"], tolerance=1e-12)
    covariance = np.diagonal(aalen(occupation, product="after"), axis1=1, axis2=2)
    error = np.sqrt(np.maximum(last_value(occupation.time, covariance, grid, 0.0), 0.0))
    ledger.agree("mstate: landmark aalen se", error, r["se"], tolerance=1e-10)


def test_competing_risks_of_aidssi(ledger: Ledger) -> None:
    data = frame("mstate", "aidssi")
    stop = np.rint(data["time"].to_numpy() * 1000).astype(np.int32)
    cause = data["status"].to_numpy()
    assert (len(stop), stop.sum(), (cause > 0).sum()) == (
        AIDS["rows"],
        AIDS["total_time"],
        AIDS["total_events"],
    )
    grid = np.array(AIDS["grid"])
    patient, zero = np.arange(stop.size), np.zeros(stop.size, dtype=np.int32)
    target = np.where(cause > 0, cause, -1)
    rows = Rows.build(patient, zero, stop, zero, target, states=3, patients=stop.size)
    occupation = aalen_johansen(rows, begin=0, initial=[1.0, 0.0, 0.0])
    quick = cumulative_incidence(stop, cause, causes=2)
    incidence = last_value(quick.time, quick.incidence, grid, 0.0)
    theirs = np.array(AIDS["probability"])[:, 1:]
    ledger.agree("aidssi: fast incidence", incidence, theirs, tolerance=1e-12)
    ledger.agree(
        "aidssi: probability", probability_at(occupation, grid), AIDS["probability"], tolerance=1e-12
    )
    ledger.agree("aidssi: ij_se", standard_error(rows, occupation, grid), AIDS["ij_se"], tolerance=1e-10)
    variance = np.diagonal(greenwood(occupation), axis1=1, axis2=2)
    error = np.sqrt(np.maximum(last_value(occupation.time, variance, grid, 0.0), 0.0))
    ledger.agree("aidssi: greenwood se", error, AIDS["greenwood_se"], tolerance=1e-10)

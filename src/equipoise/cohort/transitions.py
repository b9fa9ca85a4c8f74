"""Transitions and person-time: how often each arrow was taken, and how long patients were at risk of it."""

from typing import Final

import numpy as np
import polars as pl

from equipoise.base.clock import NO_TARGET
from equipoise.base.schema import Column, Schema
from equipoise.cohort.history import History

TRANSITIONS: Final = Schema(
    "transitions",
    "One possible move of a structure",
    (
        Column("from", pl.String(), "state that is left"),
        Column("to", pl.String(), "state that is entered"),
        Column("events", pl.Int64(), "moves under observation, not weighted"),
        Column("patients", pl.Int64(), "patients ever at risk in the state that is left"),
        Column("person_days", pl.Float64(), "time at risk in the state that is left, not weighted", "days"),
    ),
)


def person_days(history: History) -> pl.DataFrame:
    """Moves and time at risk, one row for each arrow and each move that was seen (merged moves included).

    Returns
    -------
    pl.DataFrame
        Table `TRANSITIONS`, in the order of the states. A state that was left on the day it was entered adds
        no time.
    """
    rows, states = history.rows, len(history.state_names)
    days = history.clock.days(rows.stop) - history.clock.days(rows.start)
    time = np.bincount(rows.origin, weights=days, minlength=states)
    moved = rows.target != NO_TARGET
    pair = rows.origin[moved].astype(np.int64) * states + rows.target[moved]
    events = np.bincount(pair, minlength=states * states).reshape(states, states)
    occupied = np.unique(rows.patient.astype(np.int64) * states + rows.origin) % states
    patients = np.bincount(occupied, minlength=states)
    listed = sorted({*history.arrows, *((int(a), int(b)) for a, b in np.argwhere(events))})
    return TRANSITIONS.frame(
        [
            {
                "from": history.state_names[a],
                "to": history.state_names[b],
                "events": int(events[a, b]),
                "patients": int(patients[a]),
                "person_days": float(time[a]),
            }
            for a, b in listed
        ]
    )

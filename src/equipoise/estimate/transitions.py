"""Counts behind the curves: transitions with person-time, and the case weights."""

import numpy as np
import polars as pl

from equipoise.base.clock import DAYS_PER_YEAR
from equipoise.cohort.history import History
from equipoise.estimate.estimates import NATURAL_COURSE, TRANSITIONS, WEIGHTS
from equipoise.language.structure import Structure


def transitions(name: str, structure: Structure, history: History) -> pl.DataFrame:
    """Each possible arrow of a structure, how often it was seen, and the time at risk of it; unweighted."""
    rows = history.rows
    days = np.bincount(
        rows.origin,
        history.clock.days(rows.stop) - history.clock.days(rows.start),
        minlength=rows.states,
    )
    labels = [structure.states[state].label for state in history.state_names]
    moved = rows.take(rows.target >= 0)
    seen = set(zip(moved.origin.tolist(), moved.target.tolist(), strict=True))
    table: list[dict[str, object]] = []
    for origin, target in sorted({*history.arrows, *seen}):
        went = (moved.origin == origin) & (moved.target == target)
        events, person_days = int(went.sum()), float(days[origin])
        table.append(
            {
                "structure": name,
                "from": history.state_names[origin],
                "to": history.state_names[target],
                "from_label": labels[origin],
                "to_label": labels[target],
                "patients": int(np.unique(moved.patient[went]).size),
                "events": events,
                "person_days": person_days,
                "rate": events / person_days * DAYS_PER_YEAR if person_days > 0 else None,
            }
        )
    return TRANSITIONS.frame(table)


def weights(history: History) -> pl.DataFrame:
    """Summary of the case weights of the enrolled patients."""
    weight = history.weight[history.enrolled]
    return WEIGHTS.frame(
        {
            "strategy": [NATURAL_COURSE],
            "patients": [weight.size],
            "mean": [float(weight.mean())],
            "minimum": [float(weight.min())],
            "median": [float(np.median(weight))],
            "maximum": [float(weight.max())],
            "ess": [float(weight.sum() ** 2 / (weight**2).sum())],
        }
    )

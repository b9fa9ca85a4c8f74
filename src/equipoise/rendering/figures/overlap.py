"""Overlap: time at risk of a treatment by the chance of a start that the model gives it, group by group."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from equipoise.rendering.emulated.tables import DAYS_A_YEAR, process_words
from equipoise.rendering.emulated.trial import Trial
from equipoise.rendering.figure import Cell, Figure, ForestColumn, ForestRow, Heading, Table, forest_of
from equipoise.rendering.figures.contrast_axes import column_of_words, risk_axis, words_of
from equipoise.rendering.numbers import count
from equipoise.rendering.words import TEXT, capital

EVERYBODY: Final = "all"
# The table has finer classes; a picture of nine by six rows says less.
SHOWN: Final = (0.0, 0.01, 0.05, 0.1, 0.2, 1.0)


@dataclass(frozen=True, slots=True)
class Class:
    """Time and starts of one group in one class of chances."""

    label: str
    share: float
    years: float
    starts: int


def overlap_figures(trial: Trial) -> list[Figure]:
    """One figure for each treatment that is modelled."""
    rows = trial.reading.rows("overlap")
    return [
        _figure(trial, name, [row for row in rows if row["treatment"] == name])
        for name in dict.fromkeys(row["treatment"] for row in rows)
    ]


def _figure(trial: Trial, name: str, rows: Sequence[dict[str, Any]]) -> Figure:
    words = process_words(trial, name)
    groups = {
        cell: [row for row in rows if row["cell"] == cell]
        for cell in dict.fromkeys(row["cell"] for row in rows)
    }
    heading = Heading(
        f"overlap-{name}",
        TEXT["overlap_title"].format(treatment=words),
        TEXT["overlap_caption"].format(treatment=words),
        TEXT["overlap_alternative"].format(values=" ".join(_said(cell, own) for cell, own in groups.items())),
    )
    columns: list[ForestColumn] = [
        column_of_words(TEXT["overlap_years"], TEXT["overlap_years_short"]),
        column_of_words(TEXT["overlap_starts"], TEXT["overlap_starts_short"]),
        {"heading": TEXT["overlap_heading"], "short": "", "axis": risk_axis(), "line": None},
    ]
    drawn: list[ForestRow] = []
    for cell, own in groups.items():
        drawn.append({"kind": "part", "label": group_words(cell), "note": "", "indent": 0, "cells": []})
        drawn += [_row(one) for one in classes(own)]
    return forest_of(heading, {"columns": columns, "rows": drawn}, _table(rows))


def group_words(cell: str) -> str:
    """A group of patients; all of them by a word of their own."""
    return TEXT["overlap_all"] if cell == EVERYBODY else capital(cell)


def classes(rows: Sequence[dict[str, Any]]) -> list[Class]:
    """Classes of one group with time in them, as they are drawn; shares add up to 1."""
    total = sum(row["person_days"] for row in rows)
    found: list[Class] = []
    for low, high in pairwise(SHOWN):
        own = [row for row in rows if low <= row["from"] < high]
        days = sum(row["person_days"] for row in own)
        if days > 0:
            label = TEXT["overlap_class"].format(low=f"{100 * low:g}", high=f"{100 * high:g}")
            found.append(Class(label, days / total, days / DAYS_A_YEAR, sum(row["starts"] for row in own)))
    return found


def _row(one: Class) -> ForestRow:
    return {
        "kind": "row",
        "label": one.label,
        "note": "",
        "indent": 1,
        "cells": [
            [words_of(f"{one.years:.1f}")],
            [words_of(count(one.starts))],
            [
                {
                    "text": f"{100 * one.share:.0f}",
                    "estimate": one.share,
                    "lower": None,
                    "upper": None,
                    "shape": "bar",
                }
            ],
        ],
    }


def _said(cell: str, rows: Sequence[dict[str, Any]]) -> str:
    starts = sum(row["starts"] for row in rows)
    years = sum(row["person_days"] for row in rows) / DAYS_A_YEAR
    return TEXT["overlap_said"].format(group=group_words(cell), starts=count(starts), years=f"{years:.0f}")


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    columns = ["group", "chance from", "chance to", "person-days", "starts"]
    cells: list[list[Cell]] = [
        [group_words(row["cell"]), row["from"], row["to"], round(row["person_days"]), row["starts"]]
        for row in rows
    ]
    return {"columns": columns, "rows": cells}

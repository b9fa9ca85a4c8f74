"""Love plot: standardised differences from everybody at time zero, as they are and weighted."""

import math
from typing import Final

from equipoise.rendering.emulated.balance import Balance, balances, signed
from equipoise.rendering.emulated.trial import Trial
from equipoise.rendering.figure import (
    Axis,
    Cell,
    Figure,
    ForestColumn,
    ForestEntry,
    ForestRow,
    Heading,
    LegendEntry,
    Shape,
    forest_of,
)
from equipoise.rendering.numbers import count
from equipoise.rendering.words import TEXT

BEFORE: Final[Shape] = "circle"
AFTER: Final[Shape] = "diamond"
USUAL: Final = 0.1  # beyond it a difference is usually called one


def love_figure(trial: Trial) -> Figure | None:
    """All strategies on one axis; None without covariates."""
    found = {arm.title: balances(trial, arm.name) for arm in trial.arms}
    known = [one for own in found.values() for one in own]
    if not known:
        return None
    heading = Heading(
        "love",
        TEXT["love_title_all"],
        TEXT["love_caption"].format(n=count(trial.rows[0].n)),
        TEXT["love_alternative"].format(values=" ".join(_said(title, own) for title, own in found.items())),
    )
    column: ForestColumn = {
        "heading": TEXT["love_heading"],
        "short": "",
        "axis": _axis(known),
        "line": 0.0,
        "guides": [-USUAL, USUAL],
    }
    rows: list[ForestRow] = []
    for title, own in found.items():
        rows.append({"kind": "part", "label": title, "note": "", "indent": 0, "cells": []})
        rows += [_row(one) for one in own]
    legend: list[LegendEntry] = [
        {"label": TEXT["love_before"], "colour": "ink", "shape": BEFORE},
        {"label": TEXT["love_after"], "colour": "ink", "shape": AFTER},
    ]
    cells: list[list[Cell]] = [
        [title, one.label, *(_rounded(value) for value in _numbers(one))]
        for title, own in found.items()
        for one in own
    ]
    columns = ["strategy", "covariate", "everybody", "unweighted", "weighted", "d before", "d after"]
    return forest_of(
        heading, {"columns": [column], "rows": rows}, {"columns": columns, "rows": cells}, legend=legend
    )


def _numbers(one: Balance) -> tuple[float | None, ...]:
    return one.everybody, one.unweighted, one.weighted, one.before, one.after


def _axis(known: list[Balance]) -> Axis:
    """From minus to plus the same value, with ticks at 0.1 either side."""
    widest = max(abs(value) for one in known for value in (one.before, one.after) if value is not None)
    end = max(2 * USUAL, math.ceil(10 * widest - 1e-9) / 10)
    return {
        "scale": "linear",
        "label": TEXT["love_axis"],
        "first": -end,
        "last": end,
        "ticks": [-end, 0.0, end],
        "percent": False,
    }


def _row(one: Balance) -> ForestRow:
    entries: list[ForestEntry] = []
    if one.before is not None and one.after is not None:
        text = TEXT["love_text"].format(before=signed(one.before), after=signed(one.after))
        entries = [
            {
                "text": text,
                "estimate": one.after,
                "lower": None,
                "upper": None,
                "shape": AFTER,
                "before": one.before,
            }
        ]
    return {"kind": "row", "label": one.label, "note": "", "indent": 0, "cells": [entries]}


def _said(title: str, own: list[Balance]) -> str:
    after = [one for one in own if one.after is not None]
    if not after:
        return f"{title}: {TEXT['no_number']}."
    worst = max(after, key=lambda one: abs(one.after or 0.0))
    return f"{title}: {signed(worst.after)} ({worst.label})."


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)

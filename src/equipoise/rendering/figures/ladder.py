"""The ladder of naive comparisons: difference in survival and hazard ratio of each rung, and its bias."""

from collections.abc import Sequence
from typing import Final

from equipoise.base.findings import FindingStatus
from equipoise.language.words import lower_first
from equipoise.rendering.figure import (
    Cell,
    Figure,
    ForestColumn,
    ForestEntry,
    ForestRow,
    Heading,
    Shape,
    Table,
    forest_of,
)
from equipoise.rendering.figures.contrast_axes import (
    difference_axis,
    difference_text,
    entry_of,
    ratio_text,
    words_of,
)
from equipoise.rendering.figures.curves import caveat
from equipoise.rendering.numbers import count, duration, percent_value
from equipoise.rendering.reading import Estimate, Reading
from equipoise.rendering.rung_sentences import rung_sentences
from equipoise.rendering.rungs import Rung, comparisons, ladder_month, rungs_of
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import ROLES, TEXT, capital

# Where a number is biased its sign is hollow; other roles stand on the same axis under their own heading.
SHAPES: Final[dict[str, Shape]] = {"naive": "circle"}
PART_NOTES: Final = {"naive": TEXT["ladder_biased_note"]}
PARTS: Final = {"naive": TEXT["ladder_biased"]}


def ladder_figures(reading: Reading, setting: Setting) -> list[Figure]:
    """One figure for each comparison and outcome that has a difference; none without comparisons."""
    figures: list[Figure] = []
    for name, outcome in comparisons(reading):
        rungs = rungs_of(reading, name, outcome)
        month = ladder_month(reading, outcome, rungs)
        if month is not None:
            figures.append(_figure(reading, setting, rungs, month))
    return figures


def comparison_label(reading: Reading, name: str) -> str:
    """Title of a comparison as the protocol has it."""
    asked = reading.study.protocol.naive_comparisons
    return next((one.label for one in asked if one.name == name), name.replace("_", " "))


def _figure(reading: Reading, setting: Setting, rungs: Sequence[Rung], month: float) -> Figure:
    name, outcome = rungs[0].comparison, rungs[0].outcome
    label = reading.outcome(outcome).label
    what = f"{duration(month)} {lower_first(label)}"
    differences = [row for one in rungs if (row := reading.at(one.differences, month))]
    heading = Heading(
        key=f"ladder-{name}-{outcome}",
        title=TEXT["ladder_title"].format(comparison=capital(comparison_label(reading, name)), outcome=what),
        caption=TEXT["ladder_caption"].format(
            month=f"{month:g}", outcome=lower_first(label), origin=setting.origin
        ),
        alternative=_alternative(reading, rungs, month, what),
    )
    level = f"{100 * setting.level:g}"
    columns: list[ForestColumn] = [
        {
            "heading": TEXT["ladder_patients"],
            "short": TEXT["ladder_patients_short"],
            "axis": None,
            "line": None,
        },
        {
            "heading": TEXT["ladder_events"],
            "short": TEXT["ladder_events_short"],
            "axis": None,
            "line": None,
        },
        {
            "heading": TEXT["ladder_survival"].format(month=f"{month:g}"),
            "short": TEXT["ladder_survival_short"],
            "axis": None,
            "line": None,
        },
        {
            "heading": TEXT["ladder_difference"].format(level=level),
            "short": "",
            "axis": difference_axis(differences),
            "line": 0.0,
        },
        {
            "heading": TEXT["ratio_heading"].format(level=level),
            "short": TEXT["ratio_number"],
            "axis": None,
            "line": None,
        },
    ]
    return forest_of(
        heading,
        {"columns": columns, "rows": _rows(reading, rungs, month)},
        _table(reading, setting, rungs),
        sentences=rung_sentences(reading, rungs, month),
    )


def _rows(reading: Reading, rungs: Sequence[Rung], month: float) -> list[ForestRow]:
    """Rungs under a heading for each role that a number may have."""
    rows: list[ForestRow] = []
    for role in dict.fromkeys(one.role for one in rungs):
        label, note = PARTS.get(role, ROLES[role]), PART_NOTES.get(role, "")
        rows.append({"kind": "part", "label": label, "note": note, "indent": 0, "cells": []})
        rows += [_row(reading, one, month) for one in rungs if one.role == role]
    return rows


def _row(reading: Reading, one: Rung, month: float) -> ForestRow:
    survivals = [reading.at(block, month) for block in one.curves]
    difference = reading.at(one.differences, month)
    return {
        "kind": "row",
        "label": f"{one.rung} {one.label}",
        "note": " ".join([one.reason, *_caution(difference)]),
        "indent": 0,
        "cells": [
            [words_of(TEXT["versus"].format(one=count(one.n_treated), other=count(one.n_untreated)))],
            [
                words_of(
                    TEXT["versus"].format(one=count(one.events_treated), other=count(one.events_untreated))
                )
            ],
            [words_of(_pair(survivals))] if any(survivals) else [],
            _difference(one, difference),
            [words_of(ratio_text(one.ratio))] if one.ratio else [],
        ],
    }


def _caution(difference: Estimate | None) -> list[str]:
    is_sparse = difference is not None and difference.status == FindingStatus.SPARSE
    return [TEXT["ladder_sparse"]] if is_sparse else []


def _pair(survivals: Sequence[Estimate | None]) -> str:
    first, second = (
        TEXT["no_number"] if one is None or one.estimate is None else percent_value(one.estimate, one.n)
        for one in survivals
    )
    return TEXT["versus"].format(one=first, other=second)


def _difference(one: Rung, row: Estimate | None) -> list[ForestEntry]:
    if row is not None:
        return [entry_of(row, difference_text(row), SHAPES.get(row.role, "diamond"))]
    return [words_of(TEXT["not_followed"])] if one.has_curves else [words_of(TEXT["ladder_same_curves"])]


def _table(reading: Reading, setting: Setting, rungs: Sequence[Rung]) -> Table:
    """Differences at every report month, and the ratios."""
    columns = [
        "analysis",
        "what is done",
        "number",
        "by month",
        "treated",
        "untreated",
        "estimate",
        "lower",
        "upper",
        "patients treated",
        "patients untreated",
        "events treated",
        "events untreated",
        "how to read it",
    ]
    rows: list[list[Cell]] = []
    for one in rungs:
        counts = [one.n_treated, one.n_untreated, one.events_treated, one.events_untreated]
        numbers: list[tuple[str, Estimate | None, float | None]] = [
            (TEXT["difference_number"], reading.at(one.differences, month), month)
            for month in setting.at_months
        ]
        numbers.append((TEXT["ratio_number"], one.ratio, None))
        for name, row, month in numbers:
            if row is None:
                continue
            pair = [None if month is None else _estimate(reading.at(block, month)) for block in one.curves]
            values = [_rounded(x) for x in (row.estimate, row.lower, row.upper)]
            rows.append([one.rung, one.label, name, month, *pair, *values, *counts, caveat(row)])
    return {"columns": columns, "rows": rows}


def _estimate(row: Estimate | None) -> float | None:
    return None if row is None else _rounded(row.estimate)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _alternative(reading: Reading, rungs: Sequence[Rung], month: float, what: str) -> str:
    said: list[str] = []
    for one in rungs:
        row = reading.at(one.differences, month)
        parts = [TEXT["said_points"].format(points=difference_text(row))] if row else []
        parts += [TEXT["said_hazard_ratio"].format(ratio=ratio_text(one.ratio))] if one.ratio else []
        if parts:
            said.append(f"{one.rung} {one.label}: {', '.join(parts)}.")
    return " ".join([TEXT["ladder_alternative"].format(outcome=what), *said])

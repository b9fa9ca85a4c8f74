"""All differences of an emulated outcome: main rows, the same with one thing changed, negative controls."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from equipoise.language.words import lower_first
from equipoise.rendering.emulated.headline import latest
from equipoise.rendering.emulated.numbers import difference_entry, difference_said
from equipoise.rendering.emulated.trial import Between, Trial
from equipoise.rendering.figure import (
    Cell,
    Figure,
    ForestColumn,
    ForestEntry,
    ForestRow,
    Heading,
    LegendEntry,
    Shape,
    Table,
    forest_of,
)
from equipoise.rendering.figures.contrast_axes import column_of_words, pair_text, points_axis, words_of
from equipoise.rendering.figures.curves import DECIMALS, caveat
from equipoise.rendering.numbers import count, day_as_months, points
from equipoise.rendering.reading import Estimate
from equipoise.rendering.sentences import percent_level
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT, capital

MAIN: Final[Shape] = "square"
CHANGED: Final[Shape] = "circle"
CONTROL: Final[Shape] = "triangle"
LEGEND: Final[tuple[tuple[Shape, str], ...]] = (
    (MAIN, "legend_emulated"),
    (CHANGED, "legend_changed"),
    (CONTROL, "legend_control"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One difference in the plot; without a number it heads the lines below it.

    Parameters
    ----------
    label
        Words of the row.
    row
        The number; None for a heading.
    shape
        Its sign, which says whether it is the main number, a changed one or a control.
    levels
        What is subtracted, ``65.0 v 47.0``; empty where that is not in the study.
    truth
        The true difference; None where it is not known.
    """

    label: str
    row: Estimate | None = None
    shape: Shape = MAIN
    levels: str = ""
    truth: Estimate | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading."""

    label: str
    note: str
    lines: tuple[Line, ...]


def emulated_forest_figures(trial: Trial, setting: Setting, month: float) -> list[Figure]:
    """One forest plot for each outcome of which strategies are compared by a difference.

    Parameters
    ----------
    trial, setting
        What was estimated, and what all figures share.
    month
        Sensitivity analyses are shown at the latest month of a contrast up to this one.
    """
    found = [(outcome, _sections(trial, outcome, month)) for outcome in trial.outcomes()]
    return [_figure(trial, setting, outcome, sections) for outcome, sections in found if sections]


def _figure(trial: Trial, setting: Setting, outcome: str, sections: Sequence[Section]) -> Figure:
    label = lower_first(trial.word(outcome).label)
    first = next(row for one in sections for line in one.lines if (row := line.row))
    heading = Heading(
        key=f"contrasts-{outcome}",
        title=TEXT["contrasts_title"].format(outcome=capital(label)),
        caption=TEXT["contrasts_caption"].format(
            outcome=label, n=count(first.n), origin=setting.origin, level=percent_level(first)
        ),
        alternative=TEXT["contrasts_alternative"].format(values=" ".join(map(_said, sections))),
    )
    return forest_of(
        heading,
        {
            "columns": _columns(setting, sections),
            "rows": [row for one in sections for row in _rows(one, has_truth=_has_truth(sections))],
        },
        _table(sections),
        legend=_legend(sections),
    )


def _sections(trial: Trial, outcome: str, month: float) -> list[Section]:
    """A section for each pair with a difference, then the negative controls of the outcome."""
    sections = [
        Section(capital(trial.versus_words(pair)), "", tuple(_pair_lines(trial, outcome, pair, month)))
        for pair in trial.pairs(outcome)
        if trial.contrast(outcome, trial.difference(outcome), pair)
    ]
    controls = tuple(
        Line(f"{capital(title)}, {lower_first(_by(row))}", row, CONTROL)
        for title, rows in trial.controls().items()
        for row in rows
        if row.outcome == outcome
    )
    if controls and sections:
        label, note = TEXT["contrasts_controls"], TEXT["contrasts_controls_note"]
        sections.append(Section(label, note, controls))
    return sections


def _pair_lines(trial: Trial, outcome: str, between: Between, month: float) -> list[Line]:
    measure, level = trial.difference(outcome), trial.measure(outcome)
    rows = trial.contrast(outcome, measure, between)
    known = trial.truth(outcome, measure, *between)
    levels = [trial.level(outcome, level, name) for name in between]
    at = trial.reading.at
    lines = [
        Line(
            _by(row),
            row,
            levels=pair_text(*(at(block, row.month) for block in levels)) if row.estimate is not None else "",
            truth=at(known, row.month),
        )
        for row in rows
    ]
    chosen = latest(rows, month)
    again = trial.again(outcome, measure, between)
    if chosen is None or not again:
        return lines
    lines.append(Line(TEXT["contrasts_changed"].format(month=day_as_months(chosen.day or 0.0))))
    found = ((title, at(changed, chosen.month)) for title, changed in again.items())
    return [*lines, *(Line(capital(title), row, CHANGED) for title, row in found if row is not None)]


def _by(row: Estimate) -> str:
    return TEXT["contrasts_by"].format(month=day_as_months(row.day or 0.0))


def _columns(setting: Setting, sections: Sequence[Section]) -> list[ForestColumn]:
    lines = [line for one in sections for line in one.lines]
    rows = [line.row for line in lines if line.row]
    values = [value for row in rows for value in (row.estimate, row.lower, row.upper)]
    columns: list[ForestColumn] = [
        column_of_words(TEXT["contrasts_levels"], "%"),
        {
            "heading": TEXT["contrasts_difference"].format(level=f"{100 * setting.level:g}"),
            "short": "",
            "axis": {**points_axis(values), "label": TEXT["emulated_axis"]},
            "line": 0.0,
        },
    ]
    if _has_truth(sections):
        columns.append(column_of_words(TEXT["contrasts_truth"], lower_first(TEXT["contrasts_truth"])))
    return columns


def _has_truth(sections: Sequence[Section]) -> bool:
    return any(line.truth for one in sections for line in one.lines)


def _rows(section: Section, *, has_truth: bool) -> list[ForestRow]:
    rows: list[ForestRow] = [
        {"kind": "part", "label": section.label, "note": section.note, "indent": 0, "cells": []}
    ]
    return [*rows, *(_row(line, has_truth=has_truth) for line in section.lines)]


def _row(line: Line, *, has_truth: bool) -> ForestRow:
    truth = [] if line.truth is None or line.truth.estimate is None else [_points(line.truth)]
    rest: list[list[ForestEntry]] = [truth] if has_truth else []
    if line.row is None:
        empty: list[list[ForestEntry]] = [[], [], *rest]
        return {"kind": "group", "label": line.label, "note": "", "indent": 0, "cells": empty}
    return {
        "kind": "row",
        "label": line.label,
        "note": "",
        "indent": int(line.shape is CHANGED),
        "cells": [
            [words_of(line.levels)] if line.levels else [],
            [difference_entry(line.row, line.shape)],
            *rest,
        ],
    }


def _points(row: Estimate) -> ForestEntry:
    return words_of(points(row.estimate or 0.0, row.n))


def _legend(sections: Sequence[Section]) -> list[LegendEntry]:
    used = {line.shape for one in sections for line in one.lines if line.row}
    return [{"label": TEXT[name], "colour": "ink", "shape": shape} for shape, name in LEGEND if shape in used]


def _said(section: Section) -> str:
    said = [f"{line.label}: {difference_said(line.row)}" for line in section.lines if line.row]
    return f"{section.label}: {'; '.join(said)}."


def _table(sections: Sequence[Section]) -> Table:
    columns = [
        "comparison",
        "number",
        "estimate",
        "lower",
        "upper",
        "truth",
        "effective number",
        "how to read it",
    ]
    rows: list[list[Cell]] = []
    for section in sections:
        heading = ""
        for line in section.lines:
            if line.row is None:
                heading = f"{line.label}: "
                continue
            one = line.row
            numbers = [one.estimate, one.lower, one.upper, line.truth.estimate if line.truth else None]
            rounded = [None if number is None else round(number, DECIMALS) for number in numbers]
            rows.append([section.label, f"{heading}{line.label}", *rounded, round(one.ess, 1), caveat(one)])
    return {"columns": columns, "rows": rows}

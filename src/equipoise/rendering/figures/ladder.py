"""The ladder of naive comparisons: difference in survival and hazard ratio of each rung, and its bias.

Where the patients are virtual and the truth is known, it stands below the rungs and as a line through them.
"""

from typing import Final

from equipoise.base.findings import FindingStatus
from equipoise.language.words import lower_first
from equipoise.rendering.figure import (
    Figure,
    ForestColumn,
    ForestEntry,
    ForestRow,
    Heading,
    LegendEntry,
    Shape,
    forest_of,
)
from equipoise.rendering.figures.contrast_axes import (
    column_of_words,
    difference_axis,
    difference_text,
    entry_of,
    pair_text,
    ratio_text,
    words_of,
)
from equipoise.rendering.figures.ladder_emulated import EMULATED_SHAPE, emulated_rows, emulated_sentences
from equipoise.rendering.figures.ladder_numbers import ladder_numbers
from equipoise.rendering.numbers import count, duration
from equipoise.rendering.palette import TRUTH_KEY
from equipoise.rendering.reading import Estimate, Reading
from equipoise.rendering.rung_sentences import rung_sentences
from equipoise.rendering.rungs import Ladder, Rung, ladders
from equipoise.rendering.setting import Setting
from equipoise.rendering.truth import Truth, off_by, true_difference, truth_text
from equipoise.rendering.words import ROLES, TEXT, capital

# Where a number is biased its sign is hollow; other roles stand on the same axis under their own heading.
SHAPES: Final[dict[str, Shape]] = {"naive": "circle"}
PART_NOTES: Final = {"naive": TEXT["ladder_biased_note"]}
PARTS: Final = {"naive": TEXT["ladder_biased"]}


def ladder_figures(reading: Reading, setting: Setting) -> list[Figure]:
    """One figure for each comparison and outcome that has a difference; none without comparisons."""
    return [_figure(reading, setting, one, one.month) for one in ladders(reading) if one.month is not None]


def comparison_label(reading: Reading, name: str) -> str:
    """Title of a comparison as the protocol has it."""
    asked = reading.study.protocol.naive_comparisons
    return next((one.label for one in asked if one.name == name), name.replace("_", " "))


def _figure(reading: Reading, setting: Setting, ladder: Ladder, month: float) -> Figure:
    name, outcome = ladder.comparison, ladder.outcome
    label = reading.outcome(outcome).label
    what = f"{duration(month)} {lower_first(label)}"
    truth = true_difference(reading, ladder.truth, month)
    caption = TEXT["ladder_caption"].format(
        month=f"{month:g}", outcome=lower_first(label), origin=setting.origin
    )
    heading = Heading(
        key=f"ladder-{name}-{outcome}",
        title=TEXT["ladder_title"].format(comparison=capital(comparison_label(reading, name)), outcome=what),
        caption=" ".join(
            [
                caption,
                *([TEXT["ladder_emulated_caption"]] if reading.at(ladder.emulated, month) else []),
                *([TEXT["ladder_truth_caption"]] if truth else []),
            ]
        ),
        alternative=_alternative(reading, ladder, month, what),
    )
    return forest_of(
        heading,
        {
            "columns": _columns(reading, setting, ladder, month),
            "rows": [
                *_rows(reading, ladder, month),
                *emulated_rows(reading, ladder, month, truth),
                *_truth_rows(reading, ladder.truth, month),
            ],
        },
        ladder_numbers(reading, setting, ladder),
        legend=_legend(reading, ladder, month, truth),
        sentences=[*rung_sentences(reading, ladder, month), *emulated_sentences(reading, ladder, month)],
    )


def _columns(reading: Reading, setting: Setting, ladder: Ladder, month: float) -> list[ForestColumn]:
    truth = true_difference(reading, ladder.truth, month)
    blocks = [*(one.differences for one in ladder.rungs), ladder.emulated]
    differences = [row for block in blocks if (row := reading.at(block, month))]
    level = f"{100 * setting.level:g}"
    drawn: ForestColumn = {
        "heading": TEXT["ladder_difference"].format(level=level),
        "short": "",
        "axis": difference_axis([*differences, *([truth] if truth else [])]),
        "line": 0.0,
    }
    if truth and truth.estimate is not None:
        drawn["truth"] = truth.estimate
    return [
        column_of_words(TEXT["ladder_patients"], TEXT["ladder_patients_short"]),
        column_of_words(TEXT["ladder_events"], TEXT["ladder_events_short"]),
        column_of_words(TEXT["ladder_survival"].format(month=f"{month:g}"), TEXT["ladder_survival_short"]),
        drawn,
        column_of_words(TEXT["ratio_heading"].format(level=level), TEXT["ratio_number"]),
    ]


def _legend(reading: Reading, ladder: Ladder, month: float, truth: Estimate | None) -> list[LegendEntry]:
    """Signs, where there is more than one."""
    naive: LegendEntry = {"label": TEXT["legend_biased"], "colour": "ink", "shape": SHAPES["naive"]}
    entries: list[LegendEntry] = []
    if reading.at(ladder.emulated, month):
        entries.append({"label": TEXT["legend_emulated"], "colour": "ink", "shape": EMULATED_SHAPE})
    if truth is not None:
        entries.append({"label": ROLES["truth"], "colour": "ink", "shape": "diamond"})
        entries.append({"label": TEXT["legend_truth"], "colour": TRUTH_KEY, "shape": "dashes"})
    return [naive, *entries] if entries else []


def _truth_rows(reading: Reading, truth: Truth | None, month: float) -> list[ForestRow]:
    """The part below the rungs; nothing where the truth is not known."""
    row = true_difference(reading, truth, month)
    if truth is None or row is None:
        return []
    pair = pair_text(*(reading.at(block, month) for block in truth.curves))
    return [
        {
            "kind": "part",
            "label": TEXT["ladder_truth"],
            "note": TEXT["ladder_truth_note"],
            "indent": 0,
            "cells": [],
        },
        {
            "kind": "row",
            "label": capital(truth.versus),
            "note": f"{capital(row.method)}.",
            "indent": 0,
            "cells": [
                [],
                [],
                [words_of(pair)] if pair else [],
                [entry_of(row, truth_text(row), "diamond")],
                [],
            ],
        },
    ]


def _rows(reading: Reading, ladder: Ladder, month: float) -> list[ForestRow]:
    """Rungs under a heading for each role that a number may have."""
    rows: list[ForestRow] = []
    truth = true_difference(reading, ladder.truth, month)
    for role in dict.fromkeys(one.role for one in ladder.rungs):
        label, note = PARTS.get(role, ROLES[role]), PART_NOTES.get(role, "")
        rows.append({"kind": "part", "label": label, "note": note, "indent": 0, "cells": []})
        rows += [_row(reading, one, month, truth) for one in ladder.rungs if one.role == role]
    return rows


def _row(reading: Reading, one: Rung, month: float, truth: Estimate | None) -> ForestRow:
    pair = pair_text(*(reading.at(block, month) for block in one.curves))
    difference = reading.at(one.differences, month)
    return {
        "kind": "row",
        "label": f"{one.rung} {one.label}",
        "note": " ".join([*_off(difference, truth), one.reason, *_caution(difference)]),
        "indent": 0,
        "cells": [
            [words_of(TEXT["versus"].format(one=count(one.n_treated), other=count(one.n_untreated)))],
            [
                words_of(
                    TEXT["versus"].format(one=count(one.events_treated), other=count(one.events_untreated))
                )
            ],
            [words_of(pair)] if pair else [],
            _difference(one, difference),
            [words_of(ratio_text(one.ratio))] if one.ratio else [],
        ],
    }


def _off(difference: Estimate | None, truth: Estimate | None) -> list[str]:
    """How far the number is from the truth; nothing where that is not known."""
    error = "" if difference is None else off_by(difference, truth)
    return [TEXT["ladder_off"].format(points=error)] if error else []


def _caution(difference: Estimate | None) -> list[str]:
    is_sparse = difference is not None and difference.status == FindingStatus.SPARSE
    return [TEXT["ladder_sparse"]] if is_sparse else []


def _difference(one: Rung, row: Estimate | None) -> list[ForestEntry]:
    if row is not None:
        return [entry_of(row, difference_text(row), SHAPES.get(row.role, "diamond"))]
    return [words_of(TEXT["not_followed"])] if one.has_curves else [words_of(TEXT["ladder_same_curves"])]


def _alternative(reading: Reading, ladder: Ladder, month: float, what: str) -> str:
    said: list[str] = []
    truth = true_difference(reading, ladder.truth, month)
    for one in ladder.rungs:
        row = reading.at(one.differences, month)
        parts = [TEXT["said_points"].format(points=difference_text(row))] if row else []
        error = "" if row is None else off_by(row, truth)
        parts += [TEXT["said_off"].format(points=error)] if error else []
        parts += [TEXT["said_hazard_ratio"].format(ratio=ratio_text(one.ratio))] if one.ratio else []
        if parts:
            said.append(f"{one.rung} {one.label}: {', '.join(parts)}.")
    said += emulated_sentences(reading, ladder, month)
    if truth is not None and ladder.truth is not None:
        known = TEXT["said_points"].format(points=truth_text(truth))
        said.append(f"{TEXT['ladder_truth']}, {ladder.truth.versus}: {known}.")
    return " ".join([TEXT["ladder_alternative"].format(outcome=what), *said])

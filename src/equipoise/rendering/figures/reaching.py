"""N7, who gets there: the curve of those who reached a step beside everybody's, and how many reach it.

Where a number is biased its sign is hollow; beside it stands the right one, with everybody counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.estimate.funnel_stages import strategies
from equipoise.language.words import lower_first
from equipoise.rendering.figure import (
    Cell,
    Figure,
    ForestColumn,
    ForestRow,
    Heading,
    LegendEntry,
    Table,
    forest_of,
)
from equipoise.rendering.figures.contrast_axes import (
    column_of_words,
    entry_of,
    risk_axis,
    risk_text,
    words_of,
)
from equipoise.rendering.figures.curves import caveat
from equipoise.rendering.figures.funnel import asked_for
from equipoise.rendering.numbers import count, duration, percent, percent_value
from equipoise.rendering.reading import Estimate, Reading
from equipoise.rendering.rung_sentences import rung_sentence
from equipoise.rendering.rungs import Rung, funnel_rungs, month_of
from equipoise.rendering.sentences import value_with_interval
from equipoise.rendering.setting import Setting
from equipoise.rendering.truth import off_by
from equipoise.rendering.words import TEXT, capital


@dataclass(frozen=True, slots=True)
class _Reaching:
    """One N7.

    Attributes
    ----------
    rung
        The curve of those who got there, everybody's, and their difference.
    origin, last
        Where the funnel begins and the step that is reached, in words.
    months
        Headline months at which it is known how many got there.
    right, wrong
        Probability of getting there, what prevents it competing; and one minus Kaplan-Meier.
    """

    rung: Rung
    origin: str
    last: str
    months: tuple[float, ...]
    right: list[Estimate]
    wrong: list[Estimate]


def reaching_figures(reading: Reading, setting: Setting) -> list[Figure]:
    """One figure for each comparison that names a funnel somebody got to the end of."""
    return [_figure(reading, setting, _reaching(reading, setting, one)) for one in funnel_rungs(reading)]


def _reaching(reading: Reading, setting: Setting, one: Rung) -> _Reaching:
    protocol, vocabulary = reading.study.protocol, reading.study.vocabulary
    name = next(asked.funnel for asked in protocol.naive_comparisons if asked.name == one.comparison) or ""
    asked = asked_for(reading, name)
    outcome, (everybody, _) = f"{name}:{asked.steps[-1]}", strategies(asked)
    right = reading.block(outcome, "cumulative_incidence", everybody)
    known = [
        month
        for month in setting.at_months
        if (row := reading.at(right, month)) is not None and row.estimate is not None
    ]
    return _Reaching(
        one,
        vocabulary.label_of(asked.origin),
        vocabulary.label_of(asked.steps[-1]),
        tuple(known),
        right,
        reading.block(outcome, "one_minus_survival", everybody),
    )


def _figure(reading: Reading, setting: Setting, found: _Reaching) -> Figure:
    month = month_of(reading, [found.rung], found.rung.curves[1])
    sentences = _sentences(reading, found, month)
    words = {"last": found.last, "origin": found.origin}
    heading = Heading(
        key=f"reaching-{found.rung.comparison}",
        title=TEXT["reaching_title"].format(**words),
        caption=TEXT["reaching_caption"].format(**words),
        alternative=" ".join([TEXT["reaching_alternative"], *sentences]),
    )
    axis = risk_axis()
    columns: list[ForestColumn] = [
        column_of_words(TEXT["weights_patients"], "n"),
        # A line at 0 asks for signs instead of bars, so that what is biased can be hollow.
        {
            "heading": TEXT["reaching_column"].format(level=f"{100 * setting.level:g}"),
            "short": "",
            "axis": axis,
            "line": axis["first"],
        },
    ]
    legend: list[LegendEntry] = [
        {"label": TEXT["legend_everybody"], "colour": "ink", "shape": "diamond"},
        {"label": TEXT["legend_biased"], "colour": "ink", "shape": "circle"},
    ]
    rows = [*_survival_rows(reading, found, month), *_reaching_rows(reading, found)]
    return forest_of(
        heading,
        {"columns": columns, "rows": rows},
        _numbers(reading, setting, found),
        legend=legend,
        sentences=sentences,
    )


def _part(label: str, note: str) -> ForestRow:
    return {"kind": "part", "label": label, "note": note, "indent": 0, "cells": []}


def _survival_rows(reading: Reading, found: _Reaching, month: float | None) -> list[ForestRow]:
    """Everybody from the origin, and those who got there counted from there; nothing without a month."""
    one = found.rung
    if month is None:
        return []
    arrived, everybody = (reading.at(block, month) for block in one.curves)
    difference = reading.at(one.differences, month)
    if arrived is None or everybody is None or difference is None:
        return []
    label = reading.study.vocabulary.outcomes[one.outcome].label
    off = TEXT["ladder_off"].format(points=off_by(arrived, everybody))
    return [
        _part(TEXT["reaching_survival"].format(outcome=label, month=f"{month:g}"), ""),
        {
            "kind": "row",
            "label": TEXT["funnel_all"].format(origin=found.origin),
            "note": "",
            "indent": 0,
            "cells": [[words_of(count(everybody.n))], [entry_of(everybody, risk_text(everybody), "diamond")]],
        },
        {
            "kind": "row",
            "label": TEXT["reaching_biased"].format(rung=one.rung, last=found.last),
            "note": f"{off} {one.reason}",
            "indent": 0,
            "cells": [[words_of(count(arrived.n))], [entry_of(arrived, risk_text(arrived), "circle")]],
        },
    ]


def _reaching_rows(reading: Reading, found: _Reaching) -> list[ForestRow]:
    """By each month the right number, and one minus Kaplan-Meier below it."""
    rows: list[ForestRow] = []
    for month in found.months:
        right, wrong = reading.at(found.right, month), reading.at(found.wrong, month)
        entries = [] if right is None else [entry_of(right, risk_text(right), "diamond")]
        if right is not None and wrong is not None and wrong.estimate is not None:
            value, off = percent_value(wrong.estimate, wrong.n), off_by(wrong, right)
            entries.append(entry_of(wrong, TEXT["biased_number"].format(value=value, points=off), "circle"))
        rows.append(
            {
                "kind": "row",
                "label": TEXT["reaching_by"].format(month=f"{month:g}"),
                "note": "",
                "indent": 0,
                "cells": [[words_of(count(found.right[0].n))], entries],
            }
        )
    heading = TEXT["reaching_part"].format(last=found.last, origin=found.origin)
    return [_part(capital(heading), TEXT["reaching_note"]), *rows] if rows else []


def _sentences(reading: Reading, found: _Reaching, month: float | None) -> list[str]:
    label = lower_first(reading.study.vocabulary.outcomes[found.rung.outcome].label)
    said: list[str] = []
    if month is not None:
        said.append(rung_sentence(reading, found.rung, month, outcome=f"{duration(month)} {label}"))
    for by in found.months:
        right, wrong = reading.at(found.right, by), reading.at(found.wrong, by)
        if right is None or wrong is None or wrong.estimate is None:
            continue
        said.append(
            TEXT["said_reaching"].format(
                month=f"{by:g}",
                origin=found.origin,
                last=found.last,
                value=value_with_interval(right),
                wrong=percent(wrong.estimate, wrong.n),
            )
        )
    return [one for one in said if one]


def _numbers(reading: Reading, setting: Setting, found: _Reaching) -> Table:
    """Every number of the figure at every headline month."""
    arrived, everybody = found.rung.curves
    blocks: Sequence[tuple[str, list[Estimate]]] = (
        (TEXT["funnel_all"].format(origin=found.origin), everybody),
        (TEXT["reaching_biased"].format(rung=found.rung.rung, last=found.last), arrived),
        (TEXT["difference_number"], found.rung.differences),
        (TEXT["reaching"].format(step=found.last), found.right),
        (TEXT["reaching_wrong"].format(step=found.last), found.wrong),
    )
    rows: list[list[Cell]] = []
    for label, block in blocks:
        for month in setting.at_months:
            row = reading.at(block, month)
            if row is None:
                continue
            values = [None if x is None else round(x, 6) for x in (row.estimate, row.lower, row.upper)]
            rows.append([label, month, *values, row.n, row.events, row.at_risk, caveat(row)])
    columns = ["number", "month", "estimate", "lower", "upper", "n", "events", "at risk", "how to read it"]
    return {"columns": columns, "rows": rows}

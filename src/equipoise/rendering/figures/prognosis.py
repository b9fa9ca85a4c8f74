"""The prognostic table with its forest plot: one figure an outcome, absolute risks left of the ratios."""

from collections.abc import Sequence
from typing import Final

from equipoise.language.words import lower_first
from equipoise.rendering.comparison_words import MODELS
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
from equipoise.rendering.figures.contrast_axes import (
    column_of_words,
    entry_of,
    ratio_axis,
    ratio_text,
    risk_axis,
    risk_text,
    words_of,
)
from equipoise.rendering.figures.curves import caveat
from equipoise.rendering.numbers import count
from equipoise.rendering.prognostic import Group, Model, Ratio, groups_of, prognostic_outcomes
from equipoise.rendering.prognostic_sentences import group_sentences, what_counts
from equipoise.rendering.reading import Reading
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT, capital, join_words

SHAPES: Final[dict[Model, Shape]] = {
    Model.ALONE: "circle",
    Model.TOGETHER: "diamond",
    Model.SHRUNKEN: "diamond",
}
SUBDISTRIBUTION_SHAPE: Final[Shape] = "square"
Part = tuple[bool, float | None]


def prognosis_figures(reading: Reading, setting: Setting) -> list[Figure]:
    """One figure for each outcome of the prognostic table; none without the table."""
    return [_figure(reading, setting, outcome) for outcome in prognostic_outcomes(reading)]


def _figure(reading: Reading, setting: Setting, outcome: str) -> Figure:
    groups = groups_of(reading, outcome)
    label = reading.outcome(outcome).label
    ratios = [one for group in groups for one in group.shown]
    by_month = f"{_by_month(reading):g}"
    heading = Heading(
        key=f"prognosis-{outcome}",
        title=TEXT["prognosis_title"].format(outcome=label),
        caption=_caption(setting, ratios, by_month),
        alternative=_alternative(groups, label, by_month),
    )
    columns: list[ForestColumn] = [
        column_of_words(TEXT["weights_patients"], "n"),
        column_of_words(TEXT["events"], lower_first(TEXT["events"])),
        {
            "heading": TEXT["risk_heading"].format(outcome=label, month=by_month, level=_level(setting)),
            "short": "",
            "axis": risk_axis(),
            "line": None,
        },
        {
            "heading": TEXT["ratio_heading"].format(level=_level(setting)),
            "short": "",
            "axis": ratio_axis([one.row for one in ratios]),
            "line": 1.0,
        },
    ]
    return forest_of(
        heading,
        {"columns": columns, "rows": _rows(reading, groups, setting)},
        _table(groups),
        legend=_legend(ratios),
        sentences=group_sentences(reading, groups),
    )


def _by_month(reading: Reading) -> float:
    asked = reading.study.protocol.prognosis
    return asked.by_month if asked else 0.0


def _level(setting: Setting) -> str:
    return f"{100 * setting.level:g}"


def _caption(setting: Setting, ratios: Sequence[Ratio], by_month: str) -> str:
    parts = [TEXT["prognosis_caption"].format(origin=setting.origin, month=by_month)]
    if any(one.is_subdistribution for one in ratios):
        parts.append(TEXT["prognosis_causes"])
    if any(one.row.versus and "=" not in one.row.versus for one in ratios):
        parts.append(TEXT["prognosis_slopes"])
    if any(one.model is not Model.ALONE for one in ratios):
        parts.append(TEXT["prognosis_joint"])
    if any(one.model is Model.SHRUNKEN for one in ratios):
        parts.append(TEXT["prognosis_shrunken"])
    return " ".join([*parts, TEXT["prognosis_association"]])


def _alternative(groups: Sequence[Group], label: str, by_month: str) -> str:
    """Absolute risks at time zero in words; all numbers stand in the table behind the figure."""
    said: list[str] = []
    first = [one for one in groups if one.landmark_month is None and one.risk]
    for name in dict.fromkeys(one.covariate for one in first):
        own = [one for one in first if one.covariate == name]
        values = [f"{one.level_label} {risk_text(one.risk)}" for one in own if one.risk]
        said.append(f"{capital(own[0].covariate_label)}: {'; '.join(values)}.")
    return " ".join([TEXT["prognosis_alternative"].format(outcome=label, month=by_month), *said])


def _parts(groups: Sequence[Group]) -> dict[Part, list[Group]]:
    """Groups by what may change and when it is judged: fixed, as it happens, then the landmarks in order."""
    keys = {(one.varies, one.landmark_month) for one in groups}
    ordered = sorted(keys, key=lambda key: (key[1] is not None, key[1] or 0.0, key[0]))
    return {key: [one for one in groups if (one.varies, one.landmark_month) == key] for key in ordered}


def _rows(reading: Reading, groups: Sequence[Group], setting: Setting) -> list[ForestRow]:
    rows: list[ForestRow] = []
    for (varies, landmark), part in _parts(groups).items():
        rows.append(_part_row(setting, landmark, varies=varies))
        for name in dict.fromkeys(one.covariate for one in part):
            own = [one for one in part if one.covariate == name]
            counts = what_counts(reading, own[0]) if varies and landmark is None else ""
            rows.append(_covariate_row(own, counts))
            compared = {ratio.row.versus for one in own for ratio in one.shown}
            rows += [_group_row(one, is_reference=one.strategy in compared) for one in own]
    return rows


def _part_row(setting: Setting, landmark: float | None, *, varies: bool) -> ForestRow:
    if landmark is not None:
        label, note = TEXT["part_landmark"].format(month=f"{landmark:g}"), TEXT["part_landmark_note"]
    elif varies:
        label, note = TEXT["part_varying"], TEXT["part_varying_note"]
    else:
        label, note = TEXT["part_fixed"].format(origin=setting.origin), ""
    return {"kind": "part", "label": label, "note": note, "indent": 0, "cells": []}


def _covariate_row(own: Sequence[Group], counts: str) -> ForestRow:
    missing = max(one.missing for one in own)
    unknown = TEXT["not_known_in"].format(n=count(missing)) if missing else ""
    return {
        "kind": "group",
        "label": capital(own[0].covariate_label),
        "note": " ".join(one for one in (counts, unknown) if one),
        "indent": 0,
        "cells": [[], [], [], []],
    }


def _group_row(group: Group, *, is_reference: bool) -> ForestRow:
    risk: list[ForestEntry] = []
    if group.risk:
        risk = [entry_of(group.risk, risk_text(group.risk), "bar")]
    ratios = [entry_of(one.row, ratio_text(one.row), shape_of(one)) for one in group.shown]
    if is_reference:
        mark: ForestEntry = {
            "text": TEXT["reference"],
            "estimate": 1.0,
            "lower": None,
            "upper": None,
            "shape": "bar",
        }
        ratios = [mark]
    is_later = group.is_empty and group.varies and bool(ratios) and not is_reference
    return {
        "kind": "row",
        "label": group.level_label,
        "note": TEXT["nobody_note"] if is_later else "",
        "indent": 1,
        "cells": [
            [words_of(count(group.n))],
            [] if group.is_slope else [words_of(count(group.events))],
            risk,
            ratios,
        ],
    }


def shape_of(one: Ratio) -> Shape:
    """Sign of a ratio: hollow alone, filled with the others, square for Fine and Gray's."""
    return SUBDISTRIBUTION_SHAPE if one.is_subdistribution else SHAPES[one.model]


def model_words(one: Ratio) -> str:
    """The model of a ratio in words; Fine and Gray's by name."""
    words = MODELS[one.model]
    return TEXT["fine_gray"].format(model=words) if one.is_subdistribution else words


def _legend(ratios: Sequence[Ratio]) -> list[LegendEntry]:
    found: dict[Shape, list[str]] = {}
    for one in ratios:
        names = found.setdefault(shape_of(one), [])
        is_shrunken = one.model is Model.SHRUNKEN and not one.is_subdistribution
        name = TEXT["legend_shrunken"] if is_shrunken else model_words(one)
        if name not in names:
            names.append(name)
    return [
        {"label": capital(join_words(names)), "colour": "ink", "shape": shape}
        for shape, names in found.items()
    ]


def _table(groups: Sequence[Group]) -> Table:
    """Every number of the figure and the ratios that it does not draw, one a row."""
    columns = [
        "covariate",
        "group",
        "judged",
        "number",
        "estimate",
        "lower",
        "upper",
        "against",
        "n",
        "events",
        "not known",
        "how to read it",
    ]
    rows: list[list[Cell]] = []
    for group in groups:
        judged = (
            TEXT["judged_at"].format(month=f"{group.landmark_month:g}")
            if group.landmark_month is not None
            else TEXT["judged_changing" if group.varies else "judged_at_start"]
        )
        lead = [group.covariate_label, group.level_label, judged]
        tail: list[Cell] = [group.n, None if group.is_slope else group.events, group.missing]
        risks = [(TEXT["risk_number"], group.risk)] if group.risk else []
        ratios = [(f"{TEXT['ratio_number']}, {model_words(one)}", one.row) for one in group.ratios]
        for name, row in [*risks, *ratios]:
            numbers = [None if x is None else round(x, 6) for x in (row.estimate, row.lower, row.upper)]
            rows.append([*lead, name, *numbers, row.versus or "", *tail, caveat(row)])
    return {"columns": columns, "rows": rows}

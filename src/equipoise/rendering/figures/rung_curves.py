"""Curves of the naive comparisons as small multiples: treated and untreated, with the numbers at risk."""

from collections.abc import Sequence
from typing import Final

from equipoise.rendering.figure import Figure, Heading, LegendEntry, Panel, RiskGroup, RiskRow, figure_of
from equipoise.rendering.figures.curves import (
    curve,
    month_axis,
    numbers_table,
    percent_axis,
    risk_groups,
    sparse_from,
    zone_words,
)
from equipoise.rendering.figures.ladder import comparison_label
from equipoise.rendering.reading import Reading
from equipoise.rendering.rungs import Rung, comparisons, rungs_of
from equipoise.rendering.sentences import percent_level
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT, capital

# Treated solid, untreated dashed, so that the two can be told apart without colour.
LOOKS: Final = (("treated", "c2", "plain"), ("untreated", "c1", "dashed"))


def rung_curve_figures(reading: Reading, setting: Setting) -> list[Figure]:
    """One figure for each ladder that has curves."""
    found = [
        (pair, [one for one in rungs_of(reading, *pair) if one.has_curves]) for pair in comparisons(reading)
    ]
    return [_figure(reading, setting, pair, rungs) for pair, rungs in found if rungs]


def _figure(reading: Reading, setting: Setting, pair: tuple[str, str], rungs: Sequence[Rung]) -> Figure:
    name, outcome = pair
    label = reading.outcome(outcome).label
    panels = [_panel(reading, setting, one) for one in rungs]
    marks = [mark for panel in panels for mark in panel["marks"]]
    caption = TEXT["rung_curves_caption"].format(
        origin=setting.origin, level=percent_level(rungs[0].curves[0][0])
    )
    heading = Heading(
        key=f"rungs-{name}-{outcome}",
        title=TEXT["rung_curves_title"].format(
            comparison=capital(comparison_label(reading, name)), outcome=label
        ),
        caption=" ".join([caption, *zone_words(marks)]),
        alternative=" ".join(
            [TEXT["rung_curves_alternative"], *(_said(reading, setting, one) for one in rungs)]
        ),
    )
    blocks = [
        (f"{one.rung} {TEXT[word]}{_landmark(one)}", block)
        for one in rungs
        for (word, _, _), block in zip(LOOKS, one.curves, strict=True)
    ]
    legend: list[LegendEntry] = [
        {"label": capital(TEXT[word]), "colour": colour, "shape": "line" if look == "plain" else "dashes"}
        for word, colour, look in LOOKS
    ]
    return figure_of(heading, panels, numbers_table(blocks), legend=legend, across=2)


def _landmark(one: Rung) -> str:
    return "" if one.landmark_month is None else TEXT["from_month"].format(month=f"{one.landmark_month:g}")


def _panel(reading: Reading, setting: Setting, one: Rung) -> Panel:
    axis = month_axis(setting.until, setting.origin)
    if one.rung == "N2":
        axis["label"] = TEXT["months_two_clocks"].format(origin=setting.origin)
    return {
        "title": TEXT["biased_panel"].format(rung=one.rung, label=one.label),
        "x": axis,
        "y": percent_axis(f"{reading.outcome(one.outcome).label}, %"),
        "marks": [
            *(
                curve(block, colour, look=look)
                for (_, colour, look), block in zip(LOOKS, one.curves, strict=True)
            ),
            *sparse_from(one.curves, setting.until),
        ],
        "risk": _risk(reading, one, axis["ticks"]),
    }


def _risk(reading: Reading, one: Rung, at: list[float]) -> list[RiskGroup]:
    """One line of numbers at risk for each curve."""
    lines: list[tuple[str, RiskGroup]] = []
    for (word, _, _), strategy in zip(LOOKS, (one.treated, one.untreated), strict=True):
        groups = risk_groups(reading, [(one.outcome, "", "")], at, strategy)
        lines += [(capital(TEXT[word]), group) for group in groups]
    if not lines:
        return []
    rows: list[RiskRow] = [{"label": label, "numbers": group["rows"][0]["numbers"]} for label, group in lines]
    return [{"heading": TEXT["at_risk"], "colour": "", "rows": rows}]


def _said(reading: Reading, setting: Setting, one: Rung) -> str:
    parts: list[str] = []
    for (word, _, _), block in zip(LOOKS, one.curves, strict=True):
        values = [value for month in setting.at_months if (value := setting.value_at(reading, block, month))]
        parts.append(f"{TEXT[word]} {values[-1] if values else TEXT['not_followed']}")
    return f"{one.rung} {one.label}: {'. '.join(parts)}."

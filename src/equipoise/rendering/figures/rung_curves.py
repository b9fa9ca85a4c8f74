"""Curves of the naive comparisons as small multiples: treated and untreated, with the numbers at risk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from equipoise.rendering.figure import (
    Curve,
    Figure,
    Heading,
    LegendEntry,
    Panel,
    RiskGroup,
    RiskRow,
    figure_of,
)
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
from equipoise.rendering.palette import TRUTH_KEY
from equipoise.rendering.reading import Estimate, Reading
from equipoise.rendering.rungs import Ladder, Rung, ladders
from equipoise.rendering.sentences import percent_level
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT, capital

# Treated solid, untreated dashed, so that the two can be told apart without colour.
LOOKS: Final = (("treated", "c2", "plain"), ("untreated", "c1", "dashed"))


def rung_curve_figures(reading: Reading, setting: Setting) -> list[Figure]:
    """One figure for each ladder that has curves."""
    found = [(one, [rung for rung in one.rungs if rung.has_curves]) for one in ladders(reading)]
    return [_figure(reading, setting, ladder, rungs) for ladder, rungs in found if rungs]


def _figure(reading: Reading, setting: Setting, ladder: Ladder, rungs: Sequence[Rung]) -> Figure:
    name, outcome = ladder.comparison, ladder.outcome
    label = reading.outcome(outcome).label
    known = _true_curves(ladder)
    panels = [_panel(reading, setting, one, known) for one in rungs]
    marks = [mark for panel in panels for mark in panel["marks"]]
    caption = TEXT["rung_curves_caption"].format(
        origin=setting.origin, level=percent_level(rungs[0].curves[0][0])
    )
    heading = Heading(
        key=f"rungs-{name}-{outcome}",
        title=TEXT["rung_curves_title"].format(
            comparison=capital(comparison_label(reading, name)), outcome=label
        ),
        caption=" ".join([caption, *([TEXT["rung_curves_truth"]] if known else []), *zone_words(marks)]),
        alternative=" ".join(
            [
                TEXT["rung_curves_alternative"],
                *(_said(reading, setting, one) for one in rungs),
                *_said_truth(reading, setting, known),
            ]
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
    for one in known:
        legend.append(
            {"label": one.label, "colour": TRUTH_KEY, "shape": "line" if one.look == "plain" else "dashes"}
        )
    blocks += [(one.label, one.block) for one in known]
    return figure_of(heading, panels, numbers_table(blocks), legend=legend, across=2)


@dataclass(frozen=True, slots=True)
class _TrueCurve:
    """Survival under one strategy, as it is known: its words, its line and its rows."""

    label: str
    look: str
    block: list[Estimate]


def _true_curves(ladder: Ladder) -> list[_TrueCurve]:
    """Both strategies of the ladder; none unless both are known."""
    truth = ladder.truth
    if truth is None or not all(truth.curves):
        return []
    return [
        _TrueCurve(TEXT["true_curve"].format(strategy=name), look, block)
        for name, block, (_, _, look) in zip(truth.names, truth.curves, LOOKS, strict=True)
    ]


def _landmark(one: Rung) -> str:
    return "" if one.landmark_month is None else TEXT["from_month"].format(month=f"{one.landmark_month:g}")


def _panel(reading: Reading, setting: Setting, one: Rung, known: Sequence[_TrueCurve]) -> Panel:
    axis = month_axis(setting.until, setting.origin)
    if one.rung == "N2":
        axis["label"] = TEXT["months_two_clocks"].format(origin=setting.origin)
    return {
        "title": TEXT["biased_panel"].format(rung=one.rung, label=one.label),
        "x": axis,
        "y": percent_axis(f"{reading.outcome(one.outcome).label}, %"),
        "marks": [
            *(
                _named(curve(block, colour, look=look), capital(TEXT[word]))
                for (word, colour, look), block in zip(LOOKS, one.curves, strict=True)
            ),
            *sparse_from(one.curves, setting.until),
            # Upon the grey zone: what is known does not fade with the number at risk.
            *(_line(two) for two in known),
        ],
        "risk": _risk(reading, one, axis["ticks"]),
    }


def _named(line: Curve, name: str) -> Curve:
    """A curve that the legend names, and the readout under the pointer."""
    return {**line, "name": name}


def _line(known: _TrueCurve) -> Curve:
    """A curve without its band: the error of a simulation is narrower than the line."""
    line = _named(curve(known.block, TRUTH_KEY, look=known.look), known.label)
    nothing: list[float | None] = [None] * len(line["x"])
    return {**line, "lower": nothing, "upper": nothing}


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


def _said_truth(reading: Reading, setting: Setting, known: Sequence[_TrueCurve]) -> list[str]:
    said: list[str] = []
    for one in known:
        values = [value for m in setting.at_months if (value := setting.value_at(reading, one.block, m))]
        said.append(f"{one.label}: {values[-1] if values else TEXT['no_number']}.")
    return said

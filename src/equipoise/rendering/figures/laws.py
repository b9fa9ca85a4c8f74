"""When treatment starts under the strategies that ask for it: the law of the starting time, as a curve."""

from collections.abc import Sequence
from typing import Any

from equipoise.rendering.emulated.trial import Arm, Trial
from equipoise.rendering.figure import Axis, Cell, Curve, Figure, Heading, Panel, figure_of
from equipoise.rendering.figures.curves import percent_axis
from equipoise.rendering.numbers import ticks
from equipoise.rendering.words import TEXT


def laws_figure(trial: Trial) -> Figure | None:
    """One curve for each strategy with a window; None without one."""
    rows = trial.reading.rows("laws")
    found = [
        (arm, treatment, own)
        for arm in trial.arms
        for treatment in dict.fromkeys(row["treatment"] for row in rows if row["strategy"] == arm.name)
        if (own := [row for row in rows if (row["strategy"], row["treatment"]) == (arm.name, treatment)])
    ]
    if not found:
        return None
    heading = Heading(
        "laws",
        TEXT["laws_title"],
        TEXT["laws_caption"],
        TEXT["laws_alternative"].format(values=" ".join(_said(arm, own) for arm, _, own in found)),
    )
    panel: Panel = {
        "title": "",
        "x": _axis(max(row["month"] for _, _, own in found for row in own)),
        "y": percent_axis(TEXT["laws_share"]),
        "marks": [_curve(arm, own) for arm, _, own in found],
        "risk": [],
    }
    cells: list[list[Cell]] = [
        [arm.title, treatment, row["law"], round(row["month"], 4), round(row["share"], 6)]
        for arm, treatment, own in found
        for row in own
    ]
    columns = ["strategy", "treatment", "law", "after months", "share started"]
    return figure_of(heading, [panel], {"columns": columns, "rows": cells})


def _axis(last: float) -> Axis:
    return {
        "scale": "linear",
        "label": TEXT["laws_axis"],
        "first": 0.0,
        "last": last,
        "ticks": ticks(last),
        "percent": False,
    }


def _curve(arm: Arm, rows: Sequence[dict[str, Any]]) -> Curve:
    """A law rises evenly between its knots."""
    nothing: list[float | None] = [None] * len(rows)
    return {
        "mark": "curve",
        "label": arm.title,
        "colour": arm.colour,
        "dashed": False,
        "ghost": False,
        "x": [row["month"] for row in rows],
        "y": [row["share"] for row in rows],
        "lower": nothing,
        "upper": nothing,
        "straight": True,
    }


def _said(arm: Arm, rows: Sequence[dict[str, Any]]) -> str:
    return f"{arm.title}: {rows[0]['law']}."

"""Mean weight and effective number over time, strategy by strategy."""

import math
from collections.abc import Sequence
from typing import Any, Final

from equipoise.rendering.emulated.trial import Arm, Trial
from equipoise.rendering.figure import Axis, Cell, Curve, Figure, Heading, Mark, Panel, figure_of
from equipoise.rendering.figures.curves import month_axis
from equipoise.rendering.numbers import count, months
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT

ERRORS: Final = 2.0  # standard errors either side of a mean weight
STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)


def support_figure(trial: Trial, setting: Setting) -> Figure | None:
    """Both panels; None without the table."""
    found = {arm: _rows(trial, arm) for arm in trial.arms}
    known = [row for rows in found.values() for row in rows]
    if not known:
        return None
    heading = Heading(
        "support",
        TEXT["support_title"],
        TEXT["support_caption"].format(n=count(trial.rows[0].n), origin=setting.origin),
        TEXT["support_alternative"].format(
            values=" ".join(_said(arm, rows) for arm, rows in found.items() if rows)
        ),
    )
    names = ("mean_weight", "mean_error", "compatible", "ess", "largest")
    cells: list[list[Cell]] = [
        [arm.title, months(row["day"]), *(_rounded(row[name]) for name in names)]
        for arm, rows in found.items()
        for row in rows
    ]
    columns = ["strategy", "month", "mean weight", "its error", "follow it", "count for", "largest share"]
    highest = max(row["mean_weight"] + ERRORS * (row["mean_error"] or 0.0) for row in known)
    panels = [
        _panel(
            setting,
            TEXT["support_mean"],
            _mean_axis(highest),
            [_zero_line(setting), *(_mean(a, r) for a, r in found.items())],
        ),
        _panel(setting, TEXT["support_ess"], _number_axis(known), [_ess(a, r) for a, r in found.items()]),
    ]
    return figure_of(
        heading,
        panels,
        {"columns": columns, "rows": cells},
        legend=[{"label": arm.title, "colour": arm.colour, "shape": "line"} for arm in found],
        across=2,
    )


def _rows(trial: Trial, arm: Arm) -> list[dict[str, Any]]:
    rows = [row for row in trial.reading.rows("support") if row["strategy"] == arm.name]
    return sorted(rows, key=lambda row: row["day"])


def _panel(setting: Setting, label: str, axis: Axis, marks: Sequence[Mark]) -> Panel:
    return {
        "title": "",
        "x": month_axis(setting.until, setting.origin),
        "y": {**axis, "label": label},
        "marks": list(marks),
        "risk": [],
    }


def _mean_axis(highest: float) -> Axis:
    """From 0 to the next half above the highest limit; 1, where right models lie, is a tick."""
    last = max(2.0, math.ceil(2.0 * highest) / 2.0)
    ticks = [0.5 * place for place in range(round(2.0 * last) + 1)]
    if len(ticks) > 7:
        ticks = [tick for tick in ticks if tick == int(tick)]
    return _axis(last, ticks)


def _number_axis(rows: Sequence[dict[str, Any]]) -> Axis:
    highest = max(row["ess"] for row in rows)
    step = next((one for one in STEPS if highest / one <= 5), 10 ** math.ceil(math.log10(highest / 5)))
    number = math.ceil(highest / step - 1e-9)
    return _axis(float(step * number), [float(step * place) for place in range(number + 1)])


def _axis(last: float, ticks: list[float]) -> Axis:
    return {"scale": "linear", "label": "", "first": 0.0, "last": last, "ticks": ticks, "percent": False}


def _zero_line(setting: Setting) -> Curve:
    """The line at 1."""
    return {**_curve("ghost", [0.0, setting.until], [1.0, 1.0]), "ghost": True}


def _mean(arm: Arm, rows: Sequence[dict[str, Any]]) -> Curve:
    line = _curve(arm.colour, [months(row["day"]) for row in rows], [row["mean_weight"] for row in rows])
    errors = [ERRORS * (row["mean_error"] or 0.0) for row in rows]
    lower: list[float | None] = [max(y - error, 0.0) for y, error in zip(line["y"], errors, strict=True)]
    upper: list[float | None] = [y + error for y, error in zip(line["y"], errors, strict=True)]
    return {**line, "lower": lower, "upper": upper}


def _ess(arm: Arm, rows: Sequence[dict[str, Any]]) -> Curve:
    return _curve(arm.colour, [months(row["day"]) for row in rows], [row["ess"] for row in rows])


def _curve(colour: str, x: list[float], y: list[float]) -> Curve:
    nothing: list[float | None] = [None] * len(x)
    return {
        "mark": "curve",
        "label": "",
        "colour": colour,
        "dashed": False,
        "ghost": False,
        "x": x,
        "y": y,
        "lower": nothing,
        "upper": nothing,
    }


def _said(arm: Arm, rows: Sequence[dict[str, Any]]) -> str:
    last = rows[-1]
    return TEXT["support_said"].format(
        title=arm.title,
        mean=f"{last['mean_weight']:.2f}",
        ess=f"{last['ess']:.0f}",
        month=f"{months(last['day']):g}",
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)

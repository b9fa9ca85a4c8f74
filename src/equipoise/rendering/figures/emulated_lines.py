"""Lines of an emulation: a curve with both bands, the limits of a sealed one, the truth as a thin line."""

from collections.abc import Sequence
from typing import Any

from equipoise.language.words import lower_first
from equipoise.rendering.emulated.trial import Arm, Between, Trial
from equipoise.rendering.figure import Curve, Mark
from equipoise.rendering.figures.curves import curve
from equipoise.rendering.numbers import months
from equipoise.rendering.palette import TRUTH_KEY
from equipoise.rendering.reading import Estimate
from equipoise.rendering.words import TEXT


def level_of(trial: Trial, outcome: str, arm: Arm) -> list[Estimate]:
    """The curve of a strategy by day."""
    return trial.level(outcome, trial.measure(outcome), arm.name)


def truth_of_arm(trial: Trial, outcome: str, arm: Arm) -> list[Estimate]:
    """What is known of it, by day; empty where nothing is."""
    return trial.truth(outcome, trial.measure(outcome), arm.name)


def arm_line(trial: Trial, outcome: str, arm: Arm, block: Sequence[Estimate]) -> Curve:
    """A curve with its pointwise and its simultaneous band."""
    line = curve(block, arm.colour, label=arm.title)
    return with_band(line, trial.band(outcome, arm.name))


def with_band(line: Curve, rows: Sequence[dict[str, Any]]) -> Curve:
    """A curve with its simultaneous band, on the days on which there is one."""
    known = [row for row in rows if row["lower"] is not None and row["upper"] is not None]
    if not known:
        return line
    return {
        **line,
        "outer": {
            "x": [months(row["day"]) for row in known],
            "lower": [row["lower"] for row in known],
            "upper": [row["upper"] for row in known],
        },
    }


def worst_lines(block: Sequence[Estimate], arm: Arm) -> list[Mark]:
    """The limits of the worst case of a sealed strategy as two pale lines."""
    known = [one for one in block if one.lower is not None and one.upper is not None]
    if not known:
        return []
    x = [one.month for one in known]
    lower = _pale(x, [one.lower or 0.0 for one in known], TEXT["worst_case_line"].format(strategy=arm.title))
    return [lower, _pale(x, [one.upper or 0.0 for one in known], "")]


def _pale(x: list[float], y: list[float], label: str) -> Curve:
    return {**plain_line("ghost", "", x, y), "ghost": True, "dashed": True, "label": label}


def truth_line(trial: Trial, outcome: str, arm: Arm) -> Curve:
    """The truth of a strategy as a thin line."""
    line = curve(truth_of_arm(trial, outcome, arm), TRUTH_KEY)
    return thin({**line, "name": TEXT["true_curve"].format(strategy=lower_first(arm.title))})


def thin(line: Curve) -> Curve:
    """A thin line without its band: the error of a simulation is narrower than the line."""
    nothing: list[float | None] = [None] * len(line["x"])
    return {**line, "lower": nothing, "upper": nothing, "thin": True}


def plain_line(colour: str, name: str, x: list[float], y: list[float]) -> Curve:
    """A curve without a band, which the pointer reads by a name."""
    nothing: list[float | None] = [None] * len(x)
    return {
        "mark": "curve",
        "label": "",
        "name": name,
        "colour": colour,
        "dashed": False,
        "ghost": False,
        "x": x,
        "y": y,
        "lower": nothing,
        "upper": nothing,
    }


def true_difference(trial: Trial, outcome: str, between: Between) -> dict[float, float]:
    """One true curve minus the other, by month: its rows in the study are those of the report months."""
    one, other = (
        {row.month: row.estimate for row in truth_of_arm(trial, outcome, trial.arm(name))} for name in between
    )
    return {
        month: value - rest
        for month, value in one.items()
        if value is not None and (rest := other.get(month)) is not None
    }

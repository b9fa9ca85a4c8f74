"""The difference of two emulated curves: with its simultaneous band, intervals, truth and crossing time."""

from collections.abc import Sequence
from typing import Any

from equipoise.rendering.emulated.numbers import CROSSING
from equipoise.rendering.emulated.trial import Between, Trial
from equipoise.rendering.figure import Curve, Mark, Panel, Whisker
from equipoise.rendering.figures.contrast_axes import points_axis
from equipoise.rendering.figures.curves import month_axis
from equipoise.rendering.figures.emulated_lines import plain_line, thin, true_difference, with_band
from equipoise.rendering.numbers import day_as_months, months
from equipoise.rendering.palette import TRUTH_KEY
from equipoise.rendering.reading import Estimate
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT


def difference_panel(trial: Trial, setting: Setting, outcome: str, between: Between) -> Panel:
    """The difference of both curves with its simultaneous band, and an interval at each report month."""
    rows = [one for one in trial.contrast(outcome, trial.difference(outcome), between) if one.estimate]
    band = trial.band(outcome, *between)
    known = true_difference(trial, outcome, between)
    values = [value for row in band for value in (row["estimate"], row["lower"], row["upper"])]
    values += [value for one in rows for value in (one.estimate, one.lower, one.upper)]
    values += known.values()
    marks: list[Mark] = [_zero(setting.until), _band_line(band), *map(_whisker, rows)]
    if known:
        marks.append(thin(plain_line(TRUTH_KEY, TEXT["ladder_truth"], list(known), list(known.values()))))
    return {
        "title": "",
        "x": month_axis(setting.until, setting.origin),
        "y": {**points_axis(values), "label": TEXT["difference_panel"]},
        "marks": [*marks, *_crossing(trial, outcome, between)],
        "risk": [],
    }


def _zero(last: float) -> Curve:
    """The line of no difference."""
    return {**plain_line("ghost", "", [0.0, last], [0.0, 0.0]), "ghost": True}


def _band_line(band: Sequence[dict[str, Any]]) -> Curve:
    """The difference with its simultaneous band."""
    line = plain_line(
        "ink", TEXT["difference_of"], [months(row["day"]) for row in band], [row["estimate"] for row in band]
    )
    return with_band(line, band)


def _whisker(row: Estimate) -> Whisker:
    """The pointwise interval at a report month."""
    value = row.estimate or 0.0
    lower, upper = (value if one is None else one for one in (row.lower, row.upper))
    return {"mark": "whisker", "x": row.month, "y": value, "lower": lower, "upper": upper}


def _crossing(trial: Trial, outcome: str, between: Between) -> list[Mark]:
    """A point upon the line of no difference, where the contrast is asked for and has a number."""
    found = [one for one in trial.contrast(outcome, CROSSING, between) if one.estimate is not None]
    return [
        {
            "mark": "note",
            "x": months(one.estimate or 0.0),
            "y": 0.0,
            "clear": 0.0,
            "below": True,
            "text": f"{day_as_months(one.estimate or 0.0)} mo",
        }
        for one in found
    ]

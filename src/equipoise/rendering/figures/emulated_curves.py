"""Curves under two strategies, their bands and their difference; one figure for each pair and outcome."""

from collections.abc import Sequence
from typing import Any

from equipoise.language.words import lower_first
from equipoise.rendering.emulated.numbers import CROSSING, crossing_limits
from equipoise.rendering.emulated.trial import Arm, Between, Trial
from equipoise.rendering.figure import (
    Cell,
    Curve,
    Figure,
    Heading,
    Mark,
    Panel,
    RiskGroup,
    Table,
    Whisker,
    figure_of,
)
from equipoise.rendering.figures.contrast_axes import points_axis
from equipoise.rendering.figures.curves import (
    DECIMALS,
    curve,
    month_axis,
    percent_axis,
    sparse_from,
    zone_words,
)
from equipoise.rendering.numbers import count, day_as_months, months, percent
from equipoise.rendering.palette import TRUTH_KEY
from equipoise.rendering.reading import Estimate
from equipoise.rendering.sentences import level_words, percent_level
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT, capital, join_words


def emulated_curve_figures(trial: Trial, setting: Setting) -> list[Figure]:
    """One figure for each outcome and pair that is compared; for an outcome without pairs one of all."""
    figures: list[Figure] = []
    for outcome in trial.outcomes():
        pairs = trial.pairs(outcome)
        figures += [_pair_figure(trial, setting, outcome, pair) for pair in pairs]
        if not pairs:
            figures.append(_level_figure(trial, setting, outcome))
    return figures


def _pair_figure(trial: Trial, setting: Setting, outcome: str, between: Between) -> Figure:
    arms = [trial.arm(name) for name in between]
    panels = [_levels(trial, setting, outcome, arms)]
    if not any(one.is_sealed for one in arms):
        panels.append(_difference(trial, setting, outcome, between))
    label = trial.word(outcome).label
    heading = Heading(
        key=f"emulated-{outcome}-{'-'.join(between)}",
        title=TEXT["emulated_title"].format(outcome=label, versus=trial.versus_words(between)),
        caption=_caption(trial, setting, outcome, arms, between if len(panels) > 1 else None),
        alternative=TEXT["emulated_alternative"].format(
            start=percent(_start(trial, outcome), trial.rows[0].n),
            values=" ".join(_said(trial, setting, outcome, one) for one in arms),
        ),
    )
    return figure_of(heading, panels, _table(trial, outcome, arms, between))


def _level_figure(trial: Trial, setting: Setting, outcome: str) -> Figure:
    heading = Heading(
        key=f"emulated-{outcome}",
        title=TEXT["emulated_title_levels"].format(outcome=trial.word(outcome).label),
        caption=_caption(trial, setting, outcome, trial.arms, None),
        alternative=TEXT["emulated_alternative_levels"].format(
            values=" ".join(_said(trial, setting, outcome, one) for one in trial.arms)
        ),
    )
    panel = _levels(trial, setting, outcome, trial.arms)
    return figure_of(heading, [panel], _table(trial, outcome, trial.arms, None))


def _start(trial: Trial, outcome: str) -> float:
    return 1.0 if trial.measure(outcome) == "survival" else 0.0


def _levels(trial: Trial, setting: Setting, outcome: str, arms: Sequence[Arm]) -> Panel:
    axis = month_axis(setting.until, setting.origin)
    blocks = [_block(trial, outcome, one) for one in arms]
    marks: list[Mark] = []
    for one, block in zip(arms, blocks, strict=True):
        marks += _worst(block, one) if one.is_sealed else [_line(trial, outcome, one, block)]
    marks += sparse_from(
        [block for one, block in zip(arms, blocks, strict=True) if not one.is_sealed], setting.until
    )
    marks += [_truth_line(trial, outcome, one) for one in arms if _truth(trial, outcome, one)]
    return {
        "title": "",
        "x": axis,
        "y": percent_axis(f"{trial.word(outcome).label}, %"),
        "marks": marks,
        "risk": [group for one in arms for group in _followers(trial, outcome, one, axis["ticks"])],
    }


def _block(trial: Trial, outcome: str, arm: Arm) -> list[Estimate]:
    return trial.level(outcome, trial.measure(outcome), arm.name)


def _truth(trial: Trial, outcome: str, arm: Arm) -> list[Estimate]:
    return trial.truth(outcome, trial.measure(outcome), arm.name)


def _line(trial: Trial, outcome: str, arm: Arm, block: Sequence[Estimate]) -> Curve:
    """A curve with its pointwise and its simultaneous band."""
    line = curve(block, arm.colour, label=arm.title)
    return _with_band(line, trial.band(outcome, arm.name))


def _with_band(line: Curve, rows: Sequence[dict[str, Any]]) -> Curve:
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


def _worst(block: Sequence[Estimate], arm: Arm) -> list[Mark]:
    """The limits of the worst case of a sealed strategy as two pale lines."""
    known = [one for one in block if one.lower is not None and one.upper is not None]
    if not known:
        return []
    x = [one.month for one in known]
    lower = _pale(x, [one.lower or 0.0 for one in known], TEXT["worst_case_line"].format(strategy=arm.title))
    return [lower, _pale(x, [one.upper or 0.0 for one in known], "")]


def _pale(x: list[float], y: list[float], label: str) -> Curve:
    return {**_plain("ghost", "", x, y), "ghost": True, "dashed": True, "label": label}


def _truth_line(trial: Trial, outcome: str, arm: Arm) -> Curve:
    line = curve(_truth(trial, outcome, arm), TRUTH_KEY)
    return _thin({**line, "name": TEXT["true_curve"].format(strategy=lower_first(arm.title))})


def _thin(line: Curve) -> Curve:
    """A thin line without its band: the error of a simulation is narrower than the line."""
    nothing: list[float | None] = [None] * len(line["x"])
    return {**line, "lower": nothing, "upper": nothing, "thin": True}


def _followers(trial: Trial, outcome: str, arm: Arm, at: Sequence[float]) -> list[RiskGroup]:
    """Patients at risk who follow a strategy, and how many they count for, at the ticks of the axis."""
    block = _block(trial, outcome, arm)
    rows = [trial.reading.at(block, month) for month in at]
    if not any(rows):
        return []
    return [
        {
            "heading": arm.title,
            "colour": arm.colour,
            "rows": [
                {
                    "label": TEXT["follow_it"],
                    "numbers": [None if one is None else one.at_risk for one in rows],
                },
                {
                    "label": TEXT["count_for"],
                    "numbers": [None if one is None else round(one.ess) for one in rows],
                },
            ],
        }
    ]


def _difference(trial: Trial, setting: Setting, outcome: str, between: Between) -> Panel:
    """The difference of both curves with its simultaneous band, and an interval at each report month."""
    rows = [one for one in trial.contrast(outcome, trial.difference(outcome), between) if one.estimate]
    band = trial.band(outcome, *between)
    known = _true_difference(trial, outcome, between)
    values = [value for row in band for value in (row["estimate"], row["lower"], row["upper"])]
    values += [value for one in rows for value in (one.estimate, one.lower, one.upper)]
    values += known.values()
    marks: list[Mark] = [_zero(setting.until), _band_line(band), *map(_whisker, rows)]
    if known:
        marks.append(_thin(_plain(TRUTH_KEY, TEXT["ladder_truth"], list(known), list(known.values()))))
    return {
        "title": "",
        "x": month_axis(setting.until, setting.origin),
        "y": {**points_axis(values), "label": TEXT["difference_panel"]},
        "marks": [*marks, *_crossing(trial, outcome, between)],
        "risk": [],
    }


def _true_difference(trial: Trial, outcome: str, between: Between) -> dict[float, float]:
    """One true curve minus the other, by month: its rows in the study are those of the report months."""
    one, other = (
        {row.month: row.estimate for row in _truth(trial, outcome, trial.arm(name))} for name in between
    )
    return {
        month: value - rest
        for month, value in one.items()
        if value is not None and (rest := other.get(month)) is not None
    }


def _zero(last: float) -> Curve:
    """The line of no difference."""
    return {**_plain("ghost", "", [0.0, last], [0.0, 0.0]), "ghost": True}


def _band_line(band: Sequence[dict[str, Any]]) -> Curve:
    """The difference with its simultaneous band."""
    line = _plain(
        "ink", TEXT["difference_of"], [months(row["day"]) for row in band], [row["estimate"] for row in band]
    )
    return _with_band(line, band)


def _plain(colour: str, name: str, x: list[float], y: list[float]) -> Curve:
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


def _caption(
    trial: Trial, setting: Setting, outcome: str, arms: Sequence[Arm], between: Between | None
) -> str:
    first = trial.rows[0]
    parts = [
        TEXT["emulated_caption"].format(
            outcome=trial.word(outcome).label,
            n=count(first.n),
            origin=setting.origin,
            level=percent_level(first),
        )
    ]
    if between is not None:
        parts.append(TEXT["emulated_caption_difference"])
        for one in trial.contrast(outcome, CROSSING, between):
            parts += (
                [TEXT["emulated_caption_crossing"].format(time=_crossing_words(one))] if one.estimate else []
            )
    if any(_truth(trial, outcome, one) for one in arms):
        parts.append(TEXT["emulated_caption_truth"])
    sealed = [one.title for one in arms if one.is_sealed]
    if sealed:
        parts.append(TEXT["emulated_caption_sealed"].format(strategies=join_words(sealed)))
    panel = _levels(trial, setting, outcome, arms)
    return " ".join([*parts, *zone_words(panel["marks"])])


def _crossing_words(row: Estimate) -> str:
    return TEXT["crossing_number"].format(
        time=day_as_months(row.estimate or 0.0),
        level=level_words(row.level),
        limits=crossing_limits(row),
    )


def _said(trial: Trial, setting: Setting, outcome: str, arm: Arm) -> str:
    block = _block(trial, outcome, arm)
    values = [value for m in setting.at_months if (value := setting.value_at(trial.reading, block, m))]
    return f"{arm.title}: {'; '.join(values) or TEXT['sealed_cell' if arm.is_sealed else 'not_followed']}."


def _table(trial: Trial, outcome: str, arms: Sequence[Arm], between: Between | None) -> Table:
    """Every point of the curves and of the difference, pointwise and simultaneous limits, and the truth."""
    columns = [
        "curve",
        "month",
        "estimate",
        "lower",
        "upper",
        "band from",
        "band to",
        "follow it",
        "count for",
        "truth",
    ]
    rows: list[list[Cell]] = []
    for one in arms:
        band = {round(row["day"], 3): row for row in trial.band(outcome, one.name)}
        known = {round(row.day or 0.0, 3): row.estimate for row in _truth(trial, outcome, one)}
        for row in _block(trial, outcome, one):
            day = round(row.day or 0.0, 3)
            ends = [band.get(day, {}).get(name) for name in ("lower", "upper")]
            numbers = [row.estimate, row.lower, row.upper, *ends]
            rows.append(
                [
                    one.title,
                    row.month,
                    *map(_rounded, numbers),
                    row.at_risk,
                    round(row.ess),
                    _rounded(known.get(day)),
                ]
            )
    if between is not None:
        rows += _difference_rows(trial, outcome, between)
    return {"columns": columns, "rows": rows}


def _difference_rows(trial: Trial, outcome: str, between: Between) -> list[list[Cell]]:
    measure = trial.difference(outcome)
    known = _true_difference(trial, outcome, between)
    pointwise = {round(row.day or 0.0, 3): row for row in trial.contrast(outcome, measure, between)}
    rows: list[list[Cell]] = []
    for row in trial.band(outcome, *between):
        day = round(row["day"], 3)
        own = pointwise.get(day)
        ends = (None, None) if own is None else (own.lower, own.upper)
        numbers = [row["estimate"], *ends, row["lower"], row["upper"]]
        rows.append(
            [
                capital(trial.versus_words(between)),
                months(row["day"]),
                *map(_rounded, numbers),
                None,
                None,
                _rounded(known.get(months(row["day"]))),
            ]
        )
    return rows


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)

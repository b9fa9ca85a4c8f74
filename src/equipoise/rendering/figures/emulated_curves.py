"""Curves under two strategies, their bands and their difference; one figure for each pair and outcome."""

from collections.abc import Sequence

from equipoise.rendering.emulated.numbers import CROSSING, crossing_limits
from equipoise.rendering.emulated.trial import Arm, Between, Trial
from equipoise.rendering.figure import Figure, Heading, Mark, Panel, RiskGroup, figure_of
from equipoise.rendering.figures.curves import month_axis, percent_axis, sparse_from, zone_words
from equipoise.rendering.figures.emulated_difference import difference_panel
from equipoise.rendering.figures.emulated_lines import (
    arm_line,
    level_of,
    truth_line,
    truth_of_arm,
    worst_lines,
)
from equipoise.rendering.figures.emulated_numbers import curve_numbers
from equipoise.rendering.numbers import count, day_as_months, percent
from equipoise.rendering.reading import Estimate
from equipoise.rendering.sentences import level_words, percent_level
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT, join_words


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
        panels.append(difference_panel(trial, setting, outcome, between))
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
    return figure_of(heading, panels, curve_numbers(trial, outcome, arms, between))


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
    return figure_of(heading, [panel], curve_numbers(trial, outcome, trial.arms, None))


def _start(trial: Trial, outcome: str) -> float:
    return 1.0 if trial.measure(outcome) == "survival" else 0.0


def _levels(trial: Trial, setting: Setting, outcome: str, arms: Sequence[Arm]) -> Panel:
    axis = month_axis(setting.until, setting.origin)
    blocks = [level_of(trial, outcome, one) for one in arms]
    marks: list[Mark] = []
    for one, block in zip(arms, blocks, strict=True):
        marks += worst_lines(block, one) if one.is_sealed else [arm_line(trial, outcome, one, block)]
    marks += sparse_from(
        [block for one, block in zip(arms, blocks, strict=True) if not one.is_sealed], setting.until
    )
    marks += [truth_line(trial, outcome, one) for one in arms if truth_of_arm(trial, outcome, one)]
    return {
        "title": "",
        "x": axis,
        "y": percent_axis(f"{trial.word(outcome).label}, %"),
        "marks": marks,
        "risk": [group for one in arms for group in _followers(trial, outcome, one, axis["ticks"])],
    }


def _followers(trial: Trial, outcome: str, arm: Arm, at: Sequence[float]) -> list[RiskGroup]:
    """Patients at risk who follow a strategy, and how many they count for, at the ticks of the axis."""
    block = level_of(trial, outcome, arm)
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
    if any(truth_of_arm(trial, outcome, one) for one in arms):
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
    block = level_of(trial, outcome, arm)
    values = [value for m in setting.at_months if (value := setting.value_at(trial.reading, block, m))]
    return f"{arm.title}: {'; '.join(values) or TEXT['sealed_cell' if arm.is_sealed else 'not_followed']}."

"""The numbers behind emulated curves: every month, both kinds of limits, followers, and the truth."""

from collections.abc import Sequence

from equipoise.rendering.emulated.trial import Arm, Between, Trial
from equipoise.rendering.figure import Cell, Table
from equipoise.rendering.figures.curves import DECIMALS
from equipoise.rendering.figures.emulated_lines import level_of, true_difference, truth_of_arm
from equipoise.rendering.numbers import months
from equipoise.rendering.words import capital


def curve_numbers(trial: Trial, outcome: str, arms: Sequence[Arm], between: Between | None) -> Table:
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
        known = {round(row.day or 0.0, 3): row.estimate for row in truth_of_arm(trial, outcome, one)}
        for row in level_of(trial, outcome, one):
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
    known = true_difference(trial, outcome, between)
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

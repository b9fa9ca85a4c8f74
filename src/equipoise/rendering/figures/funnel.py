"""The funnel: how many of those at the origin reach each step, and what that does to a curve."""

from collections.abc import Sequence
from typing import Any

from equipoise.estimate.funnel_stages import strategies
from equipoise.protocol.plan import Funnel
from equipoise.rendering.figure import Bar, Cell, Figure, Heading, Panel, RiskGroup, figure_of
from equipoise.rendering.figures.curves import (
    curve,
    month_axis,
    numbers_table,
    percent_axis,
    risk_groups,
    sparse_from,
    zone_words,
)
from equipoise.rendering.numbers import count, percent, ticks
from equipoise.rendering.reading import Estimate, Reading
from equipoise.rendering.sentences import part_of, percent_level, value_with_interval
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT, capital

MONTHS_OF_A_YEAR = 12.0
CURVE_KEYS = ("c1", "c2")


def funnel_names(reading: Reading) -> list[str]:
    """Names of the funnels of the study, in its order."""
    names: list[str] = []
    for row in reading.rows("funnel"):
        if row["funnel"] not in names:
            names.append(row["funnel"])
    return names


def steps_of(reading: Reading, funnel: str) -> list[dict[str, Any]]:
    """Rows of one funnel, from the origin down."""
    return sorted(
        (row for row in reading.rows("funnel") if row["funnel"] == funnel), key=lambda row: row["step"]
    )


def steps_figure(reading: Reading, funnel: str) -> Figure:
    """Bars of numerators; the denominator is the step before, the share in the table that of the origin."""
    steps = steps_of(reading, funnel)
    whole = steps[0]["reached"]
    labels = [capital(step["label"]) for step in steps]
    labels[-1] = TEXT["funnel_holding"].format(label=labels[-1])
    values = [count(whole), *(part_of(step["reached"], step["of"]) for step in steps[1:])]
    panel: Panel = {
        "title": "",
        "x": {
            "scale": "linear",
            "label": TEXT["patients_axis"],
            "first": 0.0,
            "last": float(whole or 1),
            "ticks": _ticks(whole),
            "percent": False,
        },
        "y": {"scale": "rows", "labels": labels, "values": values, "size": 29.0},
        "marks": [
            _bar(row, number, colour)
            for row, step in enumerate(steps)
            for number, colour in ((whole, "faint"), (step["reached"], "a2"))
        ],
        "risk": [],
    }
    columns = ["step", "reached", "of", "share of the origin", "lower", "upper"]
    rows: list[list[Cell]] = [
        [label, *(step[name] for name in ("reached", "of", "share", "lower", "upper"))]
        for label, step in zip(labels, steps, strict=True)
    ]
    title = TEXT["funnel_title"].format(origin=steps[0]["label"], last=steps[-2]["label"])
    said = " ".join(f"{label}: {value}." for label, value in zip(labels, values, strict=True))
    caption = " ".join([TEXT["funnel_caption"], *_reaching(reading, funnel)])
    heading = Heading(f"funnel-{funnel}", title, caption, said)
    return figure_of(heading, [panel], {"columns": columns, "rows": rows})


def _bar(row: int, number: int, colour: str) -> Bar:
    return {"mark": "bar", "row": row, "first": 0.0, "last": float(number), "colour": colour, "text": ""}


def _reaching(reading: Reading, funnel: str) -> list[str]:
    """How many reach the last step within a year, what prevents it competing; and the wrong number."""
    asked = asked_for(reading, funnel)
    last, (strategy, _) = asked.steps[-1], strategies(asked)
    outcome = f"{funnel}:{last}"
    right = reading.at(reading.block(outcome, "cumulative_incidence", strategy), MONTHS_OF_A_YEAR)
    wrong = reading.at(reading.block(outcome, "one_minus_survival", strategy), MONTHS_OF_A_YEAR)
    if right is None or right.estimate is None:
        return []
    label = reading.study.vocabulary.label_of(last)
    said = TEXT["funnel_reached"].format(last=label, value=value_with_interval(right))
    if wrong is None or wrong.estimate is None:
        return [said]
    return [said, TEXT["funnel_wrong"].format(value=percent(wrong.estimate, wrong.n))]


def curves_of(reading: Reading, asked: Funnel) -> tuple[list[Estimate], list[Estimate]]:
    """Rows of the outcome's curve of all, and of those who got to the last step; empty without one."""
    everybody, arrived = strategies(asked)
    return (
        reading.block(asked.outcome, "survival", everybody),
        reading.block(asked.outcome, "survival", arrived),
    )


def asked_for(reading: Reading, funnel: str) -> Funnel:
    """The funnel as the protocol asks for it."""
    return next(one for one in reading.study.protocol.funnels if one.name == funnel)


def curves_figure(reading: Reading, setting: Setting, funnel: str) -> Figure | None:
    """All from the origin beside those who got to the last step from there; None without both curves."""
    asked = asked_for(reading, funnel)
    blocks = curves_of(reading, asked)
    if not all(any(one.estimate is not None for one in block) for block in blocks):
        return None
    vocabulary = reading.study.vocabulary
    origin, last = vocabulary.label_of(asked.origin), vocabulary.label_of(asked.steps[-1])
    label = vocabulary.outcomes[asked.outcome].label
    labels = [
        TEXT["funnel_all"].format(origin=origin),
        TEXT["funnel_naive"].format(last=vocabulary.heading_of(asked.steps[-1])),
    ]
    until = _last_month(blocks, setting.until)
    panel: Panel = {
        "title": "",
        "x": month_axis(until, TEXT["funnel_origin"].format(origin=origin, last=last)),
        "y": percent_axis(f"{label}, %"),
        "marks": [
            curve(blocks[0], CURVE_KEYS[0], label=labels[0]),
            curve(blocks[1], CURVE_KEYS[1], label=labels[1], look="dashed"),
            *sparse_from(blocks, until),
        ],
        "risk": _risk(reading, asked, labels, ticks(until)),
    }
    caption = TEXT["funnel_curves_caption"].format(
        n=blocks[0][0].n, origin=origin, m=blocks[1][0].n, last=last, level=percent_level(blocks[0][0])
    )
    values = [setting.value_at(reading, block, setting.at_months[0]) for block in blocks]
    heading = Heading(
        f"funnel-curves-{funnel}",
        TEXT["funnel_curves_title"].format(outcome=label, origin=origin, last=last),
        " ".join([caption, *zone_words(panel["marks"])]),
        f"{labels[0]}: {values[0]}. {labels[1]}: {values[1]}.",
    )
    return figure_of(heading, [panel], numbers_table(list(zip(labels, blocks, strict=True))))


def _risk(reading: Reading, asked: Funnel, labels: list[str], at: list[float]) -> list[RiskGroup]:
    groups: list[RiskGroup] = []
    for strategy, label, key in zip(strategies(asked), labels, CURVE_KEYS, strict=True):
        for group in risk_groups(reading, [(asked.outcome, label, key)], at, strategy):
            groups.append({"heading": label, "colour": key, "rows": group["rows"]})
    return groups


def _last_month(blocks: Sequence[list[Estimate]], until: float) -> float:
    """Last month for which either curve has a number, at most the report's; the report's if that is day 0."""
    last = max(one.month for block in blocks for one in block if one.estimate is not None)
    return min(until, last) or until


def _ticks(whole: int) -> list[float]:
    step = next(
        size
        for size in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 10**3, 10**4, 10**5, 10**6)
        if whole / size <= 6
    )
    return [float(step * number) for number in range(whole // step + 1)]

"""The funnel: how many of those at the origin reach each step, and what that does to a curve."""

from typing import Any

from equipoise.render.figure import SCHEMA, Bar, Cell, Figure, Mark, Panel, RiskGroup
from equipoise.render.figures.curves import (
    curve,
    month_axis,
    numbers_table,
    percent_axis,
    risk_groups,
    sparse_from,
)
from equipoise.render.numbers import count, ticks
from equipoise.render.reading import Estimate, Reading
from equipoise.render.setting import Setting
from equipoise.render.words import TEXT, capital, level_words, part_of


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
    """Bars of numerators; the denominator is the step before, the share that of the origin."""
    steps = steps_of(reading, funnel)
    whole = steps[0]["reached"]
    marks: list[Mark] = []
    values: list[str] = []
    for row, step in enumerate(steps):
        reached = step["reached"]
        bar: Bar = {
            "mark": "bar",
            "row": row,
            "first": 0.0,
            "last": float(reached),
            "colour": "a2",
            "text": "",
        }
        rest: Bar = {
            "mark": "bar",
            "row": row,
            "first": 0.0,
            "last": float(whole),
            "colour": "faint",
            "text": "",
        }
        marks.extend((rest, bar))
        values.append(count(reached) if row == 0 else part_of(reached, step["of"]))
    panel: Panel = {
        "title": "",
        "x": {
            "label": TEXT["patients_axis"],
            "first": 0.0,
            "last": float(whole or 1),
            "ticks": _ticks(whole),
            "percent": False,
        },
        "y": {"labels": [capital(step["label"]) for step in steps], "values": values, "size": 46.0},
        "marks": marks,
        "risk": [],
    }
    table: list[list[Cell]] = [
        [step["label"], step["reached"], step["of"], step["share"], step["lower"], step["upper"]]
        for step in steps
    ]
    last = steps[-1]
    return {
        "schema": SCHEMA,
        "key": f"funnel-{funnel}",
        "title": TEXT["funnel_title"].format(origin=steps[0]["label"], last=last["label"]),
        "caption": TEXT["funnel_caption"],
        "alternative": " ".join(
            f"{capital(step['label'])}: {value}." for step, value in zip(steps, values, strict=True)
        ),
        "across": 1,
        "legend": [],
        "panels": [panel],
        "boxes": [],
        "table": {
            "columns": ["step", "reached", "of", "share of the origin", "lower", "upper"],
            "rows": table,
        },
    }


def curves_of(reading: Reading, outcome: str, origin: str, last: str) -> list[tuple[str, list[Estimate]]]:
    """Strategy and rows of the curve from the origin and of the one from the last step, as far as there are."""
    found = [(f"from {name}", reading.block(outcome, "survival", f"from {name}")) for name in (origin, last)]
    return [(name, block) for name, block in found if block]


def curves_figure(reading: Reading, setting: Setting, funnel: str) -> Figure | None:
    """All from the origin beside those who got to the last step from there; None without both curves."""
    asked = next((one for one in reading.study.protocol.funnels if one.name == funnel), None)
    if asked is None:
        return None
    found = curves_of(reading, asked.outcome, asked.origin, asked.steps[-1])
    if len(found) != 2:
        return None
    vocabulary = reading.study.vocabulary
    origin, last = vocabulary.label_of(asked.origin), vocabulary.label_of(asked.steps[-1])
    labels = [
        TEXT["funnel_all"].format(origin=origin),
        TEXT["funnel_naive"].format(last=vocabulary.heading_of(asked.steps[-1])),
    ]
    blocks = [block for _, block in found]
    until = _last_month(blocks, setting.until)
    panel: Panel = {
        "title": "",
        "x": month_axis(until, TEXT["funnel_origin"].format(origin=origin, last=last)),
        "y": percent_axis(f"{vocabulary.outcomes[asked.outcome].label}, %"),
        "marks": [
            curve(blocks[0], "c1", label=labels[0]),
            curve(blocks[1], "c2", label=labels[1], look="dashed"),
            *sparse_from(blocks, until),
        ],
        "risk": _risk(reading, asked.outcome, found, labels, ticks(until)),
    }
    values = [setting.value_at(reading, block, month) for block in blocks for month in setting.at_months[:1]]
    return {
        "schema": SCHEMA,
        "key": f"funnel-curves-{funnel}",
        "title": TEXT["funnel_curves_title"].format(
            outcome=vocabulary.outcomes[asked.outcome].label, origin=origin, last=last
        ),
        "caption": TEXT["funnel_curves_caption"].format(
            n=blocks[0][0].n,
            origin=origin,
            m=blocks[1][0].n,
            last=last,
            level=level_words(blocks[0][0].level).removesuffix(" CI"),
        ),
        "alternative": f"{labels[0]}: {values[0]}. {labels[1]}: {values[1]}.",
        "across": 1,
        "legend": [],
        "panels": [panel],
        "boxes": [],
        "table": numbers_table(list(zip(labels, blocks, strict=True))),
    }


def _risk(
    reading: Reading,
    outcome: str,
    found: list[tuple[str, list[Estimate]]],
    labels: list[str],
    at: list[float],
) -> list[RiskGroup]:
    groups = [
        group
        for (strategy, _), label, key in zip(found, labels, ("c1", "c2"), strict=True)
        for group in risk_groups(reading, [(outcome, label, key)], at, strategy)
    ]
    for group, label, key in zip(groups, labels, ("c1", "c2"), strict=False):
        group["heading"], group["colour"] = label, key
    return groups


def _last_month(blocks: list[list[Estimate]], until: float) -> float:
    """Last month for which either curve has a number, at most the report's."""
    last = max(one.month for block in blocks for one in block if one.estimate is not None)
    return min(until, last)


def _ticks(whole: int) -> list[float]:
    step = next(
        size
        for size in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 10**3, 10**4, 10**5, 10**6)
        if whole / size <= 6
    )
    return [float(step * number) for number in range(whole // step + 1)]

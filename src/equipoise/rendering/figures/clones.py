"""Flow of clones: from those assessed to those who follow each strategy, with sums that are checked."""

from collections.abc import Sequence
from typing import Any, Final

from equipoise.rendering.emulated.trial import Arm, Trial
from equipoise.rendering.figure import Cell, Figure, FlowBox, Heading, flow_chart_of
from equipoise.rendering.numbers import count
from equipoise.rendering.words import TEXT, capital

# The reason of those who are never censored, as the table of clones has it.
STAYED: Final = "compatible to the end of follow-up"


def clones_figure(trial: Trial) -> Figure | None:
    """One box for each strategy beside the line of those who are cloned; None without the table.

    Raises
    ------
    ValueError
        When the clones of a strategy do not add up to the patients of the emulation.
    """
    found = {arm: _rows(trial, arm) for arm in trial.arms}
    found = {arm: rows for arm, rows in found.items() if rows}
    if not found:
        return None
    n = trial.rows[0].n
    for arm, rows in found.items():
        clones = sum(row["patients"] for row in rows)
        if clones != n:
            raise ValueError(f"clones: {arm.name} has {clones} of {n}")
    heading = Heading(
        "clones",
        TEXT["clones_title"],
        TEXT["clones_caption"].format(n=count(n)),
        TEXT["clones_alternative"].format(values=" ".join(_said(arm, rows) for arm, rows in found.items())),
    )
    boxes = [*_before(trial, n), *(_box(arm, rows, n) for arm, rows in found.items())]
    columns = ["strategy", "reason", "clones", "started as it asks", "first day", "median day"]
    names = ("reason", "patients", "started", "first_day", "median_day")
    cells: list[list[Cell]] = [
        [arm.title, *(row[name] for name in names)] for arm, rows in found.items() for row in rows
    ]
    return flow_chart_of(heading, boxes, {"columns": columns, "rows": cells})


def _rows(trial: Trial, arm: Arm) -> list[dict[str, Any]]:
    return [row for row in trial.reading.rows("clones") if row["strategy"] == arm.name]


def _before(trial: Trial, n: int) -> list[FlowBox]:
    """Assessed, not enrolled, enrolled, come later, cloned; those who left only where there are any."""
    flow = trial.reading.rows("flow")
    attrition = trial.reading.rows("attrition")
    boxes: list[FlowBox] = []
    enrolled = attrition[-1]["remaining"] if attrition else n
    if flow:
        assessed = next(row for row in flow if row["parent"] is None)
        boxes.append(_plain(capital(assessed["label"]), assessed["n"]))
        if assessed["n"] > enrolled:
            boxes.append(_plain(TEXT["clones_not_enrolled"], assessed["n"] - enrolled, side=True))
    if enrolled > n:
        boxes.append(_plain(TEXT["clones_enrolled"], enrolled))
        boxes.append(_plain(TEXT["clones_late"], enrolled - n, side=True))
    return [*boxes, _plain(TEXT["clones_cloned"], n)]


def _plain(label: str, n: int, *, side: bool = False) -> FlowBox:
    return {"label": label, "n": n, "side": side, "lines": []}


def _box(arm: Arm, rows: Sequence[dict[str, Any]], n: int) -> FlowBox:
    return {"label": arm.title, "n": n, "side": True, "lines": [_line(row) for row in rows]}


def _line(row: dict[str, Any]) -> str:
    """``179 left: did not start by the end of the window (median day 183)``."""
    if row["reason"] == STAYED:
        line = TEXT["clones_stay"].format(n=count(row["patients"]))
        started = TEXT["clones_started"].format(n=count(row["started"])) if row["started"] else ""
        return f"{line}{started}"
    day = row["median_day"]
    when = "" if day is None else TEXT["clones_when"].format(day=f"{day:.0f}")
    return TEXT["clones_left"].format(n=count(row["patients"]), reason=row["reason"], when=when)


def _said(arm: Arm, rows: Sequence[dict[str, Any]]) -> str:
    return f"{arm.title}: {'; '.join(_line(row) for row in rows)}."

"""The flow chart: from everybody who was assessed to those who are followed, with what became of the rest."""

from typing import Any

from equipoise.language.words import lower_first
from equipoise.rendering.figure import Cell, Figure, FlowBox, Heading, flow_chart_of
from equipoise.rendering.numbers import count
from equipoise.rendering.reading import Reading
from equipoise.rendering.words import TEXT, capital

Children = dict[str | None, list[dict[str, Any]]]
UNMET = "Not: "


def flow_figure(reading: Reading) -> Figure | None:
    """Boxes in reading order: each who went on, and beside it each who left; None without the table."""
    rows = reading.rows("flow")
    if not rows:
        return None
    children: Children = {}
    for row in rows:
        children.setdefault(row["parent"], []).append(row)
    boxes = [_box(row, children) for row in _shown(children)]
    first, last = boxes[0], [box for box in boxes if not box["side"]][-1]
    heading = Heading(
        "flow",
        TEXT["flow_title"],
        TEXT["flow_caption"],
        TEXT["flow_alternative"].format(
            first=first["n"],
            first_label=lower_first(first["label"]),
            last=last["n"],
            last_label=lower_first(last["label"]),
            left=sum(box["side"] for box in boxes),
        ),
    )
    cells: list[list[Cell]] = [
        [row["box"], row["parent"], row["kind"], row["label"], row["n"]] for row in rows
    ]
    columns = ["box", "comes from", "kind", "label", "patients"]
    return flow_chart_of(heading, boxes, {"columns": columns, "rows": cells})


def _shown(children: Children) -> list[dict[str, Any]]:
    """Boxes from the top down; where nobody left, one of the boxes of equal size (at the end, the last)."""
    line: list[dict[str, Any]] = []
    shown: list[dict[str, Any]] = []
    following = children[None]
    while following:
        shown += [row for row in following if row["kind"] == "left" and row["n"]]
        for row in (one for one in following if one["kind"] == "kept"):
            line.append(row)
            if not shown or row["n"] != _last_kept(shown)["n"]:
                shown.append(row)
        below = children.get(line[-1]["box"], [])
        following = [row for row in below if row["kind"] in {"left", "kept"}]
    if len(shown) > 1 and shown[-1] is _last_kept(shown) is not line[-1]:
        shown[-1] = line[-1]
    return shown


def _last_kept(shown: list[dict[str, Any]]) -> dict[str, Any]:
    return next(row for row in reversed(shown) if row["kind"] == "kept")


def _box(row: dict[str, Any], children: Children) -> FlowBox:
    inside = children.get(row["box"], [])
    lines = [f"{count(one['n'])} {lower_first(one['label'])}" for one in inside if one["kind"] == "part"]
    label = capital(row["label"])
    if label.startswith(UNMET):
        label = TEXT["flow_unmet"].format(criterion=label.removeprefix(UNMET))
    side = row["kind"] == "left"
    return {"label": label, "n": row["n"], "side": side, "lines": [*lines, *_details(row, children, "")]}


def _details(row: dict[str, Any], children: Children, indent: str) -> list[str]:
    """Counts that may overlap, those of a count below it."""
    lines: list[str] = []
    for one in children.get(row["box"], []):
        if one["kind"] == "detail":
            text = TEXT["flow_detail"].format(n=count(one["n"]), label=lower_first(one["label"]))
            lines += [f"{indent}{text}", *_details(one, children, f"{indent}\u2003")]
    return lines

"""The flow chart: from everybody who was assessed to those who are followed, with what became of the rest."""

from typing import Any

from equipoise.render.figure import SCHEMA, Cell, Figure, FlowBox
from equipoise.render.numbers import count
from equipoise.render.reading import Reading
from equipoise.render.words import TEXT, lower_first


def flow_figure(reading: Reading) -> Figure | None:
    """Boxes in reading order: each who went on, and beside it each who left; None without the table."""
    rows = reading.rows("flow")
    if not rows:
        return None
    children: dict[str | None, list[dict[str, Any]]] = {}
    for row in rows:
        children.setdefault(row["parent"], []).append(row)
    boxes: list[FlowBox] = []
    queue = [row for row in children[None]]
    while queue:
        row = queue.pop(0)
        boxes.append(_box(row, children))
        following = children.get(row["box"], [])
        queue = (
            [one for one in following if one["kind"] == "left"]
            + [one for one in following if one["kind"] == "kept"]
            + queue
        )
    first, last = boxes[0], [box for box in boxes if not box["side"]][-1]
    table: list[list[Cell]] = [
        [row["box"], row["parent"], row["kind"], row["label"], row["n"]] for row in rows
    ]
    return {
        "schema": SCHEMA,
        "key": "flow",
        "title": TEXT["flow_title"],
        "caption": TEXT["flow_caption"],
        "alternative": TEXT["flow_alternative"].format(
            first=first["n"],
            first_label=lower_first(first["label"]),
            last=last["n"],
            last_label=lower_first(last["label"]),
            left=sum(box["side"] for box in boxes),
        ),
        "across": 1,
        "legend": [],
        "panels": [],
        "boxes": boxes,
        "table": {"columns": ["box", "comes from", "kind", "label", "patients"], "rows": table},
    }


def _box(row: dict[str, Any], children: dict[str | None, list[dict[str, Any]]]) -> FlowBox:
    inside = children.get(row["box"], [])
    lines = [f"{count(one['n'])} {lower_first(one['label'])}" for one in inside if one["kind"] == "part"]
    details = [one for one in inside if one["kind"] == "detail"]
    lines += [
        TEXT["flow_detail"].format(n=count(one["n"]), label=lower_first(one["label"])) for one in details
    ]
    return {"label": row["label"], "n": row["n"], "side": row["kind"] == "left", "lines": lines}

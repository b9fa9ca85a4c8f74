"""Layout of forest plots on wide pages: a table whose numbers stand left of their marks."""

from dataclasses import dataclass

from equipoise.rendering.figure import Figure, Forest, ForestColumn, ForestEntry, ForestRow
from equipoise.rendering.layout import forest_stack
from equipoise.rendering.layout.forest_marks import (
    LINE,
    NOTE_SIZE,
    NUMBER_SIZE,
    bottom_axis,
    draw_entry,
    grid,
    in_layers,
    is_drawn,
    mark_room,
    notes,
)
from equipoise.rendering.layout.legend import draw_legend
from equipoise.rendering.letters import width as text_width
from equipoise.rendering.letters import wrap
from equipoise.rendering.scene import Primitive, Scene, Text

SMALL_PAGE = 600.0
GAP = 14.0
PADDING = 4.0
INDENT = 12.0
LABEL_SIZE = 12.0
INTERVAL_ROOM, BAR_ROOM = 158.0, 84.0
LEAST_LABEL = 132.0
EDGE = 10.0  # half of the last number of an axis


@dataclass(frozen=True, slots=True)
class Slot:
    """Place of a column: its text from `text` on, its axis from `left` to `right`; equal without an axis."""

    column: ForestColumn
    text: float
    left: float
    right: float


def lay_out(figure: Figure, forest: Forest, width: float) -> Scene:
    """Lay out a forest plot; see `equipoise.rendering.layout.lay_out`."""
    scene = Scene(width)
    y = draw_legend(scene, figure["legend"]) + 4
    if width < SMALL_PAGE:
        scene.height = forest_stack.draw(scene, forest, y) + 2
        return scene
    slots = _slots(forest, width)
    y = _headings(scene, slots, y)
    behind = len(scene.items)
    strips: list[tuple[float, float]] = []
    for row in forest["rows"]:
        top = y
        y, bottom = _part(scene, row, y) if row["kind"] == "part" else _row(scene, row, slots, y)
        if any(row["cells"]):
            strips.append((top, bottom))
    scene.items[behind:] = [*_grids(slots, strips), *in_layers(scene.items[behind:])]
    scene.line(0, y, width, y, stroke="soft")
    scene.height = (
        max(
            bottom_axis(scene, slot.column["axis"], slot.left, slot.right, y)
            for slot in slots
            if slot.column["axis"]
        )
        + 2
    )
    return scene


def _slots(forest: Forest, width: float) -> list[Slot]:
    """Columns from the right edge leftwards, each as wide as text and axis; the labels get the rest."""
    columns = forest["columns"]
    texts = [_text_room(forest, place) for place in range(len(columns))]
    axes = [
        0.0 if one["axis"] is None else BAR_ROOM if one["line"] is None else INTERVAL_ROOM for one in columns
    ]
    spare = width - LEAST_LABEL - sum(texts) - sum(axes) - GAP * (len(columns) + sum(map(bool, axes)))
    slots: list[Slot] = []
    right = width - (EDGE if columns[-1]["axis"] else 0.0)
    for column, text, axis in reversed(list(zip(columns, texts, axes, strict=True))):
        lacking = min(spare, 0.0) / sum(map(bool, axes)) if axis else 0.0  # taken from the axes
        left = right - axis - lacking
        start = left - text - (GAP if axis else 0.0)
        slots.append(Slot(column, start, left, right))
        right = start - GAP
    return slots[::-1]


def _text_room(forest: Forest, place: int) -> float:
    """Width of the texts of a column; words that take the place of a mark may run over the axis."""
    column = forest["columns"][place]
    has_axis = column["axis"] is not None
    entries = [one for row in forest["rows"] if row["cells"] for one in row["cells"][place]]
    texts = [
        mark_room(column) + text_width(one["text"], NUMBER_SIZE)
        for one in entries
        if is_drawn(one) or not has_axis
    ]
    heading = 0.0 if has_axis else max(text_width(word, NOTE_SIZE) for word in column["heading"].split(" "))
    return max([*texts, heading], default=0.0)


def _headings(scene: Scene, slots: list[Slot], top: float) -> float:
    wrapped = [wrap(slot.column["heading"], slot.right - slot.text, NOTE_SIZE) for slot in slots]
    bottom = top + 13 * max(len(lines) for lines in wrapped)
    for slot, lines in zip(slots, wrapped, strict=True):
        for number, line in enumerate(lines):
            y = bottom - 13 * (len(lines) - 1 - number)
            at, anchor = (slot.text, "start") if slot.column["axis"] else (slot.right, "end")
            scene.add(Text(at, y, line, NOTE_SIZE, "soft", anchor))
    scene.line(0, bottom + 6, scene.width, bottom + 6, stroke="soft")
    return bottom + 8


def _grids(slots: list[Slot], strips: list[tuple[float, float]]) -> list[Primitive]:
    """Ticks behind the marks; rows that touch share their lines."""
    joined: list[tuple[float, float]] = []
    for top, bottom in strips:
        touches = bool(joined) and abs(joined[-1][1] - top) < 1e-6
        joined.append((joined.pop()[0] if touches else top, bottom))
    return [line for slot in slots for line in grid(slot.column, (slot.left, slot.right), joined)]


def _part(scene: Scene, row: ForestRow, top: float) -> tuple[float, float]:
    y = top + 21
    scene.add(Text(0, y, row["label"], 12.5, bold=True))
    bottom = notes(scene, row["note"], 0.0, y + 3) + 5
    return bottom, bottom


def _row(scene: Scene, row: ForestRow, slots: list[Slot], top: float) -> tuple[float, float]:
    """Draw a row; return the y below it, and below its numbers alone."""
    start = INDENT * row["indent"]
    is_group = row["kind"] == "group"
    has_numbers = any(row["cells"])
    room = slots[0].text - GAP - start if has_numbers else scene.width - start
    label = wrap(row["label"], room, LABEL_SIZE, bold=is_group)
    lines = max(len(label), *(_lines(slot, cell) for slot, cell in zip(slots, row["cells"], strict=True)))
    bottom = top + 2 * PADDING + LINE * lines
    if is_group or row["indent"] == 0:
        scene.line(0, top, scene.width, top, stroke="faint")
    for number, line in enumerate(label):
        scene.add(Text(start, top + PADDING + 11 + LINE * number, line, LABEL_SIZE, bold=is_group))
    for slot, cell in zip(slots, row["cells"], strict=True):
        _cell(scene, slot, cell, top + PADDING)
    return (notes(scene, row["note"], start, bottom - 2) if row["note"] else bottom), bottom


def _lines(slot: Slot, cell: list[ForestEntry]) -> int:
    return sum(len(_text_lines(slot, one)) for one in cell)


def _text_lines(slot: Slot, entry: ForestEntry) -> list[str]:
    """The text of an entry; words that take the place of a mark are wrapped over text and axis."""
    if entry["estimate"] is not None or slot.column["axis"] is None:
        return [entry["text"]]
    return wrap(entry["text"], slot.right - slot.text - mark_room(slot.column), NUMBER_SIZE)


def _cell(scene: Scene, slot: Slot, cell: list[ForestEntry], top: float) -> None:
    y = top
    for entry in cell:
        lines = _text_lines(slot, entry)
        if slot.column["axis"] is None:
            scene.add(Text(slot.right, y + 11, lines[0], NUMBER_SIZE, anchor="end"))
        else:
            draw_entry(scene, slot.column, entry, lines, (slot.text, slot.left, slot.right, y))
        y += LINE * len(lines)

"""Layout of forest plots on narrow pages: each row a small stack of label, counts, numbers and marks."""

from dataclasses import dataclass, field

from equipoise.rendering.figure import Forest, ForestColumn, ForestEntry, ForestRow
from equipoise.rendering.layout.forest_marks import (
    LINE,
    NOTE_LINE,
    NOTE_SIZE,
    NUMBER_SIZE,
    bottom_axis,
    colour_of,
    draw_mark,
    grid,
    in_layers,
    is_drawn,
    mark_room,
    notes,
)
from equipoise.rendering.layout.marks import sign
from equipoise.rendering.letters import wrap
from equipoise.rendering.scene import Scene, Text

GAP = 20.0
EDGE = 13.0  # half of the widest number of an axis
BAR_EDGE = 3.0  # half of a zero below the start of a bar
STRIP = 14.0
BAR_SHARE = 0.42


@dataclass(frozen=True, slots=True)
class _Lane:
    """A column with an axis: position among the columns, left and right end, strips with a mark so far."""

    place: int
    column: ForestColumn
    left: float
    right: float
    strips: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])


def draw(scene: Scene, forest: Forest, top: float) -> float:
    """Draw the rows one below the other; return the y below the axes."""
    lanes = _lanes(forest["columns"], scene.width)
    y = _headings(scene, lanes, top)
    behind = len(scene.items)
    for row in forest["rows"]:
        y = _part(scene, row, y) if row["kind"] == "part" else _row(scene, forest["columns"], lanes, row, y)
    ticks = [line for lane in lanes for line in grid(lane.column, (lane.left, lane.right), lane.strips)]
    scene.items[behind:] = [*ticks, *in_layers(scene.items[behind:])]
    scene.line(0, y, scene.width, y, stroke="soft")
    ends = [
        bottom_axis(scene, lane.column["axis"], lane.left, lane.right, y)
        for lane in lanes
        if lane.column["axis"]
    ]
    return max(ends, default=y)


def _lanes(columns: list[ForestColumn], width: float) -> list[_Lane]:
    """Bars are narrower than intervals; a single axis has the whole width."""
    drawn = [(place, one) for place, one in enumerate(columns) if one["axis"] is not None]
    shares = [BAR_SHARE if one["line"] is None and len(drawn) > 1 else 1.0 for _, one in drawn]
    free = 1.0 - sum(share for share in shares if share < 1.0)
    whole = sum(share == 1.0 for share in shares) or 1
    room = width - GAP * (len(drawn) - 1)
    lanes: list[_Lane] = []
    left = 0.0
    for (place, column), share in zip(drawn, shares, strict=True):
        right = left + room * (share if share < 1.0 else free / whole)
        edge = EDGE if column["line"] is not None else BAR_EDGE
        lanes.append(_Lane(place, column, left + edge, right - EDGE))
        left = right + GAP
    return lanes


def _headings(scene: Scene, lanes: list[_Lane], top: float) -> float:
    wrapped = [wrap(lane.column["heading"], lane.right - lane.left, NOTE_SIZE) for lane in lanes]
    bottom = top + NOTE_LINE * max(len(lines) for lines in wrapped)
    for lane, lines in zip(lanes, wrapped, strict=True):
        for number, line in enumerate(lines):
            y = bottom - NOTE_LINE * (len(lines) - 1 - number)
            scene.add(Text(lane.left, y, line, NOTE_SIZE, "soft"))
    scene.line(0, bottom + 6, scene.width, bottom + 6, stroke="soft")
    return bottom + 8


def _part(scene: Scene, row: ForestRow, top: float) -> float:
    y = top + 6
    for line in wrap(row["label"], scene.width, 12.5, bold=True):
        y += 16
        scene.add(Text(0, y, line, 12.5, bold=True))
    return notes(scene, row["note"], 0.0, y + 2) + 5


def _row(scene: Scene, columns: list[ForestColumn], lanes: list[_Lane], row: ForestRow, top: float) -> float:
    is_group = row["kind"] == "group"
    if is_group or row["indent"] == 0:
        scene.line(0, top, scene.width, top, stroke="faint")
    y = top + 3
    for line in wrap(row["label"], scene.width, 12, bold=is_group):
        y += LINE
        scene.add(Text(0, y - 2, line, 12, bold=is_group))
    if any(row["cells"]):
        y = _counts(scene, columns, row, y) + 1
        y = max((_lane(scene, lane, row["cells"][lane.place], y) for lane in lanes), default=y)
    y = notes(scene, row["note"], 0.0, y - 2) if row["note"] else y
    return y + 5


def _counts(scene: Scene, columns: list[ForestColumn], row: ForestRow, y: float) -> float:
    """The columns without an axis in one line of words, broken where it is too long."""
    words = [
        f"{column['short']} {entry['text']}".strip().replace(" ", "\u00a0")
        for column, cell in zip(columns, row["cells"], strict=True)
        for entry in cell
        if column["axis"] is None
    ]
    for line in wrap(" \u00b7 ".join(words), scene.width, NOTE_SIZE) if words else []:
        y += NOTE_LINE
        scene.add(Text(0, y - 2, line.removesuffix(" \u00b7"), NOTE_SIZE, "soft"))
    return y


def _lane(scene: Scene, lane: _Lane, cell: list[ForestEntry], y: float) -> float:
    """Each entry as its text with the mark below."""
    for entry in cell:
        room = mark_room(lane.column)
        start = lane.left - (EDGE if room else BAR_EDGE)
        if room and entry["estimate"] is not None:
            sign(scene, entry["shape"], start + 4.5, y + LINE / 2, halo="")
        for line in wrap(entry["text"], lane.right - start - room + EDGE, NUMBER_SIZE):
            scene.add(Text(start + room, y + 11, line, NUMBER_SIZE, colour_of(entry)))
            y += LINE
        if is_drawn(entry):
            lane.strips.append((y, y + STRIP))
            draw_mark(scene, lane.column, entry, (lane.left, lane.right, y + STRIP / 2))
            y += STRIP + 2
    return y

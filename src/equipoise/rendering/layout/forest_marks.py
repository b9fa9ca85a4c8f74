"""What wide and narrow forest plots share: marks upon an axis, grid, axis, notes."""

from equipoise.rendering.figure import Axis, ForestColumn, ForestEntry
from equipoise.rendering.layout.frame import place
from equipoise.rendering.layout.marks import sign
from equipoise.rendering.letters import width as text_width
from equipoise.rendering.letters import wrap
from equipoise.rendering.palette import TRUTH_KEY
from equipoise.rendering.scene import Box, Circle, Path, Primitive, Scene, Segments, Text

LINE = 15.0
NUMBER_SIZE = 12.0
NOTE_SIZE = 11.0
NOTE_LINE = 13.5
SIGN_ROOM = 14.0
BAR_HEIGHT = 8.0


def mark_room(column: ForestColumn) -> float:
    """Room left of a text for the sign that the mark upon the axis has; bars have none."""
    return SIGN_ROOM if column["axis"] is not None and column["line"] is not None else 0.0


def draw_entry(
    scene: Scene,
    column: ForestColumn,
    entry: ForestEntry,
    lines: list[str],
    at: tuple[float, float, float, float],
) -> None:
    """Write an entry and draw its mark; `at` is the x of the text, the two ends of the axis, and the top.

    Words that take the place of a mark run over the axis and cover its ticks.
    """
    text, left, right, top = at
    room = mark_room(column)
    if room and entry["estimate"] is not None:
        sign(scene, entry["shape"], text + 4.5, top + LINE / 2, halo="")
    if not is_drawn(entry):
        widest = max(text_width(line, NUMBER_SIZE) for line in lines)
        scene.add(Box(text + room, top, widest + 3, LINE * len(lines), fill="paper"))
    colour = colour_of(entry)
    for number, line in enumerate(lines):
        scene.add(Text(text + room, top + 11 + LINE * number, line, NUMBER_SIZE, colour))
    draw_mark(scene, column, entry, (left, right, top + LINE / 2))


def draw_mark(scene: Scene, column: ForestColumn, entry: ForestEntry, at: tuple[float, float, float]) -> None:
    """Draw the interval of an entry with its sign, or with a bar where zero is the start of the axis."""
    left, right, y = at
    axis, estimate = column["axis"], entry["estimate"]
    if axis is None:
        return
    if estimate is None:
        _pale(scene, axis, entry, at)
        return
    if column["line"] is None:
        end = place(axis, estimate, left, right)
        scene.add(Box(left, y - BAR_HEIGHT / 2, max(end - left, 0.5), BAR_HEIGHT, fill="c1", opacity=0.38))
    lower, upper = entry["lower"], entry["upper"]
    if lower is not None and upper is not None:
        first, last = place(axis, lower, left, right), place(axis, upper, left, right)
        scene.line(first, y, last, y, stroke="ink", width=1.3)
        for limit, end, way in ((axis["first"] - lower, first, -1), (upper - axis["last"], last, 1)):
            if limit > 1e-9 * abs(axis["last"]):
                tip = ((end - 5 * way, y - 3.6), (end + way, y), (end - 5 * way, y + 3.6))
                scene.add(Path(tip, fill="ink", closed=True))
    if "before" in entry:
        sign(scene, "circle", place(axis, entry["before"], left, right), y, halo="")
    if column["line"] is not None:
        sign(scene, entry["shape"], place(axis, estimate, left, right), y, halo="")


def is_drawn(entry: ForestEntry) -> bool:
    """Whether an entry has a mark upon the axis: a number, or the limits of one that may not be shown."""
    return entry["estimate"] is not None or (entry.get("pale", False) and entry["lower"] is not None)


def colour_of(entry: ForestEntry) -> str:
    """Grey for an entry without a number that may be shown, else ink."""
    return "soft" if entry.get("pale") else "ink"


def _pale(scene: Scene, axis: Axis, entry: ForestEntry, at: tuple[float, float, float]) -> None:
    """Limits without a number: a dashed grey line without a sign."""
    left, right, y = at
    lower, upper = entry["lower"], entry["upper"]
    if not is_drawn(entry) or lower is None or upper is None:
        return
    ends = (place(axis, lower, left, right), y), (place(axis, upper, left, right), y)
    scene.add(Path(ends, stroke="boxline", width=1.2, dash=(3, 3)))


def grid(
    column: ForestColumn, across: tuple[float, float], strips: list[tuple[float, float]]
) -> list[Segments | Path]:
    """The ticks of an axis over strips (top, bottom), the line of no difference stronger, and the truth."""
    axis, line, truth = column["axis"], column["line"], column.get("truth")
    if axis is None or not strips:
        return []
    ticks = {place(axis, tick, *across): tick == line for tick in axis["ticks"]}
    lines: list[Segments | Path] = [
        Segments(
            tuple(
                (at, top, at, bottom)
                for top, bottom in strips
                for at, is_line in ticks.items()
                if is_line == strong
            ),
            stroke="soft" if strong else "faint",
        )
        for strong in sorted(set(ticks.values()))
    ]
    for guide in column.get("guides", ()):
        at = place(axis, guide, *across)
        lines += [Path(((at, top), (at, bottom)), stroke="boxline", dash=(2, 3)) for top, bottom in strips]
    if truth is not None:
        at = place(axis, truth, *across)
        lines += [
            Path(((at, top), (at, bottom)), stroke=TRUTH_KEY, width=1.6, dash=(4, 3))
            for top, bottom in strips
        ]
    return lines


def bottom_axis(scene: Scene, axis: Axis, left: float, right: float, y: float) -> float:
    """Draw an axis with its numbers and its name below; return the y below it."""
    scene.line(left, y, right, y, stroke="soft")
    marks = [place(axis, tick, left, right) for tick in axis["ticks"]]
    scene.add(Segments(tuple((at, y, at, y + 4) for at in marks), stroke="soft"))
    for tick, at in zip(axis["ticks"], marks, strict=True):
        scene.add(Text(at, y + 16, tick_text(axis, tick), NOTE_SIZE, "soft", "middle"))
    bottom = y + 20
    for line in wrap(axis["label"], max(right - left + 50, 120), NOTE_SIZE) if axis["label"] else []:
        bottom += NOTE_LINE
        room = text_width(line, NOTE_SIZE)
        centre = min(max((left + right) / 2, room / 2), scene.width - room / 2)
        scene.add(Text(centre, bottom - 2, line, NOTE_SIZE, "soft", "middle"))
    return bottom + 2


def tick_text(axis: Axis, value: float) -> str:
    """A tick as text: percent where the axis is one, a minus sign as a minus sign."""
    return (f"{value * 100:.0f}" if axis["percent"] else f"{value:g}").replace("-", "\u2212")


def in_layers(items: list[Primitive]) -> list[Primitive]:
    """Words that cover ticks, bars, lines, filled signs, hollow signs, texts: each paint in one piece."""
    return sorted(items, key=_layer)


def _layer(item: Primitive) -> int:
    match item:
        case Box():
            return 0 if item.fill == "paper" else 1
        case Path():
            return 3 if item.fill else 2
        case Circle():
            return 4
        case Text():
            return 5
        case _:
            return 2


def notes(scene: Scene, text: str, start: float, y: float) -> float:
    """Write a note over the whole width below a row; return the y below it."""
    if not text:
        return y
    for line in wrap(text, scene.width - start, NOTE_SIZE):
        y += NOTE_LINE
        scene.add(Text(start, y, line, NOTE_SIZE, "soft"))
    return y + 6

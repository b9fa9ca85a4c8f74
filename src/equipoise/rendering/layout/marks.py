"""Drawing of marks: curves with bands, stacked layers, bars, lanes, signs and their direct labels."""

from equipoise.rendering.figure import Area, Bar, Curve, Mark, Note, Panel, Point, Shade, Shape, Whisker
from equipoise.rendering.layout.frame import Frame
from equipoise.rendering.letters import width as text_width
from equipoise.rendering.letters import wrap
from equipoise.rendering.scene import Box, Circle, Path, Scene, Text

LABEL_SIZE = 12.0
LABEL_LINE = 14.0
ROW_LEAD = 17.0
SHADE_CLEAR = 60.0
OUTER = 0.09
EDGE = 10.0  # half of the last number of an axis


def right_room(panel: Panel, *, narrow: bool) -> float:
    """Room right of the axes that the direct labels need."""
    axis = panel["y"]
    if axis["scale"] == "rows":
        return EDGE
    words = [line for _, lines, _ in _direct_labels(panel, narrow=narrow) for line in lines]
    if not words:
        return 14.0
    return max(text_width(word, LABEL_SIZE) for word in words) + 22


def draw(scene: Scene, frame: Frame, *, narrow: bool) -> None:
    """Draw the marks of a panel in order, then the direct labels."""
    for mark in sorted(frame.panel["marks"], key=_paint_of):
        match mark["mark"]:
            case "curve":
                _curve(scene, frame, mark)
            case "area":
                _area(scene, frame, mark)
            case "shade":
                _shade(scene, frame, mark)
            case "note":
                _note(scene, frame, mark)
            case "whisker":
                _whisker(scene, frame, mark)
            case "bar":
                _bar(scene, frame, mark)
            case "lane":
                top = frame.y(mark["row"] + 0.14)
                height = frame.y(mark["row"] + 0.86) - top
                first, last = frame.x(mark["first"]), frame.x(mark["last"])
                scene.add(Box(first, top, last - first, height, fill=mark["colour"]))
            case "point":
                _point(scene, frame, mark)
    axis = frame.panel["y"]
    if axis["scale"] == "rows":
        _row_words(scene, frame, axis["labels"], axis["values"])
    else:
        _labels(scene, frame, narrow=narrow)


def _paint_of(mark: Mark) -> tuple[int, str]:
    """Lanes by colour, then signs by shape, so that a drawing names each paint once; the rest as it comes."""
    if mark["mark"] == "lane":
        return 0, mark["colour"]
    return (1, mark["shape"]) if mark["mark"] == "point" else (0, "")


def sign(scene: Scene, shape: Shape, x: float, y: float, *, halo: str = "paper") -> None:
    """Draw a sign, centred; `halo` is the colour of the rim of filled ones, empty for none."""
    r = 3.4
    outlines = {
        "triangle": ((x - r, y + r), (x + r, y + r), (x, y - r)),
        "diamond": ((x - r, y), (x, y - r - 0.6), (x + r, y), (x, y + r + 0.6)),
        "square": (
            (x - r + 0.4, y - r + 0.4),
            (x + r - 0.4, y - r + 0.4),
            (x + r - 0.4, y + r - 0.4),
            (x - r + 0.4, y + r - 0.4),
        ),
    }
    match shape:
        case "circle":
            scene.add(Circle(x, y, r - 0.2, fill="paper", stroke="ink", width=1.3))
        case "cross":
            scene.add(Path(((x - r, y - r), (x + r, y + r)), stroke="ink", width=1.7))
            scene.add(Path(((x - r, y + r), (x + r, y - r)), stroke="ink", width=1.7))
        case "plus":
            scene.add(Path(((x - r, y), (x + r, y)), stroke="ink", width=1.7))
            scene.add(Path(((x, y - r), (x, y + r)), stroke="ink", width=1.7))
        case "bar":
            scene.add(Path(((x, y - r), (x, y + r)), stroke="ink", width=2))
        case "arrow":
            scene.add(Path(((x, y - r + 0.2), (x + r + 1.4, y), (x, y + r - 0.2)), fill="ink", closed=True))
        case "triangle" | "diamond" | "square":
            scene.add(Path(outlines[shape], stroke=halo, fill="ink", width=0.8 if halo else 1.0, closed=True))


def _stairs(x: list[float], y: list[float], frame: Frame) -> list[tuple[float, float]]:
    """Corners of a right-continuous step function; where it stays level there is none until it moves."""
    last = frame.panel["x"]["last"]
    kept = [(frame.x(a), frame.y(b)) for a, b in zip(x, y, strict=True) if a <= last]
    corners = kept[:1]
    for at, height in kept[1:]:
        level = corners[-1][1]
        if height != level:
            corners += [(at, level), (at, height)]
    if kept and kept[-1][0] != corners[-1][0]:
        corners.append((kept[-1][0], corners[-1][1]))
    return corners


def _curve(scene: Scene, frame: Frame, mark: Curve) -> None:
    if "outer" in mark:
        outer = mark["outer"]
        wide = _stairs(outer["x"], outer["upper"], frame)
        wide += reversed(_stairs(outer["x"], outer["lower"], frame))
        scene.add(Path(tuple(wide), fill=mark["colour"], opacity=OUTER, closed=True))
    known = [
        (x, lower, upper)
        for x, lower, upper in zip(mark["x"], mark["lower"], mark["upper"], strict=True)
        if lower is not None and upper is not None
    ]
    if known and not mark["ghost"]:
        x = [one[0] for one in known]
        band = _stairs(x, [one[2] for one in known], frame)
        band += reversed(_stairs(x, [one[1] for one in known], frame))
        scene.add(Path(tuple(band), fill=mark["colour"], opacity=0.16, closed=True))
    corners = _stairs(mark["x"], mark["y"], frame)
    if mark.get("straight"):
        corners = [(frame.x(x), frame.y(y)) for x, y in zip(mark["x"], mark["y"], strict=True)]
    scene.add(
        Path(
            tuple(corners),
            stroke="ghost" if mark["ghost"] else mark["colour"],
            width=1.2 if mark["ghost"] or mark.get("thin") else 2.2,
            dash=(5, 4) if mark["dashed"] else (),
        )
    )


def _area(scene: Scene, frame: Frame, mark: Area) -> None:
    outline = _stairs(mark["x"], mark["top"], frame)
    outline += reversed(_stairs(mark["x"], mark["base"], frame))
    scene.add(Path(tuple(outline), fill=mark["colour"], stroke="paper", width=0.8, closed=True))


def _shade(scene: Scene, frame: Frame, mark: Shade) -> None:
    at = frame.x(mark["since"])
    scene.add(
        Box(at, frame.top - 1, frame.right - at + 1, frame.bottom - frame.top + 1, fill="paper", opacity=0.6)
    )
    scene.add(Path(((at, frame.top), (at, frame.bottom)), stroke="soft", dash=(2, 3)))
    room = text_width(mark["label"], 10.5)
    # The name of the vertical axis stands at the left of the same line.
    fits = frame.right - at > room and at - frame.left > SHADE_CLEAR
    scene.add(
        Text(
            at if fits else frame.right,
            frame.top - 6,
            mark["label"],
            10.5,
            "soft",
            "start" if fits else "end",
        )
    )


def _note(scene: Scene, frame: Frame, mark: Note) -> None:
    x, y = frame.x(mark["x"]), frame.y(mark["y"])
    scene.add(Circle(x, y, 3.2, fill="ink", stroke="paper", width=1.2))
    room = text_width(mark["text"], LABEL_SIZE, bold=True)
    left = min(x + 4, frame.right - room)
    base = frame.y(mark["clear"]) + (15 if mark["below"] else -6)
    scene.add(Text(left, base, mark["text"], LABEL_SIZE, bold=True))


def _whisker(scene: Scene, frame: Frame, mark: Whisker) -> None:
    x = frame.x(mark["x"])
    ends = (x, frame.y(mark["lower"])), (x, frame.y(mark["upper"]))
    scene.add(Path(ends, stroke="ink", width=1.3))
    scene.add(Circle(x, frame.y(mark["y"]), 3.2, fill="ink", stroke="paper", width=1.2))


def lead_of(panel: Panel, room: float) -> float:
    """Room above the bars of a row: none without words, two lines where label and value do not fit in one."""
    axis = panel["y"]
    if axis["scale"] != "rows" or not any(axis["labels"]):
        return 0.0
    pairs = zip(axis["labels"], axis["values"], strict=True)
    widest = max(text_width(a, LABEL_SIZE, bold=True) + text_width(b, LABEL_SIZE) for a, b in pairs)
    return ROW_LEAD if widest + 12 < room else ROW_LEAD + LABEL_LINE + 1


def _point(scene: Scene, frame: Frame, mark: Point) -> None:
    """A sign in the middle of its row; upon a bar it stands on a piece of paper, to be seen on any colour."""
    x = frame.x(mark["x"])
    if not frame.lead:
        sign(scene, mark["shape"], x, frame.y(mark["row"] + 0.5))
        return
    y = sum(_bar_edges(frame, mark["row"])) / 2
    half = 2.6 if mark["shape"] == "bar" else 5.4
    scene.add(Box(x - half, y - 5.4, 2 * half, 10.8, fill="paper", radius=2))
    sign(scene, mark["shape"], x, y)


def _bar_edges(frame: Frame, row: int) -> tuple[float, float]:
    return frame.y(row) + frame.lead + 3, frame.y(row + 1) - 8


def _bar(scene: Scene, frame: Frame, mark: Bar) -> None:
    top, bottom = _bar_edges(frame, mark["row"])
    height = bottom - top
    first, last = frame.x(mark["first"]), frame.x(mark["last"])
    scene.add(Box(first, top, max(last - first, 1.0), height, fill=mark["colour"]))
    if mark["text"] and text_width(mark["text"], 11) + 8 < last - first:
        scene.add(Text(first + 5, top + height / 2 + 4, mark["text"], 11, "onarea"))


def _row_words(scene: Scene, frame: Frame, labels: list[str], values: list[str]) -> None:
    in_one_line = frame.lead <= ROW_LEAD
    for row, (label, value) in enumerate(zip(labels, values, strict=True)):
        y = frame.y(row) + 14
        if label:
            scene.add(Text(frame.left, y, label, LABEL_SIZE, bold=True))
        if value and in_one_line:
            scene.add(Text(frame.right, y, value, LABEL_SIZE, anchor="end"))
        elif value:
            scene.add(Text(frame.left, y + LABEL_LINE + 1, value, LABEL_SIZE))


_DirectLabel = tuple[float, list[str], str]


def _direct_labels(panel: Panel, *, narrow: bool) -> list[_DirectLabel]:
    """Value at the right end, lines of text and colour of each mark that is labelled directly."""
    room = 84.0 if narrow else 150.0
    labels: list[_DirectLabel] = []
    for mark in panel["marks"]:
        if mark["mark"] == "curve" and mark["label"] and mark["y"]:
            labels.append((mark["y"][-1], wrap(mark["label"], room, LABEL_SIZE), mark["colour"]))
        elif mark["mark"] == "area":
            name = mark["short"] if narrow else mark["label"]
            middle = (mark["base"][-1] + mark["top"][-1]) / 2
            labels.append((middle, wrap(name, room, LABEL_SIZE), mark["colour"]))
    return labels


def _labels(scene: Scene, frame: Frame, *, narrow: bool) -> None:
    """Write the direct labels right of the axes, moved apart where they would touch."""
    labels = sorted(_direct_labels(frame.panel, narrow=narrow), key=lambda one: -one[0])
    centres = spread(
        [frame.y(value) for value, _, _ in labels],
        [LABEL_LINE * len(lines) + 3 for _, lines, _ in labels],
        frame.bottom,
    )
    for (value, lines, colour), centre in zip(labels, centres, strict=True):
        start = frame.right
        scene.add(
            Path(
                ((start, frame.y(value)), (start + 6, centre), (start + 12, centre)), stroke="soft", width=0.8
            )
        )
        height = LABEL_LINE * len(lines)
        scene.add(Box(start + 12, centre - height / 2 + 1, 4, height - 2, fill=colour))
        for number, line in enumerate(lines):
            scene.add(Text(start + 20, centre - height / 2 + 11 + number * LABEL_LINE, line, LABEL_SIZE))


def spread(wanted: list[float], heights: list[float], lowest: float) -> list[float]:
    """Move centres apart (order kept) until no two labels overlap and none lies below `lowest`."""
    placed: list[float] = []
    for centre, height in zip(wanted, heights, strict=True):
        nearest = placed[-1] + (heights[len(placed) - 1] + height) / 2 if placed else centre
        placed.append(max(centre, nearest))
    limit = lowest
    for position in range(len(placed) - 1, -1, -1):
        placed[position] = min(placed[position], limit - heights[position] / 2)
        limit = placed[position] - heights[position] / 2
    return placed

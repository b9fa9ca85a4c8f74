"""Layout of a flow chart: the main line downwards, those who leave to the side (below on narrow pages)."""

from dataclasses import dataclass

from equipoise.rendering.figure import Figure, FlowBox
from equipoise.rendering.letters import wrap
from equipoise.rendering.scene import Box, Path, Scene, Text

LINE = 16.0
PADDING = 10.0
SMALL_PAGE = 600.0
INDENT = "\u2003"


@dataclass(frozen=True, slots=True)
class _Column:
    """Left edge and width of a column of boxes."""

    x: float
    width: float


def lay_out(figure: Figure, width: float) -> Scene:
    """Lay out a flow chart; see `equipoise.rendering.layout.lay_out`."""
    scene = Scene(width)
    small = width < SMALL_PAGE
    main = _Column(0.5, width - 1 if small else 370)
    side = _Column(34, width - 34.5) if small else _Column(430, width - 430.5)
    spine = 16.0 if small else main.x + main.width / 2
    y = 0.5
    previous = last_middle = 0.0
    for position, box in enumerate(figure["boxes"]):
        column = side if box["side"] else main
        if box["side"]:
            top = y + 14
            bottom = _box(scene, box, column, top)
            middle = last_middle = (top + bottom) / 2
            arrow(scene, [(spine, middle), (column.x, middle)])
            y = bottom if small else max(bottom, y)
        else:
            top = y + (26 if position else 0)
            if position:
                arrow(scene, [(spine, previous), (spine, top)])
            y = previous = last_middle = _box(scene, box, column, top)
    if last_middle > previous:
        # Boxes to the side at the end come from the last one of the main line.
        scene.line(spine, previous, spine, last_middle, stroke="boxline", width=1.2)
    scene.height = y + 1
    return scene


def _box(scene: Scene, box: FlowBox, column: _Column, top: float) -> float:
    """Draw a box with its count and lines; return the y of its lower edge."""
    room = column.width - 2 * PADDING
    count = f"{box['n']:,}".replace(",", "\u202f")
    head = wrap(f"{box['label']} (n = {count})".replace("n = ", "n\u00a0=\u00a0"), room, 12.5, bold=True)
    body = [piece for line in box["lines"] for piece in _bullet(line, room)]
    height = PADDING * 2 + LINE * (len(head) + len(body)) - 3 + (3 if body else 0)
    dashed = "paper" if box["side"] else "box"
    scene.add(Box(column.x, top, column.width, height, fill=dashed, stroke="boxline", radius=3))
    y = top + PADDING + 10
    for line in head:
        scene.add(Text(column.x + PADDING, y, line, 12.5, bold=True))
        y += LINE
    y += 3
    for indent, line in body:
        scene.add(Text(column.x + PADDING + indent, y, line, 12))
        y += LINE
    return top + height


def _bullet(line: str, room: float) -> list[tuple[float, str]]:
    """A counted line, wrapped with a hanging indent; a leading em space is kept as an indent."""
    text = line.lstrip(INDENT)
    start = 14.0 * (len(line) - len(text))
    pieces = wrap(text, room - start - 12, 12)
    return [(start if number == 0 else start + 12.0, piece) for number, piece in enumerate(pieces)]


def arrow(scene: Scene, corners: list[tuple[float, float]]) -> None:
    """Draw a line that ends in an arrowhead."""
    (x0, _), (x1, y1) = corners[-2:]
    scene.add(Path(tuple(corners), stroke="boxline", width=1.2))
    if x0 == x1:
        tip = ((x1 - 4, y1 - 7), (x1 + 4, y1 - 7), (x1, y1))
    else:
        tip = ((x1 - 7, y1 - 4), (x1 - 7, y1 + 4), (x1, y1))
    scene.add(Path(tip, fill="boxline", closed=True))

"""A scene as SVG: text stays text; colours are classes for a style sheet, attributes in a file of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from equipoise.rendering.palette import VALUES
from equipoise.rendering.scene import MARGIN, Box, Circle, Path, Paths, Primitive, Scene, Segments, Text

FONT_SIZE = 12
FONT_STACK = "'Equipoise Figure', 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"


def number(value: float) -> str:
    """Shortest text of a coordinate with at most one decimal."""
    text = f"{value:.1f}"
    text = text[:-2] if text.endswith(".0") else text
    return "0" if text == "-0" else text


def svg(scene: Scene, *, key: str, title: str, description: str, standalone: bool = False) -> str:
    """Write a scene as one SVG element.

    Parameters
    ----------
    scene
        The drawing.
    key
        Prefix of the ids inside; unique in the document.
    title, description
        Accessible name and description.
    standalone
        With XML declaration, pixel size, white paper and colours as attributes, for a file of its own.

    Returns
    -------
    str
        The element; deterministic.
    """
    margin = MARGIN if standalone else 0.0
    width, height = scene.width + 2 * margin, scene.height + 2 * margin
    size = f'viewBox="{number(-margin)} {number(-margin)} {number(width)} {number(height)}"'
    colours = VALUES if standalone else {}
    body = "".join(_element(item, colours) for item in merged(scene.items))
    paper = ""
    head = ""
    if standalone:
        size += f' width="{number(width)}" height="{number(height)}"'
        head = '<?xml version="1.0" encoding="UTF-8"?>\n'
        paper = _element(Box(-margin, -margin, width, height, fill="paper"), colours)
    zones = (
        ""
        if standalone
        else "".join(
            f'<rect class="zone" x="{number(plot.left)}" y="{number(plot.top)}" '
            f'width="{number(plot.right - plot.left)}" height="{number(plot.bottom - plot.top)}" '
            f'pointer-events="all" data-panel="{plot.panel}" '
            f'data-first="{plot.first:g}" data-last="{plot.last:g}"/>'
            for plot in scene.plots
        )
    )
    named = f'role="img" aria-labelledby="{key}-title {key}-desc"'
    attributes = (
        f'{named} font-family="{FONT_STACK}" font-size="{FONT_SIZE}" stroke-linejoin="round" fill="none"'
    )
    return (
        f'{head}<svg xmlns="http://www.w3.org/2000/svg" {size} {attributes}>'
        f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-desc">{escape(description)}</desc>'
        f"{paper}{body}{zones}</svg>"
    )


def merged(items: Sequence[Primitive]) -> list[Primitive]:
    """The primitives, with neighbours of one paint joined into one path, which is shorter to write.

    Only what is either stroked or filled is joined, since there the order within does not show; of what
    is pale only boxes, which stand beside each other.
    """
    found: list[Primitive] = []
    for item in items:
        one = _joinable(item)
        last = found[-1] if found else None
        if one and isinstance(last, Paths) and replace(last, outlines=()) == replace(one, outlines=()):
            found[-1] = replace(last, outlines=(*last.outlines, *one.outlines))
        else:
            found.append(one or item)
    return found


def _joinable(item: Primitive) -> Paths | None:
    match item:
        case Path() if bool(item.stroke) != bool(item.fill) and item.opacity == 1 and not item.dash:
            return Paths((item.points,), item.stroke, item.fill, item.width, closed=item.closed)
        case Box() if item.fill and not item.stroke and not item.radius:
            right, bottom = item.x + item.width, item.y + item.height
            corners = ((item.x, item.y), (right, item.y), (right, bottom), (item.x, bottom))
            return Paths((corners,), "", item.fill, opacity=item.opacity, closed=True)
        case Segments():
            lines = tuple(((x0, y0), (x1, y1)) for x0, y0, x1, y1 in item.lines)
            return Paths(lines, item.stroke, "", item.width)
        case _:
            return None


def _element(item: Primitive, colours: Mapping[str, str]) -> str:
    match item:
        case Path():
            return _path(item, colours)
        case Paths():
            return _paths(item, colours)
        case Segments():
            return "".join(_element(one, colours) for one in merged([item]))
        case Box():
            corner = f' rx="{number(item.radius)}"' if item.radius else ""
            return (
                f'<rect x="{number(item.x)}" y="{number(item.y)}" width="{number(item.width)}" '
                f'height="{number(item.height)}"{corner}'
                f"{_paint(item.stroke, item.fill, item.opacity, colours)}/>"
            )
        case Circle():
            thick = f' stroke-width="{number(item.width)}"' if item.stroke else ""
            return (
                f'<circle cx="{number(item.x)}" cy="{number(item.y)}" r="{number(item.radius)}"'
                f"{_paint(item.stroke, item.fill, 1.0, colours)}{thick}/>"
            )
        case Text():
            return _text(item, colours)


def _paint(stroke: str, fill: str, opacity: float, colours: Mapping[str, str]) -> str:
    """Colours as classes of the style sheet, and as attributes where there are values; default is no fill."""
    names = " ".join(name for name in (f"f-{fill}" if fill else "", f"s-{stroke}" if stroke else "") if name)
    text = f' class="{names}"'
    if fill in colours:
        text += f' fill="{colours[fill]}"'
    if stroke in colours:
        text += f' stroke="{colours[stroke]}"'
    return text if opacity == 1 else f'{text} fill-opacity="{opacity:g}"'


def _path(item: Path, colours: Mapping[str, str]) -> str:
    thick = f' stroke-width="{number(item.width)}"' if item.stroke and item.width != 1 else ""
    dash = f' stroke-dasharray="{" ".join(number(one) for one in item.dash)}"' if item.dash else ""
    return (
        f'<path d="{_steps(item.points)}{"z" if item.closed else ""}"'
        f"{_paint(item.stroke, item.fill, item.opacity, colours)}{thick}{dash}/>"
    )


def _paths(item: Paths, colours: Mapping[str, str]) -> str:
    end = "z" if item.closed else ""
    steps = "".join(f"{_steps(outline)}{end}" for outline in item.outlines)
    thick = f' stroke-width="{number(item.width)}"' if item.stroke and item.width != 1 else ""
    return f'<path d="{steps}"{_paint(item.stroke, item.fill, item.opacity, colours)}{thick}/>'


def _steps(points: Sequence[tuple[float, float]]) -> str:
    """Path data in steps from corner to corner; horizontal and vertical pieces take one number.

    Steps are differences of rounded corners, so that roundings do not add up.
    """
    rounded = [(round(10 * x), round(10 * y)) for x, y in points]
    text = [f"M{number(rounded[0][0] / 10)} {number(rounded[0][1] / 10)}"]
    for (x0, y0), (x1, y1) in pairwise(rounded):
        right, down = number((x1 - x0) / 10), number((y1 - y0) / 10)
        if down == "0" and right != "0":
            text.append(f"h{right}")
        elif right == "0" and down != "0":
            text.append(f"v{down}")
        elif right != "0":
            text.append(f"l{right} {down}")
    return "".join(text)


def _text(item: Text, colours: Mapping[str, str]) -> str:
    """A line of text; size 12 is that of the drawing, and ink the colour of any text in the page."""
    place = f'x="{number(item.x)}" y="{number(item.y)}"'
    turn = f' transform="rotate(-90 {number(item.x)} {number(item.y)})"' if item.turned else ""
    anchor = "" if item.anchor == "start" else f' text-anchor="{item.anchor}"'
    bold = ' font-weight="bold"' if item.bold else ""
    size = "" if item.size == FONT_SIZE else f' font-size="{number(item.size)}"'
    paint = f" class={quoteattr('f-' + item.colour)}" if item.colour != "ink" else ""
    if item.colour in colours:
        paint = f' fill="{colours[item.colour]}"'
    return f"<text {place}{size}{anchor}{bold}{paint}{turn}>{escape(item.text)}</text>"

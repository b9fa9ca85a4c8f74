"""A scene as SVG: text stays text; colours are classes for a style sheet, attributes in a file of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from xml.sax.saxutils import escape, quoteattr

from equipoise.rendering.palette import VALUES
from equipoise.rendering.scene import MARGIN, Box, Circle, Path, Paths, Primitive, Scene, Segments, Text

NAMESPACE = "http://www.w3.org/2000/svg"
FONT_SIZE = 12
SMALL_SIZE = 11
FONT_STACK = "'Equipoise Figure', 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"


def number(value: float) -> str:
    """Shortest text of a coordinate with at most one decimal."""
    text = f"{value:.1f}".removesuffix(".0")
    return {"-0": "0"}.get(text, text.replace("0.", ".", 1) if abs(value) < 1 else text)


def svg(scene: Scene, *, key: str) -> str:
    """Write a scene as one SVG element for a page.

    The style sheet of the page sets fonts and colours; the classes are those of the palette and ``e``, ``m``
    (text that ends or is centred at its place), ``b`` (bold), ``s`` (small).

    Parameters
    ----------
    scene
        The drawing.
    key
        The elements ``{key}-head`` and ``{key}-words`` of the page name and describe the drawing.

    Returns
    -------
    str
        The element; deterministic.
    """
    zones = "".join(
        f'<rect class="zone" x="{number(plot.left)}" y="{number(plot.top)}" '
        f'width="{number(plot.right - plot.left)}" height="{number(plot.bottom - plot.top)}" '
        f'pointer-events="all" data-panel="{plot.panel}" '
        f'data-first="{plot.first:g}" data-last="{plot.last:g}"/>'
        for plot in scene.plots
    )
    return (
        f'<svg xmlns="{NAMESPACE}" viewBox="0 0 {number(scene.width)} {number(scene.height)}">'
        f'<g role="img" aria-labelledby="{key}-head" aria-describedby="{key}-words">'
        f"{_body_in_page(scene)}</g>{zones}</svg>"
    )


def svg_file(scene: Scene, *, title: str, description: str) -> str:
    """Write a scene as an SVG file of its own: pixel size, white paper, colours and fonts as attributes.

    Parameters
    ----------
    scene
        The drawing.
    title, description
        Accessible name and description.
    """
    width, height = scene.width + 2 * MARGIN, scene.height + 2 * MARGIN
    corner = number(-MARGIN)
    paper = Box(-MARGIN, -MARGIN, width, height, fill="paper")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="{NAMESPACE}" '
        f'viewBox="{corner} {corner} {number(width)} {number(height)}" '
        f'width="{number(width)}" height="{number(height)}" role="img" aria-labelledby="title words" '
        f'font-family="{FONT_STACK}" font-size="{FONT_SIZE}" stroke-linejoin="round" fill="none">'
        f'<title id="title">{escape(title)}</title><desc id="words">{escape(description)}</desc>'
        f"{_element(paper, VALUES)}{_body_alone(scene)}</svg>"
    )


def _body_alone(scene: Scene) -> str:
    return "".join(_element(item, VALUES) for item in merged(scene.items))


def _body_in_page(scene: Scene) -> str:
    """The drawing; neighbouring texts or circles that look alike share a group, which is shorter to write."""
    parts: list[str] = []
    for look, same in groupby(merged(scene.items), _shared_look):
        items = list(same)
        if look and len(items) > 1:
            parts.append(f"<g{look}>{''.join(_element(one, {}).replace(look, '', 1) for one in items)}</g>")
        else:
            parts.extend(_element(item, {}) for item in items)
    return "".join(parts)


def _shared_look(item: Primitive) -> str:
    """What a group can say for its texts or circles; nothing for anything else."""
    match item:
        case Text():
            return _look_in_page(item)
        case Circle():
            return _look_of_circle(item, {})
        case _:
            return ""


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
            return (
                f'<circle cx="{number(item.x)}" cy="{number(item.y)}" r="{number(item.radius)}"'
                f"{_look_of_circle(item, colours)}/>"
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
        f'<path d="{_steps(item.points)[0]}{"z" if item.closed else ""}"'
        f"{_paint(item.stroke, item.fill, item.opacity, colours)}{thick}{dash}/>"
    )


def _paths(item: Paths, colours: Mapping[str, str]) -> str:
    end = "z" if item.closed else ""
    steps = ""
    at = (0, 0)
    for outline in item.outlines:
        text, last = _steps(outline, at)
        steps += f"{text}{end}"
        at = _tenths(outline[0]) if item.closed else last
    thick = f' stroke-width="{number(item.width)}"' if item.stroke and item.width != 1 else ""
    return f'<path d="{steps}"{_paint(item.stroke, item.fill, item.opacity, colours)}{thick}/>'


def _tenths(point: tuple[float, float]) -> tuple[int, int]:
    return round(10 * point[0]), round(10 * point[1])


def _steps(
    points: Sequence[tuple[float, float]], at: tuple[int, int] = (0, 0)
) -> tuple[str, tuple[int, int]]:
    """Path data in steps from corner to corner, and where it ends (in tenths); the pen stands `at` before.

    Horizontal and vertical pieces take one number. Steps are differences of rounded corners, so that
    roundings do not add up.
    """
    rounded = [_tenths(point) for point in points]
    (x, y), last = rounded[0], rounded[-1]
    text = [min(f"M{_pair(x, y)}", f"m{_pair(x - at[0], y - at[1])}", key=len)]
    for (x0, y0), (x1, y1) in pairwise(rounded):
        if y1 == y0 and x1 != x0:
            text.append(f"h{number((x1 - x0) / 10)}")
        elif x1 == x0 and y1 != y0:
            text.append(f"v{number((y1 - y0) / 10)}")
        elif x1 != x0:
            text.append(f"l{_pair(x1 - x0, y1 - y0)}")
    return "".join(text), last


def _pair(x: int, y: int) -> str:
    """Two numbers given in tenths; a minus sign separates them too."""
    second = number(y / 10)
    return f"{number(x / 10)}{'' if second.startswith('-') else ' '}{second}"


def _look_of_circle(item: Circle, colours: Mapping[str, str]) -> str:
    thick = f' stroke-width="{number(item.width)}"' if item.stroke else ""
    return f"{_paint(item.stroke, item.fill, 1.0, colours)}{thick}"


def _text(item: Text, colours: Mapping[str, str]) -> str:
    """A line of text; size 12 is that of the drawing, and ink the colour of any text in the page."""
    place = f'x="{number(item.x)}" y="{number(item.y)}"'
    turn = f' transform="rotate(-90 {number(item.x)} {number(item.y)})"' if item.turned else ""
    look = _look_alone(item, colours) if colours else _look_in_page(item)
    return f"<text {place}{look}{turn}>{escape(item.text)}</text>"


def _look_alone(item: Text, colours: Mapping[str, str]) -> str:
    anchor = "" if item.anchor == "start" else f' text-anchor="{item.anchor}"'
    bold = ' font-weight="bold"' if item.bold else ""
    return f'{_size(item)}{anchor}{bold} fill="{colours[item.colour]}"'


def _look_in_page(item: Text) -> str:
    names = [
        *(["s"] if item.size == SMALL_SIZE else []),
        *([item.anchor[0]] if item.anchor != "start" else []),
        *(["b"] if item.bold else []),
        *([f"f-{item.colour}"] if item.colour != "ink" else []),
    ]
    classes = f" class={quoteattr(' '.join(names))}" if names else ""
    return classes if item.size == SMALL_SIZE else f"{_size(item)}{classes}"


def _size(item: Text) -> str:
    return "" if item.size == FONT_SIZE else f' font-size="{number(item.size)}"'

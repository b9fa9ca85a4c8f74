"""A scene as SVG: text stays text, colours are attributes that a style sheet may override by class."""

from collections.abc import Sequence
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from equipoise.rendering.palette import VALUES
from equipoise.rendering.scene import MARGIN, Box, Circle, Path, Primitive, Scene, Text

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
        With XML declaration, pixel size and white paper, for a file of its own.

    Returns
    -------
    str
        The element; deterministic.
    """
    margin = MARGIN if standalone else 0.0
    width, height = scene.width + 2 * margin, scene.height + 2 * margin
    size = f'viewBox="{number(-margin)} {number(-margin)} {number(width)} {number(height)}"'
    body = "".join(_element(item) for item in scene.items)
    paper = ""
    head = ""
    if standalone:
        size += f' width="{number(width)}" height="{number(height)}"'
        head = '<?xml version="1.0" encoding="UTF-8"?>\n'
        paper = _element(Box(-margin, -margin, width, height, fill="paper"))
    zones = (
        ""
        if standalone
        else "".join(
            f'<rect class="zone" x="{number(plot.left)}" y="{number(plot.top)}" '
            f'width="{number(plot.right - plot.left)}" height="{number(plot.bottom - plot.top)}" '
            f'fill="none" pointer-events="all" data-panel="{plot.panel}" '
            f'data-first="{plot.first:g}" data-last="{plot.last:g}"/>'
            for plot in scene.plots
        )
    )
    return (
        f'{head}<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" '
        f'aria-labelledby="{key}-title {key}-desc" font-family="{FONT_STACK}">'
        f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-desc">{escape(description)}</desc>'
        f"{paper}{body}{zones}</svg>"
    )


def _element(item: Primitive) -> str:
    match item:
        case Path():
            return _path(item)
        case Box():
            corner = f' rx="{number(item.radius)}"' if item.radius else ""
            return (
                f'<rect x="{number(item.x)}" y="{number(item.y)}" width="{number(item.width)}" '
                f'height="{number(item.height)}"{corner}{_paint(item.stroke, item.fill, item.opacity)}/>'
            )
        case Circle():
            thick = f' stroke-width="{number(item.width)}"' if item.stroke else ""
            return (
                f'<circle cx="{number(item.x)}" cy="{number(item.y)}" r="{number(item.radius)}"'
                f"{_paint(item.stroke, item.fill, 1.0)}{thick}/>"
            )
        case Text():
            return _text(item)


def _paint(stroke: str, fill: str, opacity: float) -> str:
    """Colours as attributes (they hold in any viewer) and as classes (a style sheet may change them)."""
    names = " ".join(name for name in (f"f-{fill}" if fill else "", f"s-{stroke}" if stroke else "") if name)
    text = f' class="{names}" fill="{VALUES[fill] if fill else "none"}"'
    if stroke:
        text += f' stroke="{VALUES[stroke]}"'
    return text if opacity == 1 else f'{text} fill-opacity="{opacity:g}"'


def _path(item: Path) -> str:
    thick = f' stroke-width="{number(item.width)}"' if item.stroke else ""
    dash = f' stroke-dasharray="{" ".join(number(one) for one in item.dash)}"' if item.dash else ""
    join = ' stroke-linejoin="round"' if item.stroke else ""
    return (
        f'<path d="{_steps(item.points)}{"z" if item.closed else ""}"'
        f"{_paint(item.stroke, item.fill, item.opacity)}{thick}{dash}{join}/>"
    )


def _steps(points: Sequence[tuple[float, float]]) -> str:
    """Path data in absolute coordinates; horizontal and vertical pieces take one number."""
    rounded = [(number(x), number(y)) for x, y in points]
    text = [f"M{rounded[0][0]} {rounded[0][1]}"]
    for (x0, y0), (x1, y1) in pairwise(rounded):
        if x0 == x1 and y0 == y1:
            continue
        if y0 == y1:
            text.append(f"H{x1}")
        elif x0 == x1:
            text.append(f"V{y1}")
        else:
            text.append(f"L{x1} {y1}")
    return "".join(text)


def _text(item: Text) -> str:
    place = f'x="{number(item.x)}" y="{number(item.y)}"'
    turn = f' transform="rotate(-90 {number(item.x)} {number(item.y)})"' if item.turned else ""
    anchor = "" if item.anchor == "start" else f' text-anchor="{item.anchor}"'
    bold = ' font-weight="bold"' if item.bold else ""
    return (
        f'<text {place} font-size="{number(item.size)}"{anchor}{bold} class={quoteattr("f-" + item.colour)} '
        f'fill="{VALUES[item.colour]}"{turn}>{escape(item.text)}</text>'
    )

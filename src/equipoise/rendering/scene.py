"""A drawing as a flat list of primitives: what the layout makes, and what SVG and PDF are written from."""

from dataclasses import dataclass, field
from typing import Final, Literal

Anchor = Literal["start", "middle", "end"]

# White around a drawing that is a file of its own, in user units.
MARGIN: Final = 14.0


@dataclass(frozen=True, slots=True)
class Path:
    """Straight line segments.

    Parameters
    ----------
    points
        Corners (x, y) in user units, y downwards.
    stroke, fill
        Colour keys of `equipoise.rendering.palette`, empty for none.
    width
        Stroke width.
    dash
        Lengths of dash and gap, empty for a solid line.
    opacity
        Of the fill.
    closed
        Whether the last corner joins the first.
    """

    points: tuple[tuple[float, float], ...]
    stroke: str = ""
    fill: str = ""
    width: float = 1.0
    dash: tuple[float, ...] = ()
    opacity: float = 1.0
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Segments:
    """Straight lines of one colour, each from (x, y) to (x, y): one primitive for a whole grid."""

    lines: tuple[tuple[float, float, float, float], ...]
    stroke: str
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Paths:
    """Several outlines of one paint, either stroked or filled; the fields are those of `Path`."""

    outlines: tuple[tuple[tuple[float, float], ...], ...]
    stroke: str = ""
    fill: str = ""
    width: float = 1.0
    opacity: float = 1.0
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; colour keys as in `Path`, `radius` rounds the corners."""

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    stroke: str = ""
    radius: float = 0.0
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle; colour keys as in `Path`."""

    x: float
    y: float
    radius: float
    fill: str = ""
    stroke: str = ""
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; (x, y) is its anchor on the baseline, `turned` writes it upwards."""

    x: float
    y: float
    text: str
    size: float = 12.0
    colour: str = "ink"
    anchor: Anchor = "start"
    bold: bool = False
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """Where a panel's axes lie, for reading values with a pointer: left, top, right, bottom and x domain."""

    panel: int
    left: float
    top: float
    right: float
    bottom: float
    first: float
    last: float


Primitive = Path | Paths | Segments | Box | Circle | Text


@dataclass(slots=True)
class Scene:
    """A drawing of a given width; the layout appends primitives and sets the height at the end."""

    width: float
    height: float = 0.0
    items: list[Primitive] = field(default_factory=list[Primitive])
    plots: list[Plot] = field(default_factory=list[Plot])

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str = "soft", width: float = 1.0
    ) -> None:
        """Append a straight line."""
        self.items.append(Path(((x1, y1), (x2, y2)), stroke=stroke, width=width))

    def add(self, *items: Primitive) -> None:
        """Append primitives in drawing order."""
        self.items.extend(items)

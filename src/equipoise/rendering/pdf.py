# ruff: noqa: N802, N803, PLR0913, PLR0917 (the names and signatures are reportlab's)
"""Scenes as the pages of one PDF with shared embedded fonts, for print and submission."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Protocol, cast

from equipoise.rendering.letters import width as text_width
from equipoise.rendering.letters import wrap
from equipoise.rendering.palette import VALUES
from equipoise.rendering.scene import MARGIN, Box, Circle, Path, Paths, Primitive, Scene, Segments, Text

# Points per user unit: 720 units become 180 mm, the width of two columns in most journals.
SCALE = 180 / 25.4 * 72 / 720

# Words above and below a drawing, in user units.
TITLE_SIZE, TITLE_LINE = 15.0, 20.0
CAPTION_SIZE, CAPTION_LINE = 11.0, 15.0

_FONTS = {False: "EquipoiseFigure-Regular", True: "EquipoiseFigure-Bold"}


class _Outline(Protocol):
    """The part of a reportlab path that is used here."""

    def moveTo(self, x: float, y: float) -> None: ...
    def lineTo(self, x: float, y: float) -> None: ...
    def close(self) -> None: ...


class _Canvas(Protocol):
    """The part of reportlab's canvas that is used here, with types."""

    def setTitle(self, title: str) -> None: ...
    def setSubject(self, subject: str) -> None: ...
    def setPageSize(self, size: tuple[float, float]) -> None: ...
    def bookmarkPage(self, key: str) -> None: ...
    def addOutlineEntry(self, title: str, key: str) -> None: ...
    def setCreator(self, creator: str) -> None: ...
    def scale(self, x: float, y: float) -> None: ...
    def translate(self, dx: float, dy: float) -> None: ...
    def rotate(self, theta: float) -> None: ...
    def saveState(self) -> None: ...
    def restoreState(self) -> None: ...
    def setFillColor(self, aColor: object) -> None: ...
    def setFillAlpha(self, a: float) -> None: ...
    def setStrokeColor(self, aColor: object) -> None: ...
    def setLineWidth(self, width: float) -> None: ...
    def setLineJoin(self, mode: int) -> None: ...
    def setDash(self, array: list[float]) -> None: ...
    def setFont(self, psfontname: str, size: float) -> None: ...
    def beginPath(self) -> _Outline: ...
    def drawPath(self, aPath: _Outline, stroke: int, fill: int) -> None: ...
    def roundRect(
        self, x: float, y: float, width: float, height: float, radius: float, stroke: int, fill: int
    ) -> None: ...
    def rect(self, x: float, y: float, width: float, height: float, stroke: int, fill: int) -> None: ...
    def circle(self, x_cen: float, y_cen: float, r: float, stroke: int, fill: int) -> None: ...
    def drawString(self, x: float, y: float, text: str) -> None: ...
    def showPage(self) -> None: ...
    def save(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Page:
    """A drawing with its words: the title stands above it and in the contents, the caption below."""

    scene: Scene
    title: str
    caption: str


def pdf(pages: Sequence[Page], *, title: str, subject: str) -> bytes:
    """Write drawings as one PDF, a page each, of the size of the drawing with its words.

    Parameters
    ----------
    pages
        The drawings in order, at least one.
    title, subject
        Properties of the document.

    Returns
    -------
    bytes
        The document: fonts embedded once as subsets, no date, the same bytes for the same pages.

    Raises
    ------
    ValueError
        Without a page.
    """
    if not pages:
        raise ValueError("a PDF has at least one page")
    _register_fonts()
    target = io.BytesIO()
    canvas = _canvas(target)
    canvas.setTitle(title)
    canvas.setSubject(subject)
    canvas.setCreator("equipoise")
    for number, page in enumerate(pages, start=1):
        canvas.bookmarkPage(f"figure-{number}")
        canvas.addOutlineEntry(page.title, f"figure-{number}")
        _draw(canvas, page)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _draw(canvas: _Canvas, page: Page) -> None:
    """Title, drawing and caption upon a page as large as they are."""
    scene = page.scene
    title = wrap(page.title, scene.width, TITLE_SIZE, bold=True)
    caption = wrap(page.caption, scene.width, CAPTION_SIZE)
    above = TITLE_LINE * len(title) + 6
    below = CAPTION_LINE * len(caption) + 10
    height = above + scene.height + below
    canvas.setPageSize(((scene.width + 2 * MARGIN) * SCALE, (height + 2 * MARGIN) * SCALE))
    canvas.scale(SCALE, SCALE)
    canvas.translate(MARGIN, MARGIN)
    canvas.setLineJoin(1)
    pen = _Pen(canvas, height)
    for place, line in enumerate(title):
        pen.draw(Text(0, TITLE_SIZE + TITLE_LINE * place, line, TITLE_SIZE, bold=True))
    for place, line in enumerate(caption):
        at = above + scene.height + 10 + CAPTION_SIZE + CAPTION_LINE * place
        pen.draw(Text(0, at, line, CAPTION_SIZE, "soft"))
    pen.move_down(above)
    for item in scene.items:
        pen.draw(item)


def _canvas(target: io.BytesIO) -> _Canvas:
    from reportlab.pdfgen import canvas  # pyright: ignore[reportMissingTypeStubs]

    make = cast("Callable[..., _Canvas]", canvas.Canvas)
    return make(target, pageCompression=1, invariant=1)


def _register_fonts() -> None:
    from reportlab import rl_config  # pyright: ignore[reportMissingTypeStubs]
    from reportlab.pdfbase import pdfmetrics, ttfonts  # pyright: ignore[reportMissingTypeStubs]

    rl_config.useA85 = 0  # binary streams: a quarter smaller than streams of text
    registered = cast("Callable[[], list[str]]", pdfmetrics.getRegisteredFontNames)()
    register = cast("Callable[[object], None]", pdfmetrics.registerFont)
    make = cast("Callable[..., object]", ttfonts.TTFont)
    for name in _FONTS.values():
        if name not in registered:
            with resources.as_file(resources.files("equipoise.rendering") / "fonts" / f"{name}.ttf") as path:
                register(make(name, str(path)))


class _Pen:
    """Draws primitives upon a canvas whose y axis points upwards."""

    def __init__(self, canvas: _Canvas, height: float) -> None:
        self._canvas = canvas
        self._height = height
        self._set: dict[str, object] = {}  # what holds already need not be written again

    def move_down(self, distance: float) -> None:
        """Begin the drawing lower on the page."""
        self._height -= distance

    def draw(self, item: Primitive) -> None:
        """Draw one primitive."""
        match item:
            case Path():
                self._path(item)
            case Paths():
                self._paint(item.stroke, item.fill, item.width, item.opacity)
                self._outlines(item)
            case Segments():
                self._segments(item)
            case Box():
                self._paint(item.stroke, item.fill, 1.0, item.opacity)
                bottom = self._height - item.y - item.height
                paint = int(bool(item.stroke)), int(bool(item.fill))
                if item.radius:
                    self._canvas.roundRect(item.x, bottom, item.width, item.height, item.radius, *paint)
                else:
                    self._canvas.rect(item.x, bottom, item.width, item.height, *paint)
            case Circle():
                self._paint(item.stroke, item.fill, item.width, 1.0)
                self._canvas.circle(
                    item.x, self._height - item.y, item.radius, int(bool(item.stroke)), int(bool(item.fill))
                )
            case Text():
                self._text(item)

    def _paint(
        self, stroke: str, fill: str, width: float, opacity: float, dash: tuple[float, ...] = ()
    ) -> None:
        if self._is_new("dash", dash):
            self._canvas.setDash(list(dash))
        if stroke and self._is_new("stroke", stroke):
            self._canvas.setStrokeColor(_colour(stroke))
        if stroke and self._is_new("width", width):
            self._canvas.setLineWidth(width)
        if fill and self._is_new("fill", (fill, opacity)):
            self._canvas.setFillColor(_colour(fill))
            self._canvas.setFillAlpha(opacity)  # after the colour, which resets it

    def _is_new(self, name: str, value: object) -> bool:
        """Whether a property of the canvas is not yet what it should be; from now on it is."""
        known = self._set.get(name)
        self._set[name] = value
        return known != value

    def _path(self, item: Path) -> None:
        self._paint(item.stroke, item.fill, item.width, item.opacity, item.dash)
        self._outlines(Paths((item.points,), item.stroke, item.fill, closed=item.closed))

    def _segments(self, item: Segments) -> None:
        self._paint(item.stroke, "", item.width, 1.0)
        lines = tuple(((x0, y0), (x1, y1)) for x0, y0, x1, y1 in item.lines)
        self._outlines(Paths(lines, item.stroke))

    def _outlines(self, item: Paths) -> None:
        """Stroke or fill all outlines at once with the paint that is set."""
        path = self._canvas.beginPath()
        for (x0, y0), *rest in item.outlines:
            path.moveTo(_short(x0), self._up(y0))
            for x, y in rest:
                path.lineTo(_short(x), self._up(y))
            if item.closed:
                path.close()
        self._canvas.drawPath(path, int(bool(item.stroke)), int(bool(item.fill)))

    def _text(self, item: Text) -> None:
        self._paint("", item.colour, 1.0, 1.0)
        self._canvas.setFont(_FONTS[item.bold], item.size)
        room = text_width(item.text, item.size, bold=item.bold)
        back = {"start": 0.0, "middle": room / 2, "end": room}[item.anchor]
        if not item.turned:
            self._canvas.drawString(_short(item.x - back), self._up(item.y), item.text)
            return
        self._canvas.saveState()
        self._canvas.translate(_short(item.x), self._up(item.y))
        self._canvas.rotate(90)
        self._canvas.drawString(_short(-back), 0, item.text)
        self._canvas.restoreState()

    def _up(self, y: float) -> float:
        """A height from the lower edge of the page."""
        return _short(self._height - y)


def _short(value: float) -> float:
    """A coordinate to a tenth of a unit, as in SVG: more digits only make the file longer."""
    return round(value, 1)


def _colour(key: str) -> object:
    from reportlab.lib import colors  # pyright: ignore[reportMissingTypeStubs]

    make = cast("Callable[[str], object]", colors.HexColor)
    return make(VALUES[key])

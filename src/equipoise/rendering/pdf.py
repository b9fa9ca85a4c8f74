# ruff: noqa: N802, N803, PLR0913, PLR0917 (the names and signatures are reportlab's)
"""A scene as one page of PDF with embedded fonts, for print and submission."""

import io
from collections.abc import Callable
from importlib import resources
from typing import Protocol, cast

from equipoise.rendering.palette import VALUES
from equipoise.rendering.scene import MARGIN, Box, Circle, Path, Paths, Primitive, Scene, Segments, Text

# Points per user unit: 720 units become 180 mm, the width of two columns in most journals.
SCALE = 180 / 25.4 * 72 / 720

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
    def circle(self, x_cen: float, y_cen: float, r: float, stroke: int, fill: int) -> None: ...
    def drawString(self, x: float, y: float, text: str) -> None: ...
    def drawCentredString(self, x: float, y: float, text: str) -> None: ...
    def drawRightString(self, x: float, y: float, text: str) -> None: ...
    def showPage(self) -> None: ...
    def save(self) -> None: ...


def pdf(scene: Scene, *, title: str, description: str) -> bytes:
    """Write a scene as a PDF of one page of the size of the drawing.

    Parameters
    ----------
    scene
        The drawing.
    title, description
        Title of the document; its first sentence is the subject.

    Returns
    -------
    bytes
        The document: fonts embedded as subsets, no date, the same bytes for the same scene.
    """
    _register_fonts()
    target = io.BytesIO()
    page = (scene.width + 2 * MARGIN) * SCALE, (scene.height + 2 * MARGIN) * SCALE
    canvas = _canvas(target, *page)
    canvas.setTitle(title)
    canvas.setSubject(description.partition(". ")[0])
    canvas.setCreator("equipoise")
    canvas.scale(SCALE, SCALE)
    canvas.translate(MARGIN, MARGIN)
    canvas.setLineJoin(1)
    pen = _Pen(canvas, scene.height)
    for item in scene.items:
        pen.draw(item)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _canvas(target: io.BytesIO, width: float, height: float) -> _Canvas:
    from reportlab.pdfgen import canvas  # pyright: ignore[reportMissingTypeStubs]

    make = cast("Callable[..., _Canvas]", canvas.Canvas)
    return make(target, pagesize=(width, height), pageCompression=1, invariant=1)


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
                # Only the characters that are used are embedded, not all of ASCII in every file.
                register(make(name, str(path), asciiReadable=False))


class _Pen:
    """Draws primitives upon a canvas whose y axis points upwards."""

    def __init__(self, canvas: _Canvas, height: float) -> None:
        self._canvas = canvas
        self._height = height

    def draw(self, item: Primitive) -> None:
        """Draw one primitive."""
        match item:
            case Path():
                self._path(item)
            case Paths():
                for outline in item.outlines:
                    self._path(
                        Path(outline, item.stroke, item.fill, item.width, (), item.opacity, item.closed)
                    )
            case Segments():
                self._segments(item)
            case Box():
                self._paint(item.stroke, item.fill, 1.0, item.opacity)
                bottom = self._height - item.y - item.height
                self._canvas.roundRect(
                    item.x,
                    bottom,
                    item.width,
                    item.height,
                    item.radius,
                    int(bool(item.stroke)),
                    int(bool(item.fill)),
                )
            case Circle():
                self._paint(item.stroke, item.fill, item.width, 1.0)
                self._canvas.circle(
                    item.x, self._height - item.y, item.radius, int(bool(item.stroke)), int(bool(item.fill))
                )
            case Text():
                self._text(item)

    def _paint(self, stroke: str, fill: str, width: float, opacity: float) -> None:
        self._canvas.setDash([])
        if stroke:
            self._canvas.setStrokeColor(_colour(stroke))
            self._canvas.setLineWidth(width)
        if fill:
            self._canvas.setFillColor(_colour(fill))
            self._canvas.setFillAlpha(opacity)  # after the colour, which resets it

    def _path(self, item: Path) -> None:
        self._paint(item.stroke, item.fill, item.width, item.opacity)
        self._canvas.setDash(list(item.dash))
        outline = self._canvas.beginPath()
        (x0, y0), *rest = item.points
        outline.moveTo(_short(x0), self._up(y0))
        for x, y in rest:
            outline.lineTo(_short(x), self._up(y))
        if item.closed:
            outline.close()
        self._canvas.drawPath(outline, int(bool(item.stroke)), int(bool(item.fill)))

    def _segments(self, item: Segments) -> None:
        self._paint(item.stroke, "", item.width, 1.0)
        outline = self._canvas.beginPath()
        for x0, y0, x1, y1 in item.lines:
            outline.moveTo(_short(x0), self._up(y0))
            outline.lineTo(_short(x1), self._up(y1))
        self._canvas.drawPath(outline, 1, 0)

    def _text(self, item: Text) -> None:
        self._paint("", item.colour, 1.0, 1.0)
        self._canvas.setFont(_FONTS[item.bold], item.size)
        write = {
            "start": self._canvas.drawString,
            "middle": self._canvas.drawCentredString,
            "end": self._canvas.drawRightString,
        }[item.anchor]
        if not item.turned:
            write(_short(item.x), self._up(item.y), item.text)
            return
        self._canvas.saveState()
        self._canvas.translate(_short(item.x), self._up(item.y))
        self._canvas.rotate(90)
        write(0, 0, item.text)
        self._canvas.restoreState()

    def _up(self, y: float) -> float:
        """A height from the lower edge of the page."""
        return _short(self._height - y)


def _short(value: float) -> float:
    """A coordinate to a hundredth of a unit: more digits only make the file longer."""
    return round(value, 2)


def _colour(key: str) -> object:
    from reportlab.lib import colors  # pyright: ignore[reportMissingTypeStubs]

    make = cast("Callable[[str], object]", colors.HexColor)
    return make(VALUES[key])

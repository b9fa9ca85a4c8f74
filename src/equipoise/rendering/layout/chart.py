"""Layout of figures with axes: grid of panels, axes, the table at risk."""

from dataclasses import dataclass

from equipoise.rendering.figure import Axis, Figure, Panel, RiskGroup
from equipoise.rendering.layout import marks
from equipoise.rendering.layout.frame import Frame
from equipoise.rendering.layout.legend import draw_legend
from equipoise.rendering.letters import width as text_width
from equipoise.rendering.letters import wrap
from equipoise.rendering.scene import Circle, Plot, Scene, Segments, Text

SMALL_PAGE = 600.0
GAP = 28.0
RISK_LINE = 15.0
TITLE_LINE = 16.0
FULL_HEIGHT = 300.0
HALF_HEIGHT = 190.0
SMALL_PAGE_HEIGHT = 215.0


@dataclass(frozen=True, slots=True)
class _Cell:
    """Place of one panel: left, top, width, lines of title, and the room left and right of its axes."""

    x: float
    y: float
    width: float
    lines: int
    left: float
    right: float


def lay_out(figure: Figure, width: float) -> Scene:
    """Lay out a figure with panels; see `equipoise.rendering.layout.lay_out`."""
    scene = Scene(width)
    small = width < SMALL_PAGE
    across = 1 if small else figure["across"]
    y = draw_legend(scene, figure["legend"])
    share = (width - GAP * (across - 1)) / across
    panels = figure["panels"]
    for start in range(0, len(panels), across):
        line = panels[start : start + across]
        lines = max(len(title_lines(panel, share)) for panel in line)
        bottoms: list[float] = []
        for column, panel in enumerate(line):
            # Panels that belong below each other have one axis of time.
            alike = panels if figure["across"] == 1 else [panel]
            left = max(_left_room(one) for one in alike)
            right = max(marks.right_room(one, narrow=small) for one in alike)
            cell = _Cell(column * (share + GAP), y, share, lines, left, right)
            bottoms.append(_panel(scene, panel, cell, start + column))
        y = max(bottoms) + (GAP if start + across < len(panels) else 0)
    scene.height = y + 2
    return scene


def title_lines(panel: Panel, room: float) -> list[str]:
    """The title of a panel in lines that fit; none without a title."""
    return wrap(panel["title"], room, 13, bold=True) if panel["title"] else []


def _panel(scene: Scene, panel: Panel, cell: _Cell, position: int) -> float:
    """Draw one panel; return the y of its lower edge."""
    small = scene.width < SMALL_PAGE
    top = cell.y
    for number, line in enumerate(title_lines(panel, cell.width)):
        scene.add(Text(cell.x, top + 14 + TITLE_LINE * number, line, size=13, bold=True))
    if cell.lines:
        top += 20 + TITLE_LINE * (cell.lines - 1)
    axis = panel["y"]
    right = cell.x + cell.width - cell.right
    if axis["scale"] == "rows":
        left = cell.x + 4
        lead = marks.lead_of(panel, right - left)
        frame = Frame(
            panel, left, top + 2, right, top + 2 + (axis["size"] + lead) * len(axis["labels"]), lead
        )
    else:
        scene.add(Text(cell.x, top + 13, axis["label"], size=11, colour="soft"))
        top += 24
        height = SMALL_PAGE_HEIGHT if small else HALF_HEIGHT if cell.width < SMALL_PAGE else FULL_HEIGHT
        frame = Frame(panel, cell.x + cell.left, top, right, top + height)
        x = panel["x"]
        if axis["percent"]:  # what the pointer reads is a probability, or a difference of two
            scene.plots.append(
                Plot(position, frame.left, frame.top, frame.right, frame.bottom, x["first"], x["last"])
            )
    _grid(scene, frame)
    marks.draw(scene, frame, narrow=small)
    y = _bottom_axis(scene, frame)
    return _risk(scene, panel["risk"], frame, cell.x, y)


def _left_room(panel: Panel) -> float:
    """Room left of the vertical axis: its numbers, and the words of the table at risk."""
    words = [row["label"] for group in panel["risk"] for row in group["rows"]]
    widest = max((text_width(word, 11) for word in words), default=0.0)
    return max(34.0, widest + 22.0)


def _grid(scene: Scene, frame: Frame) -> None:
    y = frame.panel["y"]
    if y["scale"] == "rows":
        places = [frame.x(tick) for tick in frame.panel["x"]["ticks"]]
        scene.add(Segments(tuple((at, frame.top, at, frame.bottom) for at in places), stroke="faint"))
        return
    heights = [frame.y(tick) for tick in y["ticks"]]
    scene.add(Segments(tuple((frame.left, at, frame.right, at) for at in heights), stroke="faint"))
    for tick, at in zip(y["ticks"], heights, strict=True):
        scene.add(Text(frame.left - 8, at + 4, _tick(y, tick), size=11, colour="soft", anchor="end"))


def _bottom_axis(scene: Scene, frame: Frame) -> float:
    """Draw the horizontal axis; return the y below its label."""
    axis = frame.panel["x"]
    bottom = frame.bottom
    scene.line(frame.left, bottom, frame.right, bottom, stroke="soft")
    places = [frame.x(tick) for tick in axis["ticks"]]
    scene.add(Segments(tuple((at, bottom, at, bottom + 5) for at in places), stroke="soft"))
    for tick, at in zip(axis["ticks"], places, strict=True):
        scene.add(Text(at, bottom + 18, _tick(axis, tick), size=11, colour="soft", anchor="middle"))
    if not axis["label"]:
        return bottom + 22
    room = text_width(axis["label"], 11)
    centre = (frame.left + frame.right) / 2
    centre = min(max(centre, room / 2), scene.width - room / 2)
    scene.add(Text(centre, bottom + 35, axis["label"], size=11, colour="soft", anchor="middle"))
    return bottom + 39


def _tick(axis: Axis, value: float) -> str:
    return (f"{value * 100:.0f}" if axis["percent"] else f"{value:g}").replace("-", "\u2212")


def _risk(scene: Scene, groups: list[RiskGroup], frame: Frame, left: float, y: float) -> float:
    """Draw the table at risk, each column under its tick; return the y below it."""
    if not groups:
        return y
    y += 10
    for group in groups:
        if group["heading"]:
            y += RISK_LINE
            if group["colour"]:
                scene.add(Circle(left + 4, y - 4, 4, fill=group["colour"]))
            scene.add(Text(left + (13 if group["colour"] else 0), y, group["heading"], size=11, bold=True))
        for row in group["rows"]:
            y += RISK_LINE
            scene.add(Text(left, y, row["label"], size=11, colour="soft"))
            for tick, number in zip(frame.panel["x"]["ticks"], row["numbers"], strict=True):
                shown = "–" if number is None else f"{number:,}".replace(",", "\u202f")
                scene.add(Text(frame.x(tick), y, shown, size=11, anchor="middle"))
        y += 3
    return y + 4

import itertools

import pytest

from equipoise.rendering.figure import (
    Axis,
    Curve,
    Figure,
    ForestEntry,
    ForestRow,
    Heading,
    Panel,
    figure_of,
    forest_of,
)
from equipoise.rendering.layout import NARROW, WIDE, lay_out
from equipoise.rendering.layout.marks import spread
from equipoise.rendering.letters import width as text_width
from equipoise.rendering.scene import Box, Path, Scene, Text


def one_curve(**changes: object) -> Figure:
    curve: Curve = {
        "mark": "curve",
        "label": "",
        "colour": "c1",
        "dashed": False,
        "ghost": False,
        "x": [0.0, 12.0, 24.0],
        "y": [1.0, 0.75, 0.5],
        "lower": [None, 0.6, 0.3],
        "upper": [None, 0.9, 0.7],
    }
    curve.update(changes)  # pyright: ignore[reportCallIssue, reportArgumentType]
    panel: Panel = {
        "title": "",
        "x": {
            "scale": "linear",
            "label": "Months",
            "first": 0,
            "last": 24,
            "ticks": [0, 12, 24],
            "percent": False,
        },
        "y": {"scale": "linear", "label": "%", "first": 0, "last": 1, "ticks": [0, 0.5, 1], "percent": True},
        "marks": [curve],
        "risk": [{"heading": "", "colour": "", "rows": [{"label": "At risk", "numbers": [40, 20, None]}]}],
    }
    return figure_of(Heading("k", "t", "c", "a"), [panel], {"columns": ["month"], "rows": [[0.0], [12.0]]})


def texts(scene: Scene) -> dict[str, Text]:
    return {item.text: item for item in scene.items if isinstance(item, Text)}


def curve_of(scene: Scene) -> Path:
    return next(item for item in scene.items if isinstance(item, Path) and item.stroke == "c1")


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_curve_keeps_its_value_until_the_next_day_and_falls_there(width: float) -> None:
    scene = lay_out(one_curve(), width)
    plot = scene.plots[0]
    middle = (plot.left + plot.right) / 2
    quarter, half = plot.top + (plot.bottom - plot.top) / 4, (plot.top + plot.bottom) / 2
    assert curve_of(scene).points == (
        (plot.left, plot.top),
        (middle, plot.top),
        (middle, quarter),
        (plot.right, quarter),
        (plot.right, half),
    )


def test_the_band_begins_where_limits_are_known() -> None:
    scene = lay_out(one_curve())
    plot = scene.plots[0]
    band = next(item for item in scene.items if isinstance(item, Path) and item.opacity < 1)
    assert min(x for x, _ in band.points) == (plot.left + plot.right) / 2
    height = plot.bottom - plot.top
    assert band.points[0][1] == pytest.approx(plot.top + 0.1 * height)
    assert band.points[-1][1] == pytest.approx(plot.top + 0.4 * height)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_numbers_at_risk_stand_under_their_ticks(width: float) -> None:
    scene = lay_out(one_curve(), width)
    written = texts(scene)
    assert written["40"].x == written["0"].x == scene.plots[0].left
    assert written["20"].x == written["12"].x
    assert written["–"].x == written["24"].x == scene.plots[0].right
    assert written["40"].y > written["0"].y


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_leaves_the_drawing(width: float) -> None:
    scene = lay_out(one_curve(label="A label of some length at the end"), width)
    for item in scene.items:
        if isinstance(item, Path):
            assert all(-1 <= x <= width + 1 and -1 <= y <= scene.height + 1 for x, y in item.points)


def test_labels_are_moved_apart_in_order_and_stay_above_the_axis() -> None:
    placed = spread([100.0, 101.0, 198.0, 199.0], [17.0, 31.0, 17.0, 17.0], 200.0)
    heights = [17.0, 31.0, 17.0, 17.0]
    edges = [(y - h / 2, y + h / 2) for y, h in zip(placed, heights, strict=True)]
    assert all(below[0] >= above[1] - 1e-9 for above, below in itertools.pairwise(edges))
    assert edges[-1][1] <= 200.0
    assert spread([10.0, 90.0], [17.0, 17.0], 200.0) == [10.0, 90.0]


def test_a_figure_whose_parts_do_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        one_curve(y=[1.0, 0.5])
    broken = one_curve()
    broken["panels"][0]["risk"][0]["rows"][0]["numbers"] = [1]
    with pytest.raises(ValueError, match="does not fit the 3 ticks"):
        lay_out(figure_of(Heading("k", "t", "c", "a"), broken["panels"], broken["table"]))


RISKS: Axis = {"scale": "linear", "label": "%", "first": 0, "last": 1, "ticks": [0, 0.5, 1], "percent": True}
RATIOS: Axis = {
    "scale": "log",
    "label": "Hazard ratio",
    "first": 0.1,
    "last": 10,
    "ticks": [0.1, 1, 10],
    "percent": False,
}


def entry(text: str, *numbers: float) -> ForestEntry:
    estimate, lower, upper = numbers or (None, None, None)
    return {"text": text, "estimate": estimate, "lower": lower, "upper": upper, "shape": "diamond"}


def forest(ratio: ForestEntry, label: str = "a group") -> Figure:
    cells = [[entry("120")], [entry("61 (52 to 70)", 0.61, 0.52, 0.7)], [ratio]]
    row: ForestRow = {"kind": "row", "label": label, "note": "", "indent": 1, "cells": cells}
    return forest_of(
        Heading("k", "t", "c", "a"),
        {
            "columns": [
                {"heading": "Patients", "short": "n", "axis": None, "line": None},
                {"heading": "Survival", "short": "", "axis": RISKS, "line": None},
                {"heading": "Ratio", "short": "", "axis": RATIOS, "line": 1.0},
            ],
            "rows": [row],
        },
        {"columns": ["a"], "rows": [[1]]},
    )


def interval_of(scene: Scene) -> tuple[float, float, float]:
    """Ends and height of the last horizontal line in ink."""
    lines = [
        one.points
        for one in scene.items
        if isinstance(one, Path) and one.stroke == "ink" and one.width == 1.3
    ]
    (x0, y), (x1, _) = [points for points in lines if points[0][1] == points[-1][1]][-1]
    return x0, x1, y


def arrows(scene: Scene) -> list[float]:
    """Tips of the arrowheads."""
    heads = [
        one.points for one in scene.items if isinstance(one, Path) and one.closed and len(one.points) == 3
    ]
    return [points[1][0] for points in heads]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_absolute_risks_stand_left_of_the_ratios(width: float) -> None:
    written = texts(lay_out(forest(entry("1.82 (1.10 to 3.01)", 1.82, 1.1, 3.01)), width))
    assert written["61 (52 to 70)"].x < written["1.82 (1.10 to 3.01)"].x
    assert written["61 (52 to 70)"].y == written["1.82 (1.10 to 3.01)"].y


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_an_interval_ends_at_its_limits_on_the_logarithmic_axis(width: float) -> None:
    scene = lay_out(forest(entry("r", 1.0, 0.1**0.5, 10**0.5)), width)
    low, high, _ = interval_of(scene)
    written = texts(scene)
    first, last = written["0.1"].x, written["10"].x
    assert low == pytest.approx(first + (last - first) / 4)
    assert high == pytest.approx(first + 3 * (last - first) / 4)
    assert arrows(scene) == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_an_interval_that_leaves_the_axis_ends_in_an_arrow(width: float) -> None:
    scene = lay_out(forest(entry("r", 6.0, 0.05, 40.0)), width)
    written = texts(scene)
    left, right = arrows(scene)
    assert left == pytest.approx(written["0.1"].x, abs=1.5)
    assert right == pytest.approx(written["10"].x, abs=1.5)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_bar_of_a_risk_begins_at_nought_and_ends_at_the_risk(width: float) -> None:
    scene = lay_out(forest(entry("r", 1.0, 0.5, 2.0)), width)
    bar = next(one for one in scene.items if isinstance(one, Box) and one.fill == "c1")
    written = texts(scene)
    assert bar.x == written["0"].x
    assert bar.width == pytest.approx(0.61 * (written["100"].x - written["0"].x))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_words_instead_of_a_ratio_and_long_labels_stay_on_the_page(width: float) -> None:
    scene = lay_out(forest(entry("no finite ratio: all events on one side"), "a long label " * 12), width)
    for item in scene.items:
        if isinstance(item, Text) and item.anchor == "start":
            assert item.x + text_width(item.text, item.size, bold=item.bold) <= width + 0.5
        if isinstance(item, Text):
            assert 0 <= item.y <= scene.height
    starts = {one.y for one in scene.items if isinstance(one, Text) and "label" in one.text}
    assert len(starts) >= 2


def test_a_mark_without_an_axis_is_refused() -> None:
    broken = forest(entry("r"))
    assert broken["forest"] is not None
    broken["forest"]["rows"][0]["cells"][0] = [entry("1", 1.0, 0.5, 2.0)]
    with pytest.raises(ValueError, match="no axis to stand on"):
        forest_of(Heading("k", "t", "c", "a"), broken["forest"], broken["table"])


def test_titles_of_panels_side_by_side_are_wrapped_and_keep_the_axes_level() -> None:
    panel = one_curve()["panels"][0]
    long = {**panel, "title": "A title that is much longer than half of a page is wide, and then some more"}
    short = {**panel, "title": "Short"}
    table = {"columns": ["a"], "rows": [[1]]}
    scene = lay_out(figure_of(Heading("k", "t", "c", "a"), [long, short], table, across=2))  # pyright: ignore[reportArgumentType]
    assert scene.plots[0].top == scene.plots[1].top
    for item in scene.items:
        if isinstance(item, Text) and item.bold and item.x == 0:
            assert text_width(item.text, item.size, bold=True) <= (WIDE - 28) / 2


def test_a_level_stretch_takes_no_corners() -> None:
    flat = lay_out(one_curve(y=[1.0, 1.0, 1.0]))
    plot = flat.plots[0]
    assert curve_of(flat).points == ((plot.left, plot.top), (plot.right, plot.top))

import itertools

import pytest

from equipoise.rendering.figure import Curve, Figure, Heading, Panel, figure_of
from equipoise.rendering.layout import NARROW, WIDE, lay_out
from equipoise.rendering.layout.marks import spread
from equipoise.rendering.scene import Path, Scene, Text


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

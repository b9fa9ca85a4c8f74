"""docs/img/calibration.svg: each published number with its interval, and the world upon the same line."""

import math
from collections.abc import Callable
from pathlib import Path as File

from equipoise.evidence.endpoint import Measure
from equipoise.rendering.letters import width as text_width
from equipoise.rendering.scene import Box, Circle, Path, Scene, Text
from equipoise.rendering.svg import svg_file
from equipoise.synth.calibration.calibration import Verdict
from equipoise.synth.calibration.target import read_targets
from validation.calibration.kept import Kept, Row
from validation.calibration.words import amount, labels, study

PLACE = File(__file__).parents[2] / "docs" / "img" / "calibration.svg"
WIDTH, LEFT, RIGHT, LINE = 980.0, 590.0, 915.0, 17.0
WHAT = 196.0  # where the words begin that say what is counted
SIZE, SMALL = 12.0, 11.0
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
RATIOS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 50.0)
TITLE = "Published numbers and the reference world S0"


def picture(kept: Kept) -> str:
    """The picture as a file of its own; medians stand in the tables alone."""
    scene = Scene(WIDTH)
    y = _legend(scene)
    shares, ratios = _parts(kept, is_ratio=False), _parts(kept, is_ratio=True)
    y = _panel(scene, shares, y, SHARES, lambda share: LEFT + (RIGHT - LEFT) * share)
    first, last = (math.log(one) for one in (0.05, 60.0))
    y = _panel(
        scene, ratios, y + 14, RATIOS,
        lambda ratio: LEFT + (RIGHT - LEFT) * (math.log(ratio) - first) / (last - first),
    )  # fmt: skip
    scene.height = y
    inside = sum(row.verdict == Verdict.INSIDE for row in kept.rows.values())
    words = f"{len(kept.rows)} published numbers; the world lies inside the interval of {inside}."
    return svg_file(scene, title=TITLE, description=words)


def _parts(kept: Kept, *, is_ratio: bool) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for part in read_targets().parts:
        rows = [kept.rows[one.key] for one in part.targets if (one.groups is not None) == is_ratio]
        rows = [row for row in rows if row.target.published.endpoint.measure is not Measure.MEDIAN_TIME]
        if rows:
            found[part.title] = rows
    return found


def _legend(scene: Scene) -> float:
    x, y = 0.0, 12.0
    for draw, words in (
        (lambda at: _published_mark(scene, at + 9, y - 4, at, at + 18), "published, with its interval"),
        (lambda at: _world_mark(scene, at + 9, y - 4, Verdict.INSIDE), "S0, inside it"),
        (lambda at: _world_mark(scene, at + 9, y - 4, Verdict.OUTSIDE), "S0, outside it"),
        (
            lambda at: _world_mark(scene, at + 9, y - 4, Verdict.NO_INTERVAL),
            "S0, no interval to compare with",
        ),
    ):
        draw(x)
        scene.add(Text(x + 24, y, words, SMALL, "soft"))
        x += 24 + text_width(words, SMALL) + 30
    scene.add(
        Text(0, y + 17, "‡ for calibration only, not to be quoted. Number at the right: S0.", SMALL, "soft")
    )
    return y + 26


def _panel(
    scene: Scene,
    parts: dict[str, list[Row]],
    top: float,
    ticks: tuple[float, ...],
    place: Callable[[float], float],
) -> float:
    """Rows under the titles of their parts, and the axis below; the y under it."""
    no_difference = 1.0 if ticks is RATIOS else None
    y = top
    strips: list[tuple[float, float]] = []
    behind = len(scene.items)
    for title, rows in parts.items():
        y += 22
        scene.add(Text(0, y, title, SIZE, bold=True))
        y += 5
        words = labels(tuple(row.target for row in rows))
        strips.append((y, y + LINE * len(rows)))
        for row in rows:
            y += LINE
            _row(scene, row, words[row.target.key], y, place)
    grid = [
        Path(
            ((place(tick), above), (place(tick), below)), stroke="soft" if tick == no_difference else "faint"
        )
        for above, below in strips
        for tick in ticks
    ]
    scene.items[behind:behind] = grid
    scene.line(LEFT, y + 4, RIGHT, y + 4)
    for tick in ticks:
        number = f"{tick * 100:.0f} %" if ticks is SHARES else f"{tick:g}"
        scene.add(Text(place(tick), y + 18, number, SMALL, "soft", "middle"))
    return y + 24


def _row(scene: Scene, row: Row, label: str, y: float, place: Callable[[float], float]) -> None:
    mark = "" if row.is_quotable else " ‡"
    scene.add(Text(0, y - 4, f"{study(row.target)}{mark}", SMALL, "soft"))
    scene.add(Text(WHAT, y - 4, label, SMALL))
    middle = y - 8
    limits = [place(row.estimate if one is None else one) for one in (row.lower, row.upper)]
    _published_mark(scene, place(row.estimate), middle, *limits)
    _world_mark(scene, place(row.value), middle, Verdict(row.verdict))
    scene.add(Text(WIDTH, y - 4, amount(row, row.value), SMALL, anchor="end"))


def _published_mark(scene: Scene, x: float, y: float, lower: float, upper: float) -> None:
    scene.line(lower, y, upper, y, stroke="ink", width=1.2)
    scene.add(Box(x - 3, y - 3, 6, 6, fill="ink"))


def _world_mark(scene: Scene, x: float, y: float, verdict: Verdict) -> None:
    if verdict is Verdict.OUTSIDE:
        corners = ((x, y - 5.5), (x + 5.5, y), (x, y + 5.5), (x - 5.5, y))
        scene.add(Path(corners, stroke="paper", fill="c2", closed=True))
    elif verdict is Verdict.INSIDE:
        scene.add(Circle(x, y, 4.4, fill="c1", stroke="paper"))
    else:
        scene.add(Circle(x, y, 4.0, fill="paper", stroke="c1", width=1.6))

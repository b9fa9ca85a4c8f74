"""The figure: a plain JSON value that says what is drawn, without saying how.

A figure is made from the tables of a study (`rendering.figures`), laid out for a width (`rendering.layout`)
and written as SVG or PDF. It holds no pixel, no font and no hexadecimal colour.

========== =====================================================================================
field      meaning
========== =====================================================================================
schema     ``"equipoise/figure/1"``
key        short name, unique in a report; file name of the downloads
title      what is shown, as a heading
caption    how to read it: population, denominator, band, choices made
alternative what the picture shows, in words, for readers who do not see it
across     panels side by side where there is room
legend     entries that cannot be labelled directly
panels     drawings with axes (empty for a flow chart)
boxes      boxes of a flow chart (empty otherwise)
forest     rows of words, numbers and intervals on shared axes (None otherwise)
table      every number of the figure: ``columns`` (names) and ``rows``; the data behind the picture
sentences  its main numbers, each as a sentence for a paper (may be empty)
========== =====================================================================================
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, NotRequired, TypedDict

SCHEMA: Final = "equipoise/figure/1"

Cell = str | int | float | None
Shape = Literal["circle", "triangle", "diamond", "square", "cross", "plus", "bar", "arrow"]


class Axis(TypedDict):
    """An axis: name, domain, tick positions; values may be fractions that are shown as percentages."""

    scale: Literal["linear", "log"]
    label: str
    first: float
    last: float
    ticks: list[float]
    percent: bool


class Rows(TypedDict):
    """A vertical axis of rows from the top; labels may be empty, `size` is their height without words."""

    scale: Literal["rows"]
    labels: list[str]
    values: list[str]
    size: float


class Curve(TypedDict):
    """A right-continuous step function with an optional band; `ghost` draws it pale, for comparison.

    `label` is written beside it; `name` is what the pointer reads where there is no label. `outer` is a
    wider band, drawn lighter; `thin` draws a thin line, `straight` one that goes straight from point to
    point.
    """

    mark: Literal["curve"]
    label: str
    name: NotRequired[str]
    colour: str
    dashed: bool
    ghost: bool
    x: list[float]
    y: list[float]
    lower: list[float | None]
    upper: list[float | None]
    outer: NotRequired["Band"]
    thin: NotRequired[bool]
    straight: NotRequired[bool]


class Band(TypedDict):
    """A band between two step functions."""

    x: list[float]
    lower: list[float]
    upper: list[float]


_NO_BAND: Final[Band] = {"x": [], "lower": [], "upper": []}


class Area(TypedDict):
    """A layer of a stack: everything between two step functions."""

    mark: Literal["area"]
    label: str
    short: str
    colour: str
    x: list[float]
    base: list[float]
    top: list[float]


class Shade(TypedDict):
    """Everything right of `since` is greyed, with a word why."""

    mark: Literal["shade"]
    since: float
    label: str


class Note(TypedDict):
    """A value written at a point of a curve, above or below `clear` so that it does not touch the band."""

    mark: Literal["note"]
    x: float
    y: float
    clear: float
    below: bool
    text: str


class Whisker(TypedDict):
    """An interval at a point of time, upright, with a dot at the number."""

    mark: Literal["whisker"]
    x: float
    y: float
    lower: float
    upper: float


class Bar(TypedDict):
    """A horizontal bar in a row from `first` to `last`; `text` is written upon it where it fits."""

    mark: Literal["bar"]
    row: int
    first: float
    last: float
    colour: str
    text: str


class Lane(TypedDict):
    """A stretch of time in a row of a swimmer plot."""

    mark: Literal["lane"]
    row: int
    first: float
    last: float
    colour: str


class Point(TypedDict):
    """A sign in a row of a swimmer plot."""

    mark: Literal["point"]
    row: int
    x: float
    shape: Shape


Mark = Curve | Area | Shade | Note | Whisker | Bar | Lane | Point


class RiskRow(TypedDict):
    """One line of the table under a curve: a word and a number at each tick."""

    label: str
    numbers: list[int | None]


class RiskGroup(TypedDict):
    """Lines that belong to one curve; `heading` may be empty when there is one curve."""

    heading: str
    colour: str
    rows: list[RiskRow]


class Panel(TypedDict):
    """A drawing with axes; `risk` is locked to the ticks of `x`."""

    title: str
    x: Axis
    y: Axis | Rows
    marks: list[Mark]
    risk: list[RiskGroup]


class LegendEntry(TypedDict):
    """A word with the sign it stands for."""

    label: str
    colour: str
    shape: Shape | Literal["area", "line", "dashes"]


class FlowBox(TypedDict):
    """A box of a flow chart; `side` boxes leave the main line, `lines` are counts inside the box."""

    label: str
    n: int
    side: bool
    lines: list[str]


class ForestColumn(TypedDict):
    """A column of a forest plot: words, or words with a mark upon an axis; a bar starts where `line` is None.

    `line` is the value of no difference, `truth` the true one where it is known, `guides` further values to
    be held against; all are lines through all rows. `short` names the numbers where there is no room for
    headings.
    """

    heading: str
    short: str
    axis: Axis | None
    line: float | None
    truth: NotRequired[float]
    guides: NotRequired[list[float]]


class ForestEntry(TypedDict):
    """One number in a row: its text, and its place on the axis (None: only the text is written).

    A `pale` entry has no number: its text is grey, and its limits are drawn as a pale line. `before` is an
    earlier value of the same, drawn hollow on the same line.
    """

    text: str
    estimate: float | None
    lower: float | None
    upper: float | None
    shape: Shape
    pale: NotRequired[bool]
    before: NotRequired[float]


class ForestRow(TypedDict):
    """A row with one list of entries a column; a ``part`` heads rows and spans all columns."""

    kind: Literal["part", "group", "row"]
    label: str
    note: str
    indent: int
    cells: list[list[ForestEntry]]


class Forest(TypedDict):
    """A table whose numbers are drawn beside their text."""

    columns: list[ForestColumn]
    rows: list[ForestRow]


class Table(TypedDict):
    """Names of the columns and the rows."""

    columns: list[str]
    rows: list[list[Cell]]


class Figure(TypedDict):
    """See the table at the top of this module."""

    schema: Literal["equipoise/figure/1"]
    key: str
    title: str
    caption: str
    alternative: str
    across: int
    legend: list[LegendEntry]
    panels: list[Panel]
    boxes: list[FlowBox]
    forest: Forest | None
    table: Table
    sentences: list[str]


@dataclass(frozen=True, slots=True)
class Heading:
    """The words of a figure; the fields are those of `Figure`."""

    key: str
    title: str
    caption: str
    alternative: str


def figure_of(
    heading: Heading,
    panels: Sequence[Panel],
    table: Table,
    *,
    legend: Sequence[LegendEntry] = (),
    across: int = 1,
) -> Figure:
    """A checked figure with axes."""
    return check(
        {
            "schema": SCHEMA,
            "key": heading.key,
            "title": heading.title,
            "caption": heading.caption,
            "alternative": heading.alternative,
            "across": across,
            "legend": list(legend),
            "panels": list(panels),
            "boxes": [],
            "forest": None,
            "table": table,
            "sentences": [],
        }
    )


def flow_chart_of(heading: Heading, boxes: Sequence[FlowBox], table: Table) -> Figure:
    """A checked flow chart."""
    chart = figure_of(heading, [], table)
    chart["boxes"] = list(boxes)
    return chart


def forest_of(
    heading: Heading,
    forest: Forest,
    table: Table,
    *,
    legend: Sequence[LegendEntry] = (),
    sentences: Sequence[str] = (),
) -> Figure:
    """A checked forest plot."""
    figure = figure_of(heading, [], table, legend=legend)
    figure["forest"] = forest
    figure["sentences"] = list(sentences)
    return check(figure)


def check(figure: Figure) -> Figure:
    """Return the figure if its parts fit together, else raise ValueError.

    Raises
    ------
    ValueError
        If a curve's arrays differ in length, a layer of a stack does not lie upon the one before, a risk
        table does not fit the ticks, a mark has a place and its column no axis, or a row has another
        number of cells than there are columns.
    """
    key = figure["key"]
    for panel in figure["panels"]:
        for mark in panel["marks"]:
            if mark["mark"] == "curve":
                lengths = {len(mark["x"]), len(mark["y"]), len(mark["lower"]), len(mark["upper"])}
                outer = mark.get("outer", _NO_BAND)
                lengths_outer = {len(outer["x"]), len(outer["lower"]), len(outer["upper"])}
                if len(lengths) != 1 or len(lengths_outer) != 1:
                    raise ValueError(f"figure {key}: the arrays of curve {mark['label']} differ in length")
        _check_stack(key, panel)
        ticks = len(panel["x"]["ticks"])
        for group in panel["risk"]:
            if any(len(row["numbers"]) != ticks for row in group["rows"]):
                raise ValueError(f"figure {key}: the table at risk does not fit the {ticks} ticks")
    if figure["forest"] is not None:
        _check_forest(key, figure["forest"])
    columns = len(figure["table"]["columns"])
    if any(len(row) != columns for row in figure["table"]["rows"]):
        raise ValueError(f"figure {key}: a row of the table does not have {columns} cells")
    return figure


def _check_forest(key: str, forest: Forest) -> None:
    columns = forest["columns"]
    for row in forest["rows"]:
        if len(row["cells"]) != (0 if row["kind"] == "part" else len(columns)):
            raise ValueError(f"figure {key}: row {row['label']} does not have {len(columns)} cells")
        for column, entries in zip(columns, row["cells"], strict=False):
            if column["axis"] is None and any(one["estimate"] is not None for one in entries):
                raise ValueError(f"figure {key}: a mark in row {row['label']} has no axis to stand on")


def _check_stack(key: str, panel: Panel) -> None:
    layers = [mark for mark in panel["marks"] if mark["mark"] == "area"]
    if not layers:
        return
    for below, above in pairwise(layers):
        if below["top"] != above["base"]:
            raise ValueError(f"figure {key}: layer {above['label']} does not lie upon {below['label']}")
    if any(layers[0]["base"]) or any(abs(top - 1.0) > 1e-9 for top in layers[-1]["top"]):
        raise ValueError(f"figure {key}: the layers do not add up to 100 %")

"""Swimmer plot: one lane a patient, coloured by state, with signs for what happened."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from equipoise.rendering.figure import Cell, Figure, Heading, LegendEntry, Mark, Panel, Shape, figure_of
from equipoise.rendering.figures.curves import month_axis
from equipoise.rendering.numbers import months, ticks
from equipoise.rendering.palette import state_colours
from equipoise.rendering.reading import Reading
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT, capital

END: Final[Shape] = "cross"
ONGOING: Final[Shape] = "arrow"
LANES: Final = 60
ENDS: Final = {True: "ongoing", False: ""}
LANE_SIZE: Final = 8.6
SHAPES: Final[tuple[Shape, ...]] = ("triangle", "diamond", "circle", "square", "plus", "bar")


def swimmer_figure(reading: Reading, setting: Setting) -> Figure | None:
    """Lanes of at most `LANES` patients; None when the study was kept without patient-level tables."""
    if "courses" not in reading.study.patients or reading.study.patients["courses"].is_empty():
        return None
    ranked = _ranked(reading.study.patients["courses"])
    lanes = {patient: row for row, patient in enumerate(_spread(ranked))}
    stays = (
        reading.study.patients["courses"]
        .filter(pl.col("patient").is_in(list(lanes)))
        .sort("patient", "start")
    )
    records = _records(reading, lanes)
    shapes = _shapes(reading, set(records["name"].to_list()))
    axis = month_axis(setting.until, setting.origin)
    axis["last"] = max(setting.until, *(months(day) for day in stays["stop"].to_list()))
    axis["ticks"] = ticks(axis["last"])
    empty = [""] * len(lanes)
    panel: Panel = {
        "title": "",
        "x": axis,
        "y": {"scale": "rows", "labels": empty, "values": empty, "size": LANE_SIZE},
        "marks": [*_stays(reading, setting, stays, lanes), *_signs(records, shapes, lanes)],
        "risk": [],
    }
    numbers = {"shown": len(lanes), "all": len(ranked), "origin": setting.origin}
    heading = Heading(
        key="swimmer",
        title=TEXT["swimmer_title"],
        caption=TEXT["swimmer_all" if len(lanes) == len(ranked) else "swimmer_some"].format(**numbers),
        alternative=TEXT["swimmer_alternative"].format(**numbers),
    )
    rows: list[list[Cell]] = [
        [
            lanes[one["patient"]] + 1,
            one["state"],
            months(one["start"]),
            months(one["stop"]),
            ENDS[one["ongoing"]],
        ]
        for one in stays.iter_rows(named=True)
    ]
    return figure_of(
        heading,
        [panel],
        {
            "columns": ["lane", "state", "from month", "to month", "end"],
            "rows": sorted(rows, key=_lane_and_start),
        },
        legend=[
            *_state_legend(reading, setting, set(stays["state"].to_list())),
            *_sign_legend(reading, shapes),
        ],
    )


def _ranked(courses: pl.DataFrame) -> list[int]:
    """Patients, the longest observation first; ties in the order of the study."""
    last = courses.group_by("patient").agg(pl.col("stop").max())
    return last.sort("stop", "patient", descending=[True, False])["patient"].to_list()


def _spread(ranked: list[int]) -> list[int]:
    """At most `LANES` of the ranked patients, at equal steps of the ranks, with the first and the last."""
    if len(ranked) <= LANES:
        return ranked
    step = (len(ranked) - 1) / (LANES - 1)
    return [ranked[round(position * step)] for position in range(LANES)]


def _records(reading: Reading, lanes: Mapping[int, int]) -> pl.DataFrame:
    """Records after time zero of the patients shown; that of time zero itself says nothing here."""
    markers = reading.study.patients["markers"]
    return markers.filter(pl.col("patient").is_in(list(lanes)) & (pl.col("day") > 0)).sort("patient", "day")


def _shapes(reading: Reading, present: set[str]) -> dict[str, Shape]:
    """A sign for each record that occurs, in the order of the vocabulary; what ends life is a cross."""
    vocabulary = reading.study.vocabulary
    ends = vocabulary.terminal_events
    passing = [name for name in vocabulary.records if name in present and name not in ends]
    shapes: dict[str, Shape] = {name: SHAPES[place % len(SHAPES)] for place, name in enumerate(passing)}
    shapes.update({name: END for name in ends if name in present})
    return shapes


def _stays(reading: Reading, setting: Setting, stays: pl.DataFrame, lanes: Mapping[int, int]) -> list[Mark]:
    colours = _colours(reading, setting)
    marks: list[Mark] = []
    for stay in stays.iter_rows(named=True):
        row, first, last = lanes[stay["patient"]], months(stay["start"]), months(stay["stop"])
        if last > first:
            colour = colours[stay["state"]]
            marks.append({"mark": "lane", "row": row, "first": first, "last": last, "colour": colour})
        if stay["ongoing"]:
            marks.append({"mark": "point", "row": row, "x": last, "shape": ONGOING})
    return marks


def _signs(records: pl.DataFrame, shapes: Mapping[str, Shape], lanes: Mapping[int, int]) -> list[Mark]:
    return [
        {"mark": "point", "row": lanes[one["patient"]], "x": months(one["day"]), "shape": shapes[one["name"]]}
        for one in records.iter_rows(named=True)
    ]


def _state_legend(reading: Reading, setting: Setting, seen: set[str]) -> list[LegendEntry]:
    colours = _colours(reading, setting)
    return [
        {"label": state.label, "colour": colours[state.name], "shape": "area"}
        for state in reading.states(setting.structure)
        if state.name in seen and not state.absorbing
    ]


def _sign_legend(reading: Reading, shapes: Mapping[str, Shape]) -> list[LegendEntry]:
    label_of = reading.study.vocabulary.label_of
    legend: list[LegendEntry] = [
        {"label": capital(label_of(name)), "colour": "", "shape": shape} for name, shape in shapes.items()
    ]
    return [*legend, {"label": TEXT["swimmer_ongoing"], "colour": "", "shape": ONGOING}]


def _colours(reading: Reading, setting: Setting) -> dict[str, str]:
    states = reading.states(setting.structure)
    return dict(zip((s.name for s in states), state_colours([s.absorbing for s in states]), strict=True))


def _lane_and_start(row: list[Cell]) -> tuple[float, float]:
    lane, start = row[0], row[2]
    return (float(lane or 0), float(start or 0))

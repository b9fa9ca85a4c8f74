"""Swimmer plot: one lane a patient, coloured by state, with signs for what happened."""

from typing import Final

import polars as pl

from equipoise.render.figure import SCHEMA, Cell, Figure, LegendEntry, Mark, Panel, Shape
from equipoise.render.figures.curves import month_axis
from equipoise.render.numbers import months, ticks
from equipoise.render.palette import state_colours
from equipoise.render.reading import Reading
from equipoise.render.setting import Setting
from equipoise.render.words import TEXT, capital

LANES: Final = 60
LANE_SIZE: Final = 8.6
SHAPES: Final[tuple[Shape, ...]] = ("triangle", "diamond", "circle", "square", "plus", "bar")


def swimmer_figure(reading: Reading, setting: Setting) -> Figure | None:
    """Lanes of at most `LANES` patients; None when the study was kept without patient-level tables."""
    courses = reading.study.patients.get("courses")
    if courses is None or courses.is_empty():
        return None
    everybody = (
        courses.group_by("patient")
        .agg(pl.col("stop").max())
        .sort("stop", "patient", descending=[True, False])
    )
    chosen = _spread(everybody["patient"].to_list())
    lane = {patient: row for row, patient in enumerate(chosen)}
    kept = courses.filter(pl.col("patient").is_in(chosen)).sort("patient", "start")
    events = reading.study.patients["markers"].filter(pl.col("patient").is_in(chosen)).sort("patient", "day")
    states = reading.states(setting.structure)
    colours = dict(zip((s.name for s in states), state_colours([s.absorbing for s in states]), strict=True))
    shapes = _shapes(reading, events)
    last = max(setting.until, float(months(float(kept["stop"].max() or 0.0))))  # pyright: ignore[reportArgumentType]
    marks: list[Mark] = []
    rows: list[list[Cell]] = []
    for stay in kept.iter_rows(named=True):
        row, first, end = lane[stay["patient"]], months(stay["start"]), months(stay["stop"])
        state = stay["state"]
        if end > first:
            marks.append({"mark": "lane", "row": row, "first": first, "last": end, "colour": colours[state]})
        if stay["ongoing"]:
            marks.append({"mark": "point", "row": row, "x": end, "shape": "arrow"})
        rows.append([row + 1, state, first, end, "ongoing" if stay["ongoing"] else ""])
    for event in events.iter_rows(named=True):
        if event["day"] > 0:
            at = months(event["day"])
            marks.append(
                {"mark": "point", "row": lane[event["patient"]], "x": at, "shape": shapes[event["name"]]}
            )
    seen = {mark["colour"] for mark in marks if mark["mark"] == "lane"}
    legend: list[LegendEntry] = [
        {"label": state.label, "colour": colours[state.name], "shape": "area"}
        for state in states
        if colours[state.name] in seen and not state.absorbing
    ]
    legend += [
        {"label": capital(reading.study.vocabulary.label_of(name)), "colour": "", "shape": shape}
        for name, shape in shapes.items()
    ]
    legend.append({"label": TEXT["swimmer_ongoing"], "colour": "", "shape": "arrow"})
    axis = month_axis(setting.until, setting.origin)
    axis["last"], axis["ticks"] = last, ticks(last)
    panel: Panel = {
        "title": "",
        "x": axis,
        "y": {"labels": [""] * len(chosen), "values": [""] * len(chosen), "size": LANE_SIZE},
        "marks": marks,
        "risk": [],
    }
    numbers = {"shown": len(chosen), "all": everybody.height, "origin": setting.origin}
    is_whole = len(chosen) == everybody.height
    return {
        "schema": SCHEMA,
        "key": "swimmer",
        "title": TEXT["swimmer_title"],
        "caption": TEXT["swimmer_all" if is_whole else "swimmer_some"].format(**numbers),
        "alternative": TEXT["swimmer_alternative"].format(**numbers),
        "across": 1,
        "legend": legend,
        "panels": [panel],
        "boxes": [],
        "table": {"columns": ["lane", "state", "from month", "to month", "end"], "rows": rows},
    }


def _spread(ranked: list[int]) -> list[int]:
    """At most `LANES` of the ranked patients, at equal steps of the ranks, the first and the last among them."""
    if len(ranked) <= LANES:
        return ranked
    step = (len(ranked) - 1) / (LANES - 1)
    return [ranked[round(position * step)] for position in range(LANES)]


def _shapes(reading: Reading, events: pl.DataFrame) -> dict[str, Shape]:
    """A sign for each record that occurs, in the order of the vocabulary; what ends life is a cross."""
    vocabulary = reading.study.vocabulary
    present = set(events.filter(pl.col("day") > 0)["name"].to_list())
    shapes: dict[str, Shape] = {}
    for name in vocabulary.records:
        if name in present and name not in vocabulary.terminal_events:
            shapes[name] = SHAPES[len(shapes) % len(SHAPES)]
    for name in vocabulary.terminal_events:
        if name in present:
            shapes[name] = "cross"
    return shapes

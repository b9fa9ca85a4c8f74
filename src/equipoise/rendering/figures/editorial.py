"""The picture of the editorial's cohort: the two ways to count, who gets there, what transplants do."""

from collections.abc import Sequence
from typing import Any

from equipoise.rendering.editorial_numbers import Numbers, Pair, printed_text, share, spread
from equipoise.rendering.editorial_words import WORDS
from equipoise.rendering.figure import (
    Axis,
    Bar,
    Cell,
    Figure,
    Heading,
    LegendEntry,
    Mark,
    Panel,
    Point,
    Shape,
    Table,
    figure_of,
)
from equipoise.rendering.figures.contrast_axes import risk_axis
from equipoise.rendering.numbers import count, percent
from equipoise.rendering.words import capital
from equipoise.synth.editorial.series import SERIES
from equipoise.synth.editorial.transplanted import ARMS, OUTCOMES

SERIES_KEY, EVERYBODY_KEY = "a5", "a3"
BAR_ROW = 29.0
DECIMALS = 6
FUNNELS = ("remission", "relapse")


def counted_figure(numbers: Numbers) -> Figure:
    """Left what series print, right everybody: the same rows in two panels."""
    pairs = [numbers.pair(arm, outcome) for arm in ARMS for outcome in OUTCOMES]
    found = numbers.found
    caption = WORDS["figure_caption"].format(
        draws=count(found.draws),
        size=SERIES,
        pool=count(numbers.pool),
        first=_members(numbers, ARMS[0]),
        later=_members(numbers, ARMS[1]),
        error=f"{100 * numbers.error + 0.05:.1f}",
    )
    said = " ".join(_said(pair) for pair in pairs)
    heading = Heading(
        "editorial", WORDS["figure_title"], caption, WORDS["figure_alternative"].format(said=said)
    )
    legend: list[LegendEntry] = [
        {"label": WORDS["legend_series"], "colour": SERIES_KEY, "shape": "area"},
        {"label": WORDS["legend_spread"], "colour": "ink", "shape": "bar"},
        {"label": WORDS["legend_printed"], "colour": "ink", "shape": "cross"},
        {"label": WORDS["legend_truth"], "colour": EVERYBODY_KEY, "shape": "area"},
    ]
    panels = [_series_panel(pairs), _everybody_panel(pairs)]
    return figure_of(heading, panels, _table(numbers), legend=legend, across=2)


def _members(numbers: Numbers, arm: str) -> str:
    own = numbers.arm(arm)
    return WORDS["members"].format(mean=f"{own.patients:.0f}", fewest=own.fewest, most=own.most)


def _series_panel(pairs: Sequence[Pair]) -> Panel:
    labels = [WORDS[f"row_{pair.arm}_{pair.outcome}"] for pair in pairs]
    values = [WORDS["spread"].format(value=share(pair.series), spread=spread(pair.series)) for pair in pairs]
    marks: list[Mark] = []
    for row, pair in enumerate(pairs):
        text = ""
        if pair.printed is not None:
            text = WORDS["printed"].format(value=printed_text(pair.arm, pair.outcome))
        marks += [_bar(row, 1.0, "faint"), _bar(row, pair.series.estimate or 0.0, SERIES_KEY, text)]
        limits = (pair.series.lower, pair.series.upper)
        marks += [_point(row, limit, "bar") for limit in limits if limit is not None]
        if pair.printed is not None and pair.printed.estimate is not None:
            marks.append(_point(row, pair.printed.estimate, "cross"))
    return _panel(WORDS["panel_series"], labels, values, marks)


def _everybody_panel(pairs: Sequence[Pair]) -> Panel:
    labels = [WORDS[f"row_everybody_{pair.arm}_{pair.outcome}"] for pair in pairs]
    marks: list[Mark] = []
    for row, pair in enumerate(pairs):
        text = WORDS["of_all"].format(n=count(pair.everybody.n))
        marks += [_bar(row, 1.0, "faint"), _bar(row, pair.everybody.estimate or 0.0, EVERYBODY_KEY, text)]
    return _panel(WORDS["panel_everybody"], labels, [share(pair.everybody) for pair in pairs], marks)


def _said(pair: Pair) -> str:
    return WORDS["said_pair"].format(
        row=WORDS[f"row_{pair.arm}_{pair.outcome}"],
        series=share(pair.series),
        spread=spread(pair.series),
        other=WORDS[f"row_everybody_{pair.arm}_{pair.outcome}"],
        everybody=share(pair.everybody),
    )


def funnel_figure(numbers: Numbers) -> Figure:
    """Of 100 in remission, and of 100 who relapsed: how many reach each step."""
    steps = {name: _steps(numbers, name) for name in FUNNELS}
    rows: list[list[Cell]] = [
        [WORDS[f"panel_{name}"], step["label"], step["reached"], step["of"], round(step["share"], DECIMALS)]
        for name in FUNNELS
        for step in steps[name]
    ]
    said = " ".join(
        WORDS["said_funnel"].format(
            panel=WORDS[f"panel_{name}"],
            steps=", ".join(f"{_of_all(step)} {step['label']}" for step in steps[name][1:]),
        )
        for name in FUNNELS
    )
    alternative = WORDS["funnel_alternative"].format(said=said)
    heading = Heading("editorial-funnel", WORDS["funnel_title"], WORDS["funnel_caption"], alternative)
    table: Table = {"columns": ["from", "step", "reached", "of", "share of all"], "rows": rows}
    panels = [_funnel_panel(WORDS[f"panel_{name}"], steps[name]) for name in FUNNELS]
    return figure_of(heading, panels, table, across=2)


def _steps(numbers: Numbers, name: str) -> list[dict[str, Any]]:
    return numbers.found.funnel.filter(funnel=name).sort("step").to_dicts()


def _of_all(step: dict[str, Any]) -> str:
    return percent(step["share"], step["of"])


def _funnel_panel(title: str, steps: Sequence[dict[str, Any]]) -> Panel:
    values = [
        WORDS["funnel_value"].format(n=count(step["reached"]), share=_of_all(step)) for step in steps[1:]
    ]
    marks: list[Mark] = [
        bar
        for row, step in enumerate(steps)
        for bar in (_bar(row, 1.0, "faint"), _bar(row, step["share"], EVERYBODY_KEY))
    ]
    labels = [capital(step["label"]) for step in steps]
    return _panel(title, labels, [count(steps[0]["reached"]), *values], marks)


def strategies_figure(numbers: Numbers) -> Figure:
    """What would be if everybody in remission followed one strategy; usual care beside them."""
    ways = {"natural course": WORDS["usual_care"]} | numbers.found.titles
    ordered = sorted(ways, key=lambda name: numbers.true("dfs", name).estimate or 0.0)
    panels = [
        _strategies_panel(numbers, outcome, [(name, ways[name]) for name in ordered]) for outcome in OUTCOMES
    ]
    rows: list[list[Cell]] = []
    for outcome in OUTCOMES:
        for name in ordered:
            one = numbers.true(outcome, name)
            numbers_of_row = (one.estimate, one.std_error)
            rounded = [None if value is None else round(value, DECIMALS) for value in numbers_of_row]
            rows.append([ways[name], WORDS[f"strategies_{outcome}"], *rounded, one.n])
    said = " ".join(f"{ways[name]}: {share(numbers.true('dfs', name))}." for name in ordered)
    heading = Heading(
        "editorial-strategies",
        WORDS["strategies_title"],
        WORDS["strategies_caption"],
        WORDS["strategies_alternative"].format(said=said),
    )
    columns = ["strategy", "what", "probability", "error", "patients"]
    return figure_of(heading, panels, {"columns": columns, "rows": rows}, across=2)


def _strategies_panel(numbers: Numbers, outcome: str, ways: Sequence[tuple[str, str]]) -> Panel:
    found = [numbers.true(outcome, name) for name, _ in ways]
    marks: list[Mark] = [
        bar
        for row, one in enumerate(found)
        for bar in (_bar(row, 1.0, "faint"), _bar(row, one.estimate or 0.0, EVERYBODY_KEY))
    ]
    labels = [title for _, title in ways]
    return _panel(WORDS[f"strategies_{outcome}"], labels, [share(one) for one in found], marks)


def _panel(title: str, labels: list[str], values: list[str], marks: list[Mark]) -> Panel:
    axis: Axis = {**risk_axis(), "label": WORDS["axis"]}
    return {
        "title": title,
        "x": axis,
        "y": {"scale": "rows", "labels": labels, "values": values, "size": BAR_ROW},
        "marks": marks,
        "risk": [],
    }


def _bar(row: int, last: float, colour: str, text: str = "") -> Bar:
    return {"mark": "bar", "row": row, "first": 0.0, "last": last, "colour": colour, "text": text}


def _point(row: int, x: float, shape: Shape) -> Point:
    return {"mark": "point", "row": row, "x": x, "shape": shape}


def _table(numbers: Numbers) -> Table:
    columns = [
        "outcome", "counted", "role", "month", "probability", "error", "lower", "upper", "patients", "code",
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for one in numbers.rows:
        values = (one.estimate, one.std_error, one.lower, one.upper)
        rounded = [None if value is None else round(value, DECIMALS) for value in values]
        rows.append([one.outcome, one.strategy, one.role, one.month, *rounded, one.n, one.finding])
    return {"columns": columns, "rows": rows}

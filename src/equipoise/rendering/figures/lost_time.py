"""Time gained and lost: of the first months, how many inside, and how many lost to each cause."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from equipoise.language.outcome import OutcomeKind
from equipoise.language.words import lower_first
from equipoise.rendering.figure import Bar, Cell, Figure, Heading, LegendEntry, Panel, Table, figure_of
from equipoise.rendering.numbers import months, ticks
from equipoise.rendering.palette import state_colours
from equipoise.rendering.reading import AFTER, NATURAL_COURSE, Estimate, Reading
from equipoise.rendering.sentences import time_with_interval
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT, capital, join_words

INSIDE_COLOUR: Final = "a3"


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A horizon (months) split into mean time inside and mean time lost to each cause."""

    horizon: float
    inside: Estimate
    lost: tuple[tuple[str, Estimate], ...]


@dataclass(frozen=True, slots=True)
class _Causes:
    """Words and colours of the causes, by name of the state that is entered."""

    labels: Mapping[str, str]
    colours: Mapping[str, str]


def decompositions(reading: Reading, outcome: str) -> list[Decomposition]:
    """One for each horizon with numbers; empty when the study has no restricted means of the outcome."""
    causes = [
        (name.removeprefix(f"{outcome}:"), block)
        for (name, measure, strategy), block in reading.blocks().items()
        if measure == "time_lost" and strategy == NATURAL_COURSE and name.startswith(f"{outcome}:")
    ]
    found: list[Decomposition] = []
    for inside in reading.block(outcome, "restricted_mean"):
        lost = tuple((name, one) for name, block in causes for one in block if one.day == inside.day)
        if inside.estimate is not None and lost and all(one.estimate is not None for _, one in lost):
            found.append(Decomposition(inside.month, inside, lost))
    return found


def lost_time_figure(reading: Reading, setting: Setting) -> Figure | None:
    """Bars of the horizons for each survival outcome; None without restricted means."""
    survivals = [name for name in setting.outcomes if reading.outcome(name).kind is OutcomeKind.SURVIVAL]
    found = {name: decompositions(reading, name) for name in survivals}
    found = {name: parts for name, parts in found.items() if parts}
    if not found:
        return None
    causes = _causes(reading, found)
    first = next(iter(found.values()))[0].inside
    heading = Heading(
        key="lost-time",
        title=TEXT["lost_title"],
        caption=TEXT["lost_caption"].format(origin=setting.origin, n=first.n),
        alternative=" ".join(_sentence(reading, name, parts[-1], causes) for name, parts in found.items()),
    )
    panels = [_panel(reading.outcome(name).label, parts, causes) for name, parts in found.items()]
    return figure_of(heading, panels, _table(reading, found, causes), legend=_legend(found, causes))


def _causes(reading: Reading, found: Mapping[str, list[Decomposition]]) -> _Causes:
    """Words and colours over all structures of the outcomes; a state added for an event comes last."""
    vocabulary = reading.study.vocabulary
    structures = dict.fromkeys(vocabulary.outcomes[outcome].structure for outcome in found)
    known = {state.name: state for structure in reversed(structures) for state in reading.states(structure)}
    states = [
        known[name] for name in dict.fromkeys(one.name for s in structures for one in reading.states(s))
    ]
    labels = {state.name: state.short for state in states}
    absorbing = {state.name: state.absorbing for state in states}
    for parts in found.values():
        for name, _ in (lost for one in parts for lost in one.lost):
            if name not in labels:
                labels[name] = vocabulary.label_of(name.removeprefix(AFTER))
                absorbing[name] = True
    keys = state_colours(list(absorbing.values()))
    return _Causes(labels, dict(zip(absorbing, keys, strict=True)))


def _panel(label: str, parts: list[Decomposition], causes: _Causes) -> Panel:
    last = max(one.horizon for one in parts)
    return {
        "title": capital(label),
        "x": {
            "scale": "linear",
            "label": TEXT["mean_months"],
            "first": 0.0,
            "last": last,
            "ticks": ticks(last),
            "percent": False,
        },
        "y": {
            "scale": "rows",
            "labels": [TEXT["horizon"].format(months=f"{one.horizon:g}") for one in parts],
            "values": [""] * len(parts),
            "size": 33.0,
        },
        "marks": [bar for row, one in enumerate(parts) for bar in _bars(row, one, causes)],
        "risk": [],
    }


def _bars(row: int, one: Decomposition, causes: _Causes) -> list[Bar]:
    start = 0.0
    bars: list[Bar] = []
    for colour, part in [
        (INSIDE_COLOUR, one.inside),
        *((causes.colours[name], part) for name, part in one.lost),
    ]:
        end = start + months(part.estimate or 0.0)
        text = f"{end - start:.1f}"
        bars.append({"mark": "bar", "row": row, "first": start, "last": end, "colour": colour, "text": text})
        start = end
    return bars


def _legend(found: Mapping[str, list[Decomposition]], causes: _Causes) -> list[LegendEntry]:
    present = {name for parts in found.values() for one in parts for name, _ in one.lost}
    entries = [(TEXT["inside"], INSIDE_COLOUR)]
    entries += [
        (TEXT["lost_to"].format(cause=lower_first(causes.labels[name])), colour)
        for name, colour in causes.colours.items()
        if name in present
    ]
    return [{"label": label, "colour": colour, "shape": "area"} for label, colour in entries]


def _table(reading: Reading, found: Mapping[str, list[Decomposition]], causes: _Causes) -> Table:
    rows: list[list[Cell]] = []
    for name, parts in found.items():
        label = reading.outcome(name).label
        for one in parts:
            lost = [(causes.labels[cause], row) for cause, row in one.lost]
            for part, row in [(TEXT["inside"], one.inside), *lost]:
                cells = [None if x is None else months(x) for x in (row.estimate, row.lower, row.upper)]
                rows.append([label, one.horizon, part, *cells])
    columns = ["outcome", "horizon (months)", "part", "mean months", "lower", "upper"]
    return {"columns": columns, "rows": rows}


def _sentence(reading: Reading, outcome: str, one: Decomposition, causes: _Causes) -> str:
    lost = [f"{time_with_interval(row)} lost to {lower_first(causes.labels[name])}" for name, row in one.lost]
    return TEXT["lost_sentence"].format(
        horizon=f"{one.horizon:g}",
        inside=time_with_interval(one.inside),
        what=reading.outcome(outcome).is_,
        lost=join_words(lost),
    )

"""Time gained and lost: of the first months, how many inside, and how many lost to each cause."""

from dataclasses import dataclass

from equipoise.language.outcome import OutcomeKind
from equipoise.render.figure import SCHEMA, Cell, Figure, LegendEntry, Mark, Panel
from equipoise.render.numbers import months, ticks
from equipoise.render.palette import state_colours
from equipoise.render.reading import NATURAL_COURSE, Estimate, Reading
from equipoise.render.setting import Setting
from equipoise.render.words import TEXT, capital, join_words, lower_first, time_with_interval


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A horizon split into mean months inside and mean months lost to each cause."""

    inside: Estimate
    lost: list[tuple[str, Estimate]]


def decompositions(reading: Reading, outcome: str) -> list[Decomposition]:
    """One for each horizon with numbers; empty when the study has no restricted means of the outcome."""
    causes = [
        (name.removeprefix(f"{outcome}:"), block)
        for (name, measure, strategy), block in reading.blocks().items()
        if measure == "time_lost" and strategy == NATURAL_COURSE and name.startswith(f"{outcome}:")
    ]
    found: list[Decomposition] = []
    for inside in reading.block(outcome, "restricted_mean"):
        lost = [(name, one) for name, block in causes for one in block if one.day == inside.day]
        if inside.estimate is not None and lost and all(one.estimate is not None for _, one in lost):
            found.append(Decomposition(inside, lost))
    return found


def lost_time_figure(reading: Reading, setting: Setting) -> Figure | None:
    """Bars of the horizons for each survival outcome; None without restricted means."""
    vocabulary = reading.study.vocabulary
    names = [
        name
        for name in setting.outcomes
        if vocabulary.outcomes[name].kind is OutcomeKind.SURVIVAL and decompositions(reading, name)
    ]
    if not names:
        return None
    states = reading.states(vocabulary.outcomes[names[0]].structure)
    colours = dict(zip((s.name for s in states), state_colours([s.absorbing for s in states]), strict=True))
    labels = {state.name: state.label for state in states}
    panels = [_panel(reading, name, decompositions(reading, name), colours) for name in names]
    causes = {cause for name in names for one in decompositions(reading, name) for cause, _ in one.lost}
    legend: list[LegendEntry] = [{"label": TEXT["inside"], "colour": "a3", "shape": "area"}]
    legend += [
        {
            "label": TEXT["lost_to"].format(cause=lower_first(labels.get(cause, cause))),
            "colour": colours.get(cause, "g2"),
            "shape": "area",
        }
        for cause in colours
        if cause in causes
    ]
    rows: list[list[Cell]] = []
    sentences: list[str] = []
    for name in names:
        outcome = vocabulary.outcomes[name]
        for one in decompositions(reading, name):
            horizon = months(one.inside.day or 0.0)
            for label, row in [(TEXT["inside"], one.inside), *((labels.get(c, c), r) for c, r in one.lost)]:
                cells = [None if x is None else months(x) for x in (row.estimate, row.lower, row.upper)]
                rows.append([outcome.label, horizon, label, *cells])
        last = decompositions(reading, name)[-1]
        parts = [f"{time_with_interval(row)} lost to {lower_first(labels.get(c, c))}" for c, row in last.lost]
        sentences.append(
            TEXT["lost_sentence"].format(
                horizon=f"{months(last.inside.day or 0.0):g}",
                inside=time_with_interval(last.inside),
                what=outcome.is_,
                lost=join_words(parts),
            )
        )
    return {
        "schema": SCHEMA,
        "key": "lost-time",
        "title": TEXT["lost_title"],
        "caption": TEXT["lost_caption"].format(
            origin=setting.origin, n=decompositions(reading, names[0])[0].inside.n
        ),
        "alternative": " ".join(sentences),
        "across": 1,
        "legend": legend,
        "panels": panels,
        "boxes": [],
        "table": {
            "columns": ["outcome", "horizon (months)", "part", "mean months", "lower", "upper"],
            "rows": rows,
        },
    }


def _panel(reading: Reading, name: str, found: list[Decomposition], colours: dict[str, str]) -> Panel:
    outcome = reading.study.vocabulary.outcomes[name]
    marks: list[Mark] = []
    labels: list[str] = []
    last = max(months(one.inside.day or 0.0) for one in found)
    for row, one in enumerate(found):
        horizon = months(one.inside.day or 0.0)
        labels.append(TEXT["horizon"].format(months=f"{horizon:g}"))
        start = 0.0
        for colour, part in [("a3", one.inside), *((colours.get(c, "g2"), r) for c, r in one.lost)]:
            length = months(part.estimate or 0.0)
            marks.append(
                {
                    "mark": "bar",
                    "row": row,
                    "first": start,
                    "last": start + length,
                    "colour": colour,
                    "text": f"{length:.1f}",
                }
            )
            start += length
    return {
        "title": capital(outcome.label),
        "x": {
            "label": TEXT["mean_months"],
            "first": 0.0,
            "last": last,
            "ticks": ticks(last),
            "percent": False,
        },
        "y": {"labels": labels, "values": [""] * len(labels), "size": 50.0},
        "marks": marks,
        "risk": [],
    }

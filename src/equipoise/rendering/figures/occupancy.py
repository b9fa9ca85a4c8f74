"""Stacked state occupancy: how many of 100 patients are in each state on each day."""

from equipoise.language.words import lower_first
from equipoise.rendering.figure import Area, Cell, Figure, Heading, Panel, figure_of
from equipoise.rendering.figures.curves import DECIMALS, month_axis, percent_axis, sparse_from
from equipoise.rendering.palette import state_colours
from equipoise.rendering.reading import Estimate, Reading, StateWords
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT, join_words


def occupancy_figure(reading: Reading, setting: Setting) -> Figure | None:
    """The stack of all states of the structure that anybody ever occupies; None without numbers."""
    states = reading.states(setting.structure)
    blocks = {
        state.name: reading.block(f"state:{setting.structure}:{state.name}", "state_probability")
        for state in states
    }
    seen = [state for state in states if any(one.estimate for one in blocks[state.name])]
    if not seen:
        return None
    keys = state_colours([state.absorbing for state in states])
    colours = {state.name: key for state, key in zip(states, keys, strict=True)}
    first = blocks[seen[0].name]
    months = _months_known(first)
    panel: Panel = {
        "title": "",
        "x": month_axis(setting.until, setting.origin),
        "y": percent_axis(TEXT["occupancy_axis"]),
        "marks": [*_layers(seen, blocks, colours, months), *sparse_from([first], setting.until)],
        "risk": [],
    }
    last = {state.name: blocks[state.name][len(months) - 1].estimate or 0.0 for state in seen}
    ends = [f"{100 * last[state.name]:.0f} % {lower_first(state.label)}" for state in seen]
    heading = Heading(
        "occupancy",
        TEXT["occupancy_title"],
        TEXT["occupancy_caption"].format(n=first[0].n, origin=setting.origin),
        TEXT["occupancy_alternative"].format(month=f"{months[-1]:.0f}", ends=join_words(ends)),
    )
    rows = _rows(seen, blocks, months)
    return figure_of(heading, [panel], {"columns": ["month", *(state.label for state in seen)], "rows": rows})


def _months_known(block: list[Estimate]) -> list[float]:
    return [one.month for one in block if one.estimate is not None]


def _layers(
    seen: list[StateWords], blocks: dict[str, list[Estimate]], colours: dict[str, str], months: list[float]
) -> list[Area]:
    """Layers from the bottom: the last state in clinical order lies lowest, the first on top.

    The estimates sum to one up to rounding of floats; the top layer is closed at exactly one.
    """
    base = [0.0] * len(months)
    layers: list[Area] = []
    for state in reversed(seen):
        values = {one.month: one.estimate or 0.0 for one in blocks[state.name]}
        top = [low + values.get(month, 0.0) for low, month in zip(base, months, strict=True)]
        layers.append(
            {
                "mark": "area",
                "label": state.label,
                "short": state.short,
                "colour": colours[state.name],
                "x": months,
                "base": base,
                "top": top,
            }
        )
        base = top
    return layers


def _rows(seen: list[StateWords], blocks: dict[str, list[Estimate]], months: list[float]) -> list[list[Cell]]:
    values = [
        {one.month: round(one.estimate or 0.0, DECIMALS) for one in blocks[state.name]} for state in seen
    ]
    return [[month, *(value.get(month) for value in values)] for month in months]

"""One figure for each survival or occupancy outcome; competing outcomes of the same patients share one."""

from equipoise.language.outcome import OutcomeKind
from equipoise.language.words import lower_first
from equipoise.rendering.figure import Figure, Heading, Panel, figure_of
from equipoise.rendering.figures.curves import (
    curve,
    month_axis,
    notes,
    numbers_table,
    percent_axis,
    risk_groups,
    sparse_from,
    zone_words,
)
from equipoise.rendering.numbers import percent
from equipoise.rendering.palette import line_colour
from equipoise.rendering.reading import NATURAL_COURSE, Reading
from equipoise.rendering.sentences import percent_level
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT, capital, join_words

MEASURE_OF = {
    OutcomeKind.SURVIVAL: "survival",
    OutcomeKind.CUMULATIVE_INCIDENCE: "cumulative_incidence",
    OutcomeKind.OCCUPANCY: "state_probability",
}


def outcome_figures(reading: Reading, setting: Setting) -> list[Figure]:
    """Figures of all outcomes of the protocol, in its order; outcomes without numbers have none."""
    figures: list[Figure] = []
    done: set[str] = set()
    for name in setting.outcomes:
        outcome = reading.outcome(name)
        block = reading.block(name, MEASURE_OF[outcome.kind])
        if name in done or not any(one.estimate is not None for one in block):
            continue
        if outcome.kind is OutcomeKind.CUMULATIVE_INCIDENCE:
            together = [one for one in setting.outcomes if _competes(reading, name, one)]
            done.update(together)
            figures.append(_incidences(reading, setting, together))
        else:
            done.add(name)
            figures.append(_single(reading, setting, name))
    return figures


def _competes(reading: Reading, first: str, second: str) -> bool:
    """Whether two cumulative incidences concern the same patients at risk."""
    outcomes = reading.study.vocabulary.outcomes
    one, other = outcomes[first], outcomes[second]
    if first == second:
        return True
    is_incidence = one.kind is OutcomeKind.CUMULATIVE_INCIDENCE  # as declared, not as a handling leaves it
    same = (other.kind, other.structure, set(other.at_risk)) == (one.kind, one.structure, set(one.at_risk))
    return is_incidence and same


def _single(reading: Reading, setting: Setting, name: str) -> Figure:
    outcome = reading.outcome(name)
    block = reading.block(name, MEASURE_OF[outcome.kind])
    axis = month_axis(setting.until, setting.origin)
    panel: Panel = {
        "title": "",
        "x": axis,
        "y": percent_axis(f"{outcome.label}, %"),
        "marks": [
            curve(block, line_colour(0)),
            *sparse_from([block], setting.until),
            *notes(block, reading, setting.at_months),
        ],
        "risk": risk_groups(reading, [(name, "", "")], axis["ticks"]),
    }
    what = f"Probability of being {outcome.is_}"
    caption = TEXT["curve_caption"].format(
        what=what, n=block[0].n, origin=setting.origin, level=percent_level(block[0])
    )
    kind = "curve_goes_down" if outcome.kind is OutcomeKind.SURVIVAL else "curve_may_rise"
    said = TEXT[kind].format(label=outcome.label, values=_values(reading, setting, [name]))
    heading = Heading(f"curve-{name}", outcome.label, " ".join([caption, *zone_words(panel["marks"])]), said)
    return figure_of(heading, [panel], numbers_table([(outcome.abbreviation or outcome.label, block)]))


def _incidences(reading: Reading, setting: Setting, names: list[str]) -> Figure:
    outcomes = [reading.outcome(name) for name in names]
    blocks = [reading.block(name, "cumulative_incidence") for name in names]
    labels = [capital(outcome.event) for outcome in outcomes]
    caption = TEXT["incidence_caption"].format(
        n=blocks[0][0].n, origin=setting.origin, level=percent_level(blocks[0][0])
    )
    panel = _incidence_panel(reading, setting, names, labels)
    titles = [outcomes[0].label, *(lower_first(outcome.label) for outcome in outcomes[1:])]
    heading = Heading(
        f"incidence-{names[0]}",
        join_words(titles),
        " ".join([caption, *zone_words(panel["marks"]), *_wrong(reading, setting, names)]),
        TEXT["incidence_alternative"].format(
            labels=join_words([lower_first(one) for one in labels]), values=_values(reading, setting, names)
        ),
    )
    return figure_of(heading, [panel], numbers_table(list(zip(labels, blocks, strict=True))))


def _incidence_panel(reading: Reading, setting: Setting, names: list[str], labels: list[str]) -> Panel:
    """Curves on one axis, labelled directly; a curve alone carries its values at the report months."""
    blocks = [reading.block(name, "cumulative_incidence") for name in names]
    colours = [line_colour(position + 1) for position in range(len(names))]
    axis = month_axis(setting.until, setting.origin)
    shown = [""] if len(names) == 1 else labels
    curves = [curve(block, key, label=name) for block, key, name in zip(blocks, colours, shown, strict=True)]
    return {
        "title": "",
        "x": axis,
        "y": percent_axis(TEXT["incidence_axis"]),
        "marks": [
            *curves,
            *sparse_from(blocks, setting.until),
            *(notes(blocks[0], reading, setting.at_months) if len(names) == 1 else ()),
        ],
        "risk": risk_groups(reading, list(zip(names, labels, colours, strict=True)), axis["ticks"]),
    }


def _wrong(reading: Reading, setting: Setting, names: list[str]) -> list[str]:
    """What one minus Kaplan-Meier would say at the last supported report month, where the study has it."""
    for month in reversed(setting.at_months):
        parts: list[str] = []
        for name in names:
            right = reading.at(reading.block(name, "cumulative_incidence"), month)
            wrong = reading.at(reading.block(name, "one_minus_survival"), month)
            if right and wrong and right.is_readable and wrong.estimate is not None:
                values = {
                    "right": percent(right.estimate or 0.0, right.n),
                    "wrong": percent(wrong.estimate, wrong.n),
                }
                event = reading.outcome(name).event
                parts.append(TEXT["instead"].format(event=event, **values))
        if parts:
            return [TEXT["one_minus_survival"].format(values=join_words(parts), month=f"{month:g}")]
    return []


def _values(reading: Reading, setting: Setting, names: list[str]) -> str:
    """The curves in words: each value at the report months."""
    parts: list[str] = []
    for name in names:
        outcome = reading.outcome(name)
        block = reading.block(name, MEASURE_OF[outcome.kind], NATURAL_COURSE)
        found = [setting.value_at(reading, block, month) for month in setting.at_months]
        parts.append(f"{outcome.label}: {'; '.join(one for one in found if one)}.")
    return " ".join(parts)

"""How long patients were followed, and where they were when that ended."""

import numpy as np
import polars as pl

from equipoise.emulate.enrol import ENROLLED
from equipoise.emulate.flow import FLOW, Box, check_sums
from equipoise.estimate import quantiles
from equipoise.estimate.analysis import Analysis, Answered
from equipoise.estimate.answers import Question
from equipoise.estimate.exits import exits_by_state
from equipoise.estimate.first_exit import first_exit
from equipoise.estimate.handling import added_state, handle
from equipoise.estimate.occupancy import last_rows
from equipoise.language.outcome import OutcomeKind
from equipoise.protocol.estimand import population_words
from equipoise.protocol.intercurrent import Handling

FOLLOW_UP = "follow_up"


def follow_up(analysis: Analysis) -> Answered:
    """Median follow-up by reverse Kaplan-Meier: the end of observation is the event, absorbing states censor."""
    history = analysis.histories[analysis.protocol.structure]
    group = np.where(history.absorbing, 1, -1).astype(np.int16)
    spells = first_exit(history.rows, group, ("absorbed",))
    if not spells.n:
        return Answered(())
    vocabulary, protocol = analysis.vocabulary, analysis.protocol
    labels = [vocabulary.label_of(name) for name in vocabulary.terminal_events]
    sentence = (
        f"The median time under observation, had it not ended by {' or '.join(labels) or 'an absorbing state'}, in "
        f"{population_words(protocol, vocabulary)}, counted from {protocol.time_zero.words(vocabulary)}."
    )
    frame = quantiles.median_follow_up(Question(sentence, FOLLOW_UP, role="companion"), spells, analysis.plan)
    return Answered((frame,), citations=quantiles.FOLLOW_UP_CITATIONS)


def flow_with_follow_up(analysis: Analysis) -> pl.DataFrame:
    """The flow of enrolment with the states at last contact as parts, and the intercurrent events as details."""
    boxes = [*_last_states(analysis)]
    for event in analysis.handlings:
        boxes += _intercurrent(event, analysis)
    added = [(one.box, one.parent, one.kind, one.label, one.n) for one in boxes]
    rows = {name: [row[place] for row in added] for place, name in enumerate(FLOW.dtypes)}
    flow = pl.concat([analysis.enrolment.flow, FLOW.frame(rows)])
    check_sums(flow)
    return flow


def _last_states(analysis: Analysis) -> list[Box]:
    name = analysis.protocol.structure
    history, structure = analysis.histories[name], analysis.vocabulary.structures[name]
    state = history.initial_state[history.enrolled].copy()
    ends = history.rows.take(last_rows(history.rows))
    place = np.cumsum(history.enrolled) - 1
    state[place[ends.patient]] = np.where(ends.target >= 0, ends.target, ends.origin)
    numbers = np.bincount(state, minlength=len(history.state_names))
    return [
        Box(f"last:{one}", ENROLLED, "part", f"at last contact: {structure.states[one].label}", int(n))
        for one, n in zip(history.state_names, numbers, strict=True)
        if n
    ]


def _intercurrent(event: str, analysis: Analysis) -> list[Box]:
    """How many had the event after time zero; and how many while the first survival outcome still held."""
    heading = analysis.vocabulary.heading_of(event)
    day = analysis.cohort.first_day(event, after=analysis.enrolment.time_zero)
    had = int((~np.isnan(day)).sum())
    boxes = [Box(f"had:{event}", ENROLLED, "detail", f"{heading} after time zero", had)]
    for name in analysis.protocol.outcomes:
        word = analysis.vocabulary.outcomes[name]
        if word.kind is not OutcomeKind.SURVIVAL or not analysis.handlings_of(
            name, {event: Handling.COMPOSITE}
        ):
            continue
        if set(analysis.vocabulary.structures[word.structure].absorbing) >= _outside(
            word.states, analysis, name
        ):
            continue
        course = handle(
            analysis.histories[word.structure], analysis.cohort, {event: Handling.COMPOSITE}
        ).history
        spells = exits_by_state(word.states, course)
        inside = 0
        if added_state(event) in spells.causes:
            inside = int((spells.cause == 1 + spells.causes.index(added_state(event))).sum())
        boxes += [
            Box(f"had:{event}:in:{name}", f"had:{event}", "detail", f"{heading} while {word.is_}", inside),
            Box(f"had:{event}:after:{name}", f"had:{event}", "detail", f"{heading} otherwise", had - inside),
        ]
    return boxes


def _outside(states: tuple[str, ...], analysis: Analysis, outcome: str) -> set[str]:
    names = analysis.vocabulary.structure_of(outcome).state_names
    return set(names) - set(states)

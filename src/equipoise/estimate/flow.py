"""The flow of enrolled patients through follow-up: intercurrent events, and where they were at last."""

import numpy as np
import polars as pl

from equipoise.emulate.enrol import ENROLLED
from equipoise.emulate.flow import FLOW, Box, check_sums
from equipoise.estimate.analysis import Analysis
from equipoise.estimate.exits import exits_by_state
from equipoise.estimate.handling import added_state, handle
from equipoise.estimate.occupancy import last_rows
from equipoise.language.outcome import OutcomeKind
from equipoise.protocol.intercurrent import Handling


def flow_with_follow_up(analysis: Analysis) -> pl.DataFrame:
    """The flow of enrolment with states at last contact as parts and intercurrent events as details."""
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
    history, structure = analysis.histories[name].unweighted(), analysis.vocabulary.structures[name]
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
    """How many had the event after time zero; and how many of them while a survival outcome still held."""
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
        course = handle(
            analysis.histories[word.structure].unweighted(), analysis.cohort, {event: Handling.COMPOSITE}
        ).history
        spells = exits_by_state(word.states, course)
        inside = 0
        if added_state(event) in spells.causes:
            inside = int((spells.cause == 1 + spells.causes.index(added_state(event))).sum())
        if inside == had:
            continue
        boxes += [
            Box(f"had:{event}:in:{name}", f"had:{event}", "detail", f"{heading} while {word.is_}", inside),
            Box(
                f"had:{event}:after:{name}",
                f"had:{event}",
                "detail",
                f"{heading} when no longer {word.is_}",
                had - inside,
            ),
        ]
    return boxes

"""One outcome under given handlings: its curve, its times, and what is to be said about them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from equipoise.base.findings import Finding, finding
from equipoise.estimate import incidence, occupancy, quantiles, restricted, survival
from equipoise.estimate.analysis import Analysis, Answered
from equipoise.estimate.answers import FEW_EVENTS, Question
from equipoise.estimate.counts import Counts, count, risk_table
from equipoise.estimate.estimates import NATURAL_COURSE
from equipoise.estimate.exits import exits_by_state, outcome_exits
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.handling import Handled, handle
from equipoise.language.outcome import Outcome, OutcomeKind
from equipoise.language.structure import State
from equipoise.protocol.estimand import Measure, estimand_sentence
from equipoise.protocol.intercurrent import Handling


@dataclass(frozen=True, eq=False, slots=True)
class _Case:
    """One outcome, ready to be estimated."""

    name: str
    word: Outcome
    handled: Handled
    question: Question
    analysis: Analysis

    def ask(self, measure: Measure) -> Question:
        """The question about another measure of the same outcome."""
        analysis = self.analysis
        sentence = estimand_sentence(self.name, None, analysis.protocol, analysis.vocabulary, measure=measure)
        return replace(self.question, estimand=sentence)


def natural_outcome(name: str, analysis: Analysis) -> Answered:
    """An outcome under the protocol's own handlings: curve, median, restricted means."""
    sentence = estimand_sentence(name, None, analysis.protocol, analysis.vocabulary)
    case = _case(name, analysis.handlings, Question(sentence, name), analysis)
    if case.word.kind is OutcomeKind.OCCUPANCY:
        return _occupancy(case)
    exits = outcome_exits(case.word, case.handled)
    if not exits.n:
        return Answered((), findings=tuple(_left_out(case, exits)))
    curve = _curve(case, exits)
    times = (
        _times(case, exits) if case.word.kind is OutcomeKind.SURVIVAL and not case.handled.competing else []
    )
    wrong, warned = _one_minus_survival(case, exits)
    return Answered(
        (*curve.frames, *times, *wrong),
        curve.risk_tables,
        (*curve.findings, *warned),
        (*curve.citations, *((*restricted.CITATIONS, *quantiles.CITATIONS) if times else ())),
    )


def handled_outcome(name: str, event: str, how: Handling, analysis: Analysis) -> Answered:
    """The curve of an outcome under one handling of one event; other events as the protocol says."""
    sentence = estimand_sentence(name, how, analysis.protocol, analysis.vocabulary, event=event)
    question = Question(sentence, name, strategy=f"{how.value}: {event}", role="companion")
    case = _case(name, {**analysis.handlings, event: how}, question, analysis)
    if case.word.kind is OutcomeKind.OCCUPANCY:
        return _occupancy(case)
    exits = outcome_exits(case.word, case.handled)
    return _curve(case, exits) if exits.n else Answered((), findings=tuple(_left_out(case, exits)))


def _case(name: str, handlings: Mapping[str, Handling], question: Question, analysis: Analysis) -> _Case:
    word = analysis.vocabulary.outcomes[name]
    history = analysis.histories[word.structure]
    handled = handle(history, analysis.cohort, analysis.handlings_of(name, handlings))
    if handled.naive:
        question = replace(question, role="naive", finding="E101")
    return _Case(name, word, handled, question, analysis)


def _curve(case: _Case, exits: FirstExit) -> Answered:
    plan, question = case.analysis.plan, case.question
    counts = count(exits, plan.days, plan.clock, cause=1)
    if case.word.kind is OutcomeKind.SURVIVAL and not case.handled.competing:
        frame, citations = survival.survival(question, exits, plan), survival.CITATIONS
    else:
        frame, citations = incidence.incidence(question, exits, plan), incidence.CITATIONS
    return Answered(
        (frame,),
        (risk_table(question.outcome, question.strategy, counts),),
        (*_left_out(case, exits), *_precision(case, counts), *_emptied(case, exits, counts)),
        citations,
    )


def _times(case: _Case, exits: FirstExit) -> list[pl.DataFrame]:
    plan = case.analysis.plan
    frames = [
        quantiles.median(case.ask("median"), exits, plan),
        quantiles.median_follow_up(case.ask("median_follow_up"), exits, plan),
    ]
    if plan.horizons.size:
        states = case.analysis.vocabulary.structures[case.word.structure].states
        by_state = exits_by_state(case.word.states, case.handled.history)
        lost = case.ask("time_lost")
        asked = {
            state: replace(
                lost,
                outcome=f"{case.name}:{state}",
                estimand=f"{lost.estimand} The part lost to: {_label(state, states)}.",
            )
            for state in by_state.causes
        }
        frames.append(restricted.restricted_survival(case.ask("restricted_mean"), asked, by_state, plan))
    return frames


def _label(state: str, states: Mapping[str, State]) -> str:
    return states[state].label if state in states else state


def _one_minus_survival(case: _Case, exits: FirstExit) -> tuple[list[pl.DataFrame], list[Finding]]:
    """Where events compete: the wrong number beside the right one."""
    if not (exits.cause == 2).any():
        return [], []
    question = replace(case.ask("one_minus_survival"), role="naive", finding="E110")
    frame = incidence.one_minus_survival(question, exits, case.analysis.plan)
    message = "One minus Kaplan-Meier is given beside the cumulative incidence, which is lower and right."
    return [frame], [finding("E110", case.name, message)]


def _occupancy(case: _Case) -> Answered:
    plan, history = case.analysis.plan, case.handled.history
    known = occupancy.occupation_of(history) if history.rows.size else None
    if known is None:
        unknown = [occupancy.unknown_start(case.name)] if history.rows.size else []
        return Answered((), findings=(*_plain_censoring(case), *unknown))
    rows, occupation = known
    group = tuple(history.index(state) for state in case.word.states)
    frames = [occupancy.occupancy([case.question], rows, occupation, [group], plan)]
    if plan.horizons.size and case.question.strategy == NATURAL_COURSE:
        asked = case.ask("restricted_mean")
        frames.append(restricted.restricted_time_in_state([asked], rows, occupation, [group], plan))
    counts = occupancy.occupancy_counts(rows, group, plan.days, plan.clock)
    return Answered(
        tuple(frames),
        (risk_table(case.question.outcome, case.question.strategy, counts),),
        tuple(_plain_censoring(case)),
        (*occupancy.CITATIONS, "klein2000"),
    )


def _left_out(case: _Case, exits: FirstExit) -> list[Finding]:
    found = _plain_censoring(case)
    observed = int((case.handled.history.enrolled & (case.handled.history.weight > 0)).sum())
    outside = observed - exits.n
    if outside > 0:
        handled = case.handled
        ended = (
            " or had an event that ends it" if handled.naive or handled.counted or handled.competing else ""
        )
        message = (
            f"{outside} of {observed} patients are not at risk of '{case.name}' ({case.question.strategy}): "
            f"when they come under observation they are outside its states{ended}."
        )
        found.append(finding("E102", case.name, message, patients=outside))
    return found


def _plain_censoring(case: _Case) -> list[Finding]:
    found: list[Finding] = []
    if case.handled.naive:
        message = f"'{case.question.strategy}' of '{case.name}' is estimated by censoring at the event."
        found.append(finding("E101", case.name, message))
    if case.handled.left_out:
        n = case.handled.left_out
        message = f"{n} patients had the event by time zero and are left out of '{case.question.strategy}'."
        found.append(finding("E108", case.name, message, patients=n))
    return found


def _precision(case: _Case, counts: Counts) -> list[Finding]:
    found: list[Finding] = []
    events = int(counts.events[-1])
    if events < FEW_EVENTS:
        message = f"'{case.name}' ({case.question.strategy}) rests on {events} events."
        found.append(finding("E103", case.name, message))
    if not counts.reached().all():
        message = (
            f"'{case.name}' ({case.question.strategy}): nobody is observed after day {counts.last_day:g}."
        )
        found.append(finding("E105", case.name, message))
    return found


def _emptied(case: _Case, exits: FirstExit, counts: Counts) -> list[Finding]:
    """E104 where late entries or gaps leave nobody at risk while some are still to come."""
    from_day = survival.emptied_from(exits, case.analysis.plan.clock)
    if from_day <= counts.day[-1]:
        message = (
            f"All who were at risk of '{case.name}' ({case.question.strategy}) had left by day {from_day:g}, "
            "but others come under observation later; no number is given from there on."
        )
        return [finding("E104", case.name, message)]
    empty = (counts.day < counts.last_day) & (counts.at_risk == 0)
    if not exits.delayed or not empty.any():
        return []
    message = f"Nobody is at risk of '{case.name}' on day {counts.day[empty][0]:g}, but some are later."
    return [finding("E104", case.name, message)]

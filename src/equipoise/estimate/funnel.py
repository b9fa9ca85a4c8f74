"""The funnel: from an origin through steps to an outcome, with everyone in the denominator.

With F_H the incidence of reaching the last step while the outcome still holds, S_H the outcome from the last
step on, and P_0(t) the probability that the outcome holds and the last step is not reached by t,

    S_ITT(t) = P_0(t) + integral from 0 to t of S_H(t - u) dF_H(u),                                  (4.4)

exact when the course after the step depends on the time since it and not on when it came. The curve of all
from the origin needs no such assumption; both are given, and the curve of those who got there beside them,
labelled naive. A step counts when its record falls on a later day than the step before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.findings import Finding, finding
from equipoise.estimate import incidence, survival
from equipoise.estimate.analysis import Analysis, Answered
from equipoise.estimate.answers import Numbers, Question, answer
from equipoise.estimate.bands import NO_INTERVAL, Band
from equipoise.estimate.counts import count, risk_table
from equipoise.estimate.estimates import FUNNEL
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.funnel_stages import REACHED, Stage, stages_of, strategies, waiting_for
from equipoise.estimate.plan import Plan
from equipoise.estimate.survival import survival_curve
from equipoise.kernels.cumulative_incidence import cumulative_incidence
from equipoise.kernels.intervals import clopper_pearson
from equipoise.kernels.product_limit import ProductLimit, survival_at
from equipoise.protocol.estimand import funnel_sentence, population_words
from equipoise.protocol.plan import Funnel

Float64 = NDArray[np.float64]
CITATIONS = ("kaplan1958", "aalen1978", "putter2007")


@dataclass(frozen=True, eq=False, slots=True)
class FunnelAnswer:
    """Rows of the table of estimates, and the counted steps of one funnel (`FUNNEL`)."""

    answered: Answered
    table: pl.DataFrame


def funnel(asked: Funnel, analysis: Analysis) -> FunnelAnswer:
    """Count the steps of a funnel and estimate its curves.

    Parameters
    ----------
    asked
        The funnel of the protocol.
    analysis
        Question, data and plan. The funnel is about enrolled patients whose first record of the origin is not
        before time zero; its clock starts on the day of that record.
    """
    stages = stages_of(asked, analysis)
    found = _unusable(asked, stages[0].outcome.n, analysis)
    if not stages[0].outcome.n:
        return FunnelAnswer(Answered((), findings=tuple(found)), FUNNEL.empty())
    frames, tables = _curves(asked, stages, analysis)
    if stages[-1].outcome.n:
        last = analysis.vocabulary.heading_of(asked.steps[-1])
        n = stages[-1].reached
        message = f"{n} of {stages[0].reached} patients reach {last}; a curve from there is theirs only."
        found.append(finding("E111", asked.name, message, patients=n))
    answered = Answered(tuple(frames), tuple(tables), tuple(found), CITATIONS)
    return FunnelAnswer(answered, _table(asked, stages, analysis))


def composed(ticks: NDArray[np.int32], waiting: FirstExit, after: ProductLimit) -> Float64:
    """S_ITT of equation (4.4) at `ticks`: float64[T]; NaN where the curve after the step ends too early.

    Parameters
    ----------
    ticks
        Ticks since the origin.
    waiting
        From the origin to the last step (cause 1) or the loss of the outcome before it (cause 2).
    after
        The curve of the outcome from the last step on.
    """
    curve = cumulative_incidence(
        waiting.stop, waiting.cause, causes=2, start=waiting.start, weight=waiting.weight
    )
    place = np.searchsorted(curve.time, ticks, side="right")
    still_waiting = np.concatenate(([1.0], curve.survival))[place]
    jump = np.diff(curve.incidence[:, REACHED - 1], prepend=0.0)
    jumps, when = jump[jump > 0], curve.time[jump > 0]
    since = ticks[:, np.newaxis] - when[np.newaxis, :]
    alive = np.where(since >= 0, survival_at(after, np.maximum(since, 0).ravel()).reshape(since.shape), 0.0)
    # The last tick of the curve stands for its whole day, half-tick included.
    known_until = int(after.time[-1]) + 1 if after.survival[-1] > 0 else np.iinfo(np.int32).max
    beyond = (since > known_until).any(axis=1)
    return np.where(beyond, np.nan, still_waiting + (alive * jumps).sum(axis=1))


def _curves(
    asked: Funnel, stages: Sequence[Stage], analysis: Analysis
) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
    plan, vocabulary = analysis.plan, analysis.vocabulary
    word = vocabulary.outcomes[asked.outcome]
    begin = vocabulary.label_of(asked.origin)
    who = population_words(analysis.protocol, vocabulary)
    from_all, from_there = strategies(asked)
    everyone = f"in {who} and who had {begin}, counted from the day of that {begin}"
    from_origin = Question(
        funnel_sentence(asked, asked.origin, analysis.protocol, vocabulary),
        asked.outcome,
        from_all,
    )
    frames = [survival.survival(from_origin, stages[0].outcome, plan)]
    tables = [
        risk_table(asked.outcome, from_origin.strategy, count(stages[0].outcome, plan.days, plan.clock))
    ]
    for step, name in enumerate(asked.steps, start=1):
        waiting = waiting_for(asked, stages, step, analysis)
        reach = replace(
            from_origin,
            estimand=f"The probability of having had {vocabulary.label_of(name)} by each day, {everyone} "
            f"({word.event} before it competing).",
            outcome=f"{asked.name}:{name}",
        )
        wrong = replace(
            reach,
            estimand=f"One minus the Kaplan-Meier estimate of reaching {vocabulary.label_of(name)}, "
            f"{everyone} ({word.event} before it censored), which overstates the probability.",
            role="naive",
            finding="E110",
        )
        frames.append(incidence.incidence(reach, waiting, plan, cause=REACHED))
        frames.append(incidence.one_minus_survival(wrong, waiting, plan, cause=REACHED))
        arrived = _arrived(stages[0].outcome, waiting)
        if step == len(asked.steps) and arrived.n:
            frames.append(_composed_rows(from_origin, waiting, arrived, plan))
    if stages[-1].outcome.n:
        from_last = Question(
            funnel_sentence(asked, asked.steps[-1], analysis.protocol, vocabulary),
            asked.outcome,
            from_there,
            role="naive",
            finding="E111",
        )
        frames.append(survival.survival(from_last, stages[-1].outcome, plan))
        last = count(stages[-1].outcome, plan.days, plan.clock)
        tables.append(risk_table(asked.outcome, from_last.strategy, last))
    return frames, tables


def _arrived(outcome: FirstExit, waiting: FirstExit) -> FirstExit:
    """From the last step to the loss of the outcome, of all who reached it.

    The curve of those observed after the step leaves out who is lost on its very day; F_H counts them as
    having reached it, so S_H must count them as lost.

    Parameters
    ----------
    outcome
        From the origin to the loss of the outcome.
    waiting
        From the origin to the last step or the loss of the outcome before it.
    """
    reached = waiting.cause == REACHED
    begin = np.full(waiting.patients, np.iinfo(np.int32).max, dtype=np.int32)
    begin[waiting.patient[reached]] = waiting.stop[reached]
    return outcome.from_ticks(begin)


def _composed_rows(question: Question, waiting: FirstExit, after: FirstExit, plan: Plan) -> pl.DataFrame:
    """The curve of all, put together from its parts by equation (4.4); it has no standard error."""
    value = composed(plan.ticks, waiting, survival_curve(after))
    counts = count(waiting, plan.days, plan.clock, cause=REACHED)
    known = ~np.isnan(value)
    nothing = np.full(value.size, np.nan)
    band = Band(nothing, nothing, nothing, [NO_INTERVAL] * value.size, np.zeros(value.size, dtype=np.bool_))
    last_day = float(counts.day[known].max(initial=-1.0))
    numbers = Numbers(
        replace(counts, last_day=min(last_day, _last_day(waiting, after, plan))),
        np.where(known, value, 0.0),
        band,
        np.zeros(value.size, dtype=np.bool_),
        about="area",
    )
    asked = replace(
        question,
        strategy=f"{question.strategy}, composed",
        role="companion",
        estimand=f"{question.estimand} Put together from those still waiting and those who got there.",
    )
    return answer(asked, numbers, plan, measure="survival", method="composed of the steps (equation 4.4)")


def _last_day(waiting: FirstExit, after: FirstExit, plan: Plan) -> float:
    """Last day on which anybody was observed on either side of the step, on the clock of the origin."""
    reached = waiting.cause == REACHED
    begin = np.zeros(waiting.patients, dtype=np.int32)
    begin[waiting.patient[reached]] = waiting.stop[reached]
    last = max(int(waiting.stop.max()), int((begin[after.patient] + after.stop).max()))
    return float(plan.clock.days(np.array([last], dtype=np.int32))[0])


def _table(asked: Funnel, stages: Sequence[Stage], analysis: Analysis) -> pl.DataFrame:
    """Steps with numerators and denominators; last those in whom the outcome held when observation ended."""
    vocabulary, level = analysis.vocabulary, analysis.plan.level
    reached = [*(stage.reached for stage in stages), stages[-1].holding]
    names = [*(stage.name for stage in stages), asked.outcome]
    labels = [*(vocabulary.label_of(stage.name) for stage in stages), vocabulary.outcomes[asked.outcome].is_]
    lower, upper = clopper_pearson(reached, reached[0], level)
    return FUNNEL.frame(
        {
            "funnel": [asked.name] * len(names),
            "step": list(range(len(names))),
            "name": names,
            "label": labels,
            "reached": reached,
            "of": [reached[0], *reached[:-1]],
            "share": [n / reached[0] for n in reached],
            "lower": [None, *lower.tolist()[1:]],
            "upper": [None, *upper.tolist()[1:]],
        }
    )


def _unusable(asked: Funnel, n: int, analysis: Analysis) -> list[Finding]:
    first = analysis.cohort.first_day(asked.origin)
    recorded = int((~np.isnan(first) & analysis.enrolment.eligible).sum())
    if recorded == n:
        return []
    label = analysis.vocabulary.heading_of(asked.origin)
    message = (
        f"{recorded - n} of {recorded} enrolled patients with {label} on record are not in the funnel "
        f"'{asked.name}': "
        "it was before time zero, on the last day observed, or the outcome was lost on that day."
    )
    return [finding("E109", asked.name, message, patients=recorded - n)]

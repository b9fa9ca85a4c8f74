"""`naive_comparison`: the ladder of naive analyses of one intervention."""

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import months_to_days
from equipoise.base.findings import Finding, finding
from equipoise.emulate.risk_set import risk_set
from equipoise.estimate.analysis import Analysis, Answered, weighted_course
from equipoise.estimate.first_exit import CENSORED
from equipoise.estimate.group_tests import CITATIONS_LOG_RANK, CITATIONS_MANTEL_BYAR, noticed
from equipoise.estimate.handling import handle
from equipoise.estimate.naive import arms, rung
from equipoise.estimate.naive.arms import Arms, Exposure
from equipoise.estimate.naive.compared import Compared, empty_arm, rung_row
from equipoise.estimate.naive.from_last_step import from_last_step
from equipoise.estimate.naive.ratio import equal_hazards, hazard_ratio
from equipoise.estimate.naive.rows import Asked, curves, difference
from equipoise.estimate.naive.rung import Rung
from equipoise.estimate.naive.table import NAIVE
from equipoise.estimate.survival import CITATIONS as KAPLAN_MEIER
from equipoise.estimate.survival import emptied_from
from equipoise.language.words import listing
from equipoise.protocol.estimand import handling_words, population_words
from equipoise.protocol.intercurrent import Handling
from equipoise.protocol.naive import NaiveComparison

COX = ("cox1972", "efron1977")
CITATIONS: dict[str, tuple[str, ...]] = {
    "N1": (*KAPLAN_MEIER, *COX, *CITATIONS_LOG_RANK, "suissa2008"),
    "N2": (*KAPLAN_MEIER, *COX, *CITATIONS_LOG_RANK, "suissa2008"),
    "N3": (*KAPLAN_MEIER, *COX, *CITATIONS_LOG_RANK, "anderson1983"),
    "N4": (*KAPLAN_MEIER, "simon1984"),
    "N5": (*COX, *CITATIONS_MANTEL_BYAR),
}


def naive_comparison(asked: NaiveComparison, analysis: Analysis) -> Compared:
    """Compare treated with untreated patients in each naive way.

    Parameters
    ----------
    asked
        The comparison of the protocol. A patient is treated by the first record of the intervention after
        time zero that comes before the outcome's event; whoever had it by time zero is left out.
    analysis
        Question, data and plan.

    Returns
    -------
    Compared
        One row of `NAIVE` for each rung and outcome in which both arms have patients, and one for the funnel
        (N7); the curves, their differences, ratios and tests; a finding for each kind of error.
    """
    climbed = [_ladder(outcome, asked, analysis) for outcome in asked.outcomes]
    climbed += [] if asked.funnel is None else [from_last_step(asked, analysis)]
    parts = [one.answered for one in climbed]
    table = pl.concat([NAIVE.empty(), *(one.table for one in climbed)])
    return Compared(
        table,
        Answered(
            frames=tuple(frame for part in parts for frame in part.frames),
            risk_tables=tuple(one for part in parts for one in part.risk_tables),
            findings=(*(one for part in parts for one in part.findings), *_what_is_wrong(asked, table)),
            citations=tuple(key for part in parts for key in part.citations),
            tests=tuple(test for part in parts for test in part.tests),
        ),
    )


def _what_is_wrong(asked: NaiveComparison, table: pl.DataFrame) -> list[Finding]:
    """One finding for each way of comparing, whatever the number of outcomes."""
    of_kind: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
    for row in table.sort("position", maintain_order=True).rows(named=True):
        kind = (rung.FINDINGS[row["rung"]], row["label"], row["reason"])
        of_kind.setdefault(kind, []).append((row["outcome"], row["n_treated"]))
    return [
        finding(
            code,
            asked.name,
            f"{label} ({listing(outcome for outcome, _ in found)}). {reason}",
            patients=max(treated for _, treated in found),
        )
        for (code, label, reason), found in of_kind.items()
    ]


def _ladder(outcome: str, asked: NaiveComparison, analysis: Analysis) -> Compared:
    """All rungs for one outcome."""
    exposure, found = _exposure(outcome, asked, analysis)
    label = analysis.vocabulary.label_of(asked.intervention)
    if not exposure.treated.any():
        message = f"Nobody at risk of '{outcome}' has {label} after time zero and before the event."
        return Compared(NAIVE.empty(), Answered((), findings=(*found, finding("E245", asked.name, message))))
    question = _question(outcome, asked, analysis)
    rows: list[pl.DataFrame] = [NAIVE.empty()]
    parts: list[Answered] = []
    for position, (one, sides) in enumerate(_rungs(asked, label, exposure, analysis)):
        if not (sides.treated.n and sides.untreated.n):
            found.append(empty_arm(outcome, asked, one, sides))
            continue
        parts.append(_climb(one, sides, _from(one, question)))
        rows.append(rung_row(outcome, asked, one, sides, position))
        found += _emptied(outcome, asked, one, sides, analysis)
    answered = Answered(
        frames=tuple(frame for part in parts for frame in part.frames),
        risk_tables=tuple(table for part in parts for table in part.risk_tables),
        findings=(*found, *(one for part in parts for one in part.findings)),
        citations=tuple(key for part in parts for key in part.citations),
        tests=tuple(test for part in parts for test in part.tests),
    )
    return Compared(pl.concat(rows), answered)


def _climb(one: Rung, sides: Arms, question: Asked) -> Answered:
    """Curves with their differences, a ratio, a test. N4 has the curves to which the ratio of N5 belongs."""
    frames, tables = curves(question, one, sides)
    shown = all(frame["estimate"].is_not_null().any() for frame in frames)
    tests: list[pl.DataFrame] = []
    found: list[Finding] = []
    if one.code == "N5":
        frames, tables = [], []
    elif question.headline_days.size:
        frames.append(difference(question, one, sides))
    if one.code != "N4":
        tests.append(equal_hazards(question, one, sides))
        found += noticed(tests[0])
        if shown:
            frames.append(hazard_ratio(question, one, sides))
        else:
            message = f"'{question.outcome}', {one.label}: no report day on which both curves have a number."
            found.append(finding("E247", question.outcome, message))
    return Answered(
        tuple(frames), tuple(tables), findings=tuple(found), citations=CITATIONS[one.code], tests=tuple(tests)
    )


def _exposure(outcome: str, asked: NaiveComparison, analysis: Analysis) -> tuple[Exposure, list[Finding]]:
    """When each patient is treated."""
    word, cohort = analysis.vocabulary.outcomes[outcome], analysis.cohort
    zero = analysis.enrolment.time_zero
    history = analysis.histories.get(word.structure)
    if history is None:
        history = weighted_course(cohort, word.structure, zero, analysis.plan)
    already = cohort.first_day(asked.intervention) <= zero
    found: list[Finding] = []
    if already.any():
        history = history.with_weight(np.where(already, 0.0, history.weight))
        number = int(already.sum())
        label = analysis.vocabulary.label_of(asked.intervention)
        message = f"{number} patients had {label} by time zero and are left out of '{asked.name}'."
        found.append(finding("E108", asked.name, message, patients=number))
    handled = handle(history, cohort, _handlings(outcome, asked, analysis))
    day = _treated_on(asked, analysis)
    return arms.exposure_of(word, handled, day, asked.intervention), found


def _counted(asked: NaiveComparison, analysis: Analysis) -> str:
    """What makes a patient treated, as a noun: the intervention, or the treatment in its own states only."""
    protocol, vocabulary = analysis.protocol, analysis.vocabulary
    if asked.treatment is None:
        return vocabulary.label_of(asked.intervention)
    return protocol.treatment(asked.treatment).words(vocabulary.structures[protocol.structure], vocabulary)


def _treated_on(asked: NaiveComparison, analysis: Analysis) -> NDArray[np.float64]:
    """Day on which each patient is treated, after time zero: float64[patients], NaN without one."""
    cohort, zero = analysis.cohort, analysis.enrolment.time_zero
    if asked.treatment is None:
        return cohort.first_day(asked.intervention, after=zero)
    treatment = analysis.protocol.treatment(asked.treatment)
    return risk_set(treatment, analysis.protocol.structure, cohort, zero).started


def _failed_by(tick: int, asked: NaiveComparison, analysis: Analysis) -> NDArray[np.bool_]:
    """Who has had, by a landmark, the event of the outcome that all must be free of: bool[patients]."""
    failed = np.zeros(analysis.cohort.n, dtype=np.bool_)
    if asked.landmark_free_of is not None:
        spells = _exposure(asked.landmark_free_of, asked, analysis)[0].spells
        failed[spells.patient[(spells.cause != CENSORED) & (spells.stop <= tick)]] = True
    return failed


def _handlings(outcome: str, asked: NaiveComparison, analysis: Analysis) -> dict[str, Handling]:
    """The protocol's handlings, but of the intervention itself, which is no intercurrent event here."""
    others = {event: how for event, how in analysis.handlings.items() if event != asked.intervention}
    return analysis.handlings_of(outcome, others)


def _question(outcome: str, asked: NaiveComparison, analysis: Analysis) -> Asked:
    word, protocol, vocabulary = analysis.vocabulary.outcomes[outcome], analysis.protocol, analysis.vocabulary
    handlings = _handlings(outcome, asked, analysis)
    counted = [vocabulary.label_of(name) for name, how in handlings.items() if how is Handling.COMPOSITE]
    population = [
        f"in {population_words(protocol, vocabulary)}",
        f"time zero being {protocol.time_zero.words(vocabulary)}",
        *handling_words(handlings, vocabulary),
    ]
    return Asked(
        outcome,
        word.is_ + (f" without {listing(counted, 'or')}" if counted else ""),
        listing([word.event, *counted], "or"),
        ", ".join(population),
        analysis.plan,
        np.array([months_to_days(month) for month in protocol.report.at_months]),
    )


def _rungs(
    asked: NaiveComparison, label: str, exposure: Exposure, analysis: Analysis
) -> list[tuple[Rung, Arms]]:
    """The rungs in order, each with its arms."""
    name, clock, counted = asked.intervention, analysis.plan.clock, _counted(asked, analysis)
    free = ""
    if asked.landmark_free_of is not None:
        free = f" and without {analysis.vocabulary.outcomes[asked.landmark_free_of].event}"
    ever = (rung.ever_never(name, label, counted), arms.ever_or_never(exposure))
    start = (rung.start_at_treatment(name, label, counted), arms.from_treatment(exposure))
    ticks = [clock.last_tick(months_to_days(month)) for month in asked.landmarks_months]
    landmarks = [
        (
            rung.landmark(name, label, counted, month, free),
            arms.by_landmark(exposure, tick, _failed_by(tick, asked, analysis)),
        )
        for month, tick in zip(asked.landmarks_months, ticks, strict=True)
    ]
    changing = arms.as_it_happens(exposure)
    return [
        ever,
        start,
        *landmarks,
        (rung.simon_makuch(name, label, counted), changing),
        (rung.time_dependent(name, label, counted), changing),
    ]


def _from(one: Rung, question: Asked) -> Asked:
    """The question from the landmark on, if the rung has one."""
    if one.landmark_month is None:
        return question
    begin = months_to_days(one.landmark_month) - 1e-9
    plan, headline = question.plan, question.headline_days
    return replace(
        question,
        plan=replace(plan, days=plan.days[plan.days >= begin]),
        headline_days=headline[headline > begin + 2e-9],
    )


def _emptied(
    outcome: str, asked: NaiveComparison, one: Rung, sides: Arms, analysis: Analysis
) -> list[Finding]:
    """E104 where all at risk in an arm leave before others enter it: its product is 0 from there on."""
    if one.code == "N5":
        return []
    found: list[Finding] = []
    for strategy, spells in ((one.treated, sides.treated), (one.untreated, sides.untreated)):
        day = emptied_from(spells, analysis.plan.clock)
        if day <= analysis.plan.days[-1]:
            message = (
                f"All who were at risk of '{outcome}' ({strategy}) had left by day {day:g}, but others enter "
                "later; no number is given from there on."
            )
            found.append(finding("E104", asked.name, message))
    return found

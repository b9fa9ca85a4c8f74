"""`estimate_outcomes`: every question of a protocol, answered in one table."""

import polars as pl

from equipoise.base.errors import IdentificationError
from equipoise.base.findings import Finding
from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import Enrolment
from equipoise.estimate.analysis import Analysis, Answered, courses
from equipoise.estimate.emulated.answer import emulation_answers
from equipoise.estimate.estimates import ESTIMATES, FUNNEL, RISK_TABLE, Estimates
from equipoise.estimate.flow import flow_with_follow_up
from equipoise.estimate.funnel import funnel
from equipoise.estimate.naive.comparison import naive_comparison
from equipoise.estimate.naive.table import NAIVE
from equipoise.estimate.outcomes import handled_outcome, natural_outcome
from equipoise.estimate.plan import plan_of
from equipoise.estimate.prognosis.prognosis import prognosis
from equipoise.estimate.states import states
from equipoise.estimate.test_results import TESTS
from equipoise.estimate.transitions import transitions, weights
from equipoise.protocol.check import four_estimands
from equipoise.protocol.intercurrent import Handling
from equipoise.protocol.protocol import Protocol


def estimate_outcomes(
    protocol: Protocol, cohort: Cohort, enrolment: Enrolment, seed: int = 0, *, workers: int = 2
) -> Estimates:
    """Estimate what a protocol asks, for the enrolled patients of a cohort.

    Parameters
    ----------
    protocol, cohort
        A checked protocol and a cohort of the same vocabulary.
    enrolment
        From `equipoise.emulate.enrol.enrol`.
    seed
        Seed of bootstrap draws.
    workers
        Refits at a time; the result does not depend on it.

    Returns
    -------
    Estimates
        The table of estimates and its companions. Nothing depends on the order of the rows of the cohort.

    Raises
    ------
    IdentificationError
        E001 when nobody is enrolled.
    DataError
        E112 when an enrolled patient lacks the cluster or a usable weight.
    """
    if not enrolment.n:
        raise IdentificationError(
            "E001",
            where="attrition",
            found=f"none of {cohort.n} patients is enrolled; left after each step: {_steps(enrolment)}",
            why="Without a patient there is nothing to estimate; a criterion on a missing value is not met.",
            do="Correct the step that removes the last patients, or complete the column that it judges.",
        )
    plan, planned = plan_of(protocol, cohort, enrolment)
    analysis = Analysis(protocol, cohort, enrolment, plan, courses(protocol, cohort, enrolment, plan))
    history = analysis.histories[protocol.structure]
    funnels = [funnel(one, analysis) for one in protocol.funnels]
    prognostic = prognosis(analysis)
    naive = [naive_comparison(one, analysis) for one in protocol.naive_comparisons]
    emulated = emulation_answers(protocol, cohort, enrolment, seed, workers=workers)
    answered = [
        *(natural_outcome(name, analysis) for name in protocol.outcomes),
        *(
            handled_outcome(panel.outcome, panel.event, how, analysis)
            for panel in four_estimands(protocol, cohort.vocabulary)
            for how in Handling
        ),
        states(analysis),
        *(one.answered for one in funnels),
        prognostic.answered,
        *(one.answered for one in naive),
    ]
    noticed = [*planned, *history.findings, *(one for part in answered for one in part.findings)]
    noticed += emulated.findings
    return Estimates(
        frame=_joined(
            ESTIMATES.empty(), [*(frame for part in answered for frame in part.frames), *emulated.frames]
        ),
        risk_table=_joined(RISK_TABLE.empty(), [frame for part in answered for frame in part.risk_tables]),
        transitions=pl.concat(
            [
                transitions(name, cohort.vocabulary.structures[name], course.unweighted())
                for name, course in analysis.histories.items()
            ]
        ),
        funnel=_joined(FUNNEL.empty(), [one.table for one in funnels]),
        weights=_joined(weights(history), [] if emulated.weights is None else [emulated.weights]),
        flow=flow_with_follow_up(analysis),
        tests=_joined(TESTS.empty(), [frame for part in answered for frame in part.tests]),
        prognosis=prognostic.table,
        naive=_joined(
            NAIVE.empty(),
            [*(one.table for one in naive), *([] if emulated.naive is None else [emulated.naive])],
        ),
        emulation=emulated.tables,
        findings=_once(noticed),
        citations=tuple(sorted({*_citations(answered), *emulated.citations})),
    )


def _steps(enrolment: Enrolment) -> str:
    """Steps of the attrition and who remained, up to the first that left nobody."""
    rows = enrolment.attrition.rows(named=True)
    last = next((place for place, row in enumerate(rows) if row["remaining"] == 0), len(rows) - 1)
    return ", ".join(f"'{row['label']}' {row['remaining']}" for row in rows[: last + 1])


def _joined(empty: pl.DataFrame, frames: list[pl.DataFrame]) -> pl.DataFrame:
    """All rows in order, each once: two funnels of one origin and outcome share a curve."""
    return pl.concat([empty, *frames]).unique(maintain_order=True)


def _once(findings: list[Finding]) -> tuple[Finding, ...]:
    """Each finding once, in the order in which they came."""
    return tuple(dict.fromkeys(findings))


def _citations(answered: list[Answered]) -> tuple[str, ...]:
    return tuple(sorted({key for part in answered for key in part.citations}))

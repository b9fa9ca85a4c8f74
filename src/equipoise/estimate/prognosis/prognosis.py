"""`prognosis`: the prognostic table of a protocol.

For each outcome and covariate: who is in which group and how many are unknown, the absolute risk in each
group, at time zero and at landmarks for what varies, and beside it the hazard ratios, alone and together.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from equipoise.base.findings import Finding, finding
from equipoise.estimate import incidence, survival
from equipoise.estimate.analysis import Analysis, Answered
from equipoise.estimate.prognosis.case import Case, case_of
from equipoise.estimate.prognosis.groups import Groups, groups_of, known_later
from equipoise.estimate.prognosis.risks import Judged, absolute_risks, judge
from equipoise.estimate.prognosis.standing import Standing, at_landmark, at_time_zero
from equipoise.estimate.prognosis.table import PROGNOSIS
from equipoise.language.feature import Baseline
from equipoise.language.words import number_words

CITATIONS = ("vanhouwelingen2007",)


@dataclass(frozen=True, eq=False, slots=True)
class Prognostic:
    """The groups (`PROGNOSIS`) and the answers about them."""

    table: pl.DataFrame
    answered: Answered


def prognosis(analysis: Analysis) -> Prognostic:
    """Absolute risks and hazard ratios by the covariates of the protocol."""
    asked = analysis.protocol.prognosis
    if asked is None:
        return Prognostic(PROGNOSIS.empty(), Answered(()))
    zero = analysis.enrolment.time_zero
    groups = [groups_of(one, analysis.cohort, zero) for one in asked.covariates]
    cases = [case_of(name, asked, analysis) for name in asked.outcomes]
    parts = [_outcome(case, groups) for case in cases if case.exits.n]
    found = [*_about_groups(groups, analysis), *(one for part in parts for one in part.answered.findings)]
    return Prognostic(
        pl.concat([PROGNOSIS.empty(), *(part.table for part in parts)]),
        Answered(
            tuple(frame for part in parts for frame in part.answered.frames),
            findings=tuple(found),
            citations=tuple(key for part in parts for key in part.answered.citations),
            tests=tuple(frame for part in parts for frame in part.answered.tests),
        ),
    )


def _outcome(case: Case, groups: list[Groups]) -> Prognostic:
    """The part of one outcome."""
    zero, later = _standings(case)
    judged = [
        judge(case, one, standing) for one in groups for standing in (zero, *(later if one.varies else ()))
    ]
    rows = [row for one in judged for row in one.rows()]
    table = PROGNOSIS.frame([row | {"position": place} for place, row in enumerate(rows)])
    risks = [frame for one in judged if (frame := absolute_risks(one)) is not None]
    own = incidence.CITATIONS if case.competes else survival.CITATIONS
    at_landmarks = CITATIONS if any(one.standing.landmark_month is not None for one in judged) else ()
    return Prognostic(
        table,
        Answered(tuple(risks), findings=tuple(_unknown(case, judged)), citations=(*own, *at_landmarks)),
    )


def _standings(case: Case) -> tuple[Standing, list[Standing]]:
    """Where patients stand at time zero and at each landmark."""
    zero, asked = case.analysis.enrolment.time_zero, case.asked
    clock = case.analysis.plan.clock
    return at_time_zero(case.exits, zero, asked.by_month), [
        at_landmark(case.exits, zero, asked.by_month, month, clock) for month in asked.landmarks_months
    ]


def _about_groups(groups: list[Groups], analysis: Analysis) -> Iterator[Finding]:
    """What is to be said of the groups themselves, whatever the outcome."""
    for one in groups:
        name, feature = one.covariate.name, one.covariate.feature
        if one.kind == "number" and not one.levels:
            message = f"{name}: nobody has a value at time zero, and the protocol names no cut."
            yield finding("E224", "prognosis", message)
        elif one.at_median:
            message = f"{name} is cut at {number_words(one.cut[0])}, the median of the enrolled at time zero."
            yield finding("E222", "prognosis", message)
        if isinstance(feature, Baseline) and one.varies:
            hidden = known_later(feature, analysis.cohort, analysis.enrolment.time_zero)
            message = (
                f"{name}: in {hidden} patients the value is known only after time zero; unknown until then."
            )
            yield finding("E221", "prognosis", message, patients=hidden)


def _unknown(case: Case, judged: list[Judged]) -> Iterator[Finding]:
    """How many are in no group, by covariate and day."""
    lacking = [one for one in judged if one.missing]
    if lacking:
        listed = ", ".join(
            f"{one.groups.covariate.name} {_when(one.standing)} {one.missing} of {one.standing.spells.n}"
            for one in lacking
        )
        most = max(one.missing for one in lacking)
        yield finding(
            "E220", "prognosis", f"Not known in patients at risk of '{case.name}': {listed}.", patients=most
        )


def _when(standing: Standing) -> str:
    month = standing.landmark_month
    return "at time zero" if month is None else f"at month {number_words(month)}"

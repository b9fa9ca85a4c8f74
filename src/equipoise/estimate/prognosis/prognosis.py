"""`prognosis`: the prognostic table of a protocol.

For each outcome and covariate: who is in which group and how many are unknown, the absolute risk in each
group, at time zero and at landmarks for what varies, and beside it the hazard ratios, alone and together.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.findings import Finding, finding
from equipoise.estimate import incidence, survival
from equipoise.estimate.analysis import Analysis, Answered
from equipoise.estimate.group_tests import CITATIONS_GRAY, CITATIONS_LOG_RANK, noticed
from equipoise.estimate.prognosis.case import Case, case_of
from equipoise.estimate.prognosis.groups import Groups, groups_of, known_later
from equipoise.estimate.prognosis.hypotheses import group_test, model_tests
from equipoise.estimate.prognosis.models import Fits, Model, fit_models, fit_subdistribution
from equipoise.estimate.prognosis.ratios import HAZARD_RATIO, ratio_rows
from equipoise.estimate.prognosis.risks import Judged, absolute_risks, judge
from equipoise.estimate.prognosis.sentences import SUBDISTRIBUTION
from equipoise.estimate.prognosis.standing import Standing, at_landmark, at_time_zero
from equipoise.estimate.prognosis.table import PROGNOSIS
from equipoise.language.feature import Baseline
from equipoise.language.predicate import words_used
from equipoise.language.words import listing, number_words

Float64 = NDArray[np.float64]

CITATIONS_LANDMARK = ("anderson1983", "vanhouwelingen2007")
CITATIONS_FINE_GRAY = ("fine1999",)
CITATIONS_OF: dict[Model, tuple[str, ...]] = {
    Model.ALONE: ("cox1972", "efron1977"),
    Model.TOGETHER: ("cox1972", "efron1977", "grambsch1994", "peduzzi1995"),
    Model.SHRUNKEN: ("verweij1994",),
}


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
    groups = [groups_of(one, analysis.cohort, _counted_from(analysis)) for one in asked.covariates]
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


def _counted_from(analysis: Analysis) -> Float64:
    """Time zero of the patients who count: whoever has the case weight 0 has no say in a median either."""
    zero, weight = analysis.enrolment.time_zero, analysis.plan.weight
    return zero if weight is None else np.where(weight > 0, zero, np.nan)


def _outcome(case: Case, groups: list[Groups]) -> Prognostic:
    """The part of one outcome."""
    zero, later = _standings(case)
    judged = [
        judge(case, one, standing) for one in groups for standing in (zero, *(later if one.varies else ()))
    ]
    rows = [row for one in judged for row in one.rows()]
    table = PROGNOSIS.frame([row | {"position": place} for place, row in enumerate(rows)])
    risks = [(one, frame) for one in judged if (frame := absolute_risks(one)) is not None]
    shown = {one.groups.covariate.name for one, frame in risks if frame["estimate"].is_not_null().any()}
    usable = [one for one in groups if one.covariate.name in shown]
    fits = fit_models(case, usable)
    frames = [*(frame for _, frame in risks), ratio_rows(case, fits.fitted, HAZARD_RATIO)]
    if case.competes:
        beside = fit_subdistribution(case, usable, fits.findings)
        frames.append(ratio_rows(case, beside.fitted, SUBDISTRIBUTION))
        fits = Fits((*fits.fitted, *beside.fitted), (*fits.findings, *beside.findings))
    groupwise = [frame for one in judged if (frame := group_test(one)) is not None]
    found = [*_unknown(case, judged), *_without_risks(case, groups, shown), *fits.findings]
    found += [one for frame in groupwise for one in noticed(frame)]
    return Prognostic(
        table,
        Answered(
            tuple(frames),
            findings=tuple(found),
            citations=tuple(_citations(case, judged, fits)),
            tests=(*groupwise, model_tests(case, fits.fitted)),
        ),
    )


def _citations(case: Case, judged: list[Judged], fits: Fits) -> Iterator[str]:
    """Sources of the methods that were used."""
    yield from incidence.CITATIONS if case.competes else survival.CITATIONS
    if any(one.standing.landmark_month is not None for one in judged):
        yield from CITATIONS_LANDMARK
    yield from CITATIONS_GRAY if case.competes else CITATIONS_LOG_RANK
    for one in fits.fitted:
        yield from CITATIONS_FINE_GRAY if one.is_subdistribution else CITATIONS_OF[one.model]


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
        feature = one.covariate.feature
        if one.kind == "number" and not one.levels:
            message = (
                f"No groups by {one.label}: nobody has a value at time zero, and the protocol names no cut."
            )
            yield finding("E224", "prognosis", message)
        elif one.at_median:
            cut = number_words(one.cut[0])
            message = f"A cut of {one.label} at {cut}, the median of the enrolled at time zero."
            yield finding("E222", "prognosis", message)
        given = [
            analysis.vocabulary.label_of(word)
            for word in words_used(one.covariate.asked)
            if word in analysis.vocabulary.interventions
        ]
        if given and one.varies:
            named = listing(dict.fromkeys(given))
            message = f"What {one.label} stands for changes with {named}, which somebody decides on."
            yield finding("E228", "prognosis", message)
        if isinstance(feature, Baseline) and one.varies:
            hidden = known_later(feature, analysis.cohort, _counted_from(analysis))
            message = (
                f"Known only after time zero, and unknown until then, is {one.label} in "
                f"{'1 patient' if hidden == 1 else f'{hidden} patients'}."
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


def _without_risks(case: Case, groups: list[Groups], shown: set[str]) -> Iterator[Finding]:
    """Covariates that get no ratio because no group of theirs has an absolute risk."""
    bare = [one.covariate.name for one in groups if one.covariate.name not in shown]
    if bare:
        message = f"'{case.name}': no absolute risk, hence no hazard ratio, by {listing(bare)}."
        yield finding("E225", case.name, message)


def _when(standing: Standing) -> str:
    month = standing.landmark_month
    return "at time zero" if month is None else f"at month {number_words(month)}"

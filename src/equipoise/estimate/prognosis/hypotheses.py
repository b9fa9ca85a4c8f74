"""Rows of the table of tests: are the groups alike, do the covariates matter together, are ratios constant.

Log-rank compares hazards and is used for survival, Gray's test compares cumulative incidences. Groups of a
number are not tested: the cut, above all at the median, is not what is asked about; its slope is.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.findings import FindingStatus
from equipoise.cohort.cohort import Cohort
from equipoise.estimate.group_tests import Asked, by_group, gray_test, log_rank_test
from equipoise.estimate.prognosis.case import Case
from equipoise.estimate.prognosis.groups import UNKNOWN
from equipoise.estimate.prognosis.models import Fitted, Model
from equipoise.estimate.prognosis.risks import Judged
from equipoise.estimate.regression.regression import ALL
from equipoise.estimate.test_results import TESTS
from equipoise.language.words import listing, lower_first, number_words

Int32 = NDArray[np.int32]
TOGETHER = "all covariates together"


def group_test(judged: Judged) -> pl.DataFrame | None:
    """Log-rank or Gray's test of the groups of a category on one day; None unless two have patients."""
    case, groups, standing = judged.case, judged.groups, judged.standing
    present = [place for place in range(len(groups.levels)) if judged.of(place).any()]
    if groups.kind == "number" or len(present) < 2:
        return None
    group = np.full(judged.member.size, UNKNOWN, dtype=np.int32)
    for number, place in enumerate(present):
        group[judged.of(place)] = number
    month = standing.landmark_month
    labels = ", ".join(groups.levels[place].label for place in present)
    alike = f"in the groups by {lower_first(groups.label)} ({labels})"
    when = "" if month is None else f" after month {number_words(month)}"
    what = "cumulative incidence" if case.competes else "rate"
    hypothesis = f"The {what} of {case.word.event}{when} is at all times the same {alike}."
    asked = Asked(case.name, groups.label, hypothesis, month, case.role == "naive", case.finding)
    spells = by_group(standing.spells, group, groups=len(present), cluster=case.analysis.plan.cluster)
    test = gray_test if case.competes else log_rank_test
    strata = strata_of(case.analysis.cohort, case.asked.strata)
    return test(asked, spells, strata=strata, within=listing(case.asked.strata))


def strata_of(cohort: Cohort, names: Sequence[str]) -> Int32 | None:
    """Number of each patient's combination of values, int32[n]; -1 where one is missing."""
    if not names:
        return None
    values = cohort.patients.select(names)
    number = values.select(pl.struct(pl.all()).rank("dense").cast(pl.Int32)).to_series() - 1
    missing = values.select(pl.any_horizontal(pl.all().is_null())).to_series()
    return np.where(missing.to_numpy(), UNKNOWN, number.to_numpy()).astype(np.int32)


def model_tests(case: Case, fits: Sequence[Fitted]) -> pl.DataFrame:
    """Joint Wald test and checks of proportional hazards of the model with all covariates, unshrunken."""
    return TESTS.frame(
        [
            _row(case, one, row)
            for one in fits
            if one.model is Model.TOGETHER and not one.is_subdistribution
            for row in one.regression.tests.iter_rows(named=True)
        ]
    )


def _row(case: Case, fitted: Fitted, row: dict[str, object]) -> dict[str, object]:
    labels = {one.covariate.name: one.label for one in fitted.groups}
    about = TOGETHER if row["about"] == ALL else labels[str(row["about"])]
    if row["test"] == "Wald":
        hypothesis = f"No covariate of the model goes with the rate of {case.word.event}."
    elif row["about"] == ALL:
        hypothesis = "All hazard ratios are the same at all times."
    else:
        hypothesis = (
            f"The hazard ratio for {lower_first(about)} is the same at all times, given the other covariates."
        )
    return {
        "outcome": case.name,
        "test": row["test"],
        "about": about,
        "landmark_month": None,
        "hypothesis": hypothesis,
        "statistic": row["statistic"],
        "degrees_of_freedom": row["degrees_of_freedom"],
        "p_value": row["p_value"],
        "n": fitted.regression.n,
        "events": fitted.regression.events,
        "method": fitted.method,
        "status": str(_status(case, row)),
        "finding": row["finding"] or case.finding or ("E223" if fitted.few_events else None),
    }


def _status(case: Case, row: dict[str, object]) -> FindingStatus:
    if row["p_value"] is None:
        return FindingStatus.NOT_TESTED
    return FindingStatus.BIASED if case.role == "naive" else FindingStatus.OK

"""Fine-Gray from a cohort: on paper, equal to the kernel on ticks made by hand, and what has no answer."""

import math

import numpy as np
import polars as pl
import pytest
from regression_cohorts import AGE, MARKER, SICK, TREATED, VOCABULARY, alive, cohort

from equipoise.base.errors import DataError
from equipoise.base.findings import FindingStatus
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.history import History, event_history
from equipoise.estimate.regression.cox import cox
from equipoise.estimate.regression.fine_gray import fine_gray
from equipoise.estimate.regression.regression import RegressionPlan
from equipoise.kernels.fine_gray import fit_fine_gray


def star(one: Cohort) -> History:
    """Well until recurrence or death, whichever comes first."""
    history = event_history(one, "course", time_zero=0.0)
    return history.lump({"well": ["well"], "back": ["back"], "dead": ["dead"]}, final=("back", "dead"))


def codes(found) -> list[str]:
    return [one.code for one in found.findings]


def test_five_patients_on_paper() -> None:
    """Day 1 death (sick), 2 censored, 3 recurrence (sick), 4 censored (sick), 5 recurrence (not sick).

    The dead patient counts 3/4 on day 3 and 3/8 on day 5. With r the ratio, the likelihood is
    r / (1 + 11/4 r) * 1 / (1 + 3/8 r), largest where 33/32 r^2 = 1.
    """
    sick = [True, False, True, True, False]
    one = cohort([1, 2, 9, 4, 9], [True, False, False, False, False], recurred={2: 3, 4: 5}, sick=sick)
    found = fine_gray(star(one), one, [SICK], cause="back")
    row = found.table.filter(covariate="sick", level="yes").row(0, named=True)
    assert row["hazard_ratio"] == pytest.approx(math.sqrt(32 / 33), rel=1e-12)
    assert (row["n"], row["events"]) == (3, 1)
    assert (found.n, found.events) == (5, 2)
    assert found.method == "Fine-Gray, Breslow, robust by patient"
    assert found.findings == ()


def drawn(n: int = 150) -> tuple[Cohort, dict[str, np.ndarray]]:
    """Ages, deaths, recurrences on days, and the rows as a statistician would write them down."""
    chance = np.random.default_rng(6)
    age, last = np.round(chance.normal(50, 10, n)), chance.integers(2, 60, n).astype(float)
    died = chance.random(n) < 0.4
    back = {int(i): float(chance.integers(1, last[i])) for i in np.flatnonzero(chance.random(n) < 0.5)}
    one = cohort(
        last.tolist(), died.tolist(), recurred=back, age=age.tolist(), clinic=[f"c{i % 9}" for i in range(n)]
    )
    cause = np.where(died, 2, 0)
    cause[list(back)] = 1
    day = last.copy()
    day[list(back)] = list(back.values())
    # Events on even ticks; who is censored on a day leaves at its end.
    return one, {"stop": (2 * day + (cause == 0)).astype(int), "cause": cause, "age": age}


def test_equal_to_the_kernel_on_ticks() -> None:
    one, rows = drawn()
    found = fine_gray(star(one), one, [AGE], cause="back")
    fit = fit_fine_gray(rows["stop"], rows["cause"], rows["age"][:, np.newaxis] / 10)
    assert found.coefficients.value[0] == pytest.approx(fit.coefficients[0], rel=1e-10)
    assert found.coefficients.variance[0, 0] == pytest.approx(fit.covariance[0, 0], rel=1e-10)
    assert found.coefficients.covariance[0, 0] == pytest.approx(fit.model_based[0, 0], rel=1e-10)
    other = fine_gray(star(one), one, [AGE], cause="dead")
    competing = fit_fine_gray(rows["stop"], rows["cause"], rows["age"][:, np.newaxis] / 10, of=2)
    assert other.coefficients.value[0] == pytest.approx(competing.coefficients[0], rel=1e-10)


def test_clusters_strata_and_prior_reach_the_kernel() -> None:
    one, rows = drawn()
    clinic = np.arange(150) % 9
    found = fine_gray(star(one), one, [AGE], RegressionPlan(cluster="clinic", prior_sd=0.5), cause="back")
    x = rows["age"][:, np.newaxis] / 10
    fit = fit_fine_gray(rows["stop"], rows["cause"], x, cluster=clinic, ridge=[4.0])
    assert found.coefficients.value[0] == pytest.approx(fit.coefficients[0], rel=1e-10)
    assert found.coefficients.variance[0, 0] == pytest.approx(fit.covariance[0, 0], rel=1e-10)
    assert found.coefficients.degrees_of_freedom == 8
    assert found.method == "Fine-Gray, Breslow, shrunken (prior SD 0.5), robust over 9 clusters (t)"
    layered = fine_gray(star(one), one, [AGE], RegressionPlan(strata=("clinic",)), cause="back")
    fit = fit_fine_gray(rows["stop"], rows["cause"], x, strata=clinic)
    assert layered.coefficients.value[0] == pytest.approx(fit.coefficients[0], rel=1e-10)


def test_what_changes_enters_as_at_time_zero_and_is_told() -> None:
    last, died = [5, 6, 7, 8, 9], [True, False, True, False, True]
    one = cohort(last, died, recurred={1: 2, 3: 4}, treated={0: 1, 4: 1, 1: 0})
    found = fine_gray(star(one), one, [TREATED], cause="back")
    assert codes(found)[0] == "E211"
    assert found.findings[0].message == "At time zero: treated."
    assert found.design.columns[:, 0].tolist() == [0, 1, 0, 0, 0]
    assert found.design.rows.size == 5


def test_values_that_come_later_do_not_bring_a_patient_back() -> None:
    one = cohort([5, 6, 7, 8], [True, False, True, False], recurred={1: 2, 3: 4}, marker=[
        (0, 0, 1.0), (1, 0, 2.0), (2, 3, 1.5), (3, 0, 0.5)
    ])  # fmt: skip
    found = fine_gray(star(one), one, [MARKER], cause="back")
    assert found.n == 3
    assert found.design.left_out.patients == 1
    assert "E202" in codes(found)


def test_no_event_of_the_cause() -> None:
    one = cohort([5, 6, 7], [True, False, True], age=[40, 50, 60])
    found = fine_gray(star(one), one, [AGE], cause="back")
    row = found.table.row(0, named=True)
    assert (row["status"], row["finding"], row["hazard_ratio"]) == (FindingStatus.NO_EVENTS, "E208", None)
    assert found.tests.is_empty()
    with pytest.raises(ValueError, match="cause 'elsewhere'"):
        fine_gray(star(one), one, [AGE], cause="elsewhere")


def test_separation_is_told() -> None:
    one = cohort(
        [5, 6, 7, 8], [False, True, False, True], recurred={0: 2, 2: 3}, sick=[True, False, True, False]
    )
    found = fine_gray(star(one), one, [SICK], cause="back")
    row = found.table.filter(covariate="sick", level="yes").row(0, named=True)
    assert row["status"] == FindingStatus.SEPARATED
    assert row["hazard_ratio"] is None


def test_gaps_are_refused() -> None:
    one = cohort([9, 9, 9], [True, True, False], age=[40, 50, 60])
    observation = pl.DataFrame(
        {"patient": [0, 0, 1, 2], "start": [-1.0, 5, -1, -1], "stop": [3.0, 9, 9, 9]},
        schema_overrides={"patient": pl.Int32},
    )
    gap = Cohort.build(VOCABULARY, patients=one.patients, observation=observation, events=one.events)
    with pytest.raises(DataError) as refused:
        fine_gray(alive(gap), gap, [AGE], cause="failed")
    assert refused.value.code == "E213"


def test_a_gap_in_which_nobody_is_observed_is_told_and_gives_no_number() -> None:
    """Patients 0 and 1 have left by day 4; 2 to 4 are observed from day 6 on."""
    one = cohort(
        [3, 4, 9, 10, 11], [True, False, True, False, True], recurred={3: 8}, age=[40, 50, 60, 45, 55]
    )
    observation = pl.DataFrame(
        {"patient": range(5), "start": [-1.0, -1, 6, 6, 6], "stop": [3.0, 4, 9, 10, 11]},
        schema_overrides={"patient": pl.Int32},
    )
    late = Cohort.build(VOCABULARY, patients=one.patients, observation=observation, events=one.events)
    found = fine_gray(star(late), late, [AGE], cause="back")
    row = found.table.row(0, named=True)
    assert (row["status"], row["finding"]) == (FindingStatus.NOT_CONVERGED, "E212")
    assert row["hazard_ratio"] is None
    assert "day 4" in found.findings[-1].message
    assert cox(star(late), late, [AGE], cause="back").n == 5

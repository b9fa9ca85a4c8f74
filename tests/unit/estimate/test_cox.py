"""Cox from a cohort: worked on paper, small and awkward data, what is left out, what cannot be fitted."""

import math

import numpy as np
import pytest
from regression_cohorts import AGE, KIND, MARKER, SICK, TREATED, alive, cohort

from equipoise.base.errors import DataError, ProtocolError
from equipoise.base.findings import FindingStatus
from equipoise.cohort.history import event_history
from equipoise.estimate.regression.cox import cox
from equipoise.estimate.regression.design import design
from equipoise.estimate.regression.regression import Regression, RegressionPlan
from equipoise.language.feature import Baseline, Has
from equipoise.protocol.prognosis import Covariate


def row(found: Regression, covariate: str, level: str | None = None) -> dict:
    """The row of a column."""
    of = found.table.filter(covariate=covariate)
    return (of if level is None else of.filter(level=level)).row(0, named=True)


def codes(found: Regression) -> list[str]:
    return [one.code for one in found.findings]


def test_three_patients_on_paper() -> None:
    """Deaths on days 2, 3, 4; the first and the last were treated on day 1. With r the hazard ratio

    L(r) = r / (2 r + 1) * 1 / (1 + r) * 1,   d log L / d r = 0  <=>  2 r^2 = 1,
    I(b) = 2 r / (2 r + 1)^2 + r / (1 + r)^2.
    """
    one = cohort([2, 3, 4], [True] * 3, treated={0: 1, 2: 1})
    found = cox(alive(one), one, [TREATED])
    treated = row(found, "treated", "yes")
    r = math.sqrt(0.5)
    information = 2 * r / (2 * r + 1) ** 2 + r / (1 + r) ** 2
    assert treated["hazard_ratio"] == pytest.approx(r, rel=1e-12)
    assert treated["std_error"] == pytest.approx(information**-0.5, rel=1e-10)
    reach = 1.959963984540054 * information**-0.5
    assert treated["lower"] == pytest.approx(r * math.exp(-reach), rel=1e-10)
    assert treated["upper"] == pytest.approx(r * math.exp(reach), rel=1e-10)
    assert (treated["n"], treated["events"]) == (2, 2)
    assert (row(found, "treated", "no")["n"], row(found, "treated", "no")["events"]) == (3, 1)
    assert (found.n, found.events, found.method) == (3, 3, "Cox, Efron")
    assert found.findings == ()
    wald = found.tests.row(0, named=True)
    z = math.log(r) * information**0.5
    assert wald["statistic"] == pytest.approx(z * z, rel=1e-10)
    assert treated["p_value"] == pytest.approx(wald["p_value"], rel=1e-10)


def test_treated_on_the_day_of_death_counts_as_untreated() -> None:
    """The same with the first patient treated on day 2: L(r) = 1 / (2 + r) * 1 / (1 + r), largest at 0."""
    one = cohort([2, 3, 4], [True] * 3, treated={0: 2, 2: 1})
    treated = row(cox(alive(one), one, [TREATED]), "treated", "yes")
    assert treated["status"] == FindingStatus.SEPARATED
    assert treated["hazard_ratio"] is None
    assert treated["lower"] is None
    # The third patient dies alone in the risk set: an event, but none that compares.
    assert treated["events"] == 1
    assert treated["finding"] == "E207"


def test_a_number_is_compared_per_so_many_units() -> None:
    one = cohort([2, 3, 4, 5], [True, True, True, False], age=[60.0, 30, 50, 40])
    by_ten = cox(alive(one), one, [AGE]).coefficients
    by_one = cox(alive(one), one, [AGE.model_copy(update={"per": 1.0})])
    assert by_ten.value[0] == pytest.approx(10 * by_one.coefficients.value[0], rel=1e-9)
    assert by_one.design.names == ("age + 1",)


def test_units_may_be_as_fine_as_they_like() -> None:
    ages = [60.0, 30, 50, 40]
    coarse = cohort([2, 3, 4, 5], [True, True, True, False], age=ages)
    fine = cohort([2, 3, 4, 5], [True, True, True, False], age=[one * 1e-9 for one in ages])
    one = cox(alive(coarse), coarse, [AGE])
    other = cox(alive(fine), fine, [AGE])
    assert other.coefficients.value[0] == pytest.approx(1e9 * one.coefficients.value[0], rel=1e-9)
    age = row(other, "age")
    assert (age["status"], age["upper"]) == (FindingStatus.OK, None)
    assert age["p_value"] == pytest.approx(row(one, "age")["p_value"], rel=1e-9)


def test_what_is_not_known_is_left_out_and_counted() -> None:
    """Patient 0 has no age; patient 1 no marker until day 2 (so from day 3 on); patient 2 has all."""
    one = cohort(
        [2, 6, 8, 9], [True] * 4, marker=[(1, 2, 0.5), (2, 0, 1.5), (3, 0, 0.1)], age=[None, 40.0, 50, 60]
    )
    made = design(alive(one), one, [AGE, MARKER])
    assert made.left_out.patients == 1
    assert made.left_out.partly == 1
    assert made.left_out.person_days == 2 + 2
    assert made.left_out.events == 1
    assert made.left_out.by_covariate == {"age": 1, "marker": 2}
    assert made.rows.patient.tolist() == [1, 2, 3]
    assert made.rows.start.tolist() == [5, 0, 0]
    assert made.columns.tolist() == [[4.0, 0.5], [5.0, 1.5], [6.0, 0.1]]
    (told,) = made.findings
    assert (told.code, told.patients) == ("E202", 2)
    assert told.message.startswith("1 patient is left out, and of 1 patient a part of the time: ")
    assert "4 person-days with 1 move " in told.message
    assert "age 1, marker 2" in told.message
    assert cox(alive(one), one, [AGE, MARKER]).n == 3


def test_levels_are_compared_with_the_most_frequent_or_the_one_named() -> None:
    one = cohort([2, 3, 4, 5, 6], [True] * 5, kind=["b", "a", "b", "c", "a"])
    made = design(alive(one), one, [KIND])
    (term,) = made.terms
    # a and b are as frequent: the first of the vocabulary.
    assert (term.levels, term.level_labels) == (("a", "b", "c"), ("Alpha", "Beta", "Gamma"))
    assert made.names == ("kind=b", "kind=c")
    assert made.columns.tolist() == [[1, 0], [0, 0], [1, 0], [0, 1], [0, 0]]
    made = design(alive(one), one, [KIND.model_copy(update={"reference": "c"})])
    assert made.names == ("kind=a", "kind=b")


def test_patients_and_events_are_counted_by_level() -> None:
    kinds = ["b", "a", "b", "c", "a", "b"]
    one = cohort([2, 3, 4, 5, 6, 7], [True, True, False, True, True, True], kind=kinds)
    found = cox(alive(one), one, [KIND]).table
    assert found.select("level", "n", "events").rows() == [("b", 3, 2), ("a", 2, 2), ("c", 1, 1)]
    assert found["reference"].to_list() == [True, False, False]
    number = cox(alive(one), one, [TREATED.model_copy(update={"name": "t"}), KIND]).table
    assert number.select("level", "n", "events").rows()[2:] == [("b", 3, 2), ("a", 2, 2), ("c", 1, 1)]


def test_a_truth_is_compared_with_no() -> None:
    one = cohort([2, 3, 4], [True] * 3, sick=[True, True, False])
    assert design(alive(one), one, [SICK]).names == ("sick=yes",)


def test_a_level_that_nobody_has_is_no_reference() -> None:
    one = cohort([2, 3, 4], [True] * 3, kind=["a", "b", "a"])
    with pytest.raises(DataError, match="E203 covariate kind: nobody at risk has the level 'c'"):
        design(alive(one), one, [KIND.model_copy(update={"reference": "c"})])
    assert design(alive(one), one, [KIND]).names == ("kind=b",)


def test_one_value_in_everybody_is_told_and_left_out_of_the_model() -> None:
    one = cohort([2, 3, 4, 5], [True] * 4, age=[50.0] * 4, kind=["a"] * 4, sick=[True, False, True, False])
    found = cox(alive(one), one, [AGE, KIND, SICK])
    alone = cox(alive(one), one, [SICK])
    assert codes(found)[:2] == ["E204", "E204"]
    assert row(found, "age")["status"] == FindingStatus.ONE_VALUE
    assert row(found, "age")["hazard_ratio"] is None
    assert found.table.filter(covariate="kind").height == 1
    assert row(found, "sick", "yes")["hazard_ratio"] == row(alone, "sick", "yes")["hazard_ratio"]


def test_only_constant_covariates_leave_nothing_to_fit() -> None:
    one = cohort([2, 3, 4], [True] * 3, age=[50.0] * 3)
    found = cox(alive(one), one, [AGE])
    assert codes(found) == ["E204"]
    assert found.tests.height == 0


def test_a_level_without_events_gets_no_ratio_unless_shrunken() -> None:
    one = cohort([2, 3, 4, 9, 9], [True, True, True, False, False], sick=[False, False, False, True, True])
    found = cox(alive(one), one, [SICK])
    sick = row(found, "sick", "yes")
    assert (sick["status"], sick["finding"], sick["hazard_ratio"]) == (FindingStatus.SEPARATED, "E205", None)
    assert codes(found) == ["E205"]
    shrunken = cox(alive(one), one, [SICK], RegressionPlan(prior_sd=0.7))
    sick = row(shrunken, "sick", "yes")
    assert 0 < sick["hazard_ratio"] < 1
    assert (sick["status"], sick["finding"]) == (FindingStatus.OK, "E205")
    assert shrunken.method == "Cox, Efron, shrunken (prior SD 0.7)"
    # The mode of l(b) - b^2 / (2 0.7^2): sum of expected events at the level equals -b / 0.49.
    b = math.log(sick["hazard_ratio"])
    expected = sum(2 * math.exp(b) / (2 * math.exp(b) + others) for others in (3, 2, 1))
    assert -b / 0.49 == pytest.approx(expected, rel=1e-9)


def test_columns_that_say_the_same_are_told() -> None:
    one = cohort([2, 3, 4, 5], [True] * 4, age=[50.0, 40, 60, 45])
    twice = Covariate(name="again", feature=Baseline(column="age"))
    found = cox(alive(one), one, [AGE, twice])
    assert codes(found) == ["E206"]
    assert row(found, "again")["finding"] == "E206"
    assert row(found, "age")["hazard_ratio"] == pytest.approx(
        row(cox(alive(one), one, [AGE]), "age")["hazard_ratio"]
    )


def test_without_events_nothing_is_estimated() -> None:
    one = cohort([2, 3, 4], [False] * 3, age=[50.0, 40, 60])
    found = cox(alive(one), one, [AGE])
    assert codes(found) == ["E208"]
    assert row(found, "age")["status"] == FindingStatus.NO_EVENTS
    assert found.tests.height == 0


def test_nobody_at_risk_is_told_not_an_error() -> None:
    one = cohort([2, 3], [True, True], age=[None, None])
    found = cox(alive(one), one, [AGE])
    assert (found.n, found.events) == (0, 0)
    assert codes(found) == ["E202", "E204"]


def test_one_event_is_enough_for_a_fit() -> None:
    one = cohort([2, 3, 4, 5], [False, True, False, False], age=[50.0, 45, 60, 40])
    found = cox(alive(one), one, [AGE])
    # At day 3 those at risk are 45, 60, 40: one death, of the one in the middle.
    assert row(found, "age")["events"] == 1
    assert math.isfinite(row(found, "age")["hazard_ratio"])
    assert found.tests["test"].to_list() == ["Wald"]


def test_other_causes_censor() -> None:
    one = cohort(
        [2, 3, 9, 5, 6], [True, False, True, True, True], recurred={1: 3, 2: 4}, age=[50.0, 40, 60, 45, 30]
    )
    history = event_history(one, "course", time_zero=0.0)
    died = cox(history, one, [AGE], cause="dead")
    assert died.events == 3
    censored = cohort([2, 3, 4, 5, 6], [True, False, False, True, True], age=[50.0, 40, 60, 45, 30])
    alone = cox(alive(censored), censored, [AGE])
    assert died.coefficients.value == pytest.approx(alone.coefficients.value, rel=1e-12)
    with pytest.raises(ValueError, match="name one or several"):
        cox(history, one, [AGE])
    with pytest.raises(ValueError, match="'gone'"):
        cox(history, one, [AGE], cause="gone")


def test_a_stratum_that_is_missing_leaves_the_patient_out() -> None:
    one = cohort([2, 3, 4, 5], [True] * 4, age=[50.0, 40, 60, 45], kind=["a", "a", None, "a"])
    found = cox(alive(one), one, [AGE], RegressionPlan(strata=("kind",)))
    assert found.n == 3
    assert found.design.left_out.by_covariate == {"age": 0, "kind": 1}
    assert found.method == "Cox, Efron, stratified by kind"


def test_few_clusters_are_told_and_widen_the_interval() -> None:
    ages = [50.0, 40, 60, 45, 70, 35]
    one = cohort([2, 3, 4, 5, 6, 7], [True] * 6, age=ages, clinic=["x", "y", "z"] * 2)
    found = cox(alive(one), one, [AGE], RegressionPlan(cluster="clinic"))
    age = row(found, "age")
    assert codes(found) == ["E106", "E214"]
    assert found.method == "Cox, Efron, robust over 3 clusters (t)"
    # 4.302652730 is the 97.5 % point of t with 2 degrees of freedom.
    wide = math.exp(age["coefficient"] + 4.302652729911275 * age["robust_std_error"])
    assert age["upper"] == pytest.approx(wide, rel=1e-9)
    missing = cohort([2, 3], [True] * 2, age=[50.0, 40], clinic=["x", None])
    with pytest.raises(DataError, match=r"E112 patients\.clinic: 1 patients"):
        cox(alive(missing), missing, [AGE], RegressionPlan(cluster="clinic"))


def test_with_clusters_the_joint_test_of_one_coefficient_is_its_t_test() -> None:
    one = cohort([2, 3, 4, 5, 6, 7], [True] * 6, age=[50.0, 40, 60, 45, 70, 35], clinic=["x", "y", "z"] * 2)
    found = cox(alive(one), one, [AGE], RegressionPlan(cluster="clinic"))
    wald = found.tests.filter(test="Wald").row(0, named=True)
    assert wald["p_value"] == pytest.approx(row(found, "age")["p_value"], rel=1e-9)
    assert wald["statistic"] == pytest.approx(
        (row(found, "age")["coefficient"] ** 2) / found.coefficients.variance[0, 0]
    )


def test_joint_test_does_not_depend_on_units_and_needs_more_clusters_than_coefficients() -> None:
    ages, sick = [50.0, 40, 60, 45, 70, 35, 55, 65], [True, False, False, True, True, False, True, False]
    last, clinics = [2, 3, 4, 5, 6, 7, 8, 9], ["v", "w", "x", "y"] * 2

    def joint(per: float, clinic: list[str]) -> dict:
        one = cohort(last, [True] * 8, age=ages, sick=sick, clinic=clinic)
        asked = [AGE.model_copy(update={"per": per}), SICK]
        return cox(alive(one), one, asked, RegressionPlan(cluster="clinic")).tests.row(0, named=True)

    assert joint(1e-6, clinics)["p_value"] == pytest.approx(joint(10, clinics)["p_value"], rel=1e-6)
    assert joint(10, clinics)["degrees_of_freedom"] == 2
    few = joint(10, ["v", "w"] * 4)
    assert (few["test"], few["statistic"], few["p_value"], few["finding"]) == ("Wald", None, None, "E262")


def test_no_joint_test_beside_an_infinite_coefficient() -> None:
    """What matters most would be left out, and the others tested in its name."""
    kinds, ages = ["b", "b", "a", "b", "b", "a"], [50.0, 40, 60, 45, 70, 35]
    one = cohort([2, 3, 9, 4, 5, 9], [True, True, False, True, True, False], kind=kinds, age=ages)
    found = cox(alive(one), one, [KIND.model_copy(update={"reference": "b"}), AGE])
    assert row(found, "kind", "a")["status"] == FindingStatus.SEPARATED
    assert np.isfinite(row(found, "age")["coefficient"])
    joint = found.tests.filter(test="Wald").row(0, named=True)
    assert (joint["statistic"], joint["degrees_of_freedom"], joint["finding"]) == (None, 0, "E205")


def test_no_joint_test_where_every_coefficient_is_infinite() -> None:
    one = cohort([2, 3, 9, 9], [True, True, False, False], kind=["b", "b", "a", "a"])
    found = cox(alive(one), one, [KIND])
    joint = found.tests.filter(test="Wald").row(0, named=True)
    assert (joint["statistic"], joint["p_value"]) == (None, None)
    assert joint["finding"] == row(found, "kind", "b")["finding"]


def test_the_interval_has_the_level_that_is_asked_for() -> None:
    one = cohort([2, 3, 4, 5], [True, True, True, False], age=[60.0, 30, 50, 40])
    age = row(cox(alive(one), one, [AGE], RegressionPlan(level=0.9)), "age")
    assert age["confidence"] == 0.9
    # 1.644853627 is the 95 % point of the normal distribution.
    wide = math.exp(age["coefficient"] + 1.6448536269514722 * age["std_error"])
    assert age["upper"] == pytest.approx(wide, rel=1e-9)


def test_a_level_that_left_before_the_first_event_has_nothing_to_be_compared_with() -> None:
    one = cohort([1, 2, 3, 4], [False, True, True, True], kind=["c", "a", "b", "a"])
    found = cox(alive(one), one, [KIND])
    left = row(found, "kind", "c")
    assert (left["status"], left["finding"], left["events"]) == (FindingStatus.NO_EVENTS, "E205", 0)
    assert left["hazard_ratio"] is None
    # At risk at the first event it is compared, and separated.
    one = cohort([2, 2, 3, 4], [False, True, True, True], kind=["c", "a", "b", "a"])
    assert row(cox(alive(one), one, [KIND]), "kind", "c")["status"] == FindingStatus.SEPARATED


def test_proportional_hazards_are_not_tested_with_case_weights() -> None:
    """R's cox.zph grows with the scale of the weights, which says nothing about anybody."""
    one = cohort([2, 3, 4, 5], [True, True, True, False], age=[60.0, 30, 50, 40])
    found = cox(alive(one).with_weight(np.full(4, 100.0)), one, [AGE])
    checks = found.tests.filter(test="proportional hazards")
    assert checks["about"].to_list() == ["age", "all"]
    assert checks["statistic"].is_null().all()
    assert set(checks["finding"]) == {"E214"}
    assert "E214" in codes(found)
    assert "E210" not in codes(found)


def test_weight_two_is_the_patient_twice() -> None:
    ages, last, died = [50.0, 40, 60, 45], [2, 3, 4, 5], [True, True, False, True]
    one = cohort(last, died, age=ages)
    twice = cohort([2, *last], [True, *died], age=[50.0, *ages])
    plan = RegressionPlan(ties="breslow")
    weighted = cox(alive(one).with_weight(np.array([2.0, 1, 1, 1])), one, [AGE], plan)
    doubled = cox(alive(twice), twice, [AGE], plan)
    assert weighted.coefficients.value == pytest.approx(doubled.coefficients.value, rel=1e-10)
    assert weighted.coefficients.covariance == pytest.approx(doubled.coefficients.covariance, rel=1e-9)
    assert weighted.method == "Cox, Breslow, robust by patient"


def test_misspelt_words_are_refused() -> None:
    one = cohort([2, 3], [True] * 2)
    with pytest.raises(ProtocolError, match="treatmnt"):
        cox(alive(one), one, [Covariate(name="x", predicate=Has(record="treatmnt"))])


def test_nothing_about_a_patient_is_printed() -> None:
    one = cohort([2, 3, 4], [True] * 3, treated={0: 1, 2: 1})
    found = cox(alive(one), one, [TREATED])
    assert repr(found) == "Regression(Cox, Efron: 3 patients, 3 events)"
    assert repr(found.design) == "Design(5 rows, treated=yes)"

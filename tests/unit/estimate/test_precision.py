"""Intervals, weights, clusters, and what is said where a number says little."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import small_cohorts as small
from scipy.stats import binomtest

from equipoise.base.errors import DataError, IdentificationError
from equipoise.base.findings import FindingStatus
from equipoise.emulate.enrol import enrol
from equipoise.estimate.analysis import Analysis
from equipoise.estimate.answers import Question
from equipoise.estimate.estimate import estimate_outcomes
from equipoise.estimate.estimates import ESTIMATES
from equipoise.estimate.exits import outcome_exits
from equipoise.estimate.handling import Handled
from equipoise.estimate.outcomes import natural_outcome
from equipoise.estimate.plan import plan_of
from equipoise.estimate.quantiles import median
from equipoise.estimate.states import states
from equipoise.estimate.survival import survival_curve, survival_error
from equipoise.kernels.intervals import loglog
from equipoise.protocol.intercurrent import Handling, IntercurrentEvent
from equipoise.protocol.protocol import Protocol


def planned(**analysis: object) -> Protocol:
    asked = small.protocol()
    return asked.model_copy(update={"analysis": asked.analysis.model_copy(update=analysis)})


def curve(name: str, asked: Analysis, measure: str = "survival") -> pl.DataFrame:
    frame = pl.concat(natural_outcome(name, asked).frames)
    return frame.filter((pl.col("measure") == measure) & (pl.col("outcome") == name)).sort("day")


def test_the_columns_are_the_agreed_ones() -> None:
    agreed = (
        "estimand outcome strategy versus measure day estimate std_error lower upper level interval method "
        "role n events at_risk ess status finding"
    )
    assert list(ESTIMATES.dtypes) == agreed.split()


def test_few_events_without_censoring_are_clopper_and_pearson() -> None:
    known = small.cohort([({"death": day}, day) for day in (3.0, 4.0, 5.0)] + [({}, 20.0)] * 9)
    rows = curve("os", small.analysis(small.protocol(), known, [0, 2, 10]))
    assert rows["interval"].to_list() == ["none", "beta product", "beta product"]
    for place, survivors in ((1, 12), (2, 9)):
        exact = binomtest(survivors, 12).proportion_ci(method="exact")
        assert rows["lower"][place] == pytest.approx(exact.low, abs=1e-12)
        assert rows["upper"][place] == pytest.approx(exact.high, abs=1e-12)
        assert rows["status"][place] == FindingStatus.FEW_EVENTS
        assert rows["finding"][place] == "E103"
    # On day 0 everybody is alive by definition.
    assert rows["lower"][0] is None
    assert rows["status"][0] == FindingStatus.OK


def test_a_cause_that_never_happens_has_an_upper_limit() -> None:
    known = small.cohort([({"relapse": 2.0, "death": 4.0}, 4.0)] * 6 + [({}, 20.0)] * 14)
    rows = curve("nrm", small.analysis(small.protocol(), known, [0, 10]), "cumulative_incidence")
    # Of the 14 who remain at risk of it none died in remission: 1 - 0.025 ** (1 / 14).
    assert rows["estimate"][1] == 0.0
    assert rows["lower"][1] == 0.0
    assert rows["upper"][1] == pytest.approx(1 - 0.025 ** (1 / 14), abs=1e-12)
    assert rows["interval"][1] == "beta product of the cause alone"


def test_one_transformation_for_all_means_all() -> None:
    asked = small.analysis(planned(interval="plain"), small.cohort(), [0, 3])
    rows = curve("dfs", asked)
    assert rows["interval"].to_list() == ["none", "plain"]
    error = 24**-0.5
    assert rows["upper"][1] == pytest.approx(0.5 + 1.959963984540054 * error, abs=1e-12)
    assert curve("current", asked, "state_probability")["interval"][1] == "plain"


@pytest.mark.parametrize(("variance", "expected"), [("greenwood", 1 / 24), ("aalen", (1 / 36 + 2 / 25) / 4)])
def test_variances_by_name(variance: str, expected: float) -> None:
    """On day 3: S^2 (1/(6 5) + 2/(5 3)) and S^2 (1/6^2 + 2/5^2), with S = 1/2."""
    rows = curve("dfs", small.analysis(planned(variance=variance), small.cohort(), [0, 3]))
    assert rows["std_error"][1] == pytest.approx(expected**0.5, abs=1e-15)
    assert rows["method"][1] == f"Kaplan-Meier, {variance.capitalize()}"


def test_a_weighted_or_clustered_curve_has_no_beta_product() -> None:
    loads = [1.0, 2.0, 1.0, 1.0, 1.0, 1.0]
    rows = curve("dfs", small.analysis(planned(weight="load"), small.cohort(loads=loads), [0, 1, 2]))
    assert rows["interval"].to_list() == ["none", "none", "log-log"]
    assert rows["status"].to_list()[1] == FindingStatus.NO_INTERVAL
    assert rows["estimate"][2] == pytest.approx(6 / 7, abs=1e-15)
    assert rows["ess"][0] == pytest.approx(49 / 9, abs=1e-12)
    assert rows["n"][0] == 6


def test_a_missing_weight_or_cluster_is_refused() -> None:
    known = small.cohort(loads=[1.0, None, 1.0, 1.0, 1.0, 1.0], sites=["a", "b", "c", None, "d", "e"])
    for asked in (planned(weight="load"), planned(cluster="site")):
        with pytest.raises(DataError, match=r"E112 patients\.(load|site): 1 enrolled"):
            estimate_outcomes(asked, known, enrol(asked, known))


def test_few_clusters_are_told() -> None:
    known, asked = small.cohort(sites=["a", "a", "b", "b", "c", "c"]), planned(cluster="site")
    _, found = plan_of(asked, known, enrol(asked, known))
    assert [(one.code, "3 clusters" in one.message) for one in found] == [("E106", True)]


def test_clustered_median_is_where_the_clustered_limits_cross() -> None:
    draw = np.random.default_rng(8)
    n = 600
    sites = [f"centre {number:02d}" for number in draw.integers(0, 30, n)]
    days = np.ceil(draw.exponential(300, n))
    known = small.cohort(
        [({"death": float(day)} if day <= 700 else {}, float(min(day, 700))) for day in days], sites=sites
    )
    asked = small.analysis(planned(cluster="site"), known, [0, 100])
    exits = outcome_exits(asked.vocabulary.outcomes["os"], Handled(asked.histories["course"])).all_causes()
    row = median(Question("known", "os"), exits, asked.plan).row(0, named=True)
    steps = survival_curve(exits)
    events = steps.events > 0
    error = survival_error(exits, steps, steps.time[events], asked.plan)
    limits = loglog(steps.survival[events], error, 0.95)
    first = [float(steps.time[events][limit <= 0.5][0]) / 2 for limit in limits]
    assert [row["lower"], row["upper"]] == first
    assert row["lower"] < row["estimate"] < row["upper"]
    greenwood = replace(asked.plan, cluster=None)
    assert median(Question("known", "os"), exits, greenwood).row(0, named=True)["estimate"] == row["estimate"]


def test_the_sparse_end_of_a_curve_is_marked() -> None:
    known = small.cohort([({}, 2.0)] * 28 + [({"death": 4.0}, 4.0), ({}, 9.0)])
    rows = curve("os", small.analysis(small.protocol(), known, [0, 2, 3, 8]))
    assert rows["status"].to_list() == [
        FindingStatus.OK,
        FindingStatus.FEW_EVENTS,
        FindingStatus.SPARSE,
        FindingStatus.SPARSE,
    ]


def test_an_emptied_risk_set_is_told() -> None:
    # The only patient in relapse is lost on day 3; others move on day 5, and 1/3 stands still.
    known = small.cohort([({"relapse": 2.0}, 3.0), ({"death": 5.0}, 5.0), ({}, 9.0)])
    found = states(small.analysis(small.protocol(), known, [0, 9])).findings
    assert [one.code for one in found] == ["E104"]
    assert "'relapsed' at 1 times" in found[0].message
    assert "33 in 100" in found[0].message


def test_a_curve_over_a_gap_is_told() -> None:
    known = small.cohort([({"death": 2.0}, 2.0), ({}, 9.0)], starts=[-1.0, 5.0])
    answered = natural_outcome("os", small.analysis(small.protocol(), known, [0, 4, 9]))
    assert [one.code for one in answered.findings] == ["E103", "E104"]


def test_the_protocols_own_plain_censoring_is_naive_throughout() -> None:
    graft = IntercurrentEvent(event="graft", handling=Handling.HYPOTHETICAL)
    asked = small.analysis(small.protocol(intercurrent_events=(graft,)), small.cohort(), [0, 3])
    answered = natural_outcome("dfs", asked)
    frame = pl.concat(answered.frames)
    assert set(frame["role"]) == {"naive"}
    assert set(frame["finding"]) == {"E101"}
    assert "E101" in [one.code for one in answered.findings]
    assert curve("dfs", asked)["estimate"].to_list() == pytest.approx([1, 3 / 5])


def test_patients_outside_the_states_at_time_zero_are_told() -> None:
    known = small.cohort([({"flare": -1.0}, 9.0), ({"flare": 4.0}, 9.0), ({}, 9.0)])
    answered = natural_outcome("grfs", small.analysis(small.protocol(), known, [0, 5]))
    assert answered.frames[0]["n"].to_list() == [2, 2]
    assert answered.frames[0]["estimate"].to_list() == [1.0, 0.5]
    assert [(one.code, one.patients) for one in answered.findings if one.code == "E102"] == [("E102", 1)]


def test_nobody_enrolled_cannot_be_answered() -> None:
    asked, known = small.protocol(), small.cohort([({"relapse": -1.0}, 5.0)])
    with pytest.raises(IdentificationError, match="E001 attrition: none of 1 patients"):
        estimate_outcomes(asked, known, enrol(asked, known))

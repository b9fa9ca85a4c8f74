"""The ladder of naive comparisons on six patients, every number on paper; what is said when there is none."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import exp, log

import numpy as np
import polars as pl
import pytest
import small_cohorts as small
from scipy.optimize import brentq
from scipy.stats import beta

from equipoise.base.findings import FindingStatus
from equipoise.cohort.cohort import Cohort
from equipoise.estimate.naive.comparison import Compared, naive_comparison
from equipoise.protocol.intercurrent import Handling
from equipoise.protocol.naive import NaiveComparison
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.treatment import Treatment

MONTH = 365.25 / 12
DAYS = (0.0, 3.0, 6.0, 7.0)
# Treated on day 2, dead on 6; dead on 3; treated on 4, seen until 8; seen until 5; dead on 7; treated and
# dead on 3, in this order.
SIX = (
    ({"graft": 2, "death": 6}, 6.0),
    ({"death": 3}, 3.0),
    ({"graft": 4}, 8.0),
    ({}, 5.0),
    ({"death": 7}, 7.0),
    ({"graft": 3, "death": 3}, 3.0),
)
Course = tuple[Mapping[str, float], float]


def asked(landmarks: Sequence[float] = (3.0,), outcome: str = "os") -> NaiveComparison:
    return NaiveComparison(
        name="ladder",
        label="Grafted or not",
        intervention="graft",
        outcomes=(outcome,),
        landmarks_months=tuple(day / MONTH for day in landmarks),
    )


def compared(
    patients: Sequence[Course] | Cohort = SIX,
    *,
    landmarks: Sequence[float] = (3.0,),
    outcome: str = "os",
    protocol: Protocol | None = None,
    headline: Sequence[float] = DAYS[1:],
) -> Compared:
    question = protocol or small.protocol()
    report = question.report.model_copy(update={"at_months": tuple(day / MONTH for day in headline)})
    known = patients if isinstance(patients, Cohort) else small.cohort(patients)
    analysis = small.analysis(question.model_copy(update={"report": report}), known, DAYS)
    return naive_comparison(asked(landmarks, outcome), analysis)


def curve(found: Compared, strategy: str) -> dict[float, float | None]:
    rows = pl.concat(found.answered.frames).filter(
        pl.col("strategy") == strategy, pl.col("measure") == "survival"
    )
    return dict(zip(rows["day"].to_list(), rows["estimate"].to_list(), strict=True))


def one(found: Compared, strategy: str, measure: str) -> dict[str, object]:
    rows = pl.concat(found.answered.frames).filter(
        pl.col("strategy") == strategy, pl.col("measure") == measure
    )
    return rows.row(0, named=True)


def codes(found: Compared) -> list[str]:
    return [finding.code for finding in found.answered.findings]


# Grafted well on 2, dead on 6; relapsed on 2, grafted on 4, dead on 7; seen until 8; relapsed on 1, dead on
# 3; grafted well on 1, relapsed on 2, seen until 8.
FIVE = (
    ({"graft": 2, "death": 6}, 6.0),
    ({"relapse": 2, "graft": 4, "death": 7}, 7.0),
    ({}, 8.0),
    ({"relapse": 1, "death": 3}, 3.0),
    ({"graft": 1, "relapse": 2}, 8.0),
)


def row_of_landmark(found: Compared) -> str:
    return found.table.filter(rung="N3")["treated"].item()


@pytest.mark.parametrize(
    ("changes", "ever", "never", "landmark"),
    [
        # Every graft counts: 1, 2 and 5 are treated. After day 3 the second (grafted on 4) is untreated.
        ({}, (Fraction(2, 3), Fraction(1, 3)), (Fraction(1, 2), Fraction(1, 2)), (2, 2)),
        # The graft after the relapse does not: 2 is never treated.
        ({"treatment": "graft"}, (Fraction(1, 2), Fraction(1, 2)), (Fraction(2, 3), Fraction(1, 3)), (2, 2)),
        # Who has relapsed by the landmark (2 and 5) has no place there.
        (
            {"treatment": "graft", "landmark_free_of": "dfs"},
            (Fraction(1, 2), Fraction(1, 2)),
            (Fraction(2, 3), Fraction(1, 3)),
            (1, 1),
        ),
    ],
)
def test_a_treatment_counts_in_its_own_states_only(
    changes: dict[str, str],
    ever: tuple[Fraction, Fraction],
    never: tuple[Fraction, Fraction],
    landmark: tuple[int, int],
) -> None:
    treatment = Treatment(name="graft", intervention="graft", while_in=("well",))
    question = small.protocol().model_copy(update={"treatments": (treatment,)})
    analysis = small.analysis(question, small.cohort(FIVE), (0.0, 6.0, 7.0))
    found = naive_comparison(asked().model_copy(update=changes), analysis)
    for strategy, (at_6, at_7) in (("N1 ever graft", ever), ("N1 never graft", never)):
        values = curve(found, strategy)
        assert values[6.0] == pytest.approx(float(at_6))
        assert values[7.0] == pytest.approx(float(at_7))
    told = "of those who never have graft while in Well," if changes else "of those who never have graft,"
    assert told in one(found, "N1 never graft", "survival")["estimand"]
    is_free = "without the event and without" in one(found, row_of_landmark(found), "survival")["estimand"]
    assert is_free == ("landmark_free_of" in changes)
    row = found.table.filter(rung="N3").row(0, named=True)
    assert (row["n_treated"], row["n_untreated"]) == landmark


CURVES = {
    # Those ever treated: one of 3 dies on 3 and one of two on 6. Never: one of 3 on 3; the last one on 7.
    "N1 ever graft": {0: Fraction(1), 3: Fraction(2, 3), 6: Fraction(1, 3), 7: Fraction(1, 3)},
    "N1 never graft": {0: Fraction(1), 3: Fraction(2, 3), 6: Fraction(2, 3), 7: Fraction(0)},
    # From the treatment: 0 (dead the same day), 4 (dead), 4 (seen until then): nobody is seen after 4.
    "N2 from graft": {0: Fraction(2, 3), 3: Fraction(2, 3), 6: None, 7: None},
    "N2 never graft": {0: Fraction(1), 3: Fraction(2, 3), 6: Fraction(2, 3), 7: Fraction(0)},
    # After day 3 four are left; one of them is treated. The later treatment of the third stays untreated.
    "N3 graft by month 0.0985626283368": {6: Fraction(0), 7: Fraction(0)},
    "N3 no graft by month 0.0985626283368": {6: Fraction(1), 7: Fraction(1, 2)},
    # On day 3 four are untreated and two are treated, one of them that very day; each arm has a death.
    "N4 after graft": {0: Fraction(1), 3: Fraction(1, 2), 6: Fraction(1, 4), 7: Fraction(1, 4)},
    "N4 before graft": {0: Fraction(1), 3: Fraction(3, 4), 6: Fraction(3, 4), 7: Fraction(0)},
}


@pytest.mark.parametrize("strategy", CURVES)
def test_curves(strategy: str) -> None:
    found = curve(compared(), strategy)
    expected = {float(day): value for day, value in CURVES[strategy].items()}
    assert {day: found[day] for day in expected} == {
        day: None if value is None else pytest.approx(float(value), abs=1e-15)
        for day, value in expected.items()
    }


def test_counts_and_order_of_the_table() -> None:
    table = compared().table
    assert table["rung"].to_list() == ["N1", "N2", "N3", "N4", "N5"]
    assert table["position"].to_list() == [0, 1, 2, 3, 4]
    assert table["n_treated"].to_list() == [3, 3, 1, 3, 3]
    assert table["n_untreated"].to_list() == [3, 3, 3, 6, 6]
    assert table["events_treated"].to_list() == [2, 2, 1, 2, 2]
    assert table["events_untreated"].to_list() == [2, 2, 1, 2, 2]
    last = table.row(-1, named=True)
    assert (last["treated"], last["untreated"]) == ("N4 after graft", "N4 before graft")
    assert all("graft" in reason for reason in table["reason"])


def test_difference_with_its_error_and_interval() -> None:
    """On day 3 both arms of N1 are 2 of 3 alive, without anybody lost before: variance 2 x (2/3)(1/3)/3."""
    rows = pl.concat(compared().answered.frames).filter(pl.col("measure") == "survival_difference")
    row = rows.filter(pl.col("strategy") == "N1 ever graft", pl.col("day") == 3.0).row(0, named=True)
    assert row["versus"] == "N1 never graft"
    assert row["estimate"] == pytest.approx(0.0, abs=1e-15)
    error = float(2 * Fraction(2, 9) / 3) ** 0.5
    assert row["std_error"] == pytest.approx(error, rel=1e-13)
    # Two deaths are few: limits of Clopper and Pearson for 2 of 3, squared and added.
    low, high = beta.ppf(0.025, 2, 2), beta.ppf(0.975, 3, 1)
    half = float(np.hypot(high - 2 / 3, 2 / 3 - low))
    assert [row["lower"], row["upper"]] == pytest.approx([-half, half], rel=1e-9)
    assert row["interval"] == "square and add"
    assert (row["n"], row["events"], row["at_risk"]) == (6, 2, 6)
    assert row["status"] == FindingStatus.BIASED
    assert row["finding"] == "E240"
    later = rows.filter(pl.col("strategy") == "N1 ever graft", pl.col("day") == 6.0).row(0, named=True)
    assert later["estimate"] == pytest.approx(1 / 3 - 2 / 3)
    # At a survival of exactly 0 there is no standard error, so the difference has none, but limits.
    end = rows.filter(pl.col("strategy") == "N4 after graft", pl.col("day") == 7.0).row(0, named=True)
    assert end["estimate"] == pytest.approx(0.25)
    assert (end["std_error"], end["interval"]) == (None, "square and add")
    assert -1 <= end["lower"] < 0.25 < end["upper"] < 1
    assert end["status"] == FindingStatus.BIASED


def test_an_arm_without_events_has_an_interval_of_the_difference() -> None:
    """2 of 2 alive against 1 of 2: limits of Clopper and Pearson, each on its own side."""
    patients = [({"graft": 2}, 9.0), ({"graft": 4}, 9.0), ({"death": 5}, 5.0), ({}, 9.0)]
    rows = pl.concat(compared(patients).answered.frames).filter(
        pl.col("measure") == "survival_difference", pl.col("strategy") == "N1 ever graft"
    )
    row = rows.filter(pl.col("day") == 6.0).row(0, named=True)
    low, high = beta.ppf(0.025, 1, 2), beta.ppf(0.975, 2, 1)
    assert row["lower"] == pytest.approx(0.5 - np.hypot(1 - 0.025**0.5, high - 0.5), rel=1e-9)
    assert row["upper"] == pytest.approx(0.5 + (0.5 - low), rel=1e-9)
    assert (row["estimate"], row["std_error"], row["interval"]) == (0.5, None, "square and add")
    assert row["method"].endswith("; limits squared and added")
    # Before anything has happened there is nothing to be uncertain of in either arm but its size.
    before = rows.filter(pl.col("day") == 3.0).row(0, named=True)
    low = 0.025**0.5
    assert [before["lower"], before["upper"]] == pytest.approx([low - 1, 1 - low], rel=1e-9)


def test_with_clusters_no_limits_are_combined() -> None:
    """The arms share clusters: at a survival of 1 there is neither a standard error nor an interval."""
    patients = [({"graft": 2}, 9.0), ({"graft": 4}, 9.0), ({"death": 5}, 5.0), ({}, 9.0)]
    question = small.protocol()
    clustered = question.model_copy(
        update={"analysis": question.analysis.model_copy(update={"cluster": "site"})}
    )
    found = compared(small.cohort(patients, sites=["p", "q", "p", "q"]), protocol=clustered)
    row = (
        pl.concat(found.answered.frames)
        .filter(
            pl.col("measure") == "survival_difference",
            pl.col("strategy") == "N1 ever graft",
            pl.col("day") == 6.0,
        )
        .row(0, named=True)
    )
    assert (row["estimate"], row["lower"], row["interval"]) == (0.5, None, "none")
    assert row["status"] == FindingStatus.NO_INTERVAL


def test_many_events_keep_the_normal_interval() -> None:
    died = [({"graft": 1, "death": 3 + k % 4}, 3.0 + k % 4) for k in range(8)]
    lived = [({"death": 4 + k % 2}, 4.0 + k % 2) for k in range(6)]
    patients = [*died, *[({"graft": 1}, 9.0)] * 4, *lived, *[({}, 9.0)] * 4]
    rows = pl.concat(compared(patients).answered.frames).filter(
        pl.col("measure") == "survival_difference", pl.col("strategy") == "N1 ever graft"
    )
    row = rows.filter(pl.col("day") == 6.0).row(0, named=True)
    assert row["interval"] == "plain"
    assert row["upper"] == pytest.approx(row["estimate"] + 1.959963984540054 * row["std_error"], rel=1e-12)
    assert row["method"].endswith("; variances added")


def test_the_ratio_solves_the_score_equation_of_six_patients() -> None:
    """Day 3: r and 1 tied among 2 r + 4 (Efron); day 6: r among 2 r + 1; day 7: 1 among r + 1."""

    def log_likelihood(b: float) -> float:
        r = exp(b)
        tied = log(2 * r + 4) + log(2 * r + 4 - (r + 1) / 2)
        return 2 * b - tied - log(2 * r + 1) - log(r + 1)

    def slope(b: float) -> float:
        return (log_likelihood(b + 1e-6) - log_likelihood(b - 1e-6)) / 2e-6

    b = brentq(slope, -5.0, 5.0, xtol=1e-14)
    row = one(compared(), "N4 after graft", "hazard_ratio")
    assert row["estimate"] == pytest.approx(exp(b), rel=1e-8)
    curvature = -(log_likelihood(b + 1e-3) - 2 * log_likelihood(b) + log_likelihood(b - 1e-3)) / 1e-6
    assert row["std_error"] == pytest.approx(exp(b) * curvature**-0.5, rel=1e-5)
    assert row["upper"] == pytest.approx(exp(b + 1.959963984540054 * curvature**-0.5), rel=1e-5)
    assert row["method"] == "time-dependent Cox, Efron"
    assert (row["n"], row["events"], row["day"]) == (6, 4, None)


def test_mantel_byar() -> None:
    """Expected 2/3 + 2/3 + 1/2 of 2 deaths; variance 16/45 + 2/9 + 1/4: (1/6)^2 / (149/180) = 5/149."""
    tests = pl.concat(compared().answered.tests)
    row = tests.filter(pl.col("test") == "Mantel-Byar").row(0, named=True)
    assert row["statistic"] == pytest.approx(5 / 149, rel=1e-12)
    assert (row["degrees_of_freedom"], row["n"], row["events"]) == (1, 6, 4)
    assert row["about"] == "N4 after graft"
    assert tests["test"].to_list() == ["log-rank", "log-rank", "log-rank", "Mantel-Byar"]
    month = f"{3.0 / MONTH:.12g}"
    assert tests["hypothesis"].to_list() == [
        "The rate of death is at all times the same in those who ever have graft and in those who never have "
        "it.",
        "The rate of death is at all times the same in those who have graft, counted from that day, and in "
        "those who never have it, counted from time zero.",
        f"The rate of death after month {month} is at all times the same with graft by then and without it.",
        "The rate of death is at all times the same before and after graft.",
    ]


def test_every_row_is_marked_as_naive() -> None:
    found = compared()
    frame = pl.concat(found.answered.frames)
    assert set(frame["role"]) == {"naive"}
    assert FindingStatus.OK not in set(frame["status"])
    assert set(frame["finding"]) == {"E240", "E241", "E242", "E243", "E244"}
    assert {"E240", "E241", "E242", "E243", "E244"} <= set(codes(found))
    strategies = set(frame["strategy"])
    for row in found.table.rows(named=True):
        assert {row["treated"], row["untreated"]} <= strategies


def test_nobody_is_treated() -> None:
    found = compared([({"death": 3}, 3.0), ({}, 9.0)])
    assert (found.table.height, found.answered.frames, found.answered.tests) == (0, (), ())
    assert codes(found) == ["E245"]
    assert "graft after time zero" in found.answered.findings[0].message


def test_a_treatment_after_the_event_is_none() -> None:
    """For disease-free survival a graft after the relapse does not count; for overall survival it does."""
    patients = [({"relapse": 2, "graft": 3}, 9.0), ({"relapse": 5}, 9.0)]
    assert codes(compared(patients, outcome="dfs")) == ["E245"]
    assert compared(patients, outcome="os").table["n_treated"][0] == 1


def test_the_order_of_one_day_decides() -> None:
    """A graft precedes a relapse of its day (same-day order): treated; were it the other way, not."""
    patients = [({"relapse": 2, "graft": 2}, 9.0), ({}, 9.0)]
    assert compared(patients, outcome="dfs").table["n_treated"][0] == 1
    words = small._words()[0]
    order = ("measurement", "relapse", "intervention", "event", "terminal", "censoring")
    known = small.cohort(patients)
    turned = Cohort.build(
        words.model_copy(update={"same_day_order": order}),
        patients=known.patients,
        observation=known.observation,
        interventions=known.interventions,
        events=known.events,
    )
    assert codes(compared(turned, outcome="dfs")) == ["E245"]


def test_everybody_is_treated() -> None:
    """N1 and N2 have nobody to compare with; N4 still has the time before."""
    found = compared([({"graft": 2}, 9.0), ({"graft": 4, "death": 6}, 6.0)], landmarks=(3.0,))
    assert found.table["rung"].to_list() == ["N3", "N4", "N5"]
    assert codes(found).count("E246") == 2
    assert "nobody counts as untreated" in next(
        one.message for one in found.answered.findings if one.code == "E246"
    )


@pytest.mark.parametrize(("landmark", "who"), [(1.0, "treated"), (20.0, "treated or untreated")])
def test_a_landmark_before_the_first_treatment_or_after_the_follow_up(landmark: float, who: str) -> None:
    found = compared(landmarks=(landmark,))
    assert "N3" not in found.table["rung"].to_list()
    message = next(one.message for one in found.answered.findings if one.code == "E246")
    assert f"nobody counts as {who};" in message


def test_no_event_in_an_arm() -> None:
    found = compared([({"graft": 2}, 9.0), ({"graft": 4}, 9.0), ({"death": 5}, 5.0), ({}, 9.0)])
    ratio = one(found, "N1 ever graft", "hazard_ratio")
    assert ratio["estimate"] is None
    assert ratio["lower"] is None
    assert ratio["status"] == FindingStatus.SEPARATED
    difference = pl.concat(found.answered.frames).filter(
        pl.col("measure") == "survival_difference", pl.col("strategy") == "N1 ever graft"
    )
    assert difference.filter(pl.col("day") == 6.0)["estimate"].to_list() == [0.5]
    assert difference.filter(pl.col("day") == 6.0)["status"].to_list() == [FindingStatus.BIASED]


def test_no_event_at_all() -> None:
    found = compared([({"graft": 2}, 9.0), ({}, 9.0)])
    ratio = one(found, "N4 after graft", "hazard_ratio")
    assert (ratio["estimate"], ratio["status"]) == (None, FindingStatus.NO_EVENTS)
    tests = pl.concat(found.answered.tests)
    assert set(tests["status"]) == {FindingStatus.NO_EVENTS}
    assert tests["statistic"].null_count() == tests.height


def test_events_that_never_meet_both_arms_give_no_ratio() -> None:
    """The only event comes when the untreated have all left: nothing was compared."""
    found = compared([({"graft": 2, "death": 8}, 8.0), ({}, 4.0)])
    ratio = one(found, "N1 ever graft", "hazard_ratio")
    assert (ratio["estimate"], ratio["status"]) == (None, FindingStatus.NO_EVENTS)


def test_the_treated_arm_of_simon_makuch_empties() -> None:
    """The first one treated dies alone on day 3; two more are treated on day 5 and one of them dies on 7."""
    patients = [
        ({"graft": 1, "death": 3}, 3.0),
        ({"graft": 5, "death": 7}, 7.0),
        ({"graft": 5}, 9.0),
        ({"death": 6}, 6.0),
        ({}, 9.0),
    ]
    found = compared(patients)
    assert curve(found, "N4 after graft") == {0.0: 1.0, 3.0: None, 6.0: None, 7.0: None}
    assert "E104" in codes(found)
    message = next(one.message for one in found.answered.findings if one.code == "E104")
    assert "(N4 after graft) had left by day 3" in message
    difference = pl.concat(found.answered.frames).filter(
        pl.col("measure") == "survival_difference", pl.col("strategy") == "N4 after graft"
    )
    assert set(difference["status"]) == {FindingStatus.EMPTIED}
    assert difference["estimate"].null_count() == difference.height


def test_whoever_was_treated_by_time_zero_is_left_out() -> None:
    patients = [({"graft": 0, "death": 3}, 3.0), *SIX]
    found = compared(patients)
    assert found.table.drop("position").equals(compared().table.drop("position"))
    first = found.answered.findings[0]
    assert (first.code, first.patients) == ("E108", 1)


def test_whoever_is_treated_before_being_seen_is_treated_from_entry_on() -> None:
    """Treated on day 2, under observation from day 4: never at risk as untreated."""
    known = small.cohort(
        [({"graft": 2, "death": 6}, 6.0), ({"graft": 5}, 9.0), ({}, 9.0)], starts=[4.0, -1.0, -1.0]
    )
    found = compared(known)
    row = found.table.filter(pl.col("rung") == "N4").row(0, named=True)
    assert (row["n_treated"], row["n_untreated"], row["events_treated"]) == (2, 2, 1)
    # On day 6 the first one dies among two at risk.
    assert curve(found, "N4 after graft")[6.0] == pytest.approx(0.5)


def test_whoever_is_lost_on_the_day_of_treatment_was_treated_and_adds_no_time_after_it() -> None:
    found = compared([({"graft": 3}, 3.0), *SIX])
    by_rung = {row["rung"]: row for row in found.table.rows(named=True)}
    assert by_rung["N1"]["n_treated"] == 4
    assert by_rung["N2"]["n_treated"] == 4
    assert by_rung["N4"]["n_treated"] == 3
    assert curve(found, "N2 from graft")[0.0] == pytest.approx(3 / 4)


def test_another_handling_of_the_same_intervention_changes_nothing() -> None:
    question = small.protocol()
    event = question.intercurrent_events[0].model_copy(update={"handling": Handling.COMPOSITE})
    changed = compared(protocol=question.model_copy(update={"intercurrent_events": (event,)}))
    assert pl.concat(changed.answered.frames).equals(pl.concat(compared().answered.frames))


def test_a_case_weight_of_two_is_the_patient_twice() -> None:
    question = small.protocol()
    weighted = question.model_copy(
        update={"analysis": question.analysis.model_copy(update={"weight": "load"})}
    )
    doubled = compared(small.cohort(SIX, loads=[2.0, 1.0, 1.0, 2.0, 1.0, 1.0]), protocol=weighted)
    twice = compared([*SIX, SIX[0], SIX[3]])
    values = [
        [np.nan if value is None else value for value in rows["estimate"]]
        for rows in (
            pl.concat(found.answered.frames).filter(pl.col("measure") != "hazard_ratio")
            for found in (doubled, twice)
        )
    ]
    assert values[0] == pytest.approx(values[1], rel=1e-12, nan_ok=True)
    assert one(doubled, "N1 ever graft", "hazard_ratio")["method"] == (
        "Cox, Efron, case weights, robust by patient"
    )


def test_another_event_keeps_its_handling() -> None:
    """A flare counted as an event (composite) ends the survival and stands in the sentence."""
    question = small.protocol()
    flare = question.intercurrent_events[0].model_copy(
        update={"event": "flare", "handling": Handling.COMPOSITE}
    )
    asked_for = question.model_copy(update={"intercurrent_events": (*question.intercurrent_events, flare)})
    found = compared([({"graft": 2, "flare": 4}, 9.0), ({}, 9.0)], protocol=asked_for)
    assert found.table["events_treated"][0] == 1
    assert curve(found, "N1 ever graft")[6.0] == 0.0
    sentence = one(found, "N1 ever graft", "survival")["estimand"]
    assert "still being alive without severe flare on each day (no death or severe flare so far)" in sentence
    assert "with severe flare counted as an event" in sentence
    assert "graft takes place" not in sentence


def test_sentences_say_which_group_is_which() -> None:
    sentence = one(compared(), "N4 after graft", "hazard_ratio")["estimand"]
    treated, untreated = (
        sentence.index("who have had graft by then"),
        sentence.index("have had no graft so far"),
    )
    assert sentence.index("(1)") < treated < sentence.index("(2)") < untreated


def test_patients_of_a_single_cluster_have_a_ratio_without_an_interval() -> None:
    question = small.protocol()
    clustered = question.model_copy(
        update={"analysis": question.analysis.model_copy(update={"cluster": "site"})}
    )
    found = compared(small.cohort(SIX, sites=["a"] * 6), protocol=clustered)
    ratio = one(found, "N4 after graft", "hazard_ratio")
    assert ratio["estimate"] == pytest.approx(one(compared(), "N4 after graft", "hazard_ratio")["estimate"])
    assert (ratio["std_error"], ratio["upper"], ratio["interval"]) == (None, None, "none")
    assert ratio["status"] == FindingStatus.NO_INTERVAL
    assert "E262" in codes(found)

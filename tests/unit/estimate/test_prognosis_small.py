"""The prognostic table where data are few, missing, constant or late: no number is invented."""

import numpy as np
import polars as pl
import pytest
from marked_cohorts import Patient, codes, dying, estimated, living, row

from equipoise.base.findings import FindingStatus
from equipoise.estimate.estimates import Estimates

ASKED = """
  outcomes: [os]
  by_month: 2
  covariates: [COVARIATES]
"""
KIND = "{name: kind, feature: {baseline: kind}}"
LARGE = "{name: large, feature: {baseline: large}}"
SIZE = "{name: size, feature: {baseline: size}, cut: [2]}"


def asked(*covariates: str, **changes: str) -> str:
    text = ASKED.replace("COVARIATES", ", ".join(covariates))
    for old, new in changes.items():
        text = text.replace(f"  {old}:", f"  {new}:" if ":" not in new else f"  {new}\n  {old}:")
    return text


def ratios(frame: pl.DataFrame, words: str = "alone") -> pl.DataFrame:
    return frame.filter(
        pl.col("measure") == "hazard_ratio", pl.col("method").str.starts_with(f"Cox, Efron, {words}")
    )


def shrunken(frame: pl.DataFrame) -> pl.DataFrame:
    return ratios(frame, "together, shrunken")


FEW = [dying(day, large=True) for day in (5, 15, 25, 35)] + [living(90, large=False) for _ in range(6)]


def test_a_group_without_events_is_separated_and_has_counts_and_a_shrunken_ratio():
    found = estimated(FEW, asked(LARGE))
    alone = row(ratios(found.frame), strategy="large=yes")
    assert alone["status"] == FindingStatus.SEPARATED
    assert (alone["estimate"], alone["std_error"], alone["lower"], alone["upper"]) == (None, None, None, None)
    assert alone["interval"] == "none"
    prior = row(shrunken(found.frame), strategy="large=yes")
    assert prior["estimate"] > 1.5
    assert prior["lower"] < prior["estimate"] < prior["upper"] < 100
    assert prior["interval"] == "log, posterior"
    assert prior["status"] == FindingStatus.OK
    assert found.prognosis["events"].to_list() == [0, 4]
    no = row(found.frame, strategy="large=no", measure="survival")
    assert no["estimate"] == 1.0
    # nobody of 6 by day 60, nobody lost: Clopper and Pearson
    assert no["lower"] == pytest.approx(0.025 ** (1 / 6))
    assert codes(found) & {"E205", "E207"}


def test_a_group_of_one():
    found = estimated(
        [dying(5, kind="b"), *(dying(day, kind="a") for day in (10, 20, 30)), living(90, kind="a")],
        asked(KIND),
    )
    one = row(found.frame, strategy="kind=b", measure="survival")
    assert (one["n"], one["events"], one["estimate"]) == (1, 1, 0.0)
    assert (one["lower"], one["upper"]) == (0.0, pytest.approx(0.975))  # 1 of 1: Clopper and Pearson
    assert row(shrunken(found.frame), strategy="kind=b")["estimate"] > 1


def test_no_event_at_all_gives_risks_and_says_that_there_is_nothing_to_compare():
    found = estimated([living(90, kind=kind) for kind in "aabb"], asked(KIND))
    for name in ("kind=a", "kind=b"):
        risk = row(found.frame, strategy=name, measure="survival")
        assert (risk["estimate"], risk["status"]) == (1.0, FindingStatus.FEW_EVENTS)
    shown = found.frame.filter(measure="hazard_ratio")
    assert not shown.is_empty()
    assert shown["estimate"].is_null().all()
    assert set(shown["status"]) == {str(FindingStatus.NO_EVENTS)}
    assert "E208" in codes(found)
    test = row(found.tests, test="log-rank")
    assert (test["p_value"], test["status"]) == (None, FindingStatus.NO_EVENTS)


def test_known_in_nobody_is_counted_and_gets_neither_risk_nor_ratio():
    patients = [dying(day, large=day > 20) for day in (10, 20, 30, 40)]
    found = estimated(patients, asked(KIND, SIZE, LARGE))
    for covariate in ("kind", "size"):
        table = found.prognosis.filter(covariate=covariate)
        assert set(table["n"]) == {0}
        assert set(table["missing"]) == {4}
        assert found.frame.filter(pl.col("strategy").str.starts_with(covariate)).is_empty()
    assert "E225" in codes(found)
    # and it does not empty the joint model
    joint = ratios(found.frame, "together")
    assert set(joint["strategy"]) == {"large=yes"}
    assert set(joint["n"]) == {4}


def test_a_number_that_nobody_has_at_time_zero_is_not_cut_later():
    patients = [
        Patient(day, records={"death": day}, markers=[(20, float(k))])
        for k, day in enumerate((40, 50, 60, 70, 80))
    ]
    text = asked("{name: m, feature: {last: marker}}", by_month="landmarks_months: [1]")
    found = estimated(patients, text)
    assert found.prognosis["level"].to_list() == ["per"]
    assert found.frame.filter(measure="hazard_ratio").is_empty()
    assert {"E224", "E225"} <= codes(found)
    # with a cut of the protocol there is a group at the landmark, and so a ratio as it happens
    cut = estimated(patients, text.replace("marker}}", "marker}, cut: [2]}"))
    table = cut.prognosis.filter(pl.col("landmark_month") == 1.0)
    assert table["strategy"].to_list() == ["month 1: m <= 2", "month 1: m > 2"]
    assert table["n"].to_list() == [3, 2]
    assert row(ratios(cut.frame), strategy="m + 1")["method"] == "Cox, Efron, alone, as it happens"


def test_a_constant_covariate_has_a_risk_and_no_ratio():
    found = estimated(
        [dying(day, large=True, kind="ab"[day % 2]) for day in (5, 10, 15, 20)], asked(LARGE, KIND)
    )
    assert row(found.frame, strategy="large=yes", measure="survival")["n"] == 4
    alone = row(ratios(found.frame), strategy="large=yes")
    assert (alone["estimate"], alone["status"]) == (None, FindingStatus.ONE_VALUE)
    assert "E204" in codes(found)
    # the others still have theirs
    assert row(ratios(found.frame, "together"), strategy="kind=b", interval="log")["estimate"] is not None


def test_more_coefficients_than_events():
    generator = np.random.default_rng(7)
    patients = [
        Patient(
            float(day),
            {
                "large": bool(generator.random() < 0.5),
                "size": float(generator.normal()),
                "kind": "abc"[day % 3],
            },
            {"death": float(day)} if day in (11, 21, 31) else {},
        )
        for day in range(5, 85, 2)
    ]
    found = estimated(patients, asked(KIND, LARGE, SIZE))
    assert "E223" in codes(found)
    message = next(one.message for one in found.findings if one.code == "E223")
    assert "3 events for 4 coefficients (0.8 each)" in message
    together = ratios(found.frame, "together").filter(~pl.col("method").str.contains("shrunken"))
    assert together.filter(pl.col("estimate").is_not_null())["finding"].is_in(["E223", "E205"]).all()
    prior = shrunken(found.frame)
    assert prior.height == 4
    assert prior["estimate"].is_not_null().all()
    assert (prior["upper"] / prior["lower"]).max() < np.exp(
        2 * 1.96 * 0.7
    ) + 1e-9  # never wider than the prior
    assert not prior["finding"].is_in(["E223"]).any()


DONOR = "{name: donor, feature: {baseline: donor}}"
GRAFT = "{name: graft_type, feature: {baseline: graft_type}}"


def test_a_column_known_only_later_is_unknown_until_then():
    patients = [dying(day, donor="near" if day < 50 else "far") for day in (5, 20, 40, 60, 80)]
    found = estimated(patients, asked(DONOR, by_month="landmarks_months: [1]"))
    at_zero = found.prognosis.filter(pl.col("landmark_month").is_null())
    assert at_zero["n"].to_list() == [0, 0]
    assert at_zero["missing"].to_list() == [5, 5]
    assert at_zero["varies"].all()
    later = found.prognosis.filter(pl.col("landmark_month") == 1.0)
    assert later["n"].to_list() == [1, 2]
    assert later["missing"].to_list() == [0, 0]
    message = next(one.message for one in found.findings if one.code == "E221")
    assert "5 patients" in message
    assert "unknown until then" in message
    # as it happens: the death on day 5 came before anything was known, so it is no event of the fit
    ratio = row(ratios(found.frame), strategy="donor=far")
    assert (ratio["events"], ratio["n"]) == (4, 4)
    assert ratio["method"].endswith("as it happens")


def test_a_column_known_from_an_event_is_unknown_in_those_without_it():
    patients = [
        Patient(80, {"graft_type": "bone"}, {"graft": 10, "death": 80}),
        Patient(70, {"graft_type": "blood"}, {"graft": 40, "death": 70}),
        Patient(60, {"graft_type": "blood"}, {"death": 60}),  # a value without the event must not count
        Patient(90, {"graft_type": "blood"}, {"graft": 0}),
    ]
    found = estimated(patients, asked(GRAFT, by_month="landmarks_months: [1]"))
    at_zero = found.prognosis.filter(pl.col("landmark_month").is_null())
    assert dict(zip(at_zero["level"], at_zero["n"], strict=True)) == {"bone": 0, "blood": 1}
    later = found.prognosis.filter(pl.col("landmark_month") == 1.0)
    assert dict(zip(later["level"], later["n"], strict=True)) == {"bone": 1, "blood": 1}
    assert later["missing"].to_list() == [2, 2]


def test_a_reference_that_nobody_has_gives_risks_and_a_finding():
    found = estimated(
        [dying(day, kind="ab"[day % 2]) for day in (5, 10, 15, 20)],
        asked(KIND.replace("kind}}", "kind}, reference: c}")),
    )
    assert found.frame.filter(measure="hazard_ratio").is_empty()
    assert "E226" in codes(found)
    assert row(found.frame, strategy="kind=a", measure="survival")["n"] == 2


def test_clusters_make_the_errors_and_are_named():
    patients = [
        Patient(float(10 + 5 * k), {"large": k % 2 == 0, "site": "pqr"[k % 3]}, {"death": float(10 + 5 * k)})
        for k in range(12)
    ]
    plain, clustered = estimated(patients, asked(LARGE)), estimated(patients, asked(LARGE), cluster="site")
    one, other = (
        row(ratios(plain.frame), strategy="large=yes"),
        row(ratios(clustered.frame), strategy="large=yes"),
    )
    assert one["estimate"] == pytest.approx(other["estimate"])
    assert one["std_error"] != pytest.approx(other["std_error"])
    assert other["method"] == "Cox, Efron, alone, robust over 3 clusters (t)"
    risk = row(clustered.frame, strategy="large=yes", measure="survival")
    assert risk["method"].endswith("over 3 clusters (t)")


def test_shrunken_intervals_are_posterior_also_with_clusters():
    """A level that left before the first event: the data say nothing, so what is left is the prior."""
    left = [living(2, kind="c", site=site) for site in "pq"]
    others = [
        Patient(float(10 + 5 * k), {"kind": "ab"[k % 2], "site": "pqr"[k % 3]}, {"death": float(10 + 5 * k)})
        for k in range(12)
    ]
    found = estimated([*left, *others], asked(KIND), cluster="site")
    prior = row(shrunken(found.frame), strategy="kind=c")
    assert prior["estimate"] == pytest.approx(1.0)
    limits = [np.exp(-0.7 * 1.959963984540054), np.exp(0.7 * 1.959963984540054)]
    assert [prior["lower"], prior["upper"]] == pytest.approx(limits)
    assert prior["method"] == "Cox, Efron, together, shrunken (prior SD 0.7), patients taken as independent"
    assert "E227" in codes(found)
    alone = row(ratios(found.frame), strategy="kind=c")
    assert (alone["estimate"], alone["status"]) == (None, FindingStatus.NO_EVENTS)


def test_case_weights_leave_no_likelihood_for_a_prior():
    patients = [dying(10 + 5 * k, large=k % 2 == 0, load=2.0 if k else 1.0) for k in range(8)]
    assert shrunken(estimated(patients, asked(LARGE)).frame).height == 1
    found = estimated(patients, asked(LARGE), weight="load")
    assert shrunken(found.frame).is_empty()
    assert "E227" in codes(found)
    assert row(ratios(found.frame), strategy="large=yes")["estimate"] is not None
    checks = found.tests.filter(test="proportional hazards")
    assert set(checks["status"]) == {str(FindingStatus.NOT_TESTED)}
    assert set(checks["finding"]) == {"E214"}


@pytest.mark.parametrize("outcomes", ["os", "cir"])
def test_one_cluster_gives_ratios_without_intervals(outcomes: str):
    """Its influences cancel: a standard error of 1e-17 is no certainty."""
    patients = [
        Patient(
            float(10 + 5 * k),
            {"large": k % 2 == 0, "kind": "aabba"[k % 5], "site": "p"},
            {"relapse": float(5 + 5 * k)} if k % 3 else {"death": float(10 + 5 * k)},
        )
        for k in range(14)
    ]
    text = asked(LARGE, KIND).replace("[os]", f"[{outcomes}]")
    found = estimated(patients, text, cluster="site").frame
    shown = found.filter(pl.col("measure").str.ends_with("hazard_ratio"))
    plain = shown.filter(~pl.col("method").str.contains("shrunken"))
    assert plain.height == (4 if outcomes == "os" else 8)
    assert plain["estimate"].is_not_null().all()
    for column in ("std_error", "lower", "upper"):
        assert plain[column].is_null().all()
    assert set(plain["status"]) == {str(FindingStatus.NO_INTERVAL)}
    assert set(plain["interval"]) == {"none"}
    tests = estimated(patients, text, cluster="site").tests
    assert tests["p_value"].is_null().all()


def test_a_patient_of_weight_0_has_no_say_in_the_median():
    counted = [dying(10 + 5 * k, size=float(1 + k), load=1.0) for k in range(5)]
    ignored = [dying(12 + 5 * k, size=9.0, load=0.0) for k in range(4)]
    for patients in (counted, [*counted, *ignored]):
        found = estimated(patients, asked("{name: size, feature: {baseline: size}}"), weight="load")
        assert found.prognosis["level"].to_list() == ["<= 3", "> 3", "per"]
        assert found.prognosis["n"].to_list() == [3, 2, 5]


def test_strata_compare_within():
    patients = [
        Patient(float(10 + 5 * k), {"large": k % 2 == 0, "kind": "ab"[k // 6]}, {"death": float(10 + 5 * k)})
        for k in range(12)
    ]
    found = estimated(patients, asked(LARGE, by_month="strata: [kind]"))
    assert row(ratios(found.frame), strategy="large=yes")["method"] == "Cox, Efron, alone, stratified by kind"
    test = row(found.tests, test="log-rank")
    assert "stratified by kind" in test["method"]
    whole = row(estimated(patients, asked(LARGE)).tests, test="log-rank")
    assert test["statistic"] != pytest.approx(whole["statistic"])


def test_prior_sd_null_means_no_shrunken_model():
    found = estimated(FEW, asked(LARGE, by_month="prior_sd: null"))
    assert shrunken(found.frame).is_empty()
    assert not ratios(found.frame).is_empty()


def test_a_narrow_prior_leaves_nothing_and_a_wide_one_everything():
    patients = [dying(day, large=day % 3 == 0) for day in range(5, 45)]
    joint = row(
        ratios(estimated(patients, asked(LARGE)).frame, "together"), strategy="large=yes", interval="log"
    )
    wide = row(
        shrunken(estimated(patients, asked(LARGE, by_month="prior_sd: 1000")).frame), strategy="large=yes"
    )
    assert wide["estimate"] == pytest.approx(joint["estimate"], rel=1e-6)
    assert wide["std_error"] == pytest.approx(joint["std_error"], rel=1e-6)
    narrow = row(
        shrunken(estimated(patients, asked(LARGE, by_month="prior_sd: 0.001")).frame), strategy="large=yes"
    )
    assert narrow["estimate"] == pytest.approx(1.0, abs=1e-4)


MARKER = "{name: m, feature: {last: marker}, cut: [2]}"
DEATHS = (10, 20, 30, 40, 50, 60)


def with_marker(*values: float) -> list[Patient]:
    """Deaths one after the other; a negative one is one below a limit."""
    return [
        Patient(day, records={"death": day}, markers=[(0, value)])
        for day, value in zip(DEATHS, values, strict=True)
    ]


def slope(found: Estimates) -> dict[str, object]:
    return row(ratios(found.frame), strategy="m + 1")


def test_a_value_below_a_limit_counts_as_the_limit_in_a_slope_and_this_is_said():
    exact = estimated(with_marker(1.0, 5.0, 2.0, 7.0, 3.0, 4.0), asked(MARKER))
    below = estimated(with_marker(-1.0, 5.0, -2.0, 7.0, 3.0, 4.0), asked(MARKER))
    assert "E215" not in codes(exact)
    assert slope(below)["estimate"] == slope(exact)["estimate"]
    (told,) = [one for one in below.findings if one.code == "E215"]
    assert told.patients == 2
    assert "limit itself in 2 patients (< 1 in 1 patient and < 2 in 1 patient)" in told.message
    assert "predicate" in told.remedy


def test_a_number_that_stands_with_both_signs_is_unknown_in_a_slope():
    """< 2 and > 2 would be the same number; the exact 2 stays what it is."""
    mixed = with_marker(-2.0, 5.0, 2.0, 7.0, 3.0, 4.0)
    above = Patient(70, records={"death": 70}, markers=[(0, 2.0)], bounds={0: ">"})
    found = estimated([*mixed, above], asked(MARKER))
    without = estimated(mixed[1:], asked(MARKER))
    assert slope(found)["estimate"] == pytest.approx(slope(without)["estimate"], rel=1e-12)
    assert (slope(found)["n"], slope(found)["events"]) == (5, 5)
    (told,) = [one for one in found.findings if one.code == "E215"]
    assert (told.patients, "unknown in 2 patients" in told.message) == (2, True)
    # by a cut they are low and high
    assert found.prognosis.filter(pl.col("level") != "per")["n"].to_list() == [2, 5]


def test_a_number_without_groups_is_unknown_only_where_it_is():
    """Nobody has the marker at time zero, so there is no median; two of three have it at the landmark."""
    patients = [
        Patient(90, records={"sign": 1}, markers=[(10, 1.0)]),
        Patient(90, markers=[(20, 2.0)]),
        Patient(90),
    ]
    found = estimated(patients, asked("{name: m, feature: {last: marker}}", by_month="landmarks_months: [1]"))
    message = next(one.message for one in found.findings if one.code == "E220")
    assert "m at time zero 3 of 3, m at month 1 1 of 3" in message
    told = next(one.message for one in found.findings if one.code == "E224")
    assert told.startswith("No groups by the last marker: nobody")


def test_few_events_are_said_of_a_ratio_alone_too():
    """Nine events for one coefficient are few, ten are not."""
    patients = [dying(5 + 3 * day, large=day % 3 == 0) for day in range(9)]
    patients += [living(90, large=k % 2 == 0) for k in range(10)]
    found = estimated(patients, asked(LARGE))
    alone = row(ratios(found.frame), strategy="large=yes")
    assert (alone["status"], alone["finding"]) == (FindingStatus.UNSTABLE, "E223")
    assert row(shrunken(found.frame), strategy="large=yes")["status"] == FindingStatus.OK
    message = next(one.message for one in found.findings if one.code == "E223")
    assert "alone: large 9 events. together: 9 events for 1 coefficient (9.0 each)." in message
    enough = estimated([dying(50, large=False), *patients], asked(LARGE))
    assert row(ratios(enough.frame), strategy="large=yes")["status"] == FindingStatus.OK
    assert "E223" not in codes(enough)


def test_a_treatment_among_the_covariates_is_no_effect():
    patients = [dying(10 + 5 * k, large=k % 2 == 0) for k in range(8)]
    grafted = asked("{name: grafted, predicate: {any_of: [{has: graft}, {baseline: large, eq: true}]}}")
    assert "E228" in codes(estimated(patients, grafted))
    assert "E228" not in codes(estimated(patients, asked(LARGE)))

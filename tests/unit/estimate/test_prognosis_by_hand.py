"""Groups and absolute risks of the prognostic table, worked on paper in fractions."""

from fractions import Fraction

import polars as pl
import pytest
from marked_cohorts import Patient, codes, dying, estimated, living, row
from polars.testing import assert_frame_equal
from scipy import stats

from equipoise.base.clock import months_to_days
from equipoise.base.findings import FindingStatus

KINDS = """
  outcomes: [os]
  by_month: 2
  covariates: [{name: kind, feature: {baseline: kind}}]
"""
# by day 60: of kind A deaths on days 10 and 40, one lost on day 20; of kind B one death on day 30.
SEVEN = [
    dying(10, kind="a"),
    living(20, kind="a"),
    dying(40, kind="a"),
    living(90, kind="a"),
    dying(30, kind="b"),
    living(90, kind="b"),
    living(90),
]


def test_survival_by_group_in_fractions():
    found = estimated(SEVEN, KINDS)
    a = row(found.frame, strategy="kind=a", measure="survival")
    # 4 at risk on day 10, 2 on day 40: 3/4 x 1/2
    assert a["estimate"] == pytest.approx(float(Fraction(3, 4) * Fraction(1, 2)), abs=1e-15)
    assert (a["n"], a["events"], a["at_risk"], a["day"]) == (4, 2, 1, months_to_days(2))
    assert a["versus"] is None
    assert a["role"] == "companion"
    b = row(found.frame, strategy="kind=b", measure="survival")
    assert b["estimate"] == pytest.approx(0.5)
    assert (b["n"], b["events"], b["at_risk"]) == (2, 1, 1)


def test_every_declared_level_has_a_row_and_the_unknown_are_counted():
    found = estimated(SEVEN, KINDS)
    table = found.prognosis
    assert table["level"].to_list() == ["a", "b", "c"]
    assert table["level_label"].to_list() == ["kind A", "kind B", "kind C"]
    assert table["n"].to_list() == [4, 2, 0]
    assert table["events"].to_list() == [2, 1, 0]
    assert table["missing"].to_list() == [1, 1, 1]
    assert table["reference"].to_list() == [True, False, False]  # the most frequent
    assert table["versus"].to_list() == [None, "kind=a", "kind=a"]
    assert found.where(strategy="kind=c").is_empty()
    assert "E220" in codes(found)
    message = next(one.message for one in found.findings if one.code == "E220")
    assert "kind at time zero 1 of 7" in message


def test_the_reference_can_be_named():
    found = estimated(SEVEN, KINDS.replace("kind}}", "kind}, reference: b}"))
    assert found.prognosis["versus"].to_list() == ["kind=b", None, "kind=b"]
    ratio = row(found.frame, measure="hazard_ratio", strategy="kind=a", method="Cox, Efron, alone")
    assert ratio["versus"] == "kind=b"


def test_incidence_by_group_in_fractions():
    patients = [
        Patient(90, {"large": True}, {"relapse": 5}),
        Patient(8, {"large": True}, {"death": 8}),
        Patient(12, {"large": True}, {"relapse": 12}),
        Patient(90, {"large": True}),
        Patient(90, {"large": False}),
    ]
    asked = "  outcomes: [cir]\n  by_month: 1\n  covariates: [{name: large, feature: {baseline: large}}]\n"
    found = estimated(patients, asked)
    yes = row(found.frame, strategy="large=yes", measure="cumulative_incidence")
    # 1/4, then the death competes, then half of those still well: 1/4 + 1/2 x 1/2
    assert yes["estimate"] == pytest.approx(0.5)
    assert (yes["n"], yes["events"]) == (4, 2)
    no = row(found.frame, strategy="large=no", measure="cumulative_incidence")
    assert (no["estimate"], no["events"], no["std_error"]) == (0.0, 0, None)
    assert no["status"] == FindingStatus.FEW_EVENTS
    # one patient without an event: Clopper and Pearson for 0 of 1
    assert no["upper"] == pytest.approx(stats.beta.ppf(0.975, 1, 1))
    assert row(found.prognosis, level="no")["reference"]


def test_a_number_is_cut_where_the_protocol_says_and_the_cut_belongs_below():
    patients = [
        dying(day, size=size) for day, size in ((10, 1.0), (20, 2.0), (30, 2.5), (40, 4.0), (50, 9.0))
    ]
    asked = (
        KINDS.replace("by_month: 2", "by_month: 1").replace("kind", "size").replace("}}", "}, cut: [2, 4]}")
    )
    found = estimated(patients, asked)
    table = found.prognosis
    assert table["strategy"].to_list() == ["size <= 2", "size in (2, 4]", "size > 4", "size + 1"]
    assert table["level_label"].to_list() == [
        "up to 2 cm",
        "above 2, up to 4 cm",
        "above 4 cm",
        "for each 1 cm more",
    ]
    assert table["n"].to_list() == [2, 2, 1, 5]
    assert table["events"].to_list() == [2, 1, 0, 3]  # by day 30.4
    assert "E222" not in codes(found)


def test_without_a_cut_the_median_at_time_zero_is_used_and_said():
    patients = [living(90, size=size) for size in (1.0, 2.0, 3.0, 10.0)] + [dying(5)]
    asked = "  outcomes: [os]\n  by_month: 1\n  covariates: [{name: size, feature: {baseline: size}}]\n"
    found = estimated(patients, asked)
    assert found.prognosis["strategy"].to_list()[:2] == ["size <= 2.5", "size > 2.5"]
    assert found.prognosis["level_label"][0] == "up to 2.5 cm (median)"
    assert found.prognosis["n"].to_list() == [2, 2, 4]
    assert found.prognosis["missing"].to_list() == [1, 1, 1]
    message = next(one.message for one in found.findings if one.code == "E222")
    assert "2.5, the median" in message


def test_a_value_below_the_limit_is_low_only_as_far_as_it_is_known():
    patients = [
        Patient(90, markers=[(0, -0.1)]),  # < 0.1
        Patient(90, markers=[(0, -5.0)]),  # < 5: below or above 1, nobody knows
        Patient(90, markers=[(0, 3.0)]),
        Patient(90, markers=[(0, 1.0)]),
        Patient(90),
    ]
    asked = "  outcomes: [os]\n  by_month: 1\n  covariates: [{name: m, feature: {last: marker}, cut: [1]}]\n"
    table = estimated(patients, asked).prognosis
    assert table.filter(pl.col("level") != "per")["n"].to_list() == [2, 1]
    assert table["missing"].to_list()[0] == 2


LANDMARK = """
  outcomes: [os]
  by_month: 1
  landmarks_months: [1]
  covariates: [{name: sign, label: sign so far, predicate: {has: sign}}]
"""
# The landmark is day 30 (30.4375 lies in it), the horizon day 60 (60.875).
AT_LANDMARK = [
    Patient(20, {}, {"death": 20}),  # dead before
    Patient(30, {}, {"death": 30}),  # dead on the day itself
    Patient(30),  # lost on the day itself
    Patient(45, {}, {"sign": 10, "death": 45}),
    Patient(90, {}, {"sign": 30}),  # a sign of the day counts
    Patient(90, {}, {"sign": 31}),  # one of the next day does not
    Patient(60, {}, {"death": 60}),
    Patient(61, {}, {"death": 61}),  # after the horizon
    Patient(90, {}, {"sign": 5}, start=29.0),  # under observation since
    Patient(90, {}, {"sign": 5}, start=30.0),  # from the next day on: not seen at the landmark day's end
    Patient(90, {}, {"sign": 5}, start=40.0),  # not yet
]


def test_a_landmark_counts_those_still_there_by_what_is_known_then():
    found = estimated(AT_LANDMARK, LANDMARK)
    yes = row(found.frame, strategy="month 1: sign=yes", measure="survival")
    no = row(found.frame, strategy="month 1: sign=no", measure="survival")
    assert yes["day"] == no["day"] == pytest.approx(2 * 365.25 / 12)
    # yes: dead on 45, alive, two under observation by the end of day 30
    assert (yes["n"], yes["events"]) == (4, 1)
    assert yes["estimate"] == pytest.approx(0.75)
    # no: the sign of day 31, dead on 60, dead on 61
    assert (no["n"], no["events"]) == (3, 1)
    assert no["estimate"] == pytest.approx(2 / 3)
    assert yes["method"].startswith("Kaplan-Meier, landmark")
    table = found.prognosis.filter(pl.col("landmark_month") == 1.0)
    assert table["n"].to_list() == [3, 4]
    assert table["versus"].to_list() == [None, "month 1: sign=no"]
    assert table["varies"].to_list() == [True, True]


def test_who_is_not_observed_at_the_landmark_does_not_count_there_nor_later():
    """A gap that begins on day 30 is one at the landmark; one that ends on it is over."""
    gone = Patient(40, {}, {"sign": 5, "death": 40}, gap=(30, 35))
    back = Patient(70, {}, {"sign": 5, "death": 70}, gap=(20, 30))
    found = estimated([*AT_LANDMARK, gone, back], LANDMARK)
    yes = row(found.frame, strategy="month 1: sign=yes", measure="survival")
    assert (yes["n"], yes["events"]) == (5, 1)
    assert yes["estimate"] == pytest.approx(0.8)


def test_nothing_after_the_landmark_moves_anybody_between_its_groups():
    edited = [
        Patient(
            one.last,
            one.columns,
            {k: v + 40 if v > 30 and k == "sign" else v for k, v in one.records.items()},
        )
        for one in AT_LANDMARK[:8]
    ]
    for patients in (AT_LANDMARK[:8], edited):
        table = estimated(patients, LANDMARK).prognosis.filter(pl.col("landmark_month") == 1.0)
        assert table["n"].to_list() == [3, 2]


def test_what_does_not_vary_has_no_landmark():
    found = estimated(SEVEN, KINDS.replace("  covariates", "  landmarks_months: [1]\n  covariates"))
    assert found.prognosis["landmark_month"].is_null().all()
    assert not found.prognosis["varies"].any()


def test_weights_count_and_weight_two_is_the_patient_twice():
    once = [dying(10, kind="a", load=2.0), dying(40, kind="a", load=1.0), dying(20, kind="b", load=1.0)]
    twice = [once[0], once[0], once[1], once[2]]
    weighted = estimated(once, KINDS, weight="load")
    plain = estimated(twice, KINDS)
    for name in ("kind=a", "kind=b"):
        ours = row(weighted.frame, strategy=name, measure="survival")
        assert ours["estimate"] == pytest.approx(
            row(plain.frame, strategy=name, measure="survival")["estimate"]
        )


def test_the_order_of_the_patients_does_not_matter():
    forwards, backwards = estimated(SEVEN, KINDS), estimated(SEVEN[::-1], KINDS)
    assert forwards.prognosis.equals(backwards.prognosis)
    assert forwards.frame.equals(backwards.frame)
    assert_frame_equal(forwards.tests, backwards.tests, rel_tol=1e-12)


def test_the_horizon_after_a_landmark_is_counted_in_months_from_time_zero():
    """Month 6 lies in day 182, month 30 in day 913: an event of that day counts, one of the next does not."""
    late = LANDMARK.replace("by_month: 1", "by_month: 24").replace("[1]", "[6]")
    for day, events in ((913.0, 1), (914.0, 0)):
        patients = [Patient(day, {}, {"death": day}), *(Patient(1000) for _ in range(3))]
        found = estimated(patients, late)
        assert row(found.frame, strategy="month 6: sign=no", measure="survival")["events"] == events


def test_a_landmark_without_events_has_an_exact_interval():
    found = estimated([Patient(90, {}, {"sign": 5}) for _ in range(4)] + [Patient(90)], LANDMARK)
    yes = row(found.frame, strategy="month 1: sign=yes", measure="survival")
    # 0 of 4, nobody lost: Clopper and Pearson
    assert (yes["estimate"], yes["interval"]) == (1.0, "beta product")
    assert yes["lower"] == pytest.approx(0.025 ** (1 / 4))


def test_a_group_of_whom_nobody_got_to_the_landmark_has_no_risk_there():
    gone = [Patient(20, {}, {"sign": 5, "death": 20}), Patient(15, {}, {"sign": 5})]
    found = estimated([*gone, Patient(90), Patient(90)], LANDMARK)
    assert found.where(strategy="month 1: sign=yes").is_empty()
    table = found.prognosis.filter(pl.col("landmark_month") == 1.0)
    assert dict(zip(table["level"], table["n"], strict=True)) == {"no": 2, "yes": 0}

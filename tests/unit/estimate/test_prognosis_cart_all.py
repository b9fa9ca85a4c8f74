"""The shipped protocol for CAR T-cells: genetic groups, burden, loss of B-cell aplasia by month, NGS-MRD."""

from typing import Any

import polars as pl
import pytest
from marked_cohorts import codes, row

from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import enrol
from equipoise.estimate.estimate import estimate_outcomes
from equipoise.estimate.estimates import Estimates
from equipoise.protocol.read import read_question

# Loss of aplasia as an event or as a measured state; the landmark is day 28 + 91 = 119.
LOSSES: list[dict[str, float]] = [
    {"event": 60.0},
    {"state": 70.0},
    {},
    {"event": 20.0},
    {"event": 119.0},
    {"event": 120.0},
    {},
    {"state": 100.0},
    {},
    {"event": 90.0},
]
# Last NGS-MRD by that landmark: (day, value, bound).
NGS: list[list[tuple[float, float, str]]] = [
    [(60, 1e-6, "<"), (90, 2e-6, "=")],
    [(60, 1e-6, "=")],
    [(60, 1e-6, "<")],
    [],
    [(60, 5e-5, "=" ), (100, 1e-6, "<")],
    [(130, 1e-3, "=")],
    [(60, 1e-5, "<")],
    [(28, 1e-4, "=")],
    [(90, 1e-7, "=")],
    [],
]  # fmt: skip
DEATHS = {0: 300.0, 1: 250.0, 4: 400.0, 7: 200.0}
RELAPSES = {0: 200.0, 1: 180.0, 4: 390.0, 7: 150.0, 5: 350.0}
GENETICS = ["kmt2a", "ph", "other", "other", "tp53", "other", None, "kmt2a", "other", "other"]
BURDENS: list[float | None] = [60.0, 5.0, 1.0, None, 30.0, 0.0, 5.5, 90.0, 3.0, 4.0]


@pytest.fixture(scope="module")
def found() -> Estimates:
    protocol, vocabulary = read_question("cart_all")
    known = cohort(vocabulary)
    return estimate_outcomes(protocol, known, enrol(protocol, known))


def cohort(vocabulary: Any) -> Cohort:
    n = len(LOSSES)
    who = pl.Series("patient", range(n), dtype=pl.Int32)
    events: list[tuple[int, str, float]] = [(i, "remission", 28.0) for i in range(n)]
    events += [(i, "bca_loss", one["event"]) for i, one in enumerate(LOSSES) if "event" in one]
    events += [(i, "relapse", day) for i, day in RELAPSES.items()]
    events += [(i, "death", day) for i, day in DEATHS.items()]
    measured: list[tuple[int, str, float, float | None, str | None, str]] = [
        (i, "flow_mrd", 28.0, 1e-4, None, "<") for i in range(n)
    ]
    measured += [
        (i, "bca", one["state"], None, "lost", "=") for i, one in enumerate(LOSSES) if "state" in one
    ]
    measured += [
        (i, "ngs_mrd", day, value, None, bound) for i, one in enumerate(NGS) for day, value, bound in one
    ]
    return Cohort.build(
        vocabulary,
        patients=pl.DataFrame(
            [
                who,
                pl.Series("age", [float(5 + i) for i in range(n)]),
                pl.Series("prior_car", [False] * n),
                pl.Series("genetics", GENETICS, dtype=pl.String),
                pl.Series("burden", BURDENS, dtype=pl.Float64),
                pl.Series("extramedullary", [i % 2 == 0 for i in range(n)]),
                pl.Series("prior_hct", [0] * n, dtype=pl.Int64),
            ]
        ),
        observation=pl.DataFrame(
            [
                who,
                pl.Series("start", [0.0] * n),
                pl.Series("stop", [DEATHS.get(i, 1500.0) for i in range(n)]),
            ]
        ),
        measurements=pl.DataFrame(
            measured,
            schema={
                "patient": pl.Int32,
                "name": pl.String,
                "day": pl.Float64,
                "value": pl.Float64,
                "state": pl.String,
                "bound": pl.String,
            },
            orient="row",
        ),
        events=pl.DataFrame(
            events, schema={"patient": pl.Int32, "name": pl.String, "day": pl.Float64}, orient="row"
        ),
    )


def test_genetic_groups_are_all_there_and_the_unknown_is_none_of_them(found: Estimates):
    table = found.prognosis.filter(outcome="dfs", covariate="genetics")
    assert dict(zip(table["level"], table["n"], strict=True)) == {
        "kmt2a": 2,
        "ph": 1,
        "hypodiploid": 0,
        "tp53": 1,
        "other": 5,
    }
    assert set(table["missing"]) == {1}
    kmt2a = row(found.frame, outcome="dfs", strategy="genetics=kmt2a", measure="survival")
    assert (kmt2a["estimate"], kmt2a["events"]) == (0.0, 2)
    assert row(found.prognosis, outcome="dfs", strategy="genetics=other")["reference"]


def test_burden_is_cut_at_five_percent(found: Estimates):
    table = found.prognosis.filter(outcome="dfs", covariate="burden")
    assert table["strategy"].to_list() == ["burden <= 5", "burden > 5", "burden + 10"]
    assert table["n"].to_list() == [5, 4, 9]


def test_loss_of_aplasia_by_month_however_it_was_recorded(found: Estimates):
    at_zero = found.prognosis.filter(outcome="dfs", covariate="bca_lost").filter(
        pl.col("landmark_month").is_null()
    )
    assert at_zero["n"].to_list() == [9, 1]
    later = found.prognosis.filter(outcome="dfs", covariate="bca_lost", landmark_month=3.0)
    # all ten are event-free on day 119; lost by then: 0, 1, 3, 4, 7, 9
    assert dict(zip(later["level"], later["n"], strict=True)) == {"no": 4, "yes": 6}
    lost = row(found.frame, outcome="dfs", strategy="month 3: bca_lost=yes", measure="survival")
    assert lost["estimate"] == pytest.approx(2 / 6)
    kept = row(found.frame, outcome="dfs", strategy="month 3: bca_lost=no", measure="survival")
    assert kept["estimate"] == pytest.approx(3 / 4)


def test_ngs_by_month_is_known_only_where_it_was_measured(found: Estimates):
    later = found.prognosis.filter(outcome="dfs", covariate="ngs_positive", landmark_month=3.0)
    # positive 0, 1, 7; negative 2, 4, 8; unknown 3, 5, 9 (none yet) and 6 (below 1e-5, above or below 1e-6)
    assert dict(zip(later["level"], later["n"], strict=True)) == {"no": 3, "yes": 3}
    assert set(later["missing"]) == {4}
    message = next(one.message for one in found.findings if one.code == "E220" and "'dfs'" in one.message)
    assert "ngs_positive at month 3 4 of 10" in message


def test_what_nobody_differs_in_has_no_ratio(found: Estimates):
    ratios = found.frame.filter(outcome="dfs", strategy="prior_hct=yes", measure="hazard_ratio")
    assert ratios["estimate"].is_null().all()
    assert "E204" in codes(found)


def test_what_is_said_of_columns_alone_is_fixed_and_not_judged_again(found: Estimates):
    table = found.prognosis.filter(outcome="dfs")
    fixed = table.filter(covariate="prior_hct")
    assert fixed["varies"].to_list() == [False, False]
    assert fixed["landmark_month"].to_list() == [None, None]
    assert table.filter(covariate="bca_lost")["varies"].all()
    assert table.filter(covariate="ngs_positive")["varies"].all()


def test_hypotheses_are_sentences_with_labels_as_inside_a_sentence(found: Estimates):
    tests = found.tests.filter(outcome="dfs")
    said = {
        (one["test"], one["about"], one["landmark_month"]): one["hypothesis"]
        for one in tests.iter_rows(named=True)
    }
    assert said["log-rank", "B-cell aplasia lost", 3.0] == (
        "The rate of relapse or death after month 3 is at all times the same in the groups by B-cell aplasia "
        "lost (no, yes)."
    )
    assert said["log-rank", "Genetic group", None] == (
        "The rate of relapse or death is at all times the same in the groups by genetic group (KMT2A "
        "rearranged, BCR::ABL1, TP53 altered, other)."
    )
    gray = found.tests.filter(outcome="relapse", test="Gray", about="Genetic group").row(0, named=True)
    assert gray["hypothesis"].startswith(
        "The cumulative incidence of relapse or death of leukaemia is at all"
    )


def test_few_events_are_said_and_the_shrunken_ratios_are_there(found: Estimates):
    assert "E223" in codes(found)
    prior = found.frame.filter(pl.col("method").str.contains("shrunken"), outcome="dfs")
    shown = prior.filter(pl.col("strategy") != "prior_hct=yes")
    assert not shown.is_empty()
    assert shown.filter(strategy="bca_lost=yes")["estimate"].is_not_null().all()

"""Few clusters: t quantiles with clusters - 1 degrees of freedom, on every interval of the row."""

import math

import polars as pl
import pytest
from scipy.stats import t

from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import enrol
from equipoise.estimate.estimate import estimate_outcomes
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_protocol

VOCABULARY = """
name: wards
title: Wards
origin: {label: admission}
resolution: 1
events:
  death: {label: death, terminal: true}
structures:
  life:
    label: Life
    start: alive
    states: {alive: {label: Alive}, dead: {label: Dead}}
    arrows: [{from: alive, on: death, to: dead}]
outcomes:
  os:
    label: Survival
    abbreviation: OS
    structure: life
    kind: survival
    states: [alive]
    is: alive
    event: death
"""
PROTOCOL = """
title: Wards
vocabulary: wards
population: {all_of: [{not_: {has: death}}]}
time_zero: {kind: landmark, after: origin, day: 0}
structure: life
outcomes: [os]
intercurrent_events: []
report: {every_months: 1, until_month: 1, at_months: [1], restricted_to_months: [1]}
analysis: {variance: ij, interval: default, cluster: site, weight: null}
"""

SURVIVAL = (pl.col("outcome") == "os") & (pl.col("measure") == "survival") & (pl.col("day") > 0)


@pytest.fixture
def rows() -> pl.DataFrame:
    days = [3.0, 40.0, 40.0, 7.0, 9.0, 40.0, 40.0, 20.0, 40.0, 25.0, 40.0, 11.0]
    dies = [day < 40 for day in days]
    patient = list(range(12))
    cohort = Cohort.build(
        read_vocabulary(VOCABULARY),
        patients=pl.DataFrame({"patient": patient, "site": [f"ward {i % 3}" for i in patient]}),
        observation=pl.DataFrame({"patient": patient, "start": [0.0] * 12, "stop": days}),
        events=pl.DataFrame(
            {
                "patient": [i for i in patient if dies[i]],
                "day": [days[i] for i in patient if dies[i]],
                "name": ["death"] * sum(dies),
            }
        ),
    )
    protocol: Protocol = read_protocol(PROTOCOL)
    return estimate_outcomes(protocol, cohort, enrol(protocol, cohort)).frame


def test_survival_interval_uses_t_with_two_degrees_of_freedom(rows: pl.DataFrame) -> None:
    row = rows.filter(SURVIVAL).row(0, named=True)
    survival, error = row["estimate"], row["std_error"]
    assert survival == pytest.approx(6 / 12)  # days 3, 7, 9, 11, 20, 25 before day 30.4
    spread = math.exp(t.ppf(0.975, 2) * error / (survival * -math.log(survival)))
    assert row["lower"] == pytest.approx(survival**spread, rel=1e-12)
    assert row["upper"] == pytest.approx(survival ** (1 / spread), rel=1e-12)
    assert "over 3 clusters (t)" in row["method"]


def test_cluster_error_by_hand(rows: pl.DataFrame) -> None:
    """Without censoring the influence of a patient is (alive - S) / n; sums by ward, squared."""
    alive = [0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0]
    sums = [sum(alive[i] - 0.5 for i in range(ward, 12, 3)) / 12 for ward in range(3)]
    row = rows.filter(SURVIVAL).row(0, named=True)
    assert row["std_error"] == pytest.approx(math.sqrt(sum(x * x for x in sums)), rel=1e-12)


def test_restricted_mean_uses_the_same_quantile(rows: pl.DataFrame) -> None:
    row = rows.filter((pl.col("outcome") == "os") & (pl.col("measure") == "restricted_mean")).row(
        0, named=True
    )
    half = t.ppf(0.975, 2) * row["std_error"]
    assert row["lower"] == pytest.approx(max(row["estimate"] - half, 0.0), rel=1e-12)
    assert row["upper"] == pytest.approx(min(row["estimate"] + half, row["day"]), rel=1e-12)


def test_time_lost_to_a_cause_has_limits_on_the_logit_scale_of_its_share(rows: pl.DataFrame) -> None:
    row = rows.filter(pl.col("measure") == "time_lost").row(0, named=True)
    horizon, share = row["day"], row["estimate"] / row["day"]
    half = t.ppf(0.975, 2) * row["std_error"] / horizon / (share * (1 - share))
    odds = share / (1 - share)
    for limit, place in ((odds * math.exp(-half), "lower"), (odds * math.exp(half), "upper")):
        assert row[place] == pytest.approx(horizon * limit / (1 + limit), rel=1e-12)
    assert row["interval"] == "logit of the share of the horizon"

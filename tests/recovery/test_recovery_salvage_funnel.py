"""N7 in a world whose truth is known: what the salvage funnel flatters, and with what error it says so.

From relapse on patients are grafted at one constant rate and die at another; after the graft they die at a
third. Survival from the graft, survival of everybody and the probability of getting there have closed forms.
"""

from functools import cache

import numpy as np
import polars as pl
import pytest
from illness_death import PROTOCOL, Rates, courses, last_days, registry

from equipoise.base.clock import Clock, months_to_days
from equipoise.emulate.enrol import enrol
from equipoise.estimate.analysis import Analysis
from equipoise.estimate.analysis import courses as weighted_courses
from equipoise.estimate.funnel import funnel
from equipoise.estimate.naive.from_last_step import from_last_step
from equipoise.estimate.plan import Plan
from equipoise.protocol.naive import NaiveComparison
from equipoise.protocol.read import read_protocol

RATES = Rates()
MONTHS = (6.0, 12.0)
DAYS = np.array([0.0, *(months_to_days(month) for month in MONTHS)])
REPLICATES = 200
ASKED = NaiveComparison(
    name="ladder", label="Ladder", intervention="graft", outcomes=("os",), funnel="salvage"
)


def analysis(n: int, seed: int) -> Analysis:
    cohort = registry(courses(n, RATES, seed=seed), last_days(n, seed=seed))
    question = read_protocol(PROTOCOL)
    report = question.report.model_copy(update={"until_month": 12.0, "at_months": MONTHS})
    protocol = question.model_copy(update={"report": report})
    enrolment = enrol(protocol, cohort)
    plan = Plan(DAYS, np.array([]), 0.95, "ij", Clock(1.0))
    return Analysis(protocol, cohort, enrolment, plan, weighted_courses(protocol, cohort, enrolment, plan))


def truth(day: float) -> tuple[float, float, float]:
    """From the graft, of everybody, and the probability of getting there by a day (a whole one)."""
    day = np.floor(day)
    out = RATES.rescue + RATES.relapsed_death
    state = RATES.probability(day, start=2)
    return (
        float(np.exp(-RATES.rescued_death * day)),
        float(state[2] + state[3]),
        float(RATES.rescue / out * (1 - np.exp(-out * day))),
    )


@cache
def differences() -> pl.DataFrame:
    """The difference at month 12 in many registries of 250 patients, a little over half of whom relapse."""
    frames = []
    for seed in range(REPLICATES):
        (rows,) = from_last_step(ASKED, analysis(250, 500 + seed)).answered.frames
        frames.append(rows.tail(1))
    return pl.concat(frames)


def test_the_difference_is_how_much_the_funnel_flatters() -> None:
    arrived, everybody, _ = truth(DAYS[-1])
    assert arrived > everybody + 0.25
    value = differences()["estimate"].to_numpy()
    assert abs(value.mean() - (arrived - everybody)) < 4 * value.std(ddof=1) / REPLICATES**0.5


def test_its_error_and_interval_are_honest() -> None:
    """Standard errors within 15 % of the spread; 95 % intervals cover as often, up to chance."""
    arrived, everybody, _ = truth(DAYS[-1])
    found = differences()
    value, error = found["estimate"].to_numpy(), found["std_error"].to_numpy()
    assert error.mean() == pytest.approx(value.std(ddof=1), rel=0.15)
    assert set(found["interval"]) == {"plain"}
    covered = ((found["lower"] <= arrived - everybody) & (found["upper"] >= arrived - everybody)).mean()
    margin = 4 * (0.95 * 0.05 / REPLICATES) ** 0.5
    assert abs(covered - 0.95) < margin


def test_who_gets_there_is_told_with_death_competing_and_not_otherwise() -> None:
    one = analysis(12_000, 11)
    frame = pl.concat(funnel(one.protocol.funnels[0], one).answered.frames)
    reached = frame.filter(pl.col("outcome") == "salvage:graft")
    for month in MONTHS:
        day = months_to_days(month)
        _, _, known = truth(day)
        rows = {row["measure"]: row for row in reached.filter(pl.col("day") == day).to_dicts()}
        right, wrong = rows["cumulative_incidence"], rows["one_minus_survival"]
        assert abs(right["estimate"] - known) < 4 * right["std_error"]
        assert right["std_error"] < 0.01
        # What it does estimate: getting there in a world without death.
        alone = 1 - np.exp(-RATES.rescue * np.floor(day))
        assert wrong["estimate"] == pytest.approx(alone, abs=0.03)
        assert wrong["estimate"] > known + 10 * right["std_error"]
        assert (wrong["role"], wrong["finding"]) == ("naive", "E110")


def test_waiting_and_arriving_compose_everybody() -> None:
    """Equation 4.4 against the closed form and the direct curve, on every day of a year's months."""
    one = analysis(12_000, 12)
    frame = pl.concat(funnel(one.protocol.funnels[0], one).answered.frames)
    for month in MONTHS:
        day = months_to_days(month)
        _, known, _ = truth(day)
        at = frame.filter(pl.col("day") == day, pl.col("measure") == "survival", pl.col("outcome") == "os")
        rows = {row["strategy"]: row for row in at.to_dicts()}
        everybody, together = rows["from relapse"], rows["from relapse, composed"]
        assert abs(everybody["estimate"] - known) < 4 * everybody["std_error"]
        assert abs(together["estimate"] - known) < 4 * everybody["std_error"]
        assert abs(rows["from graft after relapse"]["estimate"] - known) > 20 * everybody["std_error"]

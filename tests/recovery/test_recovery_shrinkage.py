"""Seven log hazard ratios drawn from N(0, 0.7^2), 47 patients, half of them with the event.

Under its own prior the shrunken model must have the smaller error and intervals that cover as often as they
say; the unshrunken one is known to lie too far from 0 and to be too sure of itself (Peduzzi and others 1995).
With a prior ten times too narrow the shrunken intervals must fail: the test can tell.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
import polars as pl
import pytest

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.history import event_history
from equipoise.estimate.regression.cox import cox
from equipoise.estimate.regression.regression import RegressionPlan
from equipoise.language.feature import Baseline
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.prognosis import Covariate

COHORTS, N, PRIOR_SD = 200, 47, 0.7
COLUMNS = ("half", "third", "quarter", "sixth", "one", "two", "three")
SHARES = (1 / 2, 1 / 3, 1 / 4, 1 / 6)
VOCABULARY = f"""
name: seven
title: Seven hazard ratios
origin: {{label: entry}}
patients:
  {"".join(f"{name}: {{type: quantity, label: {name}}}" + chr(10) + "  " for name in COLUMNS)}
resolution: 1
events: {{death: {{label: death, terminal: true}}}}
structures:
  course:
    label: Course
    start: alive
    states: {{alive: {{label: Alive}}, dead: {{label: Dead}}}}
    arrows: [{{from: alive, on: death, to: dead}}]
outcomes:
  os:
    {{label: Survival, abbreviation: OS, structure: course, kind: survival, states: [alive], is: alive,
     event: death}}
"""
COVARIATES = [Covariate(name=name, feature=Baseline(column=name)) for name in COLUMNS]


def simulate(truth: np.ndarray, draw: np.random.Generator) -> Cohort:
    """A cohort under exponential hazards, times rounded up to whole days."""
    marks = np.column_stack([draw.random(N) < share for share in SHARES])
    x = np.column_stack([marks, draw.standard_normal((N, 3))]).astype(float)
    death = np.ceil(draw.exponential(1.0, N) * 200 / np.exp((x - x.mean(axis=0)) @ truth))
    end = np.ceil(draw.uniform(60, 400, N))
    died, who = death <= end, np.arange(N, dtype=np.int32)
    return Cohort.build(
        read_vocabulary(VOCABULARY),
        patients=pl.DataFrame({"patient": who, **{name: x[:, k] for k, name in enumerate(COLUMNS)}}),
        observation=pl.DataFrame({"patient": who, "start": np.full(N, -1.0), "stop": np.fmin(death, end)}),
        events=pl.DataFrame({"patient": who[died], "day": death[died]}).with_columns(name=pl.lit("death")),
    )


def estimates(cohort: Cohort, prior_sd: float | None) -> np.ndarray:
    """Log ratio, lower and upper limit of each column: float64[7, 3]; NaN without a number."""
    history = event_history(cohort, "course", time_zero=0.0)
    table = cox(history, cohort, COVARIATES, RegressionPlan(prior_sd=prior_sd)).table
    return table.select(pl.col("coefficient"), pl.col("lower", "upper").log()).fill_null(np.nan).to_numpy()


@cache
def repeated() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The truths, float64[cohorts, 7], and the answers of three models, float64[cohorts, 7, 3]."""
    models = {"alone": None, "prior": PRIOR_SD, "narrow": PRIOR_SD / 10}

    def replicates() -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
        for number in range(COHORTS):
            draw = np.random.default_rng([20261123, number])
            truth = PRIOR_SD * draw.standard_normal(len(COLUMNS))
            cohort = simulate(truth, draw)
            yield truth, {name: estimates(cohort, sd) for name, sd in models.items()}

    found = list(replicates())
    return np.array([truth for truth, _ in found]), {
        name: np.array([answer[name] for _, answer in found]) for name in models
    }


def error(model: str) -> float:
    truth, answers = repeated()
    return float(np.sqrt(np.nanmean((answers[model][:, :, 0] - truth) ** 2)))


def coverage(model: str) -> tuple[float, float]:
    """Share of intervals that hold the truth, and its standard error (cohorts are independent)."""
    truth, answers = repeated()
    _, lower, upper = np.moveaxis(answers[model], 2, 0)
    known = np.isfinite(lower)
    held = np.where(known, (lower <= truth) & (truth <= upper), np.nan)
    by_cohort = np.nanmean(held, axis=1)
    return float(np.nanmean(held)), float(by_cohort.std(ddof=1) / np.sqrt(COHORTS))


def slope(model: str) -> float:
    truth, answers = repeated()
    value = answers[model][:, :, 0]
    known = np.isfinite(value)
    return float((value[known] * truth[known]).sum() / (truth[known] ** 2).sum())


def test_the_shrunken_ratios_have_the_smaller_error():
    assert error("prior") < 0.8 * error("alone")
    assert error("prior") < PRIOR_SD  # and know more than the prior


def test_the_intervals_of_the_shrunken_ratios_cover_under_their_prior():
    share, uncertainty = coverage("prior")
    assert share == pytest.approx(0.95, abs=3 * uncertainty + 0.005)


def test_unshrunken_ratios_lie_too_far_from_one_and_their_intervals_are_too_short():
    assert slope("alone") > 1.05
    share, uncertainty = coverage("alone")
    assert share < 0.95
    assert share > 0.90 - 3 * uncertainty


def test_shrunken_ratios_are_pulled_towards_one():
    assert 0.5 < slope("prior") < 0.95


def test_a_prior_that_is_far_too_narrow_fails():
    share, _ = coverage("narrow")
    assert share < 0.5
    assert error("narrow") > error("prior")


def test_a_shrunken_ratio_always_has_a_number():
    _, answers = repeated()
    assert np.isfinite(answers["prior"]).all()
    assert not np.isfinite(answers["alone"]).all()  # in some cohort a ratio runs to infinity

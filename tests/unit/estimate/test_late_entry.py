"""Late entry and gaps: whose variance, who is where, and what is not known."""

import numpy as np
import polars as pl
import pytest
import small_cohorts as small
from scipy.stats import norm

from equipoise.estimate.outcomes import natural_outcome


def rows_of(name: str, frame: pl.DataFrame, measure: str) -> pl.DataFrame:
    return frame.filter((pl.col("outcome") == name) & (pl.col("measure") == measure))


def weighted_curve(
    start: np.ndarray, stop: np.ndarray, died: np.ndarray, weight: np.ndarray, times: np.ndarray
) -> np.ndarray:
    """Kaplan-Meier from its definition."""
    at_risk = ((start < times[:, None]) & (stop >= times[:, None])) @ weight
    deaths = ((stop == times[:, None]) & died) @ weight
    return np.cumprod(1 - deaths / at_risk)


@pytest.mark.parametrize("seed", range(12))
def test_limits_of_a_median_with_late_entry_use_the_jackknife(seed: int) -> None:
    """With late entry the jackknife is not Greenwood's variance, and the row names the jackknife."""
    draw = np.random.default_rng(seed)
    start = np.where(draw.random(40) < 0.6, np.ceil(draw.exponential(15, 40)), 0.0)
    stop = start + np.ceil(draw.exponential(20, 40))
    died = draw.random(40) < 0.8
    known = small.cohort(
        [
            ({"death": day} if dead else {}, day)
            for day, dead in zip(stop.tolist(), died.tolist(), strict=True)
        ],
        starts=start.tolist(),
    )
    frame = pl.concat(natural_outcome("os", small.analysis(small.protocol(), known, [0.0])).frames)
    row = rows_of("os", frame, "median").row(0, named=True)
    times = np.unique(stop[died])
    step, one = 1e-5, np.ones(40)
    moved = [
        weighted_curve(start, stop, died, one + step * unit, times)
        - weighted_curve(start, stop, died, one - step * unit, times)
        for unit in np.eye(40)
    ]
    error = np.sqrt(np.sum((np.array(moved) / (2 * step)) ** 2, axis=0))
    survival = weighted_curve(start, stop, died, one, times)
    inside = (survival > 1e-9) & (survival < 1)
    s, se, t = survival[inside], error[inside], times[inside]
    spread = np.exp(norm.ppf(0.975) * se / (s * -np.log(s)))
    for limit, column in ((s**spread, "lower"), (s ** (1 / spread), "upper")):
        under = t[limit <= 0.5]
        assert row[column] == (under[0] if under.size else None)


def test_a_median_that_only_the_last_death_reaches_has_no_limits_with_clusters_either() -> None:
    """At S = 0 the log-log limits are [0, 1] and say nothing; R's quantile gives none."""
    asked = small.protocol()
    clustered = asked.model_copy(update={"analysis": asked.analysis.model_copy(update={"cluster": "site"})})
    known = small.cohort([({"death": 7.0}, 7.0)] * 3, sites=["a", "b", "c"])
    frame = pl.concat(natural_outcome("os", small.analysis(clustered, known, [0.0])).frames)
    row = rows_of("os", frame, "median").row(0, named=True)
    assert (row["estimate"], row["lower"], row["upper"], row["interval"]) == (7.0, None, None, "none")

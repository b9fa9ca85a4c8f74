"""The invented study with an invented truth: two strategies, their curves, and a salvage funnel (N7)."""

from typing import Any

import numpy as np
import polars as pl
from invented_comparisons import BIASED, OK

from equipoise.base.clock import months_to_days
from equipoise.estimate.estimates import ESTIMATES
from equipoise.estimate.naive.table import NAIVE
from equipoise.protocol.strategy import Strategy
from equipoise.study.study import Study

EARLY, WATCH = 0.02, 0.03  # rates a month
MONTHS = tuple(range(61))
Row = dict[str, Any]


def true_survival(rate: float, month: float) -> float:
    return float(np.exp(-rate * month))


def truth_rows() -> list[Row]:
    """Survival under each strategy, their difference, and the natural course, with a Monte-Carlo error."""
    rows: list[Row] = []
    for month in MONTHS:
        early, watch = true_survival(EARLY, month), true_survival(WATCH, month)
        rows += [
            _row("early", month, early),
            _row("watch", month, watch),
            _row("natural course", month, (early + watch) / 2),
            _row("early", month, early - watch, versus="watch", measure="survival_difference"),
        ]
    return rows


def with_truth(study: Study, rows: list[Row] | None = None) -> Study:
    """The same study with rows beside it, the strategies that they are about, and N7."""
    asked = study.protocol.naive_comparisons[0].model_copy(
        update={"between": ("early", "watch"), "funnel": "after_relapse"}
    )
    strategies = (
        Strategy(name="watch", label="Watch", rules=()),
        Strategy(name="early", label="Early transplant", rules=()),
    )
    protocol = study.protocol.model_copy(
        update={"naive_comparisons": (asked,), "strategies": strategies, "treatments": ()}
    )
    beside = ESTIMATES.frame(truth_rows() if rows is None else rows)
    tables = {
        **study.tables,
        "estimates": pl.concat([study.estimates, ESTIMATES.frame(_funnel_rows()), beside]),
        "naive": pl.concat([study.tables["naive"], NAIVE.frame([_rung()])]),
    }
    inputs = {**study.manifest["inputs"], "beside": "d" * 64}
    return Study(
        protocol,
        study.vocabulary,
        tables,
        study.patients,
        study.findings,
        study.citations,
        {**study.manifest, "inputs": inputs},
    )


def _row(strategy: str, month: float, value: float, **words: Any) -> Row:
    error = 0.00025
    return {
        "estimand": "An invented truth.",
        "outcome": "os",
        "strategy": strategy,
        "versus": None,
        "measure": "survival",
        "day": months_to_days(month),
        "estimate": value,
        "std_error": error,
        "lower": value - 1.96 * error,
        "upper": value + 1.96 * error,
        "level": 0.95,
        "interval": "plain",
        "method": "mean of 4,000,000 simulated courses",
        "role": "truth",
        "n": 4_000_000,
        "events": 0,
        "at_risk": 4_000_000,
        "ess": 4e6,
        "status": OK,
        "finding": None,
    } | words


def _funnel_rows() -> list[Row]:
    """Who reaches the transplant after relapse, rightly and wrongly; the difference of both curves."""
    rows: list[Row] = []
    origin = {"strategy": "from relapse", "n": 160, "at_risk": 60, "role": "primary"}
    naive = {"role": "naive", "status": BIASED}
    for month in MONTHS:
        right = 0.5 * (1 - float(np.exp(-0.1 * month)))
        words = {"outcome": "after_relapse:hct", "measure": "cumulative_incidence"}
        limits = {"lower": max(0.0, right - 0.05), "upper": right + 0.05}
        rows.append(_row("", month, right) | origin | words | limits)
        wrong = {"measure": "one_minus_survival", "std_error": None, "lower": None, "upper": None}
        rows.append(
            _row("", month, 1.4 * right)
            | origin
            | words
            | wrong
            | naive
            | {"finding": "E110", "interval": "none"}
        )
    for month in (12.0, 24.0, 36.0, 60.0):
        value = 0.2 + month / 1000
        words = {"versus": "from relapse", "measure": "survival_difference", "n": 160, "finding": "E248"}
        rows.append(_row("from hct after relapse", month, value) | words | naive)
    return rows


def _rung() -> Row:
    return {
        "comparison": "transplant",
        "intervention": "hct",
        "outcome": "os",
        "rung": "N7",
        "position": 5,
        "label": "From transplant after relapse v all from relapse",
        "reason": "Only those who got as far as transplant are counted.",
        "landmark_month": None,
        "treated": "from hct after relapse",
        "untreated": "from relapse",
        "n_treated": 94,
        "n_untreated": 160,
        "events_treated": 50,
        "events_untreated": 120,
    }

"""Hazard ratios as rows of the table of estimates."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from equipoise.base.findings import FindingStatus
from equipoise.estimate.bands import NO_INTERVAL
from equipoise.estimate.estimates import ESTIMATES
from equipoise.estimate.prognosis.case import Case
from equipoise.estimate.prognosis.groups import Groups, Level
from equipoise.estimate.prognosis.models import Fitted, Model
from equipoise.estimate.prognosis.sentences import ratio_sentence
from equipoise.language.words import listing

HAZARD_RATIO = "hazard_ratio"
LOG = "log"
POSTERIOR = "log, posterior"


def ratio_rows(case: Case, fits: Sequence[Fitted], measure: str) -> pl.DataFrame:
    """Every ratio of the fits against its reference; the references themselves have no row."""
    return ESTIMATES.frame([row for one in fits for row in _rows(case, one, measure)])


def _rows(case: Case, fitted: Fitted, measure: str) -> Iterator[dict[str, object]]:
    regression = fitted.regression
    weight = case.handled.history.weight[np.unique(regression.design.rows.patient)]
    general: dict[str, object] = {
        "outcome": case.name,
        "measure": measure,
        "day": None,
        "level": case.analysis.plan.level,
        "role": case.role,
        "n": regression.n,
        "events": regression.events,
        "at_risk": regression.n,
        "ess": float(weight.sum() ** 2 / (weight**2).sum()) if weight.size else 0.0,
    }
    by_name = {one.covariate.name: one for one in fitted.groups}
    for row in regression.table.filter(~pl.col("reference")).iter_rows(named=True):
        groups = by_name[row["covariate"]]
        level = _level(groups, row["level"])
        yield general | {
            "estimand": ratio_sentence(case, groups, level, _beside(fitted, groups), measure),
            "strategy": level.strategy,
            "versus": _versus(groups),
            "method": fitted.method,
            **_numbers(case, fitted, row),
        }


def _numbers(case: Case, fitted: Fitted, row: dict[str, object]) -> dict[str, object]:
    """Ratio, standard error by the delta method, interval, and how they may be read."""
    ratio, robust = row["hazard_ratio"], row["robust_std_error"]
    of_log = row["std_error"] if robust is None else robust
    known = isinstance(ratio, float) and isinstance(of_log, float)
    status = str(row["status"])
    if known and case.role == "naive":
        status = str(FindingStatus.BIASED)
    elif fitted.few_events and status == FindingStatus.OK:
        status = str(FindingStatus.UNSTABLE)
    interval = POSTERIOR if fitted.model is Model.SHRUNKEN else LOG
    return {
        "estimate": ratio,
        "std_error": of_log * ratio if isinstance(ratio, float) and isinstance(of_log, float) else None,
        "lower": row["lower"] if known else None,
        "upper": row["upper"] if known else None,
        "interval": interval if known else NO_INTERVAL,
        "status": status,
        "finding": case.finding or row["finding"] or ("E223" if fitted.few_events else None),
    }


def _level(groups: Groups, name: str | None) -> Level:
    if name is None:
        return groups.slope
    return next(level for level in groups.levels if level.name == name)


def _versus(groups: Groups) -> str:
    """The reference's strategy; for the slope of a number the covariate itself."""
    if groups.kind == "number":
        return groups.covariate.name
    return groups.levels[groups.reference].strategy


def _beside(fitted: Fitted, groups: Groups) -> str:
    """What the ratio is adjusted for, in words."""
    others = [one.label for one in fitted.groups if one is not groups]
    return f", given {listing(others)}" if others else ""

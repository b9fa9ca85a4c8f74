"""What every study promises, whatever it is about."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from equipoise.base.codes import CODES
from equipoise.emulate.flow import check_sums
from equipoise.language.outcome import OutcomeKind
from equipoise.study import store
from equipoise.study.study import Study
from equipoise.study.tables import TABLES

PROBABILITIES = ("survival", "cumulative_incidence", "state_probability", "one_minus_survival")
RATIOS = ("hazard_ratio", "subdistribution_hazard_ratio")
SLACK = 1e-9


def broken_promises(folder: Path) -> list[str]:
    """Sentences about what a stored study does not keep; empty when it keeps all."""
    study = store.read(folder)
    report = (folder / "report.html").read_text(encoding="utf-8")
    broken = [] if report.endswith("</html>") else ["the report has no end"]
    return [*broken, *_of_all_tables(study), *_of_estimates(study), *_of_counts(study), *_of_tests(study)]


def _of_all_tables(study: Study) -> Iterator[str]:
    for schema in TABLES:
        frame = schema.check(study.tables[schema.name])
        for name, dtype in frame.schema.items():
            if dtype.is_float() and not frame[name].drop_nulls().is_finite().all():
                yield f"{schema.name}.{name} holds a number that is not finite"
            if (
                dtype.is_integer()
                and name not in ("step", "position")
                and (frame[name].drop_nulls() < 0).any()
            ):
                yield f"{schema.name}.{name} holds a negative count"
    unknown = set(study.tables["findings"]["code"]) - set(CODES)
    if unknown:
        yield f"findings of unknown codes {unknown}"


def _of_estimates(study: Study) -> Iterator[str]:
    rows = study.tables["estimates"]
    key = ["outcome", "strategy", "versus", "measure", "day", "role", "method"]
    if rows.select(key).is_duplicated().any():
        twice = rows.filter(rows.select(key).is_duplicated()).select(key).row(0)
        yield f"estimates: two rows of {twice}"
    low, high, number = pl.col("lower"), pl.col("upper"), pl.col("estimate")
    is_median = pl.col("measure").str.starts_with("median")
    is_ratio = pl.col("measure").is_in(RATIOS)  # a ratio may have no limit on one side
    wrong = {
        "lower > estimate": low > number + SLACK * (1 + number.abs()),
        "estimate > upper": number > high + SLACK * (1 + number.abs()),
        "a negative standard error": pl.col("std_error") < 0,
        "one limit without the other": (low.is_null() != high.is_null()) & ~is_median & ~is_ratio,
        "limits without an estimate": low.is_not_null() & number.is_null() & ~is_median,
        "no number and no reason": number.is_null()
        & (pl.col("status") == "the estimate may be read as it stands"),
    }
    is_probability = pl.col("measure").is_in(PROBABILITIES)
    for part in ("estimate", "lower", "upper"):
        wrong[f"{part} of a probability outside [0, 1]"] = is_probability & ~pl.col(part).is_between(
            -SLACK, 1 + SLACK
        )
        wrong[f"{part} of a ratio not positive"] = is_ratio & (pl.col(part) <= 0)
        is_time = pl.col("measure").is_in(("restricted_mean", "time_lost"))
        wrong[f"{part} of a time outside the horizon"] = is_time & ~pl.col(part).is_between(
            -1e-6, pl.col("day") + 1e-6
        )
        is_difference = pl.col("measure") == "survival_difference"
        wrong[f"{part} of a difference outside [-1, 1]"] = is_difference & ~pl.col(part).is_between(
            -1 - SLACK, 1 + SLACK
        )
    for what, condition in wrong.items():
        found = rows.filter(condition.fill_null(value=False))
        if found.height:
            one = found.row(0, named=True)
            shown = {
                k: one[k]
                for k in ("outcome", "strategy", "measure", "day", "estimate", "lower", "upper", "interval")
            }
            yield f"estimates: {what}: {shown}"
    yield from _of_curves(rows)


def _of_curves(rows: pl.DataFrame) -> Iterator[str]:
    """Survival never rises, incidence never falls, the states of one day sum to 1."""
    for measure, sign in (("survival", 1), ("cumulative_incidence", -1)):
        curves = rows.filter(
            (pl.col("measure") == measure) & pl.col("estimate").is_not_null() & pl.col("day").is_not_null()
        )
        key = ["outcome", "strategy", "role", "method"]
        steps = curves.sort("day").with_columns(pl.col("estimate").diff().over(key).alias("step"))
        if (steps["step"].drop_nulls() * sign > SLACK).any():
            yield f"estimates: {measure} goes the wrong way"
    states = rows.filter(
        (pl.col("measure") == "state_probability") & pl.col("outcome").str.starts_with("state:")
    )
    sums = (
        states.with_columns(pl.col("outcome").str.split(":").list.get(1).alias("structure"))
        .group_by("structure", "strategy", "day")
        .agg(pl.col("estimate").sum().alias("sum"), pl.col("estimate").null_count().alias("unknown"))
        .filter((pl.col("unknown") == 0) & ((pl.col("sum") - 1).abs() > 1e-6))
    )
    if sums.height:
        yield f"estimates: states sum to {sums['sum'][0]}"


def _of_counts(study: Study) -> Iterator[str]:
    check_sums(study.tables["flow"])
    steps = study.tables["attrition"]
    left = steps["remaining"].to_list()
    for before, after, excluded in zip(left, left[1:], steps["excluded"].to_list()[1:], strict=False):
        if before - excluded != after:
            yield f"attrition: {before} less {excluded} is not {after}"
    shares = study.tables["baseline"]["share"].drop_nulls()
    if ((shares < -SLACK) | (shares > 1 + SLACK)).any():
        yield "baseline: a share outside [0, 1]"
    funnel = study.tables["funnel"]
    if (funnel["reached"] > funnel["of"]).any():
        yield "funnel: more reached a step than the one before"
    may_leave = {name for name, one in study.vocabulary.outcomes.items() if one.kind is OutcomeKind.OCCUPANCY}
    risk = (
        study.tables["risk_table"]
        .filter(~pl.col("outcome").is_in(sorted(may_leave)))
        .sort("day")
        .with_columns(pl.col("events").diff().over("outcome", "strategy").alias("more"))
    )
    if (risk["more"].drop_nulls() < 0).any():
        yield "risk table: events go down"


def _of_tests(study: Study) -> Iterator[str]:
    tests = study.tables["tests"]
    if not tests["p_value"].drop_nulls().is_between(0, 1).all():
        yield "tests: a p-value outside [0, 1]"
    if (tests["statistic"].drop_nulls() < -SLACK).any():
        yield "tests: a negative statistic"
    strategies = set(study.tables["estimates"]["strategy"])
    told = study.tables["prognosis"].filter((pl.col("n") > 0) & (pl.col("level") != "per"))
    lost = [one for one in told["strategy"].to_list() if one not in strategies]
    if lost:
        yield f"prognosis: no estimates of {lost[0]!r}"

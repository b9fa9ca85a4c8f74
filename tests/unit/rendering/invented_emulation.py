"""The invented study with an invented emulation: few numbers, each of which can be found again in the report.

Survival is exp(-rate x month), an interval a tenth either side, a difference the difference of both.
"""

from typing import Any

import polars as pl
from invented_truth import EARLY, MONTHS, WATCH, true_survival, with_truth

from equipoise.base.clock import months_to_days
from equipoise.base.findings import FindingStatus
from equipoise.emulate.clone_flow import CLONES, STAYED
from equipoise.estimate.emulated.rows import METHOD, WORST_CASE
from equipoise.estimate.emulated.tables import BALANCE, BANDS, GATES, LAWS, MODELS, OVERLAP, SUPPORT
from equipoise.estimate.estimates import ESTIMATES
from equipoise.protocol.contrast import Contrast
from equipoise.protocol.emulation import Adjustment, Emulation, TreatmentModel
from equipoise.protocol.law import UniformLaw
from equipoise.protocol.negative_control import OutcomeControl
from equipoise.protocol.rule import Never, StartWithin
from equipoise.protocol.sensitivity import Sensitivity
from equipoise.protocol.strategy import Strategy
from equipoise.protocol.treatment import Treatment
from equipoise.study.study import Study

Row = dict[str, Any]
N = 443  # as many as the invented flow enrols
AT = (12.0, 24.0, 36.0, 60.0)
PAIR = ("early", "watch")
LEVELS = {"watch": WATCH + 0.002, "early": EARLY + 0.003}  # not the truth
CHANGED = "weights <b>cut</b>: at 3"
CONTROL = "the first half month"
STATUS = {"open": FindingStatus.OK, "amber": FindingStatus.AMBER, "sealed": FindingStatus.SEALED}
FINDINGS = {"open": None, "amber": "E131", "sealed": "E130"}
SITES = ("site Utopia", "site Erewhon")


def difference(month: float) -> float:
    """Emulated survival under early minus that under watch."""
    return true_survival(LEVELS["early"], month) - true_survival(LEVELS["watch"], month)


def with_emulation(study: Study, verdict: str = "open", title: str = "Early transplant") -> Study:
    """The same study with truth and emulation.

    Parameters
    ----------
    study
        The invented study.
    verdict
        What the gates say of the strategy 'early': open, amber or sealed.
    title
        Its title.
    """
    known = with_truth(study)
    protocol = known.protocol.model_copy(
        update={
            "treatments": (
                Treatment(name="hct", label="transplant", intervention="hct", while_in=("remission",)),
            ),
            "strategies": _strategies(title),
            "contrasts": (
                Contrast(measure="survival_difference", of="os", between=PAIR),
                Contrast(measure="risk_ratio", of="os", at_months=(36.0,), between=PAIR),
                Contrast(measure="crossing_time", of="os", between=PAIR),
            ),
            "analysis": known.protocol.analysis.model_copy(update=_analysis()),
        }
    )
    tables = known.tables | _tables(verdict)
    tables["estimates"] = pl.concat([known.estimates, ESTIMATES.frame(estimate_rows(verdict))])
    return Study(
        protocol,
        known.vocabulary,
        tables,
        known.patients,
        known.findings,
        (*known.citations, "hernan2016", "cain2010", "robins2000", "manski1990", "vanderweele2017"),
        known.manifest,
    )


def _strategies(title: str) -> tuple[Strategy, ...]:
    return (
        Strategy(name="watch", label="Watch", rules=(Never(kind="never", treatment="hct"),)),
        Strategy(
            name="early",
            label=title,
            rules=(StartWithin(kind="start_within", treatment="hct", months=6, law=UniformLaw()),),
        ),
    )


def _analysis() -> Row:
    adjusted = Adjustment.model_validate_json(
        '{"name": "old", "label": "age of 60", "feature": {"baseline": "age"}}'
    )
    return {
        "emulation": Emulation(
            treatments=(TreatmentModel(treatment="hct", adjust_for=(adjusted,), site="site"),),
            loss=None,
            outcomes=("os",),
        ),
        "sensitivity": (
            Sensitivity(name="cut", label=CHANGED, patch={"analysis": {"emulation": {"truncate": 3}}}),
        ),
        "negative_controls": (
            OutcomeControl(
                kind="outcome",
                name="too_early",
                label=CONTROL,
                of="os",
                by_month=0.5,
                between=PAIR,
                because="it is too early",
            ),
        ),
    }


def estimate_rows(verdict: str) -> list[Row]:
    """Curves on all months, differences, a ratio and E-value, a crossing time, one change, one control."""
    rows: list[Row] = []
    for name, rate in LEVELS.items():
        own = verdict if name == "early" else "open"
        rows += [
            _row(own, strategy=name, day=months_to_days(month), estimate=true_survival(rate, month))
            for month in MONTHS
        ]
    pair = {"strategy": "early", "versus": "watch"}
    for role, prefix in (("primary", ""), ("sensitivity", f"{CHANGED}: ")):
        words = {"role": role, "method": f"{prefix}{METHOD}; leave-one-out over patients"}
        rows += [
            _row(
                verdict,
                **pair,
                **words,
                measure="survival_difference",
                day=months_to_days(month),
                estimate=difference(month) + 0.01 * (role != "primary"),
            )
            for month in AT
        ]
    at_36 = {"day": months_to_days(36)}
    rows.append(_row(verdict, **pair, **at_36, measure="risk_ratio", estimate=0.8, lower=0.6, upper=1.1))
    rows.append(_row(verdict, **pair, **at_36, measure="e_value", estimate=1.81, lower=1.0, upper=None))
    rows.append(
        _row(
            verdict,
            **pair,
            measure="crossing_time",
            day=months_to_days(60),
            estimate=months_to_days(9),
            lower=months_to_days(3),
            upper=None,
        )
    )
    rows.append(
        _row(
            "open",
            **pair,
            role="sensitivity",
            method=f"negative control, {CONTROL}: {METHOD}; leave-one-out over patients",
            measure="survival_difference",
            day=months_to_days(0.5),
            estimate=-0.004,
            lower=-0.02,
            upper=0.012,
        )
    )
    return rows


def _row(verdict: str, **words: Any) -> Row:
    estimate = words["estimate"]
    row: Row = {
        "estimand": "An invented estimand of the emulation.",
        "outcome": "os",
        "versus": None,
        "measure": "survival",
        "std_error": 0.05,
        "lower": estimate - 0.1,
        "upper": estimate + 0.1,
        "level": 0.95,
        "interval": "plain, t",
        "method": f"{METHOD}; leave-one-out over patients",
        "role": "primary",
        "n": N,
        "events": 40,
        "at_risk": 200,
        "ess": 88.4,
        "status": STATUS[verdict].value,
        "finding": FINDINGS[verdict],
    } | words
    if verdict == "sealed":
        row |= {"estimate": None, "std_error": None, "lower": -0.45, "upper": 0.62, "interval": WORST_CASE}
        if row["measure"] not in {"survival", "survival_difference"}:
            row |= {"lower": None, "upper": None, "interval": "none"}
        if row["measure"] == "survival":
            row |= {"lower": 0.2, "upper": 0.9}
    return row


def _tables(verdict: str) -> dict[str, pl.DataFrame]:
    says = {
        "open": "88 count",
        "amber": "12.3 patients count",
        "sealed": "of 40 'x' 7.5 would start, and none did",
    }
    gates = [
        (
            "watch",
            "effective sample",
            150.0,
            15.0,
            "open",
            "the 300 patients who follow the strategy count as 150.0",
        ),
        (
            "early",
            "effective sample",
            88.4,
            15.0,
            "open",
            "the 120 patients who follow the strategy count as 88.4",
        ),
        ("early", "support", 0.0, 3.0, verdict, says[verdict]),
    ]
    clones = [
        ("watch", STAYED, 300, 0, None, None),
        ("watch", "started although the strategy says never", 143, 0, 2.0, 90.0),
        ("early", STAYED, 120, 70, None, None),
        ("early", "did not start by the end of the window", 323, 0, 183.0, 183.0),
    ]
    balance = [
        ("early", "old", 0.3, 0.4, 0.31, 0.22, 0.02),
        ("early", SITES[0], 0.1, 0.2, 0.11, 0.33, 0.03),
        ("early", SITES[1], 0.2, 0.1, 0.15, -0.25, -0.125),
        ("early", "everybody alike", 1.0, 1.0, 1.0, None, None),
    ]
    overlap = [
        ("hct", "all", 0.0, 0.005, 7305.0, 2),
        ("hct", "all", 0.005, 0.01, 3652.5, 1),
        ("hct", "all", 0.05, 0.1, 3652.5, 9),
    ]
    models = [
        ("hct", "months 0-1", True, 0.0881, 0.0379, 0.205, -6.9, 3.0, 730.5, 17),
        ("hct", "old", False, 2.5, 1.2, 5.1, 0.0, 1.0, 365.25, 9),
        ("hct", SITES[0], False, 0.7, 0.3, 1.5, 0.0, 0.5, 100.0, 3),
        ("hct", SITES[1], False, 1.4, 0.7, 2.6, 0.0, 0.5, 100.0, 5),
    ]
    laws = [
        ("early", "hct", "every time being equally likely", month, share)
        for month, share in ((0.0, 0.0), (6.0, 1.0))
    ]
    support = [
        (name, months_to_days(month), 443 - 3 * month, 1.0 - month / 1000, 0.01, 443.0 - 5 * month, 0.02)
        for name in LEVELS
        for month in MONTHS
    ]
    return {
        GATES.name: _frame(GATES, gates),
        CLONES.name: _frame(CLONES, clones),
        BALANCE.name: _frame(BALANCE, balance),
        OVERLAP.name: _frame(OVERLAP, overlap),
        MODELS.name: _frame(MODELS, models),
        LAWS.name: _frame(LAWS, laws),
        SUPPORT.name: _frame(SUPPORT, support),
        BANDS.name: _frame(BANDS, _bands(verdict)),
    }


def _bands(verdict: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for month in MONTHS:
        day = months_to_days(month)
        for name in ("watch",) if verdict == "sealed" else ("watch", "early"):
            value = true_survival(LEVELS[name], month)
            ends = (None, None) if month == 0 else (value - 0.15, value + 0.15)
            rows.append(("os", name, None, day, value, *ends, 0.95))
        if verdict != "sealed":
            value = difference(month)
            rows.append(("os", "early", "watch", day, value, value - 0.2, value + 0.2, 0.95))
    return rows


def _frame(schema: Any, rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return schema.frame([dict(zip(schema.dtypes, row, strict=True)) for row in rows])

"""`Estimates`: one long table for everything a person may read as a result, and its companion tables."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from equipoise.base.findings import Finding, FindingStatus
from equipoise.base.schema import Column, Schema
from equipoise.estimate.ratios_and_risks import refuse_bare_ratios

NATURAL_COURSE = "natural course"
ROLES = ("primary", "companion", "sensitivity", "naive", "truth", "published")

ESTIMATES = Schema(
    "estimates",
    "one answer: an estimand, an outcome, a strategy, a measure, a day, with its uncertainty and how to "
    "read it",
    (
        Column("estimand", pl.String(), "what is estimated, as one sentence"),
        Column(
            "outcome",
            pl.String(),
            "outcome of the vocabulary; `state:<structure>:<state>` for a state; `<outcome>:<state>` for a "
            "cause",
        ),
        Column(
            "strategy",
            pl.String(),
            "natural course, handling of an intercurrent event, start of a funnel, group of a covariate, "
            "arm of a naive comparison, or strategy of the protocol",
        ),
        Column("versus", pl.String(), "strategy it is compared with, where it is a contrast", nullable=True),
        Column(
            "measure",
            pl.String(),
            "survival, cumulative_incidence, state_probability, restricted_mean, hazard_ratio, ...",
        ),
        Column("day", pl.Float64(), "day after time zero that it is about", "days", nullable=True),
        Column("estimate", pl.Float64(), "the number: a probability, days for times, a ratio", nullable=True),
        Column(
            "std_error",
            pl.Float64(),
            "standard error on the scale of the estimate; of a ratio that of its log times the ratio",
            nullable=True,
        ),
        Column("lower", pl.Float64(), "lower limit of the confidence interval", nullable=True),
        Column("upper", pl.Float64(), "upper limit of the confidence interval", nullable=True),
        Column("level", pl.Float64(), "confidence level of the interval"),
        Column("interval", pl.String(), "how the interval was made; none where there is none"),
        Column("method", pl.String(), "estimator and variance"),
        Column("role", pl.String(), "how the number may be used", values=ROLES),
        Column("n", pl.Int64(), "patients whom the number is about", "patients"),
        Column("events", pl.Int64(), "patients with the event up to the day; now in the state", "patients"),
        Column("at_risk", pl.Int64(), "patients at risk just before the day", "patients"),
        Column(
            "ess", pl.Float64(), "effective number at risk: (sum of weights)^2 / sum of squares", "patients"
        ),
        Column("status", pl.String(), "how it may be read, as a sentence", values=tuple(FindingStatus)),
        Column("finding", pl.String(), "code of the finding that concerns it", nullable=True),
    ),
)

RISK_TABLE = Schema(
    "risk_table",
    "numbers under a curve on one day",
    (
        Column("outcome", pl.String(), "outcome"),
        Column("strategy", pl.String(), "strategy, as in the table of estimates"),
        Column("day", pl.Float64(), "day after time zero", "days"),
        Column("at_risk", pl.Int64(), "at risk just before the day", "patients"),
        Column("events", pl.Int64(), "events up to and including the day", "patients"),
        Column(
            "censored",
            pl.Int64(),
            "observation ended without an event up to and including the day",
            "patients",
        ),
    ),
)

TRANSITIONS = Schema(
    "transitions",
    "one arrow of a structure, as often as it was seen",
    (
        Column("structure", pl.String(), "structure"),
        Column("from", pl.String(), "state left"),
        Column("to", pl.String(), "state entered"),
        Column("from_label", pl.String(), "label of the state left"),
        Column("to_label", pl.String(), "label of the state entered"),
        Column("patients", pl.Int64(), "patients who went this way at least once", "patients"),
        Column("events", pl.Int64(), "times that patients went this way"),
        Column("person_days", pl.Float64(), "time observed in the state left", "days"),
        Column("rate", pl.Float64(), "events per 365.25 days in the state left; unweighted", nullable=True),
    ),
)

FUNNEL = Schema(
    "funnel",
    "one step of a funnel: of those who reached the step before, how many reached this one",
    (
        Column("funnel", pl.String(), "name of the funnel"),
        Column("step", pl.Int64(), "0 for the origin, then the steps, last those alive"),
        Column("name", pl.String(), "record or outcome"),
        Column("label", pl.String(), "its words"),
        Column("reached", pl.Int64(), "patients who reached it (numerator)", "patients"),
        Column("of", pl.Int64(), "patients who reached the step before (denominator)", "patients"),
        Column(
            "share", pl.Float64(), "of the patients at the origin; says nothing about time", nullable=True
        ),
        Column("lower", pl.Float64(), "lower limit of the share (Clopper-Pearson)", nullable=True),
        Column("upper", pl.Float64(), "upper limit of the share (Clopper-Pearson)", nullable=True),
    ),
)

WEIGHTS = Schema(
    "weights",
    "the case weights of one analysis",
    (
        Column("strategy", pl.String(), "strategy"),
        Column("patients", pl.Int64(), "patients with a weight", "patients"),
        Column("mean", pl.Float64(), "mean weight"),
        Column("minimum", pl.Float64(), "smallest weight"),
        Column("median", pl.Float64(), "median weight"),
        Column("maximum", pl.Float64(), "largest weight"),
        Column("ess", pl.Float64(), "effective number of patients", "patients"),
    ),
)


@dataclass(frozen=True, slots=True)
class Estimates:
    """The answers to a protocol's questions.

    Parameters
    ----------
    frame
        One row an answer (`ESTIMATES`).
    risk_table, transitions, funnel, weights, flow, tests, prognosis, naive
        Companion tables of the declared forms; none holds a patient's row.
    emulation
        Tables of the emulation by name (`equipoise.estimate.emulated.tables`, and the flow of clones).
    findings
        What the estimators noticed.
    citations
        Keys of the sources of the methods that were used (`equipoise.base.citations`).

    Raises
    ------
    ValueError
        If a hazard ratio stands without absolute risks (`equipoise.estimate.ratios_and_risks`).
    """

    frame: pl.DataFrame
    risk_table: pl.DataFrame
    transitions: pl.DataFrame
    funnel: pl.DataFrame
    weights: pl.DataFrame
    flow: pl.DataFrame
    tests: pl.DataFrame
    prognosis: pl.DataFrame
    naive: pl.DataFrame
    emulation: Mapping[str, pl.DataFrame]
    findings: tuple[Finding, ...]
    citations: tuple[str, ...]

    def __post_init__(self) -> None:
        refuse_bare_ratios(self.frame, self.prognosis)

    def where(self, **values: str) -> pl.DataFrame:
        """Rows with the given values, for example ``where(outcome="os", measure="survival")``."""
        return self.frame.filter(*(pl.col(column) == value for column, value in values.items()))

"""Tables of an emulation: gates, support, balance, overlap, models, bands, laws. No row is a patient."""

import polars as pl

from equipoise.base.schema import Column, Schema

GATES = Schema(
    "gates",
    "one gate of one strategy: whether the data can answer for it",
    (
        Column("strategy", pl.String(), "strategy"),
        Column("gate", pl.String(), "support, mean weight, effective sample or initiators"),
        Column("value", pl.Float64(), "what was found"),
        Column("limit", pl.Float64(), "what it is held against"),
        Column("verdict", pl.String(), "open, amber or sealed", values=("open", "amber", "sealed")),
        Column("says", pl.String(), "the same as a sentence"),
    ),
)

SUPPORT = Schema(
    "support",
    "those who follow a strategy, on one day",
    (
        Column("strategy", pl.String(), "strategy"),
        Column("day", pl.Float64(), "day after time zero", "days"),
        Column("compatible", pl.Int64(), "patients whose course the strategy allows so far", "patients"),
        Column(
            "mean_weight",
            pl.Float64(),
            "mean of the untruncated weights of all, those for the loss left out; 1 if the models are right",
        ),
        Column("mean_error", pl.Float64(), "standard error of that mean", nullable=True),
        Column("ess", pl.Float64(), "effective sample: (sum of weights)^2 / sum of squares", "patients"),
        Column("largest", pl.Float64(), "largest share of one patient in the sum of weights"),
    ),
)

BALANCE = Schema(
    "balance",
    "one covariate at time zero: everybody, and those who follow a strategy up to its last window",
    (
        Column("strategy", pl.String(), "strategy"),
        Column("covariate", pl.String(), "column of the treatment model at time zero"),
        Column("everybody", pl.Float64(), "mean (or share) among all at time zero"),
        Column("unweighted", pl.Float64(), "mean among those who follow the strategy", nullable=True),
        Column("weighted", pl.Float64(), "the same, weighted", nullable=True),
        Column(
            "difference_before",
            pl.Float64(),
            "unweighted minus everybody, in standard deviations of everybody",
            nullable=True,
        ),
        Column(
            "difference_after",
            pl.Float64(),
            "weighted minus everybody, in standard deviations of everybody",
            nullable=True,
        ),
    ),
)

OVERLAP = Schema(
    "overlap",
    "person-time at risk of a treatment by the fitted probability of a start within a month",
    (
        Column("treatment", pl.String(), "treatment"),
        Column(
            "cell",
            pl.String(),
            "all, after the trigger of a strategy, or a declared cell of the support gate",
        ),
        Column("from", pl.Float64(), "lower end of the class of probabilities"),
        Column("to", pl.Float64(), "upper end of the class of probabilities"),
        Column("person_days", pl.Float64(), "time at risk and under observation", "days"),
        Column("starts", pl.Int64(), "starts in it"),
    ),
)

MODELS = Schema(
    "models",
    "one coefficient of the hazard of a treatment (or of loss) in usual care",
    (
        Column("process", pl.String(), "treatment, or loss to follow-up"),
        Column("column", pl.String(), "piece of the baseline hazard, or covariate"),
        Column("is_baseline", pl.Boolean(), "whether it is a piece of the baseline hazard"),
        Column("estimate", pl.Float64(), "hazard ratio; of a piece the hazard a month", nullable=True),
        Column("lower", pl.Float64(), "lower limit from the curvature", nullable=True),
        Column("upper", pl.Float64(), "upper limit from the curvature", nullable=True),
        Column("prior_mean", pl.Float64(), "mean of the prior of the log"),
        Column("prior_sd", pl.Float64(), "standard deviation of the prior of the log"),
        Column("person_days", pl.Float64(), "time at risk in it", "days"),
        Column("starts", pl.Int64(), "starts in it"),
    ),
)

BANDS = Schema(
    "bands",
    "simultaneous band of a curve on one day: the whole curve lies in it with the stated confidence",
    (
        Column("outcome", pl.String(), "outcome"),
        Column("strategy", pl.String(), "strategy"),
        Column("versus", pl.String(), "strategy it is compared with, for a difference", nullable=True),
        Column("day", pl.Float64(), "day after time zero", "days"),
        Column("estimate", pl.Float64(), "the curve"),
        Column("lower", pl.Float64(), "lower end of the band", nullable=True),
        Column("upper", pl.Float64(), "upper end of the band", nullable=True),
        Column("level", pl.Float64(), "confidence level"),
    ),
)

LAWS = Schema(
    "laws",
    "the share of starts of a window that have taken place by a month",
    (
        Column("strategy", pl.String(), "strategy"),
        Column("treatment", pl.String(), "treatment"),
        Column("law", pl.String(), "as the protocol states it, or as it was estimated once"),
        Column("month", pl.Float64(), "months since the window opened", "months"),
        Column("share", pl.Float64(), "share started"),
    ),
)

EMULATION_TABLES = (GATES, SUPPORT, BALANCE, OVERLAP, MODELS, BANDS, LAWS)

"""The declared table of hypothesis tests."""

import polars as pl

from equipoise.base.findings import FindingStatus
from equipoise.base.schema import Column, Schema

TESTS = Schema(
    "tests",
    "one hypothesis test",
    (
        Column("outcome", pl.String(), "outcome of the vocabulary"),
        Column("test", pl.String(), "log-rank, Gray, Mantel-Byar, proportional hazards, Wald"),
        Column("about", pl.String(), "covariate or comparison that it is about"),
        Column("landmark_month", pl.Float64(), "landmark after time zero", "months", nullable=True),
        Column("hypothesis", pl.String(), "what would be true if nothing were going on, as a sentence"),
        Column("statistic", pl.Float64(), "chi-squared statistic", nullable=True),
        Column("degrees_of_freedom", pl.Int64(), "degrees of freedom"),
        Column("p_value", pl.Float64(), "probability of a statistic at least as large", nullable=True),
        Column("n", pl.Int64(), "patients", "patients"),
        Column("events", pl.Int64(), "events"),
        Column("method", pl.String(), "the test by name, with ties, strata and weights"),
        Column("status", pl.String(), "how it may be read, as a sentence", values=tuple(FindingStatus)),
        Column("finding", pl.String(), "code of the finding that concerns it", nullable=True),
    ),
)

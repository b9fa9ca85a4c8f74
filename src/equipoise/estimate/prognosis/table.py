"""The declared table of the prognostic section; its numbers stand in the table of estimates."""

import polars as pl

from equipoise.base.schema import Column, Schema

PROGNOSIS = Schema(
    "prognosis",
    "one group of patients by one covariate, for one outcome; its numbers are the estimates of its strategy",
    (
        Column("outcome", pl.String(), "outcome of the vocabulary"),
        Column("covariate", pl.String(), "name of the covariate"),
        Column("covariate_label", pl.String(), "its words"),
        Column("level", pl.String(), "name of the group, or `per` for the slope of a number"),
        Column("level_label", pl.String(), "its words"),
        Column("position", pl.Int64(), "place in the order of print"),
        Column("reference", pl.Boolean(), "whether the others are compared with this group"),
        Column("varies", pl.Boolean(), "whether the covariate may change after time zero"),
        Column(
            "landmark_month",
            pl.Float64(),
            "month after time zero at which the group is judged; null: at time zero or as it happens",
            "months",
            nullable=True,
        ),
        Column("strategy", pl.String(), "strategy of its rows in the table of estimates"),
        Column("versus", pl.String(), "strategy it is compared with; null for a reference", nullable=True),
        Column("n", pl.Int64(), "patients in the group, at risk when it is judged", "patients"),
        Column("events", pl.Int64(), "of these, patients with the event by the horizon", "patients"),
        Column("missing", pl.Int64(), "patients in whom the covariate is not known then", "patients"),
    ),
)

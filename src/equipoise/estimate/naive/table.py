"""The declared table of naive comparisons; their numbers stand in the table of estimates."""

import polars as pl

from equipoise.base.schema import Column, Schema

NAIVE = Schema(
    "naive",
    "one naive way to compare treated with untreated patients, for one outcome",
    (
        Column("comparison", pl.String(), "name of the comparison in the protocol"),
        Column("intervention", pl.String(), "intervention or event that makes a patient treated"),
        Column("outcome", pl.String(), "outcome of the vocabulary"),
        Column("rung", pl.String(), "code of the naive analysis: N1 to N5, N6 (emulation), N7 (funnel)"),
        Column("position", pl.Int64(), "place in the order of print"),
        Column("label", pl.String(), "what is done"),
        Column("reason", pl.String(), "what is wrong with it, in one line"),
        Column("landmark_month", pl.Float64(), "landmark after time zero", "months", nullable=True),
        Column("treated", pl.String(), "strategy of the treated (N7: of those who got there)"),
        Column("untreated", pl.String(), "strategy of the untreated (N7: of all from the origin)"),
        Column("n_treated", pl.Int64(), "patients counted as treated", "patients"),
        Column("n_untreated", pl.Int64(), "patients counted as untreated; N7: all", "patients"),
        Column("events_treated", pl.Int64(), "events while counted as treated"),
        Column("events_untreated", pl.Int64(), "events while counted as untreated"),
    ),
)

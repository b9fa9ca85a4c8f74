"""The tables of a study; here are those that only a study has: findings, data dictionary, courses."""

import polars as pl

from equipoise.base.schema import Column, Schema
from equipoise.cohort.describe import BASELINE
from equipoise.emulate.clone_flow import CLONES
from equipoise.emulate.enrol import ATTRITION
from equipoise.emulate.flow import FLOW
from equipoise.estimate.emulated.tables import EMULATION_TABLES
from equipoise.estimate.estimates import ESTIMATES, FUNNEL, RISK_TABLE, TRANSITIONS, WEIGHTS
from equipoise.estimate.naive.table import NAIVE
from equipoise.estimate.prognosis.table import PROGNOSIS
from equipoise.estimate.test_results import TESTS

FINDINGS = Schema(
    "findings",
    "one thing that the audit or an estimator noticed",
    (
        Column("code", pl.String(), "code of the registry; `equipoise explain CODE` tells more"),
        Column("severity", pl.String(), "how serious it is", values=("note", "warning", "error")),
        Column("table", pl.String(), "table or analysis that it is about"),
        Column("rows", pl.List(pl.Int64()), "row numbers in the source, at most twenty"),
        Column("patients", pl.Int64(), "how many patients are concerned"),
        Column("message", pl.String(), "what was found"),
        Column("remedy", pl.String(), "what to do"),
    ),
)

COLUMNS = Schema(
    "columns",
    "one column of one table of this study (the data dictionary)",
    (
        Column("table", pl.String(), "table"),
        Column("column", pl.String(), "column"),
        Column("type", pl.String(), "type of the values"),
        Column("unit", pl.String(), "unit of the values, empty when there is none"),
        Column("meaning", pl.String(), "what a value says"),
    ),
)

COURSES = Schema(
    "courses",
    "one stay of one enrolled patient in one state, on the clock of time zero",
    (
        Column("patient", pl.Int32(), "number of the patient in this study"),
        Column("state", pl.String(), "state occupied"),
        Column("start", pl.Float64(), "first day of the stay", "days from time zero"),
        Column("stop", pl.Float64(), "last day of the stay", "days from time zero"),
        Column("ongoing", pl.Boolean(), "whether the stay had not ended when observation stopped"),
    ),
)

MARKERS = Schema(
    "markers",
    "one dated record of one enrolled patient, on the clock of time zero",
    (
        Column("patient", pl.Int32(), "number of the patient in this study"),
        Column("day", pl.Float64(), "day of the record", "days from time zero"),
        Column("name", pl.String(), "event or intervention"),
    ),
)

TABLES = (
    ATTRITION, FLOW, BASELINE, ESTIMATES, RISK_TABLE, TRANSITIONS, FUNNEL, WEIGHTS, TESTS, PROGNOSIS,
    NAIVE, CLONES, *EMULATION_TABLES, FINDINGS, COLUMNS,
)  # fmt: skip
PATIENT_TABLES = (COURSES, MARKERS)

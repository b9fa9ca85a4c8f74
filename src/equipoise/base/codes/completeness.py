"""Codes D4xx: completeness. D401 to D449 are the cohort's, D450 and later those of reading."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "D401",
        Severity.ERROR,
        "Nobody",
        "There is nobody to study.",
        "Check the file and the filter that made it.",
    ),
    Code(
        "D402",
        Severity.ERROR,
        "Record of nobody",
        "Nothing else is known of such a patient: neither baseline nor observation.",
        "Add the patients to the table of patients, or remove the records.",
    ),
    Code(
        "D403",
        Severity.WARNING,
        "Never observed",
        "A patient without a period of observation contributes nothing, and is not missing at random.",
        "Give the period of observation, or say why these patients are in the table.",
    ),
    Code(
        "D404",
        Severity.WARNING,
        "Many values missing",
        "A column that is missing in a fifth of the patients or more cannot describe or adjust without a "
        "statement about those who miss it.",
        "Complete it, or do not use it.",
    ),
    Code(
        "D405",
        Severity.NOTE,
        "Values missing",
        "Criteria that use the column are unknown for these patients, and unknown is not met.",
        "Complete the column where it matters.",
    ),
    Code(
        "D406",
        Severity.NOTE,
        "Measured without result",
        "The record says that a sample was taken but not what came out.",
        "Complete the value, or remove the record.",
    ),
    Code(
        "D407",
        Severity.NOTE,
        "Word without a record",
        "Nobody has it: either it never happened, or it was never collected. The two look the same.",
        "Remove the word from the vocabulary if it was not collected.",
    ),
    Code(
        "D408",
        Severity.NOTE,
        "Detail missing where an arrow asks for it",
        "Such a record takes the arrow without conditions, or none.",
        "Complete the detail.",
    ),
)

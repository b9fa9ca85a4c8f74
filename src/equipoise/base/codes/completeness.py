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
)

"""Codes D3xx: values and units. D301 to D349 are the cohort's, D350 and later those of reading."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "D301",
        Severity.ERROR,
        "Unknown word",
        "A record whose name the vocabulary lacks is used nowhere, and nobody would notice.",
        "Correct the name, or declare it in the vocabulary.",
    ),
    Code(
        "D302",
        Severity.ERROR,
        "Unknown category",
        "A category outside the declared ones matches no criterion and no arrow.",
        "Correct the value, or declare it in the vocabulary.",
    ),
    Code(
        "D303",
        Severity.ERROR,
        "Other unit",
        "Numbers in different units cannot be compared; a factor of a thousand looks like a cure.",
        "Convert the values to the declared unit.",
    ),
    Code(
        "D304",
        Severity.WARNING,
        "Outside the plausible range",
        "Such a value is usually a unit or a decimal point in the wrong place.",
        "Check the value, or widen the range in the vocabulary.",
    ),
    Code(
        "D305",
        Severity.WARNING,
        "Exact value below the detection limit",
        "The assay cannot tell such values apart; they mean 'less than the limit'.",
        "Record the limit with bound `<`.",
    ),
    Code(
        "D307",
        Severity.WARNING,
        "Two values on one day",
        "The same measurement on the same day and specimen has different values; the largest one is used.",
        "Keep the right one, or tell the specimens apart.",
    ),
    Code(
        "D308",
        Severity.ERROR,
        "Value of the wrong kind",
        "A quantity needs a number and a state one of its words.",
        "Put numbers in `value` and states in `state`.",
    ),
    Code(
        "D309",
        Severity.ERROR,
        "Not a number",
        "A value that is infinite or not a number cannot be compared with anything.",
        "Leave the cell empty if the value is missing.",
    ),
)

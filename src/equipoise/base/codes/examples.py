"""Codes of the example patients that stand beside a protocol."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "P160",
        Severity.NOTE,
        "The example patients hold",
        "Each invented patient is followed, or censored on the expected day and for the expected reason, under every strategy.",
        "Nothing; a new rule deserves an example of its own.",
    ),
    Code(
        "P161",
        Severity.ERROR,
        "An example patient is not treated as expected",
        "The protocol, as it is written, says something else than its authors mean; every patient like this one would be assigned in the same way.",
        "Correct the rule of the strategy, or what is expected of the example.",
    ),
    Code(
        "P162",
        Severity.ERROR,
        "An example patient cannot be read",
        "A record counts only if its word, its value and its columns are those of the vocabulary.",
        "Write DAY WORD, then the value of a measurement or key=value for a detail; records are separated by ';'.",
    ),
)

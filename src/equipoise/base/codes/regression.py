"""Codes E2xx: regression."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "E201",
        Severity.ERROR,
        "A number that grows every day needs too many rows",
        "The time since a record is another number at every event, so every row is cut at every event.",
        "Ask for a comparison (`days_since: ..., le: 100`), which changes once, instead of the number.",
    ),
)

"""Codes D2xx: times and order. D201 to D249 are the cohort's, D250 and later those of reading."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "D201",
        Severity.ERROR,
        "Day missing",
        "A record without a day cannot be put before or after anything.",
        "Give the day, or leave the record out and say how many were left out.",
    ),
    Code(
        "D203",
        Severity.ERROR,
        "Day off the grid",
        "Rounding would change which of two things came first, without a word.",
        "Declare a finer resolution in the vocabulary (0.5 for half-days), or correct the days.",
    ),
    Code(
        "D215",
        Severity.NOTE,
        "Three moves on one day",
        "A day has room for two moves; a third one on it merges into the second.",
        "Check the days; declare a finer resolution if the order within the day is known.",
    ),
    Code(
        "D216",
        Severity.NOTE,
        "Move while not under observation",
        "Who is not under observation is not in the denominator, so what happens then may not be counted. "
        "The state is known when observation resumes.",
        "Check the observation periods. If events are recorded whether or not a patient is followed, "
        "the period of observation is longer than the table says.",
    ),
    Code(
        "D217",
        Severity.NOTE,
        "In a final state at time zero",
        "A patient who is in a state that nobody leaves has no time at risk.",
        "Let the eligibility criteria exclude these patients, or choose an earlier time zero.",
    ),
)

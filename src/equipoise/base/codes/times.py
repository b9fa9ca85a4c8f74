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
        "D202",
        Severity.ERROR,
        "Period ends before it starts",
        "Such a period observes nobody; usually two dates were swapped or a century is missing.",
        "Correct the start or the stop.",
    ),
    Code(
        "D203",
        Severity.ERROR,
        "Day off the grid",
        "Rounding would change which of two things came first, without a word.",
        "Declare a finer resolution in the vocabulary (0.5 for half-days), or correct the days.",
    ),
    Code(
        "D204",
        Severity.WARNING,
        "Overlap",
        "Two periods of observation share days. The patient counts once; why the source has both is open.",
        "Check whether two patients were merged or a period was entered twice.",
    ),
    Code(
        "D205",
        Severity.NOTE,
        "Gap",
        "Between two periods nobody looked: what happens then changes the state but is never counted.",
        "Check that the gap is real (a patient who moved and came back), not a missing form.",
    ),
    Code(
        "D206",
        Severity.ERROR,
        "After death",
        "Nothing follows a terminal event; a later record belongs to somebody else or has a wrong date.",
        "Correct the date of one of the two.",
    ),
    Code(
        "D207",
        Severity.WARNING,
        "Observed after death",
        "Follow-up cannot go on after a terminal event; it is ended there.",
        "Let the observation stop on the day of the terminal event.",
    ),
    Code(
        "D208",
        Severity.NOTE,
        "Jump",
        "The structure has no arrow for this record from the state the patient is in, so the patient stays "
        "where he or she is.",
        "Check for a record that is missing before it; add an arrow if the course is a real one.",
    ),
    Code(
        "D209",
        Severity.WARNING,
        "Teleport",
        "Two records of one day that the same-day order does not tell apart: the patient would be in two "
        "states at once, and only the alphabet decides which came first.",
        "Name both words in the vocabulary's `same_day_order`, or correct the days.",
    ),
    Code(
        "D211",
        Severity.WARNING,
        "Duplicate",
        "The same record twice counts twice wherever records are counted.",
        "Remove one of them.",
    ),
    Code(
        "D212",
        Severity.NOTE,
        "Before day 0",
        "Negative days are history; they are right only if the source records history on purpose.",
        "Check that the origin is the right date for these patients.",
    ),
    Code(
        "D213",
        Severity.ERROR,
        "Terminal event before day 0",
        "Nobody reaches day 0 after a terminal event.",
        "Correct the origin's or the event's date.",
    ),
    Code(
        "D214",
        Severity.WARNING,
        "Record outside observation",
        "It was known although nobody was looking. Counting it without its person-time is a bias; so it is "
        "not counted.",
        "Extend the observation if such records would have been made for every patient.",
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
    Code(
        "D218",
        Severity.ERROR,
        "Days of an intervention contradict each other",
        "An intervention is decided before it starts and is completed and stopped after that.",
        "Correct the days.",
    ),
)

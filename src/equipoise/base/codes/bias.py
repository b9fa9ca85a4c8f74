"""Codes D5xx: bias smells, patterns of an extract that flatter (or slander) a treatment."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "D501",
        Severity.WARNING,
        "Cohort starts at an intervention",
        "Who died or worsened while waiting for it is not in the data, so its outcomes say nothing about "
        "choosing it.",
        "Get everybody from the day on which the choice was open, or ask only about those who got there.",
    ),
    Code(
        "D502",
        Severity.WARNING,
        "Nobody without the intervention",
        "Without patients who did not have it there is nothing to compare it with.",
        "Get the others too; a comparison with published numbers is not the same patients.",
    ),
    Code(
        "D503",
        Severity.WARNING,
        "Baseline column that knows the future",
        "A column that is declared as known early determines perfectly who has a later record: it was filled "
        "in with hindsight.",
        "Declare from when it is known (`known_from`), or leave it out.",
    ),
    Code(
        "D504",
        Severity.NOTE,
        "Intervention decided after day 0",
        "Grouping patients at day 0 by what they will have later gives the treated the time that they had to "
        "survive to be treated (immortal time).",
        "Use it as a state, an intercurrent event or a strategy with a time window, not as a baseline group.",
    ),
    Code(
        "D505",
        Severity.WARNING,
        "Entry after day 0",
        "These patients are known only because they lived long enough to enter (left truncation). They are "
        "at risk from their entry on only.",
        "Nothing, if entry does not depend on prognosis; otherwise start the clock later.",
    ),
    Code(
        "D506",
        Severity.WARNING,
        "Entry at an intervention",
        "Late entrants enter on the day of an intervention: they are registered because they had it. Their "
        "earlier time is immortal, and those like them who did not get there are missing.",
        "Leave them out of comparisons that start before the intervention.",
    ),
    Code(
        "D507",
        Severity.WARNING,
        "Zero follow-up",
        "A patient whose observation ends on the day it begins is in every denominator of the source and in "
        "none here.",
        "Complete the follow-up, or report these patients.",
    ),
    Code(
        "D508",
        Severity.WARNING,
        "Measured more often in one group",
        "Who is looked at more often is found positive earlier, whatever the disease does.",
        "Compare outcomes that do not depend on looking, or thin the measurements to a common schedule.",
    ),
    Code(
        "D509",
        Severity.WARNING,
        "Follow-up ends at an event",
        "Observation stops on the day of an event after which patients live on: what comes after is missing, "
        "and not at random.",
        "Get the follow-up after it; until then do not estimate anything that lies behind it.",
    ),
    Code(
        "D510",
        Severity.WARNING,
        "Intervention in the start state",
        "These patients had the intervention before the state in which it is meant to be given; mixed with "
        "the others they answer another question.",
        "Say in the population's criteria whether they belong.",
    ),
)

"""Codes E2xx: regression."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "E201",
        Severity.ERROR,
        "A number that grows every day needs too many rows",
        "The time since a record is another number at each event, so rows are cut at each of them.",
        "Ask for a comparison (`days_since: ..., le: 100`), which changes once, not for the number.",
    ),
    Code(
        "E202",
        Severity.WARNING,
        "Person-time without a covariate is left out",
        "A value that was not collected is unknown, not normal; nothing is imputed. If values are missing because of "
        "how patients fared, those who remain are a selected group.",
        "Compare the patients left out with the others in the table of missing values, or leave the covariate out.",
    ),
    Code(
        "E203",
        Severity.ERROR,
        "Nobody has the reference level",
        "The other levels would be compared with nothing.",
        "Name a reference that patients have, or none: then it is the most frequent level.",
    ),
    Code(
        "E204",
        Severity.WARNING,
        "A covariate with one value only",
        "Without two different values there is nothing to compare; the covariate is left out of the model.",
        "Nothing, if the population was chosen so; otherwise check how the column was read.",
    ),
    Code(
        "E205",
        Severity.WARNING,
        "A level without events",
        "No finite ratio fits a level in which nothing happened; that nothing happened among few is no proof.",
        "Read the counts and the absolute risk, or the shrunken ratio; or join the level with another one.",
    ),
    Code(
        "E206",
        Severity.WARNING,
        "Covariates that say the same",
        "One column is a sum of others, so their effects cannot be told apart; it is left out of the model.",
        "Leave one of the covariates out.",
    ),
    Code(
        "E207",
        Severity.WARNING,
        "No finite ratio fits",
        "All events lie on one side of the covariate, so the likelihood grows without end.",
        "Read the counts and the absolute risks, or the shrunken ratio.",
    ),
    Code(
        "E208",
        Severity.WARNING,
        "Nothing to fit",
        "Without an event in anybody at risk no ratio can be estimated, and none is ruled out.",
        "Follow patients longer, or ask about another outcome.",
    ),
    Code(
        "E209",
        Severity.WARNING,
        "A fit that did not settle",
        "The search for the best coefficients ended without an answer; a number from it would be arbitrary.",
        "Look for a covariate with extreme values, or ask about fewer covariates.",
    ),
    Code(
        "E210",
        Severity.WARNING,
        "Hazards are not proportional",
        "The ratio changes over time, so one number is an average that depends on how long patients were followed.",
        "Read the absolute risks by day; say in the text that the ratio changes.",
    ),
    Code(
        "E211",
        Severity.NOTE,
        "Covariates as they are at time zero",
        "Who has had a competing event stays in the comparison of incidences (Fine and Gray) and has no later "
        "values, so what changes enters with its value at time zero.",
        "Read the ratios of cause-specific hazards for what changes, or start at a landmark.",
    ),
    Code(
        "E212",
        Severity.WARNING,
        "Weights after a competing event do not exist",
        "After a competing event a patient counts with the chance of being observed still; where nobody at all is "
        "under observation for a while that chance is unknown, and there is no subdistribution hazard ratio.",
        "Begin follow-up when patients are under observation without a gap, at a landmark.",
    ),
    Code(
        "E213",
        Severity.ERROR,
        "A regression of incidence needs one spell a patient",
        "Weights after a competing event are those of one entry and one exit; with gaps, or events that can come "
        "back, they are not defined.",
        "Ask about the first event (an outcome of kind cumulative_incidence), or use cause-specific hazards.",
    ),
    Code(
        "E214",
        Severity.NOTE,
        "No test of proportional hazards with case weights or clusters",
        "The test counts every row as an independent patient; with case weights it grows with their scale, and with "
        "clusters or several events a patient it is too sure.",
        "Read the absolute risks by day, which show whether a ratio changes; or test without weights.",
    ),
    Code(
        "E215",
        Severity.WARNING,
        "Values beyond a limit in the slope of a number",
        "A value that is known only to lie below or above a limit (`<2`, `>3`) has no number, and the slope of a "
        "number needs one: it counts as the limit, which is not its value, or as unknown where the same number "
        "stands with both signs.",
        "Ask a `predicate` with a comparison (`{last: ..., ge: ...}`) instead; groups by a `cut` use what is known.",
    ),
)

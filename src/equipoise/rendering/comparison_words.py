"""The strings about groups, naive comparisons and tests; `equipoise.rendering.words` adds them to its own."""

from typing import Final

from equipoise.base.findings import FindingStatus

COMPARISON_TEXT: Final[dict[str, str]] = {
    "prognosis": "Prognosis",
    "ladder": "Treated or not, naively",
    "tests": "Tests",
    "sentences": "Each number as a sentence for a paper",
    "ratio_axis": "Hazard ratio, logarithmic axis",
    "difference_axis": "Percentage points, treated minus untreated",
    "ratio_number": "hazard ratio",
    "risk_number": "absolute risk or survival",
    "difference_number": "difference in survival",
    "ratio_heading": "Hazard ratio ({level}\u202f% interval)",
    "risk_heading": "{outcome} at {month} months, % ({level}\u202f% interval)",
    "reference": "1 (reference)",
    "not_known_in": "Not known in {n}.",
    "at_landmark": " at month {month}",
    "judged_at": "at month {month}",
    "judged_at_start": "at time zero",
    "judged_changing": "at time zero, and as it changes",
    "fine_gray": "Fine–Gray, {model}",
    "prognosis_title": "{outcome} by what is known of the patient",
    "prognosis_caption": (
        "Absolute numbers at {month} months stand left of the hazard ratios, which say nothing alone: a "
        "ratio of 2 doubles a small risk and a large one. Counted from {origin}."
    ),
    "prognosis_causes": (
        "Ratios are of the hazard of the event itself, others competing; Fine and Gray's are of the "
        "subdistribution hazard, whose direction is that of the cumulative incidence."
    ),
    "prognosis_slopes": (
        "A number has one ratio, for so many more of it; its groups have absolute numbers only."
    ),
    "what_counts": "What counts: {words}.",
    "or": "or",
    "also_after": ", also after {events}",
    "prognosis_joint": "The joint model holds all covariates, those that change as they happen.",
    "legend_shrunken": "With all others, shrunken (unshrunken: in the numbers)",
    "prognosis_shrunken": (
        "Shrunken ratios are pulled towards 1 by a prior, the more the fewer the events; their lines are "
        "posterior intervals. From alone to shrunken a ratio moves for two reasons, the other covariates and "
        "the prior: the joint ratio before it is shrunken stands in the numbers behind this figure."
    ),
    "posterior": "{level}\u202f% posterior interval",
    "prognosis_association": (
        "Lines are confidence intervals; an arrow leaves the axis. These are associations: they say who "
        "fares how, not what a change would do."
    ),
    "prognosis_alternative": "Table with bars and intervals: {outcome} at {month} months by groups.",
    "part_fixed": "Known at time zero ({origin})",
    "part_varying": "May change later: hazard ratio as it happens",
    "part_varying_note": (
        "The ratio compares patients on the same day by what is known of them on the day before; absolute "
        "numbers are by what was known at time zero."
    ),
    "part_landmark": "As known at month {month}",
    "part_landmark_note": "Of those still followed without the event then; months count from there.",
    "said_risk": "{outcome} was {value}: {patients}{when}, {events} with {event} by then",
    "said_beside": "{outcome}{when} was {values}",
    "said_beside_group": "{value} ({level}: {patients}, {events} with {event} by then)",
    "said_month": " for those followed to month {month}, by what was known then,",
    "at_time_zero": " at time zero",
    "nobody": "no patients",
    "nobody_known": "nobody with a known value",
    "nobody_at_start": "nobody was in this group at time zero",
    "nobody_note": "Nobody at time zero: the ratio is of patients as they come to it later.",
    "not_followed": "not followed that long",
    "not_known": "not known, nobody being followed that long",
    "one_patient": "1 patient",
    "some_patients": "{n} patients",
    "one_event": "1 event",
    "some_events": "{n} events",
    "said_ratio": "hazard ratio{against}{judged}: {ratios}",
    "said_as_it_happens": ", judged as it happens",
    "said_as_it_comes": ", judged as it happens, of patients as they come to it later",
    "said_against": " against {level}",
    "said_reference": "the group that the others are compared with",
    "versus": "{one} v {other}",
    "treated": "treated",
    "untreated": "untreated",
    "from_month": ", from month {month}",
    "ladder_title": "{comparison}: {outcome} compared naively",
    "ladder_caption": (
        "Difference in {outcome} at {month} months, treated minus untreated, and the hazard ratio, as each "
        "naive analysis has them; the line under each says what is wrong with it. Lines are confidence "
        "intervals, which know nothing of these biases. Time zero is {origin}; analysis N2 counts its "
        "treated from the treatment."
    ),
    "ladder_alternative": (
        "Intervals on one axis: differences in {outcome}, treated minus untreated; all biased."
    ),
    "ladder_biased": "BIASED, shown for comparison",
    "ladder_biased_note": (
        "None of these estimates what treatment does; the distance between them shows by how much they can "
        "mislead."
    ),
    "ladder_truth": "Truth in this registry",
    "ladder_truth_note": (
        "Known because the patients are virtual: everybody under the one strategy, and everybody under the "
        "other, from time zero."
    ),
    "ladder_truth_caption": "The dashed line is the truth, which only a virtual registry knows.",
    "ladder_off": "Off by {points} points.",
    "legend_biased": "Naive (biased)",
    "legend_truth": "The truth, through all rows",
    "simulation_error": "Monte-Carlo error {error}",
    "anatomy_head": "{outcome}, {one} minus {other}",
    "anatomy_points": "points",
    "anatomy_off": "BIASED, off by {points}: {why}",
    "anatomy_n1": "immortal time is counted for the treated",
    "anatomy_n2": "only who got to the treatment, from there on",
    "anatomy_n3": "only who got there; later treatment counts as none",
    "anatomy_n4": "no immortal time, but not treated by lot",
    "ladder_sparse": "Fewer than one in ten at risk in a group by then.",
    "ladder_patients": "Patients, treated v not",
    "ladder_patients_short": "patients",
    "ladder_events": "Events, treated v not",
    "ladder_events_short": "events",
    "ladder_survival": "% at {month} months",
    "ladder_survival_short": "survival, %",
    "ladder_difference": "Difference in points ({level}\u202f% interval)",
    "ladder_same_curves": "curves and difference as above",
    "ladder_remark": (
        "Naive comparisons put the difference that {intervention} makes to {outcome} between {values} "
        "points; all are biased: see the ladder in the report."
    ),
    "biased": "biased",
    "biased_panel": "{rung} (biased) {label}",
    "months_two_clocks": "Months from time zero, or from treatment",
    "rung_curves_title": "{comparison}: {outcome} as each naive analysis draws it",
    "rung_curves_caption": (
        "The same patients, counted in naive ways; every panel is biased for the reason given in the ladder. "
        "Solid the treated, dashed the untreated, with pointwise {level} bands. Months from {origin}."
    ),
    "rung_curves_truth": (
        "Green, without a band: the truth of both strategies from time zero, which only a virtual registry "
        "knows."
    ),
    "true_curve": "Truth: {strategy}",
    "rung_curves_alternative": "Panels on the same axes, two curves each; all biased.",
    "reaching_title": "Who gets there: {last} after {origin}",
    "reaching_caption": (
        "A curve that starts at {last} is the curve of those who got there (N7); above it stands everybody "
        "with {origin}. Below: how many of them had got to {last}, counted rightly, and by one minus "
        "Kaplan–Meier, which takes those who died before it for people who may still get there."
    ),
    "reaching_alternative": "Numbers in percent on one axis, the biased ones beside those of everybody.",
    "reaching_column": "% ({level}\u202f% interval)",
    "reaching_survival": "{outcome} at {month} months",
    "reaching_biased": "{rung} BIASED: only those with {last}, counted from it",
    "reaching_part": "{last} reached after {origin}",
    "reaching_note": "With whatever prevents it competing; below it, as one minus Kaplan–Meier has it.",
    "reaching_by": "By month {month}",
    "reaching_wrong": "BIASED, one minus Kaplan–Meier: reaching {step}",
    "biased_number": "{value} BIASED, off by {points}",
    "legend_everybody": "Everybody counted",
    "said_reaching": (
        "By month {month} {value} of those with {origin} had reached {last}, with whatever prevents it "
        "competing; one minus Kaplan–Meier, which is biased, says {wrong}."
    ),
    "some_points": "{points} points",
    "said_points": "difference {points} points",
    "said_off": "off the truth by {points} points",
    "said_truth": (
        "In this virtual registry the truth is known: {strategies}, {outcome} is {values}, a difference of "
        "{points} points ({error})."
    ),
    "truth_remark": (
        "In this virtual registry the truth is known: {one} instead of {other} changes {outcome} by {points} "
        "points{values}{off}."
    ),
    "truth_values": " ({values})",
    "truth_off": "; the naive comparisons are off by between {values} points",
    "said_hazard_ratio": "hazard ratio {ratio}",
    "said_rung": "{rung}, {label} ({n} v {m} patients, {events} v {others} events):",
    "said_difference": "{outcome} was {treated} v {untreated}, a difference of {points}",
    "said_biased": "Biased: {reason}",
    "tests_caption": "Tests of hypotheses",
    "tests_note": (
        "A small P value says that the data would be surprising under the hypothesis, not how large or "
        "important a difference is: the absolute risks say that. Many tests are made here; some are small "
        "by chance."
    ),
    "tests_few": (
        "Without a P value, –, are tests in which less than one event would be expected in a group ({code}): "
        "it would mean nothing."
    ),
    "no_p_value": "–",
    "rung_named": "{rung}, {label}",
    "column_test": "Test",
    "column_hypothesis": "Hypothesis",
    "column_statistic": "Chi-squared",
    "column_df": "df",
    "column_p": "P value",
    "doubt_part": "{about} (P value {p})",
    "doubt": (
        "{outcome}: hazards do not look proportional for {parts}. The hazard ratio changes over the "
        "follow-up and its average depends on how long patients were followed: read the absolute risks."
    ),
    "said_test": (
        "{outcome}, {about}: {method}, chi-squared {statistic} on {df} df, P value {p} ({patients}, "
        "{events})."
    ),
    "said_test_of_model": "{test} test ({method})",
    "method_truth": "Numbers called truth were not estimated from these patients: {methods}.",
    "method_published": "Numbers called published come from the literature: {methods}.",
    "truths_listed": "Of truths only those of the strategies compared naively; the download holds all.",
    "beside": "Truths and published numbers",
    "method_tests": "Groups were also compared by {tests}.",
}

# Which covariates a hazard ratio was estimated with.
MODELS: Final[dict[str, str]] = {
    "alone": "alone",
    "together": "with all covariates together",
    "shrunken": "with all covariates together, shrunken",
}

# Where there is no ratio: why, as short as a cell.
RATIO_STATUS: Final[dict[str, str]] = {
    FindingStatus.SEPARATED.value: "not finite: all events on one side",
    FindingStatus.NO_EVENTS.value: "no event to compare",
    FindingStatus.ONE_VALUE.value: "the same value in everybody",
    FindingStatus.NOT_CONVERGED.value: "no answer found",
}

# The same as a sentence has it, after "hazard ratio against ...:".
RATIO_SAID: Final[dict[str, str]] = {
    FindingStatus.SEPARATED.value: "not finite, as all events are on one side",
    FindingStatus.NO_EVENTS.value: "none, as there is no event to compare",
    FindingStatus.NOT_CONVERGED.value: "none found",
}

# The same for comparisons of groups, in a paragraph of their own.
COMPARISON_SENTENCES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "hazard_ratio": (
        "Hazard ratios are from proportional-hazards regression and always stand beside absolute risks",
        ("cox1972", "efron1977"),
    ),
    "shrunken": (
        "Joint models are shrunken by a normal prior on each log hazard ratio (SD {prior_sd}); their "
        "intervals are posterior",
        ("verweij1994",),
    ),
    "subdistribution_hazard_ratio": (
        "Ratios of subdistribution hazards are from Fine and Gray's regression",
        ("fine1999",),
    ),
    "landmark": (
        "At a landmark only patients still followed without the event are grouped, by what is known by then",
        ("anderson1983", "vanhouwelingen2007"),
    ),
    "survival_difference": (
        "Naive comparisons of treated with untreated patients are shown as differences in survival with "
        "their bias named; where patients change groups as they are treated, curves are Simon and Makuch's",
        ("simon1984", "suissa2008"),
    ),
}

# Tests by their name in the table of tests, and where they come from.
TEST_SENTENCES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "log-rank": ("the log-rank test", ("mantel1966", "peto1972", "harrington1982")),
    "gray": ("Gray's test of cumulative incidences", ("gray1988",)),
    "mantel-byar": ("the test of Mantel and Byar", ("mantel1974",)),
    "wald": ("joint Wald tests", ()),
    "proportional hazards": (
        "tests of proportional hazards by scaled Schoenfeld residuals",
        ("grambsch1994",),
    ),
}

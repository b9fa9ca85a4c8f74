"""Every string of the report that is not data, in one place, so that another language is another file."""

from typing import Final

from equipoise.rendering.comparison_words import COMPARISON_TEXT
from equipoise.rendering.emulated.words import EMULATED_MEASURES, EMULATED_TEXT

LANGUAGE: Final = "en"

_MORE_TEXT: Final = COMPARISON_TEXT | EMULATED_TEXT

TEXT: Final[dict[str, str]] = {
    "skip": "Skip to the report",
    "contents": "Contents",
    "report": "Study report",
    "research_use": (
        "Research use. This report describes groups of past patients under stated assumptions. "
        "It shows options with outcomes, never an order."
    ),
    "answer": "The answer",
    "question": "The question",
    "patients": "Who was studied",
    "course": "The course of the disease",
    "outcomes": "Outcomes",
    "estimands": "Four estimands",
    "funnel": "The funnel",
    "time": "Time gained and lost",
    "tables": "All estimates",
    "findings": "Findings",
    "methods": "Methods",
    "provenance": "Provenance",
    "references": "References",
    "figure": "Figure",
    "figures": "figures",
    "all_figures_pdf": "All figures with their captions (PDF)",
    "pdf_of_all": "PDF (all figures)",
    "table": "Table",
    "download": "Download",
    "numbers_behind": "Numbers behind this figure",
    "numbers_in_csv": "They are in the CSV above.",
    "months_from": "Months from {origin}",
    "probability": "Probability, %",
    "at_risk": "At risk",
    "censored": "Censored",
    "events": "Events",
    "sparse": "under 10 % at risk",
    "not_reached": "not reached",
    "not_observed": "not estimable",
    "no_number": "no number",
    "no_interval": "no interval",
    "excluded": "Excluded",
    "unknown": "Not recorded",
    "all_patients": "All",
    "no_findings": "Nothing was found that a reader should know.",
    "error": "Error",
    "warning": "Warning",
    "note": "Note",
    "what_to_do": "What to do",
    "flow_title": "From everybody assessed to everybody followed",
    "flow_caption": (
        "The boxes add up: each is the sum of those who went on and those who left. Lines inside a box "
        "count what its patients "
        "have on record. Criteria that excluded nobody stand in the table below."
    ),
    "flow_alternative": (
        "Flow chart from {first} ({first_label}) to {last} ({last_label}), with {left} groups that left on "
        "the way."
    ),
    "flow_unmet": "Did not meet: {criterion}",
    "flow_detail": "{n} with {label}",
    "swimmer_title": "Single courses",
    "swimmer_some": (
        "Each lane is one patient from {origin} on, coloured by state. Shown are {shown} of {all} "
        "patients, taken at equal "
        "steps of the ranking by length of observation (the longest on top), so that the picture is "
        "chosen by a rule and not by eye. These are single patients: before passing the report on, make it "
        "with `run --no-patients`."
    ),
    "swimmer_all": (
        "Each lane is one patient from {origin} on, coloured by state; all {all} patients, the longest "
        "observation on top. These are single patients: before passing the report on, make it with "
        "`run --no-patients`."
    ),
    "swimmer_alternative": (
        "{shown} of {all} patients as horizontal lanes from {origin} on, coloured by state, with signs for "
        "records."
    ),
    "swimmer_ongoing": "Alive at last contact",
    "curve_caption": (
        "{what} among {n} patients, from {origin}, with pointwise {level} band; drawn at the report's months."
    ),
    "grey_zone": "Pale part: fewer than one in ten patients is still at risk.",
    "curve_goes_down": "{label} falls in steps from 100 %. {values}",
    "curve_may_rise": "{label} may fall and rise. {values}",
    "incidence_axis": "Cumulative incidence, %",
    "incidence_caption": (
        "Cumulative incidence with the other event competing (Aalen–Johansen, never one minus Kaplan–Meier), "
        "among {n} patients, from {origin}, with pointwise {level} bands; drawn at the report's months."
    ),
    "incidence_alternative": "Curves of {labels} rise in steps from 0. {values}",
    "occupancy_axis": "Of 100 patients",
    "occupancy_title": "Where patients are, month by month",
    "occupancy_caption": (
        "Probability of being in each state among {n} patients, from {origin}; the layers add up to 100 "
        "and keep one clinical order."
    ),
    "occupancy_alternative": "Stacked layers that add up to 100 %. At month {month}: {ends}.",
    "estimands_title": "{outcome}: four ways to count {event}",
    "estimands_caption": (
        "The same {n} patients, the same axes, four questions (ICH E9(R1)). In colour the handling named "
        "above the panel with its "
        "pointwise {level} band; pale lines repeat the other three. Months from {origin}."
    ),
    "naive_panel": "{label}, naive",
    "estimands_alternative": "Four panels on the same axes.",
    "patients_axis": "Patients",
    "funnel_title": "From {origin} to {last}",
    "funnel_caption": (
        "Each bar counts patients who reached the step; the denominator beside it is the step before, the "
        "pale bar everybody at the origin."
    ),
    "funnel_holding": "{label} when observation ended",
    "funnel_reached": "Within 12 months {value} reached {last}, with whatever prevents it competing.",
    "funnel_wrong": "One minus Kaplan–Meier, which censors those prevented, would say {value}.",
    "funnel_all": "All, from {origin}",
    "funnel_naive": "Naive: only those with {last}, counted from it",
    "funnel_origin": "{origin} (all) or from {last} (naive)",
    "funnel_curves_title": "{outcome}: all from {origin}, beside those who got to {last}",
    "funnel_curves_caption": (
        "Solid: all {n} patients from {origin}. Dashed: the {m} who reached {last} and were "
        "observed after it, counted from it; they had to live long enough to get there, so this curve "
        "describes them and not the effect of {last}. Bands are pointwise {level}."
    ),
    "inside": "Free of the event",
    "lost_to": "Lost to {cause}",
    "horizon": "Of the first {months} months",
    "mean_months": "Mean months",
    "lost_title": "Mean months kept and lost, by cause",
    "lost_caption": (
        "Of a fixed number of months from {origin}, how many the {n} patients spent free of the event on "
        "average, and how many they lost "
        "to each cause; the parts add up to the horizon (Andersen 2013)."
    ),
    "lost_sentence": "Of the first {horizon} months, {inside} were spent being {what}; {lost}.",
    "counts_event": "{events} with {event}{by_then}, {at_risk} still at risk",
    "counts_state": "{events} last seen {event}, {at_risk} still under observation",
    "handling_remark": "How the {event} is counted changes the question: {outcome} was {values}.",
    "funnel_remark": "After {origin}, {part} reached {last}.",
    "funnel_flatters": (
        "Counted from {origin}, with everybody in the denominator, {outcome} was {all}; counted from "
        "{last}, only in those who "
        "got there, {naive}."
    ),
    "follow_up_remark": "Median potential follow-up was {time} (reverse Kaplan–Meier).",
    "every_so_many": "Shown at every {months} months; the CSV holds all.",
    "median_iqr": "median (quartiles)",
    "below_limit": "{n} below the limit of detection",
    "characteristic": "Characteristic",
    "baseline_caption": "Patients at time zero",
    "baseline_note": "Percentages are of patients with a known value.",
    "baseline_empty": "Recorded in nobody: {labels}.",
    "attrition_caption": "Criteria in order, and who was excluded by each",
    "attrition_note": "What the excluded have on record may overlap.",
    "criterion": "Criterion",
    "remaining": "Remaining",
    "on_record": "On record among the excluded",
    "estimates_caption": "Estimates at the report months, and mean and median times",
    "estimates_note": (
        "Probabilities in percent, times in months (mo). Codes are explained under Findings. The download "
        "holds every month, "
        "state, group, standard error and method, to five digits, and the number of its estimand, whose "
        "sentence stands in the file of estimands."
    ),
    "column_strategy": "Question",
    "whole_follow_up": "all",
    "column_month": "Month",
    "column_estimate": "Estimate",
    "column_interval": "{level}\u202f% interval",
    "column_n": "n",
    "column_events": "Events",
    "column_at_risk": "At risk",
    "column_code": "Code",
    "column_state": "State",
    "state_times_caption": "Mean months in each state",
    "state_times_note": "In brackets {level}\u202f% intervals; the states of a column add up to its horizon.",
    "composed": "counted from {origin}, composed of reaching {last} and the curve from there",
    "reaching": "Reaching {step}",
    "natural_course": "natural course",
    "from_start": "all, counted from {start}",
    "from_last": "only those with {last} after {origin}, counted from {last}",
    "transitions_caption": "Moves between states that were seen",
    "column_from": "From",
    "column_to": "To",
    "column_times": "Times",
    "column_years": "Person-years in the state left",
    "column_rate": "Per person-year",
    "transitions_note": "Unweighted counts from time zero on.",
    "weights_caption": "Case weights",
    "weights_patients": "Patients",
    "weights_mean": "Mean",
    "weights_minimum": "Least",
    "weights_median": "Median",
    "weights_maximum": "Greatest",
    "weights_ess": "Effective number",
    "method_beta": (
        "Where fewer than five events had happened, or the estimate was 0 or 1, the interval is the "
        "beta-product confidence interval, "
        "which equals Clopper and Pearson's without censoring"
    ),
    "method_variance": (
        "Standard errors are from {variance}; pointwise {level} % confidence intervals are on these "
        "scales: {intervals}."
    ),
    "variance_ij": "the infinitesimal jackknife (the robust variance of R's survfit)",
    "variance_greenwood": "Greenwood's formula",
    "variance_aalen": "Aalen's formula (as in R's cmprsk and mstate)",
    "method_cluster": "Patients with the same {column} were taken as one unit of variance.",
    "method_weight": "Patients carry the case weights of column {column}; counts of patients are unweighted.",
    "method_handlings": (
        "One outcome is shown under several handlings of an intercurrent event (ICH E9(R1)): {handlings}. "
        "Plain censoring at an "
        "intercurrent event estimates its hypothetical estimand only if the timing of the event carries "
        "no information about prognosis."
    ),
    "method_curves": (
        "Curves are drawn as steps on the protocol's grid of report days, with the numbers at risk, "
        "censored and with an event under the "
        "axis, and are pale from the first day on which fewer than one in ten patients was at risk"
    ),
    "method_further": "Also used",
    "code": "Code",
    "lead": "Of {all} patients in the extract, {n} were followed from {origin}.",
    "provenance_caption": "What went in and what came out",
    "provenance_text": (
        "Equal protocol, data, seed and version give equal numbers. The digests below identify what went "
        "in and what came out."
    ),
    "item": "Item",
    "value": "Value",
    "protocol": "Protocol",
    "vocabulary": "Vocabulary",
    "cohort": "Cohort",
    "seed": "Seed",
    "study_digest": "Study (SHA-256)",
    "digest_of": "{what} (SHA-256)",
    "version_of": "Version of {what}",
    "all_estimates_csv": "All estimates (CSV)",
    "estimands_csv": "Their estimands as sentences (CSV)",
    "dictionary_csv": "Data dictionary (CSV)",
    "bibtex": "References (BibTeX)",
    "how_made": "How this number was made",
    "estimand": "Estimand",
    "method": "Method",
    "interval": "Interval",
    "reading": "How to read it",
    "copy": "Copy as a sentence",
    "caution": " [{role}, see {code}]",
    "label_censored": "{label}, {event} censored (naive)",
    "label_composite": "{label}, {event} counted as an event",
    "label_before": "{label} before {event}",
    "event_or": "{one} or {other}",
    "event_before": "{one} before {other}",
    "is_without": "{condition} without {event}",
    "copied": "Copied",
    "one_minus_survival": (
        "One minus Kaplan–Meier, which ignores the competing events, would give {values} at {month} months."
    ),
    "instead": "{wrong} instead of {right} for {event}",
    "month": "Month",
    "read_values": "Read values: arrow keys move by a month",
} | _MORE_TEXT

HANDLINGS: Final[dict[str, str]] = {
    "treatment_policy": "Ignored (treatment policy)",
    "hypothetical": "Censored (hypothetical)",
    "composite": "Counted as an event (composite)",
    "while_on_treatment": "Competing (while on treatment)",
}

MEASURES: Final[dict[str, str]] = {
    "survival": "Survival",
    "cumulative_incidence": "Cumulative incidence",
    "state_probability": "State probability",
    "restricted_mean": "Restricted mean time",
    "time_lost": "Time lost",
    "time_in_state": "Time in state",
    "median": "Median",
    "median_follow_up": "Median follow-up (reverse Kaplan–Meier)",
    "one_minus_survival": "One minus Kaplan–Meier (not a probability here)",
    "survival_difference": "Difference in survival",
    "cumulative_incidence_difference": "Difference in cumulative incidence",
    "state_probability_difference": "Difference in state probability",
    "restricted_mean_difference": "Difference in restricted mean time",
    "time_lost_difference": "Difference in time lost",
    "hazard_ratio": "Hazard ratio",
    "subdistribution_hazard_ratio": "Subdistribution hazard ratio",
} | EMULATED_MEASURES

# What a measure is, and where it comes from: written once in the methods if the measure was used.
METHOD_SENTENCES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "survival": ("Survival was estimated by the Kaplan–Meier method", ("kaplan1958",)),
    "cumulative_incidence": (
        "Cumulative incidences were estimated by the Aalen–Johansen method with the other first events "
        "competing",
        ("aalen1978", "putter2007"),
    ),
    "state_probability": (
        "Probabilities of being in a state were estimated by the Aalen–Johansen method on the whole "
        "multistate structure",
        ("aalen1978", "putter2007"),
    ),
    "restricted_mean": ("Restricted mean times are areas under these curves up to a fixed horizon", ()),
    "time_lost": ("Time lost to a cause is the area under its cumulative incidence", ("andersen2013",)),
    "median": ("Medians are the first days on which a curve comes down to one half", ()),
    "median_follow_up": ("Median follow-up is by reverse Kaplan–Meier", ("schemper1996",)),
}

ROLES: Final[dict[str, str]] = {
    "primary": "Primary",
    "companion": "Companion",
    "sensitivity": "Sensitivity",
    "naive": "Naive",
    "truth": "Truth",
    "published": "Published",
}


def capital(text: str) -> str:
    """The text with a capital first letter; abbreviations inside stay as they are."""
    return text[:1].upper() + text[1:]


def join_words(parts: list[str], *, separator: str = ", ") -> str:
    """``a, b and c``; with another separator no "and"."""
    if separator != ", " or len(parts) < 2:
        return separator.join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"

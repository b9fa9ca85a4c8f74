"""The strings about emulated strategies; `equipoise.rendering.words` adds them to its own."""

from typing import Final

EMULATED_TEXT: Final[dict[str, str]] = {
    "emulated": "Strategies compared on the same people",
    "emulated_lead": (
        "Everybody is followed under every strategy for as long as the records allow it (clone, censor, "
        "weight): {n} patients, from {origin}."
    ),
    "emulated_headline": "{outcome}, {versus}: {value}{truth}.",
    "emulated_truth": "; the truth in this registry: {points} points",
    "emulated_points": "{points} points ({interval})",
    "emulated_worst": "no number is shown; whatever happened to the others, it is within {limits} points",
    "emulated_no_limits": "no number is shown",
    "banner_amber": (
        "Thin support: {strategy}. {says}. Its numbers are shown, to be read with their intervals."
    ),
    "banner_sealed": (
        "Sealed: {strategy}. {says}. These data cannot answer for it, so that no number is shown; limits "
        "hold whatever happened to those who did not follow it."
    ),
    "sealed_cell": "not shown",
    "sealed_cell_limits": "not shown; worst case {limits}",
    "emulated_title": "{outcome}: {versus}",
    "emulated_title_levels": "{outcome} under each strategy",
    "emulated_caption": (
        "{outcome} if everybody had followed the strategy, among the same {n} patients, from {origin}: "
        "clones, censored when the records leave the strategy, weighted by how likely that was. Darker bands "
        "are pointwise {level}, lighter ones simultaneous: the whole curve lies inside with that confidence. "
        "Under the axis stand the patients who follow the strategy and are at risk, and how many they count "
        "for. Drawn at the report's months."
    ),
    "emulated_caption_difference": (
        "Below it the difference in points with its simultaneous band, and at the report months its "
        "pointwise interval."
    ),
    "emulated_caption_crossing": (
        "The point on the zero line is the first month from which on the first strategy is not below: {time}."
    ),
    "emulated_caption_truth": "Thin green lines are the truth, which only a virtual registry knows.",
    "emulated_caption_sealed": (
        "Sealed: {strategies}. Pale lines are the limits of the worst case, between which the curve lies "
        "whatever happened to those who did not follow it."
    ),
    "emulated_alternative": "Two curves from {start}, and their difference. {values}",
    "emulated_alternative_levels": "A curve for each strategy. {values}",
    "worst_case_line": "{strategy}: worst case",
    "follow_it": "Follow it",
    "count_for": "Count for",
    "difference_panel": "Difference, points",
    "difference_of": "Difference",
    "readout_points": "points",
    "crossing_number": "{time} months ({level} {limits})",
    "crossing_open": "later than {month}",
    "contrasts_title": "{outcome}: all contrasts, and what happens when one thing is changed",
    "contrasts_caption": (
        "Differences in {outcome}, in points, among the same {n} patients from {origin}; lines are {level} "
        "confidence intervals, paired, as the same people stand behind both strategies. Below the main rows "
        "the same number with one thing changed at a time. Where nothing may come out, the "
        "number must be 0."
    ),
    "contrasts_alternative": "Intervals on one axis. {values}",
    "contrasts_levels": "% by then",
    "contrasts_difference": "Difference in points ({level}\u202f% interval)",
    "contrasts_truth": "Truth",
    "contrasts_by": "By month {month}",
    "contrasts_changed": "Month {month}, with one thing changed",
    "contrasts_controls": "Negative controls: must be 0",
    "contrasts_controls_note": (
        "Comparisons in which nothing may come out; an interval that excludes 0 speaks against the "
        "assumptions."
    ),
    "emulated_axis": "Percentage points",
    "legend_emulated": "Emulated",
    "legend_changed": "One thing changed",
    "legend_control": "Negative control",
    "contrast_table": "Contrasts",
    "contrast_table_note": (
        "Survival and risks in points, times in months (mo). {e_value}Rows in grey are sealed: no number is "
        "shown, and limits are those of the worst case."
    ),
    "e_value_note": (
        "An E-value says how strongly (as a risk ratio) something unmeasured would have to go with both the "
        "choice of strategy and the event to explain the number away; 1 means that nothing is needed. "
    ),
    "column_contrast": "Contrast",
    "column_truth": "Truth",
    "column_by": "By month",
    "one_for_one": "for one more",
    "at_least": "at least {value}",
    "ladder_emulated": "Emulated trial (clone, censor, weight)",
    "ladder_emulated_note": (
        "The same people under both strategies from time zero on, weighted for why they were treated when "
        "they were."
    ),
    "ladder_emulated_caption": "Filled square: the emulated trial, with its interval.",
    "console_head": "{outcome}, {versus}",
    "console_n1": "ever v never {treatment}",
    "console_n2": "starting at the {treatment}",
    "console_emulated": "emulated trial (clone-censor)",
    "console_truth": "truth in this registry",
    "console_n1_why": "<- immortal time",
    "console_n2_why": "<- who got there",
    "console_sealed": "sealed: these data cannot answer (worst case {limits})",
    "console_sealed_bare": "sealed: these data cannot answer",
    "console_thin": "{value}, thin support",
    "console_interval": "{points} ({interval})",
    "console_points": "{points} points",
    "clones_title": "From those enrolled to those who follow each strategy",
    "clones_caption": (
        "Each patient enters every strategy once, as a clone, and leaves it when the records rule it out; "
        "events, losses and the end of the study are no reasons to leave. In every strategy the boxes add up "
        "to all {n} clones."
    ),
    "clones_alternative": "Flow chart: {values}",
    "clones_said": "{title}: {n} clones, {stay} compatible to the end, {left} censored.",
    "clones_of": "{title}: clones",
    "clones_stay": "{title}: compatible to the end of follow-up",
    "clones_left": "Censored",
    "clones_reason": "{n} {reason}{when}",
    "clones_when": " (median day {day})",
    "clones_started": "{n} of them started as it asks",
    "balance_table": "Patients at time zero, and those who follow each strategy",
    "balance_note": (
        "Shares or means among everybody at time zero, and among those who follow a strategy to the end of "
        "its last window, as they are and weighted; d is the standardised difference from everybody. Weights "
        "are made for the outcome, over time, and need not balance what predicts only the start. {sites}"
    ),
    "balance_sites": "Of the {n} centres the one with the largest difference is shown, without its name.",
    "balance_sites_line": "a centre (largest difference of {n})",
    "column_everybody": "Everybody",
    "column_followers": "{strategy}",
    "column_weighted": "weighted",
    "column_d": "d",
    "love_title": "Balance at time zero: {strategy}",
    "love_title_all": "Balance of what is known at time zero",
    "love_caption": (
        "Standardised differences between those who follow a strategy to the end of its last window and "
        "everybody at time zero ({n} patients); hollow as they are, filled weighted. Lines at 0.1 either "
        "side, beyond which a difference is usually called one."
    ),
    "love_alternative": "Signs on one axis; the largest difference after weighting is {worst}.",
    "love_axis": "Standardised difference from everybody",
    "love_before": "Unweighted",
    "love_after": "Weighted",
    "love_heading": "Difference",
    "gates_table": "Gates: whether the data can answer for a strategy",
    "column_gate": "Gate",
    "column_found": "Found",
    "column_limit": "Limit",
    "column_verdict": "Verdict",
    "column_says": "What it says",
    "verdict_open": "open",
    "verdict_amber": "thin",
    "verdict_sealed": "sealed",
    "support_title": "Weights over time",
    "support_caption": (
        "Left: mean of the untruncated weights of all {n} patients, those who left the strategy counting 0; "
        "1 at every month if the models are right, with two standard errors either side. Right: how many "
        "patients those who follow the strategy count for."
    ),
    "support_alternative": "Mean weights near 1 and effective numbers that fall. {values}",
    "support_said": "{title}: mean weight {mean} and effective number {ess} at month {month}.",
    "support_mean": "Mean weight",
    "support_ess": "Patients, effective number",
    "overlap_title": "Who might have been treated, and was: {treatment}",
    "overlap_caption": (
        "Time at risk of {treatment} by the chance of starting within a month that the model gives it, in "
        "usual care; the share of the time of each group in each class, and starts. Where a strategy asks "
        "for starts that almost never happen, its number rests on few."
    ),
    "overlap_alternative": "A row for each class of chances, by group of patients.",
    "overlap_all": "Everybody at risk",
    "overlap_class": "{low} to {high}\u202f%",
    "overlap_heading": "Share of the time at risk, %",
    "overlap_starts": "Starts",
    "overlap_starts_short": "starts",
    "overlap_years": "Person-years",
    "overlap_years_short": "person-years",
    "models_table": "The model of who starts {process} in usual care",
    "models_note": (
        "Hazard ratios with 95\u202f% limits from the curvature; pieces of the baseline as the hazard a "
        "month. The prior is a normal distribution of the logarithm: it keeps few starts from giving "
        "infinite ratios, and weighs little against many. {sites}"
    ),
    "models_sites": "Centres ({n}) have a ratio each, shrunken to each other, and are not listed by name: "
    "between {low} and {high}.",
    "column_term": "Covariate",
    "column_ratio": "Hazard ratio (or hazard)",
    "column_limits": "95\u202f% limits",
    "column_prior": "Prior of the log, mean (SD)",
    "column_person_years": "Person-years",
    "column_starts": "Starts",
    "target_table": "The target trial, and how it is emulated",
    "column_component": "Component",
    "column_target": "Target trial",
    "column_emulation": "Emulation with these data",
    "laws_title": "When treatment starts under a strategy that asks for it",
    "laws_caption": (
        "Share of starts that have taken place by each month since the window opened. It is part of the "
        "strategy: another law would be another strategy, with another effect."
    ),
    "laws_alternative": "Curves that rise from 0 to 100 %. {values}",
    "laws_axis": "Months since the window opened",
    "laws_share": "Started, %",
    "method_emulated": (
        "Strategies were compared by emulating a target trial{trial}: everybody was cloned into every "
        "strategy at time zero and censored when the records left it{clone}; the clones were weighted by the "
        "probability of the course of treatment under the strategy over that in usual care{weight}, on the "
        "days of the data and not in months. {models} Weights were used inside risk sets only, in weighted "
        "Aalen\u2013Johansen estimators"
    ),
    "method_hazard": (
        "The hazard of {treatment} in usual care is piecewise constant in time with a log link{cite}, fitted "
        "to everybody once, never to clones."
    ),
    "method_uncapped": "weights were not truncated",
    "method_cap": "weights were truncated{cite}",
    "method_inference": (
        "Standard errors came from {spread}, with the models refitted{cite}, and are paired in contrasts; "
        "critical values are Student's. Simultaneous bands and the crossing time came from {draws} bootstrap "
        "draws{draw_cite} with the seed {seed}, scaled to the standard errors"
    ),
    "method_gates": (
        "A strategy is sealed where the data cannot answer for it; then only the limits of the worst case "
        "are given{worst}. E-values are VanderWeele and Ding's{e_value}"
    ),
}

# Measures that only emulated strategies have, as `MEASURES` names the others.
EMULATED_MEASURES: Final[dict[str, str]] = {
    "survival_ratio": "Ratio of survival",
    "risk_ratio": "Ratio of risks",
    "e_value": "E-value",
    "number_needed_to_treat": "To be treated so",
    "crossing_time": "Not below from month",
    "cumulative_incidence_ratio": "Ratio of cumulative incidence",
}

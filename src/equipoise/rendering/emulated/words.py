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
    "column_by": "Month",
    "one_fewer": "{n} for one fewer",
    "at_least": "at least {value}",
    "ladder_emulated": "Emulated trial (clone, censor, weight)",
    "ladder_emulated_note": (
        "The same people under both strategies from time zero on, weighted for why they were treated when "
        "they were."
    ),
    "ladder_off_inside": "Off by {points} points; its interval holds the truth.",
    "ladder_off_outside": "Off by {points} points; its interval does not hold the truth.",
    "ladder_emulated_caption": "Filled square: the emulated trial, with its interval.",
    "console_head": "{outcome}, {versus}",
    "console_n1": "ever v never {treatment}",
    "console_n2": "starting at {treatment}",
    "console_emulated": "emulated trial (clone-censor)",
    "console_truth": "truth in this registry",
    "console_n1_why": "<- immortal time",
    "console_n2_why": "<- who got there",
    "console_sealed": "sealed: these data cannot answer (worst case {limits})",
    "console_sealed_bare": "sealed: these data cannot answer",
    "console_thin": "{value}, thin support",
    "console_interval": "{points} ({interval})",
    "console_points": "{points} points",
    "clones_title": "From everybody assessed to those who follow each strategy",
    "clones_caption": (
        "Each of the {n} patients enters every strategy once, as a clone, and leaves it when the records "
        "rule it out. Events, losses and the end of the study are no reasons to leave. In every strategy the "
        "lines add up to all clones."
    ),
    "clones_alternative": "Flow chart. {values}",
    "clones_not_enrolled": "Not eligible at time zero (above)",
    "clones_enrolled": "Enrolled",
    "clones_late": "Under observation only later",
    "clones_cloned": "Followed from time zero, under every strategy",
    "clones_stay": "{n} follow it to the end of follow-up",
    "clones_left": "{n} left: {reason}{when}",
    "clones_when": " (median day {day})",
    "clones_started": " ({n} of them started as it asks)",
    "balance_table": "Patients at time zero, and those who follow each strategy",
    "balance_note": (
        "Means or shares among everybody at time zero, and among those who follow a strategy to the end of "
        "its last window, as they are and weighted; d is the difference from everybody in standard "
        "deviations. Weights undo what decides upon treatment as time goes on; at time zero they are seen to "
        "work where d is smaller after than before."
    ),
    "balance_sites": "Of the centres only the largest differences are shown, without a name.",
    "balance_sites_line": "Centres: largest difference",
    "column_everybody": "Everybody",
    "column_unweighted": "Follow it",
    "column_weighted": "Weighted",
    "column_d": "d",
    "love_title_all": "Balance of what is known at time zero",
    "love_caption": (
        "Standardised differences between those who follow a strategy to the end of its last window and "
        "everybody at time zero ({n} patients): hollow as they are, filled weighted. Dotted lines at 0.1 "
        "either side, beyond which a difference is usually called one."
    ),
    "love_alternative": "Signs on one axis. Largest differences after weighting: {values}",
    "love_axis": "Standard deviations from everybody",
    "love_before": "Unweighted",
    "love_after": "Weighted",
    "love_heading": "Difference, unweighted and weighted",
    "love_text": "{before}, {after}",
    "gates_table": "Gates: whether the data can answer for a strategy",
    "column_gate": "Gate",
    "column_verdict": "Verdict",
    "column_says": "What it says",
    "verdict_open": "open",
    "verdict_amber": "thin",
    "verdict_sealed": "sealed",
    "support_title": "Weights over time",
    "support_caption": (
        "Months from {origin}. First panel: mean of the untruncated weights of all {n} patients, those who "
        "left the strategy counting 0; it is 1 at every month if the models are right. Bands are two "
        "standard errors either side. Second panel: how many patients those who follow the strategy count "
        "for (effective sample)."
    ),
    "support_alternative": "Mean weights near 1 and effective numbers that fall. {values}",
    "support_said": "{title}: mean weight {mean} and effective number {ess} at month {month}.",
    "support_mean": "Mean weight",
    "support_ess": "Patients, effective number",
    "overlap_title": "Who might have been treated, and was: {treatment}",
    "overlap_caption": (
        "Time at risk of {treatment} by the chance of starting within a month that the model gives it, in "
        "usual care; the share of the time of each group in each class, and starts. Where a strategy "
        "asks for starts that almost never happen, its number rests on few."
    ),
    "overlap_alternative": "Bars by class of chances, in groups of patients. {values}",
    "overlap_said": "{group}: {starts} starts in {years} person-years at risk.",
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
        "infinite ratios, and weighs little against many."
    ),
    "models_sites": (
        "The {n} centres have a ratio each, drawn towards 1, between {low} and {high}; they are not named."
    ),
    "models_piece": "Hazard a month in {piece}",
    "column_effective": "Effective number",
    "column_term": "Covariate",
    "column_ratio": "Hazard ratio (or hazard)",
    "column_limits": "95\u202f% limits",
    "column_prior": "Prior of the log, mean (SD)",
    "column_person_years": "Person-years",
    "column_starts": "Starts",
    "target_table": "The target trial, and how it is emulated",
    "target_one_of": "One of these.",
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
        "strategy at time zero and censored when the records left it{clone}, and the clones were weighted by "
        "how likely the course of treatment was under the strategy over how likely it was in usual "
        "care{weight}, on the days of the data and not in months. Weights were used inside risk sets only, "
        "in weighted Aalen–Johansen estimators."
    ),
    "method_hazards": (
        "The hazards of usual care are piecewise constant in time with a log link{hazard}, fitted once to "
        "everybody and never to clones, {prior}; {cap}."
    ),
    "method_penalised": "with normal priors on the log ratios",
    "method_unpenalised": "without priors",
    "method_uncapped": "weights were not truncated",
    "method_capped": "large weights were truncated{cite}",
    "method_inference": (
        "Standard errors are those of {spread}{jackknife}, which take in that the models were fitted, and "
        "are paired in contrasts, with critical values of Student's t. Simultaneous bands and crossing times "
        "are from {draws} bootstrap draws{bootstrap}, scaled to these standard errors (seed {seed})."
    ),
    "method_sealed": (
        "Where the data could not answer for a strategy it was sealed: then only the limits of the worst "
        "case are given{worst}. E-values are VanderWeele and Ding's{e_value}."
    ),
}

# Measures that only emulated strategies have, as `MEASURES` names the others.
EMULATED_MEASURES: Final[dict[str, str]] = {
    "survival_ratio": "Ratio of survival",
    "risk_ratio": "Ratio of risks",
    "e_value": "E-value",
    "number_needed_to_treat": "Patients for one more without the event",
    "crossing_time": "Not below from then on",
    "cumulative_incidence_ratio": "Ratio of cumulative incidence",
}

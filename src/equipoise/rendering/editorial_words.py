"""The strings of the picture of the editorial's cohort."""

from typing import Final

WORDS: Final[dict[str, str]] = {
    "title": "The editorial’s cohort, counted twice",
    "kicker": "Virtual patients",
    "plain": (
        "Counting from the transplant says how those fare who got as far as a transplant. It does not say"
        " whom to transplant."
    ),
    "picture": "One picture",
    "answer": "What it shows",
    "funnel": "Who gets there",
    "strategies": "What transplants do here",
    "how": "How it was counted",
    "series_said": (
        "A series of {size} transplanted patients that counts from the transplant prints, on average, "
        "{dfs} alive without relapse at {years} years and {os} alive after a transplant in first "
        "remission, and {later} alive without relapse after one in a later remission. A single series can"
        " print much else: 95 in 100 of them lie between {dfs_spread}, {os_spread} and {later_spread}."
    ),
    "everybody_said": (
        "Of everybody whom these patients came from, {dfs} are alive without relapse {years} years after "
        "the remission, and {os} alive. Of all who relapse, {later} are alive and in remission {years} "
        "years after the relapse."
    ),
    "why_said": (
        "The difference is who is counted. {reached} of all in remission are transplanted in it within "
        "{years} years. Of those who relapse, {remitted} come into remission again and {transplanted} are"
        " transplanted. The others are in no series: relapse, refractory disease, residual disease and "
        "death came first."
    ),
    "effect_said": (
        "What transplants do is another question. In this world its answer is known: were everybody in "
        "remission transplanted within six months, {early} would be alive without relapse at {years} "
        "years; were nobody transplanted in first remission, {watch}; were everybody transplanted on loss"
        " of B-cell aplasia, {on_loss}. None of these numbers can be read off the series."
    ),
    "axis": "Of 100 patients",
    "figure_title": "At three years: as the series counts, and everybody",
    "figure_caption": (
        "Left: mean over {draws} series of {size} patients, drawn at random from {pool} transplanted "
        "ones, each counted by Kaplan–Meier with the follow-up of a registry; of a series {first} were "
        "transplanted in first remission, {later} after a relapse. Right: true in this world, with "
        "everybody in the denominator, whether or not a transplant follows: from the remission after CAR "
        "T-cells, and from the relapse (Monte-Carlo error below {error} points). Printed numbers are from"
        " the editorial, a secondary source, and not to be quoted."
    ),
    "figure_alternative": "Bars of the same four rows in two panels. {said}",
    "members": "{mean} ({fewest} to {most})",
    "legend_series": "mean of the series",
    "legend_spread": "95 % of the series lie between",
    "legend_printed": "as printed (not to be quoted)",
    "legend_truth": "true of everybody",
    "panel_series": "As the series counts: from the transplant, those who got there",
    "panel_everybody": "Everybody they came from",
    "row_pre_emptive_dfs": "Pre-emptive: alive without relapse",
    "row_pre_emptive_os": "Pre-emptive: alive",
    "row_after_relapse_dfs": "After relapse: alive without relapse",
    "row_after_relapse_os": "After relapse: alive",
    "row_everybody_pre_emptive_dfs": "In remission: alive without relapse",
    "row_everybody_pre_emptive_os": "In remission: alive",
    "row_everybody_after_relapse_dfs": "Relapsed: alive and in remission",
    "row_everybody_after_relapse_os": "Relapsed: alive",
    "spread": "{value} ({spread})",
    "printed": "printed: {value}",
    "of_all": "of all {n}",
    "said_pair": "{row}: {series} ({spread}) as the series counts. {other}: {everybody} of everybody.",
    "funnel_title": "Of 100 patients, how many get into such a series",
    "funnel_caption": (
        "Each bar is a share of everybody at the top of its panel (pale). A series can count those of the"
        " last step but one; the last step is what its survival at three years counts. In a later "
        "remission the world tests nobody for residual disease."
    ),
    "funnel_alternative": "Bars that get shorter from step to step. {said}",
    "panel_remission": "From remission",
    "panel_relapse": "From relapse",
    "funnel_value": "{n} ({share})",
    "said_funnel": "{panel}: {steps}.",
    "strategies_title": "If everybody in remission followed one strategy",
    "strategies_caption": (
        "True at three years, of all who had no transplant before the infusion, from the remission after "
        "CAR T-cells; the same patients under each strategy. This world was made so that the transplanted"
        " do as well as was printed: nothing here is evidence for a transplant."
    ),
    "strategies_alternative": "Bars of the strategies, the lowest on top; alive without relapse: {said}",
    "strategies_dfs": "Alive without relapse",
    "strategies_os": "Alive",
    "usual_care": "Usual care",
    "how_population": (
        "World {name} is the reference world with the changes listed below. {patients} virtual patients "
        "in remission were followed through it in usual care; {eligible} of them had no transplant before"
        " the infusion, and only these are counted here, as in the published series."
    ),
    "how_series": (
        "A series can count who has a first transplant that a registry sees, without residual disease at "
        "the last test where it is in first remission. These {pool} make one pool, from which {draws} "
        "series of {size} were drawn without replacement; how many of a series belong to each arm is left"
        " to the draw, for the table of published numbers does not say. No draw was chosen: another seed "
        "changes the numbers within their error. In {unfollowed} series nobody after a relapse is "
        "followed for three years; they print no such number."
    ),
    "how_printed": (
        "The printed numbers are known from a secondary source ({source}), and the world was made to come"
        " to them: that they agree is no finding. In the pool {on_loss} of the transplants in first "
        "remission were for a known loss of B-cell aplasia; as printed {printed_on_loss}, not to be "
        "quoted."
    ),
    "how_limits": (
        "Virtual patients are a test bench, no evidence about children. What carries over is the "
        "arithmetic: wherever some do not get as far as a transplant, a count that starts there leaves "
        "them out."
    ),
    "changes_caption": "What differs from the reference world {name}",
    "parameter": "Parameter",
    "value": "Value",
    "here": "World {name}",
    "world_digest": "World (SHA-256)",
    "patients": "Virtual patients",
    "draws": "Series",
    "seed": "Seed",
    "version": "Version of equipoise",
    "provenance_caption": "What was computed",
    "provenance_text": "Equal world, numbers, seed and version give equal bytes.",
    "text_title": "at three years",
    "text_series": "as the series counts",
    "text_printed": "printed*",
    "text_everybody": "everybody",
    "text_whom": "of whom, from when",
    "text_strategies": "if all in remission followed one strategy",
    "text_funnel": "of {n} {origin}: {steps}",
    "text_step": "{share} {label}",
    "text_note": "* {source}: secondary source, not to be quoted",
}

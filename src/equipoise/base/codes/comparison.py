"""Codes E24x: naive comparisons of treated with untreated patients."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "E240",
        Severity.WARNING,
        "Ever treated against never treated",
        "Whoever is treated has lived until the treatment. That time, in which the treated could not have the "
        "event, is counted in their favour (immortal time), and everybody who fails early is counted against "
        "the untreated; a treatment without any effect looks life-saving.",
        "Count nobody as treated before the treatment (N3 to N5), and compare strategies that can be told apart "
        "at time zero.",
    ),
    Code(
        "E241",
        Severity.WARNING,
        "From the treatment against from time zero",
        "The two arms are counted from different days of the disease, and only those who lived, and stayed well "
        "enough, to be treated have such a day; the others bear all early failures.",
        "Count everybody from the same time zero, whether a treatment follows or not.",
    ),
    Code(
        "E242",
        Severity.WARNING,
        "Comparison at a landmark",
        "There is no immortal time, but the answer holds only for those who got to the landmark, who is treated "
        "later counts as untreated, and who had been treated by then differs from the others by whatever decides "
        "on the treatment.",
        "Read it as a description of those at the landmark; adjust for what decided on the treatment, or emulate "
        "a trial with the landmark as its time zero.",
    ),
    Code(
        "E243",
        Severity.WARNING,
        "Curves before and after the treatment (Simon and Makuch)",
        "There is no immortal time, but each curve puts together patients who are at risk at different times; it "
        "is the prospect of no group of people unless the treatment were given at random among those at risk, "
        "and its early part may rest on very few.",
        "Read the numbers at risk; adjust for what decides on the treatment over time, or emulate a trial.",
    ),
    Code(
        "E244",
        Severity.WARNING,
        "Time-dependent Cox regression and Mantel-Byar test of a treatment",
        "They compare the rates after and before the treatment among those at risk at the same time; whoever "
        "decides on the treatment knows more than that. One ratio for all times hides early harm and late "
        "benefit, and is no difference in risk.",
        "Read it beside the absolute risks; model what decides on the treatment over time, or emulate a trial.",
    ),
    Code(
        "E245",
        Severity.NOTE,
        "Nobody is treated after time zero",
        "Without anybody who is treated while the outcome is still open there is nothing to compare.",
        "Check the name of the intervention and its days, or leave the comparison out.",
    ),
    Code(
        "E246",
        Severity.NOTE,
        "An arm of a naive comparison is empty",
        "A comparison needs patients who count as treated and patients who do not, at the same landmark.",
        "Choose another landmark, or read the other ways of comparing.",
    ),
    Code(
        "E247",
        Severity.NOTE,
        "A ratio of hazards left out, because no risk can be shown beside it",
        "Follow-up ends before the first report day (after the landmark), so there is no absolute risk; a ratio "
        "alone says nothing to a patient.",
        "Choose an earlier landmark, or a finer grid for the report (`every_months`).",
    ),
    Code(
        "E248",
        Severity.WARNING,
        "From the last step of a funnel against everybody from its origin",
        "Whoever got to the last step has survived every step before it. A series that starts counting there "
        "leaves out all others, and its survival is taken for the prospect of a patient at the origin.",
        "Read the curve of everybody from the origin, and the probability of getting there with what prevents it "
        "competing, beside it.",
    ),
    Code(
        "E249",
        Severity.WARNING,
        "Published number known from a secondary source only",
        "Secondary sources contradict the primary ones in places, and leave out what a number needs beside it: "
        "its interval, its patients, its definition.",
        "Do not quote it; read the primary source. `equipoise evidence --all` shows where it was seen.",
    ),
    Code(
        "E250",
        Severity.WARNING,
        "Clones weighted once, at the end of the grace period",
        "Only treated survivors of the window get weights, so those who were treated early and failed within it stand "
        "for nobody else: early harm of the treatment disappears.",
        "Read the emulation, which weighs every day of the window.",
    ),
)

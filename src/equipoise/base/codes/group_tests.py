"""Codes E26x: tests of groups, and pseudo-values."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "E260",
        Severity.NOTE,
        "Groups that cannot be compared",
        "A test compares the groups at the events; without an event while two groups are at risk it has nothing "
        "to compare. That is no sign that the groups are alike.",
        "Read the counts; join small groups or strata, if that makes sense clinically.",
    ),
    Code(
        "E261",
        Severity.NOTE,
        "Some groups were never compared",
        "A group without anybody at risk at an event, or one that is alone in its strata, takes no part in the "
        "test; the degrees of freedom are those of the other groups.",
        "Read the test as one of the groups that were compared; join small groups or strata.",
    ),
    Code(
        "E262",
        Severity.NOTE,
        "Too few patients for a robust test",
        "With case weights or clusters the variance is estimated from the differences between the patients (or "
        "clusters); with no more of them than degrees of freedom the statistic is a constant.",
        "Test without weights, or compare fewer groups.",
    ),
    Code(
        "E263",
        Severity.NOTE,
        "Gray's test is not given with late entry, case weights or clusters",
        "It weighs the risk sets by curves from the beginning, which those who enter late do not have, and has "
        "no agreed form with case weights or clusters.",
        "Read the subdistribution hazard ratio with its robust interval, and the log-rank test of each cause.",
    ),
    Code(
        "E264",
        Severity.ERROR,
        "Leave-one-out pseudo-values with late entry or gaps",
        "Leaving out a patient changes who is still to come: the risk set may be empty in between, and the values "
        "are not even approximately unbiased for the probability given the covariates.",
        "Ask for infinitesimal pseudo-values, which are defined there, or restrict to patients seen from time zero.",
    ),
    Code(
        "E265",
        Severity.ERROR,
        "Pseudo-values with case weights",
        "A pseudo-value stands for one patient; with weights both the estimate and the number of patients that it "
        "is multiplied by have several meanings.",
        "Set the weight of the analysis plan to null and give the weights to the regression on the values.",
    ),
    Code(
        "E266",
        Severity.ERROR,
        "Pseudo-values of a measure that the outcome does not have",
        "A survival outcome has survival and restricted mean time; an incidence has its probability and the time "
        "lost. An occupancy may go up and down, and leaving one out has no short form for it.",
        "Ask for a measure of the outcome's kind.",
    ),
    Code(
        "E267",
        Severity.ERROR,
        "Pseudo-values of fewer than two patients",
        "Leaving out the only patient leaves nothing to estimate from.",
        "Correct the population or the outcome; see the attrition.",
    ),
    Code(
        "E268",
        Severity.WARNING,
        "A group too small for the P value of its test",
        "If all groups were alike, less than one event would be expected in one of them; chi-squared is no "
        "approximation there, and one early event in a group of one gives a P value that means nothing.",
        "Do not quote the P value; read the counts and the absolute risks, or join the group with another one.",
    ),
)

"""What each number of the prognostic table estimates, as one or two sentences."""

from equipoise.estimate.prognosis.case import Case
from equipoise.estimate.prognosis.groups import Groups, Level
from equipoise.language.words import number_words
from equipoise.protocol.estimand import estimand_sentence, population_words

SUBDISTRIBUTION = "subdistribution_hazard_ratio"


def risk_sentence(case: Case, groups: Groups, level: Level, landmark_month: float | None) -> str:
    """The absolute risk in one group."""
    protocol, vocabulary = case.analysis.protocol, case.analysis.vocabulary
    whole = estimand_sentence(case.name, None, protocol, vocabulary)
    if landmark_month is None:
        return f"{whole} Of these, those in whom {groups.label} is: {level.label}, as known at time zero."
    month = number_words(landmark_month)
    free = "the event and of what competes with it" if case.competes else "the event"
    return (
        f"{whole} Of these, those still followed and free of {free} at month {month} after time zero, "
        f"counted from then, in whom {groups.label} is: {level.label}, as known at month {month}."
    )


def ratio_sentence(case: Case, groups: Groups, level: Level, beside: str, measure: str) -> str:
    """A hazard ratio of a group against the reference, or the slope of a number.

    Parameters
    ----------
    beside
        What the ratio is adjusted for, in words; empty when alone.
    measure
        ``hazard_ratio`` or ``subdistribution_hazard_ratio``.
    """
    protocol, vocabulary = case.analysis.protocol, case.analysis.vocabulary
    against = (
        f"{groups.label}, {level.label}"
        if level.name == groups.slope.name and groups.kind == "number"
        else f"{groups.label}: {level.label} against {groups.levels[groups.reference].label}"
    )
    known = "as known on each day" if groups.varies else "as known at time zero"
    if measure == SUBDISTRIBUTION:
        what = f"The ratio of the subdistribution hazards (Fine and Gray) of {case.word.event}"
    elif case.competes:
        what = f"The ratio of the cause-specific rates of {case.word.event}"
    else:
        what = f"The ratio of the rates of {case.word.event}"
    return (
        f"{what}, {against} ({known}){beside}, in "
        f"{population_words(protocol, vocabulary)}, counted from {protocol.time_zero.words(vocabulary)}. "
        "Read it only beside the absolute risks of the same groups."
    )

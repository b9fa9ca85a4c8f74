"""The rungs of a ladder as sentences that say what is wrong with them."""

from collections.abc import Sequence

from equipoise.language.words import lower_first
from equipoise.rendering.comparison_words import RATIO_STATUS
from equipoise.rendering.numbers import count, duration, percent, points, points_value, ratio, ratio_interval
from equipoise.rendering.reading import Estimate, Reading
from equipoise.rendering.rungs import Rung, comparisons, ladder_month, rungs_of
from equipoise.rendering.sentences import level_words
from equipoise.rendering.words import TEXT, join_words


def rung_sentences(reading: Reading, rungs: Sequence[Rung], month: float) -> list[str]:
    """One sentence for each rung: who, difference, ratio, and the reason why it is biased."""
    said: list[str] = []
    for one in rungs:
        parts = [*_difference(reading, one, month), *_ratio(one)]
        if parts:
            counts = {
                "n": count(one.n_treated),
                "m": count(one.n_untreated),
                "events": count(one.events_treated),
                "others": count(one.events_untreated),
            }
            lead = TEXT["said_rung"].format(rung=one.rung, label=one.label, **counts)
            said.append(f"{lead} {'; '.join(parts)}. {TEXT['said_biased'].format(reason=one.reason)}")
    return said


def _difference(reading: Reading, one: Rung, month: float) -> list[str]:
    row = reading.at(one.differences, month)
    survivals = [reading.at(block, month) for block in one.curves]
    if row is None or row.estimate is None or not all(survivals):
        return []
    values = [percent(s.estimate, s.n) for s in survivals if s is not None and s.estimate is not None]
    if len(values) < 2:
        return []
    return [
        TEXT["said_difference"].format(
            outcome=f"{duration(month)} {lower_first(reading.outcome(one.outcome).label)}",
            treated=values[0],
            untreated=values[1],
            points=f"{points(row.estimate, row.n)} points{_limits(row)}",
        )
    ]


def _limits(row: Estimate) -> str:
    if row.lower is None or row.upper is None:
        return f" ({TEXT['no_interval']})"
    return f" ({level_words(row.level)} {points_value(row.lower, row.n)} to {points_value(row.upper, row.n)})"


def _ratio(one: Rung) -> list[str]:
    row = one.ratio
    if row is None:
        return []
    if row.estimate is None:
        return [f"{RATIO_STATUS.get(row.status, TEXT['not_observed'])} ({row.method})"]
    limits = (
        TEXT["no_interval"]
        if row.lower is None or row.upper is None
        else f"{level_words(row.level)} {ratio_interval(row.lower, row.upper)}"
    )
    return [TEXT["said_hazard_ratio"].format(ratio=f"{ratio(row.estimate)} ({limits}; {row.method})")]


def ladder_remarks(reading: Reading) -> list[str]:
    """At most one line: between which values the naive differences of the first ladder lie."""
    for name, outcome in comparisons(reading)[:1]:
        rungs = rungs_of(reading, name, outcome)
        month = ladder_month(reading, outcome, rungs)
        if month is None:
            continue
        found = [
            (row.estimate, f"{points(row.estimate, row.n)} ({one.rung})")
            for one in rungs
            if (row := reading.at(one.differences, month)) and row.estimate is not None
        ]
        if len(found) > 1:
            said = TEXT["ladder_remark"].format(
                intervention=reading.study.vocabulary.label_of(rungs[0].intervention),
                outcome=f"{duration(month)} {lower_first(reading.outcome(outcome).label)}",
                values=join_words([max(found)[1], min(found)[1]]),
            )
            return [said]
    return []

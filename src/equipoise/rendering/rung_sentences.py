"""The rungs of a ladder as sentences that say what is wrong with them."""

from equipoise.language.words import lower_first
from equipoise.rendering.comparison_words import RATIO_STATUS
from equipoise.rendering.numbers import count, duration, percent, points, points_value, ratio, ratio_interval
from equipoise.rendering.reading import Estimate, Reading
from equipoise.rendering.rungs import Ladder, Rung, ladders
from equipoise.rendering.sentences import level_words
from equipoise.rendering.truth import error_words, off_by, true_difference
from equipoise.rendering.words import TEXT, join_words


def rung_sentences(reading: Reading, ladder: Ladder, month: float) -> list[str]:
    """One sentence for each rung: who, difference, ratio, and the reason why it is biased; last the truth."""
    outcome = f"{duration(month)} {lower_first(reading.outcome(ladder.outcome).label)}"
    known = true_difference(reading, ladder.truth, month)
    said = [rung_sentence(reading, one, month, outcome=outcome, known=known) for one in ladder.rungs]
    return [*filter(None, said), *_truth_sentence(reading, ladder, month)]


def rung_sentence(
    reading: Reading, one: Rung, month: float, *, outcome: str, known: Estimate | None = None
) -> str:
    """One rung as a sentence; empty without a number.

    Parameters
    ----------
    reading, one, month
        The rung and the month at which it is read.
    outcome
        The outcome in words: "2-year overall survival".
    known
        The true difference at that month.
    """
    parts = [*_difference(reading, one, month, outcome), *_off(reading, one, known, month), *_ratio(one)]
    if not parts:
        return ""
    counts = {
        "n": count(one.n_treated),
        "m": count(one.n_untreated),
        "events": count(one.events_treated),
        "others": count(one.events_untreated),
    }
    lead = TEXT["said_rung"].format(rung=one.rung, label=one.label, **counts)
    return f"{lead} {'; '.join(parts)}. {TEXT['said_biased'].format(reason=one.reason)}"


def _off(reading: Reading, one: Rung, known: Estimate | None, month: float) -> list[str]:
    row = reading.at(one.differences, month)
    error = "" if row is None else off_by(row, known)
    return [TEXT["said_off"].format(points=error)] if error else []


def _truth_sentence(reading: Reading, ladder: Ladder, month: float) -> list[str]:
    """The truth as a sentence for a paper; nothing where it is not known with both curves."""
    known = true_difference(reading, ladder.truth, month)
    values = _true_values(reading, ladder, month)
    if ladder.truth is None or known is None or known.estimate is None or not values:
        return []
    return [
        TEXT["said_truth"].format(
            strategies=ladder.truth.versus,
            outcome=f"{duration(month)} {lower_first(reading.outcome(ladder.outcome).label)}",
            values=values,
            points=points(known.estimate, known.n),
            error=error_words(known),
        )
    ]


def _true_values(reading: Reading, ladder: Ladder, month: float) -> str:
    """``65.0 % v 47.0 %``; empty unless both are known."""
    blocks = () if ladder.truth is None else ladder.truth.curves
    rows = [reading.at(block, month) for block in blocks]
    values = [percent(row.estimate, row.n) for row in rows if row is not None and row.estimate is not None]
    return TEXT["versus"].format(one=values[0], other=values[1]) if len(values) == 2 else ""


def _difference(reading: Reading, one: Rung, month: float, outcome: str) -> list[str]:
    row = reading.at(one.differences, month)
    survivals = [reading.at(block, month) for block in one.curves]
    if row is None or row.estimate is None or not all(survivals):
        return []
    values = [percent(s.estimate, s.n) for s in survivals if s is not None and s.estimate is not None]
    if len(values) < 2:
        return []
    return [
        TEXT["said_difference"].format(
            outcome=outcome,
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
    """Between which values the naive differences of the first ladder lie; then what is known of each."""
    found = ladders(reading)
    return [
        *(line for one in found[:1] for line in _naive_remark(reading, one)),
        *(line for one in found for line in _truth_remark(reading, one)),
    ]


def _naive_remark(reading: Reading, ladder: Ladder) -> list[str]:
    found = _differences(reading, ladder)
    if ladder.month is None or len(found) < 2:
        return []
    said = [(value, f"{points(value, n)} ({rung})") for rung, value, n in found]
    return [
        TEXT["ladder_remark"].format(
            intervention=reading.study.vocabulary.label_of(ladder.rungs[0].intervention),
            outcome=f"{duration(ladder.month)} {lower_first(reading.outcome(ladder.outcome).label)}",
            values=join_words([max(said)[1], min(said)[1]]),
        )
    ]


def _truth_remark(reading: Reading, ladder: Ladder) -> list[str]:
    """What is known of the two strategies, and how far the naive comparisons lie from it."""
    month, truth = ladder.month, ladder.truth
    known = None if month is None else true_difference(reading, ladder.truth, month)
    if month is None or truth is None or known is None or known.estimate is None:
        return []
    values = _true_values(reading, ladder, month)
    off = [
        (value - known.estimate, f"{points(value - known.estimate, n)} ({rung})")
        for rung, value, n in _differences(reading, ladder)
    ]
    between = join_words([max(off)[1], min(off)[1]]) if len(off) > 1 else ""
    return [
        TEXT["truth_remark"].format(
            one=truth.names[0],
            other=truth.names[1],
            outcome=f"{duration(month)} {lower_first(reading.outcome(ladder.outcome).label)}",
            points=points(known.estimate, known.n),
            values=TEXT["truth_values"].format(values=values) if values else "",
            off=TEXT["truth_off"].format(values=between) if between else "",
        )
    ]


def _differences(reading: Reading, ladder: Ladder) -> list[tuple[str, float, int]]:
    """Rung, difference at the ladder's month, and the number of patients that decides its decimals."""
    return [
        (one.rung, row.estimate, row.n)
        for one in ladder.rungs
        if ladder.month is not None
        and (row := reading.at(one.differences, ladder.month))
        and row.estimate is not None
    ]

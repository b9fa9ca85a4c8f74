"""The anatomy of bias for a terminal: every naive difference beside the truth, and why it is wrong."""

from textwrap import wrap
from typing import Final

from equipoise.language.words import lower_first
from equipoise.rendering.answer import headline_month
from equipoise.rendering.emulated.console import console_lines
from equipoise.rendering.emulated.trial import trial_of
from equipoise.rendering.numbers import duration, points
from equipoise.rendering.reading import Reading
from equipoise.rendering.rungs import Ladder, ladders
from equipoise.rendering.setting import setting_of
from equipoise.rendering.truth import error_words, off_by, true_difference
from equipoise.rendering.words import TEXT
from equipoise.study.study import Study

# A terminal is at least 80 columns wide.
NAMES: Final = 68
NUMBERS: Final = 7


def anatomy_lines(study: Study) -> list[str]:
    """What misled and what did not, in lines that fit a terminal; none where neither is known.

    Of an emulated trial its first difference, beside two naive ones and the truth; else the first ladder of
    a study whose truth is known, each difference labelled as biased, with how far off it is and why.
    """
    reading = Reading(study)
    trial = trial_of(reading)
    if trial is not None:
        return console_lines(trial, headline_month(reading, setting_of(study)))
    ladder = next((one for one in ladders(reading) if one.truth is not None), None)
    return [] if ladder is None or ladder.month is None else _table(reading, ladder, ladder.month)


def _table(reading: Reading, ladder: Ladder, month: float) -> list[str]:
    known = true_difference(reading, ladder.truth, month)
    if known is None or known.estimate is None or ladder.truth is None:
        return []
    first, second = ladder.truth.names
    outcome = f"{duration(month)} {lower_first(reading.outcome(ladder.outcome).label)}"
    head = TEXT["anatomy_head"].format(outcome=outcome, one=first, other=second)
    lines = _row(head, TEXT["anatomy_points"])
    for one in ladder.rungs:
        row = reading.at(one.differences, month)
        if row is not None and row.estimate is not None:
            said = TEXT["anatomy_off"].format(
                points=off_by(row, known), why=TEXT[f"anatomy_{one.rung.lower()}"]
            )
            lines += _row(f"{one.rung} {one.label}", points(row.estimate, row.n), said)
    return [*lines, *_row(TEXT["ladder_truth"], points(known.estimate, known.n), error_words(known))]


def _row(name: str, number: str, said: str = "") -> list[str]:
    """A name with its number at the right edge, and what is said of it below."""
    names = wrap(name, NAMES, subsequent_indent="   ")
    first = f"  {names[0]:<{NAMES}}  {number:>{NUMBERS}}"
    below = wrap(said, NAMES + NUMBERS, initial_indent="   ", subsequent_indent="   ")
    return [first, *(f"  {line}" for line in (*names[1:], *below))]

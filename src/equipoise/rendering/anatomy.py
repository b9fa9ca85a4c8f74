"""The anatomy of bias for a terminal: every naive difference beside the truth, and why it is wrong."""

from equipoise.language.words import lower_first
from equipoise.rendering.numbers import duration, points
from equipoise.rendering.reading import Reading
from equipoise.rendering.rungs import Ladder, ladders
from equipoise.rendering.truth import error_words, off_by, true_difference
from equipoise.rendering.words import TEXT
from equipoise.study.study import Study


def anatomy_lines(study: Study) -> list[str]:
    """The first ladder of a study whose truth is known as lines of equal columns; none without one.

    Each naive difference is labelled as biased and followed by how far it lies from the truth.
    """
    reading = Reading(study)
    ladder = next((one for one in ladders(reading) if one.truth is not None), None)
    return [] if ladder is None or ladder.month is None else _table(reading, ladder, ladder.month)


def _table(reading: Reading, ladder: Ladder, month: float) -> list[str]:
    known = true_difference(reading, ladder.truth, month)
    if known is None or known.estimate is None or ladder.truth is None:
        return []
    outcome = f"{duration(month)} {lower_first(reading.outcome(ladder.outcome).label)}"
    rows: list[tuple[str, str, str]] = []
    for one in ladder.rungs:
        row = reading.at(one.differences, month)
        if row is not None and row.estimate is not None:
            said = TEXT["anatomy_off"].format(
                points=off_by(row, known), why=TEXT[f"anatomy_{one.rung.lower()}"]
            )
            rows.append((f"{one.rung} {one.label}", points(row.estimate, row.n), said))
    rows.append((TEXT["ladder_truth"], points(known.estimate, known.n), error_words(known)))
    first, second = ladder.truth.names
    head = TEXT["anatomy_head"].format(outcome=outcome, one=first, other=second)
    name = max(len(row[0]) for row in rows)
    number = max(len(row[1]) for row in rows)
    lines = [f"  {label:<{name}}  {value:>{number}}  {said}" for label, value, said in rows]
    return [f"  {'':<{name}}  {head}", *lines]

"""The emulated trial for a terminal: two ways to be misled, the emulated number, and the truth, if known."""

from textwrap import wrap
from typing import Final

from equipoise.language.words import lower_first
from equipoise.rendering.emulated.headline import latest, outcome_words
from equipoise.rendering.emulated.numbers import interval_words, is_sealed, limits_text, reason_text
from equipoise.rendering.emulated.trial import Between, Trial
from equipoise.rendering.numbers import points
from equipoise.rendering.reading import Estimate
from equipoise.rendering.rungs import ladders
from equipoise.rendering.words import TEXT

WIDTH: Final = 79  # a terminal is at least 80 columns wide
NAMES: Final = 36
NAIVE: Final = (("N1", "n1"), ("N2", "n2"))


def console_lines(trial: Trial, month: float) -> list[str]:
    """A line each for the naive analyses N1 and N2, the emulated trial and the truth; none without contrasts.

    The contrast is the first difference of the protocol, at its latest month up to `month`.
    """
    first = next(
        ((name, pair) for name in trial.outcomes() for pair in trial.pairs(name) if _has(trial, name, pair)),
        None,
    )
    if first is None:
        return []
    outcome, between = first
    row = latest(trial.contrast(outcome, trial.difference(outcome), between), month)
    if row is None:
        return []
    head = TEXT["console_head"].format(outcome=outcome_words(trial, row), versus=trial.versus_words(between))
    return [
        *wrap(head, WIDTH, initial_indent="  ", subsequent_indent="    "),
        *_naive(trial, row, between),
        _line(TEXT["console_emulated"], _emulated(row)),
        *_truth(trial, row, between),
    ]


def _has(trial: Trial, outcome: str, between: Between) -> bool:
    return bool(trial.contrast(outcome, trial.difference(outcome), between))


def _naive(trial: Trial, row: Estimate, between: Between) -> list[str]:
    """N1 and N2 of the comparison that is taken for this contrast."""
    reading = trial.reading
    asked = {one.name: one.between for one in reading.study.protocol.naive_comparisons}
    lines: list[str] = []
    for ladder in ladders(reading):
        if ladder.outcome != row.outcome or asked[ladder.comparison] != between:
            continue
        treatment = lower_first(reading.study.vocabulary.heading_of(ladder.rungs[0].intervention))
        for rung, name in NAIVE:
            found = next((one for one in ladder.rungs if one.rung == rung), None)
            value = None if found is None else reading.at(found.differences, round(row.month, 3))
            if value is not None and value.estimate is not None:
                text = TEXT["console_points"].format(points=points(value.estimate, value.n))
                why = TEXT[f"console_{name}_why"]
                lines.append(_line(TEXT[f"console_{name}"].format(treatment=treatment), f"{text:<16}{why}"))
    return lines


def _emulated(row: Estimate) -> str:
    if row.estimate is None:
        limits = limits_text(row)
        if is_sealed(row) and limits:
            return TEXT["console_sealed"].format(limits=limits)
        return TEXT["console_sealed_bare"] if is_sealed(row) else reason_text(row)
    text = TEXT["console_interval"].format(points=points(row.estimate, row.n), interval=interval_words(row))
    return TEXT["console_thin"].format(value=text) if row.finding == "E131" else text


def _truth(trial: Trial, row: Estimate, between: Between) -> list[str]:
    known = trial.reading.at(trial.truth(row.outcome, row.measure, *between), round(row.month, 3))
    if known is None or known.estimate is None:
        return []
    return [_line(TEXT["console_truth"], points(known.estimate, known.n))]


def _line(name: str, value: str) -> str:
    return f"  {name:<{NAMES - 2}} {value}"

"""The emulated trial below the naive rungs: the same difference of the same strategies, on the same axis."""

from typing import Final

from equipoise.language.words import lower_first
from equipoise.rendering.emulated.headline import sentence_of
from equipoise.rendering.emulated.numbers import difference_entry
from equipoise.rendering.emulated.trial import trial_of
from equipoise.rendering.figure import ForestRow, Shape
from equipoise.rendering.figures.contrast_axes import pair_text, words_of
from equipoise.rendering.numbers import count
from equipoise.rendering.reading import Estimate, Reading
from equipoise.rendering.rungs import Ladder
from equipoise.rendering.truth import off_by
from equipoise.rendering.words import TEXT, capital

EMULATED_SHAPE: Final[Shape] = "square"


def emulated_rows(reading: Reading, ladder: Ladder, month: float, truth: Estimate | None) -> list[ForestRow]:
    """A part with one row; nothing where the strategies are not emulated.

    Parameters
    ----------
    reading, ladder, month
        The study, the rungs above, and the month at which they are read.
    truth
        The true difference at that month; None where it is not known.
    """
    row, trial = reading.at(ladder.emulated, month), trial_of(reading)
    if row is None or trial is None or ladder.between is None:
        return []
    levels = [trial.level(ladder.outcome, "survival", name) for name in ladder.between]
    pair = pair_text(*(reading.at(block, month) for block in levels)) if row.estimate is not None else ""
    one, other = (lower_first(trial.arm(name).title) for name in ladder.between)
    part: ForestRow = {
        "kind": "part",
        "label": TEXT["ladder_emulated"],
        "note": TEXT["ladder_emulated_note"],
        "indent": 0,
        "cells": [],
    }
    number: ForestRow = {
        "kind": "row",
        "label": capital(TEXT["versus"].format(one=one, other=other)),
        "note": " ".join([*_off(row, truth), *_reserve(row)]),
        "indent": 0,
        "cells": [
            [words_of(count(row.n))],
            [],
            [words_of(pair)] if pair else [],
            [difference_entry(row, EMULATED_SHAPE)],
            [],
        ],
    }
    return [part, number]


def emulated_sentences(reading: Reading, ladder: Ladder, month: float) -> list[str]:
    """The emulated difference as a sentence for a paper; nothing where there is none."""
    row, trial = reading.at(ladder.emulated, month), trial_of(reading)
    if row is None or trial is None or ladder.between is None:
        return []
    return [f"{TEXT['ladder_emulated']}: {sentence_of(trial, row, ladder.between)}"]


def _off(row: Estimate, truth: Estimate | None) -> list[str]:
    """How far from the truth it came out, and whether its interval holds the truth."""
    error = off_by(row, truth)
    if not error or truth is None or truth.estimate is None or row.lower is None or row.upper is None:
        return [TEXT["ladder_off"].format(points=error)] if error else []
    holds = row.lower <= truth.estimate <= row.upper
    return [TEXT["ladder_off_inside" if holds else "ladder_off_outside"].format(points=error)]


def _reserve(row: Estimate) -> list[str]:
    """What the gates say of the number, where they do not leave it alone."""
    return [row.status] if row.finding in {"E130", "E131"} else []

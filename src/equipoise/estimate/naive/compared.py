"""What a naive comparison gives: its rows of the table of rungs, and the answers about them."""

from dataclasses import dataclass

import polars as pl

from equipoise.base.findings import Finding, finding
from equipoise.estimate.analysis import Answered
from equipoise.estimate.first_exit import CENSORED, FirstExit
from equipoise.estimate.naive.arms import Arms
from equipoise.estimate.naive.rung import Rung
from equipoise.estimate.naive.table import NAIVE
from equipoise.protocol.naive import NaiveComparison


@dataclass(frozen=True, eq=False, slots=True)
class Compared:
    """The rungs (`NAIVE`) and the answers about them."""

    table: pl.DataFrame
    answered: Answered


def rung_row(outcome: str, asked: NaiveComparison, one: Rung, sides: Arms, position: int) -> pl.DataFrame:
    """One rung as a row of the table of rungs."""
    return NAIVE.frame(
        {
            "comparison": [asked.name],
            "intervention": [asked.intervention],
            "outcome": [outcome],
            "rung": [one.code],
            "position": [position],
            "label": [one.label],
            "reason": [one.reason],
            "landmark_month": [one.landmark_month],
            "treated": [one.treated],
            "untreated": [one.untreated],
            "n_treated": [sides.treated.n],
            "n_untreated": [sides.untreated.n],
            "events_treated": [_events(sides.treated)],
            "events_untreated": [_events(sides.untreated)],
        }
    )


def empty_arm(outcome: str, asked: NaiveComparison, one: Rung, sides: Arms) -> Finding:
    """E246: which arm of a rung has nobody in it."""
    who = "treated" if not sides.treated.n else "untreated"
    who = who if sides.treated.n or sides.untreated.n else "treated or untreated"
    message = f"'{outcome}', {one.label}: nobody counts as {who}; there is nothing to compare."
    return finding("E246", asked.name, message)


def _events(spells: FirstExit) -> int:
    return int((spells.cause != CENSORED).sum())

"""`naive_comparison`: the ladder of naive analyses of one intervention."""

from dataclasses import dataclass

import polars as pl

from equipoise.estimate.analysis import Analysis, Answered
from equipoise.estimate.naive.table import NAIVE
from equipoise.protocol.naive import NaiveComparison


@dataclass(frozen=True, eq=False, slots=True)
class Compared:
    """The rungs (`NAIVE`) and the answers about them."""

    table: pl.DataFrame
    answered: Answered


def naive_comparison(asked: NaiveComparison, analysis: Analysis) -> Compared:
    """Compare treated with untreated patients in each naive way."""
    del asked, analysis
    return Compared(NAIVE.empty(), Answered(()))

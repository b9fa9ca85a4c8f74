"""Same-day order: which of two records of one day came first.

Measurement, intervention, event, terminal event, censoring, unless the vocabulary refines it. Days do not
tell; the rule does, and it is the same for everybody.
"""

from collections.abc import Mapping

import polars as pl

from equipoise.language.vocabulary import Vocabulary


def precedence(vocabulary: Vocabulary) -> dict[str, int]:
    """Place of each word in one total order: by its rank on a day, then by name."""
    ordered = sorted(vocabulary.records, key=lambda name: (vocabulary.same_day_rank(name), name))
    return {name: place for place, name in enumerate(ordered)}


def place_of(names: pl.Expr, places: Mapping[str, int]) -> pl.Expr:
    """Column of places for a column of words; words that the vocabulary lacks come last."""
    return names.replace_strict(
        list(places), list(places.values()), default=len(places), return_dtype=pl.Int32
    )

"""Comparisons of columns: the vocabulary's comparison nodes as polars expressions."""

import polars as pl

from equipoise.language.comparison import Comparison, Operator


def satisfies(value: pl.Expr, comparison: Comparison) -> pl.Expr:
    """Whether values satisfy a comparison; missing where the value is missing."""
    if isinstance(comparison.value, tuple):
        return value.is_in(list(comparison.value))
    compare = {
        Operator.EQ: value.eq,
        Operator.NE: value.ne,
        Operator.LT: value.lt,
        Operator.LE: value.le,
        Operator.GT: value.gt,
        Operator.GE: value.ge,
    }[comparison.op]
    return compare(comparison.value)

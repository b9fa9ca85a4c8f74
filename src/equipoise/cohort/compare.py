"""Comparisons as column expressions; a value beyond a detection limit is compared as far as it is known."""

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


def bounded_satisfies(value: pl.Expr, bound: pl.Expr, comparison: Comparison) -> pl.Expr:
    """Whether numbers satisfy a comparison when some are only known to lie below or above a limit.

    ``< 1e-6`` is below 1e-4 for certain; whether it is below 1e-7 is unknown, hence missing.
    """
    return (
        pl.when(bound == "<")
        .then(_below(value, comparison))
        .when(bound == ">")
        .then(_above(value, comparison))
        .otherwise(satisfies(value, comparison))
    )


def _below(limit: pl.Expr, comparison: Comparison) -> pl.Expr:
    """The answer for a number that is known to be smaller than `limit`; missing where it is open."""
    wanted = comparison.value
    if isinstance(wanted, tuple):
        return _never_where(limit <= min(float(one) for one in wanted))
    certain = limit <= float(wanted)
    match comparison.op:
        case Operator.LT | Operator.LE | Operator.NE:
            return _always_where(certain)
        case _:
            return _never_where(certain)


def _above(limit: pl.Expr, comparison: Comparison) -> pl.Expr:
    """The answer for a number that is known to be larger than `limit`; missing where it is open."""
    wanted = comparison.value
    if isinstance(wanted, tuple):
        return _never_where(limit >= max(float(one) for one in wanted))
    certain = limit >= float(wanted)
    match comparison.op:
        case Operator.GT | Operator.GE | Operator.NE:
            return _always_where(certain)
        case _:
            return _never_where(certain)


def _always_where(certain: pl.Expr) -> pl.Expr:
    return pl.when(certain).then(pl.lit(value=True))


def _never_where(certain: pl.Expr) -> pl.Expr:
    return pl.when(certain).then(pl.lit(value=False))

"""Identifiers of patients: they give the order of the patients at the door, and are forgotten there."""

import polars as pl


def in_order(identifiers: pl.Series) -> pl.Series:
    """Distinct identifiers in an order that the rows of the source do not influence.

    Whole numbers by their size, other texts after them by their characters.

    Parameters
    ----------
    identifiers
        Texts; missing ones are left out.
    """
    frame = pl.DataFrame({"text": identifiers.drop_nulls().unique()})
    # At most 18 digits fit 64 bits; a longer number is sorted as text.
    number = pl.col("text").str.extract(r"^(\d{1,18})$").cast(pl.Int64)
    return frame.with_columns(number=number).sort("number", "text", nulls_last=True)["text"]


def numbered(identifiers: pl.Series) -> pl.Series:
    """Number of each identifier in that order (Int32); null where it is missing.

    Repeated identifiers share a number; the readers refuse them elsewhere, with their rows.
    """
    order = in_order(identifiers)
    places = pl.Series(range(order.len()), dtype=pl.Int32)
    return identifiers.replace_strict(order, places, default=None, return_dtype=pl.Int32).alias("patient")

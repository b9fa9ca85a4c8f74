"""A declared table keeps its declaration: columns, types, what may be missing, which values there are."""

import polars as pl
import pytest

from equipoise.base.findings import FindingStatus
from equipoise.base.schema import Column, Schema

TABLE = Schema(
    "found",
    "a thing",
    (
        Column("name", pl.String(), "its name"),
        Column("colour", pl.String(), "its colour", nullable=True, values=("red", "blue")),
        Column("status", pl.String(), "how it may be read", values=tuple(FindingStatus)),
    ),
)
OK = FindingStatus.OK.value


def test_values_of_a_closed_set_may_be_missing_where_that_is_declared() -> None:
    frame = TABLE.frame([("a", "red", OK), ("b", None, OK), ("c", "blue", OK)])
    assert frame["colour"].to_list() == ["red", None, "blue"]
    assert frame.schema["colour"] == pl.String
    assert TABLE.check(TABLE.empty()).height == 0


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (("a", "green", OK), "column colour has a value outside"),
        (("a", "", OK), "column colour has a value outside"),
        (("a", "Red", OK), "column colour has a value outside"),
        (("a", "red", "fine"), "column status has a value outside"),
        (("a", "red", None), "column status has missing values"),
        ((None, "red", OK), "column name has missing values"),
    ],
)
def test_what_breaks_the_declaration_is_refused_wherever_it_stands(
    row: tuple[str | None, ...], complaint: str
) -> None:
    for rows in ([row], [("x", None, OK), row, ("y", "blue", OK)]):
        with pytest.raises(ValueError, match=f"table found: {complaint}"):
            TABLE.frame(rows)


def test_other_columns_are_another_table() -> None:
    with pytest.raises(ValueError, match="table found: columns"):
        TABLE.check(pl.DataFrame({"name": ["a"]}))

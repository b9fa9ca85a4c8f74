"""The flow of patients: from all who were assessed to those who are followed, with sums that are checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from equipoise.base.schema import Column, Schema

Kind = Literal["kept", "left", "part", "detail"]

FLOW = Schema(
    "flow",
    "one box of the flow chart",
    (
        Column("box", pl.String(), "name of the box"),
        Column("parent", pl.String(), "box that it comes from; missing for the first", nullable=True),
        Column(
            "kind",
            pl.String(),
            "kept goes on and left goes out, together their parent; parts sum to their parent; details may "
            "overlap",
            values=("kept", "left", "part", "detail"),
        ),
        Column("label", pl.String(), "words in the box"),
        Column("n", pl.Int64(), "patients in the box", "patients"),
    ),
)


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the flow chart; the fields are the columns of `FLOW`."""

    box: str
    parent: str | None
    kind: Kind
    label: str
    n: int


def flow_table(boxes: Iterable[Box]) -> pl.DataFrame:
    """Build the table of boxes.

    Raises
    ------
    ValueError
        When the boxes do not add up; that is our mistake, never the user's.
    """
    rows = [(one.box, one.parent, one.kind, one.label, one.n) for one in boxes]
    frame = FLOW.frame({name: [row[place] for row in rows] for place, name in enumerate(FLOW.dtypes)})
    check_sums(frame)
    return frame


def check_sums(flow: pl.DataFrame) -> None:
    """Raise ValueError unless kept and left, and parts, sum to their parent and no box exceeds its parent."""
    size = dict(flow.select("box", "n").iter_rows())
    if len(size) != flow.height:
        raise ValueError("flow: a box is named twice")
    for kinds in (("kept", "left"), ("part",)):
        children = flow.filter(pl.col("kind").is_in(kinds) & pl.col("parent").is_not_null())
        for parent, total in children.group_by("parent").agg(pl.col("n").sum()).iter_rows():
            if size[parent] != total:
                raise ValueError(f"flow: {parent} has {size[parent]} patients, what follows it {total}")
    for box, parent, n in flow.select("box", "parent", "n").drop_nulls().iter_rows():
        if not 0 <= n <= size[parent]:
            raise ValueError(f"flow: {box} has {n} of the {size[parent]} patients of {parent}")

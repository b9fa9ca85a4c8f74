"""A sheet: one table as it stands in a file, every cell as text, with the row numbers people see."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from equipoise.base.errors import DataError
from equipoise.base.findings import Finding, finding

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW = "row"
_DATE = re.compile(
    r"^([0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{2,4})([ T].*)?$"
)
_NUMBER = re.compile(r"^[+-]?[0-9]+([.,][0-9]*)?$")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of text.

    Parameters
    ----------
    name
        How the table is called in messages: the file's name, and the sheet's.
    cells
        Every column as text, without the spaces around it; an empty cell is null.
    rows
        Row number (Int64) of each row in the source: in CSV and Excel the header is row 1, in Parquet and
        public data the first patient is row 1.
    findings
        What was noticed while reading.
    typed
        Whether the source has dates and numbers of its own (Excel, Parquet, public data), which come as ISO
        dates and with a decimal point, and not only text (CSV).
    """

    name: str
    cells: pl.DataFrame
    rows: pl.Series
    findings: tuple[Finding, ...] = ()
    typed: bool = False

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in the order of the source."""
        return self.cells.columns


def make_sheet(
    name: str, header: "Sequence[str | None]", columns: "Sequence[Sequence[str | None]]", *, first_row: int
) -> Sheet:
    """Build a sheet from a header and columns of text.

    Parameters
    ----------
    name
        Name for messages.
    header
        Column names as found.
    columns
        The cells, one sequence a column.
    first_row
        Row number of the first data row.

    Raises
    ------
    DataError
        D110 for missing or repeated names; D107 when there is no column.
    """
    findings: list[Finding] = []
    names = _names(name, header)
    if any(one != (given or "") for one, given in zip(names, header, strict=True)):
        changed = sum(one != (given or "") for one, given in zip(names, header, strict=True))
        findings.append(finding("D122", name, f"{changed} column name(s) had spaces around them."))
    frame = pl.DataFrame(
        {one: pl.Series(cells, dtype=pl.String) for one, cells in zip(names, columns, strict=True)}
    )
    return tidy(name, frame, first_row=first_row, findings=findings)


def tidy(name: str, frame: pl.DataFrame, *, first_row: int, findings: "Sequence[Finding]" = ()) -> Sheet:
    """Trim the cells of a frame of text, drop blank rows, and number the rows."""
    cells = frame.with_columns(pl.all().str.strip_chars().replace("", None))
    rows = pl.Series(ROW, range(first_row, first_row + cells.height), dtype=pl.Int64)
    blank = cells.select(pl.all_horizontal(pl.all().is_null()).alias("blank"))["blank"]
    found = list(findings)
    last = cells.height - int(blank.reverse().arg_min() or 0) if not blank.all() else 0
    inner = blank.head(last)
    if inner.any():
        found.append(
            finding(
                "D126",
                name,
                f"{inner.sum()} blank row(s) between others.",
                rows=rows.head(last).filter(inner),
            )
        )
    return Sheet(name, cells.filter(~blank), rows.filter(~blank), tuple(found))


def _names(name: str, header: "Sequence[str | None]") -> list[str]:
    names = [(one or "").strip() for one in header]
    if not names:
        raise DataError(
            "D107",
            where=name,
            found="no header",
            why="The first row must name the columns.",
            do="Check the export.",
        )
    unnamed = [str(position + 1) for position, one in enumerate(names) if not one]
    if unnamed:
        raise DataError(
            "D110",
            where=name,
            found=f"column(s) {', '.join(unnamed[:10])} have no name in the first row",
            why="A value must belong to exactly one named column.",
            do="Give every column a name in the first row, or remove the column.",
        )
    _refuse_data_as_header(name, names)
    counted = Counter(names)
    repeated = [str(position + 1) for position, one in enumerate(names) if counted[one] > 1]
    if repeated:
        raise DataError(
            "D110",
            where=name,
            found=f"column(s) {', '.join(repeated[:10])} share a name with another column",
            why="A value must belong to exactly one named column.",
            do="Rename or remove the repeated column.",
        )
    return names


def _refuse_data_as_header(name: str, names: list[str]) -> None:
    """Refuse a sheet without a header; its first patient would become names of columns, which are told."""
    dates = [str(position + 1) for position, one in enumerate(names) if _DATE.match(one)]
    numbers = [str(position + 1) for position, one in enumerate(names) if _NUMBER.match(one)]
    found = dates or (numbers if 2 * len(numbers) >= len(names) else [])
    if found:
        raise DataError(
            "D110",
            where=f"{name}, row 1",
            found=f"a {'date' if dates else 'number'} stands in column(s) {', '.join(found[:10])}",
            why="The first row must name the columns; without a header the first patient would be lost.",
            do="Put a header with a name for every column above the data.",
        )

"""Excel workbooks (.xlsx): every cell as text, dates as ISO dates, errors of formulas never as missing."""

import re
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from equipoise.base.document import suggestion
from equipoise.base.errors import DataError
from equipoise.ingest.guard import check_workbook
from equipoise.ingest.sheet import Sheet, make_sheet

_CELL_WITH_ERROR = re.compile(
    rb'<c\b[^>]*\br="([A-Z]+)(\d+)"[^>]*\bt="e"|<c\b[^>]*\bt="e"[^>]*\br="([A-Z]+)(\d+)"'
)
_RELATION = re.compile(r"<Relationship\b[^>]*>")
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
LONGEST_PLACE = 16
CHUNK = 16_000_000
MAXIMUM_CELLS = 25_000_000
MAXIMUM_PART_LISTING = 10_000_000
# What the standard library raises for archives whose directory and content disagree (an offset before the
# file's begin, a method or a length that cannot be).
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, KeyError, RuntimeError,
)  # fmt: skip


def read_workbook(path: Path, *, sheet: str | None = None) -> Sheet:
    """Read one sheet of a workbook as text.

    Parameters
    ----------
    path
        The .xlsx file; the first row of the sheet names the columns.
    sheet
        Name of the sheet; may be left out when only one sheet holds anything.

    Raises
    ------
    DataError
        D101, D103, D104, D105 (guards), D107 (empty), D110 (names), D113 (which sheet), D124 (formula
        errors).
    """
    import fastexcel

    check_workbook(path)
    try:
        _refuse_stray_cells(path)
        book = fastexcel.read_excel(path)
        chosen = _choose(path.name, book, sheet)
        frame = _load(book, chosen)
        _refuse_formula_errors(path, chosen)
    except (fastexcel.FastExcelError, *_DAMAGED):
        raise DataError(
            "D104",
            where=path.name,
            found="a workbook that cannot be unpacked",
            why="A damaged file may have lost rows.",
            do="Open it in the spreadsheet program and save it again as .xlsx, or export CSV.",
        ) from None
    label = f"{path.name}, sheet {chosen}"
    if frame.height == 0:
        raise _empty(label)
    filled = [column for column in frame.iter_columns() if column.null_count() < frame.height]
    blank = frame.select(pl.all_horizontal(pl.all().is_null()).alias("blank"))["blank"]
    head = int(blank.arg_min() or 0)
    header: list[str | None] = [column[head] for column in filled]
    columns = [column.slice(head + 1).to_list() for column in filled]
    return replace(make_sheet(label, header, columns, first_row=head + 2), typed=True)


def _load(book: Any, sheet: str, *, rows: int | None = None) -> pl.DataFrame:
    # With no header row and nothing skipped, row k of the frame is row k + 1 of the spreadsheet, blank rows
    # above the header included. (Any: the package's overloads are not fully typed.)
    loaded = book.load_sheet(sheet, header_row=None, skip_rows=0, n_rows=rows, dtypes="string")
    return loaded.to_polars()


def _choose(name: str, book: Any, sheet: str | None) -> str:
    names: list[str] = book.sheet_names
    if sheet is not None:
        if sheet in names:
            return sheet
        raise DataError(
            "D113",
            where=name,
            found=f"no sheet named {sheet!r}{suggestion(sheet, names)}",
            why="Reading another sheet than the one meant would answer for other patients.",
            do="Correct `sheet` in the mapping.",
        )
    filled = [
        one for one in names if book.load_sheet(one, n_rows=2, dtypes="string", header_row=None).total_height
    ]
    if not filled:
        raise _empty(name)
    if len(filled) > 1:
        raise DataError(
            "D113",
            where=name,
            found=f"{len(filled)} sheets hold something: {', '.join(filled[:5])}",
            why="Reading another sheet than the one meant would answer for other patients.",
            do="Name the sheet in the mapping (`sheet:`).",
        )
    return filled[0]


def _empty(where: str) -> DataError:
    return DataError(
        "D107",
        where=where,
        found="no cell is filled",
        why="There is nothing to read.",
        do="Check the export.",
    )


def _refuse_stray_cells(path: Path) -> None:
    """Refuse a cell far from all others before the reader lays out every cell in between."""
    with zipfile.ZipFile(path) as archive:
        for part in (one for one in archive.namelist() if one.startswith("xl/worksheets/")):
            rows, columns = _extent(archive, part)
            if rows * columns > MAXIMUM_CELLS:
                raise DataError(
                    "D105",
                    where=path.name,
                    found=f"a cell in row {rows} or column {columns}: {rows * columns:.1e} cells up to it",
                    why="Laying out all cells up to that one would fill the memory of this machine.",
                    do="Delete the rows and columns after the table, or export the sheet as CSV.",
                )


def _extent(archive: zipfile.ZipFile, part: str) -> tuple[int, int]:
    """Last row and last column that a part of the archive gives a cell."""
    rows, names, rest = 0, set[bytes](), b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            text = rest + chunk
            for column, row in set(_PLACE.findall(text)):
                names.add(column)
                rows = max(rows, int(row))
            rest = text[-LONGEST_PLACE:]
    return rows, max(map(_column_number, names), default=0)


def _column_number(name: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in name:
        number = number * 26 + letter - ord("A") + 1
    return number


def _refuse_formula_errors(path: Path, sheet: str) -> None:
    """Refuse #DIV/0! and its kin, which the reader would hand over as empty cells."""
    part = _part_of(path, sheet)
    if part is None:
        return
    with zipfile.ZipFile(path) as archive:
        content = archive.read(part)
    rows = sorted(
        {int(match[1] or match[3]) for match in _CELL_WITH_ERROR.findall(content) if match[1] or match[3]}
    )
    if rows:
        shown = ", ".join(str(row) for row in rows[:10])
        raise DataError(
            "D124",
            where=f"{path.name}, sheet {sheet}, row(s) {shown}",
            found=f"formula errors (such as #DIV/0!) in {len(rows)} row(s)",
            why="An error is not a missing value: the formula lost what was known.",
            do="Repair the formulas, or clear the cells if nothing is known.",
        )


def _part_of(path: Path, sheet: str) -> str | None:
    """Name of the part of the archive that holds a sheet."""
    from html import unescape

    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if "xl/_rels/workbook.xml.rels" not in names:
            return None
        book = archive.read("xl/workbook.xml")[:MAXIMUM_PART_LISTING].decode("utf-8", "replace")
        relations = archive.read("xl/_rels/workbook.xml.rels")[:MAXIMUM_PART_LISTING].decode(
            "utf-8", "replace"
        )
    targets = {
        found["Id"]: found["Target"]
        for found in (dict(_ATTRIBUTE.findall(tag)) for tag in _RELATION.findall(relations))
        if "Id" in found and "Target" in found
    }
    for tag in _SHEET.findall(book):
        found = dict(_ATTRIBUTE.findall(tag))
        if unescape(found.get("name", "")) == sheet:
            target = targets.get(found.get("r:id", ""), "").removeprefix("/")
            part = target if target.startswith("xl/") else f"xl/{target}"
            return part if part in names else None
    return None

"""Delimited text (CSV): encoding, delimiter and the shape of every row are checked, nothing is assumed."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from equipoise.base.errors import DataError
from equipoise.base.findings import finding
from equipoise.ingest.guard import MAXIMUM_TEXT_BYTES, check_size, check_text
from equipoise.ingest.sheet import Sheet, make_sheet

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
LOOKED_AT = 50


def read_delimited(path: Path) -> Sheet:
    """Read a CSV file as text.

    Parameters
    ----------
    path
        File in UTF-8 (with or without byte order mark); the first row names the columns.

    Returns
    -------
    Sheet
        With a note (D119) when the delimiter is not the comma.

    Raises
    ------
    DataError
        D101, D103, D104 (guards), D106 (encoding), D107 (empty), D108 (delimiter), D109 (a row that does
        not fit the header), D110 (names).
    """
    check_size(path, MAXIMUM_TEXT_BYTES)
    check_text(path)
    text = _decode(path)
    lines = text.splitlines(keepends=True)
    if not any(line.strip() for line in lines):
        raise DataError(
            "D107",
            where=path.name,
            found="blank lines only",
            why="The first row must name the columns.",
            do="Check the export.",
        )
    delimiter = _delimiter(path.name, lines)
    records = _records(path.name, lines, delimiter)
    header = next(records)
    columns: list[list[str]] = [[] for _ in header]
    for number, record in enumerate(records, start=2):
        cells = record or [""] * len(header)
        if len(cells) != len(header):
            raise DataError(
                "D109",
                where=f"{path.name}, row {number}",
                found=f"{len(cells)} cells under a header of {len(header)}",
                why="A missing or an additional cell moves every later value of the row to another column.",
                do=f"Repair the row; quote texts that contain the {DELIMITERS[delimiter]}.",
            )
        for column, cell in zip(columns, cells, strict=True):
            column.append(cell)
    sheet = make_sheet(path.name, header, columns, first_row=2)
    if delimiter == ",":
        return sheet
    told = finding("D119", path.name, f"The columns are separated by a {DELIMITERS[delimiter]}.")
    return replace(sheet, findings=(told, *sheet.findings))


def _decode(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise DataError(
            "D106",
            where=f"{path.name}, row {row}",
            found=f"byte {error.start + 1} is not UTF-8",
            why="Reading it in a guessed encoding would change names and categories without a word.",
            do="Save the file as 'CSV UTF-8'.",
        ) from None


def _records(name: str, lines: list[str], delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(
                "D109",
                where=f"{name}, row {number}",
                found=f"the row cannot be cut into cells ({error})",
                why="A quote that is not closed swallows the rows after it.",
                do="Repair the quotes of this row.",
            ) from None
        yield record


def _delimiter(name: str, lines: list[str]) -> str:
    """Find the delimiter that cuts the header into most cells and every looked-at row into as many."""
    counts: dict[str, int] = {}
    headers: dict[str, int] = {}
    for delimiter in DELIMITERS:
        shapes = _shapes(lines, delimiter)
        if shapes and shapes[0] > 1:
            headers[delimiter] = shapes[0]
            if all(shape in (shapes[0], 0) for shape in shapes):
                counts[delimiter] = shapes[0]
    fitting = counts or headers
    if not fitting:
        raise DataError(
            "D108",
            where=name,
            found="the first row has one column only, whatever the delimiter",
            why="A table of patients has at least a patient and a time.",
            do="Export with comma, semicolon or tab between the columns.",
        )
    most = max(fitting.values())
    best = [delimiter for delimiter, count in fitting.items() if count == most]
    if len(best) > 1:
        raise DataError(
            "D108",
            where=name,
            found=f"{' and '.join(DELIMITERS[one] for one in best)} cut the rows equally well",
            why="Cutting the lines in the wrong place would move values between columns.",
            do="Export with one delimiter, and quote texts that contain it.",
        )
    return best[0]


def _shapes(lines: list[str], delimiter: str) -> list[int]:
    shapes: list[int] = []
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    for _ in range(LOOKED_AT):
        try:
            shapes.append(len(next(reader)))
        except StopIteration:
            break
        except csv.Error:
            break  # told with its row when the rows are read
    return shapes

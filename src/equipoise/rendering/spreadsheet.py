"""CSV for spreadsheets: cells that a spreadsheet would run as a formula are written as text."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from equipoise.rendering.figure import Cell

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(cell: Cell) -> Cell:
    """The cell; a text that begins like a formula gets an apostrophe in front, numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell


def safe_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Write a table as CSV (RFC 4180, header first, missing cells empty, floats in full)."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([safe_cell(column) for column in columns])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return target.getvalue()

"""Guards before anything is loaded: size, first bytes, and what a workbook would unpack to."""

import zipfile
from pathlib import Path

from equipoise.base.errors import DataError

MAXIMUM_TEXT_BYTES = 100_000_000
MAXIMUM_PARQUET_BYTES = 2_000_000_000
MAXIMUM_WORKBOOK_BYTES = 50_000_000
MAXIMUM_UNPACKED_BYTES = 500_000_000
MAXIMUM_RATIO = 200
RATIO_MATTERS_FROM_BYTES = 20_000_000
MAXIMUM_PARTS = 10_000
SNIFFED_BYTES = 65_536

_MAGIC = (
    (b"PK\x03\x04", "a zip archive or Office document"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.xls, .doc)"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3", "a database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"<html", "a web page"),
    (b"<!DOCTYPE", "a web page"),
)


def check_size(path: Path, maximum: int) -> int:
    """Return the size of a file in bytes.

    Raises
    ------
    DataError
        D101 when it cannot be opened, D107 when it is empty, D103 when it is larger than ``maximum``.
    """
    try:
        if not path.is_file():
            raise DataError(
                "D101",
                where=path.name,
                found="no such file, or no ordinary one (a folder, a pipe, a link to nowhere)",
                why="Nothing can be read without it.",
                do="Check the path.",
            )
        size = path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from None
    if size == 0:
        raise DataError(
            "D107", where=path.name, found="0 bytes", why="There is nothing to read.", do="Check the export."
        )
    if size > maximum:
        raise DataError(
            "D103",
            where=path.name,
            found=f"{size / 1e6:.0f} MB",
            why=f"Such files are read up to {maximum / 1e6:.0f} MB; a sheet of patients is far smaller.",
            do="Check that this is the right file; write a real registry of this size as Parquet.",
        )
    return size


def first_bytes(path: Path, count: int = SNIFFED_BYTES) -> bytes:
    """Return the first bytes of a file, or raise DataError D101."""
    try:
        with path.open("rb") as stream:
            return stream.read(count)
    except OSError as error:
        raise _unreadable(path, error) from None


def check_text(path: Path) -> None:
    """Refuse a file that is not text, before it is loaded.

    Raises
    ------
    DataError
        D104 with what the bytes look like.
    """
    head = first_bytes(path)
    looks_like = next((words for magic, words in _MAGIC if head.startswith(magic)), None)
    if looks_like is None and head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(
            "D106",
            where=path.name,
            found="a text in UTF-16",
            why="Tables are read as UTF-8 only.",
            do="Save the file as 'CSV UTF-8'.",
        )
    if looks_like is None and b"\x00" in head:
        looks_like = "binary data"
    if looks_like is not None:
        raise DataError(
            "D104",
            where=path.name,
            found=f"the first bytes are those of {looks_like}",
            why="A renamed file cannot be read as a table of text.",
            do="Export the table as CSV, or give the file its right extension.",
        )


def check_workbook(path: Path) -> None:
    """Refuse what is not a workbook, or would unpack to far more than it holds, before it is unpacked.

    Raises
    ------
    DataError
        D104 when it is no zip archive with a workbook inside, D105 when the declared sizes are those of a
        zip bomb.
    """
    size = check_size(path, MAXIMUM_WORKBOOK_BYTES)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        raise _not_a_workbook(path, "no zip archive, which every .xlsx is") from None
    unpacked = sum(part.file_size for part in parts)
    ratio = unpacked / size
    too_dense = ratio > MAXIMUM_RATIO and unpacked > RATIO_MATTERS_FROM_BYTES
    if unpacked > MAXIMUM_UNPACKED_BYTES or too_dense or len(parts) > MAXIMUM_PARTS:
        raise DataError(
            "D105",
            where=path.name,
            found=f"{size / 1e6:.2f} MB that would unpack to {unpacked / 1e6:.0f} MB in {len(parts)} parts",
            why="Such a file would fill the memory of this machine.",
            do="Do not open it; ask where it came from, or export the sheet as CSV.",
        )
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise _not_a_workbook(path, "a zip archive without a workbook in it")


def _not_a_workbook(path: Path, found: str) -> DataError:
    return DataError(
        "D104",
        where=path.name,
        found=found,
        why="A renamed file cannot be read as a table.",
        do="Save the table from the spreadsheet program as .xlsx, or export it as CSV.",
    )


def _unreadable(path: Path, error: OSError) -> DataError:
    return DataError(
        "D101",
        where=path.name,
        found=error.strerror or "the file cannot be read",
        why="Nothing can be read without it.",
        do="Check the path and the permissions.",
    )

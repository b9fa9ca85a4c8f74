"""A virtual registry as files: the five tables, a wide sheet, a workbook; in one piece or part after part."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal, Protocol

import polars as pl

from equipoise.base.document import write_document
from equipoise.cohort.cohort import Cohort
from equipoise.synth.sheet import sheet, sheet_mapping
from equipoise.synth.workbook import write_workbook

Kind = Literal["csv", "parquet"]
VOCABULARY_FILE: Final = "vocabulary.yaml"
MAPPING_FILE: Final = "mapping.yaml"
SHEET: Final = "Registry"
_DAYS: Final = ("day", "start", "stop", "decided", "completed")
_PARTS: Final = ".parts"


class Form(Protocol):
    """A form in which a registry is written, part after part.

    Parameters
    ----------
    rows
        Rows of each file that was written so far.
    """

    rows: dict[Path, int]

    def add(self, cohort: Cohort) -> None:
        """Write the next part."""
        ...

    def close(self) -> None:
        """Write what can only be written at the end."""
        ...


def write_tables(cohort: Cohort | Iterable[Cohort], folder: Path, *, kind: Kind = "csv") -> None:
    """Write the five tables and the vocabulary into a folder, as `equipoise.read_cohort` reads them.

    Parameters
    ----------
    cohort
        A cohort, or the parts of one; patients are numbered from 1 on.
    folder
        Is made where there is none.
    kind
        CSV for people, Parquet for many patients.

    Raises
    ------
    FileExistsError
        When one of the files is there already.
    OSError
        When a file cannot be written.
    """
    _write(cohort, Tables(folder, kind))


def write_sheet(cohort: Cohort | Iterable[Cohort], path: Path) -> None:
    """Write one row a patient as CSV or Excel, with `mapping.yaml` beside it; see `equipoise.synth.sheet`.

    Parameters
    ----------
    cohort
        A virtual registry, or the parts of one.
    path
        Ends with .csv or .xlsx.

    Raises
    ------
    ValueError
        For another ending.
    UsageError
        U008 for more patients than a sheet of a workbook holds.
    FileExistsError, OSError
        As for `write_tables`.
    """
    _write(cohort, Sheet((path,)))


class Tables:
    """The five tables.

    Parameters
    ----------
    folder, kind
        As for `write_tables`.
    """

    def __init__(self, folder: Path, kind: Kind) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.kind = folder, kind
        self.rows = dict[Path, int]()
        self.patients, self.parts = 0, 0

    def add(self, cohort: Cohort) -> None:
        """Append the tables of a part."""
        if not self.parts:
            _refuse_existing(self.folder / VOCABULARY_FILE)
            text = write_document(cohort.vocabulary)
            (self.folder / VOCABULARY_FILE).write_text(text, encoding="utf-8")
        for name, frame in cohort.tables.items():
            self._append(name, _as_written(frame, self.patients))
            file = self.folder / f"{name}.{self.kind}"
            self.rows[file] = self.rows.get(file, 0) + frame.height
        self.patients += cohort.n
        self.parts += 1

    def close(self) -> None:
        """Join the parts of Parquet files."""
        if self.kind == "csv":
            return
        for part in sorted((self.folder / _PARTS).iterdir()):
            target = self.folder / f"{part.name}.parquet"
            _refuse_existing(target)
            pieces = sorted(part.iterdir())
            pl.scan_parquet(pieces).sink_parquet(target)
            for piece in pieces:
                piece.unlink()
            part.rmdir()
        (self.folder / _PARTS).rmdir()

    def _append(self, name: str, frame: pl.DataFrame) -> None:
        if self.kind == "parquet":
            place = self.folder / _PARTS / name
            place.mkdir(parents=True, exist_ok=True)
            frame.write_parquet(place / f"{self.parts:06}.parquet")
            return
        target = self.folder / f"{name}.csv"
        if not self.parts:
            _refuse_existing(target)
        with target.open("ab") as file:
            frame.write_csv(file, include_header=not self.parts)


class Sheet:
    """The wide sheet, in one or more files beside one mapping.

    Parameters
    ----------
    paths
        Files of one folder, ending with .csv or .xlsx.
    """

    def __init__(self, paths: tuple[Path, ...]) -> None:
        for path in paths:
            if path.suffix not in (".csv", ".xlsx"):
                raise ValueError(f"a sheet is written as .csv or .xlsx, not as {path.suffix!r}")
        self.paths, self.parts = paths, list[pl.DataFrame]()
        self.rows = dict[Path, int]()
        self.patients = 0

    def add(self, cohort: Cohort) -> None:
        """Keep the rows of a part: a workbook can only be written whole."""
        self.parts.append(sheet(cohort, before=self.patients))
        self.patients += cohort.n

    def close(self) -> None:
        """Write the files."""
        whole = pl.concat(self.parts)
        mapping = self.paths[0].parent / MAPPING_FILE
        for path in (*self.paths, mapping):
            path.parent.mkdir(parents=True, exist_ok=True)
            _refuse_existing(path)
        for path in self.paths:
            if path.suffix == ".csv":
                whole.write_csv(path)
            else:
                write_workbook(path, whole, sheet=SHEET)
            self.rows[path] = whole.height
        mapping.write_text(sheet_mapping(), encoding="utf-8")


def _write(cohort: Cohort | Iterable[Cohort], form: Form) -> None:
    for part in _parts(cohort):
        form.add(part)
    form.close()


def _parts(cohort: Cohort | Iterable[Cohort]) -> Iterator[Cohort]:
    if isinstance(cohort, Cohort):
        yield cohort
    else:
        yield from cohort


def _as_written(frame: pl.DataFrame, before: int) -> pl.DataFrame:
    """A table as it is read: patients from 1 on, whole days without a point, states among the values."""
    columns = [pl.col("patient") + (before + 1)]
    columns += [
        pl.col(name).cast(pl.Int64) for name in _DAYS if name in frame.columns and _is_whole(frame[name])
    ]
    if "state" in frame.columns:
        columns.append(pl.coalesce("state", pl.col("value").cast(pl.String)).alias("value"))
    return frame.with_columns(columns).drop("row", "state", strict=False)


def _is_whole(days: pl.Series) -> bool:
    return bool((days.is_null() | (days == days.round(0))).all())


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise FileExistsError(f"{path.name} is there already")

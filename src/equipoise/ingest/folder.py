"""A folder of the five tables, each as CSV or Parquet."""

from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from equipoise.base.document import suggestion
from equipoise.base.errors import DataError
from equipoise.base.findings import Finding, finding
from equipoise.ingest.columnar import read_parquet
from equipoise.ingest.declared import details_by_name
from equipoise.ingest.delimited import read_delimited
from equipoise.ingest.identifier import in_order
from equipoise.ingest.log import Log, refuse_errors
from equipoise.ingest.sheet import Sheet
from equipoise.ingest.table import OPTIONAL_COLUMNS, REQUIRED_COLUMNS, TableReader
from equipoise.ingest.tables import Tables
from equipoise.language.vocabulary import Vocabulary

REQUIRED_TABLES = ("patients", "observation")
MOST_TOLD = 20
OPTIONAL_TABLES = ("measurements", "interventions", "events")


def read_folder(folder: Path, vocabulary: Vocabulary) -> Tables:
    """Read a folder of the five tables.

    Parameters
    ----------
    folder
        Holds patients and observation, and any of the other three, as .csv or .parquet. Times are days
        since the vocabulary's origin; the decimal sign is the point; an empty cell or NA is missing.
    vocabulary
        Declares the words and the columns.

    Raises
    ------
    DataError
        D1xx for files and columns, D25x for times, D35x for values; the error carries all findings.
    """
    sheets, findings = _sheets(folder)
    logs = {name: Log(sheet.name, sheet.rows) for name, sheet in sheets.items()}
    for name, sheet in sheets.items():
        _check_columns(name, sheet, vocabulary, logs[name])
    numbered = _number_patients(sheets, logs)
    frames: dict[str, pl.DataFrame | None] = {}
    for name, sheet in sheets.items():
        table = TableReader(name, sheet, numbered[name], logs[name], vocabulary)
        frames[name] = table.frame()
    everything = [
        *findings,
        *(one for name, log in logs.items() for one in (*sheets[name].findings, *log.findings)),
    ]
    refuse_errors(everything)
    return Tables(frames, tuple(everything))


def _sheets(folder: Path) -> tuple[dict[str, Sheet], list[Finding]]:
    try:
        # A link to nowhere or a folder with a table's name counts too: reading it tells what is wrong.
        names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    except OSError as error:
        raise DataError(
            "D101",
            where=folder.name,
            found=error.strerror or "the folder cannot be read",
            why="Nothing can be read without it.",
            do="Check the path and the permissions.",
        ) from None
    chosen: dict[str, str] = {}
    for table in (*REQUIRED_TABLES, *OPTIONAL_TABLES):
        candidates = [one for one in (f"{table}.csv", f"{table}.parquet") if one in names]
        if len(candidates) > 1:
            raise DataError(
                "D116",
                where=folder.name,
                found=f"{' and '.join(candidates)} are both there",
                why="Two files may say different things about one patient.",
                do="Keep one of them.",
            )
        if candidates:
            chosen[table] = candidates[0]
        elif table in REQUIRED_TABLES:
            others = {f"{one}.{kind}" for one in REQUIRED_COLUMNS for kind in ("csv", "parquet")}
            near = suggestion(f"{table}.csv", names - others)
            raise DataError(
                "D112",
                where=folder.name,
                found=f"no {table}.csv and no {table}.parquet{near}",
                why="A cohort needs its patients and the time each was under observation.",
                do="Add the file; the other three tables may be absent.",
            )
    unread = names - set(chosen.values()) - {"vocabulary.yaml"}
    _refuse_misnamed(folder, unread, set(chosen))
    findings = [finding("D125", folder.name, f"{len(unread)} other file(s) were not read.")] if unread else []
    sheets = {
        table: read_parquet(folder / name) if name.endswith(".parquet") else read_delimited(folder / name)
        for table, name in chosen.items()
    }
    return sheets, findings


def _refuse_misnamed(folder: Path, unread: Collection[str], chosen: Collection[str]) -> None:
    """Refuse Events.csv or events.xlsx where no events are read: leaving them out would change the answer."""
    for one in sorted(unread):
        table = one.lower().split(".")[0]
        if table in OPTIONAL_TABLES and table not in chosen:
            raise DataError(
                "D102",
                where=f"{folder.name}/{one}",
                found=f"a table that is not read under this name (expected: {table}.csv or {table}.parquet)",
                why="Without its rows the answer would be about other courses than those that were recorded.",
                do="Rename it, or save it as CSV or Parquet; move it away if it is not meant.",
            )


def _check_columns(table: str, sheet: Sheet, vocabulary: Vocabulary, log: Log) -> None:
    missing = [one for one in REQUIRED_COLUMNS[table] if one not in sheet.columns]
    if missing:
        # Without a header the first patient stands here; an identifier like patient-01 is near to a name.
        names = {one for one in sheet.columns if one.replace("_", "").isalpha()}
        near = suggestion(missing[0], names - set(REQUIRED_COLUMNS[table]))
        raise DataError(
            "D111",
            where=sheet.name,
            found=f"no column {', '.join(repr(one) for one in missing)}{near}",
            why="Without it the rows cannot be placed on the clock.",
            do="Add the column, or correct its name.",
        )
    declared = _declared_columns(table, vocabulary)
    known = {*REQUIRED_COLUMNS[table], *OPTIONAL_COLUMNS[table], *declared}
    unknown = [one for one in sheet.columns if one not in known]
    for one in unknown[:MOST_TOLD]:
        log.add("D117", f"column {one!r} is not declared{suggestion(one, known)} and was not read.")
    if len(unknown) > MOST_TOLD:
        more = len(unknown) - MOST_TOLD
        log.add("D117", f"{more} more column(s) are not declared and were not read.")
    absent = [one for one in declared if one not in sheet.columns]
    if absent:
        log.add("D118", f"{len(absent)} declared column(s) are absent: {', '.join(absent)}.")


def _declared_columns(table: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    if table == "patients":
        return tuple(vocabulary.patients)
    if table in ("interventions", "events"):
        return tuple(details_by_name(vocabulary, table))
    return ()


def _number_patients(sheets: Mapping[str, Sheet], logs: Mapping[str, Log]) -> dict[str, pl.Series]:
    """Number the patients in the order of their identifiers, not of the rows; findings D127 to D130."""
    people = sheets["patients"].cells["patient"]
    logs["patients"].add_if("D128", people.is_null(), "{n} row(s) name no patient.")
    logs["patients"].add_if(
        "D127", people.is_not_null() & people.is_duplicated(), "{n} row(s) share a patient with another row."
    )
    places = {name: place for place, name in enumerate(in_order(people).to_list())}
    numbered: dict[str, pl.Series] = {}
    for name, sheet in sheets.items():
        column = sheet.cells["patient"]
        number = column.replace_strict(places, default=None, return_dtype=pl.Int32)
        if name != "patients":
            logs[name].add_if("D128", column.is_null(), "{n} row(s) name no patient.")
            logs[name].add_if(
                "D129",
                column.is_not_null() & number.is_null(),
                "{n} row(s) name a patient who is not in patients.",
            )
        numbered[name] = number
    unseen = people.is_not_null() & ~people.is_in(
        sheets["observation"].cells["patient"].drop_nulls().to_list()
    )
    logs["patients"].add_if("D130", unseen, "{n} patient(s) have no row in observation.")
    if not people.len():
        raise DataError(
            "D107",
            where=sheets["patients"].name,
            found="a header without rows",
            why="There is no patient to read.",
            do="Check the export.",
        )
    return numbered

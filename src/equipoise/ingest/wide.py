"""The wide sheet: one row a patient, dates or days in columns, turned into the five tables by a mapping."""

from dataclasses import replace

import polars as pl

from equipoise.base.document import Document
from equipoise.base.errors import DataError
from equipoise.ingest.cells import active_content, blank_where_missing
from equipoise.ingest.declared import Notation
from equipoise.ingest.log import Log, refuse_errors
from equipoise.ingest.mapping import Mapping, text_of, time_column
from equipoise.ingest.mapping_check import check_columns, check_mapping
from equipoise.ingest.records import event_table, intervention_table, measurement_table, patient_table
from equipoise.ingest.sheet import Sheet
from equipoise.ingest.tables import Tables
from equipoise.ingest.times import TimeReader
from equipoise.ingest.wide_sheet import WideSheet
from equipoise.language.vocabulary import Vocabulary


def read_wide(sheet: Sheet, mapping: Mapping, document: Document, vocabulary: Vocabulary) -> Tables:
    """Turn a wide sheet into the five tables.

    Parameters
    ----------
    sheet
        One row a patient.
    mapping, document
        What the columns mean, and where that is written.
    vocabulary
        Declares the words.

    Raises
    ------
    ProtocolError
        P203 to P210 when mapping, vocabulary and sheet do not fit.
    DataError
        D1xx for rows, D25x for times, D35x for values; the error carries all findings.
    """
    check_mapping(mapping, document, vocabulary)
    check_columns(mapping, document, sheet.columns, sheet.name)
    if not sheet.cells.height:
        raise DataError(
            "D107",
            where=sheet.name,
            found="a header without rows",
            why="There is no patient to read.",
            do="Check the export.",
        )
    log = Log(sheet.name, sheet.rows)
    log.findings.extend(sheet.findings)
    _check_patients(sheet, mapping, log)
    _note_ignored(sheet, mapping, log)
    view = _view(sheet, mapping, vocabulary, log)
    observation = _observation_table(view)
    frames = {
        "patients": patient_table(view),
        "observation": observation,
        "measurements": measurement_table(view),
        "interventions": intervention_table(view),
        "events": event_table(view, observation["stop"]),
    }
    findings = tuple(dict.fromkeys(view.log.findings))
    refuse_errors(findings)
    return Tables(frames, findings)


def _check_patients(sheet: Sheet, mapping: Mapping, log: Log) -> None:
    if mapping.id is None:
        return
    people = sheet.cells[mapping.id]
    log.add_if("D128", people.is_null(), f"column {mapping.id}: {{n}} row(s) name no patient.")
    log.add_if(
        "D127",
        people.is_not_null() & people.is_duplicated(),
        f"column {mapping.id}: {{n}} row(s) share a patient with another row.",
    )


def _note_ignored(sheet: Sheet, mapping: Mapping, log: Log) -> None:
    read = {column for _, column in mapping.columns_read()}
    active_content(sheet.cells.select(one for one in sheet.columns if one in read), log)
    unread = [one for one in sheet.columns if one not in read and one not in mapping.ignored]
    if unread:
        listed = ", ".join(unread[:10]) + (", ..." if len(unread) > 10 else "")
        log.add("D120", f"{len(unread)} column(s) were not read: {listed}.")


def _view(sheet: Sheet, mapping: Mapping, vocabulary: Vocabulary, log: Log) -> WideSheet:
    """Read the origin, leave out rows without one if the mapping asks for that, and number the rest."""
    notation = Notation(mapping.decimal, sheet.typed)
    times = TimeReader(mapping, vocabulary.resolution, sheet.typed, log)
    if mapping.origin is None:
        return WideSheet(mapping, vocabulary, sheet, notation, times, log, None)
    codes = {text_of(code) for code in mapping.missing}
    cells = blank_where_missing(sheet.cells[mapping.origin.column], codes, log)
    origin = times.origin_dates(cells, mapping.origin)
    if mapping.origin.undated == "refuse" or not cells.null_count():
        log.add_if("D257", cells.is_null(), f"column {cells.name}: {{n}} patient(s) have no date of origin.")
        return WideSheet(mapping, vocabulary, sheet, notation, times, log, origin)
    log.add("D259", f"column {cells.name}: {cells.null_count()} patient(s) were left out.", cells.is_null())
    keep = cells.is_not_null()
    kept = replace(sheet, cells=sheet.cells.filter(keep), rows=sheet.rows.filter(keep))
    shorter = Log(sheet.name, kept.rows)
    shorter.findings = log.findings
    times = TimeReader(mapping, vocabulary.resolution, sheet.typed, shorter)
    return WideSheet(mapping, vocabulary, kept, notation, times, shorter, origin.filter(keep))


def _observation_table(view: WideSheet) -> pl.DataFrame:
    observation = view.mapping.observation
    stops = observation.stop if isinstance(observation.stop, tuple) else (observation.stop,)
    ends = pl.DataFrame([view.days(stop).alias(str(place)) for place, stop in enumerate(stops)])
    filled = [view.cells(time_column(stop).column).is_not_null() for stop in stops]
    nowhere = ~pl.DataFrame([one.alias(str(place)) for place, one in enumerate(filled)]).select(
        pl.any_horizontal(pl.all()).alias("filled")
    )["filled"]
    view.log.add_if("D262", nowhere, "{n} patient(s) have no end of follow-up.")
    stop = ends.select(pl.max_horizontal(pl.all()).alias("stop"))["stop"]
    if observation.start is None:
        start = pl.Series("start", [0.0]).new_from_index(0, stop.len())
    else:
        start = view.days(observation.start)
        missing = view.cells(time_column(observation.start).column).is_null()
        view.log.add_if("D256", missing, "{n} patient(s) have no start of observation.")
    return pl.DataFrame(
        {"patient": view.patients, "start": start.alias("start"), "stop": stop, "row": view.sheet.rows}
    )

"""The tables of patients, events, interventions and measurements out of a wide sheet."""

from collections.abc import Mapping

import polars as pl

from equipoise.base.clock import DAYS_PER_YEAR
from equipoise.base.disclosure import tellable
from equipoise.ingest.cells import years
from equipoise.ingest.declared import detail_value, details_by_name, measured, patient_value
from equipoise.ingest.mapping import (
    Always,
    Detail,
    EventEntry,
    Indicator,
    InterventionEntry,
    MeasurementEntry,
    PatientValue,
    Undated,
    YearsBeforeOrigin,
    YearsSince,
    text_of,
    time_column,
    value_column,
)
from equipoise.ingest.wide_sheet import WideSheet
from equipoise.language.word import PatientColumn


def patient_table(view: WideSheet) -> pl.DataFrame:
    """Table of patients: site, calendar year of the origin, and the baseline columns of the mapping."""
    columns: dict[str, pl.Series] = {"patient": view.patients, "row": view.sheet.rows}
    if view.origin is not None:
        columns["origin_year"] = view.origin.dt.year()
    elif view.mapping.origin_year is not None:
        cells = view.cells(view.mapping.origin_year)
        columns["origin_year"] = years(
            cells, decimal=view.mapping.decimal, log=view.log, typed=view.notation.typed
        )
    for name, value in view.mapping.patients.items():
        declared = view.vocabulary.patients.get(
            name, PatientColumn(type="category", label=name, role="cluster")
        )
        columns[name] = _patient_value(view, value, declared)
    absent = [name for name in view.vocabulary.patients if name not in columns]
    if absent:
        view.log.add("D118", f"{len(absent)} declared column(s) are absent: {', '.join(absent)}.")
    return _frame(columns)


def event_table(view: WideSheet, end: pl.Series) -> pl.DataFrame | None:
    """Table of events; None when the mapping has none. ``end`` is each patient's last day of follow-up."""
    return _stacked([_event(view, entry, end) for entry in view.mapping.events])


def intervention_table(view: WideSheet) -> pl.DataFrame | None:
    """Table of interventions; None when the mapping has none."""
    return _stacked([_intervention(view, entry) for entry in view.mapping.interventions])


def measurement_table(view: WideSheet) -> pl.DataFrame | None:
    """Table of measurements; None when the mapping has none."""
    return _stacked([_measurement(view, entry) for entry in view.mapping.measurements])


def _frame(columns: Mapping[str, pl.Series]) -> pl.DataFrame:
    return pl.DataFrame({name: series.alias(name) for name, series in columns.items()})


def _stacked(frames: list[pl.DataFrame]) -> pl.DataFrame | None:
    return pl.concat(frames, how="diagonal") if frames else None


def _patient_value(view: WideSheet, value: PatientValue, declared: PatientColumn) -> pl.Series:
    match value:
        case YearsBeforeOrigin():
            time = time_column(value.years_before_origin)
            born = view.times.dates(view.cells(time.column), time.format)
            return _years(view, born)
        case YearsSince():
            return _years(view, pl.Series([value.years_since]).str.to_date("%Y-%m-%d"))
        case Always():
            cells = pl.Series(declared.label, [text_of(value.always)]).new_from_index(0, view.patients.len())
            return patient_value(cells, declared, view.notation, view.log)
        case _:
            column = value_column(value)
            cells = view.value_cells(column)
            read = patient_value(cells, declared, view.notation, view.log)
            return read * column.factor if declared.type == "quantity" else read


def _years(view: WideSheet, since: pl.Series) -> pl.Series:
    if view.origin is None:
        raise ValueError("years before the origin need an origin; the mapping was checked for that")
    return (view.origin - since).dt.total_days() / DAYS_PER_YEAR


def _event(view: WideSheet, entry: EventEntry, end: pl.Series) -> pl.DataFrame:
    happened = _happened(view, entry.when)
    days = view.days(entry.day, happened)
    filled = view.cells(time_column(entry.day).column).is_not_null()
    kept = _dated(view, entry.name, happened, filled, entry.undated)
    late = (kept & (days > end)).fill_null(value=False)
    if entry.after_end == "drop":
        view.log.add_if(
            "D264", late, f"{entry.name}: {{n}} event(s) after the end of follow-up were left out."
        )
        kept = kept & ~late
    columns = {"patient": view.patients, "day": days, "row": view.sheet.rows}
    columns |= _details(view, "events", entry.name, entry.details)
    return _frame(columns).with_columns(name=pl.lit(entry.name)).filter(kept)


def _intervention(view: WideSheet, entry: InterventionEntry) -> pl.DataFrame:
    happened = _happened(view, entry.when)
    columns = {"patient": view.patients, "start": view.days(entry.start, happened), "row": view.sheet.rows}
    for name, time in (("stop", entry.stop), ("decided", entry.decided), ("completed", entry.completed)):
        if time is not None:
            columns[name] = view.days(time, happened)
    filled = view.cells(time_column(entry.start).column).is_not_null()
    kept = _dated(view, entry.name, happened, filled, entry.undated)
    columns |= _details(view, "interventions", entry.name, entry.details)
    return _frame(columns).with_columns(name=pl.lit(entry.name)).filter(kept)


def _measurement(view: WideSheet, entry: MeasurementEntry) -> pl.DataFrame:
    word = view.vocabulary.measurements[entry.name]
    column = value_column(entry.value)
    cells = view.value_cells(column)
    taken = cells.is_not_null()
    read = measured(cells, word, view.notation, view.log)
    if entry.day is None:
        days, filled = pl.Series("day", [entry.on_day]).new_from_index(0, cells.len()), taken
    else:
        days = view.days(entry.day, taken)
        filled = view.cells(time_column(entry.day).column).is_not_null()
    kept = _dated(view, entry.name, taken, filled, entry.undated)
    columns = {
        "patient": view.patients,
        "day": days,
        "value": read.value * column.factor,
        "state": read.state,
        "bound": read.bound,
        "row": view.sheet.rows,
    }
    frame = _frame(columns).with_columns(
        name=pl.lit(entry.name),
        unit=pl.lit(entry.unit or word.unit or None, dtype=pl.String),
        specimen=pl.lit(entry.specimen, dtype=pl.String),
    )
    return frame.filter(kept)


def _happened(view: WideSheet, indicator: Indicator | None) -> pl.Series | None:
    """Rows in which the indicator says that it happened; None without an indicator (the time decides)."""
    if indicator is None:
        return None
    cells = view.cells(indicator.column).fill_null("")
    yes = cells.is_in([text_of(code) for code in indicator.is_])
    no = cells.is_in([text_of(code) for code in indicator.is_not])
    unknown = ~yes & ~no
    found = tellable(cells.filter(unknown), {text_of(code) for code in (*indicator.is_, *indicator.is_not)})
    view.log.add_if(
        "D353",
        unknown,
        f"column {indicator.column}: {{n}} cell(s) with undeclared codes: {found}.",
    )
    return yes


def _dated(
    view: WideSheet, name: str, happened: pl.Series | None, filled: pl.Series, undated: Undated
) -> pl.Series:
    """Rows that become a record; a record without a time is refused or left out, as the mapping says."""
    if happened is None:
        return filled
    without = happened & ~filled
    if undated == "refuse":
        view.log.add_if("D256", without, f"{name}: {{n}} record(s) have no time.")
    else:
        view.log.add_if("D258", without, f"{name}: {{n}} record(s) without a time were left out.")
    return happened & filled


def _details(view: WideSheet, table: str, name: str, given: Mapping[str, Detail]) -> dict[str, pl.Series]:
    declared = details_by_name(view.vocabulary, table)
    read: dict[str, pl.Series] = {}
    for detail, value in given.items():
        meaning = declared[detail][name]
        if isinstance(value, Always):
            cells = pl.Series(detail, [text_of(value.always)]).new_from_index(0, view.patients.len())
        else:
            cells = view.value_cells(value_column(value))
        read[detail] = detail_value(cells, meaning, view.notation, view.log)
    return read

"""One ward through every door is one cohort."""

import datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from wards import TABLES, WIDE, write_folder, write_wide

from equipoise.ingest import read_cohort, read_with_findings


def test_folder_by_hand(tmp_path: Path) -> None:
    cohort = read_cohort(write_folder(tmp_path))
    assert cohort.n == 3
    patients = cohort.patients
    assert patients["site"].to_list() == ["A", "A", "B"]
    assert patients["origin_year"].to_list() == [2020, 2020, 2021]
    assert patients["age"].to_list() == [61.5, 70.0, 55.0]
    assert patients["sex"].to_list() == ["female", "male", "male"]
    assert patients["smoker"].to_list() == [True, False, None]
    assert patients["visits"].to_list() == [2, 0, 1]
    assert patients["row"].to_list() == [2, 3, 4]  # the header is row 1
    assert cohort.observation.select("patient", "start", "stop").rows() == [
        (0, 0, 300),
        (1, 0, 41),
        (2, 0, 120),
    ]
    assert cohort.measurements.select("patient", "day", "name", "value", "state", "bound").rows() == [
        (0, 14.0, "marker", 3.5, None, "="),
        (1, 14.0, "marker", 0.1, None, "<"),
        (2, 7.0, "gait", None, "unsteady", "="),
    ]
    assert cohort.interventions.select("patient", "start", "stop", "decided", "completed", "side").rows() == [
        (0, 20.0, None, 10.0, 21.0, "left")
    ]
    assert cohort.events.select("patient", "day", "name", "injury", "height").rows() == [
        (0, 100.0, "fall", "minor", 0.5),
        (1, 41.0, "death", None, None),
        (2, 60.0, "fall", "major", None),
    ]


def test_wide_csv_is_the_folder(tmp_path: Path) -> None:
    sheet, mapping = write_wide(tmp_path / "wide")
    wide, findings = read_with_findings(sheet, mapping=mapping)
    assert wide.digest() == _without_units(tmp_path)
    told = {one.code for one in findings}
    assert told == {"D119", "D121"}  # semicolons; 99 read as missing
    assert next(one for one in findings if one.code == "D121").rows == (4,)


def test_wide_workbook_is_the_folder(tmp_path: Path) -> None:
    _, mapping = write_wide(tmp_path / "wide")
    book = tmp_path / "ward.xlsx"
    _write_workbook(book)
    assert read_cohort(book, mapping=mapping).digest() == _without_units(tmp_path)


def test_parquet_is_csv(tmp_path: Path) -> None:
    plain = read_cohort(write_folder(tmp_path / "csv"))
    folder = write_folder(tmp_path / "parquet", **dict.fromkeys(TABLES, None))
    for name in TABLES:
        frame = pl.read_csv(tmp_path / "csv" / f"{name}.csv", null_values=["NA", ""])
        frame.write_parquet(folder / f"{name}.parquet")
    assert read_cohort(folder).digest() == plain.digest()


def test_order_of_rows_and_columns_and_names_of_patients_do_not_matter(tmp_path: Path) -> None:
    plain = read_cohort(write_folder(tmp_path / "plain"))
    changed: dict[str, str | None] = {}
    for name, text in TABLES.items():
        header, *rows = text.replace("p-1", "77").replace("p-2", "Müller; <b>").splitlines()
        shuffled = [header, *(rows if name == "patients" else reversed(rows))]
        changed[name] = "\n".join(",".join(reversed(row.split(","))) for row in shuffled) + "\n"
    assert read_cohort(write_folder(tmp_path / "other", **changed)).digest() == plain.digest()


def test_delimiters_are_found_and_told(tmp_path: Path) -> None:
    plain = read_cohort(write_folder(tmp_path / "plain"))
    for name, delimiter in (("semicolon", ";"), ("tab", "\t"), ("bar", "|")):
        changed = {table: text.replace(",", delimiter) for table, text in TABLES.items()}
        cohort, findings = read_with_findings(write_folder(tmp_path / name, **changed))
        assert cohort.digest() == plain.digest()
        assert sum(one.code == "D119" and name in one.message for one in findings) == len(TABLES)


@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_byte_order_mark_and_spaces(tmp_path: Path, mark: str) -> None:
    text = mark + TABLES["patients"].replace("patient,", " patient ,").replace("p-2,", " p-2 ,")
    cohort, findings = read_with_findings(write_folder(tmp_path, patients=text))
    assert cohort.n == 3
    assert any(one.code == "D122" for one in findings)


def _without_units(tmp_path: Path) -> str:
    """Digest of the ward as a folder, with what the wide sheet cannot say taken out."""
    measurements = TABLES["measurements"]
    return read_cohort(write_folder(tmp_path / "tables", measurements=measurements)).digest()


def _write_workbook(path: Path) -> None:
    """Write the wide sheet with real dates and numbers, as a spreadsheet program does."""
    book = xlsxwriter.Workbook(str(path))
    sheet, date = book.add_worksheet("ward"), book.add_format({"num_format": "dd.mm.yyyy"})
    for row, line in enumerate(WIDE.splitlines()):
        for column, cell in enumerate(line.split(";")):
            if row and len(cell) == 10 and cell[2] == ".":
                day = datetime.datetime.strptime(cell, "%d.%m.%Y")
                sheet.write_datetime(row, column, day, date)
            elif row and cell.replace(",", "").isdigit():
                sheet.write_number(row, column, float(cell.replace(",", ".")))
            elif cell:
                sheet.write_string(row, column, cell)
    book.close()

"""Every malformed input has one clear error with its code and rows, and names no patient."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from wards import MAPPING, TABLES, WIDE, write_folder, write_wide

from equipoise.base.codes import CODES
from equipoise.base.errors import DataError, EquipoiseError, ProtocolError
from equipoise.ingest import SourceError, read_cohort, read_with_findings
from equipoise.ingest import guard as guard_module

# (code, table, text that is replaced, replacement, row numbers)
FOLDER_CASES = [
    ("D111", "patients", "patient,site", "subject,site", None),
    ("D111", "observation", "start,stop", "begin,stop", None),
    ("D111", "events", "day,name", "day,event", None),
    ("D127", "patients", "p-2,A", "p-1,A", (2, 3)),
    ("D128", "patients", "p-2,A", ",A", (3,)),
    ("D128", "events", "p-2,41", ",41", (3,)),
    ("D129", "events", "p-2,41", "p-9,41", (3,)),
    ("D129", "measurements", "p-3,7", "p-33,7", (4,)),
    ("D130", "observation", "p-3,0,120\n", "", (4,)),
    ("D250", "events", "p-2,41,", "p-2,fortyone,", (3,)),
    ("D250", "observation", "p-2,0,41", "p-2,0,inf", (3,)),
    ("D251", "events", "p-2,41,", "p-2,2020-04-15,", (3,)),
    ("D251", "observation", "p-2,0,41", "p-2,0,15.04.2020", (3,)),
    ("D256", "events", "p-2,41,", "p-2,,", (3,)),
    ("D256", "observation", "p-2,0,41", "p-2,0,NA", (3,)),
    ("D263", "events", "p-2,41,", "p-2,1234567,", (3,)),
    ("D350", "patients", "p-2,A,2020,70", "p-2,A,2020,old", (3,)),
    ("D350", "measurements", "3.5", "3.5ng", (2,)),
    ("D351", "patients", "61.5", '"61,5"', (2,)),
    ("D351", "events", "p-2,41,", 'p-2,"41,5",', (3,)),
    ("D352", "patients", "70,male", "70,mael", (3,)),
    ("D352", "events", "major", "huge", (4,)),
    ("D352", "measurements", "unsteady", "wobbly", (4,)),
    ("D354", "events", "41,death", "41,deth", (3,)),
    ("D354", "interventions", "surgery", "surgry", (2,)),
    ("D354", "measurements", "14,marker,3.5", "14,,3.5", (2,)),
    ("D356", "measurements", "3.5,ng,=", "3.5,ng,~", (2,)),
    ("D356", "measurements", "<0.1,ng,", "<0.1,ng,>", (3,)),
    ("D357", "patients", "female,yes", "female,maybe", (2,)),
    ("D358", "measurements", "marker,3.5", "marker,", (2,)),
    ("D359", "patients", "yes,2", "yes,2.5", (2,)),
    ("D360", "events", "p-2,41,death,,", "p-2,41,death,minor,", (3,)),
    ("D109", "events", "p-2,41,death,,", "p-2,41,death", None),
    ("D109", "events", "p-2,41,death,,", 'p-2,41,"death,,', None),
    ("D110", "patients", "site,origin_year", "age,origin_year", None),
    ("D110", "patients", "site,origin_year", ",origin_year", None),
]


@pytest.mark.parametrize(("code", "table", "old", "new", "rows"), FOLDER_CASES)
def test_folder(
    tmp_path: Path, code: str, table: str, old: str, new: str, rows: tuple[int, ...] | None
) -> None:
    text = TABLES[table]
    assert text.count(old) >= 1
    folder = write_folder(tmp_path, **{table: text.replace(old, new, 1)})
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(DataError) as caught:
        read_cohort(folder)
    error = caught.value
    assert error.code == code
    assert error.exit_code == 3
    if rows is not None:
        assert isinstance(error, SourceError)
        assert next(one for one in error.findings if one.code == code).rows == rows
        assert all(str(row) in error.where for row in rows)
    assert "p-" not in str(error)  # no identifier
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_errors_of_a_source_are_told_at_once(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path,
        patients=TABLES["patients"].replace("70,male", "70,mael"),
        events=TABLES["events"].replace("41,death", "41,deth").replace("60,fall", "60.x,fall"),
    )
    with pytest.raises(SourceError) as caught:
        read_cohort(folder)
    assert {one.code for one in caught.value.findings if one.severity == "error"} == {"D352", "D354", "D250"}
    assert "did you mean 'male'" in str(caught.value)
    assert "2 more kind(s) of error" in caught.value.found


def test_unknown_columns_are_a_warning_with_the_nearest_name(tmp_path: Path) -> None:
    patients = TABLES["patients"].replace("smoker", "smokr")
    _, findings = read_with_findings(write_folder(tmp_path, patients=patients))
    told = {one.code: one for one in findings}
    assert "did you mean 'smoker'" in told["D117"].message
    assert "smoker" in told["D118"].message


def test_active_content_is_read_as_text_and_told(tmp_path: Path) -> None:
    patients = TABLES["patients"].replace("p-1,A", "=1+1,A").replace("p-3,B", "p-3,<b>B</b>")
    observation = TABLES["observation"].replace("p-1", "=1+1")
    changed = {name: text.replace("p-1", "=1+1") for name, text in TABLES.items()}
    changed |= {"patients": patients, "observation": observation}
    cohort, findings = read_with_findings(write_folder(tmp_path, **changed))
    assert cohort.patients["site"].to_list() == ["A", "A", "<b>B</b>"]
    assert {row for one in findings if one.code == "D123" for row in one.rows} >= {2, 4}


def _missing_table(folder: Path) -> Path:
    return write_folder(folder, observation=None)


def _twice(folder: Path) -> Path:
    write_folder(folder)
    pl.DataFrame({"patient": ["p-1"]}).write_parquet(folder / "patients.parquet")
    return folder


def _no_vocabulary(folder: Path) -> Path:
    write_folder(folder)
    (folder / "vocabulary.yaml").unlink()
    return folder


def _bytes(content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        write_folder(folder)
        (folder / "patients.csv").write_bytes(content)
        return folder

    return write


SOURCE_CASES: list[tuple[str, Callable[[Path], Path]]] = [
    ("D112", _missing_table),
    ("D116", _twice),
    ("P209", _no_vocabulary),
    ("D107", _bytes(b"")),
    ("D107", _bytes(b"patient,age\n")),
    ("D107", _bytes(b"\n\n")),
    ("D106", _bytes("patient,site\np-1,Köln\n".encode("latin-1"))),
    ("D106", _bytes("patient,site\np-1,A\n".encode("utf-16"))),
    ("D104", _bytes(b"PK\x03\x04 this is a zip")),
    ("D104", _bytes(b"\x00\x01\x02\x03" * 100)),
    ("D104", _bytes(b"%PDF-1.7 ...")),
    ("D108", _bytes(b"patient\np-1\n")),
    ("D108", _bytes(b"patient;site,age\np-1;A,60\n")),
    ("D101", lambda folder: folder / "nowhere"),
    ("D102", lambda folder: _write(folder / "ward.docx", b"PK")),
    ("D102", lambda folder: _write(folder / "ward.xls", b"\xd0\xcf\x11\xe0")),
]


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("code", "make"), SOURCE_CASES)
def test_sources(tmp_path: Path, code: str, make: Callable[[Path], Path]) -> None:
    with pytest.raises(EquipoiseError) as caught:
        read_cohort(make(tmp_path / "source"))
    assert caught.value.code == code
    assert CODES[code].severity == "error"


def test_a_large_wrong_file_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_folder(tmp_path)
    with (folder / "patients.csv").open("wb") as stream:
        stream.truncate(200_000_000)

    def never(_: Path) -> bytes:
        raise AssertionError("the file was read")

    monkeypatch.setattr(Path, "read_bytes", never)
    with pytest.raises(DataError) as caught:
        read_cohort(folder)
    assert caught.value.code == "D103"
    assert "200 MB" in caught.value.found


def test_binary_under_the_size_limit_is_refused_by_its_first_bytes(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    (folder / "patients.csv").write_bytes(b"\x89PNG\r\n" + bytes(1000))
    with pytest.raises(DataError) as caught:
        read_cohort(folder)
    assert (caught.value.code, "picture" in caught.value.found) == ("D104", True)


# (code, replaced in the sheet, by)
WIDE_CASES = [
    ("D127", "p-2;A", "p-1;A"),
    ("D128", "p-2;A", ";A"),
    ("D252", "05.03.2020;70", "31.02.2020;70"),
    ("D252", "05.03.2020;70", "03.2020;70"),
    ("D254", "05.03.2020;70", "43895;70"),
    ("D255", "05.03.2020;70", "05.03.0202;70"),
    ("D257", "05.03.2020;70", ";70"),
    ("D262", "0;15.04.2020;1", "0;;1"),
    ("D350", "70;m", "siebzig;m"),
    ("D351", "61,5", "61.5"),
    ("D352", "70;m", "70;d"),
    ("D353", "15.04.2020;1", "15.04.2020;2"),
    ("D353", "15.04.2020;1", "15.04.2020;"),
    ("D357", "nein;0", "manchmal;0"),
    ("D359", "nein;0", "nein;0,5"),
    ("D256", "<0,1;19.03.2020", "<0,1;"),
    ("D350", "<0,1;", "~0,1;"),
]


@pytest.mark.parametrize(("code", "old", "new"), WIDE_CASES)
def test_wide(tmp_path: Path, code: str, old: str, new: str) -> None:
    assert WIDE.count(old) == 1
    sheet, mapping = write_wide(tmp_path, sheet=WIDE.replace(old, new))
    with pytest.raises(SourceError) as caught:
        read_cohort(sheet, mapping=mapping)
    errors = [one for one in caught.value.findings if one.severity == "error"]
    assert [one.code for one in errors][:1] == [code]
    row = next(number for number, line in enumerate(WIDE.splitlines(), start=1) if old in line)
    assert row in errors[0].rows
    told = caught.value.where + caught.value.found
    assert not any(text in told for text in ("p-", "2020", "0202", "43895"))  # neither id nor date


# (code, replaced in the mapping, by, line of the mapping that is named)
MAPPING_CASES = [
    ("P001", None, None, None),
    ("P003", "title: The ward\n", "", None),
    ("P003", "observation: {stop: Letzter}", "observation: {}", None),
    ("P202", "title: The ward\n", "title: T\ndoubtful: [{column: Alter, question: Years?}]\n", 2),
    ("P203", "age: Alter", "age: Altr", 10),
    ("P204", "{name: death, day", "{name: deth, day", 24),
    ("P204", "  visits: Besuche", "  visit: Besuche", 13),
    ("P204", "{w: female, m: male}", "{w: femal, m: male}", 11),
    ("P204", "details: {side:", "details: {sid:", 19),
    ("P205", "DD.MM.YYYY", "DD.MM", 5),
    ("P205", "DD.MM.YYYY", "DD.MM.YY", 5),
    ("P206", "on_day: 7", "on_day: 7, day: Sturz", 27),
    ("P206", "day: Marker_Datum, ", "", 26),
    ("P207", "unit: ng,", "unit: mg,", 26),
    ("P208", "day: Sturz", "day: {column: Sturz, unit: months}", 22),
    ("P210", "is_not: [0]", "is_not: [0, 1]", 24),
]


@pytest.mark.parametrize(("code", "old", "new", "line"), MAPPING_CASES)
def test_mapping(tmp_path: Path, code: str, old: str | None, new: str | None, line: int | None) -> None:
    text = MAPPING.lstrip("\n")
    if old is not None and new is not None:
        assert text.count(old) == 1
        text = text.replace(old, new)
    sheet, mapping = write_wide(tmp_path, mapping=text)
    if old is None:
        mapping.unlink()
    with pytest.raises(ProtocolError) as caught:
        read_cohort(sheet, mapping=mapping)
    assert caught.value.code == code
    assert caught.value.exit_code == 4
    if line is not None:
        assert f"mapping.yaml, line {line}," in caught.value.where


def test_dates_without_an_origin(tmp_path: Path) -> None:
    sheet, mapping = write_wide(tmp_path, mapping=MAPPING.replace("origin: {column: Aufnahme}\n", ""))
    with pytest.raises(SourceError) as caught:
        read_cohort(sheet, mapping=mapping)
    assert caught.value.code == "D251"


def test_a_wide_sheet_needs_a_mapping(tmp_path: Path) -> None:
    sheet, _ = write_wide(tmp_path)
    with pytest.raises(ProtocolError) as caught:
        read_cohort(sheet)
    assert caught.value.code == "P201"


def _book(path: Path, write: Callable[[xlsxwriter.Workbook], None]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    write(book)
    book.close()
    return path


def _formula_error(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("ward & more")
    sheet.write_row(0, 0, ["ID", "Aufnahme"])
    sheet.write_row(1, 0, ["p-1", "x"])
    sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")


def _two_sheets(book: xlsxwriter.Workbook) -> None:
    for name in ("one", "two"):
        book.add_worksheet(name).write_row(0, 0, ["ID", "Aufnahme"])


def _no_sheet(book: xlsxwriter.Workbook) -> None:
    book.add_worksheet("empty")


@pytest.mark.parametrize(
    ("code", "write"), [("D124", _formula_error), ("D113", _two_sheets), ("D107", _no_sheet)]
)
def test_workbooks(tmp_path: Path, code: str, write: Callable[[xlsxwriter.Workbook], None]) -> None:
    _, mapping = write_wide(tmp_path)
    with pytest.raises(DataError) as caught:
        read_cohort(_book(tmp_path / "ward.xlsx", write), mapping=mapping)
    assert caught.value.code == code
    if code == "D124":
        assert "row(s) 3" in caught.value.where


def test_workbook_that_is_none(tmp_path: Path) -> None:
    _, mapping = write_wide(tmp_path)
    for content in (b"ID,Aufnahme\n", b"PK\x03\x04" + bytes(100)):
        book = _write(tmp_path / "ward.xlsx", content)
        with pytest.raises(DataError) as caught:
            read_cohort(book, mapping=mapping)
        assert caught.value.code == "D104"


def test_zip_bomb_is_refused_by_the_declared_sizes(tmp_path: Path) -> None:
    _, mapping = write_wide(tmp_path)
    book = tmp_path / "ward.xlsx"
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(30_000_000))
    with pytest.raises(DataError) as caught:
        read_cohort(book, mapping=mapping)
    assert caught.value.code == "D105"


def test_zip_bomb_that_lies_about_its_size_is_no_workbook(tmp_path: Path) -> None:
    """A directory that declares 10 bytes for 30 MB: the parts do not unpack; the file is damaged."""
    _, mapping = write_wide(tmp_path)
    book = tmp_path / "ward.xlsx"
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(30_000_000))
    content = bytearray(book.read_bytes())
    place = content.rfind(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    book.write_bytes(bytes(content))
    with pytest.raises(DataError) as caught:
        read_cohort(book, mapping=mapping)
    assert caught.value.code in {"D104", "D105", "D107"}


def test_an_ordinary_workbook_passes_the_guard(tmp_path: Path) -> None:
    """Compressible does not mean bomb: 20,000 equal rows are a legitimate sheet."""

    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("ward")
        for row in range(20_000):
            sheet.write_row(row, 0, ["same", "same", "same"])

    guard_module.check_workbook(_book(tmp_path / "plain.xlsx", write))

"""The graveyard: inputs and places that once broke the program, each with a line of history."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from clinic import MAPPING, PROTOCOL, TABLES, VOCABULARY, WIDE, write_clinic, write_wide

from equipoise.base.document import read_document, validate
from equipoise.base.errors import DataError, EquipoiseError, ProtocolError, UsageError
from equipoise.base.provenance import file_digest
from equipoise.ingest.read import read_cohort, read_with_findings
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_question
from equipoise.study import store
from equipoise.study.manifest import sealed_manifest
from equipoise.study.run import run
from equipoise.study.study import Study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("source") / "clinic"
    tables = write_clinic(folder)
    protocol, vocabulary = read_question(folder / "protocol.yaml")
    return run(protocol, read_cohort(tables, vocabulary=vocabulary))


@pytest.fixture
def stored(study: Study, tmp_path: Path) -> Path:
    store.write(study, tmp_path / "study")
    return tmp_path / "study"


def folder_error(folder: Path, **changed: str | bytes | None) -> EquipoiseError:
    with pytest.raises(EquipoiseError) as caught:
        read_cohort(write_clinic(folder / "clinic", **changed))
    return caught.value


def test_a_year_of_308_digits(tmp_path: Path) -> None:
    """2026: years of the origin were cast without a look; 1e308 was a traceback, 2019.5 became 2019."""
    for year, code in (("1e308", "D359"), ("2019.5", "D359"), ("54000", "D255")):
        patients = TABLES["patients"].replace("North,2019", f"North,{year}", 1)
        assert folder_error(tmp_path / year, patients=patients).code == code


@pytest.mark.parametrize("canary", ["zq-pat-01", "2019-03-07", "Zqfreetext"])
def test_a_shifted_column_is_not_repeated(tmp_path: Path, canary: str) -> None:
    """2026: an identifier, a date or a text in a column of categories was printed as the unknown category."""
    error = folder_error(tmp_path, patients=TABLES["patients"].replace("61.5,female", f"61.5,{canary}"))
    assert error.code == "D352"
    assert canary not in str(error)


def test_equal_cells_in_the_place_of_a_header(tmp_path: Path) -> None:
    """2026: without a header, two equal cells of the first patient were printed as repeated column names."""
    error = folder_error(tmp_path, observation="zq-pat-01,Zqfreetext,Zqfreetext\n")
    assert error.code == "D110"
    assert "Zqfreetext" not in str(error)


def test_an_identifier_near_to_the_name_of_a_column(tmp_path: Path) -> None:
    """2026: without a header, the identifier patient-01 was offered as the misspelt column patient."""
    error = folder_error(tmp_path, patients="patient-01,North\npatient-02,South\n")
    assert (error.code, "patient-01" in str(error)) == ("D111", False)


def test_spreadsheet_dates_as_days(tmp_path: Path) -> None:
    """2026: day 43895 (a date of 2020 as Excel counts) passed for 120 years of follow-up with a warning."""
    observation = TABLES["observation"].replace("0,300", "0,43895")
    assert folder_error(tmp_path, observation=observation).code == "D263"


@pytest.mark.parametrize("name", ["Events.csv", "events.xlsx", "EVENTS.CSV", "events.csv.gz"])
def test_a_table_under_another_name(tmp_path: Path, name: str) -> None:
    """2026: Events.csv was one of the 'other files', and the cohort was read without a single event."""
    tables = write_clinic(tmp_path / "clinic")
    (tables / "events.csv").rename(tables / name)
    with pytest.raises(DataError) as caught:
        read_cohort(tables)
    assert (caught.value.code, caught.value.where) == ("D102", f"tables/{name}")


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_no_file_in_the_place_of_a_table(tmp_path: Path, kind: str) -> None:
    """2026: a folder or a link to nowhere named events.csv was passed over: no events, no word."""
    tables = write_clinic(tmp_path / "clinic", events=None)
    place = tables / "events.csv"
    if kind == "folder":
        place.mkdir()
    else:
        place.symlink_to("nowhere")
    with pytest.raises(DataError) as caught:
        read_cohort(tables)
    assert (caught.value.code, caught.value.where) == ("D101", "events.csv")


def test_the_sign_of_an_exact_value_is_no_formula(tmp_path: Path) -> None:
    """2026: every '=' in the column bound was reported as the beginning of a formula."""
    _, findings = read_with_findings(write_clinic(tmp_path / "clinic"))
    assert "D123" not in {one.code for one in findings}


def test_ten_thousand_columns_are_one_finding(tmp_path: Path) -> None:
    """2026: each undeclared column was a finding of its own; 5,000 of them filled the report."""
    width = 10_000
    header, *rows = TABLES["patients"].rstrip("\n").split("\n")
    names = ",".join(f"x{number}" for number in range(width))
    wide = "\n".join([f"{header},{names}", *(row + ",1" * width for row in rows)]) + "\n"
    _, findings = read_with_findings(write_clinic(tmp_path / "clinic", patients=wide))
    told = [one.message for one in findings if one.code == "D117"]
    assert len(told) == 21
    assert told[-1].startswith("9981 more column(s)")  # with the column of comments


def test_a_stray_cell_in_the_last_corner_of_a_workbook(tmp_path: Path) -> None:
    """2026: one cell in XFD1048576 made the reader lay out 17 billion cells and kill the process."""
    sheet = write_wide(tmp_path / "wide")
    path = sheet.with_suffix(".xlsx")
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet()
    for row, line in enumerate(WIDE.splitlines()):
        page.write_row(row, 0, line.split(";"))
    page.write_string(1_048_575, 16_383, "x")
    book.close()
    with pytest.raises(DataError) as caught:
        read_cohort(path, mapping=tmp_path / "wide/mapping.yaml")
    assert caught.value.code == "D105"
    assert "row 1048576 or column 16384" in caught.value.found


def test_a_name_that_no_file_can_have() -> None:
    """2026: a source, vocabulary or protocol of 300 letters was an internal error."""
    name = "a" * 300
    with pytest.raises(DataError, match="D101"):
        read_cohort(name)
    with pytest.raises(ProtocolError, match="P020"):
        read_vocabulary(name)
    with pytest.raises(ProtocolError, match="P001"):
        read_question(name)


def test_a_list_among_values() -> None:
    """2026: `values: [[], male]` was an unhashable key."""
    with pytest.raises(ProtocolError, match="texts only"):
        read_vocabulary(VOCABULARY.replace("[female, male]", "[[], male]"))


def test_a_word_for_time_zero() -> None:
    """2026: `time_zero: remission` asked a text for its kind."""
    start = PROTOCOL.index("time_zero:")
    end = PROTOCOL.index("\n", start)
    with pytest.raises(ProtocolError, match="kind: event or kind: landmark"):
        validate(Protocol, read_document(PROTOCOL[:start] + "time_zero: remission" + PROTOCOL[end:]))


def test_a_grid_of_nine_billion_days(tmp_path: Path) -> None:
    """2026: `every_months: 1e-9` filled the memory before anybody looked at it."""
    write_clinic(tmp_path / "clinic")
    path = tmp_path / "clinic/protocol.yaml"
    path.write_text(PROTOCOL.replace("every_months: 3", "every_months: 1e-9"), encoding="utf-8")
    with pytest.raises(ProtocolError) as caught:
        read_question(path)
    assert (caught.value.code, "every_months" in caught.value.where) == ("P114", True)


@pytest.mark.parametrize("resolution", ["1e-300", "1e9"])
def test_units_of_no_length_and_of_an_age(resolution: str) -> None:
    """2026: a unit of 1e9 days put every event on day 0; one of 1e-300 days ran over the ticks."""
    with pytest.raises(ProtocolError, match="resolution"):
        read_vocabulary(f"name: x\ntitle: X\norigin: {{label: o}}\nresolution: {resolution}\n")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("{column: Aufnahme}", "{column: Aufnahme, day: 1e300}", "origin.day"),
        ("value: Marker,", "value: {column: Marker, factor: 0},", "measurements.0.value.factor"),
        ("age: Alter", 'age: {years_since: "2020-13-45"}', "patients.age.years_since"),
    ],
)
def test_mappings_of_impossible_numbers(tmp_path: Path, old: str, new: str, place: str) -> None:
    """2026: day 0 at 1e300 was a traceback, a factor of 0 made zeros, month 13 a message of the library."""
    sheet = write_wide(tmp_path / "wide", mapping=MAPPING.replace(old, new, 1))
    with pytest.raises(ProtocolError) as caught:
        read_cohort(sheet, mapping=tmp_path / "wide/mapping.yaml")
    assert caught.value.code == "P003"
    assert caught.value.where.endswith(place)


def test_a_note_that_somebody_put_into_a_study(study: Study, stored: Path) -> None:
    """2026: the next run removed what a reader had put beside the report."""
    (stored / "notes.txt").write_text("dear")
    with pytest.raises(UsageError) as caught:
        store.write(study, stored)
    assert caught.value.code == "R001"
    assert (stored / "notes.txt").read_text() == "dear"
    (stored / "notes.txt").rename(stored.parent / "notes.txt")
    (stored / ".DS_Store").touch()  # nobody put this there
    store.write(study, stored)


def test_the_manifest_of_something_else(study: Study, tmp_path: Path) -> None:
    """2026: any folder with a manifest.json, a web application's too, passed for a study and was replaced."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/manifest.json").write_text('{"name": "app"}')
    with pytest.raises(UsageError, match="R001"):
        store.write(study, tmp_path / "app")
    assert (tmp_path / "app/manifest.json").is_file()


def test_the_folder_in_which_one_stands(study: Study, stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """2026: `--out .` replaced the current folder, and left the shell in one that was gone."""
    for place in (stored, stored / "tables"):
        monkeypatch.chdir(place)
        with pytest.raises(UsageError, match="current folder"):
            store.write(study, stored)


def test_links_that_lead_round(study: Study, tmp_path: Path) -> None:
    """2026: a link to itself as --out was a traceback; a link to a study must stay a link."""
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UsageError, match="R002"):
        store.write(study, tmp_path / "loop")
    (tmp_path / "link").symlink_to("real")
    store.write(study, tmp_path / "link")
    store.write(study, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert store.read(tmp_path / "real").citations == study.citations


def test_a_report_that_cannot_be_drawn(study: Study, stored: Path) -> None:
    """2026: the report was drawn after the study had been replaced: a failure, or another run, left a mix."""
    before = file_digest(stored / "manifest.json")

    def fails(_: Study, place: Path) -> None:
        (place / "report.html").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(UsageError, match="No space left"):
        store.write(study, stored, add=fails)
    assert file_digest(stored / "manifest.json") == before
    assert [one.name for one in stored.parent.iterdir()] == ["study"]


def _reseal(folder: Path) -> None:
    """Make the manifest agree with the files, as somebody does who knows how."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = {name: file_digest(folder / name) for name in manifest["files"] if (folder / name).is_file()}
    sealed = sealed_manifest(manifest, files)
    (folder / "manifest.json").write_text(json.dumps(sealed), encoding="utf-8")


def _other_seed(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "seed": 5}), encoding="utf-8")


def _other_table(folder: Path) -> None:
    shutil.copy(folder / "tables/flow.parquet", folder / "tables/estimates.parquet")
    _reseal(folder)


def _no_parquet(folder: Path) -> None:
    (folder / "tables/estimates.parquet").write_bytes(b"PAR1 no PAR1")
    _reseal(folder)


def _missing_table(folder: Path) -> None:
    (folder / "tables/findings.parquet").unlink()
    _reseal(folder)


def _outside(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = {**manifest["files"], "../outside": file_digest(folder / "protocol.yaml")}
    shutil.copy(folder / "protocol.yaml", folder.parent / "outside")
    (folder / "manifest.json").write_text(json.dumps(sealed_manifest(manifest, files)), encoding="utf-8")


def _no_citations(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "citations": 7}), encoding="utf-8")


@pytest.mark.parametrize(
    "change", [_other_seed, _other_table, _no_parquet, _missing_table, _outside, _no_citations]
)
def test_studies_that_somebody_changed(stored: Path, change: Callable[[Path], None]) -> None:
    """2026: an edited manifest was believed, and a resealed table of another shape was a traceback."""
    change(stored)
    with pytest.raises(DataError) as caught:
        store.read(stored)
    assert caught.value.code == "R004"


def test_a_table_that_no_run_wrote(stored: Path) -> None:
    """2026: any Parquet file in the folder of tables was read as a table of the study."""
    pl.DataFrame({"a": [1]}).write_parquet(stored / "tables/extra.parquet")
    assert "extra" not in store.read(stored).tables


def test_a_workbook_that_is_locked_with_a_password(tmp_path: Path) -> None:
    """Kept: an encrypted part inside a zip archive, and the container that Excel writes, are refused."""
    mapping = write_wide(tmp_path / "wide").with_name("mapping.yaml")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    locked = bytearray(content.getvalue())
    locked[6] |= 1
    locked[locked.rfind(b"PK\x01\x02") + 8] |= 1
    for content_of in (bytes(locked), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)):
        path = tmp_path / "locked.xlsx"
        path.write_bytes(content_of)
        with pytest.raises(DataError, match="D104"):
            read_cohort(path, mapping=mapping)

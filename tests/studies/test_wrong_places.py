"""Files that are something else, places that cannot be written: refused, and all stays as it was."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from clinic import WIDE, write_clinic, write_wide

from equipoise.cli.main import main

NOBODY = 65_534


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file() and one.stat().st_size < 10_000_000
    }


def error_of(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main([str(word) for word in (*words, "--json")])
    error: dict[str, str] = json.loads(capsys.readouterr().out)["error"]
    return error


def _two_hundred_megabytes(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(200_000_000)


def _zip_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/workbook.xml", "w") as part:
            part.write(b"<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(bytes(2_000_000))


def _renamed_text(path: Path) -> None:
    path.write_text(WIDE, encoding="utf-8")


def _renamed_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("patients.csv", WIDE)


WRONG_FILES: list[tuple[str, str, Callable[[Path], None]]] = [
    ("D103", "clinic.csv", _two_hundred_megabytes),
    ("D103", "clinic.xlsx", _two_hundred_megabytes),
    ("D105", "clinic.xlsx", _zip_bomb),
    ("D104", "clinic.xlsx", _renamed_text),
    ("D104", "clinic.csv", _renamed_archive),
    ("D104", "clinic.xlsx", _renamed_archive),
]


@pytest.mark.parametrize(("code", "name", "make"), WRONG_FILES)
def test_wrong_files(
    code: str, name: str, make: Callable[[Path], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "wide"
    write_wide(folder).unlink()
    make(folder / name)
    (tmp_path / "target").mkdir()
    tables = write_clinic(tmp_path / "first")
    with pytest.raises(SystemExit):
        main(["run", str(tmp_path / "first/protocol.yaml"), str(tables), "--out", str(tmp_path / "target/s")])
    before = files_of(tmp_path)
    mapping = ("--mapping", folder / "mapping.yaml", "--out", tmp_path / "target/s")
    assert error_of(capsys, "run", folder / "protocol.yaml", folder / name, *mapping)["code"] == code
    assert error_of(capsys, "init", folder / name, "--out", tmp_path / "drafted")["code"] == code
    assert files_of(tmp_path) == before
    assert not (tmp_path / "drafted").exists()


# The verbs run once where they may write, which loads all they need; then as somebody who may not.
AS_NOBODY = """
import os, sys
from equipoise.cli.main import main
def carry_out(*words):
    try:
        main(words)
    except SystemExit as left:
        return left.code
protocol, tables, out, free, user = sys.argv[1:]
assert carry_out("run", protocol, tables, "--out", out) == 0
os.chmod(out, 0o555)
os.chmod(os.path.dirname(out), 0o555)
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(int(user))
    os.setuid(int(user))
codes = [carry_out("run", protocol, tables, "--out", place, "--seed", "2") for place in (out, free)]
sys.exit(0 if codes == [2, 2] else 1)
"""


def test_a_folder_that_may_only_be_read(tmp_path: Path) -> None:
    """Also as an ordinary user: root may write wherever it likes, so root becomes nobody."""
    tables = write_clinic(tmp_path / "clinic")
    (tmp_path / "closed").mkdir()
    for folder in (*reversed(tmp_path.parents[:2]), tmp_path, *tmp_path.rglob("*")):
        if os.access(folder, os.W_OK) and folder.is_dir():
            folder.chmod(0o755)
    out, free = tmp_path / "closed/study", tmp_path / "closed/another"
    words = [str(tmp_path / "clinic/protocol.yaml"), str(tables), str(out), str(free), str(NOBODY)]
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, *words], capture_output=True, text=True, check=False
    )
    (tmp_path / "closed").chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("R002  ") == 2
    assert "Permission denied" in done.stderr
    assert [one.name for one in (tmp_path / "closed").iterdir()] == ["study"]
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["seed"] == 0


def test_a_disk_that_is_full(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file system of 150 kB, where this machine lets us make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=150k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here; test_interrupted limits the size of files instead")
    try:
        tables = write_clinic(tmp_path / "clinic")
        (disk / "kept.txt").write_text("kept")
        error = error_of(
            capsys, "run", tmp_path / "clinic/protocol.yaml", tables, "--out", disk / "study", "--seed", "2"
        )
        assert (error["code"], "No space left" in error["found"]) == ("R002", True)
        assert [one.name for one in disk.iterdir()] == ["kept.txt"]
        assert (disk / "kept.txt").read_text() == "kept"
    finally:
        subprocess.run(["umount", str(disk)], check=True)

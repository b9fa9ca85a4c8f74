"""`equipoise simulate`: what it writes, says and refuses; nothing half-written, nothing written over."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import equipoise
from equipoise.cli.main import main
from equipoise.synth.read import read_world, shipped_worlds

Asked = Callable[..., tuple[object, str, str]]
COMMAND = [sys.executable, "-c", "from equipoise.cli.main import main; main()", "simulate"]


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Give a command in an empty folder and return its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def ask(*words: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["simulate", *words])
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return ask


def files(folder: Path) -> list[str]:
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())


TABLES = ["events", "interventions", "measurements", "observation", "patients"]


def test_tables_and_what_comes_next(asked: Asked) -> None:
    code, out, said = asked("--patients", "60", "--seed", "4", "--strategy", "watch", "--set", "sites=3")
    assert (code, out) == (0, "")
    assert files(Path("registry")) == [
        *sorted([*(f"tables/{name}.csv" for name in TABLES), "tables/vocabulary.yaml"]),
        "world.yaml",
    ]
    assert Path("registry").stat().st_mode == Path("registry/tables").stat().st_mode
    cohort = equipoise.read_cohort("registry/tables")
    assert cohort.digest() == equipoise.simulate("S0", 60, 4, strategy="watch", changes={"sites": 3}).digest()
    made, wrote, following = said.splitlines()
    assert (
        made
        == "made 60 patients of the world S0 (reference world, 1 parameter changed), strategy watch, seed 4"
    )
    assert wrote == "wrote tables, world.yaml into registry/"
    assert following == "next: equipoise run virtual_registry registry/tables"


def test_the_world_that_is_written_makes_the_same_registry_again(asked: Asked) -> None:
    asked("--patients", "40", "--strategy", "early", "--set", "registry.remission=1", "--world", "S9")
    command = Path("registry/world.yaml").read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    words = shlex.split(command)
    assert words[:2] == ["equipoise", "simulate"]
    again = [word if word != "world.yaml" else "registry/world.yaml" for word in words[2:]]
    assert asked(*again, "--out", "again")[0] == 0
    first, second = (equipoise.read_cohort(f"{name}/tables") for name in ("registry", "again"))
    assert first.digest() == second.digest()


def test_all_forms_hold_the_same_patients(asked: Asked) -> None:
    assert asked("--patients", "50", "--format", "all", "--out", "deep/er")[0] == 0
    folder = Path("deep/er")
    written = files(folder)
    assert {"mapping.yaml", "registry.csv", "registry.xlsx", "world.yaml"} <= set(written)
    assert len(written) == 4 + 6 + 6
    plain, parquet = (equipoise.read_cohort(folder / name) for name in ("tables", "tables-parquet"))
    assert plain.digest() == parquet.digest()
    sheets = [
        equipoise.read_cohort(folder / name, mapping=str(folder / "mapping.yaml"))
        for name in ("registry.csv", "registry.xlsx")
    ]
    assert sheets[0].digest() == sheets[1].digest()
    assert sheets[0].patients.drop("row").equals(plain.patients.drop("row"))


def test_a_sheet_names_the_check_as_next(asked: Asked) -> None:
    _, _, said = asked("--patients", "10", "--format", "excel", "--format", "wide", "--out", "a b")
    following = said.splitlines()[-1]
    assert following == "next: equipoise check 'a b/registry.xlsx' --mapping 'a b/mapping.yaml'"
    with pytest.raises(SystemExit) as left:
        main(shlex.split(following)[2:])
    assert left.value.code == 0


def test_late_entrants_are_told(asked: Asked) -> None:
    late = "registry.late_entry={share: 0.5, months: [6, 12]}"
    _, _, said = asked("--patients", "100", "--set", late)
    n = equipoise.read_cohort("registry/tables").n
    assert n < 100
    assert f"seed 2026, of whom {n} came into the registry" in said


def test_json(asked: Asked) -> None:
    code, out, _ = asked("--patients", "10", "--json")
    told = json.loads(out)
    assert (code, told["ok"], told["command"], told["patients"], told["seed"]) == (
        0,
        True,
        "simulate",
        10,
        2026,
    )
    assert told["digest"] == read_world("S0").digest()
    assert [one["name"] for one in told["tables"]] == files(Path("registry"))
    assert all(Path(one["path"]).is_file() for one in told["tables"])
    rows = {one["name"]: one["rows"] for one in told["tables"]}
    cohort = equipoise.simulate("S0", 10, 2026)
    assert rows == {
        **{f"tables/{name}.csv": frame.height for name, frame in cohort.tables.items()},
        "tables/vocabulary.yaml": 0,
        "world.yaml": 0,
    }
    assert told["next"] == "equipoise run virtual_registry registry/tables"


def test_worlds_are_listed(asked: Asked) -> None:
    code, out, said = asked("--list")
    assert code == 0
    lines = out.splitlines()
    for name in shipped_worlds():
        world = read_world(name)
        place = next(k for k, line in enumerate(lines) if line.startswith(f"{name} "))
        assert lines[place].split(maxsplit=1)[1] == world.title
        assert lines[place + 1].strip() == world.says
    assert said == "next: equipoise simulate --show --world S0\n"
    listed = json.loads(asked("--list", "--json")[1])["worlds"]
    assert [one["name"] for one in listed] == list(shipped_worlds())


def test_a_world_is_shown_as_a_file_with_its_sources(asked: Asked) -> None:
    code, out, said = asked("--show", "--world", "S9", "--set", "registry.remission=1")
    assert code == 0
    Path("shown.yaml").write_text(out, encoding="utf-8")
    assert read_world("shown.yaml") == read_world("S9", {"registry.remission": 1})
    assert said == "next: equipoise simulate --world S9 --set registry.remission=1\n"
    assert 'registry.death_per_month: "[schultz-2023-os-after-nonresponse-12]' in out
    told = [line for line in out.splitlines() if line.startswith("# schultz-2023-os-after-nonresponse-12: ")]
    assert "19 % (7 to 50)" in told[0]
    assert "10.1200/JCO.22.01076" in told[0]
    unquotable = [line for line in out.splitlines() if line.startswith("# schultz-2023-os-after-relapse")]
    assert unquotable
    assert all("Not to be quoted" in line for line in unquotable)
    shown = json.loads(asked("--show", "--json")[1])
    assert shown["world"]["registry"]["remission"] == 0.86
    assert "john-2025-cr" in shown["published"]


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (["--patients", "0"], "P134", 4),
        (["--patients", "-3"], "P134", 4),
        (["--patients", "1000000000000"], "P134", 4),
        (["--patients", "9" * 30], "P134", 4),
        (["--patients", "many"], "U001", 2),
        (["--patients", "2.5"], "U001", 2),
        (["--seed", "-1"], "U001", 2),
        (["--seed", str(2**63)], "P134", 4),
        (["--world", "S99"], "P131", 4),
        (["--world", "none.yaml"], "P001", 4),
        (["--world", ""], "P131", 4),
        (["--strategy", "wait"], "P135", 4),
        (["--protocol", "nothing"], "P001", 4),
        (["--protocol", "myeloid", "--strategy", "early"], "P135", 4),
        (["--set", "sites"], "U001", 2),
        (["--set", "=3"], "U001", 2),
        (["--set", "sites="], "P003", 4),
        (["--set", "sites=[1"], "P002", 4),
        (["--set", "nrm.per_month=-1"], "P003", 4),
        (["--set", "nrm.per_month=.nan"], "P002", 4),
        (["--set", "nrm.per_months=1"], "P130", 4),
        (["--set", "visits.extra_per_month=1e6"], "P134", 4),
        (["--format", "word"], "U001", 2),
        (["--patients", "1048576", "--format", "excel"], "U008", 2),
        (["--out", "x" * 300], "U004", 2),
        (["--out", "/proc/here"], "U004", 2),
        (["--set", "registry.late_entry={share: 1, months: [90, 99]}", "--patients", "20"], "P134", 4),
    ],
)
def test_what_cannot_be_is_refused(words: list[str], code: str, exit_code: int, asked: Asked) -> None:
    left, out, said = asked(*words)
    assert said.splitlines()[-3].startswith(f"{code}  ")
    assert said.splitlines()[-2].startswith("      why: ")
    assert said.splitlines()[-1].startswith("      do:  ")
    assert (left, out) == (exit_code, "")
    assert list(Path().iterdir()) == []


def test_nothing_is_written_over(asked: Asked) -> None:
    Path("registry").mkdir()
    Path("registry/mine.txt").write_text("mine", encoding="utf-8")
    code, _, said = asked("--patients", "5")
    assert code == 2
    assert said.startswith("U003  registry: something is there already")
    assert files(Path()) == ["registry/mine.txt"]
    Path("file").write_text("mine", encoding="utf-8")
    assert asked("--patients", "5", "--out", "file")[0] == 2
    assert asked("--patients", "5", "--out", "file/below")[0] == 2
    Path("link").symlink_to("nowhere")
    assert asked("--patients", "5", "--out", "link")[0] == 2
    assert asked("--patients", "5", "--out", ".")[0] == 2
    Path("empty").mkdir()
    assert asked("--patients", "5", "--out", "empty")[0] == 0
    assert "world.yaml" in files(Path("empty"))


def test_a_full_disk_leaves_nothing(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    from equipoise.synth.write import Sheet

    def full(self: Sheet) -> None:
        del self
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Sheet, "close", full)
    code, _, said = asked("--patients", "5", "--format", "all")
    assert code == 2
    assert said.startswith("U004  registry: No space left on device")
    assert list(Path().iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_without_rights(asked: Asked) -> None:
    Path("closed").mkdir(mode=0o500)
    assert asked("--patients", "5", "--out", "closed/registry")[0] == 2


def test_interrupted_from_the_keyboard(tmp_path: Path) -> None:
    """Ctrl-C while a registry of many parts is written: no traceback, and no file."""
    words = [*COMMAND, "--patients", "1000000", "--format", "parquet"]
    process = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".registry.partial-*/new/tables-parquet/.parts/*/*")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert said.startswith("U006")
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_tables_that_are_too_large_to_be_read_are_told(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipoise.ingest.guard.MAXIMUM_TEXT_BYTES", 10_000)
    _, _, said = asked("--patients", "60", "--strategy", "watch")
    told, following = said.splitlines()[-2:]
    assert told == (
        "too large for equipoise to read back: tables/measurements.csv; use --format parquet for so many"
    )
    # The command that is offered makes the same patients in a form that can be read.
    assert exit_code_of(following.removeprefix("next: equipoise ")) == 0
    assert equipoise.read_cohort("registry-parquet/tables-parquet").digest() == (
        equipoise.simulate("S0", 60, 2026, strategy="watch").digest()
    )


def test_a_workbook_that_is_too_large_when_unpacked_is_told(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("equipoise.ingest.guard.MAXIMUM_UNPACKED_BYTES", 50_000)
    _, _, said = asked("--patients", "60", "--format", "excel", "--format", "wide")
    assert "too large for equipoise to read back: registry.xlsx;" in said
    assert (
        said.splitlines()[-1] == "next: equipoise check registry/registry.csv --mapping registry/mapping.yaml"
    )


def exit_code_of(command: str) -> object:
    with pytest.raises(SystemExit) as left:
        main(shlex.split(command))
    return left.value.code

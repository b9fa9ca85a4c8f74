"""Killed, interrupted, doubled and full: the old study or the new one, never a mix, never a half."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from clinic import write_clinic

from equipoise.study import store

COMMAND = (sys.executable, "-c", "from equipoise.cli.main import main; main()")
KILLS = 20


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    write_clinic(tmp_path / "clinic")
    return tmp_path / "clinic"


def start(clinic: Path, seed: int) -> subprocess.Popen[str]:
    words = ["run", str(clinic / "protocol.yaml"), str(clinic / "tables")]
    out = ["--out", str(clinic / "study"), "--seed", str(seed)]
    return subprocess.Popen(
        [*COMMAND, *words, *out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def seed_of(clinic: Path) -> int | None:
    """Seed of the study that stands there, every file of it checked; None when there is none."""
    folder = clinic / "study"
    if not folder.exists() and not (clinic / ".study.previous").exists():
        return None
    seed: int = store.read(folder).manifest["seed"]
    assert (folder / "report.html").read_text(encoding="utf-8").endswith("</html>")
    return seed


def hidden(clinic: Path) -> list[str]:
    return sorted(one.name for one in clinic.iterdir() if one.name.startswith("."))


def test_killed_at_random_moments(clinic: Path) -> None:
    begun = time.monotonic()
    start(clinic, 0).communicate()
    whole = time.monotonic() - begun
    assert seed_of(clinic) == 0
    moments = random.Random(20)
    standing: int | None = 0
    for seed in range(1, KILLS + 1):
        process = start(clinic, seed)
        # Half of the kills fall into the last third of a run, where it writes.
        time.sleep(whole * moments.uniform(0.65 if seed % 2 else 0.05, 1.05))
        process.kill()
        process.communicate()
        found = seed_of(clinic)
        assert found in {standing, seed}
        standing = found
    _, talk = start(clinic, 99).communicate()
    assert seed_of(clinic) == 99, talk
    assert hidden(clinic) == []  # what killed runs left holds patients' rows


def test_interrupted_from_the_keyboard(clinic: Path) -> None:
    process = start(clinic, 1)
    time.sleep(0.7)
    process.send_signal(signal.SIGINT)
    _, talk = process.communicate()
    assert process.returncode in {0, 130}
    assert "Traceback" not in talk
    assert seed_of(clinic) == (1 if process.returncode == 0 else None)
    assert hidden(clinic) == []


def test_three_runs_into_one_folder(clinic: Path) -> None:
    processes = [start(clinic, seed) for seed in (1, 2, 3)]
    for process in processes:
        _, talk = process.communicate()
        assert process.returncode == 0, talk
    winner = seed_of(clinic)
    assert winner in {1, 2, 3}
    assert hidden(clinic) == []


def test_no_space_for_the_study(clinic: Path) -> None:
    """A limit on the size of files stands for a full disk: what stood there still stands."""
    start(clinic, 1).communicate()
    before = {one: one.read_bytes() for one in (clinic / "study").rglob("*") if one.is_file()}
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
    words = ["run", "protocol.yaml", "tables", "--out", "study", "--seed", "2"]
    done = subprocess.run(
        [sys.executable, "-c", f"{limited}\n{COMMAND[2]}", *words],
        cwd=clinic,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("R002  study: ")
    assert before == {one: one.read_bytes() for one in (clinic / "study").rglob("*") if one.is_file()}
    assert hidden(clinic) == []


@pytest.mark.parametrize(
    ("redirection", "exit_code"), [("| head -1", 0), (">/dev/full", 2), (">&-", 2), ("2>&- | head -c 1", 0)]
)
def test_outputs_that_end_early(redirection: str, exit_code: int) -> None:
    command = f"set -o pipefail; {sys.executable} -c '{COMMAND[2]}' explain {redirection}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == exit_code
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert ("U004" in done.stderr) == (exit_code == 2)

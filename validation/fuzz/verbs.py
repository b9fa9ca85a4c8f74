"""The public verbs in this process: what they say, how they leave, what they write."""

import io
import json
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from equipoise.cli.main import main
from validation.fuzz.case import Case
from validation.fuzz.cohorts import Dials, five_tables
from validation.fuzz.grid import Dialect, written
from validation.fuzz.material import CLINIC, shipped

CPU_SECONDS = 20.0
CLOCK_SECONDS = 600.0  # for what waits instead of working; a busy machine must not fail a case


class TooSlowError(BaseException):
    """The time limit of a case; no handler of ordinary errors may swallow it."""


@dataclass(frozen=True)
class Said:
    """What a command said."""

    command: tuple[str, ...]
    exit_code: int
    out: str
    err: str

    @property
    def record(self) -> dict[str, Any]:
        return json.loads(self.out)

    @property
    def codes(self) -> set[str]:
        """Code of the error and codes of the findings."""
        record = self.record
        error = {record["error"]["code"]} if record["error"] else set[str]()
        return error | {one["code"] for one in record["findings"]}


def say(*words: object) -> Said:
    """Run one command with ``--json``; internal errors come out as they are."""
    command = (*(str(word) for word in words), "--json")
    out, err = io.StringIO(), io.StringIO()
    code: Any = 0
    with redirect_stdout(out), redirect_stderr(err), warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            main(command)
        except SystemExit as left:
            code = left.code
    return Said(command, int(code), out.getvalue(), err.getvalue())


@contextmanager
def time_limit() -> Generator[None]:
    """Raise `TooSlowError` in this thread after so much work, or after a long time on the clock."""

    def stop(which: int, _frame: FrameType | None) -> None:
        raise TooSlowError(f"{CPU_SECONDS:g} seconds of work" if which == signal.SIGPROF else "stands still")

    timers = (
        (signal.SIGPROF, signal.ITIMER_PROF, CPU_SECONDS),
        (signal.SIGALRM, signal.ITIMER_REAL, CLOCK_SECONDS),
    )
    before = {which: signal.signal(which, stop) for which, _, _ in timers}
    for _, timer, seconds in timers:
        signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        for which, timer, _ in timers:
            signal.setitimer(timer, 0)
            signal.signal(which, before[which])


@cache
def standing_study() -> Path:
    """A folder with an older study, made once a process; copied before it is written over."""
    folder = Path(tempfile.mkdtemp(prefix="standing-"))
    tables = folder / "tables"
    tables.mkdir()
    for name in ("vocabulary", "protocol"):
        shutil.copy(CLINIC / f"{name}.yaml", folder)
    shutil.copy(CLINIC / "vocabulary.yaml", tables)
    dials = Dials(12, 0.5, 0.5, 0.5, 1, 0.0, one_level=False, longest=300, late=0.0, gaps=0.0, ties=False)
    words, _ = shipped("clinic")
    for name, grid in five_tables(Random(1), words, dials).items():
        (tables / f"{name}.csv").write_bytes(written(grid, Dialect()))
    said = say("run", folder / "protocol.yaml", tables, "--out", folder / "target/study")
    if said.exit_code:
        raise RuntimeError(said.err)
    return folder / "target/study"


@contextmanager
def folder_of(case: Case) -> Generator[Path]:
    """The files of a case, an older study in ``target/study``, and internal errors not hidden."""
    folder = Path(tempfile.mkdtemp(prefix=f"case-{case.number}-"))
    debugging = os.environ.get("EQUIPOISE_DEBUG")
    os.environ["EQUIPOISE_DEBUG"] = "1"
    try:
        for name, content in case.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        shutil.copytree(standing_study(), folder / "target/study")
        yield folder
    finally:
        if debugging is None:
            del os.environ["EQUIPOISE_DEBUG"]
        else:
            os.environ["EQUIPOISE_DEBUG"] = debugging
        shutil.rmtree(folder, ignore_errors=True)


def contents(folder: Path) -> dict[str, bytes]:
    """Bytes of every file below a folder; links and folders by name."""
    return {
        one.relative_to(folder).as_posix(): one.read_bytes() if one.is_file() else b""
        for one in sorted(folder.rglob("*"))
    }


def commands(case: Case, folder: Path) -> list[tuple[object, ...]]:
    """What is asked about a case, in order."""
    out = ("--out", folder / "target/study")
    if not case.is_wide:
        tables = folder / "tables"
        run = ("run", folder / "protocol.yaml", tables, *out)
        return [("check", tables), run] if case.number % 4 == 0 else [run]
    sheet, mapping = folder / case.sheet, ("--mapping", folder / "mapping.yaml")
    asked: list[tuple[object, ...]] = [("run", folder / "protocol.yaml", sheet, *mapping, *out)]
    if case.number % 3 == 0 or case.target == "mapping":  # only a check reads the words that a mapping names
        asked.insert(0, ("check", sheet, *mapping))
    if case.target == "wide" and case.number % 3 == 1:
        words = ("--vocabulary", folder / "vocabulary.yaml") if case.number % 4 == 1 else ()
        asked.append(("init", sheet, *words, "--out", folder / "drafted"))
    return asked

"""The place of a study on disk: one writer at a time, nothing else lost, an older study replaced whole."""

import errno
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from equipoise.base.errors import UsageError
from equipoise.study.manifest import SCHEMA

MANIFEST = "manifest.json"
REPORT = "report.html"
# What file managers leave behind without being asked.
_OF_THE_SYSTEM = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", f".{REPORT}.partial"})
PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.05


def resolved(folder: Path) -> Path:
    """Absolute path without links, so that a link keeps pointing at the study that is replaced.

    Raises
    ------
    UsageError
        R002 for a name that cannot be a folder (too long, or a link that leads to itself).
    """
    try:
        place = folder.resolve()
        place.exists()
    except RuntimeError:
        raise cannot_write(folder, OSError(errno.ELOOP, os.strerror(errno.ELOOP))) from None
    except (OSError, ValueError) as error:
        raise cannot_write(folder, error) from None
    return place


def check_target(folder: Path) -> None:
    """Refuse a place where a study cannot be written without loss, before any work is done.

    Raises
    ------
    UsageError
        R001 when something that no run wrote would be lost, R002 when it cannot be written there.
    """
    folder = resolved(folder)
    here = Path.cwd()
    if folder == here or folder in here.parents:
        raise _taken(folder, "the place is the current folder, or one above it")
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        files = known_files(folder)
        if files is None:
            raise _taken(folder, "the place is taken by something that is not a study")
        strays = _strays(folder, files)
        if strays:
            raise _taken(folder, f"beside the study lie {strays} file(s) that no run wrote")
    standing = next(one for one in (folder, *folder.parents) if one.exists())
    if not standing.is_dir():
        raise cannot_write(folder, NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)))
    for place in {standing, folder.parent if folder.parent.exists() else standing}:
        if not os.access(place, os.W_OK | os.X_OK):
            raise cannot_write(folder, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def known_files(folder: Path) -> frozenset[str] | None:
    """Names of the files that a run wrote into a study folder; None when the folder is not a study."""
    manifest = manifest_of(folder)
    if manifest is None:
        return None
    files = manifest["files"]
    return frozenset({MANIFEST, REPORT, *files})


def manifest_of(folder: Path) -> dict[str, Any] | None:
    """Manifest of a study folder; None when there is none of this schema."""
    try:
        manifest: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(manifest, dict):
        return None
    read = cast("dict[str, Any]", manifest)
    is_ours = read.get("schema") == SCHEMA and isinstance(read.get("files"), Mapping)
    return read if is_ours else None


@contextmanager
def only_writer(folder: Path) -> Generator[None]:
    """Hold the place against other runs, and mend what a killed run left there.

    The lock is a hidden file beside the folder, taken by the operating system's advisory lock, which ends
    with the process that holds it.

    Raises
    ------
    UsageError
        R002 when another run keeps writing there.
    """
    path = folder.parent / f".{folder.name}.lock"
    descriptor = _locked(path, folder)
    try:
        _mend(folder)
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


@contextmanager
def hidden_folder(folder: Path) -> Generator[Path]:
    """Make a private folder beside the place, and remove what is left of it at the end."""
    partial = Path(tempfile.mkdtemp(prefix=_prefix(folder), dir=folder.parent))
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def replace(partial: Path, folder: Path) -> None:
    """Move a finished folder into its place; the older study leaves between two renames."""
    previous = _previous(folder)
    if folder.exists():
        os.rename(folder, previous)
    os.rename(partial, folder)
    shutil.rmtree(previous, ignore_errors=True)


def restore(folder: Path) -> None:
    """Put an older study back that a run killed between its two renames left under its hidden name."""
    if not folder.exists() and _previous(folder).is_dir():
        try:
            with only_writer(folder):
                return
        except OSError as error:
            raise cannot_write(folder, error) from None


def cannot_write(folder: Path, error: Exception) -> UsageError:
    """The error R002, with the reason of the operating system."""
    reason = error.strerror if isinstance(error, OSError) else None
    return UsageError(
        "R002",
        where=folder.name[:80],
        found=reason or type(error).__name__,
        why="The study was not written; what stood there before still stands.",
        do="Check free space and permissions, or choose another --out.",
    )


def _taken(folder: Path, found: str) -> UsageError:
    return UsageError(
        "R001",
        where=folder.name or str(folder),
        found=found,
        why="A study replaces the whole folder; what else stands there would be lost.",
        do="Choose another --out, or move these things away.",
    )


def _strays(folder: Path, known: frozenset[str]) -> int:
    """How many files of the folder no run wrote."""
    found = 0
    for parent, folders, files in os.walk(folder):
        links = [one for one in folders if (Path(parent) / one).is_symlink()]
        for name in (*files, *links):
            inside = (Path(parent) / name).relative_to(folder).as_posix()
            found += inside not in known and name not in _OF_THE_SYSTEM
    return found


def _mend(folder: Path) -> None:
    """With the lock held: put the older study back, and remove what killed runs left (patients' rows too)."""
    previous = _previous(folder)
    if previous.is_dir():
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
        if not folder.exists():
            os.rename(previous, folder)
        elif known_files(folder) is not None:
            shutil.rmtree(previous)
    for left in folder.parent.iterdir():
        if left.name.startswith(_prefix(folder)):
            shutil.rmtree(left, ignore_errors=True)


def _prefix(folder: Path) -> str:
    return f".{folder.name}.partial-"


def _previous(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.previous"


def _locked(path: Path, folder: Path) -> int:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        # The holder removes the file when it leaves: a lock on a removed file holds nobody off.
        if _take(descriptor) and _is_file_of(descriptor, path):
            return descriptor
        os.close(descriptor)
        if time.monotonic() > deadline:
            raise cannot_write(folder, OSError(errno.EBUSY, "another run keeps writing there"))
        time.sleep(_POLL_SECONDS)


def _take(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            return False
        raise
    return True


def _is_file_of(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False

"""A new folder that appears whole, at the end, or not at all; nothing that stands there is touched."""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from equipoise.base.errors import UsageError


def check_place(folder: Path) -> None:
    """Refuse a place where a new folder cannot appear, before any work is done.

    Raises
    ------
    UsageError
        U003 when something stands there, U004 when nothing can be written there.
    """
    try:
        here = folder.is_symlink() or folder.absolute() == Path.cwd()
        taken = here or (folder.exists() and not (folder.is_dir() and not any(folder.iterdir())))
        standing = _standing(folder)
    except (OSError, ValueError) as error:  # a name that no folder can have, or no right to look
        raise _cannot_write(folder, error) from None
    if taken:
        raise _taken(folder)
    if not standing.is_dir() or not os.access(standing, os.W_OK | os.X_OK):
        raise _cannot_write(folder, PermissionError(13, "no folder that can be written to"))


@contextmanager
def new_folder(folder: Path) -> Generator[Path]:
    """Give a hidden folder to write into; at the end without an error it becomes the new folder.

    Raises
    ------
    UsageError
        U003 when something has come to stand there meanwhile, U004 when something could not be written.
    """
    try:
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name[:40]}.partial-", dir=_standing(folder)))
    except OSError as error:
        raise _cannot_write(folder, error) from None
    inside = partial / "new"  # with the rights of any new folder; that of mkdtemp is closed to others
    try:
        inside.mkdir()
        yield inside
        if folder.exists() and any(folder.iterdir()):
            raise _taken(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists():
            folder.rmdir()  # empty, as was just looked
        os.replace(inside, folder)
    except OSError as error:
        raise _cannot_write(folder, error) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _standing(folder: Path) -> Path:
    """The nearest folder above that is there already."""
    above = folder.absolute().parents
    return next(one for one in above if one.exists())


def _taken(folder: Path) -> UsageError:
    return UsageError(
        "U003",
        where=str(folder),
        found="something is there already",
        why="What stands there may be your work.",
        do="Choose another folder with --out, or move it away.",
    )


def _cannot_write(folder: Path, error: Exception) -> UsageError:
    reason = error.strerror if isinstance(error, OSError) else None
    return UsageError(
        "U004",
        where=str(folder),
        found=reason or type(error).__name__,
        why="The files were not written.",
        do="Check free space and permissions, or choose another --out.",
    )

"""A study on disk: written whole or not at all, read back equal.

The folder is made beside its target under a hidden name, then moved into place. A killed run leaves the old
study, or (between two renames) its hidden copy, which the next reader or writer puts back.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from equipoise.base.document import read_document, validate, write_document
from equipoise.base.errors import DataError, UsageError
from equipoise.base.findings import Finding, Severity
from equipoise.base.provenance import file_digest
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.study.manifest import SCHEMA, sealed_manifest
from equipoise.study.study import Study

MANIFEST = "manifest.json"


def write(study: Study, folder: Path) -> Study:
    """Write a study, replacing an older study of the same place.

    Parameters
    ----------
    study
        What a run produced.
    folder
        Where to; created, or replaced if (and only if) it is empty or holds an equipoise study.

    Returns
    -------
    Study
        The same study with the sealed manifest (digests of files).

    Raises
    ------
    UsageError
        R001 if something else lives in the folder; R002 if it cannot be written there.
    """
    folder = folder.resolve()
    check_target(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.partial-", dir=folder.parent))
    except OSError as error:
        raise _cannot_write(folder, error) from None
    try:
        sealed = _fill(study, partial)
        _swap(partial, folder)
    except OSError as error:
        raise _cannot_write(folder, error) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return sealed


def read(folder: Path) -> Study:
    """Read a study folder.

    Raises
    ------
    DataError
        R003 if it is no study; R004 if a file is not the one that the manifest names.
    """
    folder = folder.resolve()
    _restore(folder)
    manifest = read_manifest(folder)
    for name, expected in manifest["files"].items():
        if not (folder / name).is_file() or file_digest(folder / name) != expected:
            raise DataError(
                "R004",
                where=name,
                found="the file is missing or differs from the manifest's digest",
                why="A report must show the numbers of the run that it names.",
                do="Run the study again.",
            )
    tables = {path.stem: pl.read_parquet(path) for path in sorted((folder / "tables").glob("*.parquet"))}
    patients = {path.stem: pl.read_parquet(path) for path in sorted((folder / "patients").glob("*.parquet"))}
    return Study(
        protocol=validate(Protocol, read_document(folder / "protocol.yaml")),
        vocabulary=validate(Vocabulary, read_document(folder / "vocabulary.yaml")),
        tables=tables,
        patients=patients,
        findings=tuple(_as_finding(row) for row in tables["findings"].to_dicts()),
        citations=tuple(manifest["citations"]),
        manifest=manifest,
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a study folder.

    Raises
    ------
    DataError
        R003 if there is none, or it is of another schema.
    """
    try:
        manifest: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        manifest = None
    if not isinstance(manifest, Mapping) or manifest.get("schema") != SCHEMA:  # pyright: ignore[reportUnknownMemberType]
        raise DataError(
            "R003",
            where=folder.name,
            found="no manifest of the schema " + SCHEMA,
            why="Only a folder that a run wrote can be shown.",
            do="Name a study folder, or run the protocol first.",
        )
    return dict(manifest)  # pyright: ignore[reportUnknownArgumentType]


def check_target(folder: Path) -> None:
    """Refuse a folder in which something other than a study lives, before any work is done.

    Raises
    ------
    UsageError
        R001.
    """
    folder = folder.resolve()
    _restore(folder)
    is_free = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    if is_free or (folder / MANIFEST).is_file():
        return
    raise UsageError(
        "R001",
        where=folder.name,
        found="the place is taken by something that is not a study",
        why="Writing there would delete it.",
        do="Choose another --out.",
    )


def _fill(study: Study, partial: Path) -> Study:
    (partial / "tables").mkdir()
    (partial / "protocol.yaml").write_text(write_document(study.protocol), encoding="utf-8")
    (partial / "vocabulary.yaml").write_text(write_document(study.vocabulary), encoding="utf-8")
    (partial / "citations.bib").write_text(study.bibliography(), encoding="utf-8")
    for name, table in study.tables.items():
        table.write_parquet(partial / "tables" / f"{name}.parquet", statistics=False)
    if study.patients:
        (partial / "patients").mkdir(mode=0o700)
        for name, table in study.patients.items():
            path = partial / "patients" / f"{name}.parquet"
            table.write_parquet(path, statistics=False)
            path.chmod(0o600)
    files = {
        path.relative_to(partial).as_posix(): file_digest(path)
        for path in sorted(partial.rglob("*"))
        if path.is_file()
    }
    manifest = sealed_manifest({**study.manifest, "citations": list(study.citations)}, files)
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (partial / MANIFEST).write_text(text, encoding="utf-8")
    partial.chmod(0o755)
    return Study(
        protocol=study.protocol,
        vocabulary=study.vocabulary,
        tables=study.tables,
        patients=study.patients,
        findings=study.findings,
        citations=study.citations,
        manifest=manifest,
    )


def _swap(partial: Path, folder: Path) -> None:
    previous = _previous(folder)
    if folder.exists():
        os.rename(folder, previous)
    os.rename(partial, folder)
    shutil.rmtree(previous, ignore_errors=True)


def _restore(folder: Path) -> None:
    previous = _previous(folder)
    if previous.is_dir():
        if folder.exists():
            shutil.rmtree(previous)
        else:
            os.rename(previous, folder)


def _previous(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.previous"


def _as_finding(row: Mapping[str, Any]) -> Finding:
    return Finding(
        code=row["code"],
        severity=Severity(row["severity"]),
        table=row["table"],
        rows=tuple(row["rows"]),
        patients=row["patients"],
        message=row["message"],
        remedy=row["remedy"],
    )


def _cannot_write(folder: Path, error: OSError) -> UsageError:
    return UsageError(
        "R002",
        where=folder.name,
        found=error.strerror or type(error).__name__,
        why="The study was not written; what stood there before still stands.",
        do="Check free space and permissions, or choose another --out.",
    )

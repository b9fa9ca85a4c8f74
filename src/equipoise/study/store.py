"""A study on disk: written whole or not at all, read back equal.

The folder is made beside its target under a hidden name, then moved into place (`equipoise.study.place`). A
killed run leaves the old study, or (between two renames) its hidden copy, which the next reader or writer
puts back.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from equipoise.base.citations import CITATIONS
from equipoise.base.document import read_document, validate, write_document
from equipoise.base.errors import DataError
from equipoise.base.findings import Finding, Severity
from equipoise.base.provenance import file_digest
from equipoise.base.schema import Schema
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.study.manifest import SCHEMA, sealed_manifest
from equipoise.study.place import (
    MANIFEST,
    cannot_write,
    check_target,
    hidden_folder,
    manifest_of,
    only_writer,
    replace,
    resolved,
    restore,
)
from equipoise.study.study import Study
from equipoise.study.tables import FINDINGS, PATIENT_TABLES, TABLES

__all__ = ["MANIFEST", "check_target", "read", "read_manifest", "write"]


def write(study: Study, folder: Path, *, add: Callable[[Study, Path], object] | None = None) -> Study:
    """Write a study, replacing an older study of the same place.

    Parameters
    ----------
    study
        What a run produced.
    folder
        Where to; created, or replaced if (and only if) it is empty or holds nothing but an equipoise study.
    add
        Called with the sealed study and the folder that is about to be moved into place, to add what is no
        part of the digest (the report); so a study and its report always belong together.

    Returns
    -------
    Study
        The same study with the sealed manifest (digests of files).

    Raises
    ------
    UsageError
        R001 if something else lives in the folder; R002 if it cannot be written there.
    """
    folder = resolved(folder)
    check_target(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with only_writer(folder):
            check_target(folder)
            with hidden_folder(folder) as partial:
                sealed = _fill(study, partial)
                if add is not None:
                    add(sealed, partial)
                replace(partial, folder)
    except OSError as error:
        raise cannot_write(folder, error) from None
    return sealed


def read(folder: Path) -> Study:
    """Read a study folder.

    Raises
    ------
    DataError
        R003 if it is no study; R004 if a file is not the one that the manifest names.
    """
    folder = resolved(folder)
    restore(folder)
    manifest = read_manifest(folder)
    _check_files(folder, manifest)
    return Study(
        protocol=validate(Protocol, read_document(folder / "protocol.yaml")),
        vocabulary=validate(Vocabulary, read_document(folder / "vocabulary.yaml")),
        tables={schema.name: _table(folder, f"tables/{schema.name}.parquet", schema) for schema in TABLES},
        patients={
            schema.name: _table(folder, f"patients/{schema.name}.parquet", schema)
            for schema in PATIENT_TABLES
            if f"patients/{schema.name}.parquet" in manifest["files"]
        },
        findings=tuple(
            _as_finding(row) for row in _table(folder, "tables/findings.parquet", FINDINGS).to_dicts()
        ),
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
    manifest = manifest_of(folder)
    if manifest is None:
        raise DataError(
            "R003",
            where=folder.name,
            found="no manifest of the schema " + SCHEMA,
            why="Only a folder that a run wrote can be shown.",
            do="Name a study folder, or run the protocol first.",
        )
    return manifest


def _check_files(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a study whose manifest or files are not those that the run wrote."""
    try:
        sealed = sealed_manifest(manifest, manifest["files"])
        is_whole = sealed["digest"] == manifest["digest"] and set(manifest["citations"]) <= set(CITATIONS)
    except (KeyError, TypeError, ValueError):
        is_whole = False
    if not is_whole:
        raise _differs(MANIFEST)
    required = {"protocol.yaml", "vocabulary.yaml", *(f"tables/{one.name}.parquet" for one in TABLES)}
    for name in sorted({*required, *manifest["files"]}):
        path = folder / name
        is_inside = path.resolve().is_relative_to(folder) and path.is_file()
        if not is_inside or file_digest(path) != manifest["files"].get(name):
            raise _differs(name)


def _table(folder: Path, name: str, schema: Schema) -> pl.DataFrame:
    try:
        return schema.check(pl.read_parquet(folder / name))
    except (pl.exceptions.PolarsError, OSError, ValueError):
        raise _differs(name) from None


def _differs(name: str) -> DataError:
    return DataError(
        "R004",
        where=name,
        found="the file is missing, or is not the one that the run wrote",
        why="A report must show the numbers of the run that it names.",
        do="Run the study again.",
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

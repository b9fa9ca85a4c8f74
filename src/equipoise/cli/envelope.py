"""The one object that ``--json`` prints on stdout."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from equipoise.base.errors import EquipoiseError
from equipoise.base.findings import Finding
from equipoise.base.version import __version__
from equipoise.cli.talk import show

SCHEMA = "equipoise/1"


@dataclass(slots=True)
class Envelope:
    """What a command did, for programs.

    Parameters
    ----------
    command
        The verb.
    answer
        What a command found that is no table of a study, under names of its own.
    """

    command: str
    study: str | None = None
    digest: str | None = None
    tables: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    findings: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    answer: dict[str, Any] = field(default_factory=dict[str, Any])
    next: str | None = None

    def add_study(self, folder: Path, manifest: Mapping[str, Any], rows: Mapping[str, int]) -> None:
        """Name the study folder, its digest and its tables."""
        self.study = str(folder)
        self.digest = manifest["digest"]
        self.tables = [
            {"name": name, "path": f"tables/{name}.parquet", "rows": count}
            for name, count in sorted(rows.items())
        ]

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """List findings; codes and row numbers only, as in files and logs."""
        self.findings += [
            {
                "code": one.code,
                "severity": one.severity.value,
                "table": one.table,
                "rows": list(one.rows),
                "message": one.message,
                "remedy": one.remedy,
            }
            for one in findings
        ]

    def done(self, *, ok: bool = True) -> None:
        """Print the object of a command that was carried out."""
        self._print(ok=ok, error=None)

    def failed(self, error: EquipoiseError) -> None:
        """Print the object of a command that was not carried out."""
        self._print(ok=False, error=error.as_record())

    def _print(self, *, ok: bool, error: dict[str, str] | None) -> None:
        record = {
            "schema": SCHEMA,
            "command": self.command,
            "version": __version__,
            "ok": ok,
            "study": self.study,
            "digest": self.digest,
            "tables": self.tables,
            "findings": self.findings,
            **self.answer,
            "error": error,
            "next": self.next,
        }
        show(json.dumps(record, ensure_ascii=False) + "\n")

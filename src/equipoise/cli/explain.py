"""`equipoise explain CODE`: what a finding means, why it matters, what to do."""

from collections.abc import Iterable
from typing import Annotated

import typer

from equipoise.base.codes import CODES, Code
from equipoise.base.errors import UsageError
from equipoise.cli import options
from equipoise.cli.envelope import Envelope
from equipoise.cli.talk import show


def explain(
    code: Annotated[
        str | None, typer.Argument(help="A code such as D201; without one, all codes are listed.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Explain a finding's code."""
    if code is None:
        listed = sorted(CODES.values(), key=lambda entry: entry.code)
        if json:
            _as_json(listed)
            return
        for one in listed:
            show(f"{one.code}  {one.severity.value:<8} {one.title}\n")
        return
    wanted = code.strip().upper()
    if wanted not in CODES:
        raise UsageError(
            "U002",
            where="explain",
            found="there is no such code",
            why="Codes stand before each finding and error, for example D201.",
            do="List them all with: equipoise explain",
        )
    meaning = CODES[wanted]
    if json:
        _as_json([meaning])
        return
    show(
        f"{meaning.code}  {meaning.title}  ({meaning.severity.value})\n\n"
        f"Why it matters: {meaning.why}\n\nWhat to do: {meaning.do}\n"
    )


def _as_json(codes: Iterable[Code]) -> None:
    """The meaning of codes as findings without rows: the message is the title and why it matters."""
    envelope = Envelope("explain")
    envelope.findings = [
        {
            "code": one.code,
            "severity": one.severity.value,
            "table": None,
            "rows": [],
            "message": f"{one.title}. {one.why}",
            "remedy": one.do,
        }
        for one in codes
    ]
    envelope.done()

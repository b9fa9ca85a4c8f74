"""`equipoise explain CODE`: what a finding means, why it matters, what to do."""

import sys
from typing import Annotated

import typer

from equipoise.base.codes import CODES
from equipoise.base.errors import UsageError


def explain(
    code: Annotated[
        str | None, typer.Argument(help="A code such as D201; without one, all codes are listed.")
    ] = None,
) -> None:
    """Explain a finding's code."""
    if code is None:
        for one in sorted(CODES.values(), key=lambda entry: entry.code):
            sys.stdout.write(f"{one.code}  {one.severity.value:<8} {one.title}\n")
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
    sys.stdout.write(
        f"{meaning.code}  {meaning.title}  ({meaning.severity.value})\n\n"
        f"Why it matters: {meaning.why}\n\nWhat to do: {meaning.do}\n"
    )

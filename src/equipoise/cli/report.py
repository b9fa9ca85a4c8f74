"""`equipoise report`: the report of a study, from its folder alone."""

from pathlib import Path
from typing import Annotated

import typer

from equipoise.base.errors import UsageError
from equipoise.cli import options
from equipoise.cli.envelope import Envelope
from equipoise.cli.talk import progress, say

LOOKED_AT = 10_000
GENERATOR = b'<meta name="generator" content="equipoise">'


def report(
    study: Annotated[Path, typer.Argument(help="Study folder that a run wrote.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; default report.html in the study folder.")
    ] = None,
    json: options.Json = False,
) -> int:
    """Draw the report of a study again, as one HTML file."""
    from equipoise.rendering.report import render
    from equipoise.study.store import read

    target = out or study / "report.html"
    _refuse_other_file(target)
    with progress(quiet=json) as stage:
        stage("reading")
        stored = read(study)
        stage("drawing")
        try:
            render(stored, target)
        except OSError as error:
            raise UsageError(
                "U004",
                where=target.name,
                found=error.strerror or type(error).__name__,
                why="The report was not written; what stood there before still stands.",
                do="Check free space and permissions, or choose another --out.",
            ) from None
    envelope = Envelope("report")
    envelope.add_study(study, stored.manifest, {name: table.height for name, table in stored.tables.items()})
    envelope.add_findings(stored.findings)
    say(f"report: {target}")
    if json:
        envelope.done()
    return 0


def _refuse_other_file(target: Path) -> None:
    """Refuse to write over a file that is not a report of ours."""
    try:
        if target.is_dir() or not target.exists():
            return
        # Neither a pipe nor a device: to move a file there would replace it.
        head = target.read_bytes()[:LOOKED_AT] if target.is_file() else b"other"
    except OSError:
        return  # what cannot be written is told when it is written
    if head and GENERATOR not in head:
        raise UsageError(
            "U003",
            where=target.name,
            found="a file that is not a report is there already",
            why="What stands there may be your work.",
            do="Choose another --out, or move the file away.",
        )

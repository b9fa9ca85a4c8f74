"""`equipoise report`: the report of a study, from its folder alone."""

from collections.abc import Generator
from contextlib import contextmanager
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
    refuse_other_file(target)
    with progress(quiet=json) as stage:
        stage("reading")
        stored = read(study)
        stage("drawing")
        with told_if_not_written(target):
            render(stored, target)
    envelope = Envelope("report")
    envelope.add_study(study, stored.manifest, {name: table.height for name, table in stored.tables.items()})
    envelope.add_findings(stored.findings)
    say(f"report: {target}")
    if json:
        envelope.done()
    return 0


@contextmanager
def told_if_not_written(target: Path) -> Generator[None]:
    """Turn an error of the file system while a page is written into one that says what to do."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            "U004",
            where=target.name,
            found=error.strerror or type(error).__name__,
            why="The report was not written; what stood there before still stands.",
            do="Check free space and permissions, or choose another --out.",
        ) from None


def refuse_other_file(target: Path) -> None:
    """Refuse to write over a file that is not a page of ours."""
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

"""`equipoise report`: the report of a study, from its folder alone."""

from pathlib import Path
from typing import Annotated

import typer

from equipoise.cli import options
from equipoise.cli.envelope import Envelope
from equipoise.cli.talk import progress, say


def report(
    study: Annotated[Path, typer.Argument(help="Study folder that a run wrote.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; default report.html in the study folder.")
    ] = None,
    json: options.Json = False,
) -> int:
    """Draw the report of a study again, as one HTML file."""
    from equipoise.render.report import render
    from equipoise.study.store import read

    target = out or study / "report.html"
    with progress(quiet=json) as stage:
        stage("reading")
        stored = read(study)
        stage("drawing")
        render(stored, target)
    envelope = Envelope("report")
    envelope.add_study(study, stored.manifest, {name: table.height for name, table in stored.tables.items()})
    envelope.add_findings(stored.findings)
    say(f"report: {target}")
    if json:
        envelope.done()
    return 0

"""`equipoise run`: protocol x cohort -> study folder with its report."""

from pathlib import Path
from typing import Annotated

import typer

from equipoise.cli import options
from equipoise.cli.pipeline import Request, Source, carry_out


def run(
    protocol: Annotated[str, typer.Argument(help="Protocol YAML, or the name of a shipped one.")],
    source: options.Source,
    mapping: options.Mapping = None,
    vocabulary: options.Vocabulary = None,
    out: Annotated[Path, typer.Option("--out", help="Study folder to write.")] = Path("study"),
    seed: options.Seed = 0,
    patients: Annotated[
        bool, typer.Option(help="Keep rows of single patients, which the swimmer plot shows.")
    ] = True,
    workers: options.Workers = 2,
    draws: options.Draws = None,
    json: options.Json = False,
) -> int:
    """Answer a protocol's questions about a cohort; write study folder and report."""
    request = Request(
        command="run", out=out, seed=seed, with_patients=patients, json=json, workers=workers, draws=draws
    )
    return carry_out(request, Source(source, protocol, mapping, vocabulary).gather)

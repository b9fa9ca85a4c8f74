"""Talk to the person at the terminal: on stderr, so that data on stdout can be piped."""

import os
import sys
import unicodedata
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager

from equipoise.base.errors import UsageError
from equipoise.base.findings import Finding, Severity


def visible(text: str) -> str:
    """Return the text with letters that steer a terminal or turn a line round as their escapes.

    Labels and names of columns come from files; the escapes are those of JSON, so that an object keeps its
    meaning.
    """
    return "".join(
        one if one == "\n" or unicodedata.category(one) not in _UNSEEN else _escape(one) for one in text
    )


# Controls, marks of direction and other formats, halves of pairs, separators of lines and paragraphs.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def _escape(letter: str) -> str:
    units = letter.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))


def say(text: str = "") -> None:
    """Write a line to stderr; talk to which nobody listens (a closed stream) is not worth an error."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(visible(text) + "\n")
        sys.stderr.flush()
    except OSError:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115  for the rest of the talk


def show(text: str) -> None:
    """Write data to stdout.

    Raises
    ------
    UsageError
        U004 when they cannot be written; not when their reader left (``| head``), which is its right.
    """
    if sys.stdout is None:
        raise _no_output("it is closed")
    try:
        sys.stdout.write(visible(text))
        sys.stdout.flush()
    except OSError as error:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  keeps the interpreter's last flush quiet
        if not isinstance(error, BrokenPipeError):
            raise _no_output(error.strerror or type(error).__name__) from None


def _no_output(found: str) -> UsageError:
    return UsageError(
        "U004",
        where="standard output",
        found=found,
        why="What was to be printed was lost.",
        do="Check where the output goes.",
    )


def complain(text: str) -> None:
    """Write a line of an error to stderr."""
    say(text)


@contextmanager
def progress(*, quiet: bool) -> Generator[Callable[[str], None]]:
    """Show what is being done while it is done.

    Parameters
    ----------
    quiet
        True when only data are wanted (``--json``) or nobody watches.

    Yields
    ------
    callable
        To be called with the name of each stage as it begins.
    """
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield _ignore
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("starting", spinner="dots") as status:
        yield lambda stage: status.update(f"{stage} ...")


def _ignore(stage: str) -> None:
    del stage


def summary_of(findings: Iterable[Finding]) -> str:
    """Return for example ``0 errors, 2 warnings (D503, D505), 1 note``."""
    listed = list(findings)
    parts: list[str] = []
    for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE):
        codes = sorted({one.code for one in listed if one.severity is severity})
        count = sum(one.severity is severity for one in listed)
        noun = severity.value if count == 1 else severity.value + "s"
        parts.append(f"{count} {noun}" + (f" ({', '.join(codes)})" if codes else ""))
    return ", ".join(parts)


def show_findings(findings: Iterable[Finding]) -> None:
    """Write findings, the most serious first, with rows; a remedy is written once for those it serves."""
    rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
    groups: dict[tuple[int, str, str], list[Finding]] = {}
    for one in sorted(findings, key=lambda item: (rank[item.severity], item.code, item.table)):
        groups.setdefault((rank[one.severity], one.code, one.remedy), []).append(one)
    for same in groups.values():
        for one in same:
            rows = (
                f" rows {', '.join(map(str, one.rows[:8]))}{' ...' if len(one.rows) > 8 else ''}"
                if one.rows
                else ""
            )
            say(f"{one.severity.value:<8}{one.code}  {one.table}:{rows} {one.message}")
        say(f"{'':14}{same[0].remedy}")

"""`equipoise evidence`: searches the published numbers and prints them with their citations."""

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from equipoise.cli import options
from equipoise.cli.envelope import Envelope
from equipoise.cli.talk import say, show

if TYPE_CHECKING:
    from equipoise.evidence.published import Published

PROGRAM = ("equipoise", "evidence")


def evidence(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Words that a number must hold, all of them; without any, all numbers."),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(
            "--endpoint",
            help="An outcome (os, efs, dfs, duration_of_remission, relapse, nrm, response, persistence, "
            "transplant, gvhd, late_effects, kinetics, cost) or an endpoint in the words of the table.",
        ),
    ] = None,
    time_zero: Annotated[
        str | None, typer.Option("--time-zero", help="Where counting starts: infusion, remission, HCT, ...")
    ] = None,
    month: Annotated[float | None, typer.Option("--month", help="Months after time zero.", min=0)] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also numbers that are not to be quoted, marked so.")
    ] = False,
    bib: Annotated[bool, typer.Option("--bib", help="Print the sources as BibTeX instead.")] = False,
    json: options.Json = False,
) -> None:
    """Search published numbers and print them with their citations."""
    from equipoise.evidence.find import find

    given = words or []
    months = None if month is None else (month, month)
    found = find(*given, endpoint=endpoint, time_zero=time_zero, months=months, quotable_only=False)
    shown = sorted((one for one in found if one.quotable or every), key=_by_what_is_counted)
    hidden = len(found) - len(shown)
    asked = _asked(given, endpoint, time_zero, month)
    if not shown:
        following = shlex.join([*PROGRAM, "--all", *asked] if hidden else PROGRAM)
    elif bib:
        following = "equipoise run --help"
    else:
        following = shlex.join([*PROGRAM, "--bib", *(["--all"] if every else []), *asked])
    if json:
        _as_json(shown, bib=bib, following=following)
    elif bib:
        _show_bibtex(shown)
    elif shown:
        from equipoise.cli.evidence_page import page

        show(page(shown))
    _talk(shown, hidden)
    if not found:
        _explain_nothing(given)
        if month is not None:
            _offer_months(find(*given, endpoint=endpoint, time_zero=time_zero, quotable_only=False))
    say(f"next: {following}")


def _by_what_is_counted(one: "Published") -> tuple[object, ...]:
    """Numbers that can be laid side by side stand together; those of no time come last."""
    from equipoise.evidence.find import outcomes

    counted = one.endpoint
    last = float("inf") if one.month is None else one.month
    return (outcomes().index(counted.outcome), counted.measure, counted.meaning, one.time_zero, last)


def _asked(
    given: Sequence[str], endpoint: str | None, time_zero: str | None, month: float | None
) -> list[str]:
    """The search again, without what it printed."""
    asked: list[str] = []
    if endpoint is not None:
        asked += ["--endpoint", endpoint]
    if time_zero is not None:
        asked += ["--time-zero", time_zero]
    if month is not None:
        asked += ["--month", f"{month:g}"]
    # A word that begins with a hyphen is a word only behind two hyphens.
    return [*asked, *(["--"] if any(word.startswith("-") for word in given) else []), *given]


def _as_json(shown: Sequence["Published"], *, bib: bool, following: str) -> None:
    from equipoise.evidence.wording import bibtex, record

    envelope = Envelope("evidence")
    envelope.answer = {"published": [record(one) for one in shown]}
    if bib:
        envelope.answer["bibtex"] = bibtex(shown)
    envelope.next = following
    envelope.done()


def _show_bibtex(shown: Sequence["Published"]) -> None:
    from equipoise.evidence.wording import bibtex

    entries = bibtex(shown)
    if entries:
        show(entries)
    without = len({one.citation for one in shown if one.doi is None})
    if without:
        say(f"{_count(without, 'source')} without a DOI left out")


def _talk(shown: Sequence["Published"], hidden: int) -> None:
    if shown:
        say(
            f"{_count(len(shown), 'published number')}, with limits as the sources print them (their level "
            "is not recorded). Compare only what counts from the same time zero."
        )
    if hidden:
        say(f"not shown: {_count(hidden, 'number')} not to be quoted (--all shows them, marked)")


def _explain_nothing(given: Sequence[str]) -> None:
    """Say which words are nowhere, with near ones; or that only the combination is nowhere."""
    from equipoise.evidence.find import find, near, terms

    say("no published number has all of this")
    for term in terms(given):
        numbers = len(find(term, quotable_only=False))
        if numbers:
            say(f"  {term}: in {_count(numbers, 'number')}")
            continue
        others = ", ".join(near(term))
        say(f"  {term}: in no number" + (f"; near words: {others}" if others else ""))


def _offer_months(others: Sequence["Published"]) -> None:
    months = sorted({one.month for one in others if one.month is not None})
    if months:
        say(f"  months of numbers that have the rest: {', '.join(f'{month:g}' for month in months)}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")

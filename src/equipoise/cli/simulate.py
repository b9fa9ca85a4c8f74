"""`equipoise simulate`: a registry of virtual patients whose truth is known, written as files."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from equipoise.cli import options
from equipoise.cli.changes import changed_world
from equipoise.cli.envelope import Envelope
from equipoise.cli.simulated import Order, Written, carry_out
from equipoise.cli.talk import say, show

if TYPE_CHECKING:
    from equipoise.synth.world import World


def simulate(
    world: options.World = "S0",
    patients: Annotated[
        int, typer.Option("--patients", help="Number of patients from the infusion on.")
    ] = 400,
    seed: options.Seed = 2026,
    strategy: Annotated[
        str | None,
        typer.Option("--strategy", help="Who is treated when, by a name in the protocol; default as usual."),
    ] = None,
    protocol: Annotated[
        str, typer.Option("--protocol", help="Protocol that names strategies: a shipped name or a file.")
    ] = "virtual_registry",
    changes: options.Changes = None,
    forms: Annotated[
        list[Written] | None,
        typer.Option("--format", help="What to write; may be given again. Default tables, which are CSV."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="New folder for the files.")] = Path("registry"),
    truth: Annotated[
        bool,
        typer.Option(
            "--truth",
            help="Also write truth.csv: what would happen to everybody under each strategy of the protocol.",
        ),
    ] = False,
    show_world: Annotated[
        bool, typer.Option("--show", help="Only print the parameters of the world, and where they are from.")
    ] = False,
    list_worlds: Annotated[bool, typer.Option("--list", help="Only print which worlds there are.")] = False,
    json: options.Json = False,
) -> int:
    """Make a registry of virtual patients whose truth is known, and write it as files."""
    given = tuple(changes or ())
    if list_worlds:
        return _list(json=json)
    found = changed_world(world, given, where="equipoise simulate --set")
    again = ["--world", world, *(word for one in given for word in ("--set", one))]
    if show_world:
        return _show(found, again, json=json)
    wanted = set(forms or (Written.TABLES,))
    if Written.ALL in wanted:
        wanted = set(Written) - {Written.ALL}
    order = Order(found, patients, seed, strategy, protocol, out, frozenset(wanted), truth, len(given))
    return carry_out(order, json=json)


def _list(*, json: bool) -> int:
    from equipoise.synth.read import read_world, shipped_worlds

    worlds = [read_world(name) for name in shipped_worlds()]
    envelope = Envelope("simulate", next="equipoise simulate --show --world S0")
    if json:
        envelope.answer = {
            "worlds": [{"name": one.name, "title": one.title, "says": one.says} for one in worlds]
        }
        envelope.done()
    else:
        width = max(len(one.name) for one in worlds)
        show("".join(f"{one.name:<{width}}  {one.title}\n{'':{width}}  {one.says}\n" for one in worlds))
    say(f"next: {envelope.next}")
    return 0


def _show(world: "World", again: Sequence[str], *, json: bool) -> int:
    """Print a world as a file that ``--world`` reads, and what was published about its parameters."""
    from equipoise.cli.world_page import page, published

    envelope = Envelope("simulate", digest=world.digest(), next=shlex.join(["equipoise", "simulate", *again]))
    if json:
        envelope.answer = {"world": world.model_dump(mode="json"), "published": published(world)}
        envelope.done()
    else:
        show(page(world))
    say(f"next: {envelope.next}")
    return 0

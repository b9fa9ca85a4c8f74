"""`equipoise demo --editorial`: the editorial's cohort counted twice, as a table and as one picture."""

from pathlib import Path

import typer

from equipoise.base.errors import UsageError
from equipoise.cli.envelope import Envelope
from equipoise.cli.report import refuse_other_file, told_if_not_written
from equipoise.cli.talk import progress, say, show

NEXT = "equipoise demo"
KNOWN = ("editorial", "out", "seed", "json")


def refuse_other_options(context: typer.Context) -> None:
    """Refuse options that would change nothing.

    Raises
    ------
    UsageError
        U001 when one was given that the picture does not know.
    """
    for option in context.command.params:
        source = context.get_parameter_source(option.name or "")
        if option.name in KNOWN or source is None or source.name != "COMMANDLINE":
            continue
        raise UsageError(
            "U001",
            where="equipoise demo",
            found=f"{option.opts[0]} beside --editorial",
            why="The picture is of one world and one population; the option would change nothing.",
            do=f"Leave out {option.opts[0]}, or --editorial.",
        )


def show_editorial(out: Path, seed: int, *, json: bool) -> int:
    """Simulate, count both ways, print the table and write the picture.

    Parameters
    ----------
    out
        The HTML file; a page of ours is written over, nothing else.
    seed
        Seed of all draws.
    json
        Whether only the object is wanted on stdout.

    Returns
    -------
    int
        0; whatever stops the work is an exception.
    """
    from equipoise.rendering.editorial import render_editorial
    from equipoise.rendering.editorial_text import editorial_lines
    from equipoise.synth.editorial.editorial import editorial

    refuse_other_file(out)
    with progress(quiet=json) as stage:
        found = editorial(seed=seed, stage=stage)
        stage("drawing")
        with told_if_not_written(out):
            render_editorial(found, out)
    say(
        f"drew {found.draws:,} series of 47 from the transplanted of {found.patients:,} virtual patients, "
        f"world {found.world.name} ({found.world.title.lower()}), seed {seed}"
    )
    if json:
        envelope = Envelope("demo", next=NEXT)
        envelope.answer = {
            "editorial": {
                "file": str(out),
                "world": found.world.name,
                "estimates": found.estimates.to_dicts(),
                "funnel": found.funnel.to_dicts(),
            }
        }
        envelope.done()
    else:
        show("".join(f"{line}\n" for line in editorial_lines(found)))
    say(f"open {out}   next: {NEXT}")
    return 0

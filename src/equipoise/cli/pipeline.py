"""What `demo` and `run` share: a checked cohort and a protocol become a study folder with its report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from equipoise.cli.envelope import Envelope
from equipoise.cli.talk import progress, say, summary_of

if TYPE_CHECKING:
    import polars as pl

    from equipoise.base.findings import Finding
    from equipoise.cohort.cohort import Cohort
    from equipoise.protocol.protocol import Protocol

Stage = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Request:
    """How to answer, and where to write.

    Parameters
    ----------
    command
        The verb, for ``--json``.
    out
        Study folder.
    seed
        Seed of every random draw.
    with_patients
        Whether the study keeps rows of single patients, and the report shows them.
    json
        Whether only the object is wanted on stdout.
    workers
        Refits at a time; no number depends on it.
    draws
        Bootstrap draws of an emulation instead of the protocol's own.
    """

    command: str
    out: Path
    seed: int = 0
    with_patients: bool = True
    json: bool = False
    workers: int = 2
    draws: int | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """What is asked and what is known.

    Parameters
    ----------
    protocol, cohort
        The question and the patients.
    told
        What was read or made, as a line for the terminal.
    patients_from
        Where the patients are from, as a sentence at the head of the report; empty for those of a file.
    at_the_door
        What was noticed while the cohort was made.
    beside
        Truths or published numbers that are shown with the answers.
    """

    protocol: "Protocol"
    cohort: "Cohort"
    told: str
    patients_from: str = ""
    at_the_door: "Sequence[Finding]" = ()
    beside: "pl.DataFrame | None" = None


@dataclass(frozen=True, slots=True)
class Source:
    """An extract and a protocol, as a user names them; the fields are those of the command line."""

    source: str
    protocol: str
    mapping: str | None = None
    vocabulary: str | None = None

    def gather(self, stage: Stage) -> Material:
        """Read both."""
        from equipoise.ingest.read import read_with_findings
        from equipoise.language.vocabulary import read_vocabulary
        from equipoise.protocol.read import read_question

        stage("reading the protocol")
        given = None if self.vocabulary is None else read_vocabulary(self.vocabulary)
        protocol, words = read_question(self.protocol, given)
        stage("reading the cohort")
        cohort, at_the_door = read_with_findings(self.source, vocabulary=words, mapping=self.mapping)
        told = f"read {self.source}: {cohort.n} patients"
        return Material(protocol, cohort, told, at_the_door=at_the_door)


def carry_out(request: Request, gather: Callable[[Stage], Material]) -> int:
    """Gather, check, run, write, render; say what was found and where to look.

    Parameters
    ----------
    request
        How to answer, and where to write.
    gather
        Makes the material; called with what tells the stages.

    Returns
    -------
    int
        0; whatever stops the work is an exception.
    """
    from equipoise.rendering.anatomy import anatomy_lines
    from equipoise.rendering.answer import answer_lines
    from equipoise.rendering.report import render
    from equipoise.study.run import run
    from equipoise.study.store import check_target, write

    check_target(request.out)
    with progress(quiet=request.json) as stage:
        material = gather(stage)
        study = run(
            _with_draws(material.protocol, request.draws),
            material.cohort,
            request.seed,
            beside=material.beside,
            patients_from=material.patients_from,
            at_the_door=material.at_the_door,
            with_patients=request.with_patients,
            workers=request.workers,
            stage=stage,
        )
        stage("writing and drawing")
        study = write(study, request.out, add=render)
    say(material.told)
    say(f"checked: {summary_of(study.findings)}")
    for line in anatomy_lines(study) or answer_lines(study):
        say(line)
    envelope = Envelope(request.command)
    envelope.add_findings(study.findings)
    envelope.add_study(
        request.out, study.manifest, {name: table.height for name, table in study.tables.items()}
    )
    envelope.next = f"equipoise report {request.out}"
    say(f"study: {request.out}/   open {request.out}/report.html   next: {envelope.next}")
    if request.json:
        envelope.done()
    return 0


def _with_draws(protocol: "Protocol", draws: int | None) -> "Protocol":
    """The protocol with another number of bootstrap draws, which belongs to its digest."""
    emulation = protocol.analysis.emulation
    if draws is None or emulation is None:
        return protocol
    changed = emulation.model_copy(update={"draws": draws})
    return protocol.model_copy(
        update={"analysis": protocol.analysis.model_copy(update={"emulation": changed})}
    )

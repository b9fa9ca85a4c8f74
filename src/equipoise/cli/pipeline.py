"""What `demo` and `run` share: a checked cohort and a protocol become a study folder with its report."""

from dataclasses import dataclass
from pathlib import Path

from equipoise.cli.envelope import Envelope
from equipoise.cli.talk import progress, say, summary_of


@dataclass(frozen=True, slots=True)
class Request:
    """What to read, what to ask, where to write.

    Parameters
    ----------
    command
        The verb, for ``--json``.
    source, mapping, vocabulary
        As `equipoise.ingest.read.read_with_findings` takes them.
    protocol
        Name of a shipped protocol, or a path.
    out
        Study folder.
    seed
        Seed of every random draw.
    with_patients
        Whether the study keeps rows of single patients, and the report shows them.
    json
        Whether only the object is wanted on stdout.
    """

    command: str
    source: str
    protocol: str
    out: Path
    mapping: str | None = None
    vocabulary: str | None = None
    seed: int = 0
    with_patients: bool = True
    json: bool = False


def carry_out(request: Request) -> int:
    """Read, check, run, write, render; say what was found and where to look.

    Returns
    -------
    int
        0; whatever stops the work is an exception.
    """
    from equipoise.ingest.read import read_with_findings
    from equipoise.language.vocabulary import read_vocabulary
    from equipoise.protocol.read import read_question
    from equipoise.rendering.answer import answer_lines
    from equipoise.rendering.report import render
    from equipoise.study.run import run
    from equipoise.study.store import check_target, write

    check_target(request.out)
    with progress(quiet=request.json) as stage:
        stage("reading the protocol")
        given = None if request.vocabulary is None else read_vocabulary(request.vocabulary)
        protocol, words = read_question(request.protocol, given)
        stage("reading the cohort")
        cohort, at_the_door = read_with_findings(request.source, vocabulary=words, mapping=request.mapping)
        study = run(
            protocol,
            cohort,
            request.seed,
            at_the_door=at_the_door,
            with_patients=request.with_patients,
            stage=stage,
        )
        stage("writing and drawing")
        study = write(study, request.out, add=render)
    say(f"read {request.source}: {cohort.n} patients")
    say(f"checked: {summary_of(study.findings)}")
    for line in answer_lines(study):
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

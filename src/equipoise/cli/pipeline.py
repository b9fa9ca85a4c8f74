"""What `demo` and `run` share: a checked cohort and a protocol become a study folder with its report."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from equipoise.base.findings import Finding
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
    json: bool = False


def carry_out(request: Request) -> int:
    """Read, check, run, write, render; say what was found and where to look.

    Returns
    -------
    int
        0, or 3 when the audit found errors, which stop the run before anything is estimated.
    """
    from equipoise.base.findings import Severity, worst
    from equipoise.cohort.audit import audit
    from equipoise.ingest.read import read_with_findings
    from equipoise.protocol.read import read_question
    from equipoise.study.store import check_target

    check_target(request.out)
    with progress(quiet=request.json) as stage:
        stage("reading the protocol")
        protocol, words = read_question(request.protocol)
        stage("reading the cohort")
        cohort, at_the_door = read_with_findings(
            request.source, vocabulary=request.vocabulary or words, mapping=request.mapping
        )
        stage("auditing")
        findings = [*at_the_door, *audit(cohort)]
        if worst(findings) is not Severity.ERROR:
            from equipoise.render.report import render
            from equipoise.study.run import run
            from equipoise.study.store import write

            study = run(protocol, cohort, request.seed, at_the_door=at_the_door, stage=stage)
            stage("writing")
            study = write(study, request.out)
            stage("drawing")
            render(study, request.out / "report.html")
        else:
            study = None
    say(f"read {request.source}: {cohort.n} patients")
    say(f"checked: {summary_of(findings)}")
    if study is None:
        return _stopped(request, findings)
    from equipoise.render.answer import answer_lines

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


def _stopped(request: Request, findings: Sequence[Finding]) -> int:
    from equipoise.cli.talk import show_findings

    show_findings(findings)
    envelope = Envelope(request.command)
    envelope.add_findings(findings)
    envelope.next = f"equipoise check {request.source}"
    say(f"nothing was estimated: correct the errors first   next: {envelope.next}")
    if request.json:
        envelope.done(ok=False)
    return 3

"""`equipoise check`: import and audit an extract, or check a protocol; findings with codes and rows."""

from typing import Annotated

import typer

from equipoise.cli import options
from equipoise.cli.check_protocol import check_protocol, is_protocol
from equipoise.cli.envelope import Envelope
from equipoise.cli.talk import progress, say, show_findings, summary_of


def check(
    source: Annotated[
        str,
        typer.Argument(
            help="An extract (a folder with the five tables, a CSV or Excel sheet, a public data set), "
            "or a protocol: a YAML file or the name of a shipped one."
        ),
    ],
    mapping: options.Mapping = None,
    vocabulary: options.Vocabulary = None,
    json: options.Json = False,
) -> int:
    """Import and audit an extract, row by row; or check a protocol and follow its example patients."""
    if is_protocol(source):
        return check_protocol(source, vocabulary=vocabulary, json=json)
    from equipoise.base.findings import Severity, worst
    from equipoise.cohort.audit import audit
    from equipoise.ingest.read import read_with_findings

    with progress(quiet=json) as stage:
        stage("reading")
        cohort, at_the_door = read_with_findings(source, vocabulary=vocabulary, mapping=mapping)
        stage("auditing")
        findings = [*at_the_door, *audit(cohort)]
    show_findings(findings)
    say(f"{cohort.n} patients; checked: {summary_of(findings)}")
    has_errors = worst(findings) is Severity.ERROR
    envelope = Envelope("check")
    envelope.add_findings(findings)
    if has_errors:
        envelope.next = "equipoise explain CODE"
        say("next: correct the errors in the source; equipoise explain CODE says more about each")
    else:
        named = [("--mapping", mapping), ("--vocabulary", vocabulary)]
        options_given = "".join(f" {option} {value}" for option, value in named if value is not None)
        envelope.next = f"equipoise run {_protocol(cohort.vocabulary.name)} {source}{options_given}"
        say(f"next: {envelope.next}")
    if json:
        envelope.done(ok=not has_errors)
    return 3 if has_errors else 0


def _protocol(vocabulary: str) -> str:
    """The protocol that lies here, else the shipped one in these words, else a word to be replaced."""
    from pathlib import Path

    from equipoise.protocol.read import shipped_protocols

    if Path("protocol.yaml").is_file():
        return "protocol.yaml"
    return vocabulary if vocabulary in shipped_protocols() else "PROTOCOL"

"""`equipoise check` of a protocol: its words, and the example patients that stand beside it."""

from equipoise.cli.envelope import Envelope
from equipoise.cli.talk import say, show_findings, summary_of


def is_protocol(source: str) -> bool:
    """Whether a source is a protocol: a YAML file, or the name of a shipped one where no such file lies."""
    from pathlib import Path

    from equipoise.protocol.read import shipped_protocols

    if Path(source).suffix.lower() in (".yaml", ".yml"):
        return True
    return source in shipped_protocols() and not Path(source).exists()


def check_protocol(source: str, *, vocabulary: str | None, json: bool) -> int:
    """Read a protocol against its vocabulary and follow its example patients; return the exit code."""
    from pathlib import Path

    from equipoise.base.findings import Finding, Severity, worst
    from equipoise.emulate.examples import check_examples
    from equipoise.language.vocabulary import read_vocabulary
    from equipoise.protocol.read import read_examples, read_question

    named = Path(source) if Path(source).suffix else source
    protocol, words = read_question(named, None if vocabulary is None else read_vocabulary(vocabulary))
    examples = read_examples(named)
    findings: tuple[Finding, ...] = ()
    if examples is not None:
        findings = check_examples(protocol, words, examples)
    show_findings(findings)
    beside = "no example patients beside it" if examples is None else summary_of(findings)
    say(f"{protocol.title}: {len(protocol.strategies)} strategies; checked: {beside}")
    has_errors = worst(findings) is Severity.ERROR
    envelope = Envelope("check")
    envelope.add_findings(findings)
    envelope.next = "equipoise explain CODE" if has_errors else f"equipoise run {source} SOURCE"
    say(f"next: {envelope.next}")
    if json:
        envelope.done(ok=not has_errors)
    return 4 if has_errors else 0

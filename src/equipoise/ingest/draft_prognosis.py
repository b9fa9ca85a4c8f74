"""The prognostic table of a drafted protocol: baseline columns and markers that the sheet records."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from equipoise.language.outcome import OutcomeKind
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.word import PatientColumn

_BLOCK = re.compile(r"^prognosis:\n(?:[ \t]+.*\n)*\n?", re.MULTILINE)
_COVARIATE = re.compile(r"^    - \{name: .*?(?:feature|predicate): (?P<asked>.*)\n", re.MULTILINE)


def without_prognosis(text: str) -> str:
    """The text of a protocol without its prognostic table."""
    return _BLOCK.sub("", text)


def trimmed(
    text: str, vocabulary: Vocabulary, recorded: Collection[str], extra: Mapping[str, PatientColumn]
) -> str:
    """A protocol whose prognostic table asks only for what the sheet records, and for its own columns too.

    Parameters
    ----------
    text
        A shipped protocol; its covariates stand one a line.
    vocabulary
        Its words.
    recorded
        The words that the sheet fills.
    extra
        Baseline columns of the sheet that the vocabulary lacks.
    """
    block = _BLOCK.search(text)
    if block is None:
        return text
    known = {*vocabulary.patients, *vocabulary.records}

    def kept(line: re.Match[str]) -> str:
        words = known & set(re.findall(r"[a-z][a-z0-9_]*", line["asked"]))
        return line[0] if words & set(recorded) else ""

    # A comment stands above the covariate that it explains, and goes with it.
    old = re.sub(r"^ +#.*\n", "", block[0], flags=re.MULTILINE)
    new = _COVARIATE.sub(kept, old)
    if not _COVARIATE.search(new) and not extra:
        return without_prognosis(text)
    new = new.replace("  covariates:\n", "  covariates:\n" + "".join(_columns(extra)), 1)
    return text[: block.start()] + new + text[block.end() :]


def plain_prognosis(vocabulary: Vocabulary, recorded: Collection[str], outcomes: Sequence[str]) -> str:
    """A prognostic table of every recorded baseline column and marker; empty without any.

    Markers are measurements, and the events that no structure counts.
    """
    asked = [name for name in outcomes if vocabulary.outcomes[name].kind is not OutcomeKind.OCCUPANCY]
    baseline = {
        name: column
        for name, column in vocabulary.patients.items()
        if name in recorded and column.role == "baseline" and column.known_from == 0
    }
    markers = list(_markers(vocabulary, recorded))
    if not asked or not (baseline or markers):
        return ""
    return (
        "# Absolute risks and hazard ratios by what is known of a patient. Name cuts before you look; leave\n"
        "# out what you have no reason to ask about.\n"
        "prognosis:\n"
        f"  outcomes: [{', '.join(asked)}]\n"
        "  by_month: 24\n" + ("  landmarks_months: [3, 6]\n" if markers else "") + "  covariates:\n"
        f"{''.join(_columns(baseline))}{''.join(markers)}"
    )


def _columns(columns: Mapping[str, PatientColumn]) -> Iterator[str]:
    for name, column in columns.items():
        per = ", per: 10" if column.unit == "years" else ""
        yield f"    - {{name: {name}, feature: {{baseline: {name}}}{per}}}\n"


def _markers(vocabulary: Vocabulary, recorded: Collection[str]) -> Iterator[str]:
    counted = {arrow.on for structure in vocabulary.structures.values() for arrow in structure.arrows}
    for name in vocabulary.measurements:
        if name in recorded:
            yield f"    - {{name: {name}, feature: {{last: {name}}}}}\n"
    for name in vocabulary.events:
        if name in recorded and name not in counted:
            yield f"    - {{name: {name}, predicate: {{has: {name}}}}}\n"

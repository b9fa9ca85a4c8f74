"""Prognosis and naive comparisons of a drafted protocol: what the sheet records, and nothing else."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from equipoise.language.outcome import OutcomeKind
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.word import PatientColumn
from equipoise.language.words import number_words
from equipoise.protocol.read import read_protocol, shipped_protocols

TENS = ("years", "%")  # units of which one more is too little to ask about

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


def plain_naive(vocabulary: Vocabulary, recorded: Collection[str], outcomes: Sequence[str]) -> str:
    """The naive comparisons of the vocabulary's shipped protocol, as far as the sheet records them.

    Parameters
    ----------
    vocabulary
        Its words.
    recorded
        The words that the sheet fills.
    outcomes
        The outcomes of the drafted protocol.
    """
    if vocabulary.name not in shipped_protocols():
        return ""
    text = ""
    for one in read_protocol(vocabulary.name).naive_comparisons:
        asked = [name for name in one.outcomes if name in outcomes]
        if one.intervention in recorded and asked:
            text += (
                f"  - name: {one.name}\n    label: {one.label}\n    intervention: {one.intervention}\n"
                f"    outcomes: [{', '.join(asked)}]\n"
                f"    landmarks_months: [{', '.join(map(number_words, one.landmarks_months))}]\n"
            )
    return text and (
        "# Treated or not, as it is usually computed: each way says what is wrong with it.\n"
        f"naive_comparisons:\n{text}"
    )


def plain_prognosis(
    vocabulary: Vocabulary,
    recorded: Collection[str],
    outcomes: Sequence[str],
    one_sided: Collection[str] = (),
) -> str:
    """A prognostic table of every recorded baseline column and marker; empty without any.

    Markers are measurements, and the events that no structure counts.

    Parameters
    ----------
    vocabulary
        Its words.
    recorded
        The words that the sheet fills.
    outcomes
        The outcomes of the drafted protocol.
    one_sided
        Measurements of which the sheet only says on which side of the limit of detection they lie: they
        are asked as a comparison, since a slope would need a number.
    """
    asked = [name for name in outcomes if vocabulary.outcomes[name].kind is not OutcomeKind.OCCUPANCY]
    baseline = {
        name: column
        for name, column in vocabulary.patients.items()
        if name in recorded and column.role == "baseline" and column.known_from == 0
    }
    markers = list(_markers(vocabulary, recorded, one_sided))
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
        per = ", per: 10" if column.unit in TENS else ""
        yield f"    - {{name: {name}, feature: {{baseline: {name}}}{per}}}\n"


def _markers(vocabulary: Vocabulary, recorded: Collection[str], one_sided: Collection[str]) -> Iterator[str]:
    counted = {arrow.on for structure in vocabulary.structures.values() for arrow in structure.arrows}
    for name, word in vocabulary.measurements.items():
        limit = word.detection_limit if name in one_sided else None
        if name in recorded and limit is not None:
            label = json.dumps(f"{word.short or word.label} above {limit:g}", ensure_ascii=False)
            asked = f"{{last: {name}, ge: {limit:.1e}}}"
            yield f"    - {{name: {name}, label: {label}, predicate: {asked}}}\n"
        elif name in recorded:
            yield f"    - {{name: {name}, feature: {{last: {name}}}}}\n"
    for name in vocabulary.events:
        if name in recorded and name not in counted:
            yield f"    - {{name: {name}, predicate: {{has: {name}}}}}\n"

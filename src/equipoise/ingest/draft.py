"""From a guess to the files that `init` writes: mapping, protocol, and a vocabulary where it must grow."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources import files

from equipoise.base.document import write_document
from equipoise.ingest.aliases import aliases
from equipoise.ingest.draft_prognosis import plain_naive, plain_prognosis, trimmed, without_prognosis
from equipoise.ingest.guess import ColumnGuess, Guess
from equipoise.ingest.interpretation import limit_codes, used_word
from equipoise.ingest.mapping_text import MappingText
from equipoise.ingest.questions import questions
from equipoise.language.vocabulary import Vocabulary, shipped_vocabularies
from equipoise.language.word import PatientColumn
from equipoise.protocol.read import shipped_protocols

VOCABULARY_FILE = "vocabulary.yaml"
MAPPING_FILE = "mapping.yaml"
PROTOCOL_FILE = "protocol.yaml"


@dataclass(frozen=True, slots=True)
class Draft:
    """The files of a new study.

    Parameters
    ----------
    texts
        Text by file name.
    open_questions
        How many questions the mapping still holds under `doubtful`.
    """

    texts: Mapping[str, str]
    open_questions: int


def draft(guess: Guess, *, title: str, sheet: str | None = None) -> Draft:
    """Write down a guess; what is open stands under `doubtful`, and reading refuses it until it is answered.

    Parameters
    ----------
    guess
        The guess, with as many questions answered as a person answered.
    title
        Title of mapping and protocol, for example the file's name.
    sheet
        Sheet of the workbook that was looked at.

    Raises
    ------
    DataError
        D111 when no column can say when follow-up ended.
    """
    extra = _extra_columns(guess)
    shipped = guess.vocabulary.name in shipped_vocabularies() and not extra
    vocabulary = guess.vocabulary.name if shipped else VOCABULARY_FILE
    grown = _grown(guess.vocabulary, extra)
    asked = questions(guess)
    writer = MappingText(guess, {name: one for name, (one, _) in extra.items()}, vocabulary, title, sheet)
    columns = {name: column for name, (_, column) in extra.items()}
    texts = {MAPPING_FILE: writer.text(), PROTOCOL_FILE: _protocol(guess, grown, columns, vocabulary, title)}
    if not shipped:
        texts[VOCABULARY_FILE] = (
            f"# Copy of the vocabulary {guess.vocabulary.name} with the baseline columns of this sheet.\n"
            + write_document(grown)
        )
    return Draft(texts, len(asked))


def _extra_columns(guess: Guess) -> dict[str, tuple[ColumnGuess, PatientColumn]]:
    """Baseline columns of the sheet that the vocabulary lacks and that can only describe the time before."""
    table, extra = aliases(), dict[str, tuple[ColumnGuess, PatientColumn]]()
    for one in guess.columns:
        concept = one.concept
        if concept not in table.declarable or one.doubt is not None or one.column in guess.duplicates:
            continue
        if used_word(guess, one) is not None or concept in extra:
            continue
        cells = guess.profiles[one.column]
        label = concept.replace("_", " ").capitalize()
        if cells.codes and (cells.is_coded or not cells.is_number):
            values = {code: code for code in cells.codes}
            extra[concept] = (one, PatientColumn(type="category", label=label, values=values))
        elif cells.is_number:
            unit = "years" if concept == "age" else ""
            extra[concept] = (one, PatientColumn(type="quantity", label=label, unit=unit))
    return extra


def _grown(vocabulary: Vocabulary, extra: Mapping[str, tuple[ColumnGuess, PatientColumn]]) -> Vocabulary:
    patients = {**vocabulary.patients, **{name: column for name, (_, column) in extra.items()}}
    return vocabulary.model_copy(update={"patients": patients})


def _protocol(
    guess: Guess, vocabulary: Vocabulary, extra: Mapping[str, PatientColumn], name: str, title: str
) -> str:
    """The shipped protocol of the vocabulary if the sheet has all it asks for, else a plain one.

    The prognostic table is cut down to what the sheet has; it never decides which protocol is used.
    """
    recorded = {word for one in guess.columns if (word := used_word(guess, one)) is not None} | set(extra)
    one_sided = _one_sided(guess)
    if vocabulary.name not in shipped_protocols():
        return _plain_protocol(vocabulary, recorded, one_sided, name, title)
    shipped = files("equipoise.protocol") / "protocols" / f"{vocabulary.name}.yaml"
    text = shipped.read_text(encoding="utf-8")
    lines = "\n".join(line.partition("#")[0] for line in without_prognosis(text).splitlines())
    asked = set(vocabulary.records) & set(re.findall(r"[a-z][a-z0-9_]*", lines))
    if not asked <= recorded | set(vocabulary.terminal_events):
        return _plain_protocol(vocabulary, recorded, one_sided, name, title)
    own = trimmed(text, vocabulary, recorded, extra)
    return own.replace(f"vocabulary: {vocabulary.name}\n", f"vocabulary: {name}\n", 1)


def _one_sided(guess: Guess) -> set[str]:
    """Measurements of which every column only says on which side of the limit they lie."""
    says: dict[str, list[bool]] = {}
    for one in guess.columns:
        word = used_word(guess, one)
        if word is not None and word in guess.vocabulary.measurements and one.facet != "time":
            says.setdefault(word, []).append(limit_codes(guess, one.column, word) is not None)
    return {word for word, sides in says.items() if all(sides)}


def _plain_protocol(
    vocabulary: Vocabulary, recorded: Collection[str], one_sided: Collection[str], name: str, title: str
) -> str:
    """Everybody, from day 0, with the outcomes that begin where everybody begins."""
    alive = ", ".join(f"{{not_: {{has: {one}}}}}" for one in vocabulary.terminal_events)
    handled = "".join(
        f"  - {{event: {one}, handling: treatment_policy}}\n"
        for one in vocabulary.interventions
        if one in recorded
    )
    structure = next(iter(vocabulary.structures))
    begun = [
        one
        for one, outcome in vocabulary.outcomes.items()
        if vocabulary.structures[outcome.structure].start in outcome.follows
    ]
    outcomes = begun or list(vocabulary.outcomes)
    return (
        "# Written by `equipoise init`: everybody, from day 0. Every line is a choice; make it yours.\n"
        f"title: {json.dumps(title, ensure_ascii=False)}\n"
        f"vocabulary: {name}\n"
        "population:\n"
        "  label: all patients\n"
        "  all_of:\n"
        f"    - {{label: alive on day 0, predicate: {{all_of: [{alive}]}}}}\n"
        "time_zero: {kind: landmark, after: origin, day: 0}\n"
        f"structure: {structure}\n"
        f"outcomes: [{', '.join(outcomes)}]\n"
        f"intercurrent_events:{' []' if not handled else ''}\n{handled}"
        f"{plain_naive(vocabulary, recorded, outcomes)}"
        f"{plain_prognosis(vocabulary, recorded, outcomes, one_sided)}"
        "report: {every_months: 1, until_month: 60, at_months: [12, 24, 36, 60], level: 0.95}\n"
        "analysis: {variance: ij, interval: default, cluster: null, weight: null}\n"
        + "".join(_later_question(vocabulary, recorded, event) for event in vocabulary.events)
    )


def _later_question(vocabulary: Vocabulary, recorded: Collection[str], event: str) -> str:
    """The lines, as comments, of the question whose time zero is an event that opens further outcomes."""
    structure = next(iter(vocabulary.structures.values()))
    name = next(iter(vocabulary.structures))
    entered = [one.to for one in structure.arrows_from(structure.start) if one.on == event and not one.where]
    if event not in recorded or not entered or entered[0] in structure.absorbing:
        return ""
    answered = [
        one
        for one, outcome in vocabulary.outcomes.items()
        if outcome.structure == name and entered[0] in outcome.follows
    ]
    if all(structure.start in vocabulary.outcomes[one].follows for one in answered):
        return ""
    left = dict.fromkeys(one.on for one in structure.arrows_from(entered[0]))
    without = [one for one in left if one in recorded and one not in vocabulary.terminal_events]
    criteria = [
        f"{{predicate: {{has: {event}}}}}",
        *(f"{{predicate: {{not_: {{has: {one}}}}}}}" for one in without),
    ]
    lines = [
        f"Or of those with {vocabulary.label_of(event)}, from that day on (instead of the above):",
        "population:",
        f"  label: {json.dumps('patients with ' + vocabulary.label_of(event), ensure_ascii=False)}",
        "  all_of:",
        *(f"    - {one}" for one in criteria),
        f"time_zero: {{kind: event, of: {event}}}",
        f"outcomes: [{', '.join(answered)}]",
    ]
    return "".join(f"# {line}\n" for line in lines)

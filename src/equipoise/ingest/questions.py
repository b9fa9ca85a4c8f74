"""The open questions of a guess, and what an answer changes. Pure: the command line only asks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from equipoise.ingest.aliases import aliases
from equipoise.ingest.guess import ColumnGuess, Guess, word_of

ASKED = 5
YES, NO = ("1",), ("0",)
CENTURIES = (1930, 1950)
Kind = Literal["meaning", "role", "format", "unit", "century", "codes", "recode", "everybody"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer.

    Parameters
    ----------
    label
        As shown.
    values
        What it sets; the meaning depends on the question's kind.
    """

    label: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only a person can decide.

    Parameters
    ----------
    kind
        What is open.
    column
        The column it is about; empty for the whole sheet.
    text
        The question.
    choices
        The answers; the first is what the mapping says meanwhile.
    """

    kind: Kind
    column: str
    text: str
    choices: tuple[Choice, ...]


def questions(guess: Guess) -> tuple[Question, ...]:
    """Everything that is open, the most consequential first."""
    return (
        *_about_roles(guess),
        *_about_meanings(guess),
        *_about_times(guess),
        *_about_codes(guess),
        *_about_everybody(guess),
        *_about_categories(guess),
    )


def answered(guess: Guess, question: Question, choice: int) -> Guess:
    """Return the guess after an answer; the question is no longer open.

    Parameters
    ----------
    choice
        Position of the chosen answer.
    """
    values = question.choices[choice].values
    column = question.column
    match question.kind:
        case "meaning":
            old = guess.column(column)
            meant = values[0] if values else None
            new = ColumnGuess(column) if meant is None else replace(old, concept=meant, doubt=None, rivals=())
            settled = guess.with_column(new)
            return _only(settled, new) if meant is not None else settled
        case "role":
            return guess.with_column(ColumnGuess(values[1], values[0], "time"))
        case "format":
            return replace(guess, formats={**guess.formats, column: values[0]})
        case "unit":
            return replace(guess, unit=values[0])
        case "century":
            return replace(guess, century=int(values[0]))
        case "codes":
            yes = tuple(one for one in guess.profiles[column].codes if one in values)
            no = tuple(one for one in guess.profiles[column].codes if one not in values)
            return replace(guess, codes={**guess.codes, column: (yes, no)})
        case "recode":
            pairs = dict(zip(guess.profiles[column].codes, values, strict=False))
            if not pairs:
                return guess.with_column(ColumnGuess(column))
            return replace(guess, recodes={**guess.recodes, column: pairs})
        case "everybody":
            if not values:
                return guess.with_column(ColumnGuess(column))
            return replace(guess, everybody=(*guess.everybody, column))


def used_word(guess: Guess, one: ColumnGuess) -> str | None:
    """The vocabulary's word that a column would fill; None when the mapping does not read the column."""
    if one.concept is None:
        return None
    vocabulary, table = guess.vocabulary, aliases()
    for words in (vocabulary.events, vocabulary.interventions, vocabulary.measurements, vocabulary.patients):
        word = word_of(one.concept, words, table)
        if word is not None:
            return word
    return None


def indicator_codes(guess: Guess, column: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Codes of an indicator that mean yes and no: decided, or plain 0 and 1 or words; else None."""
    if column in guess.codes:
        return guess.codes[column]
    one, codes, table = guess.column(column), guess.profiles[column].codes, aliases()
    positive = {"yes", "dead"} if one.concept != "alive" else {"yes", "alive"}
    negative = {"no", "alive"} if one.concept != "alive" else {"no", "dead"}
    if one.concept == "vital_status":
        positive, negative = {"dead"}, {"alive"}
    elif set(codes) <= {"0", "1"}:
        yes, no = (YES, NO) if one.concept != "alive" else (NO, YES)
        return yes, no
    meant = {code: set(table.meanings_of(code)) for code in codes}
    if all(bool(words & positive) != bool(words & negative) for words in meant.values()):
        yes = tuple(code for code, words in meant.items() if words & positive)
        no = tuple(code for code, words in meant.items() if words & negative)
        return (yes, no) if one.concept != "alive" else (no, yes)
    return None


def category_codes(guess: Guess, column: str, word: str) -> dict[str, str] | None:
    """What the codes of a category mean in the vocabulary: the same, or known by name; else None."""
    if column in guess.recodes:
        return dict(guess.recodes[column])
    declared = guess.vocabulary.patients[word].values
    codes, table = guess.profiles[column].codes, aliases()
    if not declared or (codes and set(codes) <= set(declared)):
        return {}
    recode: dict[str, str] = {}
    for code in codes:
        meant = set(table.meanings_of(code)) & {"female", "male", "yes", "no"}
        fitting = [
            value
            for value, label in declared.items()
            if code.lower() in (value.lower(), label.lower())
            or meant & (set(table.meanings_of(value)) | set(table.meanings_of(label)))
        ]
        if len(fitting) != 1:
            return None
        recode[code] = fitting[0]
    return recode if codes else None


def _only(guess: Guess, chosen: ColumnGuess) -> Guess:
    """After a choice between columns of one meaning, the others lose it."""
    rivals = [
        one
        for one in guess.columns
        if (one.concept, one.facet, one.number) == (chosen.concept, chosen.facet, chosen.number)
        and one.column != chosen.column
        and one.doubt is not None
    ]
    for one in rivals:
        guess = guess.with_column(ColumnGuess(one.column))
    return guess


def _about_roles(guess: Guess) -> Iterator[Question]:
    if not guess.of("end", "time"):
        times = [
            one for one in guess.columns if one.facet == "time" and one.concept not in ("origin", "birth")
        ]
        listed = sorted(times, key=lambda one: -guess.profiles[one.column].share)
        if listed:
            choices = tuple(Choice(one.column, ("end", one.column)) for one in listed)
            yield Question("role", listed[0].column, "Which column says when follow-up ended?", choices)
    dates = [one.column for one in guess.columns if guess.profiles[one.column].is_date]
    if dates and not guess.of("origin", "time"):
        full = [name for name in dates if guess.profiles[name].share == 1] or dates
        label = guess.vocabulary.origin.label
        choices = tuple(Choice(name, ("origin", name)) for name in full)
        yield Question("role", full[0], f"Which date is day 0 ({label})?", choices)


def _about_meanings(guess: Guess) -> Iterator[Question]:
    for one in guess.columns:
        if one.doubt is None or one.concept is None or one.column in guess.duplicates:
            continue
        meanings = (one.concept, *one.rivals)
        choices = tuple(Choice(meant.replace("_", " "), (meant,)) for meant in meanings)
        text = f"Does column {one.column!r} mean {one.concept.replace('_', ' ')}? ({one.doubt})"
        yield Question("meaning", one.column, text, (*choices, Choice("none of these; leave it out")))


def _about_times(guess: Guess) -> Iterator[Question]:
    asked: set[tuple[str, ...]] = set()
    for one in guess.columns:
        formats = guess.profiles[one.column].formats
        if (
            one.facet == "time"
            and len(formats) > 1
            and one.column not in guess.formats
            and formats not in asked
        ):
            asked.add(formats)
            text = f"The dates in column {one.column!r} fit more than one format. Which is it?"
            yield Question("format", one.column, text, tuple(Choice(each, (each,)) for each in formats))
    if guess.unit is None:
        text = "In which unit are the times that are numbers?"
        units = ("days", "months", "weeks", "years")
        yield Question("unit", "", text, tuple(Choice(each, (each,)) for each in units))
    if guess.century is None and any("YYYY" not in each for each in guess.formats.values()):
        text = "Which years do two digits mean?"
        choices = tuple(Choice(f"{year} to {year + 99}", (str(year),)) for year in CENTURIES)
        yield Question("century", "", text, choices)


def _about_codes(guess: Guess) -> Iterator[Question]:
    for one in guess.columns:
        if one.facet != "indicator" or one.doubt is not None or one.column in guess.duplicates:
            continue
        status = one.concept in ("vital_status", "alive")
        if (not status and used_word(guess, one) is None) or indicator_codes(guess, one.column) is not None:
            continue
        codes = guess.profiles[one.column].codes
        what = "died" if status else one.concept
        text = f"Which code of column {one.column!r} says: {what}?"
        ordered = sorted(codes, reverse=True)
        if ordered:
            yield Question("codes", one.column, text, tuple(Choice(code, (code,)) for code in ordered))


def _about_everybody(guess: Guess) -> Iterator[Question]:
    """A time that is filled for everybody without an indicator may be a censoring time in most of them."""
    for one in guess.columns:
        word = used_word(guess, one)
        if one.facet != "time" or one.doubt is not None or word is None or one.column in guess.duplicates:
            continue
        has_indicator = any(other.number == one.number for other in guess.of(one.concept or "", "indicator"))
        if guess.profiles[one.column].share == 1 and not has_indicator and one.column not in guess.everybody:
            text = f"Column {one.column!r} is filled for everybody. Did everybody have it ({word})?"
            yes = Choice("yes", (word,))
            yield Question("everybody", one.column, text, (yes, Choice("no; leave it out")))


def _about_categories(guess: Guess) -> Iterator[Question]:
    for one in guess.columns:
        word = used_word(guess, one)
        if word is None or word not in guess.vocabulary.patients or one.doubt is not None:
            continue
        declared = guess.vocabulary.patients[word]
        if declared.type != "category" or category_codes(guess, one.column, word) is not None:
            continue
        codes, values = guess.profiles[one.column].codes, tuple(declared.values)
        orders = [values, tuple(reversed(values))] if len(codes) == len(values) == 2 else []
        choices = tuple(
            Choice(", ".join(f"{code} = {value}" for code, value in zip(codes, order, strict=True)), order)
            for order in orders
        )
        text = f"What do the codes of column {one.column!r} ({word}) mean?"
        yield Question("recode", one.column, text, (*choices, Choice("leave the column out")))

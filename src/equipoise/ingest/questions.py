"""The open questions of a guess, the most consequential first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from equipoise.ingest.aliases import aliases
from equipoise.ingest.guess import TIMED_ROLES, ColumnGuess, Guess, names_origin
from equipoise.ingest.interpretation import (
    CODED_MISSING,
    category_codes,
    declared_values,
    indicator_codes,
    indicator_of,
    limit_codes,
    used_word,
)
from equipoise.language.vocabulary import read_vocabulary

ASKED = 5
CENTURIES = (1930, 1950)
Kind = Literal[
    "vocabulary",
    "role",
    "meaning",
    "rivals",
    "format",
    "unit",
    "century",
    "codes",
    "everybody",
    "untimed",
    "measured",
    "missing",
    "recode",
]


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
        *_about_vocabulary(guess),
        *_about_roles(guess),
        *_about_meanings(guess),
        *_about_rivals(guess),
        *_about_times(guess),
        *_about_codes(guess),
        *_about_everybody(guess),
        *_about_untimed(guess),
        *_about_units(guess),
        *_about_missing(guess),
        *_about_categories(guess),
    )


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
    found = [one.column for one in guess.of("origin", "time")]
    sure = bool(found) and (found[0] in guess.confirmed or names_origin(found[0], guess.vocabulary))
    if dates and not sure:
        full = [name for name in dates if guess.profiles[name].share == 1] or dates
        label = guess.vocabulary.origin.label
        listed = list(dict.fromkeys([*found, *full]))
        choices = tuple(Choice(name, ("origin", name)) for name in listed)
        yield Question("role", listed[0], f"Which date is day 0 ({label})?", choices)


def _about_vocabulary(guess: Guess) -> Iterator[Question]:
    if guess.rivals:
        names = (guess.vocabulary.name, *guess.rivals)
        choices = tuple(Choice(f"{name}: {read_vocabulary(name).title}", (name,)) for name in names)
        yield Question("vocabulary", "", "Which vocabulary do the data speak?", choices)


def _about_meanings(guess: Guess) -> Iterator[Question]:
    for one in guess.columns:
        if one.doubt is None or one.concept is None or one.column in guess.duplicates:
            continue
        meanings = (one.concept, *one.rivals)
        if not any(_is_read(guess, replace(one, concept=meant)) for meant in meanings):
            continue
        choices = tuple(Choice(meant.replace("_", " "), (meant,)) for meant in meanings)
        text = f"Does column {one.column!r} mean {one.concept.replace('_', ' ')}? ({one.doubt})"
        yield Question("meaning", one.column, text, (*choices, Choice("none of these; leave it out")))


def _is_read(guess: Guess, one: ColumnGuess) -> bool:
    """Whether the mapping would read a column of this meaning."""
    return used_word(guess, one) is not None or (one.concept or "") in aliases().roles


def _about_rivals(guess: Guess) -> Iterator[Question]:
    """Two columns of one meaning that differ: one of them, or two records."""
    seen: set[tuple[str, str | None, int | None]] = set()
    for one in guess.columns:
        key = (one.concept or "", one.facet, one.number)
        read = used_word(guess, one) is not None or one.concept in TIMED_ROLES
        if key in seen or one.concept is None or one.doubt is not None or not read:
            continue
        seen.add(key)
        same = [
            other.column
            for other in guess.of(one.concept, one.facet)
            if other.number == one.number and other.doubt is None
        ]
        if len(same) < 2:
            continue
        choices = [Choice(name, (name,)) for name in same]
        if one.facet == "time" and aliases().group_of(one.concept) == "records":
            choices.append(Choice("all of them, each a record of its own", tuple(same)))
        listed = ", ".join(repr(name) for name in same)
        text = f"Columns {listed} all mean {one.concept.replace('_', ' ')}. Which is it?"
        yield Question("rivals", one.column, text, tuple(choices))


def _about_units(guess: Guess) -> Iterator[Question]:
    """A number whose unit the sheet does not state may be wrong by a factor."""
    vocabulary = guess.vocabulary
    for one in guess.columns:
        word = used_word(guess, one)
        if word is None or one.facet != "value" or one.doubt is not None or one.column in guess.confirmed:
            continue
        declared = vocabulary.measurements.get(word) or vocabulary.patients.get(word)
        unit = declared.unit if declared is not None else ""
        if unit in ("", "years") or one.column in guess.duplicates:
            continue
        limits = limit_codes(guess, one.column, word) if word in vocabulary.measurements else None
        if limits is not None:
            meant = ", ".join(f"{code} = {value}" for code, value in limits.items())
            text = f"Column {one.column!r} holds words; {word} is a number ({unit}). Is it {meant}?"
        else:
            text = f"Are the numbers of column {one.column!r} ({word}) in the unit {unit!r}?"
        yield Question("measured", one.column, text, (Choice("yes", (unit,)), Choice("no; leave it out")))


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
        codes = [code for code in guess.profiles[one.column].codes if code not in CODED_MISSING]
        what = "died" if status else one.concept
        text = f"Which code of column {one.column!r} says: {what}?"
        ordered = sorted(codes, reverse=True)
        if ordered:
            yield Question("codes", one.column, text, tuple(Choice(code, (code,)) for code in ordered))


def _about_untimed(guess: Guess) -> Iterator[Question]:
    """An indicator or a measurement without any time cannot be placed on the clock."""
    for one in guess.columns:
        word = used_word(guess, one)
        timeless = one.facet == "indicator" or (word in guess.vocabulary.measurements and one.number is None)
        if (
            not timeless
            or one.facet == "time"
            or one.doubt is not None
            or word is None
            or word in guess.vocabulary.terminal_events
        ):
            continue
        if not guess.of(one.concept or "", "time"):
            text = f"No column says when that was which {one.column!r} tells ({word}). It cannot be read"
            yield Question("untimed", one.column, text, (Choice("leave it out"),))


def _about_everybody(guess: Guess) -> Iterator[Question]:
    """A time that is filled for everybody without an indicator may be a censoring time in most of them."""
    for one in guess.columns:
        word = used_word(guess, one)
        if one.facet != "time" or one.doubt is not None or word is None or one.column in guess.duplicates:
            continue
        if (
            guess.profiles[one.column].share == 1
            and indicator_of(guess, one) is None
            and one.column not in guess.confirmed
        ):
            text = f"Column {one.column!r} is filled for everybody. Did everybody have it ({word})?"
            yes = Choice("yes", (word,))
            yield Question("everybody", one.column, text, (yes, Choice("no; leave it out")))


def _about_missing(guess: Guess) -> Iterator[Question]:
    """A number such as 99 may be a value or a code for missing."""
    for one in guess.columns:
        read = used_word(guess, one) is not None or one.concept in ("end", "origin_year")
        found = guess.profiles[one.column].sentinels
        if not read or not found or one.column in guess.missing or one.column in guess.duplicates:
            continue
        listed = " and ".join(found)
        text = f"Does {listed} in column {one.column!r} mean that the value is missing?"
        yield Question("missing", one.column, text, (Choice("yes", found), Choice("no, it is a value")))


def _about_categories(guess: Guess) -> Iterator[Question]:
    for one in guess.columns:
        word = used_word(guess, one)
        if word is None or word not in guess.vocabulary.patients or one.doubt is not None:
            continue
        declared = guess.vocabulary.patients[word]
        if not declared_values(declared) or category_codes(guess, one.column, word) is not None:
            continue
        codes, values = guess.profiles[one.column].codes, tuple(declared_values(declared))
        orders = [values, tuple(reversed(values))] if len(codes) == len(values) == 2 else []
        choices = tuple(
            Choice(", ".join(f"{code} = {value}" for code, value in zip(codes, order, strict=True)), order)
            for order in orders
        )
        text = f"What do the codes of column {one.column!r} ({word}) mean?"
        yield Question("recode", one.column, text, (*choices, Choice("leave the column out")))

"""What an answer changes in a guess. Pure: the command line only asks."""

from dataclasses import replace

from equipoise.ingest.guess import ColumnGuess, Guess
from equipoise.ingest.interpretation import CODED_MISSING
from equipoise.ingest.questions import Question
from equipoise.language.vocabulary import read_vocabulary


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
            after = _with_meaning(guess, column, values)
        case "role":
            after = _with_role(guess, *values)
        case "vocabulary":
            after = replace(guess, vocabulary=read_vocabulary(values[0]), rivals=())
        case "unit":
            after = replace(guess, unit=values[0])
        case "century":
            after = replace(guess, century=int(values[0]))
        case "missing":
            after = replace(guess, missing={**guess.missing, column: values})
        case "rivals":
            after = _after_rivals(guess, question, values)
        case _:
            after = _with_cells(guess, question, values)
    return after


def _with_role(guess: Guess, role: str, column: str) -> Guess:
    for other in guess.of(role, "time"):
        guess = guess.with_column(ColumnGuess(other.column))
    chosen = replace(guess.column(column), concept=role, facet="time", doubt=None, rivals=())
    return replace(guess.with_column(chosen), confirmed=(*guess.confirmed, column))


def _with_meaning(guess: Guess, column: str, values: tuple[str, ...]) -> Guess:
    if not values:
        return guess.with_column(ColumnGuess(column))
    return guess.with_column(replace(guess.column(column), concept=values[0], doubt=None, rivals=()))


def _after_rivals(guess: Guess, question: Question, values: tuple[str, ...]) -> Guess:
    """Keep one of several columns of one meaning, or number them as records of their own."""
    columns = [choice.values[0] for choice in question.choices if len(choice.values) == 1]
    for place, name in enumerate(columns, start=1):
        kept = replace(guess.column(name), number=place) if len(values) > 1 else ColumnGuess(name)
        if (name,) != values:
            guess = guess.with_column(kept)
    return guess


def _with_cells(guess: Guess, question: Question, values: tuple[str, ...]) -> Guess:
    """Take an answer about how the cells of a column are written; no value: the column is left out."""
    column = question.column
    if not values:
        return guess.with_column(ColumnGuess(column))
    codes = guess.profiles[column].codes
    match question.kind:
        case "format":
            return replace(guess, formats={**guess.formats, column: values[0]})
        case "codes":
            no = tuple(one for one in codes if one not in (*values, *CODED_MISSING))
            return replace(guess, codes={**guess.codes, column: (values, no)})
        case "recode":
            return replace(guess, recodes={**guess.recodes, column: dict(zip(codes, values, strict=True))})
        case _:
            return replace(guess, confirmed=(*guess.confirmed, column))

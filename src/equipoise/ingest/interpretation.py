"""What a guess makes of the cells: words of the vocabulary, codes of indicators and categories, pairs."""

from collections.abc import Mapping

from equipoise.ingest.aliases import aliases
from equipoise.ingest.column_profile import MOST_CODES
from equipoise.ingest.guess import CALENDAR_YEARS, ColumnGuess, Guess, word_of
from equipoise.language.word import PatientColumn

YES, NO = ("1",), ("0",)
YES_OR_NO = ("1", "0", "true", "false", "yes", "no", "y", "n")
CODED_MISSING = ("9", "88", "99", "-9")


def used_word(guess: Guess, one: ColumnGuess) -> str | None:
    """The vocabulary's word that a column would fill; None when the mapping does not read the column."""
    if one.concept is None:
        return None
    word = word_of(one.concept, guess.vocabulary, aliases())
    declared = guess.vocabulary.patients.get(word or "")
    # A calendar year is no number of years since some day.
    counted = declared is not None and declared.type == "quantity" and declared.unit == "years"
    calendar = guess.profiles[one.column].smallest >= CALENDAR_YEARS[0]
    return None if one.concept == "origin_year" and counted and calendar else word


def indicator_codes(guess: Guess, column: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Codes of an indicator that mean yes and no: decided, or plain 0 and 1 or words; else None."""
    if column in guess.codes:
        return guess.codes[column]
    one, codes, table = guess.column(column), guess.profiles[column].codes, aliases()
    positive = {"yes", "dead"} if one.concept != "alive" else {"yes", "alive"}
    negative = {"no", "alive"} if one.concept != "alive" else {"no", "dead"}
    if one.concept == "vital_status":
        positive, negative = {"dead"}, {"alive"}
    elif set(codes) - set(CODED_MISSING) <= {"0", "1"}:
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
    declared = declared_values(guess.vocabulary.patients[word])
    codes, table = guess.profiles[column].codes, aliases()
    plain = {*declared, *(YES_OR_NO if guess.vocabulary.patients[word].type == "boolean" else ())}
    if not declared or (codes and set(codes) <= plain):
        return {}
    recode: dict[str, str] = {}
    for code in codes:
        meanings = set(table.meanings_of(code))
        meant = meanings & {"female", "male", "yes", "no"}
        fitting = [
            value
            for value, label in declared.items()
            if code.lower() in (value.lower(), label.lower())
            or value in meanings
            or meant & (set(table.meanings_of(value)) | set(table.meanings_of(label)))
        ]
        if len(fitting) != 1:
            return None
        recode[code] = fitting[0]
    return recode if codes else None


def limit_codes(guess: Guess, column: str, word: str) -> dict[str, str] | None:
    """What negative and positive mean for a measurement that is a number: below and above its limit.

    None when the cells are no such words, or the vocabulary declares no limit of detection.
    """
    codes, limit = guess.profiles[column].codes, guess.vocabulary.measurements[word].detection_limit
    if guess.vocabulary.measurements[word].kind != "quantity" or limit is None or not codes:
        return None
    sign = {"negative": "<", "positive": ">"}
    meant = {code: [one for one in aliases().meanings_of(code) if one in sign] for code in codes}
    if any(len(words) != 1 for words in meant.values()):
        return None
    return {code: f"{sign[words[0]]}{limit:g}" for code, words in meant.items()}


def declared_values(column: PatientColumn) -> Mapping[str, str]:
    """Declared categories and their labels; of a yes or no, true and false."""
    return {"true": "yes", "false": "no"} if column.type == "boolean" else column.values


def indicator_of(guess: Guess, time: ColumnGuess) -> ColumnGuess | None:
    """The indicator of a time column: of the same concept and, if there are several, of the same number."""
    indicators = [one for one in guess.of(time.concept or "", "indicator") if one.doubt is None]
    if len(indicators) == 1 and len(guess.of(time.concept or "", "time")) == 1:
        return indicators[0]
    return next((one for one in indicators if one.number == time.number), None)


def end_candidates(guess: Guess) -> tuple[str, ...]:
    """Columns that may say when follow-up ended: times and unknown numbers, those filled for most first."""
    times = [
        one
        for one in guess.columns
        if (one.facet == "time" and one.concept not in ("origin", "birth"))
        or (one.concept is None and guess.profiles[one.column].distinct > MOST_CODES and _is_time(guess, one))
    ]
    groups = aliases()
    ordered = sorted(
        times,
        key=lambda one: (
            -guess.profiles[one.column].share,
            one.concept is not None and groups.group_of(one.concept) == "records",
            -guess.profiles[one.column].mean,
        ),
    )
    return tuple(one.column for one in ordered)


def _is_time(guess: Guess, one: ColumnGuess) -> bool:
    cells = guess.profiles[one.column]
    return cells.is_date or cells.is_number

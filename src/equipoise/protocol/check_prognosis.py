"""Whether a vocabulary can answer the prognostic table of a protocol."""

from collections.abc import Iterator

from equipoise.base.clock import months_to_days
from equipoise.language.feature import Baseline, value_type
from equipoise.language.outcome import OutcomeKind
from equipoise.language.problem import Problem, unknown_word
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.prognosis import Covariate, Prognosis
from equipoise.protocol.time_zero import ORIGIN, LandmarkTimeZero, TimeZero

SITE = "site"


def prognosis_problems(asked: Prognosis, time_zero: TimeZero, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Everything that the vocabulary has against the prognostic table; paths from the table on.

    Parameters
    ----------
    asked
        The prognostic table.
    time_zero
        The day on which baseline covariates are judged.
    vocabulary
        The words of the data source.
    """
    for position, name in enumerate(asked.outcomes):
        if name not in vocabulary.outcomes:
            yield unknown_word(("outcomes", position), name, vocabulary.outcomes, "an outcome")
        elif vocabulary.outcomes[name].kind is OutcomeKind.OCCUPANCY:
            found = f"{name!r} is an occupancy: people come back to it, so it has no hazard"
            yield Problem("P118", ("outcomes", position), found)
    latest = _latest_day(asked, time_zero)
    for position, covariate in enumerate(asked.covariates):
        for problem in covariate_problems(covariate, latest, vocabulary):
            yield problem.below("covariates", position)
    for position, name in enumerate(asked.strata):
        of_column = list(column_problems(name, vocabulary))
        yield from (problem.below("strata", position) for problem in of_column)
        if of_column:
            continue
        if name != SITE and not _known_at(time_zero, vocabulary.patients[name].known_from):
            found = f"{name!r} may become known only after time zero; comparing within it would look ahead"
            yield Problem("P118", ("strata", position), found)


def column_problems(name: str, vocabulary: Vocabulary) -> Iterator[Problem]:
    """A column of patients within which, or by which, they cannot be grouped; paths from its name on."""
    known = [SITE, *(one for one, word in vocabulary.patients.items() if word.role != "weight")]
    if name not in known:
        yield unknown_word((), name, known, "a column of patients")
    elif name != SITE and vocabulary.patients[name].type in ("quantity", "integer"):
        yield Problem("P118", (), f"{name!r} is a number; groups are categories")


def _known_at(time_zero: TimeZero, since: float | str) -> bool:
    """Whether a column is known on everybody's time zero."""
    if isinstance(since, str):
        return since == (time_zero.after if isinstance(time_zero, LandmarkTimeZero) else time_zero.of)
    if isinstance(time_zero, LandmarkTimeZero) and time_zero.after == ORIGIN:
        return since <= (time_zero.day if time_zero.window is None else time_zero.window[0])
    return since <= 0


def _latest_day(asked: Prognosis, time_zero: TimeZero) -> float:
    """Latest day (since the origin) on which a covariate is judged; infinity where the data decide it."""
    if not isinstance(time_zero, LandmarkTimeZero) or time_zero.after != ORIGIN:
        return float("inf")
    last = time_zero.day if time_zero.window is None else time_zero.window[1]
    return last + months_to_days(max(asked.landmarks_months, default=0.0))


def covariate_problems(covariate: Covariate, latest: float, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Unknown words, then what does not fit the kind of values; paths from the covariate on.

    Parameters
    ----------
    covariate
        What is asked about.
    latest
        Latest day, since the origin, on which it is judged; infinity where the data decide it.
    vocabulary
        The words of the data source.
    """
    part = "predicate" if covariate.feature is None else "feature"
    of_words = [problem.below(part) for problem in covariate.asked.problems(vocabulary)]
    yield from of_words
    if of_words:
        return
    kind, labels = ("boolean", None)
    if covariate.feature is not None:
        kind, labels = value_type(covariate.feature, vocabulary)
    if kind != "number" and covariate.cut:
        yield Problem("P118", ("cut",), f"{covariate.name!r} is no number; only numbers are cut")
    if kind != "number" and covariate.per != 1:
        yield Problem("P118", ("per",), f"{covariate.name!r} is no number; only numbers have a unit")
    if kind != "category" and covariate.reference:
        found = f"{covariate.name!r} is a {kind}; only categories choose a reference"
        yield Problem("P118", ("reference",), found)
    elif covariate.reference and labels is not None and covariate.reference not in labels:
        yield unknown_word(("reference",), covariate.reference, labels, f"a level of {covariate.name!r}")
    if isinstance(covariate.feature, Baseline):
        yield from _known_too_late(covariate.feature, latest, vocabulary)


def _known_too_late(feature: Baseline, latest: float, vocabulary: Vocabulary) -> Iterator[Problem]:
    """A column that is unknown on every day on which it would be judged."""
    since = vocabulary.patients[feature.column].known_from
    if isinstance(since, float | int) and since > latest:
        found = (
            f"{feature.column!r} is known from day {since:g} on, but covariates are judged on day {latest:g} "
            "at the latest; using it would look ahead"
        )
        yield Problem("P118", ("feature", "baseline"), found)

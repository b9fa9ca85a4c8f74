"""Statements about patients, read in the world: a predicate as a table over all that can be known."""

from typing import Final

import numpy as np
import numpy.typing as npt

from equipoise.base.codes import CODES
from equipoise.base.errors import ProtocolError
from equipoise.language.comparison import ORDERINGS, Comparison, Operator, Scalar, holds
from equipoise.language.feature import Baseline, Count, Has, Last
from equipoise.language.predicate import AllOf, AnyOf, Compare, Not, Predicate
from equipoise.language.vocabulary import Vocabulary
from equipoise.synth import state
from equipoise.synth.recorded import COLUMNS, NGS_THRESHOLD

Bool = npt.NDArray[np.bool_]

_CODES: Final = np.arange(1 << state.KNOWN_BITS)
_LOST = Comparison(op=Operator.EQ, value="lost")
_PRESENT = Comparison(op=Operator.EQ, value="present")
_ABOVE = Comparison(op=Operator.GE, value=NGS_THRESHOLD)
_BELOW = Comparison(op=Operator.LT, value=NGS_THRESHOLD)
_RECORDS: Final = {
    "bca_loss": (state.KNOWN_EVER_SEEN,),
    "maintenance": (state.KNOWN_MAINTENANCE,),
    "relapse": (state.KNOWN_RELAPSE,),
    "hct": (state.KNOWN_HCT, state.KNOWN_SALVAGE),
    "car_reinfusion": (state.KNOWN_REINFUSION,),
}


def truth_table(asked: Predicate, vocabulary: Vocabulary) -> Bool:
    """Whether a predicate holds, by what is known of a patient.

    Parameters
    ----------
    asked
        The predicate.
    vocabulary
        Its words, for the message.

    Returns
    -------
    bool[2^KNOWN_BITS]

    Raises
    ------
    ProtocolError
        P133 for something that is not simulated.
    """
    match asked:
        case AllOf():
            return np.logical_and.reduce([truth_table(part, vocabulary) for part in asked.all_of])
        case AnyOf():
            return np.logical_or.reduce([truth_table(part, vocabulary) for part in asked.any_of])
        case Not():
            return ~truth_table(asked.not_, vocabulary)
        case Has():
            found = _record(asked)
        case Compare():
            found = _comparison(asked)
    if found is None:
        words = asked.words(vocabulary)
        meaning = CODES["P133"]
        raise ProtocolError("P133", where="strategies", found=f"'{words}'", why=meaning.why, do=meaning.do)
    return found


def _bit(place: int) -> Bool:
    return (_CODES >> place) & 1 == 1


def _record(asked: Has) -> Bool | None:
    """Whether there is a record; None if that is not simulated."""
    if asked.within is not None:
        return None
    value = asked.where.get("value")
    if asked.record == "bca" and len(asked.where) == 1 and value == _LOST:
        return _bit(state.KNOWN_EVER_SEEN)
    if asked.record == "ngs_mrd" and len(asked.where) == 1 and value == _ABOVE:
        return _bit(state.KNOWN_EVER_NGS)
    if asked.where:
        return None
    if asked.record == "remission":
        return np.ones(_CODES.size, dtype=np.bool_)
    bits = _RECORDS.get(asked.record)
    return None if bits is None else np.logical_or.reduce([_bit(place) for place in bits])


def _comparison(asked: Compare) -> Bool | None:
    feature, comparison = asked.feature, asked.comparison
    match feature:
        case Baseline():
            return _column(feature.column, comparison)
        case Last(measurement="bca", within=None):
            lost = _bit(state.KNOWN_LOST)
            return lost if comparison == _LOST else ~lost if comparison == _PRESENT else None
        case Last(measurement="ngs_mrd", within=None):
            positive = _bit(state.KNOWN_NGS)
            return positive if comparison == _ABOVE else ~positive if comparison == _BELOW else None
        case Count(record="remission", within=None):
            numbers = np.where(_bit(state.KNOWN_SECOND), 2, 1)
            return _second_remission(comparison, numbers)
        case _:
            return None


def _second_remission(comparison: Comparison, numbers: npt.NDArray[np.int64]) -> Bool | None:
    """A number of remissions that tells one from more than one."""
    if not all(holds(comparison, number) for number in (2, 3, 9)) and any(
        holds(comparison, number) for number in (2, 3, 9)
    ):
        return None
    return np.array([holds(comparison, int(number)) for number in numbers], dtype=np.bool_)


def _column(name: str, comparison: Comparison) -> Bool | None:
    """A column of patients, if all values that stand for "no" (and for "yes") answer alike."""
    column = COLUMNS.get(name)
    if column is None:
        return None
    no, yes = _alike(comparison, column.no), _alike(comparison, column.yes or column.no)
    if no is None or yes is None:
        return None
    return np.where(_bit(column.bit), yes, no)


def _alike(comparison: Comparison, values: tuple[Scalar, ...]) -> bool | None:
    """What all values answer; None if they differ, or if a number between the ends is singled out."""
    ends = [value for value in values if isinstance(value, float)]
    wanted = comparison.value if isinstance(comparison.value, tuple) else (comparison.value,)
    singled_out = comparison.op not in ORDERINGS and any(
        min(ends) <= one <= max(ends) for one in wanted if ends and not isinstance(one, str)
    )
    answers = {holds(comparison, value) for value in values}
    return answers.pop() if len(answers) == 1 and not singled_out else None

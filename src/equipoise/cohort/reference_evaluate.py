"""The slow twin of `equipoise.cohort.evaluate`: one patient at a time, record by record.

Written from the definition, to be read by a clinician; it imports nothing from the fast implementation.
"""

import itertools
import math
from collections.abc import Iterable
from typing import Any

from equipoise.cohort.cohort import Cohort
from equipoise.language.comparison import Comparison, Scalar, holds
from equipoise.language.feature import AgeOfValue, Baseline, Count, DaysSince, Feature, First, Has, Last
from equipoise.language.predicate import AllOf, AnyOf, Compare, Not, Predicate

Record = dict[str, Any]
Answer = Scalar | None


def value_of(asked: Feature | Predicate, cohort: Cohort, patient: int, day: float) -> Answer:
    """Value of a feature or truth of a predicate for one patient by the end of a day; None when unknown."""
    if math.isnan(day):
        return None
    match asked:
        case AllOf():
            parts = [value_of(part, cohort, patient, day) for part in asked.all_of]
            return _decided(parts, by=False)
        case AnyOf():
            parts = [value_of(part, cohort, patient, day) for part in asked.any_of]
            return _decided(parts, by=True)
        case Not():
            part = value_of(asked.not_, cohort, patient, day)
            return None if part is None else not part
        case Compare():
            return _compared(asked, cohort, patient, day)
        case _:
            return _feature(asked, cohort, patient, day)


def _decided(parts: list[Answer], *, by: bool) -> bool | None:
    """Answer that one part decides by itself; without it unknown if a part is unknown."""
    if by in parts:
        return by
    return None if None in parts else not by


def _feature(asked: Feature | Has, cohort: Cohort, patient: int, day: float) -> Answer:
    match asked:
        case Baseline():
            return _baseline(asked.column, cohort, patient, day)
        case Last():
            last = _last(cohort, asked.measurement, patient, day, asked.within)
            return None if last is None else last["content"]
        case AgeOfValue():
            last = _last(cohort, asked.measurement, patient, day, None)
            return None if last is None else day - last["day"]
        case First():
            return _first(asked, cohort, patient, day)
        case Has() | Count() | DaysSince():
            return _from_records(asked, _records(cohort, asked.record, patient, day), day)


def _from_records(asked: Has | Count | DaysSince, records: list[Record], day: float) -> Answer:
    match asked:
        case Has():
            return any(_meets(record, asked.where) for record in _recent(records, day, asked.within))
        case Count():
            return float(len(_recent(records, day, asked.within)))
        case DaysSince():
            return day - max(record["day"] for record in records) if records else None


def _baseline(column: str, cohort: Cohort, patient: int, day: float) -> Answer:
    known_from = cohort.vocabulary.patients[column].known_from
    if isinstance(known_from, str):
        if not _records(cohort, known_from, patient, day):
            return None
    elif day < known_from:
        return None
    return cohort.patients[column][patient]


def _compared(asked: Compare, cohort: Cohort, patient: int, day: float) -> Answer:
    if isinstance(asked.feature, Last):
        last = _last(cohort, asked.feature.measurement, patient, day, asked.feature.within)
        return None if last is None else _truth(last, asked.comparison)
    value = _feature(asked.feature, cohort, patient, day)
    return None if value is None else holds(asked.comparison, value)


def _truth(record: Record, comparison: Comparison) -> bool | None:
    """Compare the content of a measurement; None when a value beyond a limit could answer both ways."""
    limit, bound = record["content"], record["bound"]
    if bound == "=" or isinstance(limit, str):
        return holds(comparison, limit)
    wanted = comparison.value if isinstance(comparison.value, tuple) else (comparison.value,)
    marks = sorted({limit, *(float(one) for one in wanted)})
    between = [(a + b) / 2 for a, b in itertools.pairwise(marks)]
    candidates = [marks[0] - 1, *marks, *between, marks[-1] + 1]
    possible = [one for one in candidates if (one < limit if bound == "<" else one > limit)]
    answers = {holds(comparison, one) for one in possible}
    return answers.pop() if len(answers) == 1 else None


def _last(cohort: Cohort, measurement: str, patient: int, day: float, within: float | None) -> Record | None:
    records = _recent(_records(cohort, measurement, patient, day), day, within)
    valued = [record for record in records if record["content"] is not None]
    return max(valued, key=lambda record: (record["day"], record["content"]), default=None)


def _first(asked: First, cohort: Cohort, patient: int, day: float) -> float | None:
    records = _records(cohort, asked.record, patient, day)
    for position, record in enumerate(records):
        if not _meets(record, asked.where):
            continue
        if asked.confirmed is None:
            return record["day"]
        following = records[position + 1 : position + 2]
        if any(
            _meets(one, asked.where) and 0 < one["day"] - record["day"] <= asked.confirmed
            for one in following
        ):
            return following[0]["day"]
    return None


def _records(cohort: Cohort, word: str, patient: int, day: float) -> list[Record]:
    """Records of a word that are known by the end of a day, in order."""
    found: list[Record] = []
    for table, column in (
        (cohort.measurements, "day"),
        (cohort.interventions, "start"),
        (cohort.events, "day"),
    ):
        for row in table.iter_rows(named=True):
            if row["patient"] == patient and row["name"] == word and row[column] <= day:
                found.append({**row, "day": row[column]})
    kind = cohort.vocabulary.measurements[word].kind if word in cohort.vocabulary.measurements else ""
    return [{**record, "content": record.get("state" if kind == "state" else "value")} for record in found]


def _recent(records: Iterable[Record], day: float, within: float | None) -> list[Record]:
    return [record for record in records if within is None or day - record["day"] <= within]


def _meets(record: Record, where: Any) -> bool:
    """Whether a record meets all conditions for certain; a missing detail meets none."""
    for name, comparison in where.items():
        if name == "value":
            if record["content"] is None or not _truth(record, comparison):
                return False
        elif record[name] is None or not holds(comparison, record[name]):
            return False
    return True

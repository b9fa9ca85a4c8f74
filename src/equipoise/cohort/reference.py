"""The slow twin of `equipoise.cohort.history`: one patient after another, one day after another.

Written from the definition, to be read by a clinician; it imports nothing from the fast implementation. Tests
demand that both agree on every cohort that they can think of.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from equipoise.cohort.cohort import Cohort
from equipoise.language.comparison import holds
from equipoise.language.structure import Structure
from equipoise.language.vocabulary import Vocabulary

Order = Callable[[str], tuple[int, str]]


@dataclass(frozen=True)
class Change:
    """A change of state on a day, and the word of the record that made it."""

    day: float
    word: str
    origin: str
    target: str


@dataclass(frozen=True)
class Course:
    """The course of one enrolled patient.

    Attributes
    ----------
    patient, time_zero
        Number of the patient; day of time zero.
    initial
        State at the end of the day of time zero.
    changes
        What happens later, in order.
    observed
        Periods (start, stop] under observation, as recorded.
    last_day
        Day on which follow-up ends at the latest.
    arrows
        Possible changes (from, to).
    """

    patient: int
    time_zero: float
    initial: str
    changes: tuple[Change, ...]
    observed: tuple[tuple[float, float], ...]
    last_day: float
    arrows: frozenset[tuple[str, str]]

    @property
    def leavable(self) -> frozenset[str]:
        """States that can be left; in the others nobody is at risk of anything."""
        return frozenset(origin for origin, _ in self.arrows)


@dataclass(frozen=True, order=True)
class Row:
    """Time at risk (start, stop] in a state, in ticks since time zero; `target` is empty without a change."""

    patient: int
    start: int
    stop: int
    origin: str
    target: str


def courses(cohort: Cohort, structure: Structure, time_zero: Sequence[float]) -> list[Course]:
    """Courses of the enrolled patients (those whose time zero is a number)."""
    return [
        _course(cohort, structure, patient, zero)
        for patient, zero in enumerate(time_zero)
        if not math.isnan(zero)
    ]


def _course(cohort: Cohort, structure: Structure, patient: int, zero: float) -> Course:
    order = same_day_order(cohort.vocabulary)
    terminal = {name for name, word in cohort.vocabulary.events.items() if word.terminal}
    records = [
        *({**one, "day": one["start"]} for one in _rows_of(cohort.interventions, patient)),
        *_rows_of(cohort.events, patient),
    ]
    records = [one for one in records if one["name"] in cohort.vocabulary.records]
    records.sort(key=lambda one: (one["day"], order(one["name"])))

    state = initial = structure.start
    changes: list[Change] = []
    last_day = float("inf")
    for record in records:
        entered = _follow(structure, state, record)
        if record["day"] <= zero:
            initial = entered
        elif entered != state:
            changes.append(Change(record["day"], record["name"], state, entered))
        state = entered
        if record["name"] in terminal:  # nothing follows
            last_day = record["day"]
            break
    observed = tuple((one["start"], one["stop"]) for one in _rows_of(cohort.observation, patient))
    arrows = frozenset((arrow.from_, arrow.to) for arrow in structure.arrows)
    return Course(patient, zero, initial, tuple(changes), observed, last_day, arrows)


def _follow(structure: Structure, state: str, record: Mapping[str, Any]) -> str:
    """State after a record: an arrow whose conditions hold, else the arrow without any, else no change."""
    plain = state
    for arrow in structure.arrows:
        if arrow.from_ != state or arrow.on != record["name"]:
            continue
        if not arrow.where:
            plain = arrow.to
        elif all(
            record[detail] is not None and holds(comparison, record[detail])
            for detail, comparison in arrow.where.items()
        ):
            return arrow.to
    return plain


def lump(
    group: Sequence[Course], groups: Mapping[str, Collection[str]], final: Collection[str] = ()
) -> list[Course]:
    """Merge states; a state in `final` is never left again."""
    name = {state: lumped for lumped, states in groups.items() for state in states}
    merged: list[Course] = []
    for course in group:
        pairs = {(name[origin], name[target]) for origin, target in course.arrows}
        arrows = frozenset((a, b) for a, b in pairs if a != b and a not in final)
        leavable = {a for a, _ in arrows}
        state, changes = name[course.initial], list[Change]()
        for change in course.changes:
            entered = name[change.target]
            if entered != state and state in leavable:
                changes.append(Change(change.day, change.word, state, entered))
                state = entered
        merged.append(replace(course, initial=name[course.initial], changes=tuple(changes), arrows=arrows))
    return merged


def stop_at(group: Sequence[Course], days: Sequence[float], before: str | None, order: Order) -> list[Course]:
    """End the follow-up of each patient on a day; changes that come after the word `before` do not count."""
    stopped: list[Course] = []
    for course in group:
        day = days[course.patient]
        if math.isnan(day):
            stopped.append(course)
            continue
        kept = tuple(
            change
            for change in course.changes
            if change.day < day
            or (change.day == day and (before is None or order(change.word) < order(before)))
        )
        stopped.append(replace(course, changes=kept, last_day=min(course.last_day, day)))
    return stopped


def divert(
    group: Sequence[Course], days: Sequence[float], state: str, before: str, order: Order
) -> list[Course]:
    """Send each patient into an absorbing state on a day, unless already in one."""
    diverted: list[Course] = []
    for course, stopped in zip(group, stop_at(group, days, before, order), strict=True):
        day, changes = days[course.patient], stopped.changes
        now = changes[-1].target if changes else course.initial
        if not math.isnan(day) and now in course.leavable:
            changes = (*changes, Change(day, before, now, state))
        arrows = course.arrows | {(origin, state) for origin in course.leavable}
        diverted.append(replace(course, changes=changes, arrows=arrows))
    return diverted


def rows(group: Sequence[Course], resolution: float) -> list[Row]:
    """Time at risk of each patient, found by looking at every day after time zero."""
    return sorted(row for course in group for row in _rows_at_risk(course, resolution))


def _rows_at_risk(course: Course, resolution: float) -> list[Row]:
    found: list[Row] = []
    state, since = course.initial, None  # `since`: tick from which the patient is at risk in `state`
    last = max((stop for _, stop in course.observed), default=course.time_zero)
    for unit in range(1, round((last - course.time_zero) / resolution) + 2):
        day, tick = course.time_zero + unit * resolution, 2 * unit
        seen = any(start < day <= stop for start, stop in course.observed) and day <= course.last_day
        if seen and since is None:  # yesterday was time zero, or the end of a day not under observation
            since = 0 if unit == 1 else tick - 1
        if not seen and since is not None:
            found.append(Row(course.patient, since, tick - 1, state, ""))
            since = None
        for moment, entered in _entered_on(course, state, day, tick):
            if since is not None:
                found.append(Row(course.patient, since, moment, state, entered))
                since = moment
            state = entered
    return [row for row in found if row.start < row.stop and row.origin in course.leavable]


def _entered_on(course: Course, state: str, day: float, tick: int) -> list[tuple[int, str]]:
    """States entered on a day: the first on its tick, the rest together half a tick later."""
    today = [change.target for change in course.changes if abs(change.day - day) < 1e-9]
    if len(today) < 2 or today[0] == today[-1]:
        return [(tick, today[0])] if today else []
    return [(tick, today[0]), (tick + 1, today[-1])]


def same_day_order(vocabulary: Vocabulary) -> Order:
    """Sort key of words on one day: the vocabulary's rank, then the name."""
    return lambda word: (vocabulary.same_day_rank(word), word)


def _rows_of(frame: Any, patient: int) -> list[dict[str, Any]]:
    return [row for row in frame.iter_rows(named=True) if row["patient"] == patient]

"""Event histories: the counting-process view of a cohort, from one time zero a patient.

A history keeps the path of each patient and the windows under observation, and derives the rows from them, so
that lumping states or ending follow-up acts on what happened and not on rows that were already cut.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import NO_TARGET, Clock
from equipoise.base.findings import Finding, finding
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.grid import ticks_on_grid
from equipoise.cohort.moves import Moves, follow_arrows, timeline
from equipoise.cohort.order import precedence
from equipoise.cohort.path import Path, at_risk_rows, is_observed
from equipoise.cohort.windows import Windows, observed_windows
from equipoise.kernels.rows import Rows
from equipoise.language.structure import Structure

Int16 = NDArray[np.int16]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

NOT_ENROLLED = -1
NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class History:
    """Course of enrolled patients through the states of a structure.

    Attributes
    ----------
    rows
        Person-time at risk for the kernels, on the clock t = day - time zero, in ticks.
    state_names
        Names of the states, in clinical order.
    absorbing
        bool[S], states that nobody leaves; time spent in them makes no row.
    arrows
        Possible moves as pairs of state numbers.
    resolution
        Days in a unit (two ticks).
    time_zero
        float64[n], day of time zero; NaN for patients who are not enrolled.
    initial_state
        int16[n], state at the end of the day of time zero; -1 for patients who are not enrolled.
    path
        Every change of state after time zero, under observation or not.
    windows
        When patients are under observation after time zero.
    weight
        float64[n], case weight; a patient of weight 0 has no rows.
    places
        Place of each word in the order of one day.
    findings
        What was noticed on the way.
    """

    rows: Rows
    state_names: tuple[str, ...]
    absorbing: Bool
    arrows: tuple[tuple[int, int], ...]
    resolution: float
    time_zero: Float64
    initial_state: Int16
    path: Path
    windows: Windows
    weight: Float64
    places: Mapping[str, int]
    findings: tuple[Finding, ...] = ()

    def __repr__(self) -> str:
        """Sizes only, nothing about a patient."""
        enrolled = int(self.enrolled.sum())
        return f"History({enrolled} patients, {self.rows.size} rows, {len(self.state_names)} states)"

    @property
    def clock(self) -> Clock:
        """Clock of the rows."""
        return Clock(self.resolution)

    @property
    def enrolled(self) -> Bool:
        """Who is enrolled, bool[n]."""
        return self.initial_state != NOT_ENROLLED

    def index(self, state: str) -> int:
        """Number of a state."""
        return self.state_names.index(state)

    def lump(self, groups: Mapping[str, Sequence[str]], *, final: Sequence[str] = ()) -> "History":
        """Merge states; moves inside a group disappear.

        Parameters
        ----------
        groups
            States by the name of their group, in the wanted order; every state in exactly one group.
        final
            Groups that count as never left again once entered (a first event).

        Raises
        ------
        ValueError
            If the groups are not a partition of the states, or `final` names something else.
        """
        listed = [state for states in groups.values() for state in states]
        if sorted(listed) != sorted(self.state_names):
            missing = [state for state in self.state_names if state not in listed]
            unknown = [state for state in listed if state not in self.state_names]
            twice = sorted({state for state in listed if listed.count(state) > 1})
            raise ValueError(
                f"the groups are not a partition of the states {self.state_names}: "
                f"missing {missing}, unknown {unknown}, twice {twice}"
            )
        if not set(final) <= set(groups):
            raise ValueError(f"final groups {tuple(final)} are not among {tuple(groups)}")
        names = tuple(groups)
        number = np.empty(len(self.state_names), dtype=np.int16)
        for group, states in enumerate(groups.values()):
            number[[self.index(state) for state in states]] = group
        arrows = tuple(
            sorted(
                {
                    (int(number[a]), int(number[b]))
                    for a, b in self.arrows
                    if number[a] != number[b] and names[number[a]] not in final
                }
            )
        )
        initial = np.where(self.enrolled, number[self.initial_state], NOT_ENROLLED).astype(np.int16)
        absorbing = _absorbing(arrows, len(names))
        return _with_rows(
            replace(
                self,
                state_names=names,
                absorbing=absorbing,
                arrows=arrows,
                initial_state=initial,
                path=self.path.relabelled(number).until(absorbing),
            )
        )

    def stop_at(self, day: float | Float64, *, before: str | None = None) -> "History":
        """End follow-up on a day (censoring).

        Parameters
        ----------
        day
            Day since the vocabulary's origin, for all or one a patient, shape (n,); NaN: no end. Without
            `before`, a day between two points of the grid means the point before it.
        before
            Word whose record ends the follow-up on that day. What the same-day order puts before it still
            counts; what comes after it does not. None: everything of that day counts. Either way
            the patient is at risk until the end of the day.
        """
        tick = self._ticks(day, floor=before is None)
        kept = self._precedes(tick, before)
        return _with_rows(replace(self, path=self.path.take(kept), windows=self.windows.cut(tick + 1)))

    def divert(self, day: float | Float64, state: str, *, before: str) -> "History":
        """Send patients into an absorbing state on a day, unless they already are in one.

        With a new name as `state` this makes a competing end; with the name of a failing state a composite.

        Parameters
        ----------
        day
            Day since the vocabulary's origin, for all or one a patient, shape (n,), after time zero;
            NaN: never.
        state
            Name of an absorbing state, or a new name, which is added as the last state.
        before
            Word whose record sends them there; see `stop_at`.

        Raises
        ------
        ValueError
            If `state` can be left, or a day is not after time zero.
        """
        tick = self._ticks(day, floor=False)
        if bool(np.any(tick[self.enrolled] <= 0)):
            raise ValueError("patients can only be diverted after time zero")
        names = self.state_names if state in self.state_names else (*self.state_names, state)
        target = names.index(state)
        absorbing = np.append(self.absorbing, np.ones(len(names) - self.absorbing.size, dtype=np.bool_))
        if not absorbing[target]:
            raise ValueError(f"state {state!r} can be left, so nobody can be sent there for good")
        path = self.path.take(self._precedes(tick, before))
        origin = path.last_state(self.initial_state)
        sent = np.flatnonzero(self.enrolled & (tick < NEVER) & ~absorbing[origin])
        diversion = Path(
            sent.astype(np.int32),
            tick[sent].astype(np.int32),
            np.full(sent.size, self.places[before], dtype=np.int32),
            origin[sent],
            np.full(sent.size, target, dtype=np.int16),
        )
        arrows = {*self.arrows, *((a, target) for a in range(len(names)) if not absorbing[a])}
        return _with_rows(
            replace(
                self,
                state_names=names,
                absorbing=absorbing,
                arrows=tuple(sorted(arrows)),
                path=path.followed_by(diversion),
            )
        )

    def with_weight(self, weight: Float64) -> "History":
        """Give each patient a case weight, shape (n,), >= 0; patients of weight 0 have no rows."""
        if weight.shape != self.initial_state.shape or not bool(np.all(np.isfinite(weight) & (weight >= 0))):
            raise ValueError("one finite, non-negative weight a patient is needed")
        return _with_rows(replace(self, weight=weight.astype(np.float64)))

    def unweighted(self) -> "History":
        """The same with weight 1 for everybody: who went where, also of patients who weigh nothing."""
        return self.with_weight(np.ones(self.weight.size))

    def intervals(self) -> pl.DataFrame:
        """Rows in words: columns patient, start, stop (days since time zero), state, next (null: none)."""
        names = pl.Series([*self.state_names, None], dtype=pl.String())
        following = np.where(self.rows.target == NO_TARGET, len(self.state_names), self.rows.target)
        return pl.DataFrame(
            {
                "patient": self.rows.patient,
                "start": self.clock.days(self.rows.start),
                "stop": self.clock.days(self.rows.stop),
                "state": names.gather(self.rows.origin.astype(np.int64)),
                "next": names.gather(following.astype(np.int64)),
            }
        )

    def _ticks(self, day: float | Float64, *, floor: bool) -> Int64:
        """Even ticks since time zero, shape (n,); NEVER for patients without a day."""
        days = np.broadcast_to(np.asarray(day, dtype=np.float64), self.time_zero.shape)
        ticks = np.full(self.time_zero.shape, NEVER, dtype=np.int64)
        due = np.isfinite(days) & self.enrolled
        if floor:
            days = np.floor(days / self.resolution + 1e-9) * self.resolution
        ticks[due] = ticks_on_grid(days[due], self.clock, "end of follow-up") - ticks_on_grid(
            self.time_zero[due], self.clock, "time zero"
        )
        return ticks

    def _precedes(self, tick: Int64, before: str | None) -> Bool:
        """Which moves happen before the record of a word on a day (None: by the end of that day)."""
        limit = tick[self.path.patient]
        earlier = self.path.tick < limit
        today = self.path.tick == limit
        return (
            earlier | today if before is None else earlier | (today & (self.path.place < self.places[before]))
        )


def event_history(cohort: Cohort, structure: Structure | str, *, time_zero: float | Float64) -> History:
    """Follow patients through a structure from time zero.

    The state at time zero is what all records up to the end of that day lead to; patients are at risk from
    there on while under observation. What happens before a late entry or in a gap changes the state and is
    not counted. A second move on one day lies half a tick later; further moves of that day merge into it.
    Nothing follows a terminal event.

    Parameters
    ----------
    cohort
        The cohort.
    structure
        A structure, or the name of one in the cohort's vocabulary.
    time_zero
        Day of time zero, for all or one a patient, shape (n,); NaN for patients who are not enrolled.

    Raises
    ------
    DataError
        D203 when a day that matters lies off the grid of the vocabulary's resolution.
    """
    if isinstance(structure, str):
        structure = cohort.vocabulary.structures[structure]
    zero = cohort.per_patient(time_zero)
    clock = Clock(cohort.vocabulary.resolution)
    moves = follow_arrows(timeline(cohort), structure, cohort.n)
    initial = _state_at_time_zero(moves, zero, structure)
    path = _path_after(moves, zero, clock)
    windows = observed_windows(cohort, zero, clock)
    arrows = tuple(
        sorted({(structure.index(arrow.from_), structure.index(arrow.to)) for arrow in structure.arrows})
    )
    absorbing = _absorbing(arrows, len(structure.state_names))
    weight = np.ones(cohort.n)
    return History(
        rows=at_risk_rows(path, windows, initial, absorbing, weight),
        state_names=structure.state_names,
        absorbing=absorbing,
        arrows=arrows,
        resolution=clock.resolution,
        time_zero=zero,
        initial_state=initial,
        path=path,
        windows=windows,
        weight=weight,
        places=precedence(cohort.vocabulary),
        findings=tuple(_findings(path, windows, initial, absorbing)),
    )


def _with_rows(history: History) -> History:
    rows = at_risk_rows(
        history.path, history.windows, history.initial_state, history.absorbing, history.weight
    )
    return replace(history, rows=rows)


def _absorbing(arrows: tuple[tuple[int, int], ...], states: int) -> Bool:
    absorbing = np.ones(states, dtype=np.bool_)
    absorbing[[origin for origin, _ in arrows]] = False
    return absorbing


def _state_at_time_zero(moves: Moves, zero: Float64, structure: Structure) -> Int16:
    """State at the end of the day of time zero; -1 for patients who are not enrolled."""
    state = np.full(zero.size, structure.index(structure.start), dtype=np.int16)
    past = moves.take(moves.day <= zero[moves.patient])
    # The moves are in order, and the last one written stays.
    state[past.patient] = past.target
    state[np.isnan(zero)] = NOT_ENROLLED
    return state


def _path_after(moves: Moves, zero: Float64, clock: Clock) -> Path:
    later = moves.take(moves.day > zero[moves.patient])
    ticks = ticks_on_grid(later.day, clock, "interventions and events") - ticks_on_grid(
        zero[later.patient], clock, "time zero"
    )
    return Path(later.patient, ticks.astype(np.int32), later.place, later.origin, later.target)


def _findings(path: Path, windows: Windows, initial: Int16, absorbing: Bool) -> list[Finding]:
    placed, merged = path.on_half_ticks()
    unseen = placed.patient[~is_observed(placed, windows)]
    ended = int(absorbing[initial[initial != NOT_ENROLLED]].sum())
    found: list[Finding] = []
    if merged:
        moves = "1 move was" if merged == 1 else f"{merged} moves were"
        message = f"{moves} merged into an earlier one of the same patient and day"
        found.append(finding("D215", "history", message))
    if unseen.size:
        moves = "1 move happens" if unseen.size == 1 else f"{unseen.size} moves happen"
        message = f"{moves} while the patient is not under observation; the state changes, nothing is counted"
        found.append(finding("D216", "history", message, patients=int(np.unique(unseen).size)))
    if ended:
        patients = "1 patient is" if ended == 1 else f"{ended} patients are"
        message = f"{patients} in a state that nobody leaves at time zero, and never at risk"
        found.append(finding("D217", "history", message, patients=ended))
    return found

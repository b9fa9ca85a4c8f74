"""Paths: changes of state after time zero in ticks, and the rows at risk that follow from them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.base.clock import NO_TARGET
from equipoise.cohort.windows import Windows
from equipoise.kernels.rows import Rows

Int16 = NDArray[np.int16]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Path:
    """Changes of state after time zero, sorted by patient and then as they happened.

    Attributes
    ----------
    patient : int32[M]
    tick : int32[M], even tick of the day since time zero, > 0
    place : int32[M], place of the record's word in the order of one day
    origin, target : int16[M], states left and entered, different
    """

    patient: Int32
    tick: Int32
    place: Int32
    origin: Int16
    target: Int16

    @property
    def size(self) -> int:
        """Number of moves."""
        return self.patient.size

    def take(self, chosen: Bool | Int64) -> "Path":
        """The chosen moves, in the order of the choice."""
        return Path(
            self.patient[chosen],
            self.tick[chosen],
            self.place[chosen],
            self.origin[chosen],
            self.target[chosen],
        )

    def relabelled(self, number: Int16) -> "Path":
        """States renumbered; moves from a state to itself disappear."""
        moves = Path(self.patient, self.tick, self.place, number[self.origin], number[self.target])
        return moves.take(moves.origin != moves.target)

    def until(self, absorbing: Bool) -> "Path":
        """Moves out of absorbing states (and whatever follows them) left out."""
        absorbed_before = np.cumsum(absorbing[self.target]) - absorbing[self.target]
        first = _first_of(self.patient)
        return self.take((absorbed_before == absorbed_before[first]) & ~absorbing[self.origin[first]])

    def last_state(self, initial: Int16) -> Int16:
        """State of each patient after all moves, shape (patients,)."""
        state = initial.copy()
        is_last = np.append(self.patient[1:] != self.patient[:-1], True)[: self.size]
        state[self.patient[is_last]] = self.target[is_last]
        return state

    def followed_by(self, more: "Path") -> "Path":
        """Both paths in one; `more` holds moves that come after all moves of the same patient."""
        order = np.argsort(np.concatenate((self.patient, more.patient)), kind="stable")
        return Path(
            np.concatenate((self.patient, more.patient)),
            np.concatenate((self.tick, more.tick)),
            np.concatenate((self.place, more.place)),
            np.concatenate((self.origin, more.origin)),
            np.concatenate((self.target, more.target)),
        ).take(order)

    def on_half_ticks(self) -> tuple["Path", int]:
        """The second move of a patient on one day half a tick later, further ones merged into it.

        Returns
        -------
        Path
            At most two moves a patient and day. A merged move that leads back to where it started disappears.
        int
            Number of moves that were merged into an earlier one.
        """
        if not self.size:
            return self, 0
        position = np.arange(self.size)
        opens = _opens(self.patient) | _opens(self.tick)
        first = position[opens][np.cumsum(opens) - 1]
        within = position - first
        last = np.append(position[opens][1:] - 1, self.size - 1)[np.cumsum(opens) - 1]
        target = np.where(within == 1, self.target[last], self.target)
        placed = Path(
            self.patient, self.tick + (within > 0).astype(np.int32), self.place, self.origin, target
        )
        return placed.take((within <= 1) & (placed.origin != placed.target)), int((within > 1).sum())


def is_observed(path: Path, windows: Windows) -> Bool:
    """Which moves happen inside a window ``(start, stop]``, bool[M]."""
    window = _window_before(path, windows)
    known = np.maximum(window, 0)
    if not windows.patient.size:
        return np.zeros(path.size, dtype=np.bool_)
    return (window >= 0) & (windows.patient[known] == path.patient) & (path.tick <= windows.stop[known])


def at_risk_rows(path: Path, windows: Windows, initial: Int16, absorbing: Bool, weight: Float64) -> Rows:
    """Person-time at risk: the windows split at the observed moves.

    A move outside the windows changes the state and is not counted. Time in an absorbing state makes no row.

    Parameters
    ----------
    initial
        int16[n], state of each patient at tick 0.
    absorbing
        bool[S], states that nobody leaves.
    weight
        float64[n], case weight; patients of weight 0 make no rows.
    """
    moves, _ = path.on_half_ticks()
    inside = is_observed(moves, windows)
    window = _window_before(moves, windows)[inside]
    event = moves.take(inside)
    continues = ~_opens(window)
    begin = windows.start[window]
    begin[continues] = event.tick[np.flatnonzero(continues) - 1]

    last = windows.start.copy()
    is_last = np.append(_opens(window)[1:], True)[: window.size]
    last[window[is_last]] = event.tick[is_last]
    state = _state_at(moves, windows.patient, last, initial)
    tail = (last < windows.stop) & ~absorbing[state]

    patient = np.concatenate((event.patient, windows.patient[tail]))
    start = np.concatenate((begin, last[tail]))
    stop = np.concatenate((event.tick, windows.stop[tail]))
    origin = np.concatenate((event.origin, state[tail]))
    target = np.concatenate((event.target, np.full(int(tail.sum()), NO_TARGET, dtype=np.int16)))
    load = weight[patient]
    kept = load > 0
    return Rows.build(
        patient[kept],
        start[kept],
        stop[kept],
        origin[kept],
        target[kept],
        load[kept],
        states=absorbing.size,
        patients=initial.size,
    )


def _state_at(moves: Path, patient: Int32, tick: Int32, initial: Int16) -> Int16:
    """State of patients right after ticks."""
    before = np.searchsorted(_key(moves.patient, moves.tick), _key(patient, tick), side="right") - 1
    if not moves.size:
        return initial[patient]
    known = np.maximum(before, 0)
    moved = (before >= 0) & (moves.patient[known] == patient)
    return np.where(moved, moves.target[known], initial[patient])


def _window_before(moves: Path, windows: Windows) -> Int64:
    """Last window that starts before each move; -1 for none."""
    return (
        np.searchsorted(_key(windows.patient, windows.start), _key(moves.patient, moves.tick), side="left")
        - 1
    )


def _key(patient: Int32, tick: Int32) -> Int64:
    """One sortable number for patient and tick (ticks are not negative)."""
    return (patient.astype(np.int64) << 32) + tick


def _opens(values: NDArray[np.integer]) -> Bool:
    """Where a value differs from the one before it; the first always does."""
    return np.append(True, values[1:] != values[:-1])[: values.size]


def _first_of(patient: Int32) -> Int64:
    """Position of the first move of the patient of each move."""
    opens = _opens(patient)
    return np.flatnonzero(opens)[np.cumsum(opens) - 1]

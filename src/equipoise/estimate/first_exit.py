"""Time to the first exit from a set of states: what survival and cumulative incidence are computed from.

Leaving is counted once, on the day it happens: half-ticks, which only keep the order of a patient's own
records, are folded into their day, so that curves equal those of any software that works in days. Day 0 keeps
its half-tick, because a row ``(0, 0]`` would be empty.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.kernels.rows import NO_TARGET, Rows

CENSORED = 0


@dataclass(frozen=True, slots=True)
class FirstExit:
    """Spells ``(start, stop]`` inside the states, ending in a cause of exit or in none.

    Attributes
    ----------
    patient : int32[N]; start, stop : int32[N], ticks
    cause : int16[N], 0 = no exit at `stop`, c = exit for causes[c - 1]
    weight : float64[N]
    final : bool[N], whether it is the last spell of its patient
    causes : labels of the causes
    patients : how many patients there are in the cohort (some have no spell)
    n : patients with a spell
    """

    patient: NDArray[np.int32]
    start: NDArray[np.int32]
    stop: NDArray[np.int32]
    cause: NDArray[np.int16]
    weight: NDArray[np.float64]
    final: NDArray[np.bool_]
    causes: tuple[str, ...]
    patients: int
    n: int

    @property
    def delayed(self) -> bool:
        """Whether anybody enters late or has a gap."""
        return bool((self.start > 0).any())

    def rows(self) -> Rows:
        """The star-shaped structure: state 0 = still inside, state c = out by cause c."""
        target = np.where(self.cause == CENSORED, NO_TARGET, self.cause).astype(np.int16)
        return Rows.build(
            self.patient,
            self.start,
            self.stop,
            np.zeros(self.patient.size, dtype=np.int16),
            target,
            self.weight,
            states=1 + len(self.causes),
            patients=self.patients,
        )

    def all_causes(self) -> "FirstExit":
        """The same with one cause, exit of whatever kind."""
        return self._with(np.minimum(self.cause, 1).astype(np.int16), ("exit",))

    def only(self, cause: int) -> "FirstExit":
        """The same with all other causes counted as censored: the net view, biased for probabilities."""
        return self._with((self.cause == cause).astype(np.int16), (self.causes[cause - 1],))

    def of_causes(self, number: int) -> "FirstExit":
        """The same without the causes beyond the first few, which must not occur."""
        if bool((self.cause > number).any()):
            raise ValueError(f"a cause beyond the first {number} occurs")
        return self._with(self.cause, self.causes[:number])

    def reversed(self) -> "FirstExit":
        """Loss to observation as the event, exits as censored (Schemper and Smith 1996)."""
        lost = (self.cause == CENSORED) & self.final
        return self._with(lost.astype(np.int16), ("end of observation",))

    def of(self, patients: NDArray[np.bool_]) -> "FirstExit":
        """The spells of some patients, chosen by bool[patients]; numbers of patients stay as they are."""
        kept = patients[self.patient]
        return self._take(kept, self.start, self.stop)

    def since(self, tick: int) -> "FirstExit":
        """What is left after a tick that stands for a whole day, on a clock that starts there.

        Parameters
        ----------
        tick
            An even tick: the day itself is over, with its half-tick.
        """
        start = np.maximum(self.start - tick, 0).astype(np.int32)
        stop = (self.stop - tick).astype(np.int32)
        return self._take(stop > 0, start, stop)

    def from_ticks(self, tick: NDArray[np.int32]) -> "FirstExit":
        """What is left from one tick a patient on, on a clock that starts there.

        Whoever leaves on that very day is at risk on it: day 0 of the new clock has its half-tick.

        Parameters
        ----------
        tick : int32[patients]
            An even tick each; one beyond all others leaves nothing.
        """
        begin = tick[self.patient]
        start = np.maximum(self.start - begin, 0).astype(np.int32)
        stop = np.maximum(self.stop - begin, 1).astype(np.int32)
        return self._take(self.stop >= begin, start, stop)

    def _take(
        self, kept: NDArray[np.bool_], start: NDArray[np.int32], stop: NDArray[np.int32]
    ) -> "FirstExit":
        final = self.final[kept]
        return FirstExit(
            self.patient[kept],
            start[kept],
            stop[kept],
            self.cause[kept],
            self.weight[kept],
            final,
            self.causes,
            self.patients,
            int(final.sum()),
        )

    def _with(self, cause: NDArray[np.int16], causes: tuple[str, ...]) -> "FirstExit":
        return FirstExit(
            self.patient, self.start, self.stop, cause, self.weight, self.final, causes, self.patients, self.n
        )


def first_exit(rows: Rows, group: NDArray[np.int16], causes: tuple[str, ...]) -> FirstExit:
    """Spells until the first exit from the inner states.

    Parameters
    ----------
    rows
        Canonical rows of a structure (sorted by patient and start); the weight is the patient's.
    group : int16[S]
        -1 for the inner states; for the others the cause of exit c = 1 .. len(causes).
    causes
        Labels of the causes.

    Returns
    -------
    FirstExit
        A patient who comes back inside later is not at risk again; one who starts outside has no spell.
    """
    inside = group[rows.origin] < 0
    moves = rows.target >= 0
    outcome = np.where(moves, group[np.where(moves, rows.target, 0)], -1)
    over = ~inside | (outcome >= 0)
    before = np.cumsum(over) - over
    first = np.searchsorted(rows.patient, rows.patient, side="left")
    keep = inside & (before == before[first])
    return _spells(rows.take(keep), outcome[keep], causes)


def _spells(rows: Rows, outcome: NDArray[np.int16], causes: tuple[str, ...]) -> FirstExit:
    """Join adjacent rows, then fold half-ticks into their day."""
    size = rows.size
    new_patient = np.ones(size, dtype=np.bool_)
    new_patient[1:] = rows.patient[1:] != rows.patient[:-1]
    opens = new_patient.copy()
    opens[1:] |= rows.start[1:] > rows.stop[:-1]
    closes = np.append(opens[1:], True) if size else opens
    start, stop = _fold(rows.start[opens]), _fold(rows.stop[closes])
    cause = np.maximum(outcome[closes], 0).astype(np.int16)
    lasts = stop > start
    patient = rows.patient[opens][lasts]
    final = np.append(patient[1:] != patient[:-1], True) if patient.size else np.zeros(0, dtype=np.bool_)
    return FirstExit(
        patient,
        start[lasts],
        stop[lasts],
        cause[lasts],
        rows.weight[opens][lasts],
        final,
        causes,
        rows.patients,
        int(final.sum()),
    )


def _fold(ticks: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.where(ticks > 1, ticks - ticks % 2, ticks).astype(np.int32)

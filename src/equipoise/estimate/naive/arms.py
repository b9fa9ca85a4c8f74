"""Treated and untreated patients, told apart in each of the naive ways.

An arm is a `FirstExit`: spells ``(start, stop]`` in which its patients are at risk of the outcome while they
count as treated (or as untreated). Treatment takes effect at the end of its day: whoever is treated on a day
counts as untreated for the events of others on that day. Only where the patient's own event follows on that
very day does the treatment move to the half-tick before it, so that the event is one of a treated patient (as
R's data set ``heart`` moves such a day half a day back).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from equipoise.base.clock import Clock
from equipoise.cohort.grid import ticks_on_grid
from equipoise.estimate.exits import EVENT, first_exits
from equipoise.estimate.first_exit import CENSORED, FirstExit
from equipoise.estimate.handling import Handled
from equipoise.language.outcome import Outcome

Bool = NDArray[np.bool_]
Int32 = NDArray[np.int32]
Float64 = NDArray[np.float64]

NEVER = np.iinfo(np.int32).max
TREATED = "treated now"


@dataclass(frozen=True, slots=True)
class Arms:
    """Two groups of spells.

    Attributes
    ----------
    treated, untreated
        The spells of each; a patient may have spells in both.
    """

    treated: FirstExit
    untreated: FirstExit

    @property
    def both(self) -> tuple[FirstExit, FirstExit]:
        """Untreated, treated: in the order of a covariate that is 0 or 1."""
        return self.untreated, self.treated


@dataclass(frozen=True, slots=True)
class Exposure:
    """Spells of an outcome from time zero, and when each patient is treated.

    Attributes
    ----------
    spells
        The whole course of everybody, with one cause: the event.
    tick : int32[patients]
        Even tick of the first treatment after time zero that finds the outcome still open; `NEVER` without.
    """

    spells: FirstExit
    tick: Int32

    @property
    def treated(self) -> Bool:
        """bool[N], whether the patient of a spell is ever treated."""
        return self.tick[self.spells.patient] < NEVER


def exposure_of(outcome: Outcome, handled: Handled, day: Float64, word: str) -> Exposure:
    """When each patient is treated, if that happens before the event.

    Parameters
    ----------
    outcome, handled
        A survival outcome and its course.
    day : float64[patients]
        Day of the first record of the treatment after time zero; NaN without one.
    word
        Name of the treatment, for its place in the order of one day.
    """
    history, inner = handled.history, outcome.states
    outside = [name for name in history.state_names if name not in inner]
    spells = first_exits(history, inner, {EVENT: outside})
    diverted = first_exits(
        history.divert(day, TREATED, before=word), inner, {TREATED: [TREATED], EVENT: outside}
    )
    first = np.zeros(spells.patients, dtype=np.bool_)
    first[diverted.patient[diverted.cause == 1]] = True
    last = np.full(spells.patients, -1, dtype=np.int32)
    last[spells.patient[spells.final]] = spells.stop[spells.final]
    tick = _ticks(day, history.time_zero, history.clock)
    # On the last day itself the order of that day decides whether the treatment came first.
    open_still = (tick < last) | ((tick == last) & first)
    return Exposure(spells, np.where(open_still, tick, NEVER).astype(np.int32))


def ever_or_never(exposure: Exposure) -> Arms:
    """N1: whoever is ever treated, from time zero, and whoever never is."""
    spells, treated = exposure.spells, exposure.treated
    return Arms(part(spells, treated), part(spells, ~treated))


def from_treatment(exposure: Exposure) -> Arms:
    """N2: the treated from the day of their treatment, those never treated from time zero."""
    spells, treated = exposure.spells, exposure.treated
    return Arms(spells.from_ticks(exposure.tick), part(spells, ~treated))


def by_landmark(exposure: Exposure, tick: int, failed: Bool | None = None) -> Arms:
    """N3: those still at risk after a landmark, by whether they have been treated by then.

    All are at risk from the start on, which changes nothing: none of them has the event before the landmark.

    Parameters
    ----------
    tick
        Last tick of the day of the landmark.
    failed : bool[patients]
        Who has no place at the landmark although the outcome's own event has not happened; None: nobody.
    """
    spells = exposure.spells
    observed = np.zeros(spells.patients, dtype=np.bool_)
    covers = (spells.start <= tick) & (spells.stop > tick)
    observed[spells.patient[covers]] = True
    there = observed[spells.patient] & (spells.stop > tick)
    if failed is not None:
        there &= ~failed[spells.patient]
    treated = exposure.tick[spells.patient] <= tick
    start = np.where(covers, 0, spells.start)
    return Arms(part(spells, there & treated, start=start), part(spells, there & ~treated, start=start))


def as_it_happens(exposure: Exposure) -> Arms:
    """N4, N5: everybody is untreated until the treatment and treated from then on."""
    spells = exposure.spells
    change = exposure.tick[spells.patient]
    own = (change == spells.stop) & (spells.cause != CENSORED)
    change = np.where(own, change - 1, change)
    before = part(
        spells,
        spells.start < change,
        stop=np.minimum(spells.stop, change),
        cause=np.where(spells.stop <= change, spells.cause, CENSORED),
    )
    after = part(spells, spells.stop > change, start=np.maximum(spells.start, change))
    return Arms(after, before)


def part(
    spells: FirstExit,
    chosen: Bool,
    *,
    start: NDArray[np.integer] | None = None,
    stop: NDArray[np.integer] | None = None,
    cause: NDArray[np.integer] | None = None,
) -> FirstExit:
    """Chosen spells, with new limits or causes where given."""
    patient = spells.patient[chosen]
    final = np.append(patient[1:] != patient[:-1], True)[: patient.size].astype(np.bool_)
    return replace(
        spells,
        patient=patient,
        start=(spells.start if start is None else start)[chosen].astype(np.int32),
        stop=(spells.stop if stop is None else stop)[chosen].astype(np.int32),
        cause=(spells.cause if cause is None else cause)[chosen].astype(np.int16),
        weight=spells.weight[chosen],
        final=final,
        n=int(final.sum()),
    )


def _ticks(day: Float64, zero: Float64, clock: Clock) -> NDArray[np.int64]:
    tick = np.full(day.shape, NEVER, dtype=np.int64)
    due = np.isfinite(day) & np.isfinite(zero)
    tick[due] = ticks_on_grid(day[due], clock, "interventions and events")
    tick[due] -= ticks_on_grid(zero[due], clock, "time zero")
    return tick

"""The weight path of a strategy: hazards of usual care and laws of the strategy, merged into pieces."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.emulate.rule_windows import Condition, RuleWindow
from equipoise.estimate.emulated.person_time import ENDLESS, PersonTime
from equipoise.kernels.weight_path import NONE, WeightPath

Bool = NDArray[np.bool_]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

BITS = 32  # patient and bin in one integer that sorts


@dataclass(frozen=True, eq=False, slots=True)
class Decided:
    """A process about which a strategy decides.

    Attributes
    ----------
    time
        Rows at risk in usual care.
    offset
        Number of its first group among the groups of all processes.
    windows
        Windows in which the strategy prescribes starts; none: it prescribes none.
    prescribed : float64[n]
        q of the strategy on the day of the patient's start; NaN without one.
    after
        Bins by which its hazards act late: 1 for the loss to follow-up, which comes last in a day.
    """

    time: PersonTime
    offset: int
    windows: tuple[RuleWindow, ...]
    prescribed: Float64
    after: int = 0

    @property
    def is_loss(self) -> bool:
        """Whether the process ends the observation, so that nothing follows it."""
        return self.after > 0


@dataclass(frozen=True, eq=False, slots=True)
class _Pieces:
    patient: Int64
    start: Int64
    stop: Int64


def strategy_path(processes: Sequence[Decided], time_zero: Float64, resolution: float) -> WeightPath:
    """Merge what a strategy decides about into pieces on which nothing changes.

    Parameters
    ----------
    processes
        The treatments that the strategy names, and the loss to follow-up if it is modelled.
    time_zero : float64[n]
        NaN for patients who are not enrolled; they have one piece, of weight 1.
    resolution
        Days in a bin.

    Raises
    ------
    IdentificationError
        P124 for natural and fixed laws, which have no weights of this kind.
    """
    patients = time_zero.size
    # What nobody is ever at risk of changes no weight.
    processes = [one for one in processes if one.time.patient.size]
    keys = [_key(np.arange(patients), np.zeros(patients))]
    for one in processes:
        keys += _row_bounds(one)
        keys += [bound for window in one.windows for bound in _law_bounds(window, one, resolution)]
    key = np.unique(np.concatenate(keys))
    patient, start = key >> BITS, key & ((1 << BITS) - 1)
    last = np.append(patient[1:] != patient[:-1], True)
    pieces = _Pieces(patient, start, np.where(last, ENDLESS, np.append(start[1:], 0)))
    hazard = np.full((key.size, max(len(processes), 1)), NONE, dtype=np.int32)
    jump, prescribed = np.full(key.size, NONE, dtype=np.int32), np.zeros(key.size)
    declines: list[Float64] = []
    for place, one in enumerate(processes):
        row, covered = _row_of(one, pieces)
        group = np.where(covered, one.time.group[row] + one.offset, NONE)
        begins = _begins(one, pieces, row, covered)
        hazard[:, place] = np.where(begins, NONE, group)
        if begins.any():
            jump[begins] = group[begins]
            prescribed[begins] = one.prescribed[patient[begins]]
        declines += [_decline(w, pieces, covered & ~begins, resolution) for w in one.windows]
    first = np.searchsorted(patient, np.arange(patients + 1)).astype(np.int64)
    decline = np.column_stack(declines) if declines else np.zeros((key.size, 1))
    return WeightPath(
        first, start.astype(np.int32), pieces.stop.astype(np.int32), hazard, jump, prescribed,
        np.ascontiguousarray(decline),
    )  # fmt: skip


def _key(patient: NDArray[np.integer], bin_: NDArray[np.floating | np.integer]) -> Int64:
    return (patient.astype(np.int64) << BITS) + bin_.astype(np.int64)


def _row_bounds(one: Decided) -> list[Int64]:
    time = one.time
    bounds = [_key(time.patient, time.start + one.after), _key(time.patient, time.stop + one.after)]
    if not one.is_loss:
        bounds.append(_key(time.patient[time.begins], time.stop[time.begins] - 1))
    return bounds


def _law_bounds(window: RuleWindow, one: Decided, resolution: float) -> list[Int64]:
    """Bins in which the law bends or its condition changes, as far as the patient is at risk there."""
    window.rule.grace.cumulative_intensity(0.0)  # refuses laws without an intensity
    knots = window.rule.grace.knots[0] / resolution
    opened = window.opened / resolution
    who = np.flatnonzero(~np.isnan(opened))
    bends = np.unique(np.concatenate((np.floor(knots + 1e-9), np.ceil(knots - 1e-9))))
    patient = np.repeat(who, bends.size)
    bent = np.repeat(np.rint(opened[who]), bends.size) + np.tile(bends, who.size)
    found: list[tuple[NDArray[np.integer], Float64]] = [(patient, bent)]
    if window.condition is not None:
        held = window.condition
        for day in (held.start, held.stop):
            inside = np.isfinite(day) & (day > 0)
            found.append((held.patient[inside], np.rint(day[inside] / resolution)))
    return [_key(*_at_risk(one, who, bins)) for who, bins in found]


def _at_risk(one: Decided, patient: NDArray[np.integer], bins: Float64) -> tuple[Int64, Float64]:
    """Only the cuts that lie inside a row."""
    time = one.time
    rows = _key(time.patient, time.start)
    place = np.searchsorted(rows, _key(patient, bins), side="right") - 1
    at = np.maximum(place, 0)
    inside = (place >= 0) & (time.patient[at] == patient) & (bins < time.stop[at])
    return patient[inside].astype(np.int64), bins[inside]


def _row_of(one: Decided, pieces: _Pieces) -> tuple[Int64, Bool]:
    """Row at risk that a piece lies in, and whether there is one."""
    time = one.time
    rows = _key(time.patient, time.start + one.after)
    place = np.searchsorted(rows, _key(pieces.patient, pieces.start), side="right") - 1
    at = np.maximum(place, 0)
    inside = pieces.start < time.stop[at] + one.after
    return at, (place >= 0) & (time.patient[at] == pieces.patient) & inside


def _begins(one: Decided, pieces: _Pieces, row: Int64, covered: Bool) -> Bool:
    """Whether a piece is the bin of the start; a loss has none, as nothing follows it."""
    if one.is_loss:
        return np.zeros(row.size, dtype=np.bool_)
    return covered & one.time.begins[row] & (pieces.start == one.time.stop[row] - 1)


def _decline(window: RuleWindow, pieces: _Pieces, at_risk: Bool, resolution: float) -> Float64:
    """Kappa of (9.21): how fast the share of those who have not started falls on each piece."""
    opened = window.opened[pieces.patient]
    begin = pieces.start * resolution - opened
    end = np.where(pieces.stop == ENDLESS, begin, pieces.stop * resolution - opened)
    # Comparisons with NaN are false: without a window nothing is prescribed.
    inside = at_risk & (begin >= -1e-9) & (begin < window.length - 1e-9) & (end > begin)
    if window.condition is not None:
        inside &= _holds(window.condition, pieces, resolution)
    out = np.zeros(pieces.start.size)
    before, by_then = (window.rule.grace.cumulative(u[inside]) for u in (begin, end))
    bins = (pieces.stop - pieces.start)[inside]
    left = 1.0 - before
    out[inside] = np.where(left > 0, (by_then - before) / np.where(left > 0, left, 1.0) / bins, 0.0)
    return out


def _holds(held: Condition, pieces: _Pieces, resolution: float) -> Bool:
    """Whether the condition holds on a piece: it changes only where one begins."""
    if not held.patient.size:
        return np.zeros(pieces.start.size, dtype=np.bool_)
    start = np.rint(np.maximum(held.start, 0.0) / resolution)
    stop = np.where(np.isfinite(held.stop), np.rint(held.stop / resolution), ENDLESS)
    place = np.searchsorted(_key(held.patient, start), _key(pieces.patient, pieces.start), side="right") - 1
    at = np.maximum(place, 0)
    return (place >= 0) & (held.patient[at] == pieces.patient) & (pieces.start < stop[at])

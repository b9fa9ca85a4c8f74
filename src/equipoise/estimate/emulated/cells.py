"""Declared cells of patients: starts that a strategy expects in them, and those that are seen."""

from dataclasses import dataclass, replace

import numpy as np

from equipoise.cohort.course import Course
from equipoise.cohort.following import follow
from equipoise.estimate.emulated.person_time import PersonTime
from equipoise.estimate.emulated.prepared import Prepared
from equipoise.kernels.arrays import Bool, Int32, Int64
from equipoise.kernels.weight_path import WeightPath, share_not_started
from equipoise.protocol.strategy import Strategy

BITS = 32  # patient and bin in one integer that sorts


@dataclass(frozen=True, slots=True)
class Cell:
    """Starts of one treatment in a declared cell of patients.

    Attributes
    ----------
    place
        Number of the cell among the protocol's.
    patients
        Patients ever in it while they could start.
    expected
        Starts expected among them under the strategy, were nobody treated otherwise.
    could_abstain
        Patients among them whom the strategy lets go without a start.
    started
        Those who started in the cell.
    compatible
        Starts among them that the strategy allows.
    """

    place: int
    patients: int
    expected: float
    could_abstain: float
    started: int
    compatible: int


def cells_of(strategy: Strategy, until: float, prepared: Prepared) -> tuple[Cell, ...]:
    """Starts in each declared cell up to a day, of all treatments that the strategy names."""
    protocol, analysis = prepared.analysis.protocol, prepared.analysis
    courses = [follow(one, analysis.cohort, analysis.enrolment.time_zero) for one in protocol.gates.support]
    named = {rule.treatment: None for rule in strategy.rules}
    last = int(np.ceil(until / analysis.vocabulary.resolution - 1e-9))
    times = [_up_to(last, one) for one in prepared.processes if one.name in named]
    return tuple(
        _cell(place, course, strategy.name, time, prepared)
        for place, course in enumerate(courses)
        for time in times
    )


def _up_to(last: int, time: PersonTime) -> PersonTime:
    """The rows up to the end of a bin; what begins later does not."""
    kept = time.start < last
    stop = np.minimum(time.stop, last)[kept].astype(np.int32)
    begins = (time.begins & (time.stop <= last))[kept]
    return replace(
        time,
        patient=time.patient[kept],
        start=time.start[kept],
        stop=stop,
        group=time.group[kept],
        begins=begins,
        seen=time.seen[kept],
    )


def _cell(place: int, course: Course, strategy: str, time: PersonTime, prepared: Prepared) -> Cell:
    """Sum over the stretches at risk in the cell: what is prescribed, and what happened."""
    path = prepared.paths[strategy]
    time, member = inside(time, course, prepared)
    here = member & time.seen & (prepared.omega[time.patient] > 0)
    patient, began = time.patient[here], time.begins[here]
    before = share_not_started(path, patient, time.start[here])
    after = share_not_started(path, patient, time.stop[here])
    allowed = _allowed(path, time.name, prepared)[patient] & began
    members = int(np.unique(patient).size)
    expected = float((before - after).sum())
    return Cell(place, members, expected, members - expected, int(began.sum()), int(allowed.sum()))


def inside(time: PersonTime, course: Course, prepared: Prepared) -> tuple[PersonTime, Bool]:
    """Rows cut where a truth may change, and those of which it is true by the end of the day before."""
    zero, resolution = prepared.analysis.enrolment.time_zero, prepared.analysis.vocabulary.resolution
    bins = np.ceil((course.day - zero[course.patient]) / resolution - 1e-9).astype(np.int32)
    rows = cut(time, course.patient, bins)
    return rows, course.at(rows.patient, zero[rows.patient] + rows.start * resolution) == 1


def cut(time: PersonTime, patient: Int32, bins: Int32) -> PersonTime:
    """The same rows, cut at the ends of bins of patients; a start stays in the last piece of its row."""
    if not time.patient.size:
        return time
    rows = _key(time.patient, time.start)
    asked = _key(patient, bins)
    row = np.maximum(np.searchsorted(rows, asked, side="right") - 1, 0)
    within = (time.patient[row] == patient) & (time.start[row] < bins) & (bins < time.stop[row])
    keys = np.unique(np.concatenate((rows, asked[within])))
    row = np.searchsorted(rows, keys, side="right") - 1
    is_last = np.append(row[1:] != row[:-1], True)
    start = (keys & ((1 << BITS) - 1)).astype(np.int32)
    stop = np.where(is_last, time.stop[row], np.append(start[1:], 0)).astype(np.int32)
    return replace(
        time,
        patient=time.patient[row],
        start=start,
        stop=stop,
        group=time.group[row],
        begins=time.begins[row] & is_last,
        seen=time.seen[row],
    )


def _key(patient: Int32, bins: Int32) -> Int64:
    return (patient.astype(np.int64) << BITS) + bins.astype(np.int64)


def _allowed(path: WeightPath, treatment: str, prepared: Prepared) -> Bool:
    """Patients who started a treatment in a bin in which the strategy prescribes starts: bool[n]."""
    place = [one.name for one in prepared.processes].index(treatment)
    first, groups = prepared.offset[place], prepared.processes[place].x.shape[0]
    of_it = (path.jump >= first) & (path.jump < first + groups)
    starts = np.flatnonzero(of_it & (path.prescribed > 0))
    found = np.zeros(prepared.omega.size, dtype=np.bool_)
    found[np.searchsorted(path.first, starts, side="right") - 1] = True
    return found

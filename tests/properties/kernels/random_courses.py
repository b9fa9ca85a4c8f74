"""Random multistate histories with everything that has ever broken an estimator.

Times lie on a short grid of half-ticks (most are ties); patients enter late, leave for a while, change weight
from row to row, leave a state on the day they entered it, and risk sets empty before the end.
"""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from equipoise.kernels.reference import Course
from equipoise.kernels.rows import Rows

HALF_TICK = 1


@dataclass(frozen=True)
class Cohort:
    """The same rows for both implementations, and a cluster number a patient."""

    course: Course
    rows: Rows
    cluster: np.ndarray

    @property
    def horizon(self) -> int:
        return int(self.course.stop.max(initial=self.course.begin)) + 3


def cohort(table, states, patients, begin, initial, cluster) -> Cohort:
    """`table`: list of (patient, start, stop, origin, target, weight)."""
    columns = [np.array([row[c] for row in table], dtype=np.int64) for c in range(5)]
    weight = np.array([row[5] for row in table], dtype=np.float64)
    there = (columns[1] <= begin) & (begin < columns[2])
    if initial is None and not there.any():
        initial = np.arange(1, states + 1) / (states * (states + 1) / 2)
    course = Course(*columns, weight, states, patients, begin, initial)
    rows = Rows.build(*columns, weight, states=states, patients=patients)
    return Cohort(course, rows, np.asarray(cluster, dtype=np.int64))


@st.composite
def cohorts(draw, max_patients=6, same_weight=False) -> Cohort:
    states = draw(st.integers(2, 4))
    patients = draw(st.integers(1, max_patients))
    begin = draw(st.sampled_from([-5, 0, 4]))
    weights = st.sampled_from([0.1, 0.25, 1.0, 1.0, 2.5, 10.0]) | st.floats(0.1, 10)
    table = []
    for patient in range(patients):
        now = begin + draw(st.sampled_from([-3, 0, 0, 0, 0, 2, 5]))
        state = draw(st.integers(0, states - 1))
        weight = draw(weights)
        for _ in range(draw(st.integers(0, 4))):
            stop = now + draw(st.sampled_from([HALF_TICK, 2, 2, 4, 7]))
            target = draw(st.integers(-1, states - 1))
            target = -1 if target == state else target
            table.append((patient, now, stop, state, target, weight))
            state = target if target >= 0 else state
            if draw(st.integers(0, 5)) == 0:  # a gap, and what happened in it is not known
                stop += 3
                state = draw(st.integers(0, states - 1))
            if not same_weight:
                weight = draw(weights)
            now = stop
    fixed = draw(st.booleans())
    initial = np.eye(states)[draw(st.integers(0, states - 1))] if fixed else None
    cluster = draw(st.lists(st.integers(0, 2), min_size=patients, max_size=patients))
    return cohort(table, states, patients, begin, initial, cluster)


def seeded(seed: int) -> Cohort:
    """One of an endless row of numbered cohorts (larger than those of `cohorts`, the features at random)."""
    luck = np.random.default_rng(seed)
    states, patients = int(luck.integers(2, 5)), int(luck.integers(1, 13))
    late, gaps, changing, half = luck.random(4) < 0.6
    table = []
    for patient in range(patients):
        now = int(luck.integers(0, 7)) if late else 0
        state, weight = int(luck.integers(0, 2)), float(luck.uniform(0.1, 10))
        for _ in range(int(luck.integers(1, 5))):
            step = HALF_TICK if half and luck.random() < 0.3 else 2 * int(luck.integers(1, 4))
            target = int(luck.integers(-1, states))
            target = -1 if target == state else target
            table.append((patient, now, now + step, state, target, weight))
            now += step
            state = target if target >= 0 else state
            if gaps and luck.random() < 0.3:
                now += 4
            if changing:
                weight = float(luck.uniform(0.1, 10))
    return cohort(table, states, patients, 0, None, luck.integers(0, 3, patients))


def features(cohort: Cohort) -> set[str]:
    """What is difficult about a cohort, by the names that the census prints."""
    course = cohort.course
    moved = course.target >= 0
    found = set()
    ticks, counts = np.unique(course.stop, return_counts=True)
    if counts[counts > 1].sum() >= 0.5 * counts.sum():
        found.add("half of the times tied")
    if (course.start > course.begin).any() and _first_starts(course).max() > course.begin:
        found.add("delayed entry")
    for patient in range(course.patients):
        own = course.patient == patient
        if own.sum() > 1:
            found.add("several rows a patient")
            if np.unique(course.weight[own]).size > 1:
                found.add("weights that change")
            if (course.start[own][1:] > course.stop[own][:-1]).any():
                found.add("gaps")
    if (moved & (course.stop - course.start == HALF_TICK)).any():
        found.add("left on the day it was entered")
    if _empties(course, ticks):
        found.add("risk set empties")
    if np.unique(cohort.cluster).size < course.patients:
        found.add("clusters")
    return found


def _first_starts(course):
    return np.array([course.start[course.patient == p].min(initial=10**6) for p in np.unique(course.patient)])


def _empties(course, ticks):
    """Whether some state, once occupied, is empty at a later time and occupied again after that."""
    for state in range(course.states):
        here = course.origin == state
        risk = np.array([(here & (course.start < u) & (u <= course.stop)).sum() for u in ticks])
        occupied = np.flatnonzero(risk)
        if occupied.size and (risk[occupied[0] : occupied[-1]] == 0).any():
            return True
    return False

"""Courses of many virtual patients, in chunks: any number of workers, always the same numbers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.base.codes import CODES
from equipoise.base.errors import ProtocolError
from equipoise.kernels.arrays import Float64, Int16, Int64
from equipoise.kernels.jit import jit
from equipoise.synth.course import course
from equipoise.synth.numbers import COVARIATES, Numbers
from equipoise.synth.state import LOG_SIZE, Orders, Work, work

CHUNK = 20_000
_ROOM = 24  # records a patient for which room is made at first


@dataclass(frozen=True, slots=True)
class Courses:
    """What happened to virtual patients; records are E, in the order of patients and of time.

    Attributes
    ----------
    first : int
        Number of the first patient (its address).
    covariates : float64[n, 7]
        In the order of `equipoise.synth.numbers.COVARIATES`.
    start : int64[n + 1]
        Records of patient i are ``start[i] : start[i + 1]``.
    time : float64[E]
        Months since time zero.
    what : int16[E]
        What happened, an address of `equipoise.synth.addresses`.
    detail : int16[E]
        Visits and tests: 1 if sequencing was positive, plus 2 if aplasia was lost, as seen; relapses: 1 if
        the first was CD19-negative; reinfusions: 1 if it succeeded; time zero: 1 with residual disease.
    """

    first: int
    covariates: Float64
    start: Int64
    time: Float64
    what: Int16
    detail: Int16

    @property
    def n(self) -> int:
        """Number of patients."""
        return self.start.size - 1

    @property
    def patient(self) -> Int64:
        """int64[E], the patient of each record, from 0."""
        return np.repeat(np.arange(self.n), np.diff(self.start))


def simulate_courses(
    world: Numbers,
    orders: Orders,
    patients: range,
    seed: int,
    *,
    horizon: float,
    every_visit: bool = True,
) -> Courses:
    """Simulate patients by their numbers.

    Parameters
    ----------
    world
        The record of a world (`equipoise.synth.numbers.as_record`).
    orders
        Who is treated when (`equipoise.synth.orders.orders_of`).
    patients
        Numbers of the patients, in steps of 1. A patient has the same course in every range.
    seed
        Seed of all draws, 0 to 2^63 - 1.
    horizon
        Months after time zero at which courses are cut.
    every_visit
        Whether visits and loss to follow-up are recorded.

    Raises
    ------
    ProtocolError
        P134 when a patient has more records than fit.
    """
    parts = list(in_chunks(world, orders, patients, seed, horizon=horizon, every_visit=every_visit))
    if not parts:
        empty = np.zeros(0, dtype=np.int16)
        return Courses(
            patients.start, np.zeros((0, len(COVARIATES))), np.zeros(1, np.int64), np.zeros(0), empty, empty
        )
    lengths = np.concatenate([np.diff(part.start) for part in parts])
    return Courses(
        patients.start,
        np.concatenate([part.covariates for part in parts]),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.concatenate([part.time for part in parts]),
        np.concatenate([part.what for part in parts]),
        np.concatenate([part.detail for part in parts]),
    )


def in_chunks(
    world: Numbers,
    orders: Orders,
    patients: range,
    seed: int,
    *,
    horizon: float,
    every_visit: bool = True,
    workers: int = 2,
) -> Iterator[Courses]:
    """As `simulate_courses`, chunk after chunk: memory does not grow with the number of patients."""
    starts = range(patients.start, patients.stop, CHUNK)

    def simulate(first: int) -> Courses:
        size = min(CHUNK, patients.stop - first)
        return _chunk(world, orders, first, size, seed, horizon, every_visit)

    with ThreadPoolExecutor(max_workers=workers) as pool:
        # At most two chunks a worker wait, however slowly they are taken.
        waiting = [pool.submit(simulate, first) for first in starts[: 2 * workers]]
        for first in [*starts[2 * workers :], *([None] * len(waiting))]:
            yield waiting.pop(0).result()
            if first is not None:
                waiting.append(pool.submit(simulate, first))


def _chunk(
    world: Numbers, orders: Orders, first: int, size: int, seed: int, horizon: float, every_visit: bool
) -> Courses:
    covariates = np.empty((size, len(COVARIATES)))
    start = np.zeros(size + 1, dtype=np.int64)
    room = max(_ROOM * size, LOG_SIZE)
    done, parts = 0, list[tuple[npt.NDArray[np.float64], Int16, Int16]]()
    memory = work()
    while done < size:
        time, what, detail = np.empty(room), np.empty(room, np.int16), np.empty(room, np.int16)
        before = done
        done = _fill(
            seed,
            first,
            done,
            world,
            orders,
            horizon,
            every_visit,
            memory,
            covariates,
            start,
            time,
            what,
            detail,
        )
        if done < 0:
            raise _too_many()
        used = int(start[done] - start[before])
        parts.append((time[:used], what[:used], detail[:used]))
        room = max(room // 4, LOG_SIZE)
    return Courses(
        first,
        covariates,
        start,
        np.concatenate([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
        np.concatenate([part[2] for part in parts]),
    )


def _too_many() -> ProtocolError:
    meaning = CODES["P134"]
    return ProtocolError(
        "P134",
        where="world",
        found=f"a patient with {LOG_SIZE} records or more",
        why=meaning.why,
        do=meaning.do,
    )


@jit
def _fill(
    seed: int,
    first: int,
    done: int,
    world: Numbers,
    orders: Orders,
    horizon: float,
    every_visit: bool,
    memory: Work,
    covariates: Float64,
    start: Int64,
    time: Float64,
    what: Int16,
    detail: Int16,
) -> int:
    """Simulate patients from `done` on while records fit; return the number done, -1 if one has no room."""
    used = 0
    for i in range(done, start.size - 1):
        size = course(seed, first + i, world, orders, horizon, every_visit, memory)
        if size < 0:
            return -1
        if used + size > time.size:
            return i
        for k in range(size):
            time[used + k], what[used + k], detail[used + k] = (
                memory.time[k],
                memory.what[k],
                memory.detail[k],
            )
        for k in range(memory.x.size):
            covariates[i, k] = memory.x[k]
        used += size
        start[i + 1] = start[i] + size
    return start.size - 1

"""Patients as the registry follows them: courses cut into days and into what was under observation."""

from dataclasses import dataclass

import numpy as np

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.kernels.arrays import Bool, Float64, Int16, Int64
from equipoise.kernels.jit import jit
from equipoise.synth import addresses as a
from equipoise.synth.courses import Courses
from equipoise.synth.entry import NEVER, ROUNDING, Entry

UNRECORDED = -1
_DEATHS = np.array(
    [a.NRM, a.NRM_AFTER_HCT, a.DEATH_IN_RELAPSE, a.NRM_IN_SECOND_REMISSION, a.NRM_AFTER_SALVAGE]
)


@dataclass(frozen=True, slots=True)
class Followed:
    """Patients of the registry (m of them), and their records (E of them) in the order of patients and time.

    Attributes
    ----------
    seed : int
    address : int64[m]
        Number of each patient in the world, the address of the draws.
    covariates : float64[m, 7]
    remits, of_leukaemia : bool[m]
        As in `Entry`.
    assessed, start, stop : int64[m]
        Day of the first assessment; under observation on (start, stop].
    death : int64[m]
        Day of death without ever being in remission, if observed; else `NEVER`.
    patient : int64[E]
        Row of the patient.
    day : int64[E]
    what, detail : int16[E]
        As in `Courses`.
    """

    seed: int
    address: Int64
    covariates: Float64
    remits: Bool
    of_leukaemia: Bool
    assessed: Int64
    start: Int64
    stop: Int64
    death: Int64
    patient: Int64
    day: Int64
    what: Int16
    detail: Int16

    @property
    def n(self) -> int:
        """Number of patients."""
        return self.address.size

    def of(self, *kinds: int) -> Bool:
        """Which records are of one of these kinds."""
        return np.isin(self.what, kinds)


def follow(courses: Courses, entry: Entry, seed: int, rounding: int) -> Followed:
    """Put courses on days, and keep who and what is under observation.

    Parameters
    ----------
    courses, entry, seed
        As `equipoise.synth.entry.enter` takes and gives them.
    rounding
        Days of events and treatments are multiples of this.
    """
    patient = courses.patient
    day = recorded_days(courses.start, courses.time, courses.what, entry.assessed, rounding)
    death = entry.death.copy()
    fatal = np.isin(courses.what, _DEATHS) & entry.remits[patient]
    death[patient[fatal]] = day[fatal]
    stop = np.minimum(entry.stop, death)
    # Who is dead or gone on the day of a late entry never comes into the registry.
    enters = stop > entry.start
    seen = (enters & entry.remits)[patient] & (day != UNRECORDED) & (day <= stop[patient])
    row = np.cumsum(enters) - 1
    unremitted = np.where(entry.death <= stop, entry.death, NEVER)
    return Followed(
        seed=seed,
        address=(courses.first + np.arange(courses.n))[enters],
        covariates=courses.covariates[enters],
        remits=entry.remits[enters],
        of_leukaemia=entry.of_leukaemia[enters],
        assessed=entry.assessed[enters],
        start=entry.start[enters],
        stop=stop[enters],
        death=unremitted[enters],
        patient=row[patient[seen]],
        day=day[seen],
        what=courses.what[seen],
        detail=courses.detail[seen],
    )


@jit
def recorded_days(start: Int64, time: Float64, what: Int16, zero: Int64, rounding: int) -> Int64:
    """Day since the infusion of each record of courses; -1 for what nobody sees.

    Visits are on whole days. Everything else of (d - 1, d] days is recorded on day d, so that what was
    measured on a day can guide what is done from the next day on. Where an event or a treatment would fall
    on the day of the one before it, or of the last test before it, it is recorded on the day after that: the
    registry has one move a day.

    Parameters
    ----------
    start, time, what
        As in `Courses`: int64[n + 1], float64[E], int16[E].
    zero
        int64[n], day of time zero.
    rounding
        Days of events and treatments are multiples of this, rounded up.
    """
    day = np.full(time.size, UNRECORDED, dtype=np.int64)
    for i in range(zero.size):
        latest = zero[i]
        for k in range(start[i], start[i + 1]):
            days = time[k] * DAYS_PER_MONTH
            if what[k] in (a.LOSS, a.RISE, a.FALL, a.LOST_TO_FOLLOW_UP):
                continue
            if what[k] in (a.TIME_ZERO, a.VISIT):
                day[k] = zero[i] + int(np.rint(days))
            elif what[k] == a.EXTRA_TEST:
                day[k] = zero[i] + int(np.ceil(days - ROUNDING))
            else:
                exact = zero[i] + int(np.ceil(days - ROUNDING))
                day[k] = max(-(-exact // rounding) * rounding, latest + 1)
            latest = max(latest, day[k])
    return day

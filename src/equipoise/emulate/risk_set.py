"""The risk set of a treatment: when each patient could start it for the first time, and who does."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.moves import states_around, timeline
from equipoise.language.structure import Structure
from equipoise.protocol.treatment import Treatment

Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Bool = NDArray[np.bool_]

SAME_DAY = 1e-9


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class RiskSet:
    """When enrolled patients are at risk of starting a treatment, equation (9.1).

    A patient who is in one of the treatment's states by the end of day d - 1, and has not started by then, is
    at risk on day d. Whether he or she is under observation plays no part: what is prescribed does not depend
    on who is looking.

    Attributes
    ----------
    patient : int32[M], sorted
    start, stop : float64[M]
        At risk on (start, stop], in days since the vocabulary's origin, after time zero.
    started : float64[n]
        Day of the first start; NaN without one. A start by time zero, or on the very day on which the state
        was entered, finds nobody at risk.
    time_zero : float64[n]
        Day of time zero; NaN for patients who are not enrolled.
    """

    patient: Int32
    start: Float64
    stop: Float64
    started: Float64
    time_zero: Float64

    def __repr__(self) -> str:
        """Sizes only, nothing about a patient."""
        return f"RiskSet({self.patient.size} intervals)"

    def at(self, days: Float64) -> Bool:
        """Whether each patient is at risk right after days.

        Parameters
        ----------
        days : float64[B], rising
            Days since time zero; the risk right after day d - 1 is that of day d.

        Returns
        -------
        bool[n, B]
        """
        since = self.time_zero[self.patient]
        return covered(self.patient, self.start - since, self.stop - since, days, self.started.size)

    def on(self, day: Float64, width: float) -> Bool:
        """Whether each patient is at risk on one day of his or her own, the bin (day - width, day].

        Parameters
        ----------
        day : float64[n]
            Days since time zero; NaN: the answer is no.
        width
            Days in the bin.

        Returns
        -------
        bool[n]
        """
        since = self.time_zero[self.patient]
        before = day[self.patient] - width
        # Comparisons with NaN are false; rounding of differences must not move a day over a boundary.
        inside = (self.start - since - SAME_DAY <= before) & (before < self.stop - since - SAME_DAY)
        at_risk = np.zeros(self.started.size, dtype=np.bool_)
        at_risk[self.patient[inside]] = True
        return at_risk


def covered(patient: Int32, start: Float64, stop: Float64, days: Float64, patients: int) -> Bool:
    """Which days lie in an interval of each patient, start <= day < stop.

    Parameters
    ----------
    patient : int32[M]
    start, stop : float64[M]
        Intervals of one patient do not overlap.
    days : float64[B], rising
    patients
        Number of patients, n.

    Returns
    -------
    bool[n, B]
    """
    # Rounding of differences must not move a day over a boundary.
    first = np.searchsorted(days, start - SAME_DAY)
    end = np.searchsorted(days, stop - SAME_DAY)
    steps = np.zeros((patients, days.size + 1), dtype=np.int8)
    np.add.at(steps, (patient, first), 1)
    np.add.at(steps, (patient, end), -1)
    return np.cumsum(steps, axis=1, dtype=np.int8)[:, :-1] > 0


def risk_set(treatment: Treatment, structure: Structure | str, cohort: Cohort, time_zero: Float64) -> RiskSet:
    """Find the risk set of a treatment from time zero on.

    Parameters
    ----------
    treatment
        The treatment.
    structure
        The structure of its states, or the name of one in the cohort's vocabulary.
    cohort
        The cohort.
    time_zero
        Day of time zero, shape (n,); NaN for patients who are not enrolled.
    """
    if isinstance(structure, str):
        structure = cohort.vocabulary.structures[structure]
    moving = {arrow.on for arrow in structure.arrows} | {treatment.intervention}
    records = timeline(cohort).filter(pl.col("name").is_in(sorted(moving)))
    before, after = states_around(records, structure, cohort.n)
    states = [structure.index(state) for state in treatment.while_in]
    patient, day = records["patient"].to_numpy(), records["day"].to_numpy()
    given = (records["name"] == treatment.intervention).to_numpy() & np.isin(before, states)
    started = np.full(cohort.n, np.nan)
    started[patient[given][::-1]] = day[given][::-1]  # the last one written stays: the first start

    # One stay before the first record of each patient, and one after each record.
    everybody = np.arange(cohort.n, dtype=np.int32)
    who = np.concatenate((everybody, patient))
    begins = np.concatenate((np.full(cohort.n, -np.inf), day))
    state = np.concatenate((np.full(cohort.n, structure.index(structure.start), dtype=np.int16), after))
    order = np.argsort(who, kind="stable")
    who, begins, state = who[order], begins[order], state[order]
    ends = np.append(begins[1:], np.inf)
    ends[np.append(who[1:] != who[:-1], True)[: who.size]] = np.inf
    start = np.maximum(begins, time_zero[who])
    stop = np.fmin(ends, started[who])
    # Comparisons with NaN are false: patients who are not enrolled are never at risk.
    kept = np.isin(state, states) & (start < stop)
    return RiskSet(who[kept], start[kept], stop[kept], started, time_zero)

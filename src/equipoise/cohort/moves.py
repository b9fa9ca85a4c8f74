"""Moves: the path of each patient through a structure, found by following the arrows of the dated records."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.compare import satisfies
from equipoise.cohort.order import place_of, precedence
from equipoise.language.structure import Arrow, Structure

Int16 = NDArray[np.int16]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Moves:
    """Changes of state, sorted by patient and then as they happened; each starts where the one before ended.

    Attributes
    ----------
    patient : int32[M]
    day : float64[M], day of the record
    place : int32[M], place of the record's word in the order of one day
    origin, target : int16[M], states left and entered, different
    row : int64[M], row of the record in its source table
    """

    patient: Int32
    day: Float64
    place: Int32
    origin: Int16
    target: Int16
    row: Int64

    @property
    def size(self) -> int:
        """Number of moves."""
        return self.patient.size

    def take(self, chosen: Bool | Int64) -> "Moves":
        """The chosen moves, in the order of the choice."""
        return Moves(
            self.patient[chosen],
            self.day[chosen],
            self.place[chosen],
            self.origin[chosen],
            self.target[chosen],
            self.row[chosen],
        )


def timeline(cohort: Cohort) -> pl.DataFrame:
    """Interventions and events of all patients in the order in which they happened, until a terminal event.

    Returns
    -------
    pl.DataFrame
        Columns patient, day, name, place, terminal, row and the details. What is recorded after the first
        terminal event of a patient is left out: nothing follows it.
    """
    places = precedence(cohort.vocabulary)
    terminal = cohort.vocabulary.terminal_events
    both = pl.concat(
        [
            cohort.interventions.rename({"start": "day"}).drop("stop", "decided", "completed"),
            cohort.events,
        ],
        how="diagonal",
    )
    dated = both.with_columns(place=place_of(pl.col("name"), places), terminal=pl.col("name").is_in(terminal))
    # Both tables are in canonical order; a stable sort keeps it among records of the same word and day.
    ordered = dated.sort("patient", "day", "place", maintain_order=True)
    patient, ends = ordered["patient"].to_numpy(), ordered["terminal"].to_numpy().astype(np.int64)
    ended_before = np.cumsum(ends) - ends
    first = np.searchsorted(patient, patient, side="left")
    return ordered.filter(pl.Series(values=ended_before == ended_before[first]))


def follow_arrows(records: pl.DataFrame, structure: Structure, patients: int) -> Moves:
    """Follow the arrows of a structure through the records of a timeline.

    A patient is in the structure's start state until a record has an arrow out of the current state; a record
    without one moves nobody.
    """
    used = records.filter(pl.col("name").is_in([arrow.on for arrow in structure.arrows]))
    origin, target = states_around(used, structure, patients)
    moves = Moves(
        used["patient"].to_numpy(),
        used["day"].to_numpy(),
        used["place"].to_numpy(),
        origin,
        target,
        used["row"].to_numpy(),
    )
    return moves.take(origin != target)


def states_around(records: pl.DataFrame, structure: Structure, patients: int) -> tuple[Int16, Int16]:
    """State of the patient just before and just after each record of a timeline, int16[records] each.

    Parameters
    ----------
    records
        All records with arrows; others may be among them and move nobody.
    structure
        The structure.
    patients
        Number of patients.
    """
    leads_to = _leads_to(records, structure)
    patient = records["patient"].to_numpy()
    count = np.bincount(patient, minlength=patients)
    first = np.cumsum(count) - count
    busiest_first = np.argsort(-count, kind="stable")
    state = np.full(patients, structure.index(structure.start), dtype=np.int16)
    origin = np.zeros(records.height, dtype=np.int16)
    # All patients take their first record, then their second, ...: as many steps as the longest course.
    for step in range(int(count.max(initial=0))):
        moving = busiest_first[: np.searchsorted(-count[busiest_first], -step, side="left")]
        record = first[moving] + step
        origin[record] = state[moving]
        state[moving] = leads_to[record, state[moving]]
    return origin, leads_to[np.arange(records.height), origin]


def _leads_to(records: pl.DataFrame, structure: Structure) -> Int16:
    """State after each record from each state, shape (records, states); the same state when no arrow fits."""
    states = len(structure.state_names)
    leads_to = np.tile(np.arange(states, dtype=np.int16), (records.height, 1))
    # An arrow without conditions takes what the conditional ones leave, so it is written first.
    for arrow in sorted(structure.arrows, key=lambda arrow: bool(arrow.where)):
        taken = records.select(_takes(arrow)).to_series().to_numpy()
        leads_to[taken, structure.index(arrow.from_)] = structure.index(arrow.to)
    return leads_to


def _takes(arrow: Arrow) -> pl.Expr:
    """Whether a record takes an arrow."""
    fits = pl.col("name") == arrow.on
    for detail, comparison in arrow.where.items():
        fits = fits & satisfies(pl.col(detail), comparison).fill_null(value=False)
    return fits

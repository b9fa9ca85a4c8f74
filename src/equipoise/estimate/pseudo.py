"""Pseudo-values of an outcome, one a patient, for regression elsewhere (in R: geepack).

The table holds single patients: it is for the analyst, and never one of a study's tables.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import Clock
from equipoise.base.document import suggestion
from equipoise.base.errors import DataError, ProtocolError
from equipoise.base.schema import Column, Schema
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.history import event_history
from equipoise.emulate.enrol import enrol
from equipoise.estimate.analysis import Analysis
from equipoise.estimate.counts import last_observed_day
from equipoise.estimate.exits import outcome_exits
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.handling import handle
from equipoise.estimate.plan import last_ticks, plan_of
from equipoise.estimate.survival import emptied_from, survival_curve
from equipoise.kernels.aalen_johansen import aalen_johansen
from equipoise.kernels.pseudo_values import (
    FREE,
    infinitesimal_probabilities,
    infinitesimal_times,
    pseudo_probabilities,
    pseudo_times,
)
from equipoise.language.outcome import OutcomeKind
from equipoise.protocol.protocol import Protocol

CITATIONS = ("andersen2003",)
Bool = NDArray[np.bool_]
Int32 = NDArray[np.int32]
Float64 = NDArray[np.float64]
PseudoMeasure = Literal["survival", "restricted_mean", "cumulative_incidence", "time_lost"]
Jackknife = Literal["leave-one-out", "infinitesimal"]

PSEUDO_VALUES = Schema(
    "pseudo_values",
    "one pseudo-value of one patient",
    (
        Column("patient", pl.Int32(), "number of the patient in the cohort, from 0"),
        Column("outcome", pl.String(), "outcome of the vocabulary"),
        Column("measure", pl.String(), "survival, restricted_mean, cumulative_incidence, time_lost"),
        Column("day", pl.Float64(), "day after time zero, or horizon of a time", "days"),
        Column(
            "value",
            pl.Float64(),
            "pseudo-value, a probability or days; may lie outside their range; missing beyond the follow-up",
            nullable=True,
        ),
    ),
)


def pseudo_values(
    protocol: Protocol,
    cohort: Cohort,
    outcome: str,
    measure: PseudoMeasure,
    days: Sequence[float],
    *,
    jackknife: Jackknife = "leave-one-out",
) -> pl.DataFrame:
    """Pseudo-values of every patient at risk of an outcome, under the protocol's handlings.

    Parameters
    ----------
    protocol, cohort
        A checked protocol and a cohort of the same vocabulary.
    outcome
        Survival outcome or cumulative incidence of the vocabulary.
    measure
        survival or restricted_mean (days) of a survival; cumulative_incidence or time_lost (days) of an
        incidence, and of a survival with which a handled event competes.
    days
        Days after time zero.
    jackknife
        leave-one-out is exact; infinitesimal takes the patient's influence, and late entry and gaps.

    Returns
    -------
    polars.DataFrame
        Schema `PSEUDO_VALUES`, by patient and day. Patients who are not at risk have no row.

    Raises
    ------
    DataError
        E264: leave-one-out with late entry or gaps; E265: case weights; E267: fewer than two patients.
    ProtocolError
        E266: the vocabulary has no such outcome, or the outcome not the measure.
    ValueError
        No day, or one that is negative or not a number.
    """
    ordered = np.unique(np.asarray(days, dtype=np.float64))
    if not (ordered.size and np.isfinite(ordered).all() and (ordered >= 0).all()):
        raise ValueError(f"days {list(days)}: expected at least one, all finite and not negative")
    exits, of = _exits(protocol, cohort, outcome, measure)
    clock = Clock(cohort.vocabulary.resolution)
    ticks = last_ticks(ordered, clock)
    resolution = clock.resolution if measure in ("restricted_mean", "time_lost") else None
    match jackknife:
        case "leave-one-out":
            values = _leave_one_out(exits, ticks, of, resolution)
        case "infinitesimal":
            values = _infinitesimal(exits, ticks, of, resolution)
    values[:, ~_known(exits, ordered, clock)] = np.nan
    patients = np.unique(exits.patient)
    frame = pl.DataFrame(
        {"patient": np.repeat(patients, ordered.size), "day": np.tile(ordered, patients.size)}
    ).with_columns(
        pl.lit(outcome).alias("outcome"),
        pl.lit(measure).alias("measure"),
        pl.Series("value", values.ravel(), nan_to_null=True),
    )
    return PSEUDO_VALUES.check(frame.select(list(PSEUDO_VALUES.dtypes)))


def _exits(protocol: Protocol, cohort: Cohort, outcome: str, measure: str) -> tuple[FirstExit, int]:
    """The spells of an outcome, and the cause that the measure is about."""
    if outcome not in cohort.vocabulary.outcomes:
        raise _unavailable(
            outcome, "no outcome of this name" + suggestion(outcome, cohort.vocabulary.outcomes)
        )
    word = cohort.vocabulary.outcomes[outcome]
    enrolment = enrol(protocol, cohort)
    plan, _ = plan_of(protocol, cohort, enrolment)
    if plan.weight is not None:
        raise DataError(
            "E265",
            where="protocol.analysis.weight",
            found="case weights",
            why="A pseudo-value stands for one patient, and what it stands for with a weight is not agreed.",
            do="Set the weight to null, and give the weights to the regression on the values.",
        )
    history = event_history(cohort, word.structure, time_zero=enrolment.time_zero)
    analysis = Analysis(protocol, cohort, enrolment, plan, {word.structure: history})
    handled = handle(history, cohort, analysis.handlings_of(outcome, analysis.handlings))
    of = FREE if word.kind is OutcomeKind.SURVIVAL and not handled.competing else 1
    measures = ("survival", "restricted_mean") if of == FREE else ("cumulative_incidence", "time_lost")
    if word.kind is OutcomeKind.OCCUPANCY or measure not in measures:
        raise _unavailable(outcome, f"measure {measure} of an outcome of kind {word.kind}")
    exits = outcome_exits(word, handled)
    if exits.n < 2:
        raise DataError(
            "E267",
            where=f"outcome {outcome}",
            found=f"{exits.n} patients at risk",
            why="Leaving out the only patient leaves nothing to estimate from.",
            do="Correct the population or the outcome.",
        )
    return exits, of


def _unavailable(outcome: str, found: str) -> ProtocolError:
    return ProtocolError(
        "E266",
        where=f"outcome {outcome}",
        found=found,
        why="A survival has survival and restricted_mean; an incidence, and a survival with which a handled "
        "event competes, have cumulative_incidence and time_lost; an occupancy has none.",
        do="Ask for an outcome of the vocabulary and a measure of its kind.",
    )


def _leave_one_out(exits: FirstExit, ticks: Int32, of: int, resolution: float | None) -> Float64:
    if exits.delayed:
        late = np.unique(exits.patient[exits.start > 0]).size
        raise DataError(
            "E264",
            where="observation",
            found=f"{late} patients who enter after time zero or have a gap",
            why="Leaving one patient out is not valid then: the risk set may be empty until others enter.",
            do='Ask for jackknife="infinitesimal", or restrict to patients observed from time zero.',
        )
    if resolution is None:
        return pseudo_probabilities(exits.stop, exits.cause, ticks, of=of)
    return pseudo_times(exits.stop, exits.cause, ticks, resolution=resolution, of=of)


def _infinitesimal(exits: FirstExit, ticks: Int32, of: int, resolution: float | None) -> Float64:
    rows = exits.rows()
    initial = np.eye(rows.states)
    course = aalen_johansen(rows, initial=initial[0])
    if resolution is None:
        values = infinitesimal_probabilities(rows, course, ticks, contrast=initial[of])
    else:
        values = infinitesimal_times(rows, course, ticks, resolution=resolution, contrast=initial[of])
    return values[np.unique(exits.patient)]


def _known(exits: FirstExit, days: Float64, clock: Clock) -> Bool:
    """Days within the follow-up, or after everybody has had an event, and not after an empty risk set."""
    last = last_observed_day(exits.stop, clock)
    settled = bool(survival_curve(exits).survival[-1:].sum() <= 0)
    return ((days <= last + 1e-9) | settled) & (days < emptied_from(exits, clock))

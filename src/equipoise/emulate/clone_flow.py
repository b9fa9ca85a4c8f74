"""The flow of clones: of everybody enrolled, how many stay with each strategy, and why the others do not."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.schema import Column, Schema
from equipoise.cohort.cohort import Cohort
from equipoise.emulate.clones import Clones, clones, last_days
from equipoise.emulate.enrol import Enrolment
from equipoise.emulate.reasons import Reason
from equipoise.emulate.risk_set import risk_set
from equipoise.emulate.starts import first_starts
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.strategy import Strategy

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

STAYED = "compatible to the end of follow-up"

CLONES = Schema(
    "clones",
    "What became of the clones under one strategy: those never censored, or those censored for one reason",
    (
        Column("strategy", pl.String(), "name of the strategy"),
        Column(
            "reason",
            pl.String(),
            "why these clones are artificially censored; events, loss and the end of the study are no "
            "reasons, but ends of the follow-up of those who stay compatible",
            values=(STAYED, *(reason.value for reason in Reason)),
        ),
        Column("patients", pl.Int64(), "clones; they sum to the enrolled in every strategy", "patients"),
        Column(
            "started",
            pl.Int64(),
            "of these, who started a treatment of the strategy, compatibly, before being censored",
            "patients",
        ),
        Column("first_day", pl.Float64(), "first day of censoring, since time zero", "days", nullable=True),
        Column("median_day", pl.Float64(), "median day of censoring, since time zero", "days", nullable=True),
    ),
)


def clone_flow(protocol: Protocol, cohort: Cohort, enrolment: Enrolment) -> pl.DataFrame:
    """Count what becomes of the clones under every strategy of a protocol.

    Parameters
    ----------
    protocol, cohort, enrolment
        The question, the patients, and their time zero.

    Returns
    -------
    pl.DataFrame
        Table `CLONES`: per strategy first those who stay, then the reasons that occur, in the order of
        `Reason`.
    """
    rows: list[dict[str, object]] = []
    for strategy in protocol.strategies:
        cloned = clones(protocol, strategy, cohort, enrolment)
        started = started_compatibly(protocol, strategy, cohort, enrolment, cloned)
        rows.append(_row(strategy.name, STAYED, cloned.compatible, started, cloned.until))
        for reason in Reason:
            chosen = cloned.reason == reason.code
            if chosen.any():
                rows.append(_row(strategy.name, reason.value, chosen, started, cloned.until))
    return CLONES.frame(rows)


def started_compatibly(
    protocol: Protocol, strategy: Strategy, cohort: Cohort, enrolment: Enrolment, cloned: Clones
) -> Bool:
    """Whether a patient starts a treatment that the strategy names while the clone is followed: bool[n].

    Parameters
    ----------
    protocol, strategy, cohort, enrolment
        As in `equipoise.emulate.clones.clones`.
    cloned
        The clones of this strategy.
    """
    before = np.where(np.isnan(cloned.until), np.inf, cloned.until)
    last = last_days(cohort) - enrolment.time_zero
    started = np.zeros(cohort.n, dtype=np.bool_)
    width = cohort.vocabulary.resolution
    for treatment in dict.fromkeys(rule.treatment for rule in strategy.rules):
        risk = risk_set(protocol.treatment(treatment), protocol.structure, cohort, enrolment.time_zero)
        day = first_starts(risk, width)
        started |= (day < before) & (day <= last)  # false without a start
    return started & cloned.enrolled


def _row(strategy: str, reason: str, chosen: Bool, started: Bool, until: Float64) -> dict[str, object]:
    days = until[chosen & ~np.isnan(until)]
    return {
        "strategy": strategy,
        "reason": reason,
        "patients": int(chosen.sum()),
        "started": int((started & chosen).sum()),
        "first_day": float(days.min()) if days.size else None,
        "median_day": float(np.median(days)) if days.size else None,
    }

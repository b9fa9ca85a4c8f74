"""Bias smells that can be seen in the records: where the cohort starts, who is in it, when it ends."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.findings import Finding, finding
from equipoise.cohort.audit.hindsight import hindsight_findings
from equipoise.cohort.audit.looking import looking_findings
from equipoise.cohort.audit.report import people, told
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.moves import follow_arrows, timeline
from equipoise.cohort.order import precedence
from equipoise.cohort.windows import merged_observation
from equipoise.language.structure import Structure

Float64 = NDArray[np.float64]

# Nearly everybody: one exception in twenty, often a wrong date, must not hide the pattern.
NEARLY_ALL = 0.95
FEW = 5


def bias_findings(cohort: Cohort) -> Iterator[Finding]:
    """Findings D501 to D510."""
    entry, last = _first_and_last_observed(cohort)
    for name in cohort.vocabulary.interventions:
        yield from _intervention_findings(cohort, name, entry)
    yield from _entry_findings(cohort, entry)
    yield from _end_findings(cohort, last)
    yield from hindsight_findings(cohort)
    yield from looking_findings(cohort)
    records = timeline(cohort)
    for structure in cohort.vocabulary.structures.values():
        yield from _start_state_findings(cohort, records, structure)


def _first_and_last_observed(cohort: Cohort) -> tuple[Float64, Float64]:
    """First and last day under observation of each patient, shape (n,); NaN for nobody's."""
    periods = merged_observation(cohort.observation).group_by("patient")
    ends = periods.agg(pl.col("start").min(), pl.col("stop").max())
    entry, last = np.full(cohort.n, np.nan), np.full(cohort.n, np.nan)
    entry[ends["patient"].to_numpy()] = ends["start"].to_numpy()
    last[ends["patient"].to_numpy()] = ends["stop"].to_numpy()
    return entry, last


def _intervention_findings(cohort: Cohort, name: str, entry: Float64) -> Iterator[Finding]:
    """D501, D502 and D504: everybody starts with it, everybody has it, it is decided later."""
    label = cohort.vocabulary.label_of(name)
    first = cohort.first_day(name)
    has = ~np.isnan(first)
    observed = ~np.isnan(entry)
    at_start = int((has & observed & (first <= entry)).sum())
    if at_start >= max(2, NEARLY_ALL * int(observed.sum())):
        message = (
            f"{at_start} of {people(int(observed.sum()))} have the {label} by the day observation starts"
        )
        yield finding("D501", "interventions", message, patients=at_start)
    elif cohort.n > 1 and bool(has.all()):
        yield finding("D502", "interventions", f"all {people(cohort.n)} have the {label}", patients=cohort.n)
    decided = cohort.records(name).filter(pl.col("decided").fill_null(pl.col("start")) > 0)
    later = decided["patient"].n_unique()
    if later:
        waited = float(np.median(decided["day"].to_numpy()))
        message = (
            f"the {label} is decided after day 0 in {people(later)}; it starts on day {waited:g} (median)"
        )
        yield finding("D504", "interventions", message, patients=later)


def _entry_findings(cohort: Cohort, entry: Float64) -> Iterator[Finding]:
    """D505, D506 and D507: late entries, those at an intervention, and follow-up of no length."""
    late = entry > 0
    if bool(late.any()):
        message = f"{int(late.sum())} of {people(cohort.n)} come under observation after day 0"
        yield finding("D505", "observation", message, patients=int(late.sum()))
    for name in cohort.vocabulary.interventions:
        begun = cohort.records(name)
        at_entry = begun.filter(
            pl.Series(values=begun["day"].to_numpy() == entry[begun["patient"].to_numpy()])
        )
        entered = np.zeros(cohort.n, dtype=np.bool_)
        entered[at_entry["patient"].to_numpy()] = True
        together = int((entered & late).sum())
        if together >= FEW and 2 * together >= int(late.sum()):
            label = cohort.vocabulary.label_of(name)
            message = f"{together} of {int(late.sum())} late entries are on the day of the {label}"
            yield finding("D506", "observation", message, patients=together)
    never = np.flatnonzero(np.isnan(entry)).tolist()
    empty = cohort.observation.filter(pl.col("patient").is_in(never) & (pl.col("start") == pl.col("stop")))
    yield from told("D507", "observation", empty, "the patient is observed for no time at all")


def _end_findings(cohort: Cohort, last: Float64) -> Iterator[Finding]:
    """D509: observation ends on the day of a record after which patients live on."""
    vocabulary = cohort.vocabulary
    for name in (*vocabulary.interventions, *vocabulary.events):
        if name in vocabulary.terminal_events:
            continue
        records = cohort.records(name)
        ends = records.filter(
            pl.Series(values=records["day"].to_numpy() == last[records["patient"].to_numpy()])
        )
        ended, had = ends["patient"].n_unique(), records["patient"].n_unique()
        # A death on the same day ends follow-up by itself.
        died = cohort.events.filter(pl.col("name").is_in(vocabulary.terminal_events))
        ended -= ends.join(died, on=["patient", "day"], how="semi")["patient"].n_unique()
        if ended >= FEW and 2 * ended >= had:
            message = (
                f"observation ends on the day of the {vocabulary.label_of(name)} in {ended} of {people(had)}"
            )
            yield finding("D509", "observation", message, patients=ended)


def _start_state_findings(cohort: Cohort, records: pl.DataFrame, structure: Structure) -> Iterator[Finding]:
    """D510: an intervention out of the start state, where the structure also has it later."""
    moves = follow_arrows(records, structure, cohort.n)
    places = precedence(cohort.vocabulary)
    start = structure.index(structure.start)
    later = structure.reachable(arrow.to for arrow in structure.arrows_from(structure.start))
    state = structure.states[structure.start].label
    for name in cohort.vocabulary.interventions:
        if not any(
            arrow.on == name and arrow.from_ in later - {structure.start} for arrow in structure.arrows
        ):
            continue
        early = moves.take((moves.origin == start) & (moves.place == places[name]))
        if early.size:
            number, had = np.unique(early.patient).size, cohort.records(name)["patient"].n_unique()
            label = cohort.vocabulary.label_of(name)
            message = f"{number} of {people(had)} with the {label} had it in the state {state!r}"
            yield finding("D510", "interventions", message, rows=early.row.tolist(), patients=number)

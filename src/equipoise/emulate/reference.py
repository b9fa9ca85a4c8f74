"""The slow twin of `equipoise.emulate.prescribed`: one patient after another, one day after another.

Written from the definition, to be read by a clinician; it imports nothing from the fast implementation. All
that is asked about a day is asked of the records up to the end of the day before.
"""

import math
from itertools import pairwise
from typing import Any

from equipoise.base.clock import months_to_days
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.reference_evaluate import value_of
from equipoise.language.comparison import holds
from equipoise.language.structure import Structure
from equipoise.protocol.law import FixedLaw, GivenLaw, UniformLaw
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.rule import Never, OnTrigger, StartWithin
from equipoise.protocol.strategy import Strategy


def prescribed_for(
    protocol: Protocol,
    strategy: Strategy,
    treatment: str,
    cohort: Cohort,
    patient: int,
    days: tuple[float, float, float],
) -> float:
    """Probability that a patient starts a treatment in one bin of time, given no start before.

    Parameters
    ----------
    protocol, strategy, treatment
        The question, a strategy with a rule about the treatment, and the name of the treatment.
    cohort, patient
        The patient.
    days
        Time zero, and the days (since the origin) on which the bin begins and ends: (begin, end].
    """
    zero, begin, end = days
    if math.isnan(zero) or not at_risk(protocol, treatment, cohort, patient, begin):
        return 0.0
    without = 1.0
    for rule in strategy.rules:
        if rule.treatment != treatment or isinstance(rule, Never):
            continue
        if rule.only_if is not None and value_of(rule.only_if, cohort, patient, begin) is not True:
            continue
        opened = zero
        if isinstance(rule, OnTrigger):
            opened = trigger_day(rule, cohort, patient, zero, begin)
        if not math.isnan(opened):
            without *= 1 - _starts_in_bin(rule, begin - opened, end - opened)
    return 1 - without


def trigger_day(rule: OnTrigger, cohort: Cohort, patient: int, zero: float, today: float) -> float:
    """Day of the trigger if it is known by the end of today and did not come too late; else NaN."""
    day = zero
    while day <= today:
        if value_of(rule.trigger, cohort, patient, day) is True:
            in_time = rule.until_month is None or day - zero <= months_to_days(rule.until_month)
            return day if in_time else math.nan
        day += cohort.vocabulary.resolution
    return math.nan


def _starts_in_bin(rule: StartWithin | OnTrigger, begin: float, end: float) -> float:
    """Share of those who have not started by `begin`, in days since the window opened, who start by `end`."""
    length = months_to_days(rule.months)
    if begin >= length or _share(rule, begin) == 1:
        return 0.0
    if end >= length:
        return 1.0
    return (_share(rule, end) - _share(rule, begin)) / (1 - _share(rule, begin))


def _share(rule: StartWithin | OnTrigger, since: float) -> float:
    """Share of the window's starts that have taken place by a day."""
    month = since / months_to_days(1)
    match rule.law:
        case UniformLaw():
            return min(month / rule.months, 1.0)
        case FixedLaw():
            return 1.0 if since >= months_to_days(rule.law.fixed) else 0.0
        case GivenLaw():
            knots = list(zip(rule.law.months, rule.law.probability, strict=True))
            for (left, low), (right, high) in pairwise(knots):
                if left <= month <= right:
                    return low + (high - low) * (month - left) / (right - left)
            return 1.0
        case _:
            raise ValueError("the twin knows uniform, fixed and given laws")


def at_risk(protocol: Protocol, treatment: str, cohort: Cohort, patient: int, today: float) -> bool:
    """Whether a patient is in one of the treatment's states by the end of today and has not started it."""
    state, started = state_and_start(protocol, treatment, cohort, patient, today)
    return state in protocol.treatment(treatment).while_in and not started


def state_and_start(
    protocol: Protocol, treatment: str, cohort: Cohort, patient: int, today: float
) -> tuple[str, bool]:
    """State of a patient by the end of today, and whether the treatment has been started by then."""
    structure = cohort.vocabulary.structures[protocol.structure]
    chosen = protocol.treatment(treatment)
    state, started = structure.start, False
    for record in _records(cohort.as_of(today), patient):
        started = started or (record["name"] == chosen.intervention and state in chosen.while_in)
        state = _follow(structure, state, record)
        if record["name"] in cohort.vocabulary.terminal_events:  # nothing follows
            break
    return state, started


def _records(known: Cohort, patient: int) -> list[dict[str, Any]]:
    """Interventions and events of a patient in the order in which they happened."""
    rows = [{**row, "day": row["start"]} for row in known.interventions.iter_rows(named=True)]
    rows += list(known.events.iter_rows(named=True))
    mine = [row for row in rows if row["patient"] == patient and row["name"] in known.vocabulary.records]
    rank = known.vocabulary.same_day_rank
    return sorted(mine, key=lambda row: (row["day"], rank(row["name"]), row["name"]))


def _follow(structure: Structure, state: str, record: dict[str, Any]) -> str:
    """State after a record: an arrow whose conditions hold, else the arrow without any, else no change."""
    plain = state
    for arrow in structure.arrows:
        if arrow.from_ != state or arrow.on != record["name"]:
            continue
        if not arrow.where:
            plain = arrow.to
        elif all(
            record[detail] is not None and holds(comparison, record[detail])
            for detail, comparison in arrow.where.items()
        ):
            return arrow.to
    return plain

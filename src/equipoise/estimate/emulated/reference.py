"""The slow twin of the weights: one patient after another, one day after another, equation (9.20).

Written from the definition, to be read by a clinician; it imports nothing from the fast implementation. All
that is asked about a day is asked of the records up to the end of the day before. Only the coefficients of
the hazards of usual care are handed over.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.base.clock import months_to_days
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.reference_evaluate import value_of
from equipoise.emulate.reference import at_risk, prescribed_for, state_and_start
from equipoise.language.comparison import Operator
from equipoise.language.predicate import Compare
from equipoise.protocol.emulation import Adjustment, HazardModel
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.strategy import Strategy


@dataclass(frozen=True)
class UsualCare:
    """Hazards of usual care.

    Attributes
    ----------
    models
        By treatment.
    loss
        Of being lost to follow-up, if the weights make up for it.
    coefficients
        By process (a treatment, or ``loss``) and name of the column: log hazards a day of the grid, and log
        hazard ratios. A process without any never happens. A column that is not named has the ratio 1.
    """

    models: Mapping[str, HazardModel]
    loss: HazardModel | None
    coefficients: Mapping[str, Mapping[str, float]]


def weights_by_day(
    protocol: Protocol, strategy: Strategy, care: UsualCare, cohort: Cohort, patient: int, zero: float
) -> list[float]:
    """Weight of a patient by the end of each day of the grid after time zero, up to the last one observed.

    Parameters
    ----------
    protocol, strategy
        The question and one of its strategies, whose laws have numbers.
    care
        Who is treated, and who is lost, in usual care.
    cohort, patient, zero
        The patient, and the day of time zero.
    """
    step = cohort.vocabulary.resolution
    treatments = list(dict.fromkeys(rule.treatment for rule in strategy.rules))
    weight, kept, weights = 1.0, 1.0, list[float]()
    end = zero + step
    while end <= last_day(cohort, patient):
        begin = end - step
        for treatment in treatments:
            if at_risk(protocol, treatment, cohort, patient, begin):
                chance = _chance(care, treatment, cohort, patient, (zero, begin))
                q = prescribed_for(protocol, strategy, treatment, cohort, patient, (zero, begin, end))
                started = state_and_start(protocol, treatment, cohort, patient, end)[1]
                weight *= q / chance if started else (1 - q) / (1 - chance)
        # Losses come last in a day: whoever has an event on a day has escaped those of the days before.
        weights.append(weight * kept)
        if care.loss is not None and _is_observed(cohort, patient, begin, end):
            kept /= 1 - _chance(care, "loss", cohort, patient, (zero, begin))
        end += step
    return weights


def last_day(cohort: Cohort, patient: int) -> float:
    """Last day under observation, no later than the first terminal event; minus infinity without any."""
    return max((stop for start, stop in _periods(cohort, patient) if start < stop), default=-math.inf)


def _is_observed(cohort: Cohort, patient: int, begin: float, end: float) -> bool:
    """Whether a patient is under observation throughout a day of the grid."""
    return any(start <= begin and end <= stop for start, stop in _periods(cohort, patient))


def _periods(cohort: Cohort, patient: int) -> list[tuple[float, float]]:
    """Periods of observation, ended by the first terminal event."""
    terminal = [
        row["day"]
        for row in cohort.events.iter_rows(named=True)
        if row["patient"] == patient and row["name"] in cohort.vocabulary.terminal_events
    ]
    return [
        (row["start"], min([row["stop"], *terminal]))
        for row in cohort.observation.iter_rows(named=True)
        if row["patient"] == patient
    ]


def _chance(care: UsualCare, process: str, cohort: Cohort, patient: int, days: tuple[float, float]) -> float:
    """Probability that the process happens on the day after `today`, 1 - exp(-lambda)."""
    model = care.loss if process == "loss" else care.models[process]
    coefficients = care.coefficients[process]
    if model is None or not coefficients:
        return 0.0
    zero, today = days
    log_hazard = coefficients.get(_piece(model, cohort, today - zero), 0.0)
    for one in model.adjust_for:
        log_hazard += _effect(one, coefficients, cohort, patient, today)
    if model.site is not None:
        sites = sorted({site for site in cohort.patients[model.site] if site is not None})
        mine = cohort.patients[model.site][patient]
        log_hazard += 0.0 if mine is None else coefficients.get(f"{model.site} {sites.index(mine) + 1}", 0.0)
    return 1 - math.exp(-math.exp(log_hazard))


def _piece(model: HazardModel, cohort: Cohort, since: float) -> str:
    """Name of the piece of the baseline hazard that begins last, by so many days since time zero."""
    step = cohort.vocabulary.resolution
    months = (0.0, *model.pieces_months)
    begun = [month for month in months if round(months_to_days(month) / step) * step <= since + 1e-9]
    place = len(begun) - 1
    return f"months {months[place]:g}" + (f"-{months[place + 1]:g}" if begun != list(months) else "+")


def _effect(
    one: Adjustment, coefficients: Mapping[str, float], cohort: Cohort, patient: int, today: float
) -> float:
    """What a covariate adds to the log hazard, by its value by the end of a day."""
    if one.feature is not None and one.cut:
        return coefficients.get(_group(one, cohort, patient, today), 0.0)
    value = value_of(one.asked, cohort, patient, today)
    if value is None:
        return coefficients.get(f"{one.name} unknown", 0.0)
    if isinstance(value, bool) and one.feature is None:
        return coefficients.get(one.name, 0.0) if value else 0.0
    if isinstance(value, bool | str):
        level = ("yes" if value else "no") if isinstance(value, bool) else value
        return coefficients.get(f"{one.name} {level}", 0.0)
    return coefficients.get(one.name, 0.0) * value / one.per


def _group(one: Adjustment, cohort: Cohort, patient: int, today: float) -> str:
    """Name of the group between two cuts; no column has the name of the lowest one."""
    above = [
        value_of(Compare(feature=one.feature, op=Operator.GT, value=cut), cohort, patient, today)
        for cut in one.cut
        if one.feature is not None
    ]
    if None in above:
        return f"{one.name} unknown"
    passed = sum(answer is True for answer in above)
    if passed == len(one.cut):
        return f"{one.name} above {one.cut[-1]:g}"
    return f"{one.name} {one.cut[passed - 1]:g}-{one.cut[passed]:g}" if passed else f"{one.name} lowest"

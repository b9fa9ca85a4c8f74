"""Answers of an emulation as rows of the table of estimates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from equipoise.base.findings import FindingStatus
from equipoise.estimate.bands import NO_INTERVAL, NOISE
from equipoise.estimate.counts import SPARSE_SHARE
from equipoise.estimate.emulated.contrasts import E_VALUE, TREATED_FOR_ONE, Compared, compared, level_of
from equipoise.estimate.emulated.emulated import Emulated, spread_error
from equipoise.estimate.emulated.followed import Followed, Number
from equipoise.estimate.emulated.limits import NOTHING, Limits, level_limits
from equipoise.estimate.emulated.sentences import contrast_sentence, level_sentence
from equipoise.estimate.emulated.verdicts import Verdict
from equipoise.estimate.emulated.worst_case import limits_of_difference, worst_case
from equipoise.estimate.estimates import ESTIMATES
from equipoise.kernels.arrays import Float64
from equipoise.kernels.weighted_standing import Standing, standing
from equipoise.language.outcome import OutcomeKind

METHOD: Final = "clone-censor-weight, weighted Aalen-Johansen"
WORST_CASE: Final = "worst case, nothing assumed"
AREAS: Final = ("restricted_mean", "time_lost")
DERIVED: Final = (E_VALUE, TREATED_FOR_ONE, "crossing_time")  # said of the main analysis only


@dataclass(frozen=True, slots=True)
class Block:
    """What the rows of one emulation have in common.

    Attributes
    ----------
    role
        As in the table of estimates.
    prefix
        In front of the method: the name of a sensitivity analysis.
    """

    role: str = "primary"
    prefix: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """Bootstrap draws of all answers, float64[B, Q]."""

    answers: Float64


def level_rows(found: Emulated, block: Block) -> pl.DataFrame:
    """Outcomes under every strategy on the report days, and their times up to the horizons."""
    rows: list[dict[str, Any]] = []
    for strategy in found.prepared.strategies:
        for outcome in found.prepared.outcomes.values():
            there = people(found, strategy.name, outcome)
            worst = _worst(found, strategy.name, outcome)
            rows += [
                _level(found, block, (strategy.name, outcome, number), there, worst)
                for number in outcome.numbers
            ]
    return _frame(rows)


def contrast_rows(found: Emulated, block: Block, drawn: Drawn | None) -> pl.DataFrame:
    """The protocol's contrasts."""
    protocol = found.prepared.analysis.protocol
    rows = [
        _contrast(found, block, one)
        for contrast in protocol.contrasts
        for one in compared(found, contrast, None if drawn is None else drawn.answers)
        if block.role == "primary" or one.measure not in DERIVED
    ]
    return _frame(rows)


def people(found: Emulated, strategy: str, outcome: Followed) -> Standing:
    """Who is at risk just before each report day, and who had the event by its end, following a strategy.

    For a state that may be left again: who is under observation anywhere, and who is in the state.
    """
    prepared, rows, until = found.prepared, outcome.rows, found.prepared.analysis.plan.ticks
    weighting = (prepared.paths[strategy], found.weighted.levels[strategy], prepared.omega, prepared.cap)
    if outcome.kind is not OutcomeKind.OCCUPANCY:
        states = outcome.inside, outcome.counted
        events = standing(rows, weighting, until, states).events
        return standing(rows, weighting, outcome.ticks, states)._replace(events=events)
    is_left = np.isin(np.arange(rows.states), rows.origin)
    there = standing(rows, weighting, until, (outcome.inside, outcome.counted & ~is_left))
    seen = standing(rows, weighting, outcome.ticks, (is_left, outcome.counted))
    return seen._replace(events=there.events + there.patients)


def _worst(found: Emulated, strategy: str, outcome: Followed) -> Mapping[float, tuple[float, float]]:
    if found.verdict(strategy) is not Verdict.SEALED:
        return {}
    return worst_case(found.prepared, strategy, outcome)


def _level(
    found: Emulated,
    block: Block,
    which: tuple[str, Followed, Number],
    there: Standing,
    worst: Mapping[float, tuple[float, float]],
) -> dict[str, Any]:
    strategy, _, number = which
    value, spread = found.at(strategy, number)
    place, error = _place(found, number), spread_error(spread)
    is_area = number.measure in AREAS
    status, limits, shown = _read(found, (strategy,), known=_known(found, strategy, number, there))
    if shown and number.day > 0:  # at time zero it is as it is
        scale = (found.degrees_of_freedom(strategy), found.support[strategy].effective)
        level = found.prepared.analysis.plan.level
        limits = level_limits(number.measure, value, error, level, scale, number.day)
        status = _thin(status, limits, there, place, is_area=is_area)
    elif number.day in worst and not is_area:
        limits = Limits(*worst[number.day], WORST_CASE)
    sentence = level_sentence(found.prepared.analysis, strategy, number)
    squares = float(there.squares[place])
    return _row(
        found,
        block,
        (sentence, number.outcome, strategy, None, number.measure, number.day),
        (value if shown else None, error if shown and error > NOISE else None, limits),
        (int(there.events[place]), int(there.patients[place])),
        (float(there.total[place]) ** 2 / squares if squares > 0 else 0.0, status),
    )


def _place(found: Emulated, number: Number) -> int:
    """Report day of a number; of an area the last one up to its horizon."""
    days = found.prepared.analysis.plan.days
    return max(int(np.searchsorted(days, number.day + 1e-9, side="right")) - 1, 0)


def _known(found: Emulated, strategy: str, number: Number, there: Standing) -> bool:
    """Whether somebody is followed up to the day of a level, or nothing is left to follow."""
    if there.patients[_place(found, number)] > 0:
        return True
    return number.measure == "survival" and found.at(strategy, number)[0] <= 0


def _read(found: Emulated, strategies: tuple[str, ...], *, known: bool) -> tuple[FindingStatus, Limits, bool]:
    """How a number about strategies may be read, and whether it is shown."""
    if not found.weighted.converged:
        return FindingStatus.NOT_CONVERGED, NOTHING, False
    verdicts = [found.verdict(one) for one in strategies]
    if Verdict.SEALED in verdicts:
        return FindingStatus.SEALED, NOTHING, False
    if not known:
        return FindingStatus.NOT_REACHED, NOTHING, False
    return (FindingStatus.AMBER if Verdict.AMBER in verdicts else FindingStatus.OK), NOTHING, True


def _thin(
    status: FindingStatus, limits: Limits, there: Standing, place: int, *, is_area: bool
) -> FindingStatus:
    if limits.name == NO_INTERVAL:
        return FindingStatus.NO_INTERVAL
    first = int(there.patients.max(initial=0))
    if status is FindingStatus.OK and not is_area and there.patients[place] < SPARSE_SHARE * first:
        return FindingStatus.SPARSE
    return status


def _contrast(found: Emulated, block: Block, one: Compared) -> dict[str, Any]:
    a, b = one.between
    outcome = found.prepared.outcomes[one.of]
    sides = [people(found, name, outcome) for name in (a, b)]
    number = Number(one.of, level_of(one.measure), one.day)
    place = _place(found, number)
    known = all(_known(found, name, number, side) for name, side in zip((a, b), sides, strict=True))
    status, limits, shown = _read(found, (a, b), known=known)
    if shown:
        limits = one.limits
        status = FindingStatus.NO_INTERVAL if limits.name == NO_INTERVAL else status
        if one.estimate is None:
            status = FindingStatus.LEVEL_NOT_REACHED
    elif status is FindingStatus.SEALED and one.measure in (
        "survival_difference",
        "cumulative_incidence_difference",
    ):
        limits = _worst_difference(found, outcome, (a, b), one.day)
    sentence = contrast_sentence(found.prepared.analysis, one.measure, one.of, (a, b))
    effective = min(found.support[name].effective for name in (a, b))
    return _row(
        found,
        block,
        (sentence, one.of, a, b, one.measure, one.day),
        (one.estimate if shown else None, one.std_error if shown and one.std_error else None, limits),
        (sum(int(side.events[place]) for side in sides), sum(int(side.patients[place]) for side in sides)),
        (effective, status),
    )


def _worst_difference(found: Emulated, outcome: Followed, between: tuple[str, str], day: float) -> Limits:
    sides = [worst_case(found.prepared, name, outcome) for name in between]
    if not all(day in side for side in sides):
        return NOTHING
    return Limits(*limits_of_difference(sides[0][day], sides[1][day]), WORST_CASE)


def _row(
    found: Emulated,
    block: Block,
    about: tuple[str, str, str, str | None, str, float],
    numbers: tuple[float | None, float | None, Limits],
    counts: tuple[int, int],
    reading: tuple[float, FindingStatus],
) -> dict[str, Any]:
    sentence, outcome, strategy, versus, measure, day = about
    estimate, error, limits = numbers
    given = not np.isnan(limits.lower)
    finding = {FindingStatus.SEALED: "E130", FindingStatus.AMBER: "E131", FindingStatus.NOT_CONVERGED: "E133"}
    return {
        "estimand": sentence,
        "outcome": outcome,
        "strategy": strategy,
        "versus": versus,
        "measure": measure,
        "day": day,
        "estimate": _finite(estimate),
        "std_error": _finite(error),
        "lower": limits.lower if given else None,
        "upper": _finite(limits.upper) if given else None,
        "level": found.prepared.analysis.plan.level,
        "interval": limits.name,
        "method": f"{block.prefix}{METHOD}; {found.spread.method}",
        "role": block.role,
        "n": found.prepared.n,
        "events": counts[0],
        "at_risk": counts[1],
        "ess": reading[0],
        "status": reading[1].value,
        "finding": finding.get(reading[1]),
    }


def _finite(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)


def _frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    return ESTIMATES.frame({name: [row[name] for row in rows] for name in ESTIMATES.dtypes})

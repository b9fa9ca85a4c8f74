"""Simultaneous bands of levels and of differences of survival, as a table."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from equipoise.estimate.emulated.curves import calibrated, difference_band, level_band
from equipoise.estimate.emulated.emulated import Emulated
from equipoise.estimate.emulated.followed import MEASURE, Followed, Number
from equipoise.estimate.emulated.rows import Drawn, people
from equipoise.estimate.emulated.tables import BANDS
from equipoise.estimate.emulated.verdicts import Verdict
from equipoise.kernels.arrays import Bool, Float64


def bands_table(found: Emulated, drawn: Drawn) -> pl.DataFrame:
    """Bands of every strategy that is not sealed, and of every pair that the protocol's contrasts compare."""
    rows: list[dict[str, object]] = []
    if not found.weighted.converged:
        return BANDS.empty()
    for outcome in found.prepared.outcomes.values():
        for strategy in found.prepared.strategies:
            rows += _level(found, drawn, strategy.name, outcome)
        pairs = {
            one.between: None for one in found.prepared.analysis.protocol.contrasts if one.of == outcome.name
        }
        for pair in pairs:
            rows += _difference(found, drawn, pair, outcome)
    return BANDS.frame(rows)


def _days(found: Emulated, strategy: str, outcome: Followed) -> Bool:
    """Report days on which somebody is there: bool[T]."""
    return people(found, strategy, outcome).patients > 0


def _places(found: Emulated, strategy: str, outcome: Followed, days: Float64) -> list[int]:
    """Numbers of the answers on days."""
    measure = MEASURE[outcome.kind]
    return [found.places[strategy, Number(outcome.name, measure, float(day))] for day in days]


def _level(found: Emulated, drawn: Drawn, strategy: str, outcome: Followed) -> Iterator[dict[str, object]]:
    days = found.prepared.analysis.plan.days[_days(found, strategy, outcome)]
    if found.verdict(strategy) is Verdict.SEALED or not days.size:
        return
    places = _places(found, strategy, outcome, days)
    value, error = found.spread.value[places], found.spread.std_error[places]
    level = found.prepared.analysis.plan.level
    df = found.degrees_of_freedom(strategy)
    band = level_band(value, error, drawn.answers[:, places], MEASURE[outcome.kind], level, df)
    yield from _rows(outcome.name, (strategy, None), days, value, band, level)


def _difference(
    found: Emulated, drawn: Drawn, pair: tuple[str, str], outcome: Followed
) -> Iterator[dict[str, object]]:
    if any(found.verdict(one) is Verdict.SEALED for one in pair):
        return
    there = np.logical_and(*(_days(found, one, outcome) for one in pair))
    days = found.prepared.analysis.plan.days[there]
    if not days.size:
        return
    one, other = (_places(found, name, outcome, days) for name in pair)
    measure = MEASURE[outcome.kind]
    draws = [
        calibrated(found.spread.value[p], found.spread.std_error[p], drawn.answers[:, p], measure)
        for p in (one, other)
    ]
    value = found.spread.value[one] - found.spread.value[other]
    error = np.sqrt(((found.spread.spread[:, one] - found.spread.spread[:, other]) ** 2).sum(axis=0))
    level, df = found.prepared.analysis.plan.level, found.degrees_of_freedom(*pair)
    band = difference_band(value, error, draws[0] - draws[1], level, df)
    yield from _rows(outcome.name, pair, days, value, band, level)


def _rows(
    outcome: str,
    which: tuple[str, str | None],
    days: Float64,
    value: Float64,
    band: tuple[Float64, Float64],
    level: float,
) -> Iterator[dict[str, object]]:
    for place, day in enumerate(days):
        lower, upper = (None if np.isnan(end[place]) else float(end[place]) for end in band)
        yield {
            "outcome": outcome,
            "strategy": which[0],
            "versus": which[1],
            "day": float(day),
            "estimate": float(value[place]),
            "lower": lower,
            "upper": upper,
            "level": level,
        }

"""Limits that assume nothing: what a strategy could come to, whatever those come to who did not follow it.

With m_i(t) the probability that the strategy, left to chance, does up to t exactly what was done to patient i
(the product of q at a start and of 1 - q on the days without one), the probability of being event-free at t
lies in

    [ mean m_i 1{known event-free at t},  1 - mean m_i 1{known event by t} ]                          (9.50)

(Manski 1990, in the form for strategies that depend on the past). Who is lost before t may have come to
either.
"""

from collections.abc import Mapping

import numpy as np

from equipoise.estimate.emulated.followed import Followed
from equipoise.estimate.emulated.prepared import Prepared
from equipoise.kernels.arrays import Bool, Int32
from equipoise.kernels.weight_path import NONE, levels, weights_of
from equipoise.language.outcome import OutcomeKind

CERTAIN = np.array([np.inf])  # the hazard of what has happened: p = 1, so that q / p is q


def worst_case(prepared: Prepared, strategy: str, outcome: Followed) -> Mapping[float, tuple[float, float]]:
    """Limits of an outcome under a strategy on the report days; nothing for occupancies.

    Parameters
    ----------
    prepared, strategy, outcome
        The emulation, one of its strategies, one of its outcomes.

    Returns
    -------
    mapping
        (lower, upper) by day.
    """
    if outcome.kind is OutcomeKind.OCCUPANCY:
        return {}
    path = prepared.paths[strategy]
    bare = path._replace(
        hazard=np.full_like(path.hazard, NONE), jump=np.where(path.jump >= 0, 0, NONE).astype(np.int32)
    )
    chances = levels(bare, CERTAIN)
    omega = prepared.omega
    people = np.flatnonzero(omega > 0).astype(np.int32)
    found: dict[float, tuple[float, float]] = {}
    for day, tick in zip(prepared.analysis.plan.days, prepared.analysis.plan.ticks, strict=True):
        ended, event, known = _standing_at(outcome, int(tick), prepared)
        bins = np.minimum(ended[people], int(tick) >> 1).astype(np.int32)
        chance = weights_of(bare, chances, people, bins)
        total = float(omega[people].sum())
        free = float((omega[people] * chance * (known & ~event)[people]).sum()) / total
        happened = float((omega[people] * chance * (known & event)[people]).sum()) / total
        is_survival = outcome.kind is OutcomeKind.SURVIVAL
        lower, other = (free, happened) if is_survival else (happened, free)
        found[float(day)] = lower, max(1.0 - other, lower)  # where all is known they differ by rounding
    return found


def _standing_at(outcome: Followed, tick: int, prepared: Prepared) -> tuple[Int32, Bool, Bool]:
    """Bin in which each course was decided, whether by the event, and whether that is known at a tick."""
    n = prepared.omega.size
    rows = outcome.rows
    last = np.append(rows.patient[1:] != rows.patient[:-1], True)[: rows.size]
    who, stop, target = rows.patient[last], rows.stop[last], rows.target[last]
    ended = np.full(n, tick >> 1, dtype=np.int32)
    event, known = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    left = (target >= 0) & (stop <= tick)
    ended[who[left]] = stop[left] >> 1
    event[who[left]] = outcome.counted[target[left]]
    known[who] = left | (stop >= tick - tick % 2)
    return ended, event, known


def limits_of_difference(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Limits of a difference from those of its sides."""
    return one[0] - other[1], one[1] - other[0]

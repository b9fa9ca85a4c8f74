"""Aalen-Johansen state occupation of any multistate structure, with case weights, delayed entry and gaps.

At each tick u with a transition: Y_j(u) = weight of the rows in j with start < u <= stop, dN_jk(u) = weight
of the transitions j -> k,

    dA_jk(u) = dN_jk(u) / Y_j(u),   dA_jj = -sum_k dA_jk,   P(u) = P(u-) (I + dA(u))

(Aalen and Johansen 1978, Scand J Stat 5:141; Andersen, Borgan, Gill, Keiding 1993, IV.4).  Weights multiply
both Y and dN and may change within a patient.  Probability in a state whose risk set has emptied stays
there.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Float64, Int16, Int32
from equipoise.kernels.counting_sort import distinct, rank
from equipoise.kernels.exact_sum import grid, high_part, low_part
from equipoise.kernels.jit import jit
from equipoise.kernels.rows import Rows


@dataclass(frozen=True, slots=True)
class Occupation:
    """State occupation on the distinct transition ticks after `begin`.

    Attributes
    ----------
    time : int32[K]
    begin : tick where the probability is `initial`
    initial : float64[S]
    initial_estimated : whether `initial` are the observed shares at `begin` (uncertain) or were given (fixed)
    probability : float64[K, S], right after each time
    at_risk : float64[K, S], just before each time
    origin, target : int16[M], the arrows seen in the rows, ascending
    transitions : float64[K, M], weight of the transitions at each time
    """

    time: Int32
    begin: int
    initial: Float64
    initial_estimated: bool
    probability: Float64
    at_risk: Float64
    origin: Int16
    target: Int16
    transitions: Float64


def aalen_johansen(rows: Rows, *, begin: int = 0, initial: npt.ArrayLike | None = None) -> Occupation:
    """Occupation probabilities of all states after `begin`.

    Parameters
    ----------
    begin : int
        Tick at which the course starts; earlier transitions do not count.
    initial : float64[S]
        Probabilities at `begin`, treated as known.  None: the weighted shares of the states occupied just
        after `begin` (rows with start <= begin < stop), whose uncertainty the influence variance includes.

    Raises
    ------
    ValueError
        `initial` is not a distribution over the states; or it is None and nobody is under observation at
        `begin`.
    """
    shares = initial_shares(rows, begin) if initial is None else _checked(initial, rows.states)
    time = transition_ticks(rows, begin)
    origin, target, arrow = arrows(rows)
    # Every row enters and leaves a risk set once: 2 N terms.
    coarse, fine = grid(float(rows.weight.max()) if rows.size else 1.0, 2 * rows.size)
    places = _Places(rank(time, rows.start), rank(time, rows.stop))
    at_risk, transitions = _count(
        places,
        _Steps(rows.origin, rows.target, rows.weight, arrow),
        (time.size, rows.states, origin.size),
        coarse,
        fine,
    )
    probability = _multiply(shares, at_risk, transitions, origin, target)
    return Occupation(time, begin, shares, initial is None, probability, at_risk, origin, target, transitions)


def probability_at(occupation: Occupation, ticks: npt.ArrayLike) -> Float64:
    """Probabilities float64[T, S] at `ticks`: right-continuous, `initial` before the first transition."""
    place = np.searchsorted(occupation.time, np.asarray(ticks), side="right")
    return np.concatenate((occupation.initial[np.newaxis], occupation.probability))[place]


def cumulative_hazard(occupation: Occupation) -> Float64:
    """Nelson-Aalen estimate float64[K, M] of each arrow: sum of dN_jk / Y_j."""
    risk = occupation.at_risk[:, occupation.origin]
    increments = np.divide(occupation.transitions, risk, out=np.zeros_like(risk), where=risk > 0)
    return np.cumsum(increments, axis=0)


def transition_ticks(rows: Rows, begin: int) -> Int32:
    """Distinct ticks after `begin` at which a transition happens."""
    return distinct(rows.stop[(rows.target >= 0) & (rows.stop > begin)])


def arrows(rows: Rows) -> tuple[Int16, Int16, Int32]:
    """Arrows (origin, target) seen in the rows, ascending, and the table [S, S] of their numbers, else -1."""
    moved = rows.target >= 0
    seen = np.zeros((rows.states, rows.states), dtype=np.bool_)
    seen[rows.origin[moved], rows.target[moved]] = True
    origin, target = np.nonzero(seen)
    number = np.full((rows.states, rows.states), -1, dtype=np.int32)
    number[origin, target] = np.arange(origin.size, dtype=np.int32)
    return origin.astype(np.int16), target.astype(np.int16), number


def initial_shares(rows: Rows, begin: int) -> Float64:
    """Weighted shares float64[S] of the states occupied just after `begin`."""
    there = (rows.start <= begin) & (rows.stop > begin)
    if not there.any():
        raise ValueError(
            f"nobody is under observation at the starting tick {begin}, so the initial state probabilities "
            "cannot be estimated; give them, or start later"
        )
    weight = np.bincount(rows.origin[there], weights=rows.weight[there], minlength=rows.states)
    return weight / weight.sum()


def _checked(initial: npt.ArrayLike, states: int) -> Float64:
    shares = np.ascontiguousarray(initial, dtype=np.float64)
    if shares.shape != (states,) or not (shares >= 0).all() or abs(float(shares.sum()) - 1) > 1e-12:
        raise ValueError(f"initial: expected {states} probabilities that sum to 1")
    return shares


class _Places(NamedTuple):
    start: Int32  # number of transition ticks <= start: the first one at which the row is at risk
    stop: Int32  # number of transition ticks <= stop: the first one at which it no longer is


class _Steps(NamedTuple):
    origin: Int16
    target: Int16
    weight: Float64
    arrow: Int32


@jit
def _count(
    places: _Places, steps: _Steps, shape: tuple[int, int, int], coarse: float, fine: float
) -> tuple[Float64, Float64]:
    ticks, states, arrow_count = shape
    high, low = np.zeros((ticks + 1, states)), np.zeros((ticks + 1, states))
    moved_high, moved_low = np.zeros((ticks, arrow_count)), np.zeros((ticks, arrow_count))
    for i in range(steps.weight.size):
        first, after = places.start[i], places.stop[i]
        if first < after:
            j = steps.origin[i]
            large = high_part(steps.weight[i], coarse)
            small = low_part(steps.weight[i], large, fine)
            high[first, j] += large
            low[first, j] += small
            high[after, j] -= large
            low[after, j] -= small
            if steps.target[i] >= 0:
                m = steps.arrow[j, steps.target[i]]
                moved_high[after - 1, m] += large
                moved_low[after - 1, m] += small
    at_risk, transitions = np.empty((ticks, states)), np.empty((ticks, arrow_count))
    for u in range(ticks):
        for j in range(states):
            if u > 0:
                high[u, j] += high[u - 1, j]
                low[u, j] += low[u - 1, j]
            at_risk[u, j] = high[u, j] + low[u, j]
        for m in range(arrow_count):
            transitions[u, m] = moved_high[u, m] + moved_low[u, m]
    return at_risk, transitions


@jit
def _multiply(
    initial: Float64, at_risk: Float64, transitions: Float64, origin: Int16, target: Int16
) -> Float64:
    ticks, states = at_risk.shape
    probability = np.empty((ticks, states))
    before, after, left = initial.copy(), initial.copy(), np.zeros(states)
    for u in range(ticks):
        left[:] = 0.0
        for m in range(origin.size):
            left[origin[m]] += transitions[u, m]
        for j in range(states):
            # (Y - d) / Y rather than 1 - d / Y: exactly 0 when everybody leaves.
            after[j] = before[j] * ((at_risk[u, j] - left[j]) / at_risk[u, j]) if left[j] > 0.0 else before[j]
        for m in range(origin.size):
            if transitions[u, m] > 0.0:
                after[target[m]] += before[origin[m]] * transitions[u, m] / at_risk[u, origin[m]]
        for j in range(states):
            before[j] = after[j]
            probability[u, j] = after[j]
    return probability

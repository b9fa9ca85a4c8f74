"""Aalen-Johansen occupation with weights that change in time by closed forms, and its influence values.

The estimator is that of `aalen_johansen`, Y_j(u) and dN_jk(u) weighted with w_i(u) = omega_i min(W_i(u), cap), where
W_i is a weight path (`weight_path`) evaluated at every transition tick u inside the risk set and omega_i a case
weight. A patient whose W has become 0 is no longer at risk.

Influence, with R_k(u) the change of the answer by a unit of probability in state k right after u:

    c_i(u) = P_j(u-) / Y_j(u) [ dN_ijk(u) (R_k(u) - R_j(u)) - sum_k dA_jk(u) (R_k(u) - R_j(u)) ]        (9.30)
    d answer / d omega_i                 = sum_u W_i(u) c_i(u)                     (weights held)      (9.31)
    d answer / d log lambda_g            = sum_i omega_i sum_u W_i(u) c_i(u) d log W_i(u) / d log lambda_g (9.32)

where log W_i(u) grows by lambda_g a bin at risk in group g, and by -lambda_g / (exp(lambda_g) - 1) at a start in it.
Truncated weights do not move with the hazards. Time is O(patients x ticks), memory O(pieces + ticks).
"""

from typing import NamedTuple

import numpy as np

from equipoise.kernels.aalen_johansen import arrows
from equipoise.kernels.arrays import Bool, Float64, Int16, Int32, Int64
from equipoise.kernels.counting_sort import distinct, rank
from equipoise.kernels.jit import jit
from equipoise.kernels.rows import Rows
from equipoise.kernels.weight_path import Levels, WeightPath, piece_weight, weight_of


class Frame(NamedTuple):
    """Rows laid out once for any number of weightings.

    Attributes
    ----------
    patient, origin, target, from_, to
        Of each row: who, states, first transition tick at risk, and the first one after it.
    time : int32[E], transition ticks
    arrow_origin, arrow_target : int16[A]
    arrow : int32[S, S], number of an arrow or -1
    initial : float64[S], fixed probabilities at time zero
    """

    patient: Int32
    origin: Int16
    target: Int16
    from_: Int32
    to: Int32
    time: Int32
    arrow_origin: Int16
    arrow_target: Int16
    arrow: Int32
    initial: Float64


class Course(NamedTuple):
    """A weighted occupation.

    Attributes
    ----------
    at_risk : float64[E, S], just before each tick
    moves : float64[E, A]
    probability : float64[E + 1, S], at time zero and right after each tick
    """

    at_risk: Float64
    moves: Float64
    probability: Float64


class Influence(NamedTuple):
    """Derivatives of F answers.

    Attributes
    ----------
    direct : float64[n, F], equation (9.31)
    by_hazard : float64[K, F], equation (9.32)
    """

    direct: Float64
    by_hazard: Float64


def frame(rows: Rows, initial: Float64) -> Frame:
    """Lay out rows of weight 1.

    Parameters
    ----------
    rows
        Sorted by patient and start, as `Rows` are.
    initial : float64[S]
        Probabilities at time zero, held fixed.
    """
    time = distinct(rows.stop[rows.target >= 0])
    origin, target, arrow = arrows(rows)
    return Frame(
        rows.patient, rows.origin, rows.target, rank(time, rows.start), rank(time, rows.stop), time, origin,
        target, arrow, np.ascontiguousarray(initial, dtype=np.float64),
    )  # fmt: skip


def course(laid: Frame, path: WeightPath, found: Levels, omega: Float64, cap: float) -> Course:
    """Occupation under the weights.

    Parameters
    ----------
    laid, path, found
        Rows, pieces of the weights, and their levels.
    omega : float64[n]
        Case weights; 0 leaves a patient out.
    cap
        Largest weight; infinity for none.
    """
    at_risk, moves = _sums(laid, path, found, omega, cap)
    return Course(at_risk, moves, _occupation(laid, at_risk, moves))


def answers_back(laid: Frame, found: Course, days: Float64, asked: "Asked") -> Float64:
    """R of equation (9.30) for every tick, by the backward recursion R(u-) = (I + dA(u)) R(u).

    Parameters
    ----------
    laid, found
        Rows and their occupation.
    days : float64[E]
        Day of each tick.
    asked
        The answers.

    Returns
    -------
    float64[E + 1, S, F], at time zero and right after each tick
    """
    return _back(laid, found.at_risk, found.moves, days, asked)


class Asked(NamedTuple):
    """Answers that are linear in the occupation.

    Attributes
    ----------
    tick : int32[F], last tick that counts
    day : float64[F], day up to which an area goes
    state : float64[F, S], what each state counts
    is_area : bool[F], whether it is the integral up to the day instead of the value at the tick
    """

    tick: Int32
    day: Float64
    state: Float64
    is_area: Bool


def answers(laid: Frame, found: Course, days: Float64, asked: Asked) -> Float64:
    """Values of the answers, float64[F]."""
    place = np.searchsorted(laid.time, asked.tick, side="right")
    values = np.einsum("fs,fs->f", found.probability[place], asked.state)
    if bool(asked.is_area.any()):
        begins = np.concatenate(([0.0], days))
        for f in np.flatnonzero(asked.is_area):
            ends = np.minimum(np.append(begins[1:], np.inf), asked.day[f])
            width = np.maximum(ends - begins, 0.0)
            values[f] = float(np.sum(width * (found.probability @ asked.state[f])))
    return values


def influence(
    laid: Frame,
    path: WeightPath,
    found: Levels,
    weighting: tuple[Float64, float, Float64],
    tables: tuple[Course, Float64],
) -> Influence:
    """Influence of patients and of hazards on the answers.

    Parameters
    ----------
    laid, path, found
        As for `course`.
    weighting
        Case weights float64[n], cap, hazards float64[K].
    tables
        The occupation, and R of `answers_back`. Probabilities at time zero are held fixed.
    """
    omega, cap, hazard = weighting
    occupation, back = tables[0], tables[1][1:]
    before = occupation.probability[:-1]
    lever = np.divide(
        before, occupation.at_risk, out=np.zeros_like(before), where=occupation.at_risk > 0
    )
    drag = np.zeros_like(back)
    for m in range(laid.arrow_origin.size):
        j, k = int(laid.arrow_origin[m]), int(laid.arrow_target[m])
        risk = occupation.at_risk[:, j]
        step = np.divide(occupation.moves[:, m], risk, out=np.zeros_like(risk), where=risk > 0)
        drag[:, j] += (lever[:, j] * step)[:, np.newaxis] * (back[:, k] - back[:, j])
    return Influence(*_influence(laid, path, found, omega, cap, hazard, lever, drag, back))


class Standing(NamedTuple):
    """Who is still there, on each of some ticks.

    Attributes
    ----------
    patients : int64[T], at risk inside with a weight
    total, squares : float64[T], sums of their weights and of the squares
    events : int64[T], patients with a weight who have left for a counted state up to the tick
    """

    patients: Int64
    total: Float64
    squares: Float64
    events: Int64


def standing(
    rows: Rows, weighting: tuple[WeightPath, Levels, Float64, float], ticks: Int32, states: tuple[Bool, Bool]
) -> Standing:
    """Count those at risk and those with an event.

    Parameters
    ----------
    rows
        Sorted by patient and start.
    weighting
        Pieces, levels, case weights float64[n] and the cap.
    ticks : int32[T], rising
        At risk on a tick: ``start < tick <= stop``.
    states : bool[S], bool[S]
        Those in which people are at risk, and those that count as the event.
    """
    path, found, omega, cap = weighting
    columns = _Columns(rows.patient, rows.start, rows.stop, rows.origin, rows.target)
    return Standing(*_standing(columns, path, found, omega, cap, ticks, states))


class _Columns(NamedTuple):
    patient: Int32
    start: Int32
    stop: Int32
    origin: Int16
    target: Int16


@jit
def _standing(
    rows: _Columns,
    path: WeightPath,
    found: Levels,
    omega: Float64,
    cap: float,
    ticks: Int32,
    states: tuple[Bool, Bool],
) -> tuple[Int64, Float64, Float64, Int64]:
    inside, counted = states
    patients, events = np.zeros(ticks.size, dtype=np.int64), np.zeros(ticks.size, dtype=np.int64)
    total, squares = np.zeros(ticks.size), np.zeros(ticks.size)
    for i in range(rows.patient.size):
        who = rows.patient[i]
        if omega[who] <= 0.0:
            continue
        j, k = rows.origin[i], rows.target[i]
        if inside[j]:
            for t in range(ticks.size):
                if rows.start[i] < ticks[t] <= rows.stop[i]:
                    weight = omega[who] * min(weight_of(path, found, who, ticks[t] >> 1), cap)
                    if weight > 0.0:
                        patients[t] += 1
                        total[t] += weight
                        squares[t] += weight * weight
        if k >= 0 and counted[k] and not counted[j] and weight_of(path, found, who, rows.stop[i] >> 1) > 0.0:
            for t in range(ticks.size):
                if ticks[t] >= rows.stop[i]:
                    events[t] += 1
    return patients, total, squares, events


@jit
def _sums(
    laid: Frame, path: WeightPath, found: Levels, omega: Float64, cap: float
) -> tuple[Float64, Float64]:
    ticks, states = laid.time.size, laid.initial.size
    at_risk, moves = np.zeros((ticks, states)), np.zeros((ticks, laid.arrow_origin.size))
    m, last = 0, -1
    for i in range(laid.patient.size):
        who = laid.patient[i]
        if who != last:
            m, last = path.first[who], who
        if omega[who] <= 0.0:
            continue
        j = laid.origin[i]
        for u in range(laid.from_[i], laid.to[i]):
            bin_ = laid.time[u] >> 1
            while path.stop[m] < bin_ and m + 1 < path.first[who + 1]:
                m += 1
            if found.level[m] <= 0.0:
                break
            weight = piece_weight(path, m, found.level[m], found.slope[m], max(bin_ - path.start[m], 0))
            weight = omega[who] * min(weight, cap)
            at_risk[u, j] += weight
            if u == laid.to[i] - 1 and laid.target[i] >= 0:
                moves[u, laid.arrow[j, laid.target[i]]] += weight
    return at_risk, moves


@jit
def _occupation(laid: Frame, at_risk: Float64, moves: Float64) -> Float64:
    ticks, states = at_risk.shape
    out = np.empty((ticks + 1, states))
    out[0] = laid.initial
    left = np.zeros(states)
    for u in range(ticks):
        left[:] = 0.0
        for a in range(laid.arrow_origin.size):
            left[laid.arrow_origin[a]] += moves[u, a]
        for j in range(states):
            # (Y - d) / Y rather than 1 - d / Y: exactly 0 when everybody leaves.
            stays = (at_risk[u, j] - left[j]) / at_risk[u, j] if left[j] > 0.0 else 1.0
            out[u + 1, j] = out[u, j] * stays
        for a in range(laid.arrow_origin.size):
            if moves[u, a] > 0.0:
                j = laid.arrow_origin[a]
                out[u + 1, laid.arrow_target[a]] += out[u, j] * moves[u, a] / at_risk[u, j]
    return out


@jit
def _back(laid: Frame, at_risk: Float64, moves: Float64, days: Float64, asked: Asked) -> Float64:
    ticks, states = at_risk.shape
    size = asked.tick.size
    out = np.zeros((ticks + 1, states, size))
    now = np.zeros((states, size))
    for back in range(ticks + 1):
        u = ticks - back  # 0 is time zero, u the stretch after tick u - 1
        begins = days[u - 1] if u > 0 else 0.0
        until = days[u] if u < ticks else np.inf
        first = laid.time[u - 1] if u > 0 else np.int32(-1)
        following = laid.time[u] if u < ticks else np.int32(2147483647)
        for f in range(size):
            if asked.is_area[f]:
                width = min(until, asked.day[f]) - begins
                if width > 0.0:
                    for j in range(states):
                        now[j, f] += width * asked.state[f, j]
            elif first <= asked.tick[f] < following:
                for j in range(states):
                    now[j, f] = asked.state[f, j]
        out[u] = now
        if u == 0:
            break
        for a in range(laid.arrow_origin.size):
            j, k = laid.arrow_origin[a], laid.arrow_target[a]
            if moves[u - 1, a] > 0.0:
                step = moves[u - 1, a] / at_risk[u - 1, j]
                for f in range(size):
                    now[j, f] += step * (out[u, k, f] - out[u, j, f])
    return out


@jit
def _influence(
    laid: Frame,
    path: WeightPath,
    found: Levels,
    omega: Float64,
    cap: float,
    hazard: Float64,
    lever: Float64,
    drag: Float64,
    back: Float64,
) -> tuple[Float64, Float64]:
    size = back.shape[2]
    patients = omega.size
    direct = np.zeros((patients, size))
    by_hazard = np.zeros((hazard.size, size))
    most = 0
    for i in range(patients):
        most = max(most, path.first[i + 1] - path.first[i])
    whole, inside = np.zeros((most, size)), np.zeros((most, size))
    change = np.empty(size)
    row = 0
    while row < laid.patient.size:
        who = laid.patient[row]
        first, pieces = path.first[who], path.first[who + 1] - path.first[who]
        whole[:pieces] = 0.0
        inside[:pieces] = 0.0
        m, reached = first, 0
        while row < laid.patient.size and laid.patient[row] == who:
            j = laid.origin[row]
            for u in range(laid.from_[row], laid.to[row]):
                bin_ = laid.time[u] >> 1
                while path.stop[m] < bin_ and m + 1 < path.first[who + 1]:
                    m += 1
                if found.level[m] <= 0.0:
                    break
                into = max(bin_ - path.start[m], 0)
                weight = piece_weight(path, m, found.level[m], found.slope[m], into)
                if weight <= 0.0:
                    continue
                for f in range(size):
                    change[f] = -drag[u, j, f]
                if u == laid.to[row] - 1 and laid.target[row] >= 0:
                    k = laid.target[row]
                    for f in range(size):
                        change[f] += lever[u, j] * (back[u, k, f] - back[u, j, f])
                if weight < cap:
                    reached = m - first
                    for f in range(size):
                        direct[who, f] += weight * change[f]
                        whole[reached, f] += weight * change[f]
                        inside[reached, f] += weight * change[f] * into
                else:
                    for f in range(size):
                        direct[who, f] += cap * change[f]
            row += 1
        _add_pieces(path, first, reached, omega[who], hazard, whole, inside, by_hazard)
    return direct, by_hazard


@jit
def _add_pieces(
    path: WeightPath,
    first: int,
    reached: int,
    omega: float,
    hazard: Float64,
    whole: Float64,
    inside: Float64,
    by_hazard: Float64,
) -> None:
    """Add what a patient's pieces contribute to (9.32): all later change through each piece's hazards."""
    size = whole.shape[1]
    later = np.zeros(size)
    for back in range(reached + 1):
        place = reached - back
        m = first + place
        length = path.stop[m] - path.start[m]
        for p in range(path.hazard.shape[1]):
            g = path.hazard[m, p]
            if g >= 0:
                for f in range(size):
                    by_hazard[g, f] += omega * hazard[g] * (inside[place, f] + length * later[f])
        g = path.jump[m]
        if g >= 0:
            pull = hazard[g] / np.expm1(hazard[g]) if hazard[g] > 1e-12 else 1.0
            for f in range(size):
                by_hazard[g, f] -= omega * pull * (whole[place, f] + later[f])
        for f in range(size):
            later[f] += whole[place, f]

"""Influence of patients and of hazards on answers that are linear in a weighted occupation.

With R_k(u) the change of the answer by a unit of probability in state k right after u, and weights (9.23),

    c_i(u) = P_j(u-) / Y_j(u) [dN_ijk(u) (R_k(u) - R_j(u)) - sum_k dA_jk(u) (R_k(u) - R_j(u))]        (9.30)
    d answer / d omega_i      = sum_u W_i(u) c_i(u)                       (the hazards held)          (9.31)
    d answer / d log lambda_g = sum_i omega_i sum_u W_i(u) c_i(u) d log W_i(u) / d log lambda_g       (9.32)

where log W_i(u) grows by lambda_g with every bin at risk in group g, and at a start in the group its
derivative is -lambda_g / (exp(lambda_g) - 1). A weight at the cap does not move with the hazards.
Probabilities at time zero are held fixed.
"""

from typing import NamedTuple

import numpy as np

from equipoise.kernels.arrays import Float64
from equipoise.kernels.grouped_hazard import pull_of
from equipoise.kernels.jit import jit
from equipoise.kernels.weight_path import Levels, WeightPath, piece_weight
from equipoise.kernels.weighted_occupation import Asked, Course, Frame


class Influence(NamedTuple):
    """Derivatives of F answers.

    Attributes
    ----------
    direct : float64[n, F], equation (9.31)
    by_hazard : float64[K, F], equation (9.32)
    """

    direct: Float64
    by_hazard: Float64


def answers_back(laid: Frame, found: Course, days: Float64, asked: Asked) -> Float64:
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
    lever = np.divide(before, occupation.at_risk, out=np.zeros_like(before), where=occupation.at_risk > 0)
    drag = np.zeros_like(back)
    for m in range(laid.arrow_origin.size):
        j, k = int(laid.arrow_origin[m]), int(laid.arrow_target[m])
        risk = occupation.at_risk[:, j]
        step = np.divide(occupation.moves[:, m], risk, out=np.zeros_like(risk), where=risk > 0)
        drag[:, j] += (lever[:, j] * step)[:, np.newaxis] * (back[:, k] - back[:, j])
    return Influence(*_influence(laid, path, found, omega, cap, hazard, lever, drag, back))


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
        first = int(path.first[who])
        pieces = int(path.first[who + 1]) - first
        whole[:pieces] = 0.0
        inside[:pieces] = 0.0
        m, reached = first, 0
        while row < laid.patient.size and laid.patient[row] == who:
            j = laid.origin[row]
            for u in range(laid.from_[row], laid.to[row]):
                bin_, into, weight = laid.time[u] >> 1, 0, 1.0
                if bin_ > 0:
                    while path.stop[m] < bin_ and m + 1 < path.first[who + 1]:
                        m += 1
                    if found.level[m] <= 0.0:
                        break
                    into = int(bin_ - path.start[m])
                    weight = piece_weight(path, m, float(found.level[m]), float(found.slope[m]), into)
                if weight <= 0.0:
                    continue
                for f in range(size):
                    change[f] = -drag[u, j, f]
                if u == laid.to[row] - 1 and laid.target[row] >= 0:
                    k = laid.target[row]
                    for f in range(size):
                        change[f] += lever[u, j] * (back[u, k, f] - back[u, j, f])
                if bin_ == 0:
                    for f in range(size):
                        direct[who, f] += weight * change[f]
                elif weight < cap:
                    reached = m - first
                    for f in range(size):
                        direct[who, f] += weight * change[f]
                        whole[reached, f] += weight * change[f]
                        inside[reached, f] += weight * change[f] * into
                else:
                    for f in range(size):
                        direct[who, f] += cap * change[f]
            row += 1
        _add_pieces(path, first, reached, float(omega[who]), hazard, whole, inside, by_hazard)
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
            pull = pull_of(float(hazard[g]))
            for f in range(size):
                by_hazard[g, f] -= omega * pull * (whole[place, f] + later[f])
        for f in range(size):
            later[f] += whole[place, f]

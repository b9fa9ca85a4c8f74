"""The slow twin: every kernel from its definition, one loop a sentence, importing nothing from the fast code.

Rows are plain arrays (patient, start, stop, origin, target, weight), at risk at u if start < u <= stop.
Nothing here is tuned: matrices are multiplied out at every tick, patients are looped over, and the influence
of a patient is found twice, by the recursion of the definition and by changing the weights a little.
Property tests demand that the fast kernels agree.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.float64]

EPSILON = 1e-5  # step of the numeric derivative; its error is of order EPSILON squared


@dataclass(frozen=True, slots=True)
class Course:
    """Rows of a structure with `states` states and `patients` patients, observed from tick `begin`.

    `initial`: known probabilities at `begin`, or None: the weighted shares of those under observation there.
    """

    patient: Integers
    start: Integers
    stop: Integers
    origin: Integers
    target: Integers
    weight: Array
    states: int
    patients: int
    begin: int = 0
    initial: Array | None = None

    def reweighted(self, weight: Array) -> "Course":
        """The same rows with other weights."""
        return replace(self, weight=weight)


def transition_ticks(course: Course) -> list[int]:
    """Distinct ticks after `begin` at which somebody changes state."""
    ticks = {
        int(u) for u, k in zip(course.stop, course.target, strict=True) if k >= 0 and int(u) > course.begin
    }
    return sorted(ticks)


def at_risk(course: Course, tick: int) -> Array:
    """Weight Y_j(tick) of the rows at risk in each state."""
    total = np.zeros(course.states)
    for i in range(course.patient.size):
        if course.start[i] < tick <= course.stop[i]:
            total[course.origin[i]] += course.weight[i]
    return total


def moves(course: Course, tick: int) -> Matrix:
    """Weight dN_jk(tick) of the transitions, [S, S]."""
    total = np.zeros((course.states, course.states))
    for i in range(course.patient.size):
        if course.stop[i] == tick and course.target[i] >= 0:
            total[course.origin[i], course.target[i]] += course.weight[i]
    return total


def increment(course: Course, tick: int) -> Matrix:
    """The matrix dA(tick): dN_jk / Y_j, the diagonal such that rows sum to 0; 0 where nobody is at risk."""
    risk, moved = at_risk(course, tick), moves(course, tick)
    hazard = np.zeros_like(moved)
    for j in range(course.states):
        if risk[j] > 0:
            hazard[j] = moved[j] / risk[j]
            hazard[j, j] = -hazard[j].sum()
    return hazard


def initial_shares(course: Course) -> Array:
    """Probabilities at `begin`."""
    if course.initial is not None:
        return course.initial
    total = np.zeros(course.states)
    for i in range(course.patient.size):
        if course.start[i] <= course.begin < course.stop[i]:
            total[course.origin[i]] += course.weight[i]
    return total / total.sum()


def occupation(course: Course, tick: int) -> Array:
    """P(tick) = p0 times the product of I + dA(u) over the transition ticks u <= tick."""
    probability = initial_shares(course)
    for u in transition_ticks(course):
        if u <= tick:
            probability = probability @ (np.eye(course.states) + increment(course, u))
    return probability


def influence(course: Course, tick: int) -> Matrix:
    """Influence [patients, S] by the recursion U(u) = U(u-) (I + dA) + P(u-) dU^A, patient by patient."""
    shares = initial_shares(course)
    result = np.zeros((course.patients, course.states))
    for patient in range(course.patients):
        own = np.flatnonzero(course.patient == patient)
        value = _start_influence(course, own, shares)
        probability = shares
        for u in transition_ticks(course):
            if u <= tick:
                hazard = increment(course, u)
                step = np.eye(course.states) + hazard
                value = value @ step + probability @ _hazard_influence(course, own, u, hazard)
                probability = probability @ step
        result[patient] = value
    return result


def _start_influence(course: Course, own: npt.NDArray[np.intp], shares: Array) -> Array:
    value = np.zeros(course.states)
    if course.initial is not None:
        return value
    there = (course.start <= course.begin) & (course.begin < course.stop)
    for i in own:
        if there[i]:
            unit = np.eye(course.states)[course.origin[i]]
            value += course.weight[i] * (unit - shares) / course.weight[there].sum()
    return value


def _hazard_influence(course: Course, own: npt.NDArray[np.intp], tick: int, hazard: Matrix) -> Matrix:
    """Derivative of dA(tick) with respect to a multiplier on the weights of the rows `own`."""
    risk = at_risk(course, tick)
    change = np.zeros((course.states, course.states))
    for i in own:
        j, k = course.origin[i], course.target[i]
        if course.start[i] < tick <= course.stop[i]:
            for other in range(course.states):
                if other != j:
                    moved = 1.0 if course.stop[i] == tick and k == other else 0.0
                    change[j, other] += course.weight[i] * (moved - hazard[j, other]) / risk[j]
    for j in range(course.states):
        change[j, j] = -change[j].sum()
    return change


def numeric_influence(course: Course, tick: int) -> Matrix:
    """Influence [patients, S]: central difference of P(tick) in a multiplier on each patient's weights."""
    return _differences(course, lambda changed: occupation(changed, tick))


def standard_error(course: Course, tick: int, cluster: Integers | None = None) -> Array:
    """IJ standard error [S]: root of the sum over clusters of the squared summed influence."""
    return _clustered(influence(course, tick), cluster)


def time_in_state(course: Course, horizon: int, resolution: float) -> Array:
    """Days in each state from `begin` to `horizon`, day by day: two ticks are a day of `resolution` days.

    The probability holding during the day is the one after both ticks of its beginning (2 d and 2 d + 1).
    """
    first, last = course.begin // 2, horizon // 2
    total = np.zeros(course.states)
    for day in range(first, last):
        total += occupation(course, 2 * day + 1) * resolution
    return total


def time_influence(course: Course, horizon: int, resolution: float) -> Matrix:
    """Influence on the days in each state: the sum of the influence on the probabilities of each day."""
    total = np.zeros((course.patients, course.states))
    for day in range(course.begin // 2, horizon // 2):
        total += influence(course, 2 * day + 1) * resolution
    return total


def time_standard_error(
    course: Course, horizon: int, resolution: float, cluster: Integers | None = None
) -> Array:
    """IJ standard error [S] of the days in each state."""
    return _clustered(time_influence(course, horizon, resolution), cluster)


def kaplan_meier(
    stop: Integers, event: npt.NDArray[np.bool_], start: Integers, weight: Array
) -> list[tuple[int, float, float, float, float, float]]:
    """Rows (tick, at risk, events, S, Greenwood Var S, Aalen Var A) at every tick at which anybody leaves."""
    rows: list[tuple[int, float, float, float, float, float]] = []
    survival, relative, aalen = 1.0, 0.0, 0.0
    for u in sorted({int(t) for t in stop}):
        risk = sum(float(w) for a, b, w in zip(start, stop, weight, strict=True) if a < u <= b)
        dead = sum(float(w) for b, e, w in zip(stop, event, weight, strict=True) if b == u and e)
        survival *= 1 - dead / risk
        aalen += dead / risk**2
        if not np.isclose(dead, risk, rtol=1e-14, atol=0):
            relative += dead / (risk * (risk - dead))
        else:
            survival = 0.0
        rows.append((u, risk, dead, survival, survival**2 * relative, aalen))
    return rows


def covariance_of_moves(course: Course, tick: int, form: str) -> Matrix:
    """Covariance [S S, S S] of the increments dA_hk(tick), entries ordered (h, k), by `form`.

    "greenwood": multinomial, all rows independent; "aalen": independent Poisson counts.
    """
    states = course.states
    risk, moved = at_risk(course, tick), moves(course, tick)
    result = np.zeros((states * states, states * states))
    for h in range(states):
        if risk[h] == 0:
            continue
        share = moved[h] / risk[h]
        block = np.zeros((states, states))
        for j in range(states):
            if form == "greenwood":
                block[j] -= share[j] * share / risk[h]
                block[j, j] += share[j] / risk[h]
            else:
                block[j, j] = share[j] / risk[h]
        # dA_hh = - sum of the others
        spread = np.eye(states)
        spread[h] = -1.0
        spread[h, h] = 0.0
        block = spread @ block @ spread.T
        result[h * states : (h + 1) * states, h * states : (h + 1) * states] = block
    return result


def occupation_covariance(course: Course, tick: int, form: str) -> Matrix:
    """Covariance [S, S] of P(tick) by the delta method over all increments at once, not by recursion.

    P(tick) = p0 B(u_1) ... B(u_n); the derivative in the entry (h, k) of dA(u) is P_h(u-) times row k of the
    product of the later factors.  Increments at different ticks are uncorrelated; p0 is fixed.
    """
    states = course.states
    ticks = [u for u in transition_ticks(course) if u <= tick]
    factors = [np.eye(states) + increment(course, u) for u in ticks]
    total = np.zeros((states, states))
    before = initial_shares(course)
    for position, u in enumerate(ticks):
        later = np.eye(states)
        for factor in factors[position + 1 :]:
            later = later @ factor
        gradient = np.kron(before[:, np.newaxis], later)
        total += gradient.T @ covariance_of_moves(course, u, form) @ gradient
        before = before @ factors[position]
    return total


def _differences(course: Course, functional: Callable[[Course], Array]) -> Matrix:
    result = np.zeros((course.patients, course.states))
    for patient in range(course.patients):
        own = course.patient == patient
        above = course.reweighted(np.where(own, course.weight * (1 + EPSILON), course.weight))
        below = course.reweighted(np.where(own, course.weight * (1 - EPSILON), course.weight))
        result[patient] = (functional(above) - functional(below)) / (2 * EPSILON)
    return result


def _clustered(values: Matrix, cluster: Integers | None) -> Array:
    groups: Integers = np.arange(values.shape[0], dtype=np.int64) if cluster is None else cluster
    squares = np.zeros(values.shape[1])
    for group in np.unique(groups):
        squares += values[groups == group].sum(axis=0) ** 2
    return np.sqrt(squares)

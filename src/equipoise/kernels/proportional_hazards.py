"""Test of proportional hazards: whether a coefficient changes with a function g of time.

The score test of adding the columns x g(t), b at its estimate and their coefficients at 0 (Grambsch and
Therneau 1994, Biometrika 81:515, as R's ``cox.zph`` has it since survival 3.0).  With U_u and I_u the parts
of score and information at event time u, and g centred by its mean over the events,

    U = sum_u g(u) U_u,    I = [ sum I_u, sum g I_u ; sum g I_u, sum g^2 I_u ]                            (1)
    statistic of a term = (0, U_term) I_term^-1 (0, U_term)',                                             (2)

I_term being the part of I for all columns x and the term's x g.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtrc

from equipoise.kernels.arrays import Float64, Int64
from equipoise.kernels.cox import CoxFit, CoxStatus, estimated_rows
from equipoise.kernels.cox_likelihood import risk_sets, weighted_likelihood
from equipoise.kernels.product_limit import kaplan_meier

DEPENDENT = (
    1e-11  # smallest eigenvalue of the information scaled to a diagonal of 1, below which it is singular
)

Transform = Literal["km", "identity", "rank", "log"]


@dataclass(frozen=True, slots=True, eq=False)
class ProportionalHazards:
    """One row for each term, the last one for all together (R: GLOBAL).

    Attributes
    ----------
    statistic, p_value : float[terms + 1]; NaN for a term of which no column was estimated, or whose change
        with time the events cannot tell from its effect.
    degrees_of_freedom : int[terms + 1]
    """

    statistic: Float64
    degrees_of_freedom: Int64
    p_value: Float64


def proportional_hazards(
    fit: CoxFit, *, transform: Transform = "km", terms: Sequence[Sequence[int]] | None = None
) -> ProportionalHazards:
    """Test whether the coefficients change with time.

    Parameters
    ----------
    transform : g(t): "km" (1 - Kaplan-Meier of all rows just before t, unweighted), "identity", "rank"
        (of the row's `stop` among all rows) or "log".
    terms : columns that are tested together; default each column alone.

    Raises
    ------
    ValueError
        The fit has no finite estimate, or `transform` is unknown or not defined for the times.
    """
    if fit.status not in (CoxStatus.CONVERGED, CoxStatus.SINGULAR):
        raise ValueError(f"no test of proportional hazards: {fit.status}")
    rows, kept = estimated_rows(fit), ~fit.dependent
    g = _function_of_time(fit, transform)
    g -= np.average(g, weights=rows.deaths)
    sets = risk_sets(rows, fit.iterate)
    plain, once, twice = (weighted_likelihood(rows, sets, g**power, efron=fit.efron) for power in (0, 1, 2))
    penalty = fit.penalties[kept] / rows.scale**2
    information = np.block(
        [[plain.information + np.diag(penalty), once.information], [once.information, twice.information]]
    )
    place = np.cumsum(kept) - 1
    groups = [[column] for column in range(kept.size)] if terms is None else [list(term) for term in terms]
    groups.append(list(range(kept.size)))
    tested = [place[[column for column in group if kept[column]]].astype(np.int64) for group in groups]
    statistic = np.array([_statistic(once.score, information, columns) for columns in tested])
    freedom = np.array([columns.size for columns in tested], dtype=np.int64)
    p_value = np.where(freedom > 0, chdtrc(np.maximum(freedom, 1), statistic), np.nan)
    return ProportionalHazards(statistic, freedom, p_value)


def _statistic(score: Float64, information: Float64, columns: Int64) -> float:
    """Equation 2."""
    if columns.size == 0:
        return float("nan")
    p = score.size
    chosen = np.concatenate((np.arange(p), p + columns))
    gradient = np.concatenate((np.zeros(p), score[columns]))
    part = information[np.ix_(chosen, chosen)]
    spread = np.sqrt(np.maximum(np.diag(part), 0.0))
    if spread.min() == 0.0 or np.linalg.eigvalsh(part / np.outer(spread, spread))[0] < DEPENDENT:
        # Too few event times with a choice to tell a change over time from the effect itself.
        return float("nan")
    return float(gradient @ np.linalg.solve(part, gradient))


def _function_of_time(fit: CoxFit, transform: Transform) -> Float64:
    """Values of g at the event times of the fit, before centring."""
    time, given = fit.rows.time, fit.rows.given
    if transform == "identity":
        return time.astype(np.float64)
    if transform == "log":
        if time.size and time.min() <= 0:
            raise ValueError(f"transform log: event time {time.min()}; expected positive ticks")
        return np.log(time)
    if transform == "rank":
        at, tied = np.unique(given.stop, return_counts=True)
        mean_rank = np.cumsum(tied) - (tied - 1) / 2
        return mean_rank[np.searchsorted(at, time)]
    if transform == "km":
        curve = kaplan_meier(given.stop, given.event, start=given.start if given.start.size else None)
        before = np.searchsorted(curve.time, time, side="left")
        return 1.0 - np.concatenate(([1.0], curve.survival))[before]
    raise ValueError(f"transform {transform!r}: expected km, identity, rank or log")

"""Beta-product confidence interval of a Kaplan-Meier curve (BPCP): honest with few events, or none.

With Y_i at risk before the i-th event (tied events one after another) and Y(t+) at risk just after t,
independent betas

    upper(t) = q_{1-a/2} of  prod_{events <= t} B(Y_i, 1)
    lower(t) = q_{a/2}   of  the same product x B(Y(t+), 1)

(Fay, Brittain, Proschan 2013, Biostatistics 14:723).  Each product is replaced by the beta distribution
with its first two moments, which is exact without censoring: then the interval is Clopper and Pearson's.
The mid-p version (Fay and Brittain 2016, Stat Med 35:2726) takes both limits from the equal mixture of the
two distributions. For unweighted counts only.
"""

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Float64
from equipoise.kernels.product_limit import ProductLimit


def bpcp(
    at_risk: npt.ArrayLike,
    events: npt.ArrayLike,
    at_risk_after: npt.ArrayLike,
    *,
    level: float = 0.95,
    mid_p: bool = False,
) -> tuple[Float64, Float64]:
    """Interval of S right after each of K ascending times.

    Parameters
    ----------
    at_risk, events : counts[K] just before and at each time.
    at_risk_after : counts[K] just after each time (after events, censoring and entries).
    level : confidence level.
    mid_p : less conservative mid-p interval.

    Returns
    -------
    (float64[K], float64[K]) : lower and upper.

    Raises
    ------
    ValueError
        Numbers that are not whole: weighted curves have no beta-product interval.
    """
    y, d, after = (np.asarray(values, dtype=np.float64) for values in (at_risk, events, at_risk_after))
    if not all((np.floor(values) == values).all() and (values >= 0).all() for values in (y, d, after)):
        raise ValueError(
            "bpcp: needs whole numbers at risk; for weighted curves use an interval of `intervals`"
        )
    if (d > y).any():
        raise ValueError("bpcp: more events than patients at risk")
    if not 0 < level < 1:
        raise ValueError(f"level {level}: expected a number between 0 and 1, such as 0.95")
    # Tied events one after another: B(Y - d + 1, d); no event: the point 1.
    mean, spread = np.cumsum(_log_moments(y - d + 1, d), axis=1)
    next_mean, next_spread = _log_moments(after, np.ones_like(after))
    lower_beta, upper_beta = _match(mean + next_mean, spread + next_spread), _match(mean, spread)
    tail = (1 - level) / 2
    if mid_p:
        return _mixture_quantile(lower_beta, upper_beta, tail), _mixture_quantile(
            lower_beta, upper_beta, 1 - tail
        )
    return _beta_quantile(lower_beta, tail), _beta_quantile(upper_beta, 1 - tail)


def bpcp_at(
    curve: ProductLimit, ticks: npt.ArrayLike, *, level: float = 0.95, mid_p: bool = False
) -> tuple[Float64, Float64]:
    """Interval of S at `ticks` of an unweighted curve, also before its first time.

    Y(t+) is the number at risk at the next time of the curve, 0 after the last one.
    """
    place = np.searchsorted(curve.time, np.asarray(ticks), side="right")
    at_risk = np.concatenate((curve.at_risk[:1], curve.at_risk))
    events = np.concatenate((np.zeros(min(1, curve.time.size)), curve.events))
    after = np.append(curve.at_risk, 0.0)
    if curve.time.size == 0:
        return np.zeros(place.size), np.ones(place.size)
    lower, upper = bpcp(at_risk, events, after, level=level, mid_p=mid_p)
    return lower[place], upper[place]


def _log_moments(a: Float64, b: Float64) -> Float64:
    """Log of the mean and of E[X^2] / E[X]^2 of B(a, b), stacked [2, K]; both add up over a product."""
    with np.errstate(divide="ignore"):  # B(0, 1) is the point 0: log mean -inf
        mean = np.log1p(-b / (a + b))
    return np.stack((mean, np.log1p(b / (np.maximum(a, 1) * (a + b + 1)))))


def _match(log_mean: Float64, log_spread: Float64) -> tuple[Float64, Float64]:
    """Parameters of the beta distribution with these moments; (0, 1) and (1, 0) are the points 0 and 1.

    expm1 keeps 1 - mean and the relative variance exact to the last digits where thousands are at risk.
    """
    mean, rest, relative = np.exp(log_mean), -np.expm1(log_mean), np.expm1(log_spread)
    degenerate = (mean <= 0) | (relative <= 0)
    common = (rest - mean * relative) / np.where(degenerate, 1.0, mean * relative)
    first: Float64 = np.where(degenerate, (mean > 0).astype(np.float64), mean * common)
    second: Float64 = np.where(degenerate, (mean <= 0).astype(np.float64), rest * common)
    return first, second


def _beta_quantile(shape: tuple[Float64, Float64], probability: float) -> Float64:
    from scipy.special import betaincinv

    a, b = shape
    inside = (a > 0) & (b > 0)
    value = betaincinv(np.where(inside, a, 1.0), np.where(inside, b, 1.0), probability)
    return np.where(inside, value, np.where(b == 0, 1.0, 0.0))


def _distribution(shape: tuple[Float64, Float64], x: Float64) -> Float64:
    from scipy.special import betainc

    a, b = shape
    inside = (a > 0) & (b > 0)
    value = betainc(np.where(inside, a, 1.0), np.where(inside, b, 1.0), x)
    return np.where(inside, value, np.where(b == 0, np.where(x >= 1, 1.0, 0.0), 1.0))


def _mixture_quantile(
    first: tuple[Float64, Float64], second: tuple[Float64, Float64], probability: float
) -> Float64:
    """Smallest x with (F1(x) + F2(x)) / 2 >= probability, by bisection (60 halvings: 1e-18)."""
    low, high = np.zeros_like(first[0]), np.ones_like(first[0])
    for _ in range(60):
        middle = (low + high) / 2
        enough = (_distribution(first, middle) + _distribution(second, middle)) / 2 >= probability
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    at_zero = (_distribution(first, np.zeros_like(low)) + _distribution(second, np.zeros_like(low))) / 2
    return np.where(at_zero >= probability, 0.0, high)

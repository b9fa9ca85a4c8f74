"""Pointwise confidence intervals of probabilities on a transformed scale, and the exact binomial interval.

With z the normal (or, given `df`, the t) quantile:

    plain     P -/+ z se, cut to [0, 1]
    loglog    S^exp(-/+ z se / (S |log S|))             for survival (Kalbfleisch and Prentice; R: "log-log")
    cloglog   1 - loglog(1 - F)                         for cumulative incidence
    logit     expit(logit P -/+ z se / (P (1 - P)))     for state occupation

No result is NaN for a valid input.  At an estimate of exactly 0 or 1 the transformed scales carry no
information (the standard error there is 0 whatever the sample size), so the interval is [0, 1]: use
`beta_product`, or `clopper_pearson` without censoring.  With se = 0 strictly between, it is the estimate.
"""

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Float64

Limits = tuple[Float64, Float64]


def critical_value(level: float, df: float | None = None) -> float:
    """Two-sided quantile of the normal distribution, or of t with `df` degrees of freedom."""
    from scipy.special import ndtri, stdtrit

    if not 0 < level < 1:
        raise ValueError(f"level {level}: expected a number between 0 and 1, such as 0.95")
    upper = 0.5 + level / 2
    return float(ndtri(upper)) if df is None else float(stdtrit(df, upper))


def plain(
    estimate: npt.ArrayLike, se: npt.ArrayLike, level: float, *, df: float | None = None
) -> tuple[Float64, Float64]:
    """Symmetric interval, cut to [0, 1]."""
    p, s = _checked(estimate, se)
    half = critical_value(level, df) * s
    return np.clip(p - half, 0.0, 1.0), np.clip(p + half, 0.0, 1.0)


def loglog(
    survival: npt.ArrayLike, se: npt.ArrayLike, level: float, *, df: float | None = None
) -> tuple[Float64, Float64]:
    """Interval of a survival probability on the scale log(-log S)."""
    p, s = _checked(survival, se)
    inside, safe = _inside(p)
    spread = np.exp(_half_width(s, safe * -np.log(safe), level, df))
    return _open(inside, safe**spread, safe ** (1 / spread))


def cloglog(
    incidence: npt.ArrayLike, se: npt.ArrayLike, level: float, *, df: float | None = None
) -> tuple[Float64, Float64]:
    """Interval of a cumulative incidence F on the scale log(-log(1 - F))."""
    p, s = _checked(incidence, se)
    inside, safe = _inside(p)
    rest = np.log1p(-safe)
    spread = np.exp(_half_width(s, (1 - safe) * -rest, level, df))
    return _open(inside, -np.expm1(rest / spread), -np.expm1(rest * spread))


def logit(
    probability: npt.ArrayLike, se: npt.ArrayLike, level: float, *, df: float | None = None
) -> tuple[Float64, Float64]:
    """Interval of a state occupation probability on the scale log(P / (1 - P))."""
    from scipy.special import expit

    p, s = _checked(probability, se)
    inside, safe = _inside(p)
    middle, half = np.log(safe) - np.log1p(-safe), _half_width(s, safe * (1 - safe), level, df)
    return _open(inside, expit(middle - half), expit(middle + half))


def clopper_pearson(successes: npt.ArrayLike, trials: npt.ArrayLike, level: float) -> tuple[Float64, Float64]:
    """Exact binomial interval (Clopper and Pearson 1934, Biometrika 26:404): beta quantiles."""
    from scipy.special import betaincinv

    x, n = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64))
    if not ((x >= 0) & (x <= n) & (n > 0)).all():
        raise ValueError("clopper_pearson: expected 0 <= successes <= trials and at least one trial")
    tail = (1 - level) / 2
    lower = np.where(x > 0, betaincinv(np.maximum(x, 1), n - x + 1, tail), 0.0)
    upper = np.where(x < n, betaincinv(x + 1, np.maximum(n - x, 1), 1 - tail), 1.0)
    return lower, upper


def square_and_add(
    first: Float64, first_limits: Limits, second: Float64, second_limits: Limits
) -> tuple[Float64, Float64]:
    """Interval of a difference, first minus second, from the limits of two independent estimates.

    Newcombe 1998, Stat Med 17:873, method 10; Zou and Donner 2008, Stat Med 27:1693, equation 3 (MOVER). With
    limits ``(l1, u1)`` and ``(l2, u2)``:

        lower = d - sqrt((p1 - l1)^2 + (u2 - p2)^2),   upper = d + sqrt((u1 - p1)^2 + (p2 - l2)^2)

    NaN where an estimate or a limit is.
    """
    (lower1, upper1), (lower2, upper2) = first_limits, second_limits
    value = first - second
    return (
        value - np.hypot(first - lower1, upper2 - second),
        value + np.hypot(upper1 - first, second - lower2),
    )


def _checked(estimate: npt.ArrayLike, se: npt.ArrayLike) -> tuple[Float64, Float64]:
    p, s = np.broadcast_arrays(np.asarray(estimate, dtype=np.float64), np.asarray(se, dtype=np.float64))
    # Products of many factors may overshoot 0 or 1 in the last bits; anything more is a caller's mistake.
    slack = 1e-9
    if not ((p >= -slack) & (p <= 1 + slack) & (s >= 0)).all():
        raise ValueError("interval: expected probabilities between 0 and 1 and standard errors >= 0")
    return np.clip(p, 0.0, 1.0), s


def _half_width(s: Float64, slope: Float64, level: float, df: float | None) -> Float64:
    """Half width z se / slope on the transformed scale, cut at 600 so that its exponential stays finite."""
    with np.errstate(over="ignore"):
        half: Float64 = np.minimum(critical_value(level, df) * s / slope, 600.0)
    return half


def _inside(p: Float64) -> tuple[npt.NDArray[np.bool_], Float64]:
    inside = (p > 0) & (p < 1)
    return inside, np.where(inside, p, 0.5)


def _open(inside: npt.NDArray[np.bool_], lower: Float64, upper: Float64) -> tuple[Float64, Float64]:
    return np.where(inside, lower, 0.0), np.where(inside, upper, 1.0)

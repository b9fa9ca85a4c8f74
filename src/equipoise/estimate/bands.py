"""Confidence intervals of probabilities on the report days, each under its own name."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.estimate.plan import Plan
from equipoise.kernels.intervals import cloglog, logit, loglog, plain

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

NO_INTERVAL = "none"
# A standard error of a probability below this is rounding: one cluster alone tells nothing of the variance.
NOISE = 1e-12
LABELS = {"plain": "plain", "loglog": "log-log", "cloglog": "log-log of 1 - P", "logit": "logit"}
_TRANSFORMED: dict[str, Callable[..., tuple[Float64, Float64]]] = {
    "plain": plain,
    "loglog": loglog,
    "cloglog": cloglog,
    "logit": logit,
}


@dataclass(frozen=True, slots=True)
class Exact:
    """Intervals that replace the transformed ones on some days.

    Attributes
    ----------
    where : bool[T], the days
    lower, upper : float64[T]
    name : how they were made
    """

    where: Bool
    lower: Float64
    upper: Float64
    name: str


@dataclass(frozen=True, slots=True)
class Band:
    """Standard errors and limits; NaN where there is none.

    Attributes
    ----------
    std_error, lower, upper : float64[T]
    interval : T names
    exact : bool[T], where the interval does not rest on a normal approximation
    """

    std_error: Float64
    lower: Float64
    upper: Float64
    interval: list[str]
    exact: Bool

    @property
    def given(self) -> Bool:
        """Where there is an interval."""
        return ~np.isnan(self.lower)


def limits(value: Float64, error: Float64, plan: Plan, transform: str) -> tuple[Float64, Float64]:
    """Lower and upper limits by a named transformation, at the plan's level and degrees of freedom."""
    return _TRANSFORMED[transform](value, error, plan.level, df=plan.degrees_of_freedom)


def band(value: Float64, error: Float64, plan: Plan, *, default: str, exact: Exact | None = None) -> Band:
    """Intervals of probabilities.

    At an estimate of 0 or 1 the transformed scales know nothing, and a standard error of 0 is not known at
    all (a single cluster): no interval, unless an exact one is given. A
    protocol that asks for one transformation everywhere gets it everywhere, and no exact one.

    Parameters
    ----------
    value, error : float64[T], estimates and standard errors
    plan
        Level, and the transformation if the protocol names one.
    default
        Transformation if it does not.
    exact
        Exact intervals where events are few.
    """
    transform = default if plan.interval == "default" else plan.interval
    lower, upper = limits(value, error, plan, transform)
    bounded = (value > 0) & (value < 1) & (error > NOISE)
    nowhere = np.zeros(value.size, dtype=np.bool_)
    use = exact.where if exact is not None and plan.interval == "default" else nowhere
    if exact is not None:
        lower, upper = np.where(use, exact.lower, lower), np.where(use, exact.upper, upper)
    has = bounded | use
    names = [LABELS[transform] if one else NO_INTERVAL for one in has]
    if exact is not None:
        names = [exact.name if one else name for one, name in zip(use, names, strict=True)]
    return Band(
        np.where(bounded, error, np.nan),
        np.where(has, lower, np.nan),
        np.where(has, upper, np.nan),
        names,
        use,
    )

"""Contrasts of two strategies: paired, unit by unit, as the same people stand behind both."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from equipoise.base.clock import months_to_days
from equipoise.estimate.bands import NO_INTERVAL
from equipoise.estimate.emulated.curves import calibrated, crossing
from equipoise.estimate.emulated.emulated import Emulated, spread_error
from equipoise.estimate.emulated.followed import Number
from equipoise.estimate.emulated.limits import NOTHING, Limits, difference_limits, ratio_limits
from equipoise.kernels.arrays import Float64
from equipoise.protocol.contrast import Contrast

E_VALUE = "e_value"
TREATED_FOR_ONE = "number_needed_to_treat"


@dataclass(frozen=True, slots=True)
class Compared:
    """A contrast on one day.

    Attributes
    ----------
    measure, of, between, day
        What is compared, of which outcome, between whom, when.
    estimate, std_error
        None where there is none.
    limits
        Its interval.
    """

    measure: str
    of: str
    between: tuple[str, str]
    day: float
    estimate: float | None
    std_error: float | None
    limits: Limits


def compared(found: Emulated, contrast: Contrast, drawn: Float64 | None) -> Iterator[Compared]:
    """A contrast on each of its days, with what follows from it.

    After a difference of survival that excludes 0 comes the number needed to treat, after a risk ratio its
    E-value (VanderWeele and Ding 2017: how strongly something unmeasured would have to go with both).

    Parameters
    ----------
    found
        The emulation.
    contrast
        What is compared.
    drawn
        Bootstrap draws float64[B, Q], for crossing times; None: no interval for these.
    """
    report = found.prepared.analysis.protocol.report
    if contrast.measure == "crossing_time":
        yield _crossing(found, contrast, drawn)
        return
    for month in contrast.months(report):
        one = _on_day(found, contrast, months_to_days(month))
        yield one
        if one.measure == "survival_difference":
            yield from _needed(one)
        if one.measure == "risk_ratio":
            yield from _e_value(one)


def _on_day(found: Emulated, contrast: Contrast, day: float) -> Compared:
    a, b = contrast.between
    level = found.prepared.analysis.plan.level
    df = found.degrees_of_freedom(a, b)
    measure = level_of(contrast.measure)
    (one, spread), (other, other_spread) = (
        found.at(name, Number(contrast.of, measure, day)) for name in (a, b)
    )
    if contrast.measure.endswith("_difference"):
        error = spread_error(spread - other_spread)
        most = day if measure in ("restricted_mean", "time_lost") else 1.0
        limits = difference_limits(one - other, error, level, df, most)
        return Compared(contrast.measure, contrast.of, (a, b), day, one - other, error, limits)
    if contrast.measure == "risk_ratio":
        one, other, spread, other_spread = 1.0 - one, 1.0 - other, -spread, -other_spread
    if not (one > 0 and other > 0):
        return Compared(contrast.measure, contrast.of, (a, b), day, None, None, NOTHING)
    error = spread_error(spread / one - other_spread / other)
    ratio = one / other
    limits = ratio_limits(ratio, error, level, df)
    return Compared(contrast.measure, contrast.of, (a, b), day, ratio, error * ratio, limits)


def level_of(measure: str) -> str:
    """The measure of the levels that a contrast, or what follows from one, compares."""
    if measure in ("survival_ratio", "risk_ratio", "crossing_time", E_VALUE, TREATED_FOR_ONE):
        return "survival"
    return measure.removesuffix("_difference").removesuffix("_ratio")


def _needed(one: Compared) -> Iterator[Compared]:
    """Patients to be treated otherwise for one more to be event-free; only where the interval excludes 0."""
    lower, upper, name = one.limits
    if name == NO_INTERVAL or lower <= 0 <= upper or not one.estimate:
        return
    ends = sorted((1.0 / lower, 1.0 / upper))
    limits = Limits(ends[0], ends[1], "of the difference")
    yield Compared(TREATED_FOR_ONE, one.of, one.between, one.day, 1.0 / one.estimate, None, limits)


def _e_value(one: Compared) -> Iterator[Compared]:
    """E-value of a risk ratio; its lower limit is that of the limit nearer to 1."""
    if one.estimate is None:
        return
    lower, upper, name = one.limits
    nearer = 1.0
    if name != NO_INTERVAL and not lower <= 1 <= upper:
        nearer = lower if lower > 1 else upper
    limits = NOTHING if name == NO_INTERVAL else Limits(e_value(nearer), np.inf, "of the limit nearer to 1")
    yield Compared(E_VALUE, one.of, one.between, one.day, e_value(one.estimate), None, limits)


def e_value(ratio: float) -> float:
    """RR + sqrt(RR (RR - 1)), of the inverse where RR < 1 (VanderWeele and Ding 2017)."""
    ratio = 1.0 / ratio if 0 < ratio < 1 else ratio
    return ratio + float(np.sqrt(ratio * (ratio - 1.0)))


def _crossing(found: Emulated, contrast: Contrast, drawn: Float64 | None) -> Compared:
    """First report day from which on the first curve is not below; limits from calibrated draws."""
    plan = found.prepared.analysis.plan
    days = plan.days[plan.days > 0]
    curves: list[Float64] = []
    draws: list[Float64] = []
    for name in contrast.between:
        numbers = [Number(contrast.of, "survival", float(day)) for day in days]
        places = [found.places[name, number] for number in numbers]
        value, error = found.spread.value[places], found.spread.std_error[places]
        curves.append(value)
        if drawn is not None:
            draws.append(calibrated(value, error, drawn[:, places], "survival"))
    time = crossing(curves[0] - curves[1], days)
    limits = NOTHING
    if draws:
        times = np.array([crossing(one - other, days) for one, other in zip(*draws, strict=True)])
        tail = (1.0 - plan.level) / 2.0
        ends = np.quantile(times, [tail, 1.0 - tail], method="inverted_cdf")
        limits = Limits(float(ends[0]), float(ends[1]), "quantiles of calibrated draws")
        if np.isinf(ends[0]):
            limits = NOTHING
    estimate = None if np.isinf(time) else time
    return Compared(contrast.measure, contrast.of, contrast.between, float(days[-1]), estimate, None, limits)

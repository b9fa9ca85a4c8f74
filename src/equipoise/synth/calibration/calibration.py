"""Calibration: the natural course of a world beside every published number that has a counterpart in it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np

from equipoise.evidence.endpoint import Limits
from equipoise.kernels.intervals import clopper_pearson
from equipoise.protocol.read import read_question
from equipoise.protocol.strategy import NATURAL_COURSE
from equipoise.synth.calibration.counted import counterpart
from equipoise.synth.calibration.ratios import ratio
from equipoise.synth.calibration.target import (
    Groups,
    Origin,
    Quantity,
    Target,
    Targets,
    Transplants,
    read_targets,
)
from equipoise.synth.calibration.times import Times, times_of
from equipoise.synth.courses import Courses, simulate_courses
from equipoise.synth.numbers import as_record
from equipoise.synth.orders import orders_of
from equipoise.synth.recorded import PROTOCOL
from equipoise.synth.world import World, numbers_of

PATIENTS: Final = 200_000
SEED: Final = 2026
PARTS: Final = 20  # of the patients; the spread of their values gives the Monte-Carlo error
HORIZON: Final = 120.0
LEVEL: Final = 0.95
NEVER: Final = "watch"
REINFUSED: Final = "reinfuse"
_OUTCOMES: Final = (
    Quantity.OS,
    Quantity.DFS,
    Quantity.RELAPSE,
    Quantity.RELAPSE_CD19_POSITIVE,
    Quantity.RELAPSE_CD19_NEGATIVE,
)
_WAYS: Final = {
    Transplants.IGNORED: "transplants ignored",
    Transplants.CENSORED: "censored at the transplant",
    Transplants.NONE: "nobody transplanted",
}
_OTHER_GROUPS: Final = {
    Groups.LOSS_WITHIN_A_YEAR: "groups formed by what comes later",
    Groups.EVER_TRANSPLANTED: "changing at the transplant",
}


class Interval(StrEnum):
    """Where the interval of a published number is from."""

    PUBLISHED = "as published"
    FROM_COUNT = "computed from the count"
    FROM_N = "computed from n"
    NONE = "none"


class Verdict(StrEnum):
    """How a simulated value lies to the published interval."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    NO_INTERVAL = "no interval"
    NO_VALUE = "no value"


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A target and what the world makes of it.

    Attributes
    ----------
    target
        The target.
    value, error
        Simulated value and its Monte-Carlo error; NaN where there is none.
    otherwise
        The same counted in other ways: words and value.
    lower, upper, interval
        Interval of the published number, and where it is from.
    verdict
        How the value lies to it.
    """

    target: Target
    value: float
    error: float
    otherwise: tuple[tuple[str, float], ...]
    lower: float | None
    upper: float | None
    interval: Interval

    @property
    def verdict(self) -> Verdict:
        """How the value lies to the interval, both limits included."""
        if math.isnan(self.value):
            return Verdict.NO_VALUE
        if self.lower is None or self.upper is None:
            return Verdict.NO_INTERVAL
        return Verdict.INSIDE if self.lower <= self.value <= self.upper else Verdict.OUTSIDE

    def record(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "key": self.target.key,
            "value": _finite(self.value),
            "error": _finite(self.error),
            "otherwise": {words: _finite(value) for words, value in self.otherwise},
            "published": self.target.published.estimate,
            "lower": self.lower,
            "upper": self.upper,
            "interval": self.interval.value,
            "verdict": self.verdict.value,
        }


def calibrate(
    world: World, *, patients: int = PATIENTS, seed: int = SEED, targets: Targets | None = None
) -> tuple[Calibrated, ...]:
    """Compare a world with the published numbers.

    Parameters
    ----------
    world
        Any world.
    patients
        Virtual patients in remission, at least `PARTS`; the same under each strategy.
    seed
        Seed of all draws.
    targets
        Default the shipped ones.
    """
    if patients < PARTS:
        raise ValueError(f"{patients} patients; at least {PARTS} are needed for a Monte-Carlo error")
    asked = read_targets() if targets is None else targets
    under = {name: times_of(_simulated(world, name, patients, seed)) for name in ("", NEVER, REINFUSED)}
    return tuple(_calibrated(target, under, world) for target in asked.all)


def interval_of(target: Target) -> tuple[float | None, float | None, Interval]:
    """Limits of a published number: its own, or exact binomial ones from its count or from n.

    Those from n hold if all n were followed to the month; where fewer were, they are too narrow.
    """
    one = target.published
    if one.lower is not None and one.upper is not None and one.endpoint.limits is Limits.INTERVAL:
        return one.lower, one.upper, Interval.PUBLISHED
    if target.counted is not None:
        return *_exact(*target.counted), Interval.FROM_COUNT
    if one.is_probability and one.n is not None:
        return *_exact(one.estimate * one.n, one.n), Interval.FROM_N
    return None, None, Interval.NONE


def _exact(successes: float, n: int) -> tuple[float, float]:
    lower, upper = clopper_pearson(successes, n, LEVEL)
    return float(lower), float(upper)


def _simulated(world: World, strategy: str, patients: int, seed: int) -> Courses:
    protocol, vocabulary = read_question(PROTOCOL)
    named = {one.name: one for one in protocol.strategies} | {"": NATURAL_COURSE}
    orders = orders_of(named[strategy], protocol, vocabulary)
    record = as_record(numbers_of(world))
    return simulate_courses(record, orders, range(patients), seed, horizon=HORIZON)


def _calibrated(target: Target, under: dict[str, Times], world: World) -> Calibrated:
    lower, upper, interval = interval_of(target)
    times = under[_strategy(target)]
    return Calibrated(
        target=target,
        value=_value(target, times, world),
        error=monte_carlo_error(lambda part: _value(target, part, world), times),
        otherwise=_otherwise(target, under, world),
        lower=lower,
        upper=upper,
        interval=interval,
    )


def _value(target: Target, times: Times, world: World) -> float:
    return ratio(target, times).value if target.is_ratio else counterpart(target, times, world.registry)


def monte_carlo_error(value_of: Callable[[Times], float], times: Times) -> float:
    """Standard error of a value, from its values in `PARTS` parts of the patients; NaN if one has none."""
    values = [value_of(times.of(slice(place, None, PARTS))) for place in range(PARTS)]
    return float(np.std(values, ddof=1) / math.sqrt(PARTS))


def _strategy(target: Target) -> str:
    if target.origin is Origin.REINFUSION:
        return REINFUSED
    return NEVER if target.transplants is Transplants.NONE else ""


def _otherwise(target: Target, under: dict[str, Times], world: World) -> tuple[tuple[str, float], ...]:
    """The same number counted in other ways, where there are any."""
    found: list[tuple[str, float]] = []
    if target.groups is not None and target.groups in _OTHER_GROUPS:
        found.append((_OTHER_GROUPS[target.groups], ratio(target, under[_strategy(target)]).otherwise))
    if _can_be_counted_otherwise(target):
        for way in Transplants:
            if way is not target.transplants:
                other = target.model_copy(update={"transplants": way})
                found.append((_WAYS[way], _value(other, under[_strategy(other)], world)))
    return tuple((words, value) for words, value in found if not math.isnan(value))


def _can_be_counted_otherwise(target: Target) -> bool:
    """Whether it matters how a transplant counts; not where all are transplanted, or that is asked."""
    if target.origin not in (Origin.INFUSION, Origin.REMISSION):
        return False
    return target.quantity in _OUTCOMES and target.groups is not Groups.EVER_TRANSPLANTED


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None

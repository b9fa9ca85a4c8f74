"""The counterpart of a published share, survival or median among virtual patients.

From the infusion on there are also those who were never in remission. With p the share in remission, D the
month of the first assessment, S survival from it and t months since the infusion,

    EFS(t) = p E S(t - D),    OS(t) = p E S(t - D) + (1 - p) (1 - e) E exp(-r (t - D)),              (1)

where e is the share of the others who die before the assessment and r the rate at which they die after it.
What needs a remission (relapse, transplant, loss of aplasia) is counted among those who were in one.
"""

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.evidence.endpoint import Measure
from equipoise.kernels.arrays import Bool, Float64, Int32
from equipoise.kernels.cumulative_incidence import cumulative_incidence
from equipoise.kernels.product_limit import kaplan_meier
from equipoise.synth.calibration.target import Among, Origin, Quantity, Target, Transplants
from equipoise.synth.calibration.times import Times
from equipoise.synth.recording import Recording

LAST_ORIGIN: Final = 60.0  # months after time zero; what begins later is not followed for long
TICKS: Final = 100_000  # in a month
_SURVIVALS: Final = (Quantity.OS, Quantity.DFS)
_SHARES: Final = (
    Quantity.SHARE_CD19_POSITIVE,
    Quantity.SHARE_CD19_NEGATIVE,
    Quantity.SHARE_ON_LOSS,
    Quantity.RESTORED,
)


class Sample(NamedTuple):
    """Patients who came to an origin; months after it, infinite where it does not happen.

    Attributes
    ----------
    event : float64[m]
        What is counted.
    competing : float64[m]
        What makes it impossible.
    transplant : float64[m]
        Transplant in first remission; not above 0 where it came before the origin.
    """

    event: Float64
    competing: Float64
    transplant: Float64


def counterpart(target: Target, times: Times, registry: Recording) -> float:
    """Value of a target that is no ratio; NaN where nobody came to its origin.

    Parameters
    ----------
    target
        What is counted, and how.
    times
        Patients in remission, under the strategy that the target is about.
    registry
        Who is in remission, and when that is assessed.
    """
    if target.quantity is Quantity.RESPONSE:
        return float(registry.remission)
    if target.origin is Origin.NO_REMISSION:
        return math.exp(-registry.death_per_month * target.by_month)
    if target.quantity in _SHARES:
        return _share_of_events(target, times)
    sample = sample_of(target, times)
    from_infusion = target.origin is Origin.INFUSION
    if target.published.endpoint.measure is Measure.MEDIAN_TIME:
        wait = float(np.mean(registry.assessment_days)) / DAYS_PER_MONTH
        return median(sample, target.transplants) + wait * from_infusion
    if from_infusion:
        return _from_infusion(target, sample, registry)
    happened = share_by(sample, target.by_month, target.transplants)
    return 1.0 - happened if target.quantity in _SURVIVALS else happened


def _from_infusion(target: Target, sample: Sample, registry: Recording) -> float:
    """Equation (1), with every day of the assessment as likely."""
    first, last = registry.assessment_days
    months = np.maximum(target.by_month - np.arange(first, last + 1) / DAYS_PER_MONTH, 0.0)
    happened = float(np.mean([share_by(sample, month, target.transplants) for month in months]))
    if target.quantity not in _SURVIVALS:
        return happened
    alive = registry.remission * (1.0 - happened)
    if target.quantity is Quantity.OS:
        others = float(np.mean(np.exp(-registry.death_per_month * months)))
        alive += (1.0 - registry.remission) * (1.0 - registry.early_death) * others
    return alive


def sample_of(target: Target, times: Times) -> Sample:
    """Who is counted by a target, and what from its origin on."""
    zero, failure = _origin(target.origin, times)
    chosen = (zero <= LAST_ORIGIN) & in_target(target, times)
    event, competing = _event(target.quantity, times, failure)
    start = zero[chosen]
    return Sample(event[chosen] - start, competing[chosen] - start, times.transplant[chosen] - start)


def in_target(target: Target, times: Times) -> Bool:
    """Which patients a target is about, whatever its origin: bool[n]."""
    answers: dict[Among, Callable[[], Bool]] = {
        "ngs_positive": lambda: (times.at_time_zero & 1) == 1,
        "cd19_negative": lambda: times.negative,
        "lost": lambda: np.minimum(times.seen, times.transplant) < times.relapse,
        "restored": lambda: times.restored,
    }
    chosen = np.ones(times.relapse.size, dtype=np.bool_)
    for name, wanted in target.among.items():
        holds = answers[name]() if name in answers else times.has(name)
        chosen &= holds == wanted
    return chosen


def share_by(sample: Sample, month: float, transplants: Transplants) -> float:
    """Share in whom the event happens by a month; with transplants censored, by Aalen and Johansen."""
    if sample.event.size == 0:
        return math.nan
    if transplants is not Transplants.CENSORED:
        return _mean(sample.event <= month)
    end = _end(sample, transplants)
    cause = np.where(
        end > month, 0, np.where(sample.event == end, 1, np.where(sample.competing == end, 2, 0))
    )
    curve = cumulative_incidence(ticks(np.minimum(end, month)), cause, causes=2)
    return float(curve.incidence[-1, 0])


def median(sample: Sample, transplants: Transplants) -> float:
    """Month by which Kaplan and Meier's curve of the event is at one half; NaN where it stays above.

    What makes the event impossible is censored.
    """
    if sample.event.size == 0:
        return math.nan
    end = np.minimum(_end(sample, transplants), LAST_ORIGIN)
    curve = kaplan_meier(ticks(end), sample.event == end)
    low = np.flatnonzero(curve.survival <= 0.5)
    return float(curve.time[low[0]]) / TICKS if low.size else math.nan


def _end(sample: Sample, transplants: Transplants) -> Float64:
    """Month of the event, of what makes it impossible, or of a later transplant if that censors."""
    end = np.minimum(sample.event, sample.competing)
    if transplants is not Transplants.CENSORED:
        return end
    return np.minimum(end, np.where(sample.transplant > 0, sample.transplant, np.inf))


def ticks(months: Float64) -> Int32:
    """Months as whole ticks; a moment lasts at least one."""
    return np.maximum(np.rint(months * TICKS), 1).astype(np.int32)


def _origin(origin: Origin, times: Times) -> tuple[Float64, Float64]:
    """Time of an origin, and of the first relapse after it."""
    everybody = np.zeros_like(times.relapse)
    match origin:
        case Origin.RELAPSE:
            return times.relapse, np.full_like(everybody, np.inf)
        case Origin.TRANSPLANT:
            return times.transplant, times.relapse
        case Origin.SALVAGE_TRANSPLANT:
            return times.salvage, times.failure_of_salvage
        case Origin.REINFUSION:
            return times.reinfusion, times.relapse
        case Origin.INFUSION | Origin.REMISSION | Origin.NO_REMISSION:
            return everybody, times.relapse


def _event(quantity: Quantity, times: Times, failure: Float64) -> tuple[Float64, Float64]:
    """Time of what is counted, and of what makes it impossible."""
    death, over = times.death, np.minimum(failure, times.death)
    never = np.full_like(failure, np.inf)
    of_negative, of_positive = (np.where(times.negative == one, failure, np.inf) for one in (True, False))
    return {
        Quantity.OS: (death, never),
        Quantity.DFS: (over, never),
        Quantity.RELAPSE: (failure, death),
        Quantity.RELAPSE_CD19_POSITIVE: (of_positive, np.minimum(of_negative, death)),
        Quantity.RELAPSE_CD19_NEGATIVE: (of_negative, np.minimum(of_positive, death)),
        Quantity.NRM: (np.where(failure < death, np.inf, death), failure),
        Quantity.HCT: (times.transplant, over),
        Quantity.LOSS_SEEN: (times.seen, over),
    }[quantity]


def _share_of_events(target: Target, times: Times) -> float:
    """Share of some events that are of one kind: of relapses or transplants by a month, of reinfusions."""
    among, month = in_target(target, times), target.by_month
    match target.quantity:
        case Quantity.SHARE_ON_LOSS:
            return _mean((times.seen < times.transplant)[among & (times.transplant <= month)])
        case Quantity.RESTORED:
            return _mean(times.restored[among & (times.reinfusion <= LAST_ORIGIN)])
        case _:
            negative = times.negative[among & (times.relapse <= month)]
            return _mean(negative if target.quantity is Quantity.SHARE_CD19_NEGATIVE else ~negative)


def _mean(holds: Bool) -> float:
    return float(holds.mean()) if holds.size else math.nan

"""The counterpart of a published ratio: groups of virtual patients compared by Cox's model.

Everybody is followed for `FOLLOWED` months after time zero. The published models adjust for what their
abstracts do not always say; these hold the groups alone, but for the tests of month 3, which stand together.
"""

import math
from typing import Final, NamedTuple

import numpy as np

from equipoise.evidence.endpoint import Measure
from equipoise.kernels.arrays import Bool, Float64
from equipoise.kernels.cox import CoxStatus, fit_cox
from equipoise.synth.calibration.counted import in_target, ticks
from equipoise.synth.calibration.target import Groups, Quantity, Target, Transplants
from equipoise.synth.calibration.times import MONTH_3, UNTESTED, Times

FOLLOWED: Final = 24.0
A_YEAR: Final = 11.0  # a year after the infusion, for those in remission a month after it


class Ratio(NamedTuple):
    """A ratio as it is published, and the same groups compared in the other way.

    Attributes
    ----------
    value
        The ratio.
    otherwise
        Groups that are formed by what comes later: the ratio where they change when it comes, and the other
        way round; NaN for groups that are known from the start.
    """

    value: float
    otherwise: float = math.nan


def ratio(target: Target, times: Times) -> Ratio:
    """Value of a target that is a ratio; NaN where it cannot be estimated."""
    fate = _fate(target, times.of(in_target(target, times)))
    who = fate.times
    match target.groups:
        case Groups.NGS_AT_TIME_ZERO:
            return Ratio(_fixed(fate, (who.at_time_zero & 1) == 1))
        case Groups.NGS_AT_MONTH_3:
            return Ratio(_at_month_3(fate, first="ngs"))
        case Groups.LOSS_AT_MONTH_3:
            return Ratio(_at_month_3(fate, first="loss"))
        case Groups.LOSS_WITHIN_A_YEAR:
            seen = np.where(who.seen <= A_YEAR, who.seen, np.inf)
            return Ratio(_changing(fate, seen), _fixed(fate, seen < fate.stop))
        case Groups.EVER_TRANSPLANTED:
            ever = who.transplant < fate.stop
            if target.published.endpoint.measure is Measure.RISK_RATIO:
                return Ratio(_risk_ratio(fate, ever))
            return Ratio(_fixed(fate, ever), _changing(fate, who.transplant))
        case None:
            raise ValueError(f"{target.key} is no ratio")


class _Fate(NamedTuple):
    """Patients, until when they are followed, and whether the event ends that."""

    times: Times
    stop: Float64
    event: Bool


def _fate(target: Target, times: Times) -> _Fate:
    when = {
        Quantity.OS: times.death,
        Quantity.DFS: np.minimum(times.relapse, times.death),
        Quantity.RELAPSE: times.relapse,
    }[target.quantity]
    stop = np.minimum(np.minimum(when, times.death), FOLLOWED)
    if target.transplants is Transplants.CENSORED:
        stop = np.minimum(stop, times.transplant)
    return _Fate(times, stop, when == stop)


def _fixed(fate: _Fate, group: Bool) -> float:
    """Hazard ratio of groups that are formed once."""
    return _hazard_ratio(np.zeros_like(fate.stop), fate.stop, fate.event, group[:, None])


def _changing(fate: _Fate, since: Float64) -> float:
    """Hazard ratio of a group that patients come into at a time of their own."""
    joins = (since < fate.stop) & (since > 0)
    always = since <= 0
    start = np.concatenate([np.zeros_like(fate.stop), since[joins]])
    stop = np.concatenate([np.where(joins, since, fate.stop), fate.stop[joins]])
    event = np.concatenate([fate.event & ~joins, fate.event[joins]])
    group = np.concatenate([always, np.ones(int(joins.sum()), dtype=np.bool_)])
    return _hazard_ratio(start, stop, event, group[:, None])


def _at_month_3(fate: _Fate, *, first: str) -> float:
    """Hazard ratio by what the tests of month 3 showed, together, from that visit on."""
    shown = fate.times.at_month_3
    here = (shown != UNTESTED) & (fate.stop > MONTH_3)
    positive, lost = (shown[here] & 1) == 1, shown[here] >= 2
    groups = np.stack([positive, lost] if first == "ngs" else [lost, positive], axis=1)
    return _hazard_ratio(np.full(int(here.sum()), MONTH_3), fate.stop[here], fate.event[here], groups)


def _hazard_ratio(start: Float64, stop: Float64, event: Bool, groups: Bool) -> float:
    """Ratio of the first of some groups."""
    if not event.any():
        return math.nan
    begin = np.where(start > 0, ticks(start), 0).astype(np.int32)
    end = np.maximum(ticks(stop), begin + 1)
    fit = fit_cox(end, event, groups.astype(np.float64), start=begin)
    if fit.status is not CoxStatus.CONVERGED:
        return math.nan
    return math.exp(float(fit.coefficients[0]))


def _risk_ratio(fate: _Fate, group: Bool) -> float:
    """Ratio of the shares in whom the event has happened."""
    if not (group.any() and fate.event[~group].any()):
        return math.nan
    return float(fate.event[group].mean() / fate.event[~group].mean())

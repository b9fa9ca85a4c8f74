"""Strategies as regimes: the pure map from a patient's history to the probability of starting a treatment.

A history enters as a `Situation`: all that the rules look at, known by the start of a bin (the end of the day
before). Arrays of any shape go in and come out; a single situation has shape ().
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from equipoise.base.clock import months_to_days
from equipoise.protocol.rule import Never, OnTrigger, Rule, StartWithin
from equipoise.protocol.strategy import Strategy

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Situation:
    """What is known of patients at the start of bins (day, day + width] of time.

    `at_risk` has the shape of the answer; everything else broadcasts to it.

    Attributes
    ----------
    day : float64[...]
        Days from time zero to the start of the bin, >= 0.
    width : float64[...]
        Days in the bin, > 0. An action on day d of a daily grid lies in the bin (d - 1, d].
    at_risk : bool[...]
        Whether the treatment can be started: in one of its states, and not started before.
    trigger_day : float64[...] by position of the rule in its strategy
        Days from time zero to the trigger; NaN without one. A trigger later than `day` is not known yet.
        Rules without a trigger have no entry.
    holds : bool[...] by position of the rule in its strategy
        Whether its condition (``only_if``) is true for certain. Rules without a condition have no entry.
    natural : float64[...] or None
        Probability of a start in the bin in the natural course, given none before; for natural laws and for
        treatments that no rule names.
    """

    day: Float64
    width: Float64
    at_risk: Bool
    trigger_day: Mapping[int, Float64] = field(default_factory=dict[int, Float64])
    holds: Mapping[int, Bool] = field(default_factory=dict[int, Bool])
    natural: Float64 | None = None


def q(strategy: Strategy, treatment: str, situation: Situation) -> Float64:
    """Probability of starting a treatment in a bin under a strategy, given that it was not started before.

    Of several rules on the treatment whichever starts it first counts: q = 1 - prod(1 - q_i), equation (9.2).

    Parameters
    ----------
    strategy
        What is done.
    treatment
        Name of the treatment; one that no rule names follows its natural course.
    situation
        What is known.

    Returns
    -------
    float64[...]
        0 for those who are not at risk.

    Raises
    ------
    ProtocolError
        P123 for a representative law without its numbers.
    IdentificationError
        P124 for bins that do not fit a natural law.
    ValueError
        If the situation lacks a trigger, a condition or a natural probability that a rule asks for.
    """
    rules = strategy.rules_on(treatment)
    total = np.zeros(np.shape(situation.at_risk)) if rules else _natural(situation)
    for position, rule in rules:
        one = _of_rule(rule, position, situation)
        total = total + one - total * one  # a single rule exactly as it is
    return np.where(situation.at_risk, total, 0.0)


def intensity(strategy: Strategy, treatment: str, situation: Situation) -> Float64:
    """Intensity of starting, a day, at the end of the bin, judged on what is known at its start.

    Intensities of several rules add, equation (9.2). At the very end of a window, by which all have started,
    it is infinite.

    Parameters
    ----------
    strategy, treatment, situation
        As for `q`; the treatment must be named by a rule.

    Raises
    ------
    ProtocolError
        P123 for a representative law without its numbers.
    IdentificationError
        P124 for natural and fixed laws.
    ValueError
        If no rule names the treatment, or the situation lacks what a rule asks for.
    """
    total = np.zeros(np.shape(situation.at_risk))
    for position, rule in _named(strategy, treatment):
        if not isinstance(rule, Never):
            since = _since(rule, position, situation) + situation.width
            now = rule.grace.intensity(since)
            total = total + np.where(_condition(rule, position, situation), now, 0.0)
    return np.where(situation.at_risk, total, 0.0)


def cumulative_intensity(strategy: Strategy, treatment: str, situation: Situation) -> Float64:
    """Intensity of starting summed over the bin: minus the log of the probability of no start in it.

    Parameters
    ----------
    strategy, treatment, situation
        As for `q`; the treatment must be named by a rule.

    Returns
    -------
    float64[...]
        Infinite for the bin that reaches the end of a window.

    Raises
    ------
    ProtocolError
        P123 for a representative law without its numbers.
    IdentificationError
        P124 for natural and fixed laws.
    ValueError
        If no rule names the treatment, or the situation lacks what a rule asks for.
    """
    total = np.zeros(np.shape(situation.at_risk))
    for position, rule in _named(strategy, treatment):
        if not isinstance(rule, Never):
            since = _since(rule, position, situation)
            inside = (since >= 0) & (since < rule.grace.days) & _condition(rule, position, situation)
            at = np.where(inside, since, 0.0)
            until = rule.grace.cumulative_intensity(at + situation.width)
            total = total + np.where(inside, until - rule.grace.cumulative_intensity(at), 0.0)
    return np.where(situation.at_risk, total, 0.0)


def _of_rule(rule: Rule, position: int, situation: Situation) -> Float64:
    if isinstance(rule, Never):
        return np.zeros(np.shape(situation.at_risk))
    since = _since(rule, position, situation)
    asked = rule.grace.probability(since, situation.width, situation.natural)
    return np.where(_condition(rule, position, situation), asked, 0.0)


def _since(rule: StartWithin | OnTrigger, position: int, situation: Situation) -> Float64:
    """Days from the opening of the rule's window to the start of the bin; NaN where it has not opened."""
    if isinstance(rule, StartWithin):
        return situation.day
    if position not in situation.trigger_day:
        raise ValueError(f"rule {position} has a trigger, but the situation names no trigger day")
    trigger = situation.trigger_day[position]
    latest = np.inf if rule.until_month is None else months_to_days(rule.until_month)
    # Comparisons with NaN (no trigger) are false.
    counts = (trigger <= latest) & (trigger <= situation.day)
    return np.where(counts, situation.day - trigger, np.nan)


def _condition(rule: StartWithin | OnTrigger, position: int, situation: Situation) -> Bool:
    if rule.only_if is None:
        return np.ones(np.shape(situation.at_risk), dtype=np.bool_)
    if position not in situation.holds:
        raise ValueError(f"rule {position} has a condition, but the situation does not say whether it holds")
    return situation.holds[position]


def _natural(situation: Situation) -> Float64:
    if situation.natural is None:
        raise ValueError("a treatment in its natural course needs the natural probability of a start")
    return situation.natural


def _named(strategy: Strategy, treatment: str) -> tuple[tuple[int, Rule], ...]:
    rules = strategy.rules_on(treatment)
    if not rules:
        raise ValueError(f"no rule of {strategy.name!r} names {treatment!r}: its course is the natural one")
    return rules

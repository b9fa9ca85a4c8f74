"""Sentences and phrases made from numbers: a value with its interval, a headline with its denominator."""

from equipoise.language.outcome import Outcome, OutcomeKind
from equipoise.language.words import lower_first
from equipoise.rendering.numbers import (
    NARROW_SPACE,
    count,
    day_as_months,
    duration,
    percent,
    percent_interval,
    share,
)
from equipoise.rendering.reading import Estimate
from equipoise.rendering.words import TEXT, capital


def percent_level(one: Estimate) -> str:
    """The confidence level as ``95 %``."""
    return f"{100 * one.level:g}{NARROW_SPACE}%"


def level_words(level: float) -> str:
    """``95 % CI``."""
    return f"{100 * level:g}\u202f% CI"


def value_with_interval(one: Estimate) -> str:
    """A probability with its interval: ``71 % (95 % CI 66 to 75)``; words where there is no number."""
    if one.estimate is None:
        return TEXT["not_observed"]
    value = percent(one.estimate, one.n)
    if one.lower is None or one.upper is None:
        return f"{value} ({TEXT['no_interval']})"
    return f"{value} ({level_words(one.level)} {percent_interval(one.lower, one.upper, one.n)})"


def time_with_interval(one: Estimate) -> str:
    """A time in months with its interval."""
    if one.estimate is None:
        return TEXT["not_reached"]
    value = f"{day_as_months(one.estimate)} months"
    if one.lower is None and one.upper is None:
        return f"{value} ({TEXT['no_interval']})"
    low = TEXT["not_reached"] if one.lower is None else day_as_months(one.lower)
    high = TEXT["not_reached"] if one.upper is None else day_as_months(one.upper)
    return f"{value} ({level_words(one.level)} {low} to {high})"


def patients(number: int) -> str:
    """``1 patient``, ``47 patients``."""
    return TEXT["one_patient"] if number == 1 else TEXT["some_patients"].format(n=count(number))


def events(number: int) -> str:
    """``1 event``, ``6 events``."""
    return TEXT["one_event"] if number == 1 else TEXT["some_events"].format(n=count(number))


def headline(outcome: Outcome, one: Estimate) -> str:
    """One outcome at one time as a sentence with its denominator."""
    name = lower_first(outcome.label)
    value = value_with_interval(one)
    counts = counts_of(outcome, one, by_then=" by then")
    return f"{capital(duration(round(one.month)))} {name} was {value}: {patients(one.n)}, {counts}."


def counts_of(outcome: Outcome, one: Estimate, *, by_then: str = "") -> str:
    """Who had the event and who is still at risk; of a state that can be left, who was last seen in it."""
    is_state = outcome.kind is OutcomeKind.OCCUPANCY
    return TEXT["counts_state" if is_state else "counts_event"].format(
        events=count(one.events),
        event=outcome.is_ if is_state else outcome.event,
        by_then=by_then,
        at_risk=count(one.at_risk),
    )


def part_of(part: int, whole: int) -> str:
    """``98 of 163 (60 %)``."""
    return f"{count(part)} of {count(whole)} ({share(part, whole)})" if whole else f"{count(part)} of 0"

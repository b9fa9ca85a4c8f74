"""An estimate as words and cells: what it is about, under which strategy, value and interval."""

from equipoise.estimate.funnel_stages import strategies
from equipoise.estimate.ratios_and_risks import RATIOS
from equipoise.language.words import lower_first
from equipoise.rendering.figures.outcomes import MEASURE_OF
from equipoise.rendering.numbers import (
    months,
    percent,
    percent_interval,
    points,
    points_value,
    ratio,
    ratio_interval,
)
from equipoise.rendering.reading import NATURAL_COURSE, Estimate, Reading
from equipoise.rendering.words import HANDLINGS, MEASURES, ROLES, TEXT, capital

PROBABILITIES = {*MEASURE_OF.values(), "one_minus_survival"}
DIFFERENCES = {f"{measure}_difference" for measure in PROBABILITIES}


def block_words(reading: Reading, first: Estimate) -> str:
    """What the rows of a block are, from the first of them: outcome, measure, strategy, role."""
    parts = [
        outcome_words(reading, first.outcome, first.strategy),
        MEASURES.get(first.measure, first.measure.replace("_", " ")),
    ]
    if parts[0].startswith(parts[1]):
        parts.pop()
    if first.versus is not None:
        pair = (strategy_words(reading, one) for one in (first.strategy, first.versus))
        parts.append(" v ".join(pair))
    elif first.strategy != NATURAL_COURSE:
        parts.append(strategy_words(reading, first.strategy))
    if first.role != "primary":
        parts.append(ROLES[first.role].lower())
    return " · ".join(parts)


def value_cells(one: Estimate) -> tuple[str, str]:
    """Estimate and interval as two cells: in percent, points or months, or a ratio."""
    is_probability, is_difference = one.measure in PROBABILITIES, one.measure in DIFFERENCES
    if one.estimate is None:
        return TEXT["not_followed" if is_probability or is_difference else "not_reached"], ""
    if is_probability:
        value = percent(one.estimate, one.n)
    elif is_difference:
        value = TEXT["some_points"].format(points=points(one.estimate, one.n))
    elif one.measure in RATIOS:
        value = ratio(one.estimate)
    else:
        return f"{_months(one.estimate)} mo", _limits_in_months(one)
    if one.lower is None or one.upper is None:
        return value, TEXT["no_interval"]
    if is_probability:
        return value, percent_interval(one.lower, one.upper, one.n)
    if is_difference:
        return value, f"{points_value(one.lower, one.n)} to {points_value(one.upper, one.n)}"
    return value, ratio_interval(one.lower, one.upper)


def _limits_in_months(one: Estimate) -> str:
    if one.lower is None and one.upper is None:
        return TEXT["no_interval"]
    limits = (one.lower, one.upper)
    return " to ".join(TEXT["not_reached"] if limit is None else _months(limit) for limit in limits)


def _months(days: float) -> str:
    return f"{months(days):.1f}".replace("-", "\u2212")


def outcome_words(reading: Reading, outcome: str, strategy: str) -> str:
    """Label of an outcome, of one of its causes (``<outcome>:<state>``) or of the last step of a funnel."""
    vocabulary = reading.study.vocabulary
    name, _, part = outcome.partition(":")
    if name in vocabulary.outcomes and part:
        return f"{reading.outcome(name).label}: {lower_first(reading.state_label(name, part))}"
    if name in vocabulary.outcomes:
        return (reading.outcome(name) if strategy == NATURAL_COURSE else vocabulary.outcomes[name]).label
    if part and vocabulary.table_of(part):
        return TEXT["reaching"].format(step=vocabulary.label_of(part))
    return capital(outcome.replace("_", " "))


def strategy_words(reading: Reading, strategy: str) -> str:
    """A strategy of the protocol, natural course, a handling, or an analysis of a funnel, in words."""
    vocabulary, protocol = reading.study.vocabulary, reading.study.protocol
    if strategy == NATURAL_COURSE:
        return TEXT["natural_course"]
    first, _, second = strategy.partition(": ")
    if first in HANDLINGS:
        return f"{capital(vocabulary.heading_of(second))}: {HANDLINGS[first].split(' (')[0].lower()}"
    for asked in protocol.funnels:
        everybody, arrived = strategies(asked)
        origin, last = vocabulary.heading_of(asked.origin), vocabulary.heading_of(asked.steps[-1])
        words = {
            everybody: TEXT["from_start"].format(start=origin),
            arrived: TEXT["from_last"].format(last=last, origin=origin),
            f"{everybody}, composed": TEXT["composed"].format(origin=origin, last=last),
        }
        if strategy in words:
            return words[strategy]
    titles = {one.name: lower_first(one.title) for one in protocol.strategies}
    return titles.get(strategy, strategy)

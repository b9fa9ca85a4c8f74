"""Truth as rows of the table of estimates, with the role `truth`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Final

import numpy as np
import polars as pl

from equipoise.base.clock import DAYS_PER_MONTH, months_to_days
from equipoise.base.findings import FindingStatus
from equipoise.estimate.estimates import ESTIMATES, NATURAL_COURSE
from equipoise.kernels.arrays import Float64, Int64
from equipoise.kernels.intervals import critical_value
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.estimand import population_words
from equipoise.protocol.protocol import Protocol
from equipoise.synth.joint import FEATURES, HEADLINES, HORIZONS, MONTHS
from equipoise.synth.outcomes import AREAS, OCCUPIED, OUTCOMES, Counted
from equipoise.synth.truth import Truth, asked_strategies

LEVEL: Final = 0.95
INTERVAL: Final = "Monte-Carlo error"
VALUES: Final = {
    "burden": ("below 5 %", "5 % or more"),
    "prior_hct": ("none", "one"),
    "genetics": ("other or ph", "kmt2a, hypodiploid or tp53"),
    "costimulation": ("bb", "cd28"),
    "donor_available": ("no", "yes"),
    "age": ("below 18", "18 or more"),
    "ngs_mrd": ("negative", "positive"),
}
_SUMMARIES: Final = {
    "survival": "the probability of still being {is_} on each day",
    "cumulative_incidence": "the probability that {event} has happened by each day ({competing} competing)",
    "state_probability": "the probability of being {is_} on each day, whatever happened earlier",
    "restricted_mean": "the mean time {is_} up to the horizon",
    "time_lost": "the mean time lost to '{event}' up to the horizon",
}


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Means of one outcome in N patients under G strategies, at T times, and mean products.

    Attributes
    ----------
    counted
        The outcome.
    days : float64[T]
    mean : float64[T, G]
    product : float64[T, G, G]
    patients, group
        How many, and who, as the end of the name of a strategy.
    is_share
        Whether means are shares of patients (else days).
    """

    counted: Counted
    days: Float64
    mean: Float64
    product: Float64
    patients: int
    group: str
    is_share: bool

    def level(self, g: int) -> tuple[Float64, Float64]:
        """Mean and its error under a strategy: float64[T] each."""
        return self.mean[:, g], self._error(self.product[:, g, g] - self.mean[:, g] ** 2)

    def difference(self, g: int, h: int) -> tuple[Float64, Float64]:
        """Difference of two strategies and its error, equation (7.1): float64[T] each."""
        value = self.mean[:, g] - self.mean[:, h]
        square = self.product[:, g, g] + self.product[:, h, h] - 2.0 * self.product[:, g, h]
        return value, self._error(square - value**2)

    def _error(self, variance: Float64) -> Float64:
        return np.sqrt(np.maximum(variance, 0.0) / self.patients)


def truth_rows(
    truth: Truth,
    protocol: Protocol,
    vocabulary: Vocabulary,
    *,
    by_feature: bool = False,
    states: bool = False,
) -> pl.DataFrame:
    """Rows of the table of estimates.

    Parameters
    ----------
    truth
        Of the natural course and the strategies of the protocol, in this order.
    protocol, vocabulary
        The question. Outcomes of the protocol that are simulated are given at the whole months of its report,
        differences between two strategies at its headline months, times up to 24, 36 and 60 months.
    states
        Also the probability of each state of the structure.
    by_feature
        Also by what is known of a patient at time zero: the strategy is followed by ``, feature: value``.

    Returns
    -------
    polars.DataFrame
        In the form of `equipoise.estimate.estimates.ESTIMATES`. The standard error is that of the simulation.
    """
    names = [NATURAL_COURSE, *(one.name for one in protocol.strategies)]
    titles = ["usual care", *(one.title for one in asked_strategies(protocol)[1:])]
    found = [*_probabilities(truth, protocol, states=states), *_times(truth)]
    found += _by_feature(truth, protocol) if by_feature else []
    columns: dict[str, list[Any]] = {name: [] for name in ESTIMATES.dtypes}
    for one in found:
        sentence = _sentence(one.counted, protocol, vocabulary)
        for g, name in enumerate(names):
            said = sentence.format(who=f"if everybody followed '{titles[g]}'")
            _add(columns, one, said, (name, None), one.level(g))
        if one.counted in OCCUPIED:
            continue
        heads = _headlines(one, protocol)
        for h, g in combinations(range(len(names)), 2):
            said = sentence.format(who=f"if everybody followed '{titles[g]}', minus that under '{titles[h]}'")
            _add(columns, heads, said, (names[g], names[h]), heads.difference(g, h))
    return ESTIMATES.frame(columns)


def rows_beside(truth: Truth, protocol: Protocol, vocabulary: Vocabulary) -> pl.DataFrame:
    """The rows of `truth_rows` that a study carries beside its answers.

    Whole curves of the strategies that its naive comparisons are taken for, of those that its contrasts
    compare, and of the natural course, in the outcomes that are compared; the headline months of all others;
    and differences from the second of each such pair (from the natural course where there is none).
    """
    rows = truth_rows(truth, protocol, vocabulary)
    compared_in = [one for one in protocol.naive_comparisons if one.between is not None]
    pairs = [one.between for one in compared_in if one.between is not None]
    pairs += [one.between for one in protocol.contrasts]
    drawn = {name for pair in pairs for name in pair} | {NATURAL_COURSE}
    outcomes = {name for one in compared_in for name in one.outcomes} | {one.of for one in protocol.contrasts}
    compared = [pair[1] for pair in pairs] or [NATURAL_COURSE]
    heads = [months_to_days(month) for month in protocol.report.at_months]
    is_drawn = pl.col("strategy").is_in(drawn) & pl.col("outcome").is_in(outcomes)
    is_asked = pl.col("versus").is_null() | pl.col("versus").is_in(compared)
    is_curve = is_drawn & pl.col("versus").is_null()
    return rows.filter(is_curve | (is_asked & pl.col("day").is_in(heads)))


def _headlines(one: _Numbers, protocol: Protocol) -> _Numbers:
    """Only the headline months of a probability; times as they are."""
    if not one.is_share:
        return one
    at = np.isin(one.days, [months_to_days(month) for month in protocol.report.at_months])
    return replace(one, days=one.days[at], mean=one.mean[at], product=one.product[at])


def _probabilities(truth: Truth, protocol: Protocol, *, states: bool) -> Iterator[_Numbers]:
    """Outcomes of the protocol and states of the structure, month by month."""
    months = [int(month) for month in protocol.report.grid_months if month in MONTHS]
    for place, counted in enumerate((*OUTCOMES, *OCCUPIED)):
        if states if counted in OCCUPIED else counted.name in protocol.outcomes:
            counts = truth.joint.counts[place, months]
            yield _shares(counted, months, counts, truth.joint.patients, "")


def _by_feature(truth: Truth, protocol: Protocol) -> Iterator[_Numbers]:
    for f, feature in enumerate(FEATURES):
        for side, value in enumerate(VALUES[feature]):
            patients = int(truth.joint.members[f, side])
            for place, counted in enumerate(OUTCOMES):
                if patients and counted.name in protocol.outcomes:
                    counts = truth.joint.by_feature[f, side, place]
                    yield _shares(counted, HEADLINES, counts, patients, f", {feature}: {value}")


def _shares(counted: Counted, months: Sequence[int], counts: Int64, patients: int, group: str) -> _Numbers:
    share = counts / patients
    days = np.array([months_to_days(month) for month in months])
    return _Numbers(counted, days, np.einsum("tgg->tg", share), share, patients, group, is_share=True)


def _times(truth: Truth) -> Iterator[_Numbers]:
    """Restricted means and times lost, in days."""
    joint = truth.joint
    for place, counted in enumerate(AREAS):
        mean = joint.areas[place] * DAYS_PER_MONTH / joint.patients
        product = joint.products[place] * DAYS_PER_MONTH**2 / joint.patients
        yield _Numbers(counted, HORIZONS * DAYS_PER_MONTH, mean, product, joint.patients, "", is_share=False)


def _add(
    columns: dict[str, list[Any]],
    one: _Numbers,
    sentence: str,
    compared: tuple[str, str | None],
    numbers: tuple[Float64, Float64],
) -> None:
    """Append the rows of one strategy, or of one against another, to the columns of the table."""
    size, (strategy, versus), (value, error) = one.days.size, compared, numbers
    half = critical_value(LEVEL) * error
    happened = 1.0 - value if one.counted.measure == "survival" else value
    events = np.rint(happened * one.patients) if one.is_share and versus is None else np.zeros(size)
    rows: dict[str, Sequence[Any]] = {
        "estimand": [sentence] * size,
        "outcome": [one.counted.name] * size,
        "strategy": [strategy + one.group] * size,
        "versus": [None if versus is None else versus + one.group] * size,
        "measure": [one.counted.measure + ("" if versus is None else "_difference")] * size,
        "day": one.days.tolist(),
        "estimate": value.tolist(),
        "std_error": error.tolist(),
        "lower": (value - half).tolist(),
        "upper": (value + half).tolist(),
        "level": [LEVEL] * size,
        "interval": [INTERVAL] * size,
        "method": [f"simulation of {one.patients:,} virtual patients under each strategy"] * size,
        "role": ["truth"] * size,
        "n": [one.patients] * size,
        "events": events.astype(np.int64).tolist(),
        "at_risk": [one.patients] * size,
        "ess": [float(one.patients)] * size,
        "status": [FindingStatus.OK] * size,
        "finding": [None] * size,
    }
    for name, values in rows.items():
        columns[name].extend(values)


def _sentence(counted: Counted, protocol: Protocol, vocabulary: Vocabulary) -> str:
    """What a number is, with a place for whose course it is."""
    outcome, _, state = counted.name.partition(":")
    if outcome == "state":
        heading = _state(state.partition(":")[2], vocabulary)
        words = {"is_": f"in the state '{heading}'", "event": "", "competing": ""}
    elif state:
        words = {"is_": "", "event": _state(state, vocabulary), "competing": ""}
    else:
        word = vocabulary.outcomes[outcome]
        words = {"is_": word.is_, "event": word.event, "competing": word.competing}
    summary = _SUMMARIES[counted.measure].format(**words)
    who = f"in {population_words(protocol, vocabulary)}, counted from {protocol.time_zero.words(vocabulary)}"
    text = f"The truth: {summary}, {who}, ".replace("{", "{{").replace("}", "}}")
    return text + "{who}. The patients are virtual, so it is known."


def _state(name: str, vocabulary: Vocabulary) -> str:
    return vocabulary.structures["course"].states[name].label

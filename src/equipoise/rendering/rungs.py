"""The naive comparisons of a study: each rung of the ladder with its curves, difference and hazard ratio."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from equipoise.rendering.emulated.trial import trial_of
from equipoise.rendering.reading import PRIMARY, Estimate, Reading
from equipoise.rendering.truth import Truth, truth_of

FUNNEL: Final = "N7"  # has another population and clock than the ladder, and a figure of its own


@dataclass(frozen=True, slots=True)
class Rung:
    """One way to compare treated with untreated patients; fields up to `events_untreated` are its columns.

    Parameters
    ----------
    curves
        Survival of the treated and of the untreated; empty where the curves are those of an earlier rung.
    differences
        Survival of the treated minus that of the untreated, at the report months.
    ratio
        Hazard ratio, treated against untreated; None where a later rung with the same groups has it.
    """

    comparison: str
    intervention: str
    outcome: str
    rung: str
    position: int
    label: str
    reason: str
    landmark_month: float | None
    treated: str
    untreated: str
    n_treated: int
    n_untreated: int
    events_treated: int
    events_untreated: int
    curves: tuple[list[Estimate], list[Estimate]]
    differences: list[Estimate]
    ratio: Estimate | None

    @property
    def has_curves(self) -> bool:
        """Whether both curves have a number."""
        return all(any(one.estimate is not None for one in block) for block in self.curves)

    @property
    def role(self) -> str:
        """How its numbers may be used."""
        rows = [*self.differences, *([self.ratio] if self.ratio else [])]
        return rows[0].role if rows else "naive"


@dataclass(frozen=True, slots=True)
class Ladder:
    """All rungs of one comparison and outcome.

    Parameters
    ----------
    rungs
        In their order.
    month
        Month at which they are read side by side; None where none has a difference.
    truth
        What is known of the strategies that they are taken for.
    between, emulated
        These strategies, and the difference of both curves in the emulated trial, by day; empty where they
        are not emulated.
    """

    rungs: list[Rung]
    month: float | None
    truth: Truth | None
    between: tuple[str, str] | None = None
    emulated: tuple[Estimate, ...] = ()

    @property
    def outcome(self) -> str:
        """Name of the outcome."""
        return self.rungs[0].outcome

    @property
    def comparison(self) -> str:
        """Name of the comparison."""
        return self.rungs[0].comparison


def ladders(reading: Reading) -> list[Ladder]:
    """One ladder for each comparison and outcome, in the order of the table."""
    pairs = dict.fromkeys((row["comparison"], row["outcome"]) for row in _rows(reading))
    found: list[Ladder] = []
    for comparison, outcome in pairs:
        rungs = rungs_of(reading, comparison, outcome)
        month = month_of(reading, rungs, reading.block(outcome, "survival"))
        between = next(
            one.between for one in reading.study.protocol.naive_comparisons if one.name == comparison
        )
        emulated = _emulated(reading, outcome, between)
        found.append(Ladder(rungs, month, truth_of(reading, comparison, outcome), between, emulated))
    return found


def _emulated(reading: Reading, outcome: str, between: tuple[str, str] | None) -> tuple[Estimate, ...]:
    trial = None if between is None else trial_of(reading)
    if trial is None or between is None:
        return ()
    return tuple(trial.contrast(outcome, "survival_difference", between))


def funnel_rungs(reading: Reading) -> list[Rung]:
    """N7 of each comparison that names a funnel."""
    rows = [row for row in reading.rows("naive") if row["rung"] == FUNNEL]
    return [_rung(reading, row, has_curves=True, has_ratio=False) for row in rows]


def _rows(reading: Reading) -> list[dict[str, Any]]:
    return [row for row in reading.rows("naive") if row["rung"] != FUNNEL]


def month_of(reading: Reading, rungs: Sequence[Rung], everybody: Sequence[Estimate]) -> float | None:
    """Month at which rungs are read: the last with a difference at which follow-up supports `everybody`."""
    months = [row.month for one in rungs for row in one.differences if row.estimate is not None]
    supported = [
        month for month in months if (row := reading.at(everybody, month)) is not None and row.is_readable
    ]
    return max(supported, default=max(months, default=None))


def rungs_of(reading: Reading, comparison: str, outcome: str) -> list[Rung]:
    """Rungs of one ladder in order.

    Rungs that share their two groups share their numbers too: the first has the curves, the last the ratio.
    """
    rows = sorted(
        (row for row in _rows(reading) if (row["comparison"], row["outcome"]) == (comparison, outcome)),
        key=lambda row: row["position"],
    )
    pairs = [(row["treated"], row["untreated"]) for row in rows]
    last = len(pairs) - 1
    return [
        _rung(
            reading,
            row,
            has_curves=pairs.index(pair) == place,
            has_ratio=last - pairs[::-1].index(pair) == place,
        )
        for place, (row, pair) in enumerate(zip(rows, pairs, strict=True))
    ]


def _rung(reading: Reading, row: dict[str, Any], *, has_curves: bool, has_ratio: bool) -> Rung:
    outcome, treated, untreated = row["outcome"], row["treated"], row["untreated"]
    ratios = [
        one
        for one in reading.block(outcome, "hazard_ratio", treated)
        if has_ratio and one.versus == untreated
    ]
    differences = reading.block(outcome, "survival_difference", treated) if has_curves else []
    curves = (
        _curve(reading, outcome, treated) if has_curves else [],
        _curve(reading, outcome, untreated) if has_curves else [],
    )
    return Rung(
        **row,
        curves=curves,
        differences=[one for one in differences if one.versus == untreated],
        ratio=next(iter(ratios), None),
    )


def _curve(reading: Reading, outcome: str, strategy: str) -> list[Estimate]:
    """Survival of a group; N6 has no curve of its own for the strategy that it compares with."""
    emulated = [
        one
        for one in reading.emulated()
        if (one.outcome, one.measure, one.strategy, one.role) == (outcome, "survival", strategy, PRIMARY)
    ]
    return reading.block(outcome, "survival", strategy) or sorted(emulated, key=lambda one: one.day or 0.0)

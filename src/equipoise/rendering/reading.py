"""Reading a study: its tables as typed rows, its words as labels. The only place that knows column names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from equipoise.base.findings import FindingStatus
from equipoise.language.outcome import Outcome, OutcomeKind
from equipoise.protocol.check import happens_by
from equipoise.protocol.strategy import NATURAL
from equipoise.rendering.handled import handled_words
from equipoise.rendering.numbers import months
from equipoise.study.study import Study

NATURAL_COURSE: Final = "natural course"
TRUTH: Final = "truth"
# Numbers that were not estimated from the patients of the study stand beside it, never among its answers.
BESIDE: Final = (TRUTH, "published")
AFTER: Final = "after "
# Pocock, Clayton and Altman 2002: a curve is not read where fewer than one in ten patients is at risk.
SPARSE_SHARE: Final = 0.1
PRIMARY: Final = "primary"
SENSITIVITY: Final = "sensitivity"
UNREADABLE: Final = (FindingStatus.SPARSE, FindingStatus.NOT_REACHED)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One row of the table of estimates; see the study's data dictionary for the columns."""

    estimand: str
    outcome: str
    strategy: str
    versus: str | None
    measure: str
    day: float | None
    estimate: float | None
    std_error: float | None
    lower: float | None
    upper: float | None
    level: float
    interval: str
    method: str
    role: str
    n: int
    events: int
    at_risk: int
    ess: float
    status: str
    finding: str | None

    @property
    def month(self) -> float:
        """Months after time zero; 0 where there is no day."""
        return months(self.day or 0.0)

    @property
    def is_readable(self) -> bool:
        """Whether follow-up still supports a number on this day (the status may speak of something else)."""
        if self.estimate is None or self.status in UNREADABLE:
            return False
        return self.status == FindingStatus.OK or self.at_risk >= SPARSE_SHARE * self.n


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers under a curve on one day."""

    day: float
    at_risk: int
    events: int
    censored: int


@dataclass(frozen=True, slots=True)
class StateWords:
    """A state in its clinical order."""

    name: str
    label: str
    short: str
    absorbing: bool


class Reading:
    """A study, indexed for the report.

    Parameters
    ----------
    study
        What a run produced.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self._blocks: dict[tuple[str, str, str], list[Estimate]] = {}
        self._beside: dict[tuple[str, str, str, str | None, str], list[Estimate]] = {}
        self._emulated: list[Estimate] = []
        strategies = _emulated_strategies(study)
        for row in study.tables["estimates"].iter_rows(named=True):
            one = Estimate(**row)
            key = (one.outcome, one.measure, one.strategy)
            if one.role in BESIDE:
                self._beside.setdefault((*key, one.versus, one.role), []).append(one)
            elif one.role == SENSITIVITY or (one.role == PRIMARY and one.strategy in strategies):
                self._emulated.append(one)
            else:
                self._blocks.setdefault(key, []).append(one)
        self._counts: dict[tuple[str, str], list[Counts]] = {}
        for row in study.tables["risk_table"].sort("day").iter_rows(named=True):
            counts = Counts(row["day"], row["at_risk"], row["events"], row["censored"])
            self._counts.setdefault((row["outcome"], row["strategy"]), []).append(counts)

    def block(self, outcome: str, measure: str, strategy: str = NATURAL_COURSE) -> list[Estimate]:
        """Rows of one outcome, measure and strategy by day; empty if there are none."""
        rows = self._blocks.get((outcome, measure, strategy), [])
        return sorted(rows, key=lambda one: one.day or 0.0)

    def blocks(self) -> Mapping[tuple[str, str, str], list[Estimate]]:
        """Rows by (outcome, measure, strategy), in the order of the table.

        Without truths and published numbers, and without those of emulated strategies (`emulated`).
        """
        return self._blocks

    def emulated(self) -> list[Estimate]:
        """Rows about emulated strategies, their sensitivity analyses and negative controls among them."""
        return self._emulated

    def beside(self) -> list[list[Estimate]]:
        """Truths and published numbers, a block for each outcome, measure, strategy or contrast, and role."""
        return [sorted(block, key=lambda one: one.day or 0.0) for block in self._beside.values()]

    def truth(self, outcome: str, measure: str, strategy: str, versus: str | None = None) -> list[Estimate]:
        """What is known of a strategy, or of the difference of two, by day; empty if nothing is."""
        rows = self._beside.get((outcome, measure, strategy, versus, TRUTH), [])
        return sorted(rows, key=lambda one: one.day or 0.0)

    def counts(self, outcome: str, strategy: str = NATURAL_COURSE) -> list[Counts]:
        """Numbers under a curve by day; empty if there are none."""
        return self._counts.get((outcome, strategy), [])

    def compared(self) -> frozenset[str]:
        """Strategies of the prognostic table and of the naive ladder: parts of the patients, not all.

        The curves of a funnel (N7) have a section of their own.
        """
        columns = (("prognosis", "strategy"), ("naive", "treated"), ("naive", "untreated"))
        return frozenset(
            row[column] for table, column in columns for row in self.rows(table) if row.get("rung") != "N7"
        )

    def at(self, block: Sequence[Estimate], month: float) -> Estimate | None:
        """The row of a block at a month after time zero."""
        return next((one for one in block if one.day is not None and abs(one.month - month) < 1e-3), None)

    def table(self, name: str) -> pl.DataFrame:
        """A table of the study, empty if it has none of that name."""
        return self.study.tables.get(name, pl.DataFrame())

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Rows of a table of the study."""
        return self.table(name).to_dicts()

    def outcome(self, name: str) -> Outcome:
        """An outcome in the words that it has once the protocol's own handlings of events are applied."""
        vocabulary = self.study.vocabulary
        outcome = vocabulary.outcomes[name]
        for one in self.study.protocol.intercurrent_events:
            is_state = outcome.kind is OutcomeKind.OCCUPANCY
            if is_state or not happens_by(vocabulary.outcomes[name], one.event, vocabulary):
                outcome = handled_words(outcome, one.handling, vocabulary.label_of(one.event))
        return outcome

    def state_label(self, outcome: str, state: str) -> str:
        """Label of a state of an outcome's structure, or of one that a handling added (`after <event>`)."""
        vocabulary = self.study.vocabulary
        states = vocabulary.structure_of(outcome).states
        return states[state].label if state in states else vocabulary.label_of(state.removeprefix(AFTER))

    def states(self, structure: str) -> list[StateWords]:
        """States of a structure in their clinical order."""
        found = self.study.vocabulary.structures[structure]
        left = {arrow.from_ for arrow in found.arrows}
        return [
            StateWords(name, state.label, state.heading, name not in left)
            for name, state in found.states.items()
        ]


def _emulated_strategies(study: Study) -> frozenset[str]:
    """Names under which an emulation has rows; none without one."""
    protocol = study.protocol
    if protocol.analysis.emulation is None:
        return frozenset()
    return frozenset((NATURAL, *(one.name for one in protocol.strategies)))

"""The emulated trial of a study, indexed for the report: its strategies, levels, contrasts and bands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from equipoise.language.outcome import Outcome
from equipoise.language.words import lower_first
from equipoise.protocol.strategy import NATURAL, NATURAL_COURSE
from equipoise.rendering.figures.outcomes import MEASURE_OF
from equipoise.rendering.reading import NATURAL_COURSE as NATURAL_ROWS
from equipoise.rendering.reading import SENSITIVITY, Estimate, Reading

# Colours of lines without the one of the truth.
COLOURS: Final = ("c1", "c2", "c4", "c5", "c6")
CONTROL: Final = "negative control, "
VERDICTS: Final = ("open", "amber", "sealed")
Between = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Arm:
    """One emulated strategy.

    Parameters
    ----------
    name, title
        As in the protocol.
    colour
        Key of the palette.
    verdict
        The most serious one of its gates: open, amber or sealed.
    says
        What the gates with that verdict say; nothing where all are open.
    """

    name: str
    title: str
    colour: str
    verdict: str
    says: tuple[str, ...]

    @property
    def is_sealed(self) -> bool:
        """Whether no number of the strategy is shown."""
        return self.verdict == "sealed"


@dataclass(frozen=True, slots=True)
class Trial:
    """All that was estimated under strategies.

    Parameters
    ----------
    reading
        The study.
    arms
        Its strategies, in the order of the tables.
    rows
        The emulated rows of the table of estimates.
    """

    reading: Reading
    arms: tuple[Arm, ...]
    rows: tuple[Estimate, ...]

    def arm(self, name: str) -> Arm:
        """A strategy by its name."""
        return next(one for one in self.arms if one.name == name)

    def outcomes(self) -> list[str]:
        """Names of the outcomes, in the order of the table."""
        return list(dict.fromkeys(one.outcome for one in self._main() if ":" not in one.outcome))

    def word(self, outcome: str) -> Outcome:
        """The outcome as the vocabulary has it: what strategies decide about is no intercurrent event."""
        return self.reading.study.vocabulary.outcomes[outcome]

    def measure(self, outcome: str) -> str:
        """Name of the level of an outcome: survival, cumulative incidence or state probability."""
        return MEASURE_OF[self.word(outcome).kind]

    def difference(self, outcome: str) -> str:
        """Name of the difference of two such levels."""
        return f"{self.measure(outcome)}_difference"

    def level(self, outcome: str, measure: str, strategy: str) -> list[Estimate]:
        """A curve, or areas under it, by day."""
        return _by_day(
            one
            for one in self._main()
            if one.versus is None and (one.outcome, one.measure, one.strategy) == (outcome, measure, strategy)
        )

    def contrast(self, outcome: str, measure: str, between: Between) -> list[Estimate]:
        """A contrast of the main analysis by day."""
        return _by_day(one for one in self._main() if _is_about(one, outcome, measure, between))

    def again(self, outcome: str, measure: str, between: Between) -> dict[str, list[Estimate]]:
        """The same contrast by the title of each sensitivity analysis that has it."""
        found: dict[str, list[Estimate]] = {}
        for one in self.reading.study.protocol.analysis.sensitivity:
            rows = _by_day(
                row
                for row in self.rows
                if row.role == SENSITIVITY
                and row.method.startswith(f"{one.title}: ")
                and _is_about(row, outcome, measure, between)
            )
            if rows:
                found[one.title] = rows
        return found

    def controls(self) -> dict[str, list[Estimate]]:
        """Rows by the title of each negative control."""
        found: dict[str, list[Estimate]] = {}
        for one in self.reading.study.protocol.analysis.negative_controls:
            title = one.label or one.name.replace("_", " ")
            rows = [row for row in self.rows if row.method.startswith(f"{CONTROL}{title}: ")]
            if rows:
                found[title] = rows
        return found

    def pairs(self, outcome: str) -> list[Between]:
        """Strategies that are compared in an outcome, in the order of the table."""
        return list(
            dict.fromkeys(
                (one.strategy, one.versus)
                for one in self._main()
                if one.versus is not None and one.outcome == outcome
            )
        )

    def band(self, outcome: str, strategy: str, versus: str | None = None) -> list[dict[str, Any]]:
        """The simultaneous band of a curve, or of a difference, by day; empty where there is none."""
        rows = [
            row
            for row in self.reading.rows("bands")
            if (row["outcome"], row["strategy"], row["versus"]) == (outcome, strategy, versus)
        ]
        return sorted(rows, key=lambda row: row["day"])

    def truth(self, outcome: str, measure: str, strategy: str, versus: str | None = None) -> list[Estimate]:
        """What is known, by day; empty where nothing is."""
        name = NATURAL_ROWS if strategy == NATURAL else strategy
        other = NATURAL_ROWS if versus == NATURAL else versus
        return self.reading.truth(outcome, measure, name, other)

    def versus_words(self, between: Between) -> str:
        """``early transplant minus watch``."""
        one, other = (lower_first(self.arm(name).title) for name in between)
        return f"{one} minus {other}"

    def _main(self) -> list[Estimate]:
        return [one for one in self.rows if one.role != SENSITIVITY]


def trial_of(reading: Reading) -> Trial | None:
    """The emulated trial; None where no strategy was emulated."""
    rows = reading.emulated()
    names = dict.fromkeys(one.strategy for one in rows if one.role != SENSITIVITY and one.versus is None)
    if not names:
        return None
    titles = {one.name: one.title for one in (*reading.study.protocol.strategies, NATURAL_COURSE)}
    gates = reading.rows("gates")
    arms = tuple(
        _arm(name, titles[name], COLOURS[place % len(COLOURS)], gates) for place, name in enumerate(names)
    )
    return Trial(reading, arms, tuple(rows))


def _arm(name: str, title: str, colour: str, gates: Sequence[dict[str, Any]]) -> Arm:
    own = [row for row in gates if row["strategy"] == name]
    verdict = max((row["verdict"] for row in own), key=VERDICTS.index, default=VERDICTS[0])
    says = tuple(row["says"] for row in own if row["verdict"] == verdict != VERDICTS[0])
    return Arm(name, title, colour, verdict, says)


def _is_about(row: Estimate, outcome: str, measure: str, between: Between) -> bool:
    is_control = row.method.startswith(CONTROL)
    about = (row.outcome, row.measure, row.strategy, row.versus)
    return not is_control and about == (outcome, measure, *between)


def _by_day(rows: Any) -> list[Estimate]:
    return sorted(rows, key=lambda one: one.day or 0.0)

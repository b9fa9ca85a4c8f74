"""The numbers of the editorial's cohort by what they are, and how they are written."""

from dataclasses import dataclass

from equipoise.evidence.find import number
from equipoise.evidence.published import Published
from equipoise.evidence.wording import value as as_printed
from equipoise.rendering.numbers import percent, percent_interval
from equipoise.rendering.reading import Estimate
from equipoise.synth.editorial.editorial import Arm, Editorial
from equipoise.synth.editorial.everybody import FROM_RELAPSE, NO_EARLIER
from equipoise.synth.editorial.printed import PRINTED, PRINTED_ON_LOSS, STRATEGIES
from equipoise.synth.editorial.transplanted import ARMS

MONTH = 36.0


@dataclass(frozen=True, slots=True)
class Pair:
    """One outcome of one arm, counted both ways.

    Attributes
    ----------
    arm, outcome
        As in `equipoise.synth.editorial.transplanted`.
    series
        Mean over the series.
    printed
        What was printed, if it was.
    everybody
        What is true of everybody.
    """

    arm: str
    outcome: str
    series: Estimate
    printed: Estimate | None
    everybody: Estimate


class Numbers:
    """The estimates of the editorial's cohort.

    Parameters
    ----------
    found
        Both ways to count.
    """

    def __init__(self, found: Editorial) -> None:
        self.found = found
        self.rows = [Estimate(**row) for row in found.estimates.iter_rows(named=True)]

    def one(self, role: str, outcome: str, strategy: str, month: float = MONTH) -> Estimate:
        """The row of a number; there is one."""
        asked = (role, outcome, strategy)
        return next(
            row
            for row in self.rows
            if (row.role, row.outcome, row.strategy) == asked and abs(row.month - month) < 1e-3
        )

    def true(self, outcome: str, strategy: str) -> Estimate:
        """What is true at three years of all without an earlier transplant, under a strategy."""
        return self.one("truth", outcome, strategy + NO_EARLIER)

    def pair(self, arm: str, outcome: str) -> Pair:
        """An outcome of an arm, counted both ways; from relapse on, without relapse is in remission again."""
        strategy = STRATEGIES[ARMS.index(arm)]
        if arm == ARMS[0]:
            everybody = self.true(outcome, "natural course")
        else:
            everybody = self.one("truth", {"dfs": "clfs", "os": "os"}[outcome], FROM_RELAPSE)
        printed = self.one("published", outcome, strategy) if (arm, outcome) in PRINTED else None
        return Pair(arm, outcome, self.one("naive", outcome, strategy), printed, everybody)

    def arm(self, name: str) -> Arm:
        """An arm of the series."""
        return next(one for one in self.found.arms if one.name == name)

    @property
    def pool(self) -> int:
        """All transplanted whom a series can count."""
        return sum(one.pool for one in self.found.arms)

    @property
    def error(self) -> float:
        """The largest Monte-Carlo error of a true number."""
        return max(row.std_error or 0.0 for row in self.rows if row.role == "truth")


def share(one: Estimate) -> str:
    """``52.3 %``."""
    return percent(one.estimate or 0.0, one.n)


def spread(one: Estimate) -> str:
    """``73 to 100``, in percent: between these lie 95 % of the series."""
    return percent_interval(one.lower or 0.0, one.upper or 0.0, one.n)


def printed_on_loss() -> Published:
    """What was printed of the indication."""
    return number(PRINTED_ON_LOSS)


def source_of_printed() -> str:
    """Where the printed numbers were seen."""
    return printed_on_loss().seen_in.removesuffix(" (secondary)")


def printed_text(arm: str, outcome: str) -> str:
    """A printed number with the digits of its source: ``90 %``."""
    return as_printed(number(PRINTED[arm, outcome]))

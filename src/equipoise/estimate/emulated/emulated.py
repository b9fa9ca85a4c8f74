"""An emulation carried out: answers under every strategy, their spread, and what the data can bear."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from equipoise.estimate.analysis import Analysis
from equipoise.estimate.emulated.followed import Number
from equipoise.estimate.emulated.inference import Spread, spread
from equipoise.estimate.emulated.prepared import Prepared, prepare
from equipoise.estimate.emulated.support import Support, support
from equipoise.estimate.emulated.verdicts import Judged, Verdict, judge, worst_of
from equipoise.estimate.emulated.weighted import Weighted, weigh
from equipoise.kernels.arrays import Float64
from equipoise.protocol.emulation import Emulation

FEWEST_DEGREES = 3.0


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Emulated:
    """All answers of an emulation.

    Attributes
    ----------
    prepared, weighted, spread
        The emulation, its weighting by the case weights, and the spread of its answers.
    places
        Number of the answer, by strategy and question.
    support, judged
        By strategy.
    """

    prepared: Prepared
    weighted: Weighted
    spread: Spread
    places: Mapping[tuple[str, Number], int]
    support: Mapping[str, Support]
    judged: Mapping[str, tuple[Judged, ...]]

    def __repr__(self) -> str:
        """Sizes only, nothing about a patient."""
        return f"Emulated({self.prepared!r}, {self.spread!r})"

    def verdict(self, strategy: str) -> Verdict:
        """The worst of a strategy's gates; open where the protocol has them off."""
        gates = self.prepared.analysis.protocol.gates
        return worst_of(self.judged[strategy]) if gates.on else Verdict.OPEN

    def degrees_of_freedom(self, *strategies: str) -> float:
        """Degrees of freedom of t: smallest effective sample (or number of centres) less 1; at least 3."""
        least = min(self.support[one].effective for one in strategies) - 1.0
        if "centres" in self.spread.method:
            least = min(least, self.spread.units - 1.0)
        return max(least, FEWEST_DEGREES)

    def at(self, strategy: str, number: Number) -> tuple[float, Float64]:
        """An answer and its spread over units."""
        place = self.places[strategy, number]
        return float(self.spread.value[place]), self.spread.spread[:, place]


def carry_out(analysis: Analysis, emulation: Emulation, *, workers: int = 2) -> Emulated:
    """Emulate every strategy of a protocol.

    Parameters
    ----------
    analysis
        The question (representative laws filled in), the data and the plan.
    emulation
        How it is emulated.
    workers
        Refits at a time; the result does not depend on it.

    Raises
    ------
    IdentificationError
        P124 for natural and fixed laws.
    """
    prepared = prepare(analysis, emulation)
    weighted = weigh(prepared, prepared.omega)
    found = spread(prepared, weighted, workers=workers)
    places = {key: place for place, key in enumerate(_keys(prepared))}
    known = support(prepared, weighted)
    cells = analysis.protocol.gates.support
    words = {place: cell.words(analysis.vocabulary) for place, cell in enumerate(cells)}
    judged = {name: judge(one, analysis.protocol.gates, words) for name, one in known.items()}
    return Emulated(prepared, weighted, found, places, known, judged)


def _keys(prepared: Prepared) -> Iterator[tuple[str, Number]]:
    for strategy in prepared.strategies:
        for outcome in prepared.outcomes.values():
            for number in outcome.numbers:
                yield strategy.name, number


def spread_error(values: Float64) -> float:
    """Standard error of what varies over units like this."""
    return float(np.sqrt((values**2).sum()))

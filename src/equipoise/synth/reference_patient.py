"""A virtual patient as the slow simulator holds one: what is so, what is known, what has happened."""

import heapq
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from equipoise.synth.reference_kinetics import Curve
from equipoise.synth.reference_luck import Luck


class Phase(Enum):
    """Where a patient is in the course; aplasia and residual disease matter in the first remission only."""

    FIRST_REMISSION = auto()
    AFTER_HCT = auto()
    RELAPSE = auto()
    LATER_REMISSION = auto()
    AFTER_SALVAGE = auto()
    DEAD = auto()


class Record(NamedTuple):
    """Something that happened: months since time zero, what (an address), and a detail of it."""

    months: float
    what: int
    detail: int


class Entry(NamedTuple):
    """A line of the chart: a word of the vocabulary, and for a measurement the values it may stand for."""

    word: str
    values: tuple[float | str, ...] = ()


@dataclass
class Patient:
    """A patient; times are months since time zero, None where it has not happened.

    Attributes
    ----------
    luck, covariates
        Draws; covariates by name, 0 or 1 but for the frailty.
    site_preference
        By what the patient's site multiplies the rate of transplants in first remission.
    horizon
        When the course is cut.
    in_aplasia, aplasia_since, lost_at, curve
        B-cell aplasia, when it began last, when it was lost; the CAR transgene where it decides about that.
    has_mrd, had_mrd_at_hct, was_in_aplasia_at_hct
        Residual disease, whether a test shows it or not; what was so at the first transplant.
    loss_known_since, ngs_positive
        What the tests have shown: since when the loss is known; the last result of sequencing.
    on_maintenance, reinfusion_failed, hct_at
        Treatment of the first remission.
    relapses, relapse_at, cd19_negative, relapsed_after_hct
        Number of relapses, the last one, and what was so at the first.
    remission_at, salvage_at, salvaged
        The last later remission; the last transplant in one; whether this remission has had one.
    chart, log
        What is known, and all that happened.
    rest
        What is left of the thresholds that are waited for.
    times
        How often each thing has happened.
    moments
        When a rate may change by itself, and the visits: a heap.
    """

    luck: Luck
    covariates: dict[str, float]
    site_preference: float
    has_mrd: bool
    horizon: float
    phase: Phase = Phase.FIRST_REMISSION
    now: float = 0.0
    in_aplasia: bool = True
    aplasia_since: float = 0.0
    lost_at: float | None = None
    curve: Curve | None = None
    had_mrd_at_hct: bool = False
    was_in_aplasia_at_hct: bool = False
    loss_known_since: float | None = None
    ngs_positive: bool = False
    on_maintenance: bool = False
    reinfusion_failed: bool = False
    hct_at: float | None = None
    relapses: int = 0
    relapse_at: float = math.nan
    cd19_negative: bool = False
    relapsed_after_hct: bool = False
    remission_at: float = math.nan
    salvage_at: float = math.nan
    salvaged: bool = False
    chart: list[Entry] = field(default_factory=list[Entry])
    log: list[Record] = field(default_factory=list[Record])
    rest: dict[int, float] = field(default_factory=dict[int, float])
    times: Counter[int] = field(default_factory=Counter[int])
    moments: list[float] = field(default_factory=list[float])

    def write(self, what: int, detail: int = 0) -> None:
        """Put something into the log."""
        self.log.append(Record(self.now, what, detail))

    def rest_of(self, decision: int) -> float:
        """What is left of a threshold, which is drawn when it is first waited for."""
        if decision not in self.rest:
            self.rest[decision] = self.luck.threshold(decision, self.times[decision])
        return self.rest[decision]

    def spend(self, decision: int, intensity: float) -> None:
        """Use up intensity of a threshold."""
        self.rest[decision] = max(self.rest_of(decision) - intensity, 0.0)

    def start_clock(self, ages: Iterable[float], origin: float | None = None) -> None:
        """Remember when a clock that starts now (or at `origin`) has given ages: rates may change then."""
        begin = self.now if origin is None else origin
        for age in ages:
            if begin + age > self.now:
                heapq.heappush(self.moments, begin + age)

    def next_moment(self) -> float:
        """When a rate may next change by itself."""
        return self.moments[0] if self.moments else math.inf

    def leave_moment(self) -> None:
        """The next moment has come."""
        while self.moments and self.moments[0] <= self.now:
            heapq.heappop(self.moments)

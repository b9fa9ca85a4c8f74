"""Simulated patients in the words of the six patients, and strategies about their grafts.

A flare makes a graft, a relapse and a loss more likely; so weights have something to do.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import small_cohorts as small

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.cohort.cohort import Cohort
from equipoise.estimate.analysis import Analysis
from equipoise.estimate.emulated.prepared import Prepared, prepare
from equipoise.language.feature import DaysSince, Has
from equipoise.protocol.emulation import Adjustment, Emulation, LossModel, TreatmentModel
from equipoise.protocol.law import GivenLaw, UniformLaw
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.rule import Never, OnTrigger, StartWithin
from equipoise.protocol.strategy import Strategy
from equipoise.protocol.treatment import Treatment

Course = tuple[Mapping[str, float], float]
OUTCOMES = ("os", "dfs", "cir", "nrm", "current", "grfs")
DAYS = (0.0, 3.0, 6.0, 10.0)
FLARED = Has(record="flare")
RECENT = Adjustment(name="flared", feature=DaysSince(record="flare"), cut=(3.0,))
TWO_PIECES = (4 / DAYS_PER_MONTH,)
NEVER = Strategy(name="never", rules=(Never(kind="never", treatment="graft"),))


def within(days: float, *shares: float, only_if: Has | None = None) -> Strategy:
    """Graft within so many days; the law has knots in equal steps, or is uniform."""
    months = days / DAYS_PER_MONTH
    steps = len(shares) + 1
    law = GivenLaw(
        months=(*(months * step / steps for step in range(steps)), months), probability=(0.0, *shares, 1.0)
    )
    rule = StartWithin(
        kind="start_within",
        treatment="graft",
        months=months,
        law=law if shares else UniformLaw(),
        only_if=only_if,
    )
    return Strategy(name="within", rules=(rule,))


ON_FLARE = Strategy(
    name="on_flare",
    rules=(
        OnTrigger(
            kind="on_trigger", treatment="graft", trigger=FLARED, months=5 / DAYS_PER_MONTH,
            law=UniformLaw(), until_month=6 / DAYS_PER_MONTH,
        ),
    ),
)  # fmt: skip
STRATEGIES = (NEVER, within(6.0, 0.5), ON_FLARE)


def simulated(n: int, seed: int, *, graft: float = 0.06, loss: float = 0.02) -> list[Course]:
    """Courses day by day up to day 12; what has happened by the day before decides about a day."""
    rng = np.random.default_rng(seed)
    found: list[Course] = []
    for _ in range(n):
        course: dict[str, float] = {}
        day, last = 0, 12.0
        while day < 12:
            day += 1
            ill = "flare" in course
            if "relapse" not in course:
                if "graft" not in course and rng.random() < graft * (3 if ill else 1):
                    course["graft"] = float(day)
                if not ill and rng.random() < 0.1:
                    course["flare"] = float(day)
                if rng.random() < 0.04 * (2 if ill else 1) * (0.5 if "graft" in course else 1):
                    course["relapse"] = float(day)
            elif "remission" not in course and rng.random() < 0.2:
                course["remission"] = float(day)
            if rng.random() < (0.08 if "relapse" in course else 0.02):
                course["death"] = last = float(day)
                break
            if rng.random() < loss * (2 if ill else 1):
                last = float(day)
                break
        found.append((course, last))
    return found


def asked(*strategies: Strategy, **changes: object) -> Protocol:
    treatment = Treatment(name="graft", intervention="graft", while_in=("well",))
    return small.protocol(treatments=(treatment,), strategies=strategies, **changes)


def analysed(
    known: Cohort, *strategies: Strategy, days: Sequence[float] = DAYS, **changes: object
) -> Analysis:
    return small.analysis(asked(*strategies, **changes), known, days)


def emulation(
    *adjust: Adjustment, loss: bool = False, pieces: tuple[float, ...] = (), **more: object
) -> Emulation:
    """A model of the graft with these covariates, and perhaps the same of the loss."""
    model = {"adjust_for": adjust, "pieces_months": pieces}
    return Emulation(
        treatments=(TreatmentModel(treatment="graft", **model),),
        loss=LossModel(**model) if loss else None,
        **{"outcomes": OUTCOMES, "truncate": None, **more},
    )


def ready(patients: Sequence[Course], how: Emulation, *strategies: Strategy, **known: object) -> Prepared:
    """Patients under strategies, ready to be weighed."""
    return prepare(analysed(small.cohort(patients, **known), *(strategies or STRATEGIES)), how)

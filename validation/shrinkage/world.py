"""A cohort of 47 with five covariates whose hazard ratios are known, through the public verbs.

Survival times are exponential, day by day; follow-up ends at random so that about half of the patients die.
Seven log hazard ratios: two of three levels of a category, three of truths that half, a third and a sixth of the
patients have, two slopes of standard normal numbers. They are drawn anew for each cohort, or fixed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import enrol
from equipoise.estimate.estimate import estimate_outcomes
from equipoise.language.vocabulary import Vocabulary, read_vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_protocol

Float64 = NDArray[np.float64]
SEED = 20261123
PRIOR_SD = 0.7
NAMES = ("kind=b", "kind=c", "half=yes", "third=yes", "sixth=yes", "one + 1", "two + 1")
MODELS = {
    "Cox, Efron, together": "together",
    f"Cox, Efron, together, shrunken (prior SD {PRIOR_SD:g})": "shrunken",
}

VOCABULARY = """
name: seven
title: Seven hazard ratios
origin: {label: entry}
resolution: 1
patients:
  kind: {type: category, label: Kind, values: [a, b, c]}
  half: {type: boolean, label: Half}
  third: {type: boolean, label: Third}
  sixth: {type: boolean, label: Sixth}
  one: {type: quantity, label: One}
  two: {type: quantity, label: Two}
events:
  death: {label: death, terminal: true}
structures:
  course:
    label: Course
    start: alive
    states: {alive: {label: Alive}, dead: {label: Dead}}
    arrows: [{from: alive, on: death, to: dead}]
outcomes:
  os: {label: Survival, abbreviation: OS, structure: course, kind: survival, states: [alive], is: alive, event: death}
"""
PROTOCOL = """
title: Seven hazard ratios
vocabulary: seven
population: {all_of: [{not_: {has: death}}]}
time_zero: {kind: landmark, after: origin, day: 0}
structure: course
outcomes: [os]
intercurrent_events: []
prognosis:
  outcomes: [os]
  by_month: 3
  covariates:
    - {name: kind, feature: {baseline: kind}, reference: a}
    - {name: half, feature: {baseline: half}}
    - {name: third, feature: {baseline: third}}
    - {name: sixth, feature: {baseline: sixth}}
    - {name: one, feature: {baseline: one}, cut: [0]}
    - {name: two, feature: {baseline: two}, cut: [0]}
  prior_sd: 0.7
report: {until_month: 3, at_months: [3], every_months: 3}
analysis: {weight: null}
"""


@dataclass(frozen=True)
class World:
    """How the log hazard ratios come about.

    Parameters
    ----------
    sd
        Standard deviation of the normal law that they are drawn from; 0: they are all `fixed`.
    fixed
        Their value where they are not drawn.
    """

    name: str
    says: str
    sd: float
    fixed: float = 0.0


WORLDS = (
    World("prior", "log ratios are drawn from the prior itself, N(0, 0.7²)", PRIOR_SD),
    World("null", "no covariate matters: all log ratios are 0", 0.0),
    World("wide", "the prior is too narrow: log ratios are drawn from N(0, 1.4²)", 2 * PRIOR_SD),
)


@dataclass(frozen=True)
class Answer:
    """One log hazard ratio of one cohort; NaN without a number."""

    name: str
    model: str
    truth: float
    value: float
    lower: float
    upper: float


def answers(world: World, n: int, number: int) -> Iterator[Answer]:
    """Simulate a cohort and estimate its prognostic table."""
    draw = np.random.default_rng(np.random.SeedSequence([SEED, *world.name.encode(), n, number]))
    truth = world.fixed + world.sd * draw.standard_normal(len(NAMES))
    cohort = simulate(truth, n, draw)
    frame = estimate_outcomes(_protocol(), cohort, enrol(_protocol(), cohort)).frame
    for row in frame.filter(pl.col("measure") == "hazard_ratio").iter_rows(named=True):
        if row["method"] in MODELS:
            place = NAMES.index(row["strategy"])
            logs = [
                np.nan if row[key] is None else float(np.log(row[key]))
                for key in ("estimate", "lower", "upper")
            ]
            yield Answer(row["strategy"], MODELS[row["method"]], float(truth[place]), *logs)


def simulate(truth: Float64, n: int, draw: np.random.Generator) -> Cohort:
    """n patients whose hazards are multiplied by the exponentials of the sums of their log ratios."""
    kind = draw.choice(3, n, p=(0.5, 0.3, 0.2))
    marks = np.column_stack([draw.random(n) < share for share in (1 / 2, 1 / 3, 1 / 6)])
    numbers = draw.standard_normal((n, 2))
    columns = np.column_stack([kind == 1, kind == 2, marks, numbers]).astype(np.float64)
    death = np.ceil(draw.exponential(1.0, n) * 200 / np.exp((columns - columns.mean(axis=0)) @ truth))
    end = np.ceil(draw.uniform(60, 400, n))
    died = death <= end
    patient = np.arange(n, dtype=np.int32)
    return Cohort.build(
        _vocabulary(),
        patients=pl.DataFrame(
            {
                "patient": patient,
                "kind": np.array(["a", "b", "c"])[kind],
                "half": marks[:, 0],
                "third": marks[:, 1],
                "sixth": marks[:, 2],
                "one": numbers[:, 0],
                "two": numbers[:, 1],
            }
        ),
        observation=pl.DataFrame(
            {"patient": patient, "start": np.full(n, -1.0), "stop": np.fmin(death, end)}
        ),
        events=pl.DataFrame({"patient": patient[died], "day": death[died]}).with_columns(
            name=pl.lit("death")
        ),
    )


@cache
def _vocabulary() -> Vocabulary:
    return read_vocabulary(VOCABULARY)


@cache
def _protocol() -> Protocol:
    return read_protocol(PROTOCOL)

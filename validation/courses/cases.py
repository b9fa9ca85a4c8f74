"""The worlds and strategies on which both simulators are compared, and the comparison."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from equipoise.base.document import read_document
from equipoise.language.problem import refuse
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_question
from equipoise.protocol.strategy import NATURAL_COURSE, Strategy, strategy_problems
from equipoise.synth.courses import Courses, simulate_courses
from equipoise.synth.numbers import as_record
from equipoise.synth.orders import orders_of
from equipoise.synth.recorded import PROTOCOL
from equipoise.synth.reference import course_of
from equipoise.synth.reference_luck import Luck
from equipoise.synth.reference_patient import Record
from equipoise.synth.world import World, numbers_of

HORIZON = 66.0
TOLERANCE = 1e-9  # of times, relative above one month
OTHERS = Path(__file__).parent / "strategies.yaml"

# A world in which nothing is switched off, so that every parameter matters; no number stands there twice.
BUSY: Mapping[str, Any] = {
    "baseline.frailty_sd": 0.8,
    "visits.missed": 0.23,
    "visits.extra_per_month": 0.4,
    "mrd_at_time_zero.log_odds": -0.7,
    "mrd_rise.after_loss.log_ratios": {"high_burden": 0.4, "adult": -0.6, "frailty": 0.3},
    "mrd_fall.in_aplasia": 0.11,
    "mrd_fall.on_maintenance": 0.19,
    "relapse.with_mrd.per_month": 0.07,
    "relapse.with_mrd.log_ratios": {"high_risk_genetics": 0.25, "cd28": -0.4, "frailty": 0.2},
    "relapse.without_mrd.per_month": [0.012, 0.004],
    "relapse.without_mrd.lost_adds": 1.7,
    "nrm.per_month": 0.004,
    "nrm.maintenance_adds": 0.013,
    "maintenance.per_month": 0.3,
    "maintenance.months": 5.5,
    "aplasia_loss.per_month": [0.09, 0.07, 0.05, 0.03],
    "reinfusion.per_month": 0.17,
    "reinfusion.months": 6.5,
    "hct.log_ratios": {"prior_hct": -0.3, "donor": 0.6, "cd28": 0.35, "frailty": 0.45},
    "hct.per_month": [0.03, 0.05, 0.02, 0.015],
    "hct.latent_mrd": 0.55,
    "hct.site_sd": 0.9,
    "after_hct.relapse.aplasia_ratio": 1.6,
    "after_hct.relapse.per_month": [0.03, 0.02, 0.013],
    "after_relapse.remission.per_month": [0.5, 0.2],
    "after_relapse.remission.second": -0.15,
    "after_relapse.death.after_hct": 0.33,
    "second_remission.relapse.per_month": [0.12, 0.09],
    "second_remission.hct.after_hct": -0.45,
    "second_remission.relapse_after_hct.per_month": [0.08, 0.06],
    "follow_up.lost_per_month": 0.006,
    "follow_up.log_ratios": {"adult": 0.7, "frailty": -0.2},
    "follow_up.ngs_positive": 1.2,
    "follow_up.loss_seen": 0.8,
    "follow_up.after_hct": 0.6,
    "sites": 7,
}


class Question(NamedTuple):
    """A protocol with the strategies that are compared."""

    protocol: Protocol
    vocabulary: Vocabulary
    strategies: tuple[Strategy, ...]


def question() -> Question:
    """The shipped protocol; the natural course, its strategies, and those of `strategies.yaml`."""
    protocol, vocabulary = read_question(PROTOCOL)
    reader = TypeAdapter(tuple[Strategy, ...])
    others = reader.validate_json(json.dumps(read_document(OTHERS).data))
    refuse(strategy_problems(others, protocol.treatments))
    refuse(problem for one in others for problem in one.vocabulary_problems(vocabulary))
    whole = protocol.model_copy(update={"strategies": (*protocol.strategies, *others)})
    return Question(whole, vocabulary, (NATURAL_COURSE, *whole.strategies))


@dataclass(frozen=True)
class Compared:
    """What came of a comparison.

    Attributes
    ----------
    events
        Records compared, visits included.
    different
        Patients whose courses differ.
    farthest
        Largest difference of a time, relative above one month, among the others.
    """

    events: int
    different: tuple[int, ...]
    farthest: float


def compare(world: World, strategy: Strategy, asked: Question, patients: range, seed: int) -> Compared:
    """Simulate patients slowly once, and fast with and without visits."""
    orders, numbers = orders_of(strategy, asked.protocol, asked.vocabulary), as_record(numbers_of(world))
    seen, unseen = (
        simulate_courses(numbers, orders, patients, seed, horizon=HORIZON, every_visit=every_visit)
        for every_visit in (True, False)
    )
    different: list[int] = []
    events, farthest = 0, 0.0
    for i, patient in enumerate(patients):
        slow = course_of(Luck(seed, patient), world, strategy, asked.protocol.treatments, HORIZON)
        distance = max(
            _distance(slow.log, _records(seen, i)),
            _distance(slow.without_visits, _records(unseen, i)),
            *(abs(x - y) for x, y in zip(slow.covariates.values(), seen.covariates[i], strict=True)),
        )
        events += len(slow.log)
        if distance > TOLERANCE:
            different.append(patient)
        else:
            farthest = max(farthest, distance)
    return Compared(events, tuple(different), farthest)


def _records(courses: Courses, i: int) -> list[Record]:
    here = slice(int(courses.start[i]), int(courses.start[i + 1]))
    columns = (courses.time[here].tolist(), courses.what[here].tolist(), courses.detail[here].tolist())
    return [Record(*one) for one in zip(*columns, strict=True)]


def _distance(slow: Sequence[Record], fast: Sequence[Record]) -> float:
    """Largest difference of a time; infinite where not the same things happened."""
    if [one[1:] for one in slow] != [one[1:] for one in fast]:
        return math.inf
    pairs = zip(slow, fast, strict=True)
    return max((abs(s.months - f.months) / max(1.0, s.months) for s, f in pairs), default=0.0)

"""Laws of the emulation: what must not matter, and what has a closed form."""

import math
import zlib
from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
import small_cohorts as small
from hypothesis import given, settings
from hypothesis import strategies as st
from random_cohorts import LAST_DAY, build
from random_emulations import analysed as analysed_random
from random_emulations import weighable
from random_strategies import LOST, followed, protocol
from small_emulations import (
    DAYS,
    NEVER,
    RECENT,
    STRATEGIES,
    TWO_PIECES,
    Course,
    analysed,
    asked,
    emulation,
    ready,
    simulated,
    within,
)

from equipoise.base.clock import DAYS_PER_MONTH, Clock
from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import enrol
from equipoise.estimate.analysis import Analysis, courses
from equipoise.estimate.emulated.inference import Spread, draws, spread
from equipoise.estimate.emulated.prepared import Prepared, prepare
from equipoise.estimate.emulated.weighted import weigh, weighted_answers
from equipoise.estimate.plan import Plan
from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
from equipoise.kernels.grouped_hazard import HazardStatus
from equipoise.kernels.weight_path import levels, weights_at
from equipoise.language.feature import AgeOfValue, Last
from equipoise.protocol.emulation import Adjustment, Emulation, TreatmentModel
from equipoise.protocol.strategy import Strategy

PATIENTS = simulated(120, 8)
BARE = emulation(penalised=False)
WITH_LOSS = emulation(RECENT, loss=True, pieces=TWO_PIECES)


def answers(one: Prepared) -> np.ndarray:
    return weighted_answers(one, weigh(one, one.omega))


def weights(one: Prepared, strategy: str, day: int) -> np.ndarray:
    """Weights by the end of a day, or of the patient's last one."""
    found = weigh(one, one.omega)
    return weights_at(
        one.paths[strategy], found.levels[strategy], np.minimum(one.last_bin, day).astype(np.int32)
    )


def rebuilt(cohort: Cohort, **tables: pl.DataFrame) -> Cohort:
    """The same cohort with other rows in some tables."""
    frames = {name: frame.drop("row") for name, frame in cohort.tables.items()}
    return Cohort.build(cohort.vocabulary, **{**frames, **tables})


def test_weight_two_is_the_patient_twice() -> None:
    twice = PATIENTS[:30]
    weighted = analysed(
        small.cohort(PATIENTS, loads=[2.0] * 30 + [1.0] * 90),
        *STRATEGIES,
        analysis=small.protocol().analysis.model_copy(update={"weight": "load"}),
    )
    one, other = prepare(weighted, WITH_LOSS), ready([*PATIENTS, *twice], WITH_LOSS)
    assert answers(one) == pytest.approx(answers(other), abs=1e-12)
    assert np.abs(answers(one) - answers(ready(PATIENTS, WITH_LOSS))).max() > 1e-3


def test_the_unit_of_time_does_not_matter() -> None:
    """Twice the days on a grid twice as coarse: probabilities stay, areas double."""

    def longer(strategy: Strategy) -> Strategy:
        rules = []
        for rule in strategy.rules:
            changes: dict[str, object] = {}
            for field in ("months", "until_month"):
                if getattr(rule, field, None) is not None:
                    changes[field] = 2 * getattr(rule, field)
            if getattr(getattr(rule, "law", None), "months", None):
                changes["law"] = rule.law.model_copy(update={"months": tuple(2 * m for m in rule.law.months)})
            rules.append(rule.model_copy(update=changes))
        return Strategy(name=strategy.name, rules=tuple(rules))

    known = small.cohort(PATIENTS)
    dated = ("day", "start", "stop")
    frames = {
        name: frame.drop("row").with_columns(pl.col(c) * 2 for c in dated if c in frame.columns)
        for name, frame in known.tables.items()
    }
    slow = Cohort.build(known.vocabulary.model_copy(update={"resolution": 2.0}), **frames)
    how = emulation(RECENT, loss=True, pieces=TWO_PIECES, penalised=False)
    cut = RECENT.model_copy(update={"cut": (6.0,)})
    slow_how = emulation(cut, loss=True, pieces=(2 * TWO_PIECES[0],), penalised=False)
    question = asked(*(longer(one) for one in STRATEGIES))
    enrolment = enrol(question, slow)
    plan = Plan(2 * np.array(DAYS), np.array([12.0]), 0.95, "ij", Clock(2.0))
    there = Analysis(question, slow, enrolment, plan, courses(question, slow, enrolment, plan))
    one, other = prepare(analysed(known, *STRATEGIES), how), prepare(there, slow_how)
    area = np.concatenate([each.asked.is_area for each in one.outcomes.values()] * len(STRATEGIES))
    assert answers(other) == pytest.approx(np.where(area, 2.0, 1.0) * answers(one), abs=1e-10)


def test_the_order_of_the_rows_does_not_matter() -> None:
    known = small.cohort(PATIENTS)
    shuffled = {
        name: frame.drop("row").sample(fraction=1.0, shuffle=True, seed=4)
        for name, frame in known.tables.items()
    }
    same = prepare(analysed(rebuilt(known, **shuffled), *STRATEGIES), WITH_LOSS)
    assert answers(same).tobytes() == answers(ready(PATIENTS, WITH_LOSS)).tobytes()


def test_who_has_which_number_does_not_matter() -> None:
    order = np.random.default_rng(2).permutation(len(PATIENTS))
    other = ready([PATIENTS[place] for place in order], WITH_LOSS)
    assert answers(other) == pytest.approx(answers(ready(PATIENTS, WITH_LOSS)), abs=1e-12)


@pytest.mark.parametrize("penalised", [True, False])
def test_where_nobody_starts_watching_is_what_was_seen(penalised: bool) -> None:
    """No start: the hazard is exactly 0 whatever the prior, and `never` has the plain Kaplan-Meier curve."""
    patients = simulated(90, 5, graft=0.0)
    one = ready(patients, emulation(RECENT, pieces=TWO_PIECES, penalised=penalised), NEVER)
    found = weigh(one, one.omega)
    assert found.fits[0].status is HazardStatus.NOBODY
    assert found.hazard.tolist() == [0.0] * found.hazard.size
    assert found.converged
    assert set(weights(one, "never", 12)) == {1.0}
    values = dict(
        zip(one.outcomes["dfs"].numbers, answers(one)[len(one.outcomes["os"].numbers) :], strict=False)
    )
    for number, value in values.items():
        if number.measure == "survival":
            assert value == pytest.approx(kaplan_meier(patients, number.day), abs=1e-12)


def kaplan_meier(patients: Sequence[Course], until: float) -> float:
    """Free of relapse and death by a day, from the definition."""
    ends = [
        (min(course.get("relapse", math.inf), course.get("death", math.inf)), last)
        for course, last in patients
    ]
    share = 1.0
    for day in range(1, int(until) + 1):
        at_risk = sum(end >= day and last >= day for end, last in ends)
        events = sum(end == day and last >= day for end, last in ends)
        share *= 1 - events / at_risk if at_risk else 1.0
    return share


def usual_chance(one: Prepared) -> float:
    """Share of the days at risk on which a graft was started, counted by hand."""
    starts = days = 0
    for course, last in PATIENTS:
        leaves = min(course.get(what, math.inf) for what in ("graft", "relapse", "death"))
        days += int(min(leaves, last))
        starts += course.get("graft", math.inf) <= min(leaves, last)
    found = weigh(one, one.omega)
    assert found.hazard == pytest.approx([-math.log(1 - starts / days)], rel=1e-12)
    return starts / days


def test_weights_without_covariates_have_closed_forms() -> None:
    """The law of usual care among starts by day 5: W = 1 / (1 - S_m), else (1 - S_m / S_k) / (1 - S_m)."""
    chance = usual_chance(ready(PATIENTS, BARE))
    left = [(1 - chance) ** day for day in range(6)]
    law = [(1 - left[day]) / (1 - left[5]) for day in range(1, 5)]
    one = ready(PATIENTS, BARE, NEVER, within(5.0, *law))
    for day in range(1, 13):
        weight, never = weights(one, "within", day), weights(one, "never", day)
        for (course, last), its, alone in zip(PATIENTS, weight, never, strict=True):
            graft = course.get("graft", math.inf)
            frozen = min(day, last, *(course.get(what, math.inf) for what in ("relapse", "death")))
            if graft <= frozen:
                assert its == pytest.approx(1 / (1 - left[5]) if graft <= 5 else 0.0, rel=1e-11)
                assert alone == 0
            else:
                at = left[min(int(frozen), 5)]
                assert its == pytest.approx((1 - left[5] / at) / (1 - left[5]), rel=1e-10, abs=1e-11)
                assert alone == pytest.approx((1 - chance) ** -int(frozen), rel=1e-11)


def test_a_strategy_like_usual_care_changes_nothing() -> None:
    """q = p on every day of the report: weights are 1, curves are the plain ones."""
    chance = usual_chance(ready(PATIENTS, BARE))
    # The last of 25 equal steps comes long after the last day of anybody.
    law = [1 - (1 - chance) ** day for day in range(1, 25)]
    one = ready(PATIENTS, BARE, within(25.0, *law))
    assert weights(one, "within", 12) == pytest.approx(np.ones(len(PATIENTS)), abs=1e-11)
    values = list(answers(one))
    for outcome in one.outcomes.values():
        plain = aalen_johansen(outcome.rows, initial=outcome.laid.initial)
        for number, states in zip(outcome.numbers, outcome.asked.state, strict=True):
            value = values.pop(0)
            if number.measure not in ("restricted_mean", "time_lost"):
                share = probability_at(plain, [int(2 * number.day) + 1])[0]
                assert value == pytest.approx(float(share @ states), abs=1e-10)


def test_what_comes_after_the_last_day_asked_does_not_matter() -> None:
    """With a piece of its own for the time after day 10 no later day says anything about an earlier one."""
    how = emulation(loss=True, pieces=(10 / DAYS_PER_MONTH,))
    cut = [
        ({what: day for what, day in course.items() if day <= 10}, min(last, 10.0))
        for course, last in PATIENTS
    ]
    assert cut != PATIENTS
    # Whoever is followed to day 10 is not lost on it.
    lost = [place for place, (_, last) in enumerate(PATIENTS) if last == 10]
    kept = [place for place in range(len(PATIENTS)) if place not in lost]
    whole, ended = ([one[place] for place in kept] for one in (PATIENTS, cut))
    one = ready(whole, emulation(pieces=how.treatments[0].pieces_months))
    other = ready(ended, emulation(pieces=how.treatments[0].pieces_months))
    assert answers(other) == pytest.approx(answers(one), abs=1e-12)


def test_splitting_the_observation_changes_nothing() -> None:
    known = small.cohort(PATIENTS)
    periods = known.observation.drop("row")
    middle = pl.col("stop") / 2
    half = middle.floor()
    split = pl.concat([periods.with_columns(half.alias("stop")), periods.with_columns(half.alias("start"))])
    other = rebuilt(known, observation=split.filter(pl.col("start") < pl.col("stop")))
    assert other.observation.height > known.observation.height
    same = prepare(analysed(other, *STRATEGIES), WITH_LOSS)
    assert answers(same).tobytes() == answers(ready(PATIENTS, WITH_LOSS)).tobytes()


def spread_of(
    patients: Sequence[Course], how: Emulation, sites: list[str] | None = None, workers: int = 2
) -> Spread:
    plan = small.protocol().analysis.model_copy(update={"cluster": "site" if sites else None})
    one = prepare(analysed(small.cohort(patients, sites=sites), *STRATEGIES, analysis=plan), how)
    return spread(one, weigh(one, one.omega), workers=workers)


def test_everybody_twice_has_half_the_variance() -> None:
    """Influence values: half as large, of twice as many patients."""
    how = emulation(RECENT, penalised=False, jackknife_up_to=0)
    once, twice = spread_of(PATIENTS, how), spread_of([*PATIENTS, *PATIENTS], how)
    n = len(PATIENTS)
    factor = math.sqrt((2 * n / (2 * n - 1)) / (n / (n - 1)) / 2)
    assert (once.method, once.units) == ("influence values over patients", n)
    assert twice.std_error == pytest.approx(factor * once.std_error, rel=1e-8, abs=1e-12)


def test_every_centre_twice_has_about_half_the_variance() -> None:
    """Leaving out one of 2 J instead of J centres: of a mean the ratio is sqrt((J - 1) / (2 J - 1))."""
    sites = [f"s{place % 15:02d}" for place in range(len(PATIENTS))]
    how = emulation(RECENT, penalised=False)
    once = spread_of(PATIENTS, how, sites)
    twice = spread_of([*PATIENTS, *PATIENTS], how, [*sites, *(f"t{one}" for one in sites)])
    assert (once.method, once.units) == ("leave-one-out over 15 centres", 15)
    assert (twice.method, twice.units) == ("leave-one-out over 30 centres", 30)
    large = once.std_error > 0.01
    assert large.sum() > 50
    ratio = twice.std_error[large] / once.std_error[large]
    assert np.median(ratio) == pytest.approx(math.sqrt(14 / 29), rel=0.01)
    assert ratio == pytest.approx(math.sqrt(14 / 29), rel=0.1)


def test_fewer_than_ten_centres_leave_out_patients() -> None:
    sites = [f"s{place % 9}" for place in range(40)]
    found = spread_of(PATIENTS[:40], emulation(RECENT), sites)
    assert (found.method, found.units) == ("leave-one-out over patients", 40)


def test_leaving_out_a_centre_is_not_having_it() -> None:
    sites = [f"s{place % 12:02d}" for place in range(len(PATIENTS))]
    found = spread_of(PATIENTS, WITH_LOSS, sites)
    fewer = [one for one, site in zip(PATIENTS, sites, strict=True) if site != "s05"]
    alone = answers(ready(fewer, WITH_LOSS))
    units = found.units
    centred = found.spread / math.sqrt((units - 1) / units)
    others = [
        answers(ready([p for p, s in zip(PATIENTS, sites, strict=True) if s != f"s{k:02d}"], WITH_LOSS))
        for k in range(12)
    ]
    mean = np.mean(others, axis=0)
    # Occupation starts from the shares of all who are enrolled, whoever is left out.
    exact = np.concatenate(
        [
            np.full(len(o.numbers), name != "current")
            for name, o in ready(PATIENTS, WITH_LOSS).outcomes.items()
        ]
        * 3
    )
    assert centred[5][exact] == pytest.approx((alone - mean)[exact], abs=1e-9)


def test_the_number_of_workers_does_not_matter() -> None:
    one = ready(PATIENTS, WITH_LOSS.model_copy(update={"draws": 200}))
    weighted = weigh(one, one.omega)
    found = [spread(one, weighted, workers=workers) for workers in (1, 2, 3)]
    drawn = [draws(one, weighted, found[0], 7, workers=workers) for workers in (1, 2, 3)]
    assert len({each.spread.tobytes() for each in found}) == 1
    assert len({each.tobytes() for each in drawn}) == 1


KNOWN = (
    Adjustment(name="marker", feature=Last(measurement="mrd"), cut=(0.1, 0.25)),
    Adjustment(name="lost", predicate=LOST),
    Adjustment(name="age", feature=AgeOfValue(measurement="mrd"), cut=(1.0, 4.0)),
)


def by_name(one: Prepared) -> np.ndarray:
    """Hazards of the groups from coefficients that depend on nothing but the name of a column."""
    found = []
    for time in one.processes:
        beta = np.array([zlib.crc32(name.encode()) % 1000 / 1000 - 2 for name in time.columns])
        found.append(np.exp(time.x @ beta) if beta.size else np.zeros(0))
    return np.concatenate([np.zeros(0), *found])


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_what_happens_later_changes_no_weight(data: st.DataObject) -> None:
    """Two cohorts with the same records up to day s, and any others after it: the same weights by then."""
    tables, others = data.draw(followed(2)), data.draw(followed(2))
    day = data.draw(st.integers(0, LAST_DAY))
    strategy = data.draw(weighable())
    named = dict.fromkeys(rule.treatment for rule in strategy.rules)
    how = Emulation(
        treatments=tuple(TreatmentModel(treatment=one, adjust_for=KNOWN) for one in named),
        loss=None, outcomes=("os",), truncate=None,
    )  # fmt: skip
    columns = {"measurements": "day", "interventions": "start", "events": "day"}
    mixed = {
        name: pl.concat([tables[name].filter(pl.col(on) <= day), others[name].filter(pl.col(on) > day)])
        for name, on in columns.items()
    }
    zero = np.array([0.0, 1.0])
    found, ends = [], []
    for edited in (tables, {**tables, **mixed}):
        cohort = build(edited)
        one = prepare(analysed_random(cohort, protocol(strategy), zero), how)
        path = one.paths[strategy.name]
        its = levels(path, by_name(one))
        bins = [np.maximum(at - zero, 0).astype(np.int32) for at in range(day + 1)]
        found.append([weights_at(path, its, one_bin) for one_bin in bins])
        ends.append(one.last_bin)
    last = np.minimum(*ends)
    for before, after, at in zip(*found, range(day + 1), strict=True):
        inside = at - zero <= last
        assert before[inside] == pytest.approx(after[inside], rel=1e-12)

"""Simulation with known truth: bias and coverage of what is reported, and what the naive analyses do.

A mean over R replicates must lie within 4 of its standard errors; a coverage of 95 % intervals within 4
binomial standard errors of the nominal level, minus one point that asymptotic intervals may lose at n = 47.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from illness_death import PROTOCOL, Rates, courses, last_days, registry

from equipoise.base.clock import Clock
from equipoise.cohort.history import History
from equipoise.emulate.enrol import enrol
from equipoise.estimate.analysis import Analysis
from equipoise.estimate.analysis import courses as weighted_courses
from equipoise.estimate.answers import Question
from equipoise.estimate.exits import exits_by_state, outcome_exits
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.funnel import composed, funnel
from equipoise.estimate.handling import Handled, handle
from equipoise.estimate.incidence import incidence
from equipoise.estimate.plan import Plan
from equipoise.estimate.restricted import restricted_survival
from equipoise.estimate.survival import survival, survival_curve
from equipoise.kernels.product_limit import survival_at
from equipoise.protocol.intercurrent import Handling
from equipoise.protocol.read import read_protocol

RATES = Rates()
DAY = 365.0
REPLICATES = 250
PLAN = Plan(np.array([0.0, DAY]), np.array([DAY]), 0.95, "ij", Clock(1.0))
ASKED = Question("known", "known")


def replicate(spells: FirstExit, r: int, n: int) -> FirstExit:
    """Patients r n to (r + 1) n - 1 as a cohort of their own."""
    first, last = np.searchsorted(spells.patient, [r * n, (r + 1) * n])
    chosen = slice(int(first), int(last))
    return replace(
        spells,
        patient=spells.patient[chosen] - np.int32(r * n),
        start=spells.start[chosen],
        stop=spells.stop[chosen],
        cause=spells.cause[chosen],
        weight=spells.weight[chosen],
        final=spells.final[chosen],
        patients=n,
        n=int(spells.final[chosen].sum()),
    )


@cache
def world(n: int) -> Analysis:
    """REPLICATES registries of n patients each, as one cohort."""
    total = n * REPLICATES
    cohort = registry(courses(total, RATES, seed=20 + n), last_days(total, seed=20 + n))
    protocol = read_protocol(PROTOCOL)
    enrolment = enrol(protocol, cohort)
    assert enrolment.n == total
    return Analysis(protocol, cohort, enrolment, PLAN, weighted_courses(protocol, cohort, enrolment, PLAN))


def truth() -> dict[str, float]:
    alive = [1 - RATES.probability(day)[4:].sum() for day in range(int(DAY) + 1)]
    first_remission, relapse = RATES.first_failure(DAY)
    return {"os": alive[-1], "dfs": first_remission, "cir": relapse, "rmst": float(np.sum(alive[:-1]))}


TRUTH = truth()


def estimated(quantity: str, n: int) -> pl.DataFrame:
    """Estimates with intervals, one row a replicate."""
    analysis = world(n)
    name = "os" if quantity == "rmst" else quantity
    word = analysis.vocabulary.outcomes[name]
    history: History = analysis.histories["course"]
    spells = outcome_exits(word, Handled(history))
    if quantity == "rmst":
        spells = exits_by_state(word.states, history)
    lost = dict.fromkeys(spells.causes, ASKED)
    frames = []
    for r in range(REPLICATES):
        one = replicate(spells, r, n)
        match quantity:
            case "cir":
                frames.append(incidence(ASKED, one, PLAN).tail(1))
            case "rmst":
                frames.append(restricted_survival(ASKED, lost, one, PLAN).head(1))
            case _:
                frames.append(survival(ASKED, one, PLAN).tail(1))
    return pl.concat(frames)


@pytest.mark.parametrize("n", [47, 200])
@pytest.mark.parametrize("quantity", ["os", "dfs", "cir", "rmst"])
def test_unbiased_with_nominal_coverage(quantity: str, n: int) -> None:
    found = estimated(quantity, n)
    value = found["estimate"].to_numpy()
    assert abs(value.mean() - TRUTH[quantity]) < 4 * value.std(ddof=1) / REPLICATES**0.5
    covered = ((found["lower"] <= TRUTH[quantity]) & (found["upper"] >= TRUTH[quantity])).mean()
    margin = 4 * (0.95 * 0.05 / REPLICATES) ** 0.5
    assert 0.95 - margin - 0.01 < covered <= min(0.95 + margin, 1.0)
    # The standard errors are those of the sampling distribution.
    assert found["std_error"].mean() == pytest.approx(value.std(ddof=1), rel=0.15)


def test_the_funnel_recovers_from_the_origin_what_the_last_step_cannot() -> None:
    """Survival from relapse: all of them give the truth; those with a graft flatter it by over 20 points."""
    analysis = replace(
        world(200), plan=Plan(np.array([0.0, 200.0, DAY]), np.array([]), 0.95, "ij", Clock(1.0))
    )
    frames = pl.concat(funnel(analysis.protocol.funnels[0], analysis).answered.frames)
    at_end = frames.filter(pl.col("day") == DAY)

    def one(measure: str, strategy: str) -> dict[str, float]:
        return at_end.filter((pl.col("measure") == measure) & (pl.col("strategy") == strategy)).row(
            0, named=True
        )

    p = RATES.probability(DAY, start=2)
    alive = float(p[2] + p[3])
    everyone = one("survival", "from relapse")
    assert everyone["lower"] < alive < everyone["upper"]
    naive = one("survival", "from graft after relapse")
    assert naive["role"] == "naive"
    assert naive["lower"] > alive + 0.2
    # 1 - exp(-(rescue + death) t) shared among the two ways out
    out = RATES.rescue + RATES.relapsed_death
    reach = RATES.rescue / out * (1 - np.exp(-out * DAY))
    reached = one("cumulative_incidence", "from relapse")
    assert reached["lower"] < reach < reached["upper"]
    assert one("one_minus_survival", "from relapse")["estimate"] > reach + 0.15
    together = one("survival", "from relapse, composed")
    assert together["estimate"] == pytest.approx(alive, abs=4 * everyone["std_error"])
    assert together["estimate"] == pytest.approx(everyone["estimate"], abs=everyone["std_error"])


def test_the_composed_curve_is_the_integral() -> None:
    """Equation 4.4 with constant rates: P_0(t) + integral of S_H(t - u) dF_H(u), against its closed form."""
    out, rescue, late = RATES.rescue + RATES.relapsed_death, RATES.rescue, RATES.rescued_death
    closed = np.exp(-out * DAY) + rescue / (out - late) * (np.exp(-late * DAY) - np.exp(-out * DAY))
    p = RATES.probability(DAY, start=2)
    assert closed == pytest.approx(float(p[2] + p[3]), abs=1e-12)
    draw = np.random.default_rng(3)
    n = 40_000
    wait, after = draw.exponential(1 / out, n), draw.exponential(1 / late, n)
    reached = draw.random(n) < rescue / out

    def spells(stop: np.ndarray, cause: np.ndarray) -> FirstExit:
        ticks = (2 * np.ceil(stop)).astype(np.int32)
        ones, number = np.ones(stop.size), np.arange(stop.size, dtype=np.int32)
        begin = np.zeros(stop.size, dtype=np.int32)
        final = np.ones(stop.size, dtype=np.bool_)
        kinds = ("onward", "event")
        return FirstExit(
            number, begin, ticks, cause.astype(np.int16), ones, final, kinds, stop.size, stop.size
        )

    waiting = spells(wait, np.where(reached, 1, 2))
    later = spells(after[reached], np.ones(int(reached.sum())))
    ticks = np.array([2 * int(DAY) + 1], dtype=np.int32)
    found = composed(ticks, waiting, survival_curve(later))
    assert found[0] == pytest.approx(closed, abs=4 * (closed * (1 - closed) / n) ** 0.5)


def never_grafted(frail: np.ndarray | None) -> float:
    """Disease-free survival in a world without grafts."""
    factor = np.ones(1) if frail is None else frail
    return float(np.exp(-(RATES.relapse * factor + RATES.death) * DAY).mean())


def censored_at_graft(seed: int, *, informative: bool) -> tuple[float, float]:
    """Kaplan-Meier censored at the graft, with its standard error; half of the patients are frail."""
    n = 30_000
    frail = np.where(np.arange(n) % 2 == 0, 3.0, 0.3)
    haste = frail if informative else None
    cohort = registry(courses(n, RATES, seed, haste=haste, frailty=frail), np.full(n, 1500.0))
    protocol = read_protocol(PROTOCOL)
    enrolment = enrol(protocol, cohort)
    analysis = Analysis(
        protocol, cohort, enrolment, PLAN, weighted_courses(protocol, cohort, enrolment, PLAN)
    )
    handled = handle(analysis.histories["course"], cohort, {"graft": Handling.HYPOTHETICAL})
    assert handled.naive
    curve = survival_curve(outcome_exits(cohort.vocabulary.outcomes["dfs"], handled))
    value = float(survival_at(curve, [2 * int(DAY) + 1])[0])
    return value, float(
        curve.greenwood[np.searchsorted(curve.time, 2 * int(DAY) + 1, side="right") - 1] ** 0.5
    )


def test_censoring_at_the_graft_is_hypothetical_only_without_information_in_its_timing() -> None:
    frail = np.array([3.0, 0.3])
    value, error = censored_at_graft(5, informative=False)
    assert abs(value - never_grafted(frail)) < 4 * error
    value, error = censored_at_graft(6, informative=True)
    assert value > never_grafted(frail) + 0.03 + 4 * error


def test_an_arm_without_events_keeps_an_honest_interval() -> None:
    """0 events in 21 patients: the lower limit is 0.025 ** (1 / 21), Clopper and Pearson's, not 1."""
    n = 21
    stop = np.full(n, 2 * 400 + 1, dtype=np.int32)
    quiet = FirstExit(
        np.arange(n, dtype=np.int32),
        np.zeros(n, dtype=np.int32),
        stop,
        np.zeros(n, dtype=np.int16),
        np.ones(n),
        np.ones(n, dtype=np.bool_),
        ("event", "competing"),
        n,
        n,
    )
    row = survival(ASKED, quiet, PLAN).row(-1, named=True)
    assert row["estimate"] == 1.0
    assert row["lower"] == pytest.approx(0.025 ** (1 / 21), abs=1e-12)
    assert row["lower"] == pytest.approx(0.8389, abs=5e-5)
    assert row["upper"] == 1.0
    assert row["interval"] == "beta product"
    none = incidence(ASKED, quiet, PLAN).row(-1, named=True)
    assert (none["estimate"], none["lower"]) == (0.0, 0.0)
    assert none["upper"] == pytest.approx(1 - 0.025 ** (1 / 21), abs=1e-12)

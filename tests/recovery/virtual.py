"""Virtual patients for the tests of worlds: courses, joint counts, and a weighting by hand."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_question
from equipoise.protocol.strategy import NATURAL_COURSE, Strategy
from equipoise.synth import addresses as a
from equipoise.synth.courses import Courses, simulate_courses
from equipoise.synth.joint import Joint, joint
from equipoise.synth.numbers import as_record
from equipoise.synth.orders import orders_of
from equipoise.synth.read import read_world
from equipoise.synth.truth import asked_strategies
from equipoise.synth.world import numbers_of

Float64 = NDArray[np.float64]

SEED = 41
FACTS = 13
FAILURES = (a.RELAPSE, a.RELAPSE_AFTER_HCT, a.NRM, a.NRM_AFTER_HCT)
DEATHS = (a.NRM, a.NRM_AFTER_HCT, a.DEATH_IN_RELAPSE, a.NRM_IN_SECOND_REMISSION, a.NRM_AFTER_SALVAGE)


@cache
def question() -> tuple[Protocol, Vocabulary]:
    return read_question("virtual_registry")


@cache
def counted(world: str, n: int = 40_000) -> Joint:
    """All strategies of the shipped protocol, the natural course first."""
    protocol, vocabulary = question()
    orders = [orders_of(one, protocol, vocabulary) for one in asked_strategies(protocol)]
    return joint(as_record(numbers_of(read_world(world))), orders, n, SEED)


def place(name: str) -> int:
    protocol, _ = question()
    return [one.name for one in asked_strategies(protocol)].index(name)


def shares(found: Joint, outcome: int, month: int) -> dict[str, float]:
    """Share with an outcome (0 os, 1 dfs) by strategy."""
    protocol, _ = question()
    names = [one.name for one in asked_strategies(protocol)]
    values = np.diagonal(found.counts[outcome, month]) / found.patients
    return dict(zip(names, values.tolist(), strict=True))


@cache
def courses(world: str, n: int, strategy: str = "", every_visit: bool = True) -> Courses:
    protocol, _ = question()
    named = {one.name: one for one in protocol.strategies}
    return under(world, n, named[strategy] if strategy else NATURAL_COURSE, every_visit=every_visit)


def under(world: str, n: int, strategy: Strategy, *, every_visit: bool = True) -> Courses:
    protocol, vocabulary = question()
    record = as_record(numbers_of(read_world(world)))
    orders = orders_of(strategy, protocol, vocabulary)
    return simulate_courses(record, orders, range(n), SEED, horizon=60.0, every_visit=every_visit)


def first(found: Courses, *what: int) -> Float64:
    """Month of the first such record of each patient; infinite without one."""
    month = np.full(found.n, np.inf)
    chosen = np.isin(found.what, what)
    np.minimum.at(month, found.patient[chosen], found.time[chosen])
    return month


def never_by_weights(found: Courses, months: float = 24.0, step: float = 0.25) -> tuple[float, float]:
    """Disease-free survival if nobody were transplanted, weighted by the measured history; with its error.

    The rate of transplant is a log-linear model of what a registry holds, fitted by maximum likelihood to
    quarters of months. Whoever is untransplanted at the end stands for 1 / P(untransplanted | history).
    """
    edges = np.arange(0.0, months, step)
    failed, treated = first(found, *FAILURES), first(found, a.HCT)
    end = np.minimum(failed, treated)
    code = _history(found, edges)
    exposure = np.clip(end[:, None] - edges, 0.0, step)
    started = (treated[:, None] > edges) & (treated[:, None] <= edges + step)
    events = np.bincount(code.ravel(), started.ravel(), 1 << FACTS)
    time = np.bincount(code.ravel(), exposure.ravel(), 1 << FACTS)
    there = np.flatnonzero(time > 0)
    patterns = ((there[:, None] >> np.arange(FACTS)) & 1).astype(np.float64)
    rate = np.zeros(1 << FACTS)
    rate[there] = np.exp(patterns @ _poisson(patterns, events[there], time[there]))
    hazard = (rate[code] * exposure).sum(axis=1)
    weight = np.where(end > months, np.exp(hazard), 0.0)
    return float(weight.mean()), float(weight.std() / np.sqrt(found.n))


def _history(found: Courses, edges: Float64) -> NDArray[np.int64]:
    """int64[n, T], bits: pieces of time, covariates, recent and older loss, sequencing, maintenance."""
    at_visit = found.what == a.VISIT
    times = np.unique(found.time[at_visit])
    shown = np.zeros((found.n, times.size), dtype=np.int64)
    visit = np.searchsorted(times, found.time[at_visit])
    shown[found.patient[at_visit], visit] = found.detail[at_visit]
    last = shown[:, np.searchsorted(times, edges, side="right") - 1]
    seen = np.full(found.n, np.inf)
    lost = at_visit & (found.detail >= 2)
    np.minimum.at(seen, found.patient[lost], found.time[lost])
    since = edges - seen[:, None]
    kept = first(found, a.MAINTENANCE)[:, None] <= edges
    piece = np.searchsorted([1.0, 5.0, 11.0], edges, side="right")
    parts = [piece == k for k in range(4)]
    parts += [found.covariates[:, [k]] > 0 for k in (0, 1, 2, 4, 5)]
    parts += [(since >= 0) & (since < 4), since >= 4, (last & 1) == 1, kept]
    code = np.zeros(since.shape, dtype=np.int64)
    for place_of_bit, part in enumerate(parts):
        code |= np.broadcast_to(part, since.shape).astype(np.int64) << place_of_bit
    return code


def _poisson(x: Float64, events: Float64, time: Float64) -> Float64:
    """Maximum likelihood of log-linear rates by Newton's method."""
    beta = np.full(x.shape[1], 0.0)
    beta[:4] = np.log(events.sum() / time.sum())
    for _ in range(50):
        mean = time * np.exp(x @ beta)
        step = np.linalg.solve((x * mean[:, None]).T @ x + 1e-9 * np.eye(x.shape[1]), x.T @ (events - mean))
        beta += step
        if np.abs(step).max() < 1e-9:
            return beta
    raise AssertionError("the fit did not converge")

"""The editorial's cohort: what a series of 47 prints, counted from the transplant; beside it everybody else.

No draw is chosen: the numbers of the series are means over `DRAWS` series of one pool. The numbers beside
them are of the population that the pool came from, with everybody in the denominator.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from equipoise.base.codes import CODES
from equipoise.base.errors import ProtocolError
from equipoise.estimate.estimates import ESTIMATES, FUNNEL, NATURAL_COURSE
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_question
from equipoise.protocol.strategy import NATURAL_COURSE as USUAL_CARE
from equipoise.protocol.strategy import Strategy
from equipoise.synth.courses import Courses, in_chunks
from equipoise.synth.editorial.everybody import (
    LAST_RELAPSE,
    funnels,
    relapse_rows,
    remission_rows,
    transplant_rows,
)
from equipoise.synth.editorial.milestones import Milestones, milestones, together
from equipoise.synth.editorial.printed import published_rows, series_rows
from equipoise.synth.editorial.row import DAY, MONTH
from equipoise.synth.editorial.series import DRAWS, SERIES, Drawn, drawn
from equipoise.synth.editorial.transplanted import (
    ARMS,
    PRE_EMPTIVE,
    Transplanted,
    pooled,
    transplanted,
)
from equipoise.synth.numbers import as_record
from equipoise.synth.orders import orders_of
from equipoise.synth.read import read_world
from equipoise.synth.recorded import PROTOCOL
from equipoise.synth.world import World, numbers_of

WORLD: Final = "E"
PATIENTS: Final = 400_000
SEED: Final = 2026
STRATEGIES: Final = ("watch", "early", "on_bca_loss")
# A transplant in the third year after the last relapse that counts is followed for three years.
_WHOLE: Final = LAST_RELAPSE + 2.0 * MONTH


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of the series.

    Attributes
    ----------
    name
        One of `equipoise.synth.editorial.transplanted.ARMS`.
    pool
        Patients of the arm among all transplanted.
    patients, fewest, most
        How many of a series are in the arm: mean, and limits between which 95 % of the series lie.
    unfollowed
        Series in which nobody of the arm is followed to the day without relapse.
    """

    name: str
    pool: int
    patients: float
    fewest: int
    most: int
    unfollowed: int


@dataclass(frozen=True, slots=True)
class Editorial:
    """The two ways to count, side by side.

    Attributes
    ----------
    world
        The world.
    patients, eligible
        Virtual patients in remission; those of them without a transplant before the infusion.
    draws, seed
        Number of series; seed of all draws.
    arms
        The arms of the series.
    on_loss
        Share of the transplants in first remission that were for a known loss of aplasia.
    titles
        The strategies in words, by name.
    estimates
        Rows of the table of estimates with the roles naive, published and truth.
    funnel
        Rows of the table of funnels: from remission, and from relapse.
    """

    world: World
    patients: int
    eligible: int
    draws: int
    seed: int
    arms: tuple[Arm, ...]
    on_loss: float
    titles: dict[str, str]
    estimates: pl.DataFrame
    funnel: pl.DataFrame


def _silently(stage: str) -> None:
    del stage


def editorial(
    world: World | None = None,
    *,
    patients: int = PATIENTS,
    draws: int = DRAWS,
    seed: int = SEED,
    workers: int = 2,
    stage: Callable[[str], None] = _silently,
) -> Editorial:
    """Simulate the population, draw the series, and count both ways.

    Parameters
    ----------
    world
        Default the shipped world `E`.
    patients
        Virtual patients in remission after CAR T-cells.
    draws
        Series that are drawn.
    seed
        Seed of all draws; another one changes the numbers within their Monte-Carlo error.
    workers
        Chunks of patients at a time; they change no number.
    stage
        Called with the name of each stage as it begins.

    Raises
    ------
    ProtocolError
        P134 when there are no draws, or too few patients for a series and for each arm.
    """
    if draws < 1 or patients < SERIES:
        raise _no_size(f"{draws} series of {SERIES} from {patients} patients")
    world = world or read_world(WORLD)
    protocol, _ = read_question(PROTOCOL)
    stage("simulating usual care")
    everybody, pool = _usual_care(world, patients, seed, workers)
    _check_size(pool)
    stage("drawing series")
    series = drawn(pool, DAY, range(draws), seed)
    rows = [*series_rows(series, pool), *published_rows()]
    rows += remission_rows(everybody, NATURAL_COURSE, "usual care")
    rows += transplant_rows(everybody, NATURAL_COURSE)
    asked = _strategies(protocol)
    for one in asked:
        stage(f"simulating '{one.title}'")
        rows += remission_rows(_under(one, world, patients, seed, workers), one.name, one.title)
    rows += relapse_rows(everybody)
    return Editorial(
        world=world,
        patients=patients,
        eligible=int((~everybody.had_transplant).sum()),
        draws=draws,
        seed=seed,
        arms=tuple(_arm(place, pool, series) for place in range(len(ARMS))),
        on_loss=float(pool.on_loss[pool.arm == PRE_EMPTIVE].mean()),
        titles={one.name: one.title for one in asked},
        estimates=ESTIMATES.frame([one.record() for one in rows]),
        funnel=FUNNEL.frame(funnels(everybody)),
    )


def _usual_care(world: World, patients: int, seed: int, workers: int) -> tuple[Milestones, Transplanted]:
    """Milestones of everybody, and those whom a series can count."""
    found: list[Milestones] = []
    counted: list[Transplanted] = []
    for courses in _courses(world, USUAL_CARE, patients, seed, workers=workers, horizon=_WHOLE):
        found.append(milestones(courses, courses.time, float(MONTH)))
        counted.append(transplanted(courses, world, seed))
    return together(found), pooled(counted)


def _under(strategy: Strategy, world: World, patients: int, seed: int, workers: int) -> Milestones:
    """Milestones of everybody for as long as is asked from remission."""
    # What happens in the last moment of the horizon still belongs to it.
    chunks = _courses(world, strategy, patients, seed, workers=workers, horizon=MONTH + 1e-9)
    return together(milestones(courses, courses.time, float(MONTH)) for courses in chunks)


def _courses(
    world: World, strategy: Strategy, patients: int, seed: int, *, workers: int, horizon: float
) -> Iterator[Courses]:
    protocol, vocabulary = read_question(PROTOCOL)
    return in_chunks(
        as_record(numbers_of(world)),
        orders_of(strategy, protocol, vocabulary),
        range(patients),
        seed,
        horizon=horizon,
        every_visit=strategy is USUAL_CARE,
        workers=workers,
    )


def _strategies(protocol: Protocol) -> list[Strategy]:
    by_name = {one.name: one for one in protocol.strategies}
    return [by_name[name] for name in STRATEGIES]


def _check_size(pool: Transplanted) -> None:
    """Refuse a pool that cannot fill a series, or has nobody in an arm."""
    sizes = np.bincount(pool.arm, minlength=len(ARMS))
    if pool.n < SERIES or sizes.min() == 0:
        raise _no_size(
            f"a series of {SERIES} from {sizes[0]} patients transplanted in first remission, {sizes[1]} in "
            "a later one"
        )


def _no_size(found: str) -> ProtocolError:
    meaning = CODES["P134"]
    return ProtocolError("P134", where="editorial", found=found, why=meaning.why, do=meaning.do)


def _arm(place: int, pool: Transplanted, series: Drawn) -> Arm:
    patients = series.patients[:, place]
    fewest, most = np.quantile(patients, [0.025, 0.975])
    return Arm(
        name=ARMS[place],
        pool=int((pool.arm == place).sum()),
        patients=float(patients.mean()),
        fewest=int(fewest),
        most=int(most),
        unfollowed=int(np.isnan(series.survival[:, place, 0]).sum()),
    )

"""The virtual registry: the world as a registry sees it, a cohort like any other."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.base.codes import CODES
from equipoise.base.document import suggestion
from equipoise.base.errors import ProtocolError
from equipoise.cohort.cohort import Cohort
from equipoise.language.vocabulary import Vocabulary, read_vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_protocol
from equipoise.protocol.strategy import NATURAL_COURSE, Strategy
from equipoise.synth import baseline, happened, measured, transgene
from equipoise.synth.courses import Courses, in_chunks
from equipoise.synth.entry import enter
from equipoise.synth.followed import follow
from equipoise.synth.numbers import as_record
from equipoise.synth.orders import orders_of
from equipoise.synth.recorded import PROTOCOL, VOCABULARY
from equipoise.synth.world import World, numbers_of

MOST_PATIENTS = 10_000_000
LAST_SEED = 2**63 - 1


def registry(
    world: World,
    n: int,
    seed: int,
    *,
    strategy: Strategy | str | None = None,
    protocol: Protocol | None = None,
    first: int = 0,
) -> Cohort:
    """Simulate patients and write down what a registry would know of them.

    Day 0 is the infusion. A patient in remission at the first assessment starts the course of the world on
    that day, which is the first flow cytometry, a `remission`, and the first test of everything else. Who is
    not in remission, or died before, is there with that event. Frailty and residual disease that no test
    showed are not in the registry.

    Parameters
    ----------
    world
        A world (`equipoise.synth.read.read_world`).
    n
        Number of patients from the infusion on; fewer are in the registry where some enter late.
    seed
        Seed of all draws, 0 to 2^63 - 1.
    strategy
        Who is treated when: a strategy, or the name of one in the protocol; default the natural course.
    protocol
        Says what the strategy's words mean; default the shipped protocol `virtual_registry`.
    first
        Number of the first patient. A patient is the same in every range.

    Returns
    -------
    Cohort
        In the words of `cart_all`.

    Raises
    ------
    ProtocolError
        P134 for numbers that cannot be, or when nobody is left; P135 for a strategy that there is not;
        P123, P132 and P133 for one that cannot be simulated.
    """
    courses = registry_courses(world, n, seed, strategy=strategy, protocol=protocol, first=first)
    tables = [_tables(world, one, seed) for one in courses]
    return _cohort(read_vocabulary(VOCABULARY), [one for one in tables if one["patients"].height])


def registry_in_chunks(
    world: World,
    n: int,
    seed: int,
    *,
    strategy: Strategy | str | None = None,
    protocol: Protocol | None = None,
    first: int = 0,
) -> Iterator[Cohort]:
    """As `registry`, some thousand patients after the other: memory does not grow with their number.

    Yields
    ------
    Cohort
        Patients are numbered from 0 in each.

    Raises
    ------
    ProtocolError
        As for `registry`, when the first part is asked for, or at the end when nobody was in any.
    """
    vocabulary = read_vocabulary(VOCABULARY)
    someone = False
    for courses in registry_courses(world, n, seed, strategy=strategy, protocol=protocol, first=first):
        tables = _tables(world, courses, seed)
        if tables["patients"].height:
            someone = True
            yield _cohort(vocabulary, [tables])
    if not someone:
        raise _nobody()


def chosen_strategy(strategy: Strategy | str | None, protocol: Protocol) -> Strategy:
    """A strategy by its name in a protocol; the natural course is always there.

    Raises
    ------
    ProtocolError
        P135 when the protocol has none of this name.
    """
    if isinstance(strategy, Strategy):
        return strategy
    if strategy is None:
        return NATURAL_COURSE
    known = {one.name: one for one in (NATURAL_COURSE, *protocol.strategies)}
    if strategy not in known:
        meaning = CODES["P135"]
        found = f"no strategy {strategy!r} in {protocol.title!r}{suggestion(strategy, known)}"
        raise ProtocolError(
            "P135", where="strategy", found=found, why=meaning.why, do=f"Name one of: {', '.join(known)}."
        )
    return known[strategy]


def registry_courses(
    world: World,
    n: int,
    seed: int,
    *,
    strategy: Strategy | str | None = None,
    protocol: Protocol | None = None,
    first: int = 0,
) -> Iterator[Courses]:
    """The courses behind a registry, chunk after chunk; parameters and errors as for `registry`."""
    _check_sizes(n, seed, first)
    asked = protocol or read_protocol(PROTOCOL)
    orders = orders_of(chosen_strategy(strategy, asked), asked, read_vocabulary(VOCABULARY))
    # A day more than the longest follow-up: what happens on its last day is observed to the end of that day.
    horizon = world.follow_up.administrative_months[1] + 2.0 / DAYS_PER_MONTH
    record = as_record(numbers_of(world))
    yield from in_chunks(record, orders, range(first, first + n), seed, horizon=horizon)


def _tables(world: World, courses: Courses, seed: int) -> dict[str, pl.DataFrame]:
    written = world.registry
    followed = follow(courses, enter(world, courses, seed), seed, written.rounding_days)
    results = measured.measurements(followed, written.missing_results)
    if world.kinetics.measured:
        results = pl.concat([results, transgene.measurements(followed, world).select(results.columns)])
    return {
        "patients": baseline.patients(followed, world),
        "observation": pl.DataFrame(
            {
                "patient": pl.Series(range(followed.n), dtype=pl.Int32),
                "start": pl.Series(followed.start, dtype=pl.Float64),
                "stop": pl.Series(followed.stop, dtype=pl.Float64),
            }
        ),
        "measurements": results,
        "interventions": happened.interventions(followed, hct_is_label=world.hct.is_label),
        "events": happened.events(followed, measured.losses(results)),
    }


def _cohort(vocabulary: Vocabulary, parts: list[dict[str, pl.DataFrame]]) -> Cohort:
    if not parts:
        raise _nobody()
    before = 0
    frames: dict[str, list[pl.DataFrame]] = {name: [] for name in parts[0]}
    for part in parts:
        for name, frame in part.items():
            frames[name].append(frame.with_columns(pl.col("patient") + before))
        before += part["patients"].height
    whole = {name: pl.concat(some) for name, some in frames.items()}
    return Cohort.build(
        vocabulary, patients=whole.pop("patients"), observation=whole.pop("observation"), **whole
    )


def _check_sizes(n: int, seed: int, first: int) -> None:
    for number in (n, seed, first):
        if not isinstance(number, (int, np.integer)) or isinstance(number, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _impossible(f"{number!r}, which is no whole number")
    if not 1 <= n <= MOST_PATIENTS:
        raise _impossible(f"{n} patients (1 to {MOST_PATIENTS} can be simulated at once)")
    if not 0 <= seed <= LAST_SEED:
        raise _impossible(f"a seed of {seed} (0 to {LAST_SEED} are seeds)")
    if not 0 <= first <= 2**62:
        raise _impossible(f"a first patient of number {first}")


def _nobody() -> ProtocolError:
    return _impossible("nobody is under observation: all are dead or gone when they would enter")


def _impossible(found: str) -> ProtocolError:
    meaning = CODES["P134"]
    return ProtocolError("P134", where="simulation", found=found, why=meaning.why, do=meaning.do)

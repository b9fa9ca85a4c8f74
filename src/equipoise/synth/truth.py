"""Truth: what would happen to all virtual patients under each strategy, by brute force, with its error.

Truths of the shipped worlds under the shipped strategies were computed once, from `PATIENTS` patients each,
and lie in ``truths`` with the digests of world and strategies; anything else is simulated when asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from equipoise.base.codes import CODES
from equipoise.base.errors import ProtocolError
from equipoise.base.provenance import digest
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_protocol
from equipoise.protocol.strategy import NATURAL_COURSE, Strategy
from equipoise.synth.joint import Joint, joint
from equipoise.synth.numbers import as_record
from equipoise.synth.orders import orders_of
from equipoise.synth.read import read_world, shipped_worlds
from equipoise.synth.recorded import PROTOCOL
from equipoise.synth.world import World, numbers_of

PATIENTS: Final = 4_000_000
AT_ONCE: Final = 200_000  # where nothing is shipped: some seconds, errors below .0012
SEED: Final = 1_000_003  # of the shipped truths; registries of other seeds share no luck with them
FEWEST: Final = 1_000
MOST: Final = 100_000_000
SITES: Final = 1 << 40  # a site for each patient: preferences are averaged over all sites there might be


@dataclass(frozen=True, slots=True)
class Truth:
    """Joint counts of the strategies of a protocol in a world.

    Attributes
    ----------
    world
        Digest of all that can change a course in the world.
    strategies
        Digest of each strategy; the first is that of the natural course.
    seed
        Seed of the draws.
    joint
        The counts.
    """

    world: str
    strategies: tuple[str, ...]
    seed: int
    joint: Joint


def asked_strategies(protocol: Protocol) -> tuple[Strategy, ...]:
    """The natural course and the strategies of a protocol."""
    return (NATURAL_COURSE, *protocol.strategies)


def strategy_digest(strategy: Strategy, protocol: Protocol) -> str:
    """SHA-256 of what a strategy does: its rules, with the treatments that they name; no names or labels."""
    treatments = {one.name: one for one in protocol.treatments}
    rules = [
        rule.model_dump(mode="json", by_alias=True, exclude={"treatment"})
        | {"of": treatments[rule.treatment].model_dump(mode="json", include={"intervention", "while_in"})}
        for rule in strategy.rules
    ]
    return digest(rules)


def simulate_truth(
    world: World,
    protocol: Protocol,
    vocabulary: Vocabulary,
    patients: int,
    seed: int = SEED,
    *,
    workers: int = 2,
) -> Truth:
    """Compute the truth of all strategies of a protocol, the natural course first.

    Parameters
    ----------
    world, protocol, vocabulary
        What is true, what is asked, in which words.
    patients
        How many are simulated under each strategy.
    seed
        Seed of all draws.
    workers
        Chunks at a time; the result does not depend on it.

    Raises
    ------
    ProtocolError
        P132, P133 for a strategy that the world cannot carry out; P134 for too few or too many patients; P136
        for a protocol about other people than those who are counted.
    """
    _check_people(protocol)
    if not FEWEST <= patients <= MOST:
        meaning = CODES["P134"]
        raise ProtocolError(
            "P134",
            where="truth",
            found=f"{patients} patients; from {FEWEST:,} to {MOST:,} are possible",
            why=meaning.why,
            do=meaning.do,
        )
    asked = asked_strategies(protocol)
    orders = [orders_of(one, protocol, vocabulary) for one in asked]
    record = as_record(numbers_of(world)._replace(sites=SITES))
    counted = joint(record, orders, patients, seed, workers=workers)
    return Truth(world.digest(), tuple(strategy_digest(one, protocol) for one in asked), seed, counted)


def known_truth(world: World, protocol: Protocol) -> Truth | None:
    """The shipped truth of a world for all strategies of a protocol; None unless all of them are known."""
    _check_people(protocol)
    entry = _shipped(world)
    if entry is None:
        return None
    whole = read_truth(entry.read_bytes())
    wanted = tuple(strategy_digest(one, protocol) for one in asked_strategies(protocol))
    if whole.world != world.digest() or not set(wanted) <= set(whole.strategies):
        return None
    return part_of(whole, [whole.strategies.index(one) for one in wanted])


def truth_of(world: World, protocol: Protocol, vocabulary: Vocabulary, *, patients: int = AT_ONCE) -> Truth:
    """The shipped truth where there is one, else one that is simulated now.

    Parameters
    ----------
    world, protocol, vocabulary
        As for `simulate_truth`.
    patients
        How many to simulate where nothing is shipped.
    """
    known = known_truth(world, protocol)
    return simulate_truth(world, protocol, vocabulary, patients) if known is None else known


def _check_people(protocol: Protocol) -> None:
    """Refuse a protocol about other people than those who are counted, whatever it calls them."""
    counted = read_protocol(PROTOCOL)
    asked = [one.predicate for one in protocol.population.all_of]
    same_people = asked == [one.predicate for one in counted.population.all_of]
    same_clock = (protocol.time_zero, protocol.structure) == (counted.time_zero, counted.structure)
    if not (same_people and same_clock and protocol.vocabulary == counted.vocabulary):
        meaning = CODES["P136"]
        found = "another population" if not same_people else "another time zero, structure or vocabulary"
        raise ProtocolError("P136", where="protocol", found=found, why=meaning.why, do=meaning.do)


def part_of(truth: Truth, places: Sequence[int]) -> Truth:
    """The truth of some of the strategies, in the given order."""
    chosen, counted = list(places), truth.joint
    grid = np.ix_(chosen, chosen)
    return replace(
        truth,
        strategies=tuple(truth.strategies[place] for place in chosen),
        joint=replace(
            counted,
            counts=counted.counts[:, :, *grid],
            by_feature=counted.by_feature[:, :, :, :, *grid],
            areas=counted.areas[..., chosen],
            products=counted.products[..., *grid],
        ),
    )


def write_truth(truth: Truth) -> bytes:
    """A truth as a file: a compressed archive of arrays; equal truths give equal bytes."""
    stream = BytesIO()
    arrays: dict[str, Any] = {one.name: _small(getattr(truth.joint, one.name)) for one in fields(truth.joint)}
    arrays["names"] = np.array([truth.world, *truth.strategies])
    arrays["seed"] = np.array(truth.seed)
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def read_truth(content: bytes) -> Truth:
    """What `write_truth` wrote."""
    with np.load(BytesIO(content), allow_pickle=False) as archive:
        names = [str(name) for name in archive["names"]]
        counted = Joint(
            patients=int(archive["patients"]),
            counts=archive["counts"].astype(np.int64),
            members=archive["members"].astype(np.int64),
            by_feature=archive["by_feature"].astype(np.int64),
            areas=archive["areas"],
            products=archive["products"],
        )
        return Truth(names[0], tuple(names[1:]), int(archive["seed"]), counted)


def _small(values: Any) -> Any:
    """Counts fit 32 bits."""
    array: npt.NDArray[Any] = np.asarray(values)
    return array.astype(np.uint32) if array.dtype == np.int64 and array.ndim else array


def _shipped(world: World) -> Traversable | None:
    """The file of the shipped world that is this world, whatever it is called now."""
    wanted = world.digest()
    for name in shipped_worlds():
        entry = files("equipoise.synth") / "truths" / f"{name}.npz"
        if entry.is_file() and read_world(name).digest() == wanted:
            return entry
    return None

"""The verb of the virtual registry: names in, a cohort out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from equipoise.cohort.cohort import Cohort
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.strategy import Strategy
from equipoise.synth.read import read_world
from equipoise.synth.registry import registry
from equipoise.synth.world import World


def simulate(
    world: World | Path | str,
    n: int,
    seed: int,
    *,
    strategy: Strategy | str | None = None,
    protocol: Protocol | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Cohort:
    """Simulate a registry of virtual patients whose truth is known.

    Parameters
    ----------
    world
        Name of a shipped world (``"S0"`` is the reference), a path, or a world.
    n
        Number of patients from the infusion on. Fewer are in the registry where some enter late.
    seed
        Seed of all draws, 0 to 2^63 - 1. One seed, one world and one strategy always give the same registry,
        and two strategies share the luck of each patient.
    strategy
        Who is treated when: a strategy, or the name of one in the protocol; default the natural course.
    protocol
        Says what the strategy's words mean; default the shipped protocol `virtual_registry`.
    changes
        Values by dotted name of a parameter of the world, for example ``{"registry.remission": 1}``.

    Returns
    -------
    Cohort
        In the words of the vocabulary `cart_all`. Nothing that a registry would not know is in it.

    Raises
    ------
    ProtocolError
        P001 to P003, P130 and P131 for the world; P134 for numbers that cannot be; P135 for a strategy that
        there is not, P123, P132 and P133 for one that cannot be simulated.
    """
    if isinstance(world, World):
        if changes:
            raise ValueError("changes are for a world by its name; change a world where it is read")
        found = world
    else:
        found = read_world(world, changes)
    return registry(found, n, seed, strategy=strategy, protocol=protocol)

"""Small cohorts, emulated: errors and coverage in sixty of 47; no effect where there is none; gates shut."""

from collections import defaultdict
from functools import cache

import numpy as np

from validation.emulation.replicate import Cell, replicate

SEED = 90_000
EMULATED, IMMORTAL = "emulated", "ever against never"


@cache
def cells(world: str, n: int, replicates: int) -> dict[tuple[str, str, str], list[Cell]]:
    """By analysis, outcome and what is estimated."""
    found: dict[tuple[str, str, str], list[Cell]] = defaultdict(list)
    for number in range(replicates):
        for one in replicate(world, n, SEED + number):
            found[one.analysis, one.outcome, one.what].append(one)
    return found


def errors(of: list[Cell]) -> tuple[float, float]:
    """Mean of estimate less truth, and its Monte-Carlo error."""
    away = np.array([one.estimate - one.truth for one in of])
    return float(away.mean()), float(away.std(ddof=1) / np.sqrt(away.size))


def covered(of: list[Cell]) -> float:
    return float(np.mean([one.lower <= one.truth <= one.upper for one in of]))


def test_differences_in_sixty_cohorts_of_47() -> None:
    """Shrinkage leaves an error of up to .04, and chance as much again; intervals hold it."""
    found = {key: of for key, of in cells("S0", 47, 60).items() if key[0] == EMULATED}
    assert len(found) == 10
    for key, of in found.items():
        mean, error = errors(of)
        assert abs(mean) < 0.04 + 2 * error, key
        assert covered(of) >= 0.85, key
    # Intervals are no wider than they need be: differences of strategies that nearly all follow are narrow.
    width = [one.upper - one.lower for one in found[EMULATED, "dfs", "on_bca_loss - watch"]]
    assert np.median(width) < 0.5


def test_treated_or_not_fails_in_the_same_cohorts() -> None:
    for outcome in ("dfs", "os"):
        mean, error = errors(cells("S0", 47, 60)[IMMORTAL, outcome, "early - watch"])
        assert mean > 2 * error, outcome
    mean, error = errors(cells("S0", 47, 60)[IMMORTAL, "dfs", "early - watch"])
    assert mean > 4 * error
    assert mean > 0.05


def test_no_effect_where_there_is_none() -> None:
    """S1: a transplant changes nothing."""
    for outcome in ("dfs", "os"):
        for what in ("early - watch", "on_bca_loss - watch"):
            of = cells("S1", 200, 12)[EMULATED, outcome, what]
            mean, error = errors(of)
            assert {one.truth for one in of} == {0.0}
            assert abs(mean) < 0.015 + 2 * error, (outcome, what)
            assert covered(of) >= 0.75, (outcome, what)


def test_where_some_are_never_or_always_treated_the_gates_shut() -> None:
    """S4: with an earlier transplant never, with a positive sequencing test always."""
    of = cells("S4", 47, 20)
    for what in ("early", "early - watch"):
        shut = [one.verdict == "sealed" for one in of[EMULATED, "dfs", what]]
        assert np.mean(shut) >= 0.9, what
    open_ = [one.verdict != "sealed" for one in cells("S0", 47, 60)[EMULATED, "dfs", "watch"]]
    assert np.mean(open_) >= 0.9

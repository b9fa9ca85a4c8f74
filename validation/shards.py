"""Resumable shards: each (world, n, range of replicates) is one small file, written when it is done."""

import json
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from validation.replicate import Cell, replicate
from validation.worlds import WORLDS, World

FOLDER = Path(__file__).parent / "shards"
REPLICATES = {47: 1000, 200: 1000, 1000: 200}
SHARD = 200


@dataclass(frozen=True)
class Shard:
    """Replicates first, ..., first + SHARD - 1 of one world and size."""

    world: World
    n: int
    first: int

    @property
    def path(self) -> Path:
        """Where its sums are kept."""
        return FOLDER / f"{self.world.name}-n{self.n}-{self.first:04d}.json"


def all_shards() -> list[Shard]:
    """All shards, in order."""
    return [
        Shard(world, n, first)
        for world in WORLDS
        for n in world.sizes
        for first in range(0, REPLICATES[n], SHARD)
    ]


def carry_out(shard: Shard) -> None:
    """Run a shard and write its sums."""
    sums: dict[tuple[str, str, str, int], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for number in range(shard.first, shard.first + SHARD):
        for cell in replicate(shard.world, shard.n, number):
            _add(sums[cell.analysis, cell.outcome, cell.measure, cell.month], cell)
    rows = [
        {"analysis": a, "outcome": o, "measure": m, "month": month, **totals}
        for (a, o, m, month), totals in sorted(sums.items())
    ]
    FOLDER.mkdir(exist_ok=True)
    partial = shard.path.with_suffix(".partial")
    partial.write_text(json.dumps(rows, indent=0) + "\n", encoding="utf-8")
    partial.rename(shard.path)


def _add(totals: dict[str, float], cell: Cell) -> None:
    totals["truth"] = cell.truth
    totals["replicates"] += 1
    if cell.estimate is None:
        totals["without_number"] += 1
        return
    error = cell.estimate - cell.truth
    totals["sum_error"] += error
    totals["sum_squares"] += error * error
    if cell.lower is None or cell.upper is None:
        totals["without_interval"] += 1
        return
    totals["intervals"] += 1
    totals["covered"] += cell.lower - 1e-9 <= cell.truth <= cell.upper + 1e-9
    totals["sum_width"] += cell.upper - cell.lower


@dataclass(frozen=True)
class Line:
    """One line of the table: what all replicates of one analysis say."""

    world: str
    n: int
    analysis: str
    outcome: str
    measure: str
    month: int
    truth: float
    replicates: int
    without_number: int
    without_interval: int
    bias: float
    bias_error: float
    rmse: float
    coverage: float
    coverage_error: float
    width: float


def lines() -> Iterator[Line]:
    """Pool the shards that are there."""
    for world in WORLDS:
        for n in world.sizes:
            pooled: dict[tuple[str, str, str, int], dict[str, float]] = defaultdict(
                lambda: defaultdict(float)
            )
            for shard in all_shards():
                if (shard.world, shard.n) == (world, n) and shard.path.exists():
                    for row in json.loads(shard.path.read_text(encoding="utf-8")):
                        _pool(pooled[row["analysis"], row["outcome"], row["measure"], row["month"]], row)
            for (analysis, outcome, measure, month), total in sorted(pooled.items()):
                yield _line(world.name, n, (analysis, outcome, measure, month), total)


def _pool(total: dict[str, float], row: dict[str, Any]) -> None:
    for key, value in row.items():
        if key == "truth":
            total[key] = value
        elif isinstance(value, int | float) and key != "month":
            total[key] += value


def _line(world: str, n: int, key: tuple[str, str, str, int], total: dict[str, float]) -> Line:
    known = total["replicates"] - total["without_number"]
    bias = total["sum_error"] / known if known else math.nan
    mean_square = total["sum_squares"] / known if known else math.nan
    intervals = total["intervals"]
    coverage = total["covered"] / intervals if intervals else math.nan
    return Line(
        world,
        n,
        *key,
        truth=total["truth"],
        replicates=int(total["replicates"]),
        without_number=int(total["without_number"]),
        without_interval=int(total["without_interval"]),
        bias=bias,
        bias_error=math.sqrt(max(mean_square - bias * bias, 0.0) / known) if known else math.nan,
        rmse=math.sqrt(mean_square) if known else math.nan,
        coverage=coverage,
        coverage_error=math.sqrt(coverage * (1 - coverage) / intervals) if intervals else math.nan,
        width=total["sum_width"] / intervals if intervals else math.nan,
    )

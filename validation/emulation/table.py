"""The tables of docs/validation.md about the emulation, from the shards."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from validation.emulation.shards import REPLICATES, WORLDS, records


@dataclass(frozen=True)
class Row:
    """One number over all replicates of a world and size."""

    world: str
    n: int
    analysis: str
    outcome: str
    what: str
    total: dict[str, float]

    @property
    def replicates(self) -> int:
        return int(self.total["replicates"])

    @property
    def bias(self) -> float:
        return self.total["error"] / self.total["estimates"]

    @property
    def rmse(self) -> float:
        return (self.total["squared_error"] / self.total["estimates"]) ** 0.5

    @property
    def bias_error(self) -> float:
        return (max(self.rmse**2 - self.bias**2, 0.0) / self.total["estimates"]) ** 0.5

    @property
    def coverage(self) -> float:
        return self.total["covered"] / self.total["intervals"]

    @property
    def coverage_error(self) -> float:
        return (self.coverage * (1 - self.coverage) / self.total["intervals"]) ** 0.5


def rows() -> list[Row]:
    """All rows, summed over the shards that are there."""
    found: list[Row] = []
    for world in WORLDS:
        for n in REPLICATES:
            sums: dict[tuple[str, str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
            for record in records(world, n):
                for row in record["rows"]:
                    _sum(sums[row["analysis"], row["outcome"], row["what"]], row)
            found += [Row(world, n, *key, total) for key, total in sums.items()]
    return found


def _sum(total: dict[str, float], row: dict[str, Any]) -> None:
    for key, value in row.items():
        if isinstance(value, int | float):
            total[key] = value if key == "truth" else total[key] + value

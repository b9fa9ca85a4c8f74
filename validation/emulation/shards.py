"""Resumable shards: replicates of a world and size, summed, each a small file written when it is done."""

import json
import math
import sys
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from validation.emulation.replicate import SEED, Cell, replicate

FOLDER = Path(__file__).parent / "shards"
WORLDS = ("S0", "S1", "S3", "S4", "S6", "S7", "S10")
REPLICATES = {47: 1000, 200: 1000, 1000: 200}
SHARD = {47: 250, 200: 100, 1000: 50}


@dataclass(frozen=True)
class Shard:
    """Replicates first, ... of one world and size."""

    world: str
    n: int
    first: int

    @property
    def path(self) -> Path:
        """Where its sums are kept."""
        return FOLDER / f"{self.world}-n{self.n}-{self.first:04d}.json"


def all_shards() -> list[Shard]:
    """All shards: small cohorts first, and of every world a first part before the rest."""
    shards = [
        Shard(world, n, first)
        for n, total in REPLICATES.items()
        for first in range(0, total, SHARD[n])
        for world in WORLDS
    ]
    return sorted(shards, key=lambda one: (one.n, one.first // SHARD[one.n]))


def carry_out(shard: Shard) -> float:
    """Run a shard and write its sums; return the seconds."""
    begin = time.perf_counter()
    sums: dict[tuple[str, str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for number in range(shard.first, shard.first + SHARD[shard.n]):
        for cell in replicate(shard.world, shard.n, number):
            _add(sums[cell.analysis, cell.outcome, cell.what], cell)
    rows = [{"analysis": a, "outcome": o, "what": w, **totals} for (a, o, w), totals in sorted(sums.items())]
    record = {"date": date.today().isoformat(), "seed": SEED, "rows": rows}
    FOLDER.mkdir(exist_ok=True)
    partial = shard.path.with_suffix(".partial")
    partial.write_text(json.dumps(record, indent=0) + "\n", encoding="utf-8")
    partial.rename(shard.path)
    return time.perf_counter() - begin


def _add(totals: dict[str, float], cell: Cell) -> None:
    totals["truth"] = cell.truth
    totals["replicates"] += 1
    totals["sealed"] += cell.verdict == "sealed"
    totals["amber"] += cell.verdict == "amber"
    if math.isnan(cell.estimate):
        totals["without_number"] += 1
        return
    error = cell.estimate - cell.truth
    totals["error"] += error
    totals["squared_error"] += error**2
    totals["estimates"] += 1
    if math.isnan(cell.lower):
        totals["without_interval"] += 1
        return
    totals["intervals"] += 1
    covers = cell.lower <= cell.truth <= cell.upper
    totals["covered"] += covers
    totals["width"] += cell.upper - cell.lower
    totals["excludes_zero"] += not cell.lower <= 0 <= cell.upper
    if cell.verdict != "sealed":
        totals["shown"] += 1
        totals["shown_covered"] += covers


def carry_out_missing(workers: int = 2, at_most: int | None = None) -> None:
    """Resume where the last run ended."""
    missing = [shard for shard in all_shards() if not shard.path.exists()][:at_most]
    sys.stderr.write(f"emulation: {len(missing)} of {len(all_shards())} shards to run\n")
    with ProcessPoolExecutor(max_workers=workers) as pool:
        running = {pool.submit(carry_out, shard): shard for shard in missing}
        for done, future in enumerate(as_completed(running), 1):
            seconds = future.result()
            sys.stderr.write(f"{done}/{len(missing)} {running[future].path.name} {seconds:.0f} s\n")


def records(world: str, n: int) -> list[dict[str, Any]]:
    """The shards of a world and size that are there."""
    shards = [one for one in all_shards() if one.world == world and one.n == n and one.path.exists()]
    return [json.loads(one.path.read_text(encoding="utf-8")) for one in shards]

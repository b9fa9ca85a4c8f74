"""Resumable shards of 200 cohorts, and the section of docs/validation.md that is made from them."""

import json
import math
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from validation.shrinkage.world import NAMES, WORLDS, Answer, World, answers

FOLDER = Path(__file__).parent / "shards"
# Cohorts by world and size.
COHORTS = {("prior", 47): 1000, ("prior", 200): 400, ("null", 47): 400, ("wide", 47): 400}
SHARD = 200
ALL = "all seven"
RARE = ("sixth=yes",)  # printed by itself: the one that runs to infinity

Totals = dict[str, float]


@dataclass(frozen=True)
class Shard:
    """Cohorts first, ..., first + SHARD - 1 of one world and size."""

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
        for n in sizes(world)
        for first in range(0, COHORTS[world.name, n], SHARD)
    ]


def sizes(world: World) -> list[int]:
    """Sizes of the cohorts of a world."""
    return [n for name, n in COHORTS if name == world.name]


def carry_out(shard: Shard) -> None:
    """Run a shard and write its sums."""
    sums: dict[tuple[str, str], Totals] = defaultdict(lambda: defaultdict(float))
    for number in range(shard.first, shard.first + SHARD):
        for one in answers(shard.world, shard.n, number):
            _add(sums[one.model, one.name], one)
    rows = [{"model": model, "name": name, **total} for (model, name), total in sorted(sums.items())]
    FOLDER.mkdir(exist_ok=True)
    partial = shard.path.with_suffix(".partial")
    partial.write_text(json.dumps(rows, indent=0) + "\n", encoding="utf-8")
    partial.rename(shard.path)


def _add(total: Totals, one: Answer) -> None:
    total["asked"] += 1
    if math.isnan(one.value):
        total["without_number"] += 1
        return
    error = one.value - one.truth
    total["sum_error"] += error
    total["sum_squares"] += error * error
    total["sum_fourth"] += error**4
    total["sum_product"] += one.value * one.truth
    total["sum_truth"] += one.truth * one.truth
    total["covered"] += one.lower <= one.truth <= one.upper
    total["sum_width"] += one.upper - one.lower


def carry_out_missing(workers: int = 2) -> None:
    """Resume where the last run ended."""
    missing = [shard for shard in all_shards() if not shard.path.exists()]
    sys.stderr.write(f"shrinkage: {len(missing)} of {len(all_shards())} shards to run\n")
    with ProcessPoolExecutor(max_workers=workers) as pool:
        running = {pool.submit(carry_out, shard): shard for shard in missing}
        for future in as_completed(running):
            future.result()
            sys.stderr.write(f"{running[future].path.name}\n")


def pooled(world: World, n: int) -> dict[tuple[str, str], Totals]:
    """Sums over the shards that are there, by model and coefficient, and over all coefficients."""
    found: dict[tuple[str, str], Totals] = defaultdict(lambda: defaultdict(float))
    for shard in all_shards():
        if (shard.world, shard.n) == (world, n) and shard.path.exists():
            for row in json.loads(shard.path.read_text(encoding="utf-8")):
                for key, value in row.items():
                    if isinstance(value, int | float):
                        found[row["model"], row["name"]][key] += value
                        found[row["model"], ALL][key] += value
    return found


def section() -> str:
    """The table of docs/validation.md."""
    lines = [
        "\n## Hazard ratios at small n, with and without a prior\n",
        f"Seven log hazard ratios ({', '.join(NAMES)}), about half of the patients with the event, estimated together by "
        "the prognostic table: by Cox regression, and with a normal prior of mean 0 and SD 0.7 (`shrunken`). RMSE and "
        "coverage are of log ratios; ‘no number’ is the share that runs to infinity (a level without events), which "
        "the RMSE of the unshrunken ones leaves out, in their favour. Slope: regression of the estimates on the truth; "
        "above 1 they are too far from 0. ± takes the coefficients of a cohort as independent. In the world ‘wide’ the shrunken "
        "intervals must fail: they hold for ratios as the prior has them.\n",
        "| world | n | coefficient | model | RMSE ± | slope | coverage ± | width | no number |",
        "|---|--:|---|---|--:|--:|--:|--:|--:|",
    ]
    for world in WORLDS:
        for n in sizes(world):
            found = pooled(world, n)
            for name in (ALL, *RARE):
                for model in ("together", "shrunken"):
                    if (model, name) in found:
                        lines.append(_line(world, n, name, model, found[model, name]))
    said = "; ".join(f"**{world.name}**: {world.says}" for world in WORLDS)
    return "\n".join([*lines, "", f"Worlds. {said}.", ""])


def _line(world: World, n: int, name: str, model: str, total: Totals) -> str:
    known = total["asked"] - total["without_number"]
    square = total["sum_squares"] / known
    rmse, spread = math.sqrt(square), math.sqrt(max(total["sum_fourth"] / known - square**2, 0.0) / known)
    coverage = total["covered"] / known
    slope = f"{total['sum_product'] / total['sum_truth']:.2f}" if total["sum_truth"] else "–"
    return (
        f"| {world.name} | {n} | {name} | {model} | {rmse:.3f} ± {spread / (2 * rmse):.3f} | {slope} "
        f"| {coverage:.3f} ± {math.sqrt(coverage * (1 - coverage) / known):.3f} "
        f"| {total['sum_width'] / known:.2f} | {total['without_number'] / total['asked']:.1%} |"
    )

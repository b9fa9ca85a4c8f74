"""Resumable shards: 2,000 patients of a world under every strategy are one small file, written when they are done."""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from equipoise.protocol.read import read_question
from equipoise.protocol.strategy import Strategy
from equipoise.synth.read import read_world, shipped_worlds
from equipoise.synth.recorded import PROTOCOL
from equipoise.synth.world import World
from validation.courses.cases import BUSY, Question, compare, question

FOLDER = Path(__file__).parent / "shards"
SEED = 20261201
PATIENTS = 10_000
SHARD = 2_000
EVERYTHING = "everything on"  # S0 with `BUSY`


@dataclass(frozen=True)
class Shard:
    """Patients first, ..., first + SHARD - 1 of a world."""

    world: str
    first: int

    @property
    def path(self) -> Path:
        """Where its counts are kept."""
        return FOLDER / f"{self.world.replace(' ', '-')}-{self.first:05d}.json"

    def found(self) -> dict[str, Any] | None:
        """What came of it; None if it was not carried out, or in a world that is another one now."""
        if not self.path.exists():
            return None
        record = json.loads(self.path.read_text(encoding="utf-8"))
        return record if record["world"] == read(self.world).digest() else None


def worlds() -> tuple[str, ...]:
    """The shipped worlds, and the one in which nothing is switched off."""
    return (*shipped_worlds(), EVERYTHING)


@cache
def read(name: str) -> World:
    """A world by its name."""
    return read_world("S0", BUSY) if name == EVERYTHING else read_world(name)


def all_shards() -> list[Shard]:
    """All shards: the reference world first, then the first patients of every world, and so on.

    Of the world in which nothing is switched off, which is no preset, the first patients only.
    """
    reference, *others = worlds()
    firsts = range(0, PATIENTS, SHARD)
    return [
        *(Shard(reference, first) for first in firsts),
        *(Shard(world, first) for first in firsts for world in others if world != EVERYTHING or not first),
    ]


def strategies_of(world: str, asked: Question) -> tuple[Strategy, ...]:
    """All strategies in the reference world and in the busy one; the shipped ones, with usual care, elsewhere."""
    if world in (worlds()[0], EVERYTHING):
        return asked.strategies
    shipped = {one.name for one in read_question(PROTOCOL)[0].strategies}
    return tuple(one for one in asked.strategies if one.name in shipped or not one.rules)


def carry_out(shard: Shard) -> int:
    """Compare both simulators on a shard and write what came of it; return how many courses differ."""
    world, asked = read(shard.world), question()
    rows: list[dict[str, Any]] = []
    for strategy in strategies_of(shard.world, asked):
        came = compare(world, strategy, asked, range(shard.first, shard.first + SHARD), SEED)
        rows.append(
            {
                "strategy": strategy.name,
                "events": came.events,
                "different": list(came.different),
                "farthest": float(f"{came.farthest:.1e}"),
            }
        )
    today = date.today().isoformat()
    record = {"world": world.digest(), "seed": SEED, "date": today, "patients": SHARD, "strategies": rows}
    FOLDER.mkdir(exist_ok=True)
    partial = shard.path.with_suffix(".partial")
    partial.write_text(json.dumps(record, indent=0) + "\n", encoding="utf-8")
    partial.rename(shard.path)
    return sum(len(row["different"]) for row in rows)


def carry_out_missing(workers: int = 2, at_most: int | None = None) -> None:
    """Resume where the last run ended; `at_most` so many shards."""
    missing = [shard for shard in all_shards() if shard.found() is None][:at_most]
    sys.stderr.write(f"courses: {len(missing)} of {len(all_shards())} shards to run\n")
    with ProcessPoolExecutor(max_workers=workers) as pool:
        running = {pool.submit(carry_out, shard): shard for shard in missing}
        for done, future in enumerate(as_completed(running), 1):
            different = future.result()
            sys.stderr.write(f"{done}/{len(missing)} {running[future].path.name}: {different} differ\n")


def records(world: str) -> Iterator[dict[str, Any]]:
    """The shards of a world that are there."""
    for shard in all_shards():
        if shard.world == world and (record := shard.found()) is not None:
            yield record


SECTION = """
## The virtual registry: two simulators

Virtual patients are simulated twice: by the compiled simulator, and by a slow one that goes patient by patient
and step by step and was written from [the world](methods/virtual-registry.md), its files and the strategies as
they stand in a protocol; it has nothing of the other but the addresses of the draws. Compared are covariates, every
event with its detail exactly, and times to 1e-9 relative, with visits written down and without; in S0 {strategies} strategies
(the natural course, the shipped ones, and those of `validation/courses/strategies.yaml`: every grace law, several
rules on one treatment, triggers and conditions of all kinds), elsewhere the natural course and the shipped ones.
“{everything}” is S0 with every parameter at work, with all of them.
Seed {seed}, last run {date}; `python -m validation.courses` goes on where it ended.

**{courses} courses, {different} of them different.**

| world | strategies | patients | events compared | courses that differ | largest difference of a time |
|---|--:|--:|--:|--:|--:|
{lines}
"""


def section() -> str:
    """The section of docs/validation.md; empty without shards."""
    lines: list[str] = []
    dates: list[str] = []
    courses = different = strategies = 0
    for world in worlds():
        found = list(records(world))
        if not found:
            continue
        dates += [record["date"] for record in found]
        rows = [row for record in found for row in record["strategies"]]
        patients = sum(record["patients"] for record in found)
        differ = sum(len(row["different"]) for row in rows)
        in_all = set.intersection(*({row["strategy"] for row in record["strategies"]} for record in found))
        strategies = max(strategies, len(in_all))
        courses += sum(record["patients"] * len(record["strategies"]) for record in found)
        different += differ
        lines.append(
            f"| {world} | {len(in_all)} | {patients:,} | {sum(row['events'] for row in rows):,} | {differ} "
            f"| {max(row['farthest'] for row in rows):.0e} |"
        )
    if not lines:
        return ""
    return SECTION.format(
        strategies=strategies,
        everything=EVERYTHING,
        seed=SEED,
        date=max(dates),
        courses=f"{courses:,}",
        different=different,
        lines="\n".join(lines),
    )

"""Resumable shards: 200 cases are one small file, written when they are done."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from validation.fuzz.case import SEED, built
from validation.fuzz.material import TARGETS
from validation.fuzz.verdict import Verdict, judged

FOLDER = Path(__file__).parent / "shards"
CASES = 10_000
SHARD = 200
ENDINGS = ("answered", "refused", "broken")


@dataclass(frozen=True)
class Shard:
    """Cases first, ..., first + SHARD - 1."""

    first: int

    @property
    def path(self) -> Path:
        """Where its counts are kept."""
        return FOLDER / f"cases-{self.first:05d}.json"


def all_shards() -> list[Shard]:
    """All shards, in order."""
    return [Shard(first) for first in range(0, CASES, SHARD)]


def carry_out(shard: Shard) -> int:
    """Judge the cases of a shard and write their counts; return how many are broken."""
    verdicts = [judged(built(number)) for number in range(shard.first, shard.first + SHARD)]
    counts = {target: Counter(one.ended for one in verdicts if one.target == target) for target in TARGETS}
    codes = {
        target: sorted({code for one in verdicts if one.target == target for code in one.codes})
        for target in TARGETS
    }
    record = {
        "seed": SEED,
        "date": date.today().isoformat(),
        "counts": {target: {ending: counts[target][ending] for ending in ENDINGS} for target in TARGETS},
        "codes": codes,
        "slowest": round(max(one.seconds for one in verdicts), 1),
        "broken": [_remembered(one) for one in verdicts if one.ended == "broken"],
    }
    FOLDER.mkdir(exist_ok=True)
    partial = shard.path.with_suffix(".partial")
    partial.write_text(json.dumps(record, indent=0) + "\n", encoding="utf-8")
    partial.rename(shard.path)
    return len(record["broken"])


def _remembered(verdict: Verdict) -> dict[str, Any]:
    """Number and last line of what went wrong; `python -m validation.fuzz --case N` tells the rest."""
    lines = verdict.failure.strip().splitlines() or [""]
    return {"case": verdict.number, "target": verdict.target, "failure": lines[-1][:300]}


def carry_out_missing(workers: int = 2) -> None:
    """Resume where the last run ended."""
    missing = [shard for shard in all_shards() if not shard.path.exists()]
    sys.stderr.write(f"fuzz: {len(missing)} of {len(all_shards())} shards to run\n")
    with ProcessPoolExecutor(max_workers=workers) as pool:
        running = {pool.submit(carry_out, shard): shard for shard in missing}
        for done, future in enumerate(as_completed(running), 1):
            broken = future.result()
            sys.stderr.write(f"{done}/{len(missing)} {running[future].path.name}: {broken} broken\n")


def records() -> Iterator[dict[str, Any]]:
    """Counts of the shards that are there."""
    for shard in all_shards():
        if shard.path.exists():
            yield json.loads(shard.path.read_text(encoding="utf-8"))


SECTION = """
## Bad input: the structured fuzzer

Valid cohorts, sheets, mappings, vocabularies and protocols are damaged by one to six mutations that know their
grammar (`validation/fuzz`), and go through the public verbs `check`, `run` with its report, and `init`. A case
ends *answered* (a study whose tables keep their schemas and invariants: probabilities in [0, 1], limits around
their estimate, curves that never turn back, states and flow that add up, no private text in any file) or
*refused* (one error with a registered code, where, what, why and what to do; no identifier, date or free text; the
target folder and the sources as they were, byte by byte). Anything else, another exception, a warning, a case
that works for more than 20 seconds, is *broken*. Seed {seed}, last run {date}; case k alone:
`python -m validation.fuzz --case k`.

**{cases} cases, {broken} broken; {codes} distinct codes told.**

| target | cases | answered | refused | broken | codes |
|---|--:|--:|--:|--:|--:|
{lines}

The slowest case worked for {slowest} s.
"""


def section() -> str:
    """The section of docs/validation.md; empty without shards."""
    found = list(records())
    if not found:
        return ""
    lines: list[str] = []
    every: set[str] = set()
    for target in TARGETS:
        counts = Counter[str]()
        codes: set[str] = set()
        for record in found:
            counts.update(record["counts"][target])
            codes.update(record["codes"][target])
        total = counts.total()
        shares = " | ".join(f"{counts[ending]} ({counts[ending] / total:.0%})" for ending in ENDINGS[:2])
        lines.append(f"| {target} | {total} | {shares} | {counts['broken']} | {len(codes)} |")
        every |= codes
    return SECTION.format(
        seed=SEED,
        date=max(record["date"] for record in found),
        cases=f"{sum(sum(sum(one.values()) for one in record['counts'].values()) for record in found):,}",
        broken=sum(len(record["broken"]) for record in found),
        codes=len(every),
        lines="\n".join(lines),
        slowest=max(record["slowest"] for record in found),
    )

"""Courses of virtual patients a second, growth, memory, and the slow simulator: ``python -m bench.courses``.

Run alone it renews its own part of results.json and of the page.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.measure import peak_growth, seconds

HERE = Path(__file__).resolve().parent
SIZES = (100_000, 1_000_000, 10_000_000)
HORIZON = 60.0
SEED = 2026
WORKERS = 2
SLOW = 2_000
COURSES_A_SECOND = 0.7e6
MEGABYTES = 400.0


def run() -> dict[str, Any]:
    """Time the natural course of S0; the slow simulator must give the same courses."""
    sizes = []
    for patients in SIZES:
        _pass(1_000)
        begin, processor = time.perf_counter(), time.process_time()
        _pass(patients)
        wall, cpu = time.perf_counter() - begin, time.process_time() - processor
        entry = {"patients": patients, "wall": wall, "processor": cpu, "megabytes": _memory(patients)}
        sizes.append(entry)
        print(f"courses {patients:,}: {patients / wall / 1e6:.2f} million a second", flush=True)
    return {"sizes": sizes, "slow": _slow()}


def _pass(patients: int) -> int:
    """Simulate chunk after chunk and keep nothing but a count."""
    from equipoise.protocol.read import read_question
    from equipoise.protocol.strategy import NATURAL_COURSE
    from equipoise.synth.courses import in_chunks
    from equipoise.synth.numbers import as_record
    from equipoise.synth.orders import orders_of
    from equipoise.synth.read import read_world
    from equipoise.synth.world import numbers_of

    protocol, vocabulary = read_question("virtual_registry")
    world, orders = as_record(numbers_of(read_world("S0"))), orders_of(NATURAL_COURSE, protocol, vocabulary)
    chunks = in_chunks(
        world, orders, range(patients), SEED, horizon=HORIZON, every_visit=False, workers=WORKERS
    )
    return sum(chunk.time.size for chunk in chunks)


def _memory(patients: int) -> float:
    command = [sys.executable, "-m", "bench.courses", str(patients)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=HERE.parent, env=os.environ
    )
    return float(done.stdout)


def _slow() -> dict[str, Any]:
    """Both simulators on the same patients; their courses are asserted to be equal."""
    from equipoise.protocol.read import read_question
    from equipoise.protocol.strategy import NATURAL_COURSE
    from equipoise.synth.courses import simulate_courses
    from equipoise.synth.numbers import as_record
    from equipoise.synth.orders import orders_of
    from equipoise.synth.read import read_world
    from equipoise.synth.reference import course_of
    from equipoise.synth.reference_luck import Luck
    from equipoise.synth.world import numbers_of

    protocol, vocabulary = read_question("virtual_registry")
    world, patients = read_world("S0"), range(SLOW)
    record, orders = as_record(numbers_of(world)), orders_of(NATURAL_COURSE, protocol, vocabulary)

    def fast() -> Any:
        return simulate_courses(record, orders, patients, SEED, horizon=HORIZON, every_visit=False)

    times, found = seconds(fast)
    begin = time.process_time()
    told = [course_of(Luck(SEED, i), world, NATURAL_COURSE, protocol.treatments, HORIZON) for i in patients]
    took = time.process_time() - begin
    logs = [record for one in told for record in one.without_visits]
    assert [record.what for record in logs] == found.what.tolist(), "the courses differ"
    assert max(abs(x.months - y) for x, y in zip(logs, found.time, strict=True)) < 1e-9, "their times differ"
    return {"patients": SLOW, "fast": statistics.median(times), "slow": took}


def targets(found: dict[str, Any]) -> list[str]:
    """One line a target."""
    sizes = found["sizes"]
    rate = min(entry["patients"] / entry["wall"] for entry in sizes)
    linear = all(b["processor"] <= 15 * a["processor"] for a, b in pairwise(sizes))
    small = sizes[-1]["megabytes"] <= MEGABYTES
    said = {True: "met", False: "missed"}
    return [
        f"virtual patients: at least {COURSES_A_SECOND / 1e6:g} million courses a second on 2 cores: "
        f"{said[rate >= COURSES_A_SECOND]}",
        f"virtual patients: linear from {SIZES[0]:,} to {SIZES[-1]:,}: {said[linear]}",
        f"virtual patients: {SIZES[-1]:,} in at most {MEGABYTES:.0f} MB: {said[small]}",
    ]


def section(found: dict[str, Any]) -> str:
    """The part of the page."""
    lines = [
        "## Courses of virtual patients",
        "",
        "Natural course of the reference world to month 60, in chunks, two workers: wall time, processor "
        "time of both, and peak growth of memory.",
        "",
        "| patients | wall | processor | courses a second | memory |",
        "|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {one['patients']:,} | {one['wall']:.2f} s | {one['processor']:.2f} s "
        f"| {one['patients'] / one['wall'] / 1e6:.2f} million | {one['megabytes']:.0f} MB |"
        for one in found["sizes"]
    ]
    slow = found["slow"]
    ratio = slow["slow"] / slow["fast"]
    lines += ["", f"The slow simulator, which gives the same courses, takes {ratio:,.0f} times as long."]
    return "\n".join(lines)


def main() -> None:
    """Renew this part of the results, or (with a number) print the memory of one pass."""
    if len(sys.argv) > 1:
        _pass(1_000)  # imports and compilation belong to the baseline
        print(peak_growth(lambda: _pass(int(sys.argv[1]))))
        return
    from bench import table

    results = json.loads((HERE / "results.json").read_text(encoding="utf-8"))
    results["courses"] = run()
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (HERE.parent / "docs" / "benchmarks.md").write_text(table.page(results), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Emulated trials on a monthly panel, beside two peers and the truth: ``python -m bench.emulation``.

The peers live in an environment of their own (`PEERS`, or `.venv-peers`, which `make bench` sets up); without
it they are left out. Run alone it renews its own part of results.json and of the page.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench import panel
from bench.measure import peak_growth, seconds

HERE = Path(__file__).resolve().parent
PEERS = Path(os.environ.get("PEERS", HERE.parent / ".venv-peers")) / "bin" / "python"
PATIENTS, SMALL, MONTHS, TRUTH, SEED = 10_000, 500, 60, 400_000, 5
AT = (24, 60)
OURS, STUDY = "equipoise", "equipoise, the whole study"
CLONES, FIRST, ALL = "clone-censor-weight", "pySEQTarget, first trial", "pySEQTarget, all trials"
STRATEGIES: dict[str, panel.Decision] = {"never": panel.never, "at_once": panel.at_once}
FASTER, SMALLER = 50.0, 20.0
AGREE = 0.5  # standard errors of ours by which another estimator of the same number may differ

Answers = dict[str, dict[str, tuple[float, float | None]]]


def run() -> dict[str, Any]:
    """Ask everybody the same question about the same patients."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write(place)
        entries = [_ours(name, place) for name in (OURS, STUDY)]
        if PEERS.exists():
            entries += [_peer(name, place) for name in (CLONES, FIRST, ALL)]
        else:
            print(f"{PEERS} not found: the emulations by peers are left out of this run")
    for entry in entries:
        entry["ratio"] = entry["median"] / entries[0]["median"]
        entry["memory_ratio"] = entry["megabytes"] / entries[0]["megabytes"]
        print(f"  {entry['name']:<28}{entry['median']:>9.3f} s {entry['ratio']:>8.1f} x", flush=True)
    _agree(entries)
    return {"patients": PATIENTS, "months": MONTHS, "truths": truths(), "entries": entries}


def truths() -> dict[str, dict[str, dict[str, float]]]:
    """By intervention: from the first month on; and from every month on in those who could still start."""
    worlds = {name: panel.simulate(TRUTH, MONTHS, 99, do) for name, do in STRATEGIES.items()}
    first = {name: {str(month): panel.survival(one, month) for month in AT} for name, one in worlds.items()}
    return {"first": first, "all": {name: _all_trials(name) for name in STRATEGIES}}


def _all_trials(name: str) -> dict[str, float]:
    """Share alive so many months after the months in which patients were alive and had not started."""
    trials, alive = 0, dict.fromkeys(AT, 0)
    for begin in range(MONTHS):

        def decide(month: panel.Month, begin: int = begin) -> np.ndarray:
            if month.number <= begin:
                return panel.usual_care(month)
            return np.full(month.v.size, float(name == "at_once" and month.number == begin + 1))

        world = panel.simulate(PATIENTS, begin + MONTHS, 98, decide)
        there = (world.death > begin) & (world.start > begin)
        trials += int(there.sum())
        for after in AT:
            alive[after] += int((world.death[there] > begin + after).sum())
    return {str(after): count / trials for after, count in alive.items()}


def write(place: Path, patients: int = PATIENTS) -> None:
    """The panel as five tables with the question, and as columns for the peers."""
    data = panel.simulate(patients, MONTHS, SEED)
    panel.write_tables(data, place / "tables")
    asked = (panel.QUESTION / "at_once.yaml").read_text(encoding="utf-8")
    (place / "tables" / "at_once.yaml").write_text(asked, encoding="utf-8")
    columns = {name: getattr(data, name) for name in ("v", "marker", "start", "death", "last")}
    np.savez(place / "panel.npz", **columns)


def call_of(name: str, place: Path) -> Callable[[], Any]:
    """Ours: curves, contrasts and their intervals; or everything that a study holds."""
    from equipoise.emulate.enrol import enrol
    from equipoise.estimate.emulated.answer import analysis_of
    from equipoise.estimate.emulated.emulated import carry_out
    from equipoise.estimate.emulated.rows import Block, contrast_rows, level_rows
    from equipoise.ingest.read import read_cohort
    from equipoise.protocol.read import read_protocol
    from equipoise.study.run import run as study

    cohort = read_cohort(place / "tables")
    protocol = read_protocol(place / "tables" / "at_once.yaml")
    emulation = protocol.analysis.emulation
    assert emulation is not None

    def emulate() -> Any:
        analysis, _ = analysis_of(protocol, cohort, enrol(protocol, cohort), emulation)
        found = carry_out(analysis, emulation)
        return level_rows(found, Block()), contrast_rows(found, Block(), None)

    return emulate if name == OURS else lambda: study(protocol, cohort, SEED)


def _ours(name: str, place: Path) -> dict[str, Any]:
    from equipoise.base.version import __version__

    times, found = seconds(call_of(name, place))
    return {
        "name": name,
        "version": __version__,
        "seconds": times,
        "median": statistics.median(times),
        "megabytes": _printed(sys.executable, "-m", "bench.emulation", name, str(place))["megabytes"],
        "answers": _read(found[0] if name == OURS else found.tables["estimates"]),
    }


def _read(estimates: Any) -> Answers:
    """Survival with its standard error by strategy and month."""
    import polars as pl

    asked = estimates.filter(pl.col("measure") == "survival", pl.col("strategy").is_in(list(STRATEGIES)))
    rows = {
        (row["strategy"], round(row["day"] / panel.DAYS)): (row["estimate"], row["std_error"])
        for row in asked.iter_rows(named=True)
    }
    return {name: {str(month): rows[name, month] for month in AT} for name in STRATEGIES}


def _peer(name: str, place: Path) -> dict[str, Any]:
    script = [str(PEERS), str(HERE / "emulation_peers.py"), str(place / "panel.npz"), name]
    found: dict[str, Any] = {"name": name}
    for what in ("seconds", "memory"):
        found |= _printed(*script, what)
    found["median"] = statistics.median(found["seconds"])
    return found


def _printed(*command: str) -> dict[str, Any]:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=HERE.parent, env=_environment()
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def _environment() -> dict[str, str]:
    """Let the allocators, of C and of polars, return what is freed: kept, it would hide a later growth."""
    at_once = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0"}
    return os.environ | at_once | {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}


def memory(name: str, place: Path) -> float:
    """Megabytes of ours in this process; imports and compilation belong to the baseline."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), SMALL)
        call_of(name, Path(folder))()
    return peak_growth(call_of(name, place))


def _agree(entries: list[dict[str, Any]]) -> None:
    """The same estimator gives the same numbers and errors; pySEQTarget draws a curve by few parameters."""
    ours = entries[0]["answers"]
    for entry in entries[1:]:
        if entry["name"] in (STUDY, CLONES):
            for strategy, months in entry["answers"].items():
                for month, (value, error) in months.items():
                    mine, my_error = ours[strategy][month]
                    assert abs(value - mine) < AGREE * my_error, f"{entry['name']}: {strategy}, {month}"
                    assert 0.8 < error / my_error < 1.25, f"{entry['name']}: error of {strategy}, {month}"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps({"megabytes": memory(sys.argv[1], Path(sys.argv[2]))}))
    else:
        results = json.loads((HERE / "results.json").read_text(encoding="utf-8"))
        results["emulation"] = run()
        (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        from bench import table

        (HERE.parent / "docs" / "benchmarks.md").write_text(table.page(results), encoding="utf-8")

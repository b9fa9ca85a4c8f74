"""``python -m bench``: time the problems, assert equal answers, write results.json and docs/benchmarks.md."""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from bench import courses, emulation, extra, table
from bench.measure import seconds
from bench.memory import MODELS
from bench.suite import PROBLEMS, Problem

HERE = Path(__file__).resolve().parent
RSCRIPT = shutil.which("Rscript")


def main() -> None:
    """Run everything; R is left out, with a message, where there is no Rscript."""
    if RSCRIPT is None:
        print("Rscript not found: the comparisons with R are left out of this run")
    results: dict[str, Any] = {
        "machine": machine(),
        "problems": [],
        "models": [],
        "scaling": [],
        "bootstrap": {},
    }
    for problem in PROBLEMS:
        results["problems"].append(run(problem))
    for name in MODELS:
        results["models"] += run_model(name)
    results["scaling"] = extra.scaling()
    results["bootstrap"] = extra.bootstrap()
    results["courses"] = courses.run()
    results["emulation"] = emulation.run()
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    page = HERE.parent / "docs" / "benchmarks.md"
    page.write_text(table.page(results), encoding="utf-8")
    failed = [line for line in table.targets(results) if line.endswith("missed")]
    if failed:
        sys.exit("\n".join(failed))


def machine() -> dict[str, Any]:
    """Return cores and versions; nothing that names the machine."""
    packages = ("equipoise", "numpy", "numba", "scikit-survival", "greenwood", "comprisk", "lifelines")
    found: dict[str, Any] = {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "python": platform.python_version(),
    }
    return found | {package: version(package) for package in packages}


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def run(problem: Problem) -> dict[str, Any]:
    """Time ours, the Python peers and R on the same data; each must give our answer."""
    data = problem.data(problem.patients)
    print(f"{problem.title}, {problem.patients:,} patients", flush=True)
    entries: list[dict[str, Any]] = []
    ours: np.ndarray | None = None
    for name, prepare in problem.contenders.items():
        call, answer = prepare(data, problem.grid)
        times, result = seconds(call)
        found = answer(result)
        ours = found if ours is None else ours
        entries.append(_entry(name, version(name), times, _memory(problem.name, name)))
        entries[-1]["largest_difference"] = _agree(problem, name, ours, found)
    if RSCRIPT is not None and ours is not None:
        entries.append(_survfit(problem, data, ours))
    for entry in entries:
        entry["ratio"] = entry["median"] / entries[0]["median"]
        print(f"  {entry['name']:<18}{entry['median']:>10.4f} s {entry['ratio']:>9.1f} x", flush=True)
    return {
        "name": problem.name,
        "title": problem.title,
        "patients": problem.patients,
        "faster_than_r": problem.faster_than_r,
        "entries": entries,
    }


def run_model(name: str) -> list[dict[str, Any]]:
    """Time the contenders of a regression model; the module asserts that they agree."""
    reports = MODELS[name].run()
    for report in reports:
        print(f"{report['title']}, {report['patients']:,} patients", flush=True)
        for entry in report["entries"]:
            print(f"  {entry['name']:<24}{entry['median']:>10.4f} s {entry['ratio']:>9.1f} x", flush=True)
            if report["name"] in MODELS and "::" not in entry["name"]:
                entry["megabytes"] = _memory(report["name"], entry["name"])
    return reports


def _entry(name: str, which: str, times: list[float], megabytes: float) -> dict[str, Any]:
    return {
        "name": name,
        "version": which,
        "seconds": times,
        "median": statistics.median(times),
        "megabytes": megabytes,
    }


def _agree(problem: Problem, name: str, ours: np.ndarray, found: np.ndarray) -> float:
    """Return the largest absolute difference; estimates to 1e-12, standard errors, where given, to 1e-10."""
    columns = found.shape[1]
    difference = np.abs(ours[:, :columns] - found)
    assert np.nanmax(difference[:, : problem.estimates]) < 1e-12, f"{name} gives other estimates"
    assert np.nanmax(difference) < 1e-10, f"{name} gives other standard errors"
    return float(np.nanmax(difference))


def _memory(problem: str, name: str) -> float:
    command = [sys.executable, "-m", "bench.memory", problem, name]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=HERE.parent, env=_environment()
    )
    return float(done.stdout)


def _environment() -> dict[str, str]:
    """Let the C library return freed arrays to the system: kept ones would hide a later growth."""
    return os.environ | {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}


def _survfit(problem: Problem, data: Any, ours: np.ndarray) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        for column in problem.columns:
            getattr(data, column).astype(np.int32).tofile(Path(folder) / f"{column}.bin")
        problem.grid.astype(np.int32).tofile(Path(folder) / "grid.bin")
        printed: dict[str, list[str]] = {}
        for mode in ("times", "memory"):
            command = [str(RSCRIPT), "--vanilla", str(HERE / "survfit.R"), folder, problem.survfit, mode]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=_environment())
            printed |= {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
        answers = np.fromfile(Path(folder) / "answers.bin").reshape(-1, ours.shape[0]).T
    which = f"{printed['versions'][1]} (R {printed['versions'][0]})"
    times = [float(number) for number in printed["seconds"]]
    entry = _entry("survival::survfit", which, times, float(printed["megabytes"][0]))
    entry["largest_difference"] = _agree(problem, "survfit", ours, answers)
    return entry


if __name__ == "__main__":
    main()

"""The results as a page of Markdown, and the targets as lines that end in "met" or "missed"."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from bench import courses, emulation_page

LINEAR = 1.5  # ten times the patients may take at most this much more than ten times the time

# How many times faster than a peer the regressions must be; any other peer: ahead of it.
AHEAD = {"lifelines": 10.0, "lifelines, fit alone": 10.0}


def targets(results: dict[str, Any]) -> list[str]:
    """Return one line a target."""
    lines = []
    for problem in results["problems"]:
        ours, *peers = problem["entries"]
        python = [peer for peer in peers if "::" not in peer["name"]]
        fastest = min(python, key=lambda peer: peer["median"])
        verdict = _verdict(fastest["median"] > ours["median"])
        lines.append(f"{problem['title']}: faster than {fastest['name']}, the fastest Python peer: {verdict}")
        in_r = [peer for peer in peers if "::" in peer["name"]]
        if problem["faster_than_r"] and in_r:
            verdict = _verdict(in_r[0]["ratio"] >= problem["faster_than_r"])
            lines.append(f"{problem['title']}: at least {problem['faster_than_r']:.0f} x survfit: {verdict}")
    for model in results["models"]:
        lines += [
            f"{model['title']} ({model['patients']:,} patients): at least {AHEAD.get(peer['name'], 1):g} x "
            f"{peer['name']}: {_verdict(peer['ratio'] >= AHEAD.get(peer['name'], 1))}"
            for peer in model["entries"][1:]
        ]
    for name in ("kaplan-meier", "aalen-johansen"):
        times = [entry[name] for entry in results["scaling"]]
        linear = all(b <= 10 * LINEAR * a for a, b in pairwise(times))
        lines.append(f"{name}: linear from 10,000 to 1,000,000 patients: {_verdict(linear)}")
    lines.append(f"2,000 bootstrap draws below one second: {_verdict(results['bootstrap']['median'] < 1)}")
    return [*lines, *(line for name, part in _parts(results) for line in part.targets(results[name]))]


def _parts(results: dict[str, Any]) -> list[tuple[str, Any]]:
    """Parts that may also be run alone, so far as they have been."""
    parts = (("courses", courses), ("emulation", emulation_page))
    return [(name, part) for name, part in parts if name in results]


def _verdict(holds: bool) -> str:
    return "met" if holds else "missed"


def page(results: dict[str, Any]) -> str:
    """Return docs/benchmarks.md."""
    parts = [
        "# Benchmarks",
        "Made by `make bench` (`python -m bench`): the public call on both sides, data in memory, one "
        "warm-up, median of five runs in processor seconds (the machine is shared); the answers are asserted "
        "equal in the same run, standard errors where the program gives the same ones. Memory is the peak "
        "growth of resident memory during one call in a fresh process, above imports, compilation and data.",
        "scikit-survival gives no standard errors here and greenwood none for several states; survfit's are "
        "infinitesimal jackknives, compared for several states.",
        _machine_line(results["machine"]),
    ]
    for problem in results["problems"]:
        parts += [
            f"## {problem['title']} ({problem['patients']:,} patients)",
            _problem_table(problem["entries"]),
        ]
    parts += [
        "The models below are asserted to have equal coefficients and standard errors (comprisk's two "
        "variances against ours of the same kind). lifelines is given rows that are already cut where "
        "covariates change: its own preparation takes minutes. `crr` needs time of order n squared and is "
        "met at fewer patients. Memory is measured for Python only.",
    ]
    for model in results["models"]:
        parts += [
            f"## {model['title']} ({model['patients']:,} patients, {model['events']:,} events)",
            _model_table(model["entries"]),
        ]
    parts += ["## Growth with the number of patients", _scaling_table(results["scaling"])]
    draws = results["bootstrap"]
    parts += [
        "## Weighted bootstrap",
        f"{draws['draws']:,} draws of the occupation of six states at 60 months, "
        f"{draws['patients']} patients: {1000 * draws['median']:.0f} ms.",
        *(part.section(results[name]) for name, part in _parts(results)),
        "## Targets",
        "\n".join(f"- {line}" for line in targets(results)),
    ]
    return "\n\n".join(parts) + "\n"


def _machine_line(machine: dict[str, Any]) -> str:
    named = ("cores", "processor")
    versions = ", ".join(f"{key} {value}" for key, value in machine.items() if key not in named)
    return f"Machine: {machine['cores']} cores, {machine['processor']}; {versions}."


def _problem_table(entries: list[dict[str, Any]]) -> str:
    lines = [
        "| program | median | times ours | memory | largest difference from ours |",
        "|---|--:|--:|--:|--:|",
    ]
    for entry in entries:
        difference = "" if entry is entries[0] else f"{entry['largest_difference']:.1e}"
        lines.append(
            f"| {entry['name']} {entry['version']} | {_time(entry['median'])} | {entry['ratio']:.1f} "
            f"| {entry['megabytes']:.0f} MB | {difference} |"
        )
    return "\n".join(lines)


def _model_table(entries: list[dict[str, Any]]) -> str:
    lines = ["| program | median | times ours | memory |", "|---|--:|--:|--:|"]
    for entry in entries:
        memory = f"{entry['megabytes']:.0f} MB" if "megabytes" in entry else ""
        name = f"{entry['name']} {entry['version']}"
        lines.append(f"| {name} | {_time(entry['median'])} | {entry['ratio']:.1f} | {memory} |")
    return "\n".join(lines)


def _scaling_table(entries: list[dict[str, Any]]) -> str:
    lines = [
        "| patients | Kaplan-Meier | Aalen-Johansen, six states, with errors at 60 months |",
        "|--:|--:|--:|",
    ]
    lines += [
        f"| {entry['patients']:,} | {_time(entry['kaplan-meier'])} | {_time(entry['aalen-johansen'])} |"
        for entry in entries
    ]
    return "\n".join(lines)


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"

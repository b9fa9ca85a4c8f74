"""The part of docs/benchmarks.md on emulated trials, and its targets."""

from __future__ import annotations

from typing import Any

from bench.emulation import ALL, CLONES, FASTER, FIRST, OURS, SMALLER

SAID = {True: "met", False: "missed"}
COLUMNS = (("never", "24"), ("never", "60"), ("at_once", "24"), ("at_once", "60"))


def targets(found: dict[str, Any]) -> list[str]:
    """One line a target; none without the peers."""
    sequential = [entry for entry in found["entries"] if entry["name"] == ALL]
    return [
        line
        for entry in sequential
        for line in (
            f"emulated trial with standard errors: at least {FASTER:.0f} x {ALL}, without any: "
            f"{SAID[entry['ratio'] >= FASTER]}",
            f"emulated trial: memory at least {SMALLER:.0f} x below {ALL}: "
            f"{SAID[entry['memory_ratio'] >= SMALLER]}",
        )
    ]


def section(found: dict[str, Any]) -> str:
    """Times and memory as ratios, then the answers beside the truth."""
    return "\n\n".join(
        [
            f"## Emulated trials ({found['patients']:,} patients, {found['months']} months)",
            "A monthly panel in which a marker asks for a drug and the drug lowers the marker "
            "(`bench/panel.py`); the truth is what happens when somebody intervenes. Asked is survival if "
            "everybody starts in the first month, and if nobody ever starts. Each program has its own form "
            "of the data in memory; the peers have an environment of their own.",
            _costs(found["entries"]),
            _answers(found),
            _explained(found["entries"]),
        ]
    )


def _costs(entries: list[dict[str, Any]]) -> str:
    lines = ["| program | times ours | memory, times ours |", "|---|--:|--:|"]
    lines += [
        f"| {one['name']} {one['version']} | {one['ratio']:.1f} | {one['memory_ratio']:.1f} |"
        for one in entries
    ]
    return "\n".join(lines)


def _answers(found: dict[str, Any]) -> str:
    first, every = (_cells(found["truths"][which]) for which in ("first", "all"))
    lines = [
        "| survival (standard error) | never, 24 months | never, 60 | at once, 24 | at once, 60 |",
        "|---|--:|--:|--:|--:|",
        f"| **truth** | {first} |",
    ]
    for one in found["entries"]:
        if one["name"] == ALL:
            lines.append(f"| **truth of all trials** | {every} |")
        lines.append(f"| {one['name']} | {_cells(one['answers'])} |")
    return "\n".join(lines)


def _cells(answers: dict[str, dict[str, Any]]) -> str:
    return " | ".join(_cell(answers[name][month]) for name, month in COLUMNS)


def _cell(answer: float | list[float | None]) -> str:
    value, error = answer if isinstance(answer, list) else (answer, None)
    return f"{value:.4f}" if error is None else f"{value:.4f} ({error:.4f})"


EXPLAINED = {
    OURS: "The first line is the emulation with its curves, contrasts and influence standard errors; the "
    "whole study adds the audit, the natural course, diagnostics, bands from 1,000 draws and every table.",
    CLONES: f"{CLONES} is the same estimator, with a logistic model of the starts where ours has a "
    "complementary log-log one. Answers are asserted to be alike within half a standard error, errors within "
    "a quarter. Its errors are a sandwich that it computes and does not show (it offers the bootstrap), and "
    "it answers for one time a fit. With a longer window it lets everybody start as in usual care until the "
    "last day, the law called `natural`, which ours refuses to weight.",
    FIRST: f"{FIRST}: the same question, its curve drawn by a logistic model of the hazard in few "
    "parameters, hence smooth, and off where the model is; no standard errors without a bootstrap.",
    ALL: "All trials, its ordinary use, ask another question: a start now against never from now on, over "
    "all months in which somebody could still start. Its truth stands above it.",
}


def _explained(entries: list[dict[str, Any]]) -> str:
    """Why the numbers are alike, or not; nothing about a peer that was left out."""
    return " ".join(EXPLAINED[entry["name"]] for entry in entries if entry["name"] in EXPLAINED)

"""Bias of the weights in large cohorts, where neither priors nor chance hide it: 20,000 patients a replicate."""

import json
import math
from datetime import date
from typing import Any

import numpy as np

from equipoise.base.clock import months_to_days
from equipoise.emulate.enrol import enrol
from equipoise.estimate.analysis import Analysis, courses
from equipoise.estimate.emulated.prepared import prepare
from equipoise.estimate.emulated.weighted import weigh, weighted_answers
from equipoise.estimate.plan import plan_of
from equipoise.synth.read import read_world
from equipoise.synth.registry import registry
from validation.emulation.replicate import ASSESSED, CONTRASTS, MONTH, question, truths
from validation.emulation.shards import FOLDER

PATIENTS = 20_000
REPLICATES = 40
SEED = 8_000_000
PATH = FOLDER / "large.json"
LIMIT = 2.5  # Monte-Carlo errors


def carry_out_missing() -> None:
    """Run all replicates unless they are there."""
    if PATH.exists():
        return
    found = [_replicate(number) for number in range(REPLICATES)]
    rows = {key: [one[key] for one in found] for key in found[0]}
    record = {"date": date.today().isoformat(), "seed": SEED, "patients": PATIENTS, "rows": rows}
    FOLDER.mkdir(exist_ok=True)
    PATH.write_text(json.dumps(record, indent=0) + "\n", encoding="utf-8")


def _replicate(number: int) -> dict[str, float]:
    protocol, _ = question("S0")
    cohort = registry(read_world("S0"), math.ceil(PATIENTS / ASSESSED), SEED + number)
    enrolment = enrol(protocol, cohort)
    plan, _ = plan_of(protocol, cohort, enrolment)
    analysis = Analysis(protocol, cohort, enrolment, plan, courses(protocol, cohort, enrolment, plan))
    emulation = protocol.analysis.emulation
    assert emulation is not None
    prepared = prepare(analysis, emulation)
    values = weighted_answers(prepared, weigh(prepared, prepared.omega))
    levels: dict[tuple[str, str], float] = {}
    place = 0
    for strategy in prepared.strategies:
        for outcome in prepared.outcomes.values():
            for one in outcome.numbers:
                if one.measure == "survival" and abs(one.day - months_to_days(MONTH)) < 1e-6:
                    levels[outcome.name, strategy.name] = float(values[place])
                place += 1
    found = {f"{outcome} {name}": value for (outcome, name), value in levels.items()}
    found |= {
        f"{outcome} {a} - {b}": levels[outcome, a] - levels[outcome, b]
        for outcome in emulation.outcomes
        for a, b in CONTRASTS
    }
    return found


def section() -> str:
    """The table of biases; empty unless they are there."""
    if not PATH.exists():
        return ""
    record: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    truth = truths("S0")
    lines = [
        f"\n### Large cohorts\n\n{REPLICATES} replicates of {record['patients']:,} patients in S0 (seed {record['seed']}, "
        f"{record['date']}): bias in units of its Monte-Carlo error; beyond {LIMIT} would be a miss.\n",
        "| outcome | what | truth | bias ± | in errors | |",
        "|---|---|--:|--:|--:|---|",
    ]
    for key, values in record["rows"].items():
        outcome, _, what = key.partition(" ")
        true = truth[outcome, what]
        bias = float(np.mean(values)) - true
        error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
        verdict = "**miss**" if abs(bias) > LIMIT * error else ""
        lines.append(
            f"| {outcome} | {what} | {true:+.4f} | {bias:+.4f} ± {error:.4f} | {bias / error:+.1f} | {verdict} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    carry_out_missing()

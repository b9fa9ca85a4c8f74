"""What is kept of a calibration: one file; delete it to simulate again."""

import json
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from equipoise.synth.calibration.calibration import PATIENTS, SEED, calibrate
from equipoise.synth.calibration.target import Target, read_targets
from equipoise.synth.read import read_world

WORLD = "S0"
PLACE = Path(__file__).parent / f"{WORLD}.json"


@dataclass(frozen=True)
class Row:
    """A target with what was simulated; the fields are those of `Calibrated.record`."""

    target: Target
    value: float
    error: float
    otherwise: dict[str, float]
    lower: float | None
    upper: float | None
    interval: str
    verdict: str

    @property
    def is_quotable(self) -> bool:
        return self.target.published.quotable

    @property
    def estimate(self) -> float:
        return self.target.published.estimate


@dataclass(frozen=True)
class Kept:
    """A calibration and how it was made."""

    patients: int
    seed: int
    day: str
    rows: dict[str, Row]


def carry_out_missing() -> None:
    """Simulate unless a result is kept."""
    if PLACE.exists():
        return
    sys.stderr.write(f"calibration of {WORLD}: {PATIENTS:,} patients under three strategies\n")
    results = [one.record() for one in calibrate(read_world(WORLD), patients=PATIENTS, seed=SEED)]
    kept = {
        "world": WORLD,
        "patients": PATIENTS,
        "seed": SEED,
        "day": date.today().isoformat(),
        "results": [_rounded(one) for one in results],
    }
    partial = PLACE.with_suffix(".partial")
    partial.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    partial.rename(PLACE)


def read_kept() -> Kept:
    """The kept result, beside the targets as they are declared now."""
    plain = json.loads(PLACE.read_text(encoding="utf-8"))
    results = {one.pop("key"): one for one in plain["results"]}
    rows: dict[str, Row] = {}
    for target in read_targets().all:
        found = results.pop(target.key)
        if found.pop("published") != target.published.estimate:
            raise ValueError(f"{target.key}: the published number has changed; delete {PLACE.name}")
        rows[target.key] = Row(target=target, **found)
    if results:
        raise ValueError(f"no target any more: {sorted(results)}; delete {PLACE.name}")
    return Kept(plain["patients"], plain["seed"], plain["day"], rows)


def _rounded(record: dict[str, Any]) -> dict[str, Any]:
    """Twelve decimals: the same file wherever it is made."""
    if isinstance(record, dict):
        return {key: _rounded(value) for key, value in record.items()}
    return round(record, 12) if isinstance(record, float) else record

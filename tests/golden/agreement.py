"""Read R's answers and compare with them; the largest difference of each comparison goes to the terminal."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

FIXTURES = Path(__file__).parent / "fixtures"


@cache
def fixture(name: str) -> Any:
    """Return what the R script ``r/{name}.R`` answered."""
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))["answers"]


def array(values: Any) -> np.ndarray:
    """Return R's numbers as float64; null (R's NA or NaN) becomes NaN."""
    return np.array(values, dtype=np.float64)


class Ledger:
    """What was compared in this run: number of values, largest difference, values R has no number for."""

    def __init__(self) -> None:
        self.largest: dict[str, float] = {}
        self.compared: Counter[str] = Counter()
        self.without: Counter[str] = Counter()
        self.notes: list[str] = []

    def agree(self, what: str, ours: Any, theirs: Any, *, tolerance: float, floor: float = 1e-3) -> None:
        """Assert ``|ours - theirs| <= tolerance max(|theirs|, floor)`` wherever R has a number.

        Parameters
        ----------
        floor : below it the comparison is absolute (probabilities and standard errors that are nearly 0).
        """
        mine, r = np.asarray(ours, dtype=np.float64), array(theirs)
        assert mine.shape == r.shape, f"{what}: shape {mine.shape} against {r.shape} in R"
        known = np.isfinite(r)
        self.without[what] += int((~known).sum())
        self.compared[what] += int(known.sum())
        if not known.any():
            return
        difference = np.abs(mine[known] - r[known]) / np.maximum(np.abs(r[known]), floor)
        worst = float(np.max(difference))
        assert worst <= tolerance, f"{what}: relative difference {worst:.3g} from R, allowed {tolerance:.0e}"
        self.largest[what] = max(self.largest.get(what, 0.0), worst)

    def as_record(self) -> dict[str, Any]:
        """Return all of it as plain values, for another process."""
        return {
            "largest": self.largest,
            "compared": dict(self.compared),
            "without": dict(self.without),
            "notes": self.notes,
        }

    def add(self, record: dict[str, Any]) -> None:
        """Add what another process compared."""
        for what, worst in record["largest"].items():
            self.largest[what] = max(self.largest.get(what, 0.0), worst)
        self.compared.update(record["compared"])
        self.without.update(record["without"])
        self.notes.extend(note for note in record["notes"] if note not in self.notes)

    def lines(self) -> list[str]:
        """Return the table for the terminal."""
        table = [
            f"{what:<62}{self.compared[what]:>8}{self.largest.get(what, 0.0):>12.1e}{self.without[what]:>8}"
            for what in sorted(self.compared)
        ]
        head = f"{'compared with R (largest relative difference)':<62}{'values':>8}{'largest':>12}{'no R':>8}"
        return [*self.notes, head, *table]


def last_value(time: np.ndarray, values: np.ndarray, grid: Any, before: float) -> np.ndarray:
    """Return the right-continuous step function at the grid."""
    place = np.searchsorted(time, np.asarray(grid), side="right")
    return np.concatenate([np.full((1, *values.shape[1:]), before), values])[place]

"""Problems without a peer that does the same: growth with the patients, and the weighted bootstrap."""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np

from bench.contenders import equipoise_curve, equipoise_structure
from bench.measure import seconds
from bench.problems import REPORT_TICKS, STATES, curve, structure

SIZES = (10_000, 100_000, 1_000_000)
DRAWS, PATIENTS = 2_000, 800


def scaling() -> list[dict[str, Any]]:
    """Time both named problems from ten thousand to a million patients."""
    found = []
    for patients in SIZES:
        one, _ = equipoise_curve(curve(patients), REPORT_TICKS // 2)
        many, _ = equipoise_structure(structure(patients))
        entry = {"patients": patients}
        for name, call in (("kaplan-meier", one), ("aalen-johansen", many)):
            entry[name] = statistics.median(seconds(call)[0])
            print(f"scaling {name} {patients:,}: {entry[name]:.4f} s", flush=True)
        found.append(entry)
    return found


def bootstrap() -> dict[str, Any]:
    """Two thousand Bayesian-bootstrap draws; three of them are checked against a separate weighted fit."""
    from dataclasses import replace

    from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
    from equipoise.kernels.bootstrap import occupation_draws
    from equipoise.kernels.rows import Rows

    data = structure(PATIENTS)
    columns = (data.patient, data.start, data.stop, data.origin, data.target)
    rows = Rows.build(*columns, states=STATES, patients=PATIENTS)
    multipliers = np.random.default_rng(3).exponential(size=(DRAWS, PATIENTS))
    times, draws = seconds(lambda: occupation_draws(rows, multipliers, REPORT_TICKS))
    largest = 0.0
    for draw in (0, 999, 1999):
        weighted = replace(rows, weight=multipliers[draw][rows.patient])
        alone = probability_at(aalen_johansen(weighted), REPORT_TICKS)
        largest = max(largest, float(np.abs(alone - draws[draw]).max()))
    assert largest < 1e-12, "a draw differs from the weighted estimate"
    print(f"bootstrap: {statistics.median(times):.4f} s", flush=True)
    return {
        "draws": DRAWS,
        "patients": PATIENTS,
        "seconds": times,
        "median": statistics.median(times),
        "largest_difference": largest,
    }

"""Covariates of the treatment models as they stand at time zero."""

import numpy as np

from equipoise.estimate.emulated.person_time import PersonTime
from equipoise.estimate.emulated.prepared import Prepared
from equipoise.kernels.arrays import Float64


def at_time_zero(prepared: Prepared) -> dict[str, Float64]:
    """Values by column, float64[n] each; of one name in two models the first, without columns of zeros.

    Parameters
    ----------
    prepared
        The emulation.
    """
    columns: dict[str, Float64] = {}
    for time in prepared.processes:
        first = np.flatnonzero(np.append(True, time.patient[1:] != time.patient[:-1])[: time.patient.size])
        starts_at_zero = first[time.start[first] == 0]
        for place in range(baseline_columns(time), len(time.columns)):
            if time.columns[place] in columns:
                continue
            values = np.zeros(time.patients)
            values[time.patient[starts_at_zero]] = time.x[time.group[starts_at_zero], place]
            if bool((values != 0).any()):
                columns[time.columns[place]] = values
    return columns


def baseline_columns(time: PersonTime) -> int:
    """How many columns are pieces of the baseline hazard; they come first."""
    return sum(name.startswith("months ") for name in time.columns)

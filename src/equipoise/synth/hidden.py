"""What no registry knows of its patients: frailty, aplasia and residual disease as they are. For teaching.

Nothing in the package reads it. It says how late a loss was seen, and what a negative test had missed.
"""

import numpy as np
import polars as pl

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.kernels.arrays import Float64
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.strategy import Strategy
from equipoise.synth import addresses as a
from equipoise.synth.courses import Courses
from equipoise.synth.entry import enter
from equipoise.synth.followed import follow
from equipoise.synth.numbers import COVARIATES
from equipoise.synth.registry import registry_courses
from equipoise.synth.world import World

_FRAILTY = COVARIATES.index("frailty")


def hidden(
    world: World,
    n: int,
    seed: int,
    *,
    strategy: Strategy | str | None = None,
    protocol: Protocol | None = None,
) -> pl.DataFrame:
    """What was so in the patients of `equipoise.simulate` with the same arguments.

    Returns
    -------
    pl.DataFrame
        Columns patient (as in the registry), day (since the infusion, not rounded), name and value: `frailty`
        on day 0; `aplasia` and `residual_disease`, 1 or 0, at the first assessment and whenever they change
        in first remission. Patients who were never in remission have a frailty only.

    Raises
    ------
    ProtocolError
        As for `equipoise.simulate`.
    """
    parts: list[pl.DataFrame] = []
    before = 0
    for courses in registry_courses(world, n, seed, strategy=strategy, protocol=protocol):
        entry = enter(world, courses, seed)
        followed = follow(courses, entry, seed, world.registry.rounding_days)
        row = np.full(courses.n, -1)
        row[followed.address - courses.first] = before + np.arange(followed.n)
        frailty = np.arange(courses.n), np.zeros(courses.n), courses.covariates[:, _FRAILTY]
        remits = entry.remits[courses.patient]
        day = entry.assessed[courses.patient] + courses.time * DAYS_PER_MONTH
        aplasia, disease = _aplasia(courses), _disease(courses)
        for name, (patient, when, value) in {
            "frailty": frailty,
            "aplasia": (courses.patient, day, np.where(remits, aplasia, np.nan)),
            "residual_disease": (courses.patient, day, np.where(remits, disease, np.nan)),
        }.items():
            found = pl.DataFrame({"patient": row[patient], "day": when, "value": value})
            parts.append(found.with_columns(name=pl.lit(name)))
        before += followed.n
    told = pl.concat(parts).filter((pl.col("patient") >= 0) & pl.col("value").is_not_nan())
    return told.select("patient", "day", "name", "value").sort("patient", "day", "name")


def _aplasia(courses: Courses) -> Float64:
    """Aplasia after each record that begins or ends it; NaN for other records."""
    restored = (courses.what == a.REINFUSION) & (courses.detail == 1)
    value = np.where((courses.what == a.TIME_ZERO) | restored, 1.0, np.nan)
    return np.where(courses.what == a.LOSS, 0.0, value)


def _disease(courses: Courses) -> Float64:
    """Residual disease after each record that begins or ends it; NaN for other records."""
    value = np.where(courses.what == a.TIME_ZERO, courses.detail, np.nan)
    return np.where(courses.what == a.RISE, 1.0, np.where(courses.what == a.FALL, 0.0, value))

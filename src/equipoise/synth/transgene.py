"""Measurements of the CAR transgene as the registry has them: with an error, and with limits."""

from typing import Final

import numpy as np
import polars as pl

from equipoise.kernels.arrays import Bool, Float64, Int64
from equipoise.synth import addresses as a
from equipoise.synth.draws import normals, uniforms
from equipoise.synth.followed import Followed
from equipoise.synth.kinetic_parts import TransgeneAssay
from equipoise.synth.kinetics import levels
from equipoise.synth.measured import PLACES
from equipoise.synth.numbers import as_record
from equipoise.synth.world import World, numbers_of

NAME: Final = "transgene"
UNIT: Final = "copies/µg"
MOST: Final = 1e7  # the end of the range in the vocabulary
_DIGITS: Final = 3
_PLACE: Final = 4  # among the results of one day, after the four of `equipoise.synth.measured`


def measurements(followed: Followed, world: World) -> pl.DataFrame:
    """Rows of the table of measurements.

    The transgene is measured on the days after the infusion that the world names, up to the first assessment,
    in all patients; then at each visit and test in first remission. After a reinfusion that succeeded it is
    that of the new cells; the cells of the first infusion no longer count.

    Parameters
    ----------
    followed
        The patients.
    world
        Curve, assay, and the share of results that never reached the registry.

    Returns
    -------
    pl.DataFrame
        One row a patient and day: patient, day, name, value, state, unit, bound.
    """
    patient, day = _samples(followed, world.kinetics.assay)
    missing = world.registry.missing_results
    if missing > 0:
        occasion = (day - followed.assessed[patient]) * PLACES + _PLACE
        drawn = uniforms(followed.seed, followed.address[patient], a.MISSING_RESULT, occasion)
        patient, day = patient[drawn >= missing], day[drawn >= missing]
    address = followed.address[patient]
    infusion, since = _infusions(followed, patient, day)
    copies = levels(followed.seed, address, infusion, since, as_record(numbers_of(world)))
    error = normals(followed.seed, address, a.TRANSGENE, day)
    value, below = results(copies, error, world.kinetics.assay)
    is_below = pl.Series("below", below)
    return pl.DataFrame(
        {
            "value": value,
            "patient": pl.Series(patient, dtype=pl.Int32),
            "day": pl.Series(day, dtype=pl.Float64),
        }
    ).with_columns(
        name=pl.lit(NAME),
        state=pl.lit(None, dtype=pl.String()),
        unit=pl.lit(UNIT),
        bound=pl.when(is_below).then(pl.lit("<")).otherwise(pl.lit("=")),
    )


def results(copies: Float64, error: Float64, assay: TransgeneAssay) -> tuple[Float64, Bool]:
    """What the laboratory writes.

    Parameters
    ----------
    copies
        float64[E], copies per microgram of DNA.
    error
        float64[E], standard normal: ``log(measured) = log(copies) + residual_sd error``.
    assay
        Error and limits.

    Returns
    -------
    value : float64[E]
        Of three digits; the limit where the result is below it.
    below : bool[E]
        Whether the result is only known to be below the value.
    """
    measured = np.minimum(copies * np.exp(assay.residual_sd * error), MOST)
    is_detected = measured >= assay.detected_from
    below = measured < assay.quantified_from
    limit = np.where(is_detected, assay.quantified_from, assay.detected_from)
    # The limits themselves stay as they are, so that rounding makes no exact result below them.
    step = 10.0 ** (np.floor(np.log10(np.maximum(measured, assay.detected_from))) + 1 - _DIGITS)
    exact = np.maximum(np.rint(measured / step) * step, assay.quantified_from)
    return np.where(below, limit, exact), below


def _samples(followed: Followed, assay: TransgeneAssay) -> tuple[Int64, Int64]:
    """Patient and day of each sample, one a patient and day."""
    days = np.array(assay.days, dtype=np.int64)
    patient, day = np.repeat(np.arange(followed.n), days.size), np.tile(days, followed.n)
    before = (day < followed.assessed[patient]) & (day <= followed.stop[patient])
    is_test = followed.of(a.VISIT, a.EXTRA_TEST)
    pairs = np.unique(np.stack([followed.patient[is_test], followed.day[is_test]]), axis=1)
    return np.append(patient[before], pairs[0]), np.append(day[before], pairs[1])


def _infusions(followed: Followed, patient: Int64, day: Int64) -> tuple[Int64, Int64]:
    """Number of the infusion that counts for each sample, and days since it."""
    is_again = followed.of(a.REINFUSION)
    again, works = followed.patient[is_again], followed.detail[is_again] == 1
    number = 1 + np.arange(again.size) - np.searchsorted(again, again)
    # The first infusion of all, on day 0, and the reinfusions that succeeded.
    whose = np.append(np.arange(followed.n), again[works])
    when = np.append(np.zeros(followed.n, dtype=np.int64), followed.day[is_again][works])
    which = np.append(np.zeros(followed.n, dtype=np.int64), number[works])
    order = np.lexsort((when, whose))
    # A sample of the very day of a reinfusion was taken before it.
    last = order[np.searchsorted(_keys(whose, when)[order], _keys(patient, day)) - 1]
    return which[last], day - when[last]


def _keys(patient: Int64, day: Int64) -> Int64:
    """Numbers in the order of patients, then of days."""
    return patient * 1_000_000 + day

"""Test results as the registry has them: values and limits on the days of the visits and tests."""

from typing import Final

import numpy as np
import polars as pl

from equipoise.kernels.arrays import Bool, Float64, Int16, Int64
from equipoise.synth import addresses as a
from equipoise.synth.draws import uniforms
from equipoise.synth.followed import Followed
from equipoise.synth.recorded import FLOW_THRESHOLD, NGS_THRESHOLD

BCELL_LIMIT: Final = 1.0  # cells/µL
_NAMES: Final = ("bca", "bcell_abs", "flow_mrd", "ngs_mrd")
_BCA, _BCELL, _FLOW, _NGS = range(4)
_UNITS: Final = (None, "cells/µL", "of cells", "of cells")
_POSITIVE, _LOST = 1, 2  # bits of the detail of a test
PLACES: Final = 8  # occasions of one day


def measurements(followed: Followed, missing: float) -> pl.DataFrame:
    """Table of measurements.

    Every visit and test in first remission has four results: whether there is aplasia, the count of B cells,
    residual disease by flow cytometry (negative, as it defines the remission) and by sequencing. Of several
    tests of one day the registry keeps one, positive if one of them was and lost if one of them showed it. A
    first assessment without remission, and a relapse, has a positive flow cytometry. Values are made up in
    the range that the result allows; nothing else depends on them.

    Parameters
    ----------
    followed
        The patients.
    missing
        Share of results that never reached the registry; never the flow cytometry of the first assessment,
        which makes the patient's time zero.
    """
    patient, day, detail = _tests(followed)
    since = day - followed.assessed[patient]
    address = followed.address[patient]
    parts: list[pl.DataFrame] = []
    for place in range(len(_NAMES)):
        kept = np.ones(patient.size, dtype=np.bool_)
        if missing > 0:
            drawn = uniforms(followed.seed, address, a.MISSING_RESULT, since * PLACES + place)
            kept = drawn >= missing
            if place == _FLOW:
                kept |= since == 0
        parts.append(
            _results(followed.seed, place, address[kept], since[kept], detail[kept]).with_columns(
                patient=pl.Series(patient[kept], dtype=pl.Int32), day=pl.Series(day[kept], dtype=pl.Float64)
            )
        )
    return pl.concat([*parts, _disease(followed)])


def losses(measured: pl.DataFrame) -> pl.DataFrame:
    """Days on which a loss of aplasia is on record for the first time, or again after aplasia had come back.

    Returns
    -------
    pl.DataFrame
        Columns patient and day.
    """
    states = measured.filter(pl.col("name") == _NAMES[_BCA]).sort("patient", "day")
    before = pl.col("state").shift().over("patient").fill_null("present")
    return states.filter((pl.col("state") == "lost") & (before == "present")).select("patient", "day")


def _tests(followed: Followed) -> tuple[Int64, Int64, Int16]:
    """Patient, day and detail of the tests, one a patient and day."""
    is_test = followed.of(a.VISIT, a.EXTRA_TEST)
    patient, day, detail = followed.patient[is_test], followed.day[is_test], followed.detail[is_test]
    opens = np.append(True, (patient[1:] != patient[:-1]) | (day[1:] != day[:-1]))[: patient.size]
    first = np.flatnonzero(opens)
    joined = np.bitwise_or.reduceat(detail, first) if first.size else detail
    return patient[first], day[first], joined


def _results(seed: int, place: int, address: Int64, since: Int64, detail: Int16) -> pl.DataFrame:
    """Results of one measurement; without patient and day."""
    n = address.size
    if place == _BCA:
        lost = pl.Series(detail & _LOST != 0)
        state = pl.select(pl.when(lost).then(pl.lit("lost")).otherwise(pl.lit("present"))).to_series()
        return _frame(place, np.full(n, np.nan), np.zeros(n, dtype=np.bool_), state)
    value = np.full(n, {_BCELL: BCELL_LIMIT, _FLOW: FLOW_THRESHOLD, _NGS: NGS_THRESHOLD}[place])
    bits = {_BCELL: _LOST, _FLOW: 0, _NGS: _POSITIVE}[place]
    found = detail & bits != 0
    if place == _BCELL:
        drawn = uniforms(seed, address[found], a.BCELL_VALUE, since[found])
        value[found] = np.floor(3.0 * 100.0**drawn)  # 3 to 299 cells/µL
    elif place == _NGS:
        drawn = uniforms(seed, address[found], a.NGS_VALUE, since[found])
        # From the limit up to, and not reaching, what flow cytometry would have seen; three digits.
        value[found] = np.minimum(np.floor(100.0 * 100.0**drawn), 9999.0) / 1e8
    return _frame(place, value, ~found, None)


def _disease(followed: Followed) -> pl.DataFrame:
    """Flow cytometry where there is disease: assessments without remission, and relapses."""
    relapse = followed.of(
        a.RELAPSE, a.RELAPSE_AFTER_HCT, a.RELAPSE_IN_SECOND_REMISSION, a.RELAPSE_AFTER_SALVAGE
    )
    unremitted = np.flatnonzero(~followed.remits & (followed.stop >= followed.assessed))
    # A patient who died before the assessment, however late the day was to be, was not assessed.
    unremitted = unremitted[followed.death[unremitted] >= followed.assessed[unremitted]]
    patient = np.concatenate([followed.patient[relapse], unremitted])
    day = np.concatenate([followed.day[relapse], followed.assessed[unremitted]])
    drawn = uniforms(followed.seed, followed.address[patient], a.FLOW_VALUE, day - followed.assessed[patient])
    value = np.floor(50.0 * 18.0**drawn) / 1000.0  # 5 to 89.9 % of cells
    return _frame(_FLOW, value, np.zeros(value.size, dtype=np.bool_), None).with_columns(
        patient=pl.Series(patient, dtype=pl.Int32), day=pl.Series(day, dtype=pl.Float64)
    )


def _frame(place: int, value: Float64, below: Bool, state: pl.Series | None) -> pl.DataFrame:
    text = pl.String()
    below_limit = pl.Series("below", below)
    return pl.DataFrame({"value": pl.Series(value, nan_to_null=True)}).with_columns(
        name=pl.lit(_NAMES[place]),
        state=pl.lit(None, dtype=text) if state is None else state,
        unit=pl.lit(_UNITS[place], dtype=text),
        bound=pl.when(below_limit).then(pl.lit("<")).otherwise(pl.lit("=")),
    )

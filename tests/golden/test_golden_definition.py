"""The random data sets in exact fractions; the influence as a numeric derivative of the definition."""

from __future__ import annotations

from fractions import Fraction

import definition
import numpy as np
import pytest
from agreement import Ledger, last_value
from random_histories import DATA_SETS, DataSet, Row, data_set
from test_golden_random_histories import rows_of, weights_change

from equipoise.kernels import reference
from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
from equipoise.kernels.influence import influence, standard_error
from equipoise.kernels.product_limit import kaplan_meier

CHANGING = [index for index in range(DATA_SETS) if weights_change(data_set(index))]
STEP = 1e-5


def first_transition(data: DataSet) -> int:
    return min(row.stop for row in data.rows if row.target >= 0)


@pytest.mark.parametrize("index", range(DATA_SETS))
def test_estimates_are_the_exact_fractions(index: int, ledger: Ledger) -> None:
    data = data_set(index)
    begin = first_transition(data) - 1
    initial = definition.shares(data, begin, definition.exact_weight, Fraction(0))
    exact = definition.occupation(data, begin, initial, definition.exact_weight, data.grid)
    found = probability_at(aalen_johansen(rows_of(data), begin=begin), data.grid)
    expected = [[float(value) for value in row] for row in exact]
    ledger.agree("exact fractions: probability", found, expected, tolerance=1e-12, floor=1e-300)
    if not data.multistate:
        rows = data.rows
        curve = kaplan_meier(
            [row.stop for row in rows],
            [row.target == 1 for row in rows],
            start=[row.start for row in rows],
            weight=[row.weight for row in rows],
        )
        survival = last_value(curve.time, curve.survival, data.grid, 1.0)
        alive = [row[0] for row in expected]
        ledger.agree("exact fractions: survival", survival, alive, tolerance=1e-12, floor=1e-300)


@pytest.mark.parametrize("index", CHANGING)
def test_influence_is_the_numeric_derivative_when_weights_change(index: int, ledger: Ledger) -> None:
    data, rows = data_set(index), rows_of(data_set(index))
    begin, tick = first_transition(data) - 1, data.grid[7]
    occupation = aalen_johansen(rows, begin=begin)

    def at(patient: int, factor: float) -> np.ndarray:
        def weight(row: Row) -> float:
            return row.weight * (factor if row.patient == patient else 1.0)

        start = definition.shares(data, begin, weight, 0.0)
        return np.array(definition.occupation(data, begin, start, weight, [tick])[0])

    slope = np.array(
        [(at(patient, 1 + STEP) - at(patient, 1 - STEP)) / (2 * STEP) for patient in range(data.patients)]
    )
    found = influence(rows, occupation, tick)
    ledger.agree("numeric derivative, changing weights: influence", found, slope, tolerance=1e-6, floor=1e-2)
    error = standard_error(rows, occupation, [tick])[0]
    expected = np.sqrt((slope**2).sum(axis=0))
    ledger.agree("numeric derivative, changing weights: ij_se", error, expected, tolerance=1e-6, floor=1e-3)


@pytest.mark.parametrize("index", CHANGING)
def test_error_is_the_slow_twin_when_weights_change(index: int, ledger: Ledger) -> None:
    data, rows = data_set(index), rows_of(data_set(index))
    begin, tick = first_transition(data) - 1, data.grid[3]
    columns = (rows.patient, rows.start, rows.stop, rows.origin, rows.target)
    integers = [column.astype(np.int64) for column in columns]
    course = reference.Course(*integers, rows.weight, rows.states, rows.patients, begin=begin)
    slow = reference.standard_error(course, tick)
    fast = standard_error(rows, aalen_johansen(rows, begin=begin), [tick])[0]
    ledger.agree("slow twin, changing weights: ij_se", fast, slow, tolerance=1e-10)

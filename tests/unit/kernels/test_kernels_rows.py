"""Rows refuse what is wrong, and say which row."""

import numpy as np
import pytest

from equipoise.kernels.product_limit import kaplan_meier
from equipoise.kernels.rows import Rows, landmark

GOOD = {
    "patient": [0, 0, 1],
    "start": [0, 2, 0],
    "stop": [2, 5, 4],
    "origin": [0, 1, 0],
    "target": [1, -1, 1],
}


def build(weight=None, **changed) -> Rows:
    columns = {name: np.array(values) for name, values in (GOOD | changed).items()}
    return Rows.build(*columns.values(), weight, states=2, patients=2)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"start": [0, 5, 0]}, r"row 1: start 5 is not before stop 5"),
        ({"stop": [2, 5, -1]}, r"row 2: start 0 is not before stop -1"),
        ({"patient": [0, 2, 1]}, r"row 1: patient number outside 0 to 1"),
        ({"patient": [0, 0, -1]}, r"row 2: patient number outside 0 to 1"),
        ({"origin": [0, 2, 0]}, r"row 1: origin 2 outside the states 0 to 1"),
        ({"origin": [-1, 1, 0]}, r"row 0: origin -1"),
        ({"target": [1, 2, 1]}, r"row 1: target 2 from 1"),
        ({"target": [1, -2, 1]}, r"row 1: target -2 from 1"),
        ({"target": [0, -1, 1]}, r"row 0: target 0 from 0; expected another state"),
        ({"stop": [2, 5]}, r"stop: 2 entries, expected 3"),
        ({"stop": [2, 5, 2**31]}, r"stop: 2 to 2147483648 does not fit 32 bits"),
        ({"origin": [0, 1, 2**15]}, r"origin: 0 to 32768 does not fit 16 bits"),
        ({"start": [[0, 2, 0]]}, r"start: expected one dimension, found 2"),
    ],
)
def test_a_faulty_row_is_named(changed, message):
    with pytest.raises(ValueError, match=message):
        build(**changed)


@pytest.mark.parametrize("weight", [[1, 0, 1], [1, -2, 1], [1, np.nan, 1], [1, np.inf, 1]])
def test_weights_are_positive_and_finite(weight):
    with pytest.raises(ValueError, match=r"row 1: weight .* is not finite and positive"):
        build(weight)


def test_times_are_never_rounded():
    with pytest.raises(TypeError, match="stop: expected integers, found float64"):
        build(stop=[2.0, 5.0, 4.0])
    with pytest.raises(TypeError, match="expected integers"):
        kaplan_meier([1.5], [True])


def test_canonical_order_is_by_patient_and_start_and_then_by_everything():
    rows = build(patient=[1, 0, 0], weight=[1, 2, 3])
    assert rows.patient.tolist() == [0, 0, 1]
    assert rows.start.tolist() == [0, 2, 0]
    assert rows.weight.tolist() == [3, 2, 1]
    # The same patient in two nested trials: equal starts are ordered by stop, origin, target, weight.
    both = build(patient=[0, 0, 0], start=[0, 0, 0], stop=[4, 4, 2], target=[1, -1, -1], weight=[1, 3, 2])
    assert both.stop.tolist() == [2, 4, 4]
    assert both.origin.tolist() == [0, 0, 1]


def test_kept_as_given_when_already_in_order():
    rows = build()
    assert rows.size == 3
    assert rows.stop.tolist() == GOOD["stop"]
    assert rows.weight.tolist() == [1, 1, 1]
    assert (rows.start.dtype, rows.origin.dtype, rows.weight.dtype) == (np.int32, np.int16, np.float64)


def test_landmark_includes_who_enters_the_state_at_the_tick_and_excludes_who_leaves_it():
    rows = build()  # patient 0: state 0 on (0, 2], state 1 on (2, 5]; patient 1: state 0 on (0, 4]
    assert landmark(rows, tick=2, state=0).patient.tolist() == [1]
    at_two = landmark(rows, tick=2, state=1)
    assert at_two.patient.tolist() == [0]
    assert (at_two.start.tolist(), at_two.stop.tolist()) == ([2], [5])
    cut = landmark(rows, tick=1, state=0)
    assert cut.start.tolist() == [1, 2, 1]
    assert (cut.patients, cut.states) == (2, 2)
    with pytest.raises(ValueError, match="state 2: the structure has states 0 to 1"):
        landmark(rows, tick=1, state=2)


def test_kaplan_meier_names_the_faulty_row():
    with pytest.raises(ValueError, match="row 1: start 3 is not before stop 3"):
        kaplan_meier([2, 3], [True, True], start=[0, 3])
    with pytest.raises(ValueError, match="row 0: weight -1"):
        kaplan_meier([2, 3], [True, True], weight=[-1, 3])
    with pytest.raises(ValueError, match="cause: 1 entries, expected 2"):
        kaplan_meier([2, 3], [True])

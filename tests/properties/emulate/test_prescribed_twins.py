"""What a strategy prescribes: fast equals slow, and what happens later changes nothing."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_cohorts import LAST_DAY, build
from random_strategies import courses, enrolment, protocol, strategies

from equipoise.cohort.cohort import Cohort
from equipoise.emulate import reference
from equipoise.emulate.prescribed import prescribed

widths = st.lists(st.integers(1, 4), min_size=1, max_size=6).map(lambda steps: np.cumsum([0.0, *steps]))

one_zero = st.one_of(st.integers(0, 4).map(float), st.integers(0, 4).map(float), st.just(float("nan")))
zeros = st.lists(one_zero, min_size=2, max_size=2)


@given(st.data())
@settings(max_examples=120)
def test_what_is_prescribed_equals_its_twin(data: st.DataObject) -> None:
    cohort = build(data.draw(courses(2)))
    zero = np.array(data.draw(zeros))
    strategy, treatment = data.draw(strategies())
    asked = protocol(strategy)
    edges = data.draw(widths)
    fast = prescribed(asked, strategy, treatment, cohort, enrolment(zero), edges)
    slow = [
        [
            reference.prescribed_for(
                asked, strategy, treatment, cohort, patient, (zero[patient], *(zero[patient] + bin_))
            )
            for bin_ in pairwise(edges)
        ]
        for patient in range(cohort.n)
    ]
    assert fast == pytest.approx(np.array(slow), abs=1e-12)


def later(frame: pl.DataFrame, column: str, day: float) -> pl.DataFrame:
    return frame.filter(pl.col(column) > day)


@given(st.data())
@settings(max_examples=80)
def test_what_happens_later_changes_nothing(data: st.DataObject) -> None:
    """Two cohorts with the same records up to day s, and any others after it: the same q up to day s + 1."""
    tables, others = data.draw(courses(2)), data.draw(courses(2))
    day = float(data.draw(st.integers(-1, LAST_DAY)))
    columns = {"observation": "start", "measurements": "day", "interventions": "start", "events": "day"}
    edited = {
        name: pl.concat([tables[name].filter(pl.col(column) <= day), later(others[name], column, day)])
        for name, column in columns.items()
    }
    cohort, other = build(tables), build({"patients": tables["patients"], **edited})
    zero = np.array(data.draw(zeros))
    strategy, treatment = data.draw(strategies())
    edges = np.arange(0.0, LAST_DAY + 2)

    def of(whom: Cohort) -> np.ndarray:
        return prescribed(protocol(strategy), strategy, treatment, whom, enrolment(zero), edges)

    known = zero[:, np.newaxis] + edges[:-1] <= day  # bins that begin by the end of day s
    assert np.array_equal(of(cohort)[known], of(other)[known])


def test_the_strategies_prescribe_something() -> None:
    """Twins that agree on nothing but zeros prove nothing."""
    seen = {"0": 0, "between": 0, "1": 0, "after a trigger": 0}

    @given(st.data())
    @settings(max_examples=100)
    def collect(data: st.DataObject) -> None:
        cohort = build(data.draw(courses(2)))
        zero = np.zeros(cohort.n)
        strategy, treatment = data.draw(strategies())
        q = prescribed(protocol(strategy), strategy, treatment, cohort, enrolment(zero), np.arange(0.0, 13.0))
        seen["0"] += int((q == 0).sum())
        seen["between"] += int(((q > 0) & (q < 1)).sum())
        seen["1"] += int((q == 1).sum())
        seen["after a trigger"] += int(((q[:, 0] == 0) & (q > 0).any(axis=1)).sum())

    collect()
    assert all(count > 10 for count in seen.values()), seen

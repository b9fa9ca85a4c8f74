"""Clones: fast equals slow, who has one is settled at time zero, and what happens later changes nothing."""

import math
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_cohorts import LAST_DAY, build
from random_strategies import about_several, enrolment, followed, protocol

from equipoise.cohort.cohort import Cohort
from equipoise.emulate.clones import clones
from equipoise.emulate.enrol import enrol
from equipoise.emulate.reasons import Reason
from equipoise.emulate.reference_clones import clone_of
from equipoise.protocol.strategy import NATURAL_COURSE

one_zero = st.one_of(st.integers(0, 4).map(float), st.integers(0, 4).map(float), st.just(float("nan")))
zeros = st.lists(one_zero, min_size=2, max_size=2)


def sentence(code: int) -> str:
    return "" if code < 0 else list(Reason)[code].value


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_clones_equal_their_twin(data: st.DataObject) -> None:
    cohort = build(data.draw(followed(2)))
    zero = np.array(data.draw(zeros))
    strategy = data.draw(about_several())
    asked = protocol(strategy)
    fast = clones(asked, strategy, cohort, enrolment(zero))
    for patient in range(cohort.n):
        day, why = clone_of(asked, strategy, cohort, patient, float(zero[patient]))
        assert fast.until[patient] == pytest.approx(day, nan_ok=True)
        assert sentence(int(fast.reason[patient])) == why
        assert fast.enrolled[patient] == (not math.isnan(zero[patient]))


def edited(
    tables: dict[str, pl.DataFrame], others: dict[str, pl.DataFrame], day: float
) -> dict[str, pl.DataFrame]:
    """The records up to a day of the one, and those after it of the other."""
    columns = {"measurements": "day", "interventions": "start", "events": "day"}
    mixed = {
        name: pl.concat(
            [tables[name].filter(pl.col(column) <= day), others[name].filter(pl.col(column) > day)]
        )
        for name, column in columns.items()
    }
    return {"patients": tables["patients"], "observation": tables["observation"], **mixed}


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_what_happens_after_a_day_changes_no_censoring_up_to_it(data: st.DataObject) -> None:
    tables, others = data.draw(followed(2)), data.draw(followed(2))
    day = float(data.draw(st.integers(0, LAST_DAY)))
    zero = np.array(data.draw(zeros))
    strategy = data.draw(about_several())

    def of(whom: Cohort) -> list[tuple[float, int]]:
        cloned = clones(protocol(strategy), strategy, whom, enrolment(zero))
        by_then = cloned.until + zero <= day
        return [
            (float(until), int(why)) if known else (math.inf, -1)
            for until, why, known in zip(cloned.until, cloned.reason, by_then, strict=True)
        ]

    assert of(build(tables)) == of(build(edited(tables, others, day)))


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_who_has_a_clone_is_settled_at_time_zero(data: st.DataObject) -> None:
    """Every strategy has a clone of everybody who is enrolled, whatever is recorded after time zero."""
    tables, others = data.draw(followed(2)), data.draw(followed(2))
    strategy = data.draw(about_several())
    asked = protocol(strategy)
    cohort = build({**tables, "events": tables["events"].filter(pl.col("name") != "death")})
    # Nobody dies: a death on the day of time zero or before leaves nothing to enrol.
    later = {**others, "events": others["events"].filter(pl.col("name") != "death")}
    other = build(edited({**tables, "events": cohort.events.select(tables["events"].columns)}, later, 0.0))
    for whom in (cohort, other):
        enrolled = enrol(asked, whom)
        for one in (strategy, NATURAL_COURSE):
            assert np.array_equal(clones(asked, one, whom, enrolled).enrolled, enrolled.eligible)
    assert np.array_equal(enrol(asked, cohort).eligible, enrol(asked, other).eligible)


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_the_natural_course_rules_nothing_out(data: st.DataObject) -> None:
    cohort = build(data.draw(followed(2)))
    zero = np.array(data.draw(zeros))
    cloned = clones(protocol(), NATURAL_COURSE, cohort, enrolment(zero))
    assert np.isnan(cloned.until).all()
    assert np.array_equal(cloned.compatible, ~np.isnan(zero))


def test_clones_are_censored_for_many_reasons() -> None:
    """Twins that agree on compatible clones only prove nothing; the rarer reasons are tested by hand."""
    seen: Counter[str] = Counter()

    @given(st.data())
    @settings(max_examples=150, deadline=None)
    def collect(data: st.DataObject) -> None:
        cohort = build(data.draw(followed(2)))
        strategy = data.draw(about_several())
        cloned = clones(protocol(strategy), strategy, cohort, enrolment(np.zeros(cohort.n)))
        seen.update(sentence(int(code)) for code in cloned.reason)

    collect()
    often = (Reason.NEVER, Reason.WITHOUT_TRIGGER, Reason.AFTER_WINDOW, Reason.NOT_STARTED)
    assert all(seen[reason.value] >= 1 for reason in often), seen

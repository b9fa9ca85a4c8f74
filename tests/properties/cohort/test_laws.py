"""Laws of the cohort: the past cannot see the future, and what must not matter does not."""

import math

import numpy as np
import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_cohorts import LAST_DAY, VOCABULARY, build, cohorts, days_for, record_tables, same

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.evaluate import evaluate
from equipoise.cohort.history import History, event_history
from equipoise.language.feature import Count, Has, Last
from equipoise.language.vocabulary import Vocabulary


def equal_rows(one: History, other: History) -> bool:
    columns = ("patient", "start", "stop", "origin", "target", "weight")
    return all(np.array_equal(getattr(one.rows, name), getattr(other.rows, name)) for name in columns)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_as_of_twice_is_as_of_the_earlier_day(data: st.DataObject) -> None:
    cohort = data.draw(cohorts())
    s, t = data.draw(days_for(cohort)), data.draw(days_for(cohort))
    assert same(cohort.as_of(s).as_of(t), cohort.as_of(np.minimum(s, t)))


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_what_was_known_does_not_depend_on_later_records(data: st.DataObject) -> None:
    """Two extracts that agree up to a day are the same as of that day, whatever they say about later."""
    tables = data.draw(record_tables(3))
    day = float(data.draw(st.integers(0, LAST_DAY)))
    later = {"observation": "start", "measurements": "day", "interventions": "start", "events": "day"}
    edited = dict(tables)
    other = data.draw(record_tables(3))
    for name, column in later.items():
        kept = tables[name].filter(pl.col(column) <= day)
        edited[name] = pl.concat([kept, other[name].filter(pl.col(column) > day)])
    edited["interventions"] = edited["interventions"].with_columns(
        stop=pl.when(pl.col("stop") > day).then(pl.col("stop") + 1).otherwise("stop")
    )
    edited["observation"] = edited["observation"].with_columns(
        stop=pl.when(pl.col("stop") >= day).then(pl.col("stop") + 3).otherwise("stop")
    )
    first, second = build(tables), build(edited)
    assert same(first.as_of(day), second.as_of(day))
    for asked in (Has(has="relapse"), Last(last="mrd"), Count(count="transplant")):
        assert evaluate(asked, first, day).to_list() == evaluate(asked, second, day).to_list()
    zero = np.full(3, day)
    states = [event_history(one, "course", time_zero=zero).initial_state.tolist() for one in (first, second)]
    assert states[0] == states[1]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_row_order_does_not_matter_bitwise(data: st.DataObject) -> None:
    tables = data.draw(record_tables(3))
    seed = data.draw(st.integers(0, 1000))
    shuffled = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=seed) if frame.height else frame
        for name, frame in tables.items()
    }
    one, other = build(tables), build(shuffled)
    assert same(one, other)
    assert one.digest() == other.digest()
    assert equal_rows(
        event_history(one, "course", time_zero=1.0), event_history(other, "course", time_zero=1.0)
    )


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_patients_may_be_numbered_otherwise(data: st.DataObject) -> None:
    tables = data.draw(record_tables(4))
    number = np.array(data.draw(st.permutations(range(4))), dtype=np.int32)
    renamed = {
        name: frame.with_columns(patient=pl.Series(number[frame["patient"].to_numpy()]))
        for name, frame in tables.items()
    }
    zero = data.draw(st.lists(st.integers(0, 6), min_size=4, max_size=4).map(lambda x: np.array(x, float)))
    moved = np.empty(4)
    moved[number] = zero
    one = event_history(build(tables), "course", time_zero=zero).intervals()
    other = event_history(build(renamed), "course", time_zero=moved).intervals()
    expected = one.with_columns(patient=pl.Series(number[one["patient"].to_numpy()], dtype=pl.Int32))
    assert expected.sort("patient", maintain_order=True).equals(other)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_splitting_an_observation_interval_changes_nothing(data: st.DataObject) -> None:
    tables = data.draw(record_tables(3))
    cut = float(data.draw(st.integers(0, LAST_DAY)))
    inside = (pl.col("start") < cut) & (pl.col("stop") > cut)
    whole = tables["observation"]
    split = pl.concat(
        [
            whole.filter(~inside),
            whole.filter(inside).with_columns(stop=pl.lit(cut)),
            whole.filter(inside).with_columns(start=pl.lit(cut)),
        ]
    )
    one = event_history(build(tables), "course", time_zero=1.0)
    other = event_history(build({**tables, "observation": split}), "course", time_zero=1.0)
    assert equal_rows(one, other)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_the_unit_of_time_does_not_matter(data: st.DataObject) -> None:
    """The same course in half-days on a grid of half-days: the same ticks, half the days."""
    tables = data.draw(record_tables(3))
    halved = {
        name: frame.with_columns(
            pl.col(column) / 2 for column in ("start", "stop", "day") if column in frame.columns
        )
        for name, frame in tables.items()
    }
    fine = replace_resolution(VOCABULARY, 0.5)
    one = event_history(build(tables), "course", time_zero=2.0)
    other = event_history(build(halved, fine), "course", time_zero=1.0)
    assert equal_rows(one, other)
    assert one.intervals()["stop"].to_list() == [2 * day for day in other.intervals()["stop"]]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_weight_two_is_the_patient_twice(data: st.DataObject) -> None:
    """At every tick and for every move: twice the weight and twice the patient give the same totals."""
    tables = data.draw(record_tables(3))
    twice = {
        name: pl.concat([frame, frame.with_columns(patient=pl.col("patient") + 3)])
        for name, frame in tables.items()
    }
    weighted = event_history(build(tables), "course", time_zero=1.0).with_weight(np.full(3, 2.0))
    doubled = event_history(build(twice), "course", time_zero=1.0)
    assert totals(weighted) == totals(doubled)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_lumping_in_two_steps_is_lumping_in_one(data: st.DataObject) -> None:
    history = event_history(data.draw(cohorts()), "course", time_zero=1.0)
    fine = {
        "ill": ["ill"],
        "well": ["remission", "transplanted"],
        "relapsed": ["relapse", "relapse_neg"],
        "dead": ["dead", "dead_relapsed"],
    }
    coarse = {"alive": ["ill", "well", "relapsed"], "dead": ["dead"]}
    direct = {"alive": ["ill", "remission", "transplanted", "relapse", "relapse_neg"], "dead": fine["dead"]}
    assert equal_rows(history.lump(fine).lump(coarse), history.lump(direct))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_nobody_is_ever_at_risk_twice_or_outside_observation(data: st.DataObject) -> None:
    cohort = data.draw(cohorts())
    zero = data.draw(days_for(cohort))
    history = event_history(cohort, "course", time_zero=zero)
    rows = history.rows
    for position in range(1, rows.size):
        if rows.patient[position] == rows.patient[position - 1]:
            assert rows.start[position] >= rows.stop[position - 1]
            if rows.target[position - 1] >= 0 and rows.start[position] == rows.stop[position - 1]:
                assert rows.origin[position] == rows.target[position - 1]
    for patient, start, stop in zip(rows.patient, rows.start, rows.stop, strict=True):
        for tick in range(start + 1, stop + 1):
            assert observed(cohort, int(patient), zero[patient] + tick // 2)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_reading_a_file_again_gives_the_same_digest_and_an_edit_another(data: st.DataObject) -> None:
    tables = data.draw(record_tables(2))
    assume(tables["events"].height > 0)
    edited = {**tables, "events": tables["events"].with_columns(day=pl.col("day") + 1)}
    assert build(tables).digest() == build(tables).digest()
    assert build(tables).digest() != build(edited).digest()


def observed(cohort: Cohort, patient: int, day: float) -> bool:
    """Day 0 of a row's clock belongs to nobody, so tick 1 (the end of that day) needs no observation."""
    mine = cohort.observation.filter(pl.col("patient") == patient)
    return any(start < day <= stop for start, stop in mine.select("start", "stop").iter_rows()) or any(
        start <= day < stop for start, stop in mine.select("start", "stop").iter_rows()
    )


def totals(history: History) -> dict[tuple[int, int, int, int], float]:
    """Total weight by start, stop, origin and target."""
    rows = history.rows
    total: dict[tuple[int, int, int, int], float] = {}
    for position in range(rows.size):
        key = tuple(int(column[position]) for column in (rows.start, rows.stop, rows.origin, rows.target))
        total[key] = math.fsum((total.get(key, 0.0), rows.weight[position]))
    return total


def replace_resolution(vocabulary: Vocabulary, resolution: float) -> Vocabulary:
    return vocabulary.model_copy(update={"resolution": resolution})

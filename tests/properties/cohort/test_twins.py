"""The fast history and evaluation equal their slow twins on every cohort."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from random_cohorts import VOCABULARY, cohorts, days_for

from equipoise.cohort import reference
from equipoise.cohort.evaluate import evaluate
from equipoise.cohort.history import History, event_history
from equipoise.cohort.reference_evaluate import value_of
from equipoise.language.comparison import Comparison, Operator
from equipoise.language.feature import AgeOfValue, Baseline, Count, DaysSince, First, Has, Last
from equipoise.language.predicate import AllOf, AnyOf, Compare, Not

COURSE = VOCABULARY.structures["course"]
ORDER = reference.same_day_order(VOCABULARY)
GROUPS = {
    "start": ["ill"],
    "well": ["remission", "transplanted"],
    "failed": ["relapse", "relapse_neg", "dead"],
    "gone": ["dead_relapsed"],
}


def rows_of(history: History) -> list[reference.Row]:
    names = (*history.state_names, "")
    rows = history.rows
    columns = (rows.patient, rows.start, rows.stop, rows.origin, rows.target)
    return sorted(
        reference.Row(int(p), int(a), int(b), names[o], names[t])
        for p, a, b, o, t in zip(*columns, strict=True)
    )


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_history_equals_its_twin_through_every_operation(data: st.DataObject) -> None:
    cohort = data.draw(cohorts())
    zero = data.draw(days_for(cohort))
    fast = event_history(cohort, "course", time_zero=zero)
    slow = reference.courses(cohort, COURSE, zero)
    assert [fast.state_names[s] for s in fast.initial_state[fast.enrolled]] == [one.initial for one in slow]
    assert rows_of(fast) == reference.rows(slow, 1.0)
    for operation in data.draw(
        st.lists(st.sampled_from(["stop", "horizon", "divert", "composite"]), max_size=2)
    ):
        word = data.draw(st.sampled_from(["transplant", "relapse", "gvhd", "remission"]))
        days = cohort.first_day(word, after=zero)
        match operation:
            case "stop":
                fast = fast.stop_at(days, before=word)
                slow = reference.stop_at(slow, days, word, ORDER)
            case "horizon":
                end = data.draw(st.integers(0, 26)) / 2
                fast = fast.stop_at(end)
                slow = reference.stop_at(slow, [end] * cohort.n, None, ORDER)
            case "divert":
                fast = fast.divert(days, "diverted", before=word)
                slow = reference.divert(slow, days, "diverted", word, ORDER)
            case _:
                fast = fast.divert(days, "dead", before=word)
                slow = reference.divert(slow, days, "dead", word, ORDER)
        assert rows_of(fast) == reference.rows(slow, 1.0)
    groups = dict(GROUPS)
    if "diverted" in fast.state_names:
        groups["diverted"] = ["diverted"]
    final = data.draw(st.sets(st.sampled_from(sorted(groups))))
    lumped = fast.lump(groups, final=sorted(final))
    assert rows_of(lumped) == reference.rows(reference.lump(slow, groups, final), 1.0)


thresholds = st.sampled_from([0.0, 0.125, 0.25, 0.5, 0.75])
mrd_comparisons = st.one_of(
    st.builds(
        Comparison, op=st.sampled_from([one for one in Operator if one is not Operator.IN]), value=thresholds
    ),
    st.builds(Comparison, op=st.just(Operator.IN), value=st.tuples(thresholds, thresholds)),
)
within = st.none() | st.integers(1, 12).map(float)
features = st.one_of(
    st.builds(Baseline, baseline=st.sampled_from(["age", "arm", "donor", "score"])),
    st.builds(Last, last=st.sampled_from(["mrd", "bcells"]), within=within),
    st.builds(
        First,
        first=st.just("mrd"),
        where=st.fixed_dictionaries({"value": mrd_comparisons}),
        confirmed=within,
    ),
    st.builds(First, first=st.sampled_from(["relapse", "transplant", "bcells"])),
    st.builds(Count, count=st.sampled_from(["mrd", "relapse", "transplant"]), within=within),
    st.builds(AgeOfValue, age_of_value=st.sampled_from(["mrd", "bcells"])),
    st.builds(DaysSince, days_since=st.sampled_from(["relapse", "transplant", "death"])),
)
compares = st.one_of(
    st.builds(
        lambda comparison, within: Compare(
            feature=Last(measurement="mrd", within=within), op=comparison.op, value=comparison.value
        ),
        mrd_comparisons,
        within,
    ),
    st.builds(
        lambda op: Compare(feature=DaysSince(record="relapse"), op=op, value=3.0),
        st.sampled_from([one for one in Operator if one is not Operator.IN]),
    ),
    st.just(Compare(feature=Baseline(column="arm"), op=Operator.EQ, value="a")),
)
atoms = compares | st.builds(
    Has,
    has=st.just("relapse"),
    where=st.just({}) | st.just({"cd19": Comparison(op=Operator.NE, value="neg")}),
    within=within,
)
predicates = st.recursive(
    atoms,
    lambda parts: st.one_of(
        st.builds(Not, not_=parts),
        st.builds(AllOf, all_of=st.lists(parts, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, any_of=st.lists(parts, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=4,
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_evaluation_equals_its_twin(data: st.DataObject) -> None:
    cohort = data.draw(cohorts())
    day = data.draw(days_for(cohort))
    asked = data.draw(features | predicates)
    fast = evaluate(asked, cohort, day).to_list()
    slow = [value_of(asked, cohort, patient, one) for patient, one in enumerate(day)]
    assert fast == slow


def test_twins_are_compared_on_courses_with_something_in_them() -> None:
    """The strategy must not be so tame that both twins agree on nothing."""
    seen = np.zeros(3, dtype=int)

    @given(cohorts(), st.integers(0, 4))
    @settings(max_examples=150, deadline=None, database=None)
    def collect(cohort, zero) -> None:
        rows = event_history(cohort, "course", time_zero=float(zero)).rows
        seen[0] += int((rows.target >= 0).sum())
        seen[1] += int((rows.stop - rows.start == 1).sum())
        seen[2] += int((rows.start % 2 == 1).sum())

    collect()
    assert (seen > 0).all(), "no transitions, no half-ticks or no late entries were generated"

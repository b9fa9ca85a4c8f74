"""Clones by hand: each reason, the days on which it counts, and what is no reason at all."""

import math
import tracemalloc
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from few_patients import LOST, TEN, WORDS, asked, clinic

from equipoise.cohort.cohort import Cohort
from equipoise.emulate.clones import clones, days_until_all_start
from equipoise.emulate.enrol import enrol
from equipoise.emulate.reasons import Reason
from equipoise.emulate.reference_clones import NOT_STARTED, SENTENCES, clone_of
from equipoise.emulate.rule_windows import windows
from equipoise.emulate.starts import start_situation
from equipoise.protocol.grace import Grace
from equipoise.protocol.law import FixedLaw, UniformLaw
from equipoise.protocol.strategy import NATURAL_COURSE

NEVER = "kind: never, name: s, treatment: first"
EARLY = f"kind: start_within, name: s, treatment: first, months: {TEN!r}, law: uniform"
FIXED = f"kind: start_within, name: s, treatment: first, months: {TEN!r}, law: {{fixed: {TEN / 2!r}}}"
ON_LOSS = (
    f"kind: on_trigger, name: s, treatment: first, trigger: {LOST}, months: {TEN!r}, "
    f"until_month: {3 * TEN!r}, law: uniform"
)
MILD = f"{EARLY}, only_if: {{not_: {{has: gvhd, within: 7}}}}"
EITHER = f"kind: combine, name: s, rules: [{{{NEVER.replace('name: s, ', '')}}}, "
EITHER += "{" + EARLY.replace("name: s, ", "").replace("first", "upkeep") + "}]"
OR = "kind: combine, name: s, rules: [" + ", ".join(
    "{" + one.replace("name: s, ", "") + "}" for one in (MILD, ON_LOSS)
)
OR += "]"

STAYS = (math.nan, "")
CASES = [
    ("never, and nothing", NEVER, "", STAYS),
    ("never, and a start", NEVER, "40 transplant", (40, Reason.NEVER)),
    ("a start by time zero is none from time zero on", NEVER, "0 transplant", STAYS),
    ("on the first day", EARLY, "1 transplant", STAYS),
    ("on the last day", EARLY, "10 transplant", STAYS),
    ("a day late", EARLY, "11 transplant", (10, Reason.NOT_STARTED)),
    ("a relapse the day before the last", EARLY, "9 relapse", STAYS),
    ("a relapse on the last day comes after the decision", EARLY, "10 relapse", (10, Reason.NOT_STARTED)),
    ("a death on the last day as well", EARLY, "10 death", (10, Reason.NOT_STARTED)),
    ("a death before", EARLY, "9 death", STAYS),
    ("a relapse, a remission and another start", EARLY, "5 relapse; 8 remission", (10, Reason.NOT_STARTED)),
    ("out of the states on the last day", EARLY, "5 relapse; 10 remission", STAYS),
    ("a transplant in relapse is another treatment", NEVER, "5 relapse; 8 transplant", STAYS),
    ("the fixed day", FIXED, "5 transplant", STAYS),
    ("before the fixed day", FIXED, "4 transplant", (4, Reason.ANOTHER_DAY)),
    ("after the fixed day", FIXED, "6 transplant", (5, Reason.NOT_STARTED)),
    ("no trigger, no start", ON_LOSS, "", STAYS),
    ("no trigger, a start", ON_LOSS, "40 transplant", (40, Reason.WITHOUT_TRIGGER)),
    ("a start, the trigger later", ON_LOSS, "20 transplant; 22 bcells lost", (20, Reason.WITHOUT_TRIGGER)),
    ("trigger and start on one day", ON_LOSS, "20 bcells lost; 20 transplant", (20, Reason.ON_TRIGGER_DAY)),
    ("the day after the trigger", ON_LOSS, "20 bcells lost; 21 transplant", STAYS),
    ("the window after the trigger", ON_LOSS, "20 bcells lost; 31 transplant", (30, Reason.NOT_STARTED)),
    ("the window goes on after until_month", ON_LOSS, "30 bcells lost; 40 transplant", STAYS),
    ("a late trigger", ON_LOSS, "31 bcells lost; 40 transplant", (40, Reason.TRIGGER_TOO_LATE)),
    ("a late trigger, and nothing", ON_LOSS, "31 bcells lost", STAYS),
    ("known at time zero", ON_LOSS, "-3 bcells lost", (10, Reason.NOT_STARTED)),
    ("while the condition does not hold", MILD, "2 gvhd; 5 transplant", (5, Reason.CONDITION)),
    ("on the day on which it ceases to hold", MILD, "5 gvhd; 5 transplant", STAYS),
    ("on the first day on which it holds again", MILD, "1 gvhd; 10 transplant", STAYS),
    ("not while it does not hold on the last day", MILD, "9 gvhd", STAYS),
    ("but then the window is over", MILD, "9 gvhd; 40 transplant", (40, Reason.AFTER_WINDOW)),
    ("two treatments, the second one late", EITHER, "", (10, Reason.NOT_STARTED)),
    ("two treatments, as asked", EITHER, "7 maintenance", STAYS),
    ("two treatments, the first one wrong", EITHER, "7 transplant", (7, Reason.NEVER)),
    ("two treatments, the first wrong later", EITHER, "7 maintenance; 30 transplant", (30, Reason.NEVER)),
    ("either rule allows it", OR, "9 gvhd; 20 bcells lost; 25 transplant", STAYS),
    ("the closest rule says why", OR, "9 gvhd; 40 transplant", (40, Reason.AFTER_WINDOW)),
    ("the first window that ends", OR, "3 bcells lost", (10, Reason.NOT_STARTED)),
]


@pytest.mark.parametrize(
    ("strategy", "records", "expected"), [one[1:] for one in CASES], ids=[one[0] for one in CASES]
)
def test_by_hand(strategy: str, records: str, expected: tuple[float, str]) -> None:
    protocol, cohort = asked(strategy), clinic(records)
    enrolment = enrol(protocol, cohort)
    cloned = clones(protocol, protocol.strategies[0], cohort, enrolment)
    found = (cloned.until[0], "" if cloned.reason[0] < 0 else list(Reason)[cloned.reason[0]].value)
    assert found == pytest.approx(expected, nan_ok=True)
    slow = clone_of(protocol, protocol.strategies[0], cohort, 0, float(enrolment.time_zero[0]))
    assert slow == pytest.approx(expected, nan_ok=True)


def test_every_reason_is_among_the_cases_and_in_the_words_of_the_twin() -> None:
    assert {one[3][1] for one in CASES if one[3][1]} == set(Reason)
    assert [reason.value for reason in Reason] == [*SENTENCES, NOT_STARTED]
    assert [list(Reason)[reason.code] for reason in Reason] == list(Reason)


@pytest.mark.parametrize(
    ("until", "expected"), [(9.0, math.nan), (10.0, 10.0), (11.0, 10.0)], ids=["before", "on", "after"]
)
def test_who_is_lost_by_then_is_censored_for_nothing(until: float, expected: float) -> None:
    """Observation ends after everything that happens on its last day, the decision included."""
    protocol = asked(EARLY)
    cohort = clinic("", followed=((-10.0, until),))
    cloned = clones(protocol, protocol.strategies[0], cohort, enrol(protocol, cohort))
    assert cloned.until[0] == pytest.approx(expected, nan_ok=True)
    assert cloned.compatible[0] == math.isnan(expected)


def test_the_end_of_six_months_lies_in_day_183() -> None:
    assert days_until_all_start(Grace(UniformLaw(), 6), 1.0) == 183
    assert days_until_all_start(Grace(UniformLaw(), 48), 1.0) == 1461
    assert days_until_all_start(Grace(UniformLaw(), 6), 0.5) == 183
    assert days_until_all_start(Grace(FixedLaw(fixed=1), 6), 1.0) == 31
    assert days_until_all_start(Grace(FixedLaw(fixed=1), 6), 0.25) == 30.5


@pytest.mark.parametrize("law", ["representative", "{natural: {last_bin_days: 5}}"])
def test_a_law_without_numbers_of_its_own_allows_every_day_of_the_window(law: str) -> None:
    protocol = asked(EARLY.replace("uniform", law))
    cohort = clinic("1 transplant", "10 transplant", "11 transplant", "")
    cloned = clones(protocol, protocol.strategies[0], cohort, enrol(protocol, cohort))
    assert np.array_equal(cloned.until, [np.nan, np.nan, 10, 10], equal_nan=True)


def test_who_is_not_enrolled_has_no_clone() -> None:
    protocol = asked(NEVER)
    cohort = clinic("40 transplant", "40 transplant", followed=((-10.0, 200.0), (-10.0, -1.0)))
    enrolment = enrol(protocol, cohort)
    for strategy in (protocol.strategies[0], NATURAL_COURSE):
        assert clones(protocol, strategy, cohort, enrolment).enrolled.tolist() == [True, False]
    cloned = clones(protocol, protocol.strategies[0], cohort, enrolment)
    assert cloned.reason.tolist() == [Reason.NEVER.code, -1]
    assert repr(cloned) == "Clones(s: 1 clones, 1 censored)"


def test_starts_and_their_probability_by_hand() -> None:
    """Uniform on ten days: of those left after day d - 1 one in 11 - d starts on day d."""
    protocol = asked(EARLY)
    cohort = clinic("1 transplant", "4 transplant", "10 transplant", "11 transplant", "", "0 transplant")
    starts = start_situation(protocol, protocol.strategies[0], "first", cohort, enrol(protocol, cohort))
    assert np.array_equal(starts.day, [1, 4, 10, 11, np.nan, np.nan], equal_nan=True)
    shares = [Fraction(1, 10), Fraction(1, 7), Fraction(1), Fraction(0)]
    assert starts.q[:4] == pytest.approx([float(one) for one in shares], abs=1e-12)
    assert np.isnan(starts.q[4:]).all()
    assert repr(starts) == "Starts(4 of 6 patients)"


def test_two_rules_start_what_either_starts() -> None:
    """Days 9 (of 10) and 4 (of 10, since the loss of day 5): 1 - (1 - 1/2)(1 - 1/7)."""
    protocol = asked(OR)
    cohort = clinic("5 bcells lost; 9 transplant")
    starts = start_situation(protocol, protocol.strategies[0], "first", cohort, enrol(protocol, cohort))
    assert starts.q[0] == pytest.approx(float(1 - Fraction(1, 2) * Fraction(6, 7)), abs=1e-12)


def test_a_treatment_that_no_rule_names_has_no_q() -> None:
    protocol, cohort = asked(NEVER), clinic("40 transplant")
    with pytest.raises(ValueError, match="natural one"):
        start_situation(protocol, protocol.strategies[0], "upkeep", cohort, enrol(protocol, cohort))


def test_windows_by_hand() -> None:
    protocol = asked(ON_LOSS + ", only_if: {not_: {has: gvhd, within: 7}}", NEVER.replace("s,", "n,"))
    cohort = clinic("20 bcells lost; 25 gvhd", "31 bcells lost", "", "-3 bcells lost; -2 gvhd")
    enrolment = enrol(protocol, cohort)
    (one,) = windows(protocol.strategies[0], "first", cohort, enrolment)
    assert np.array_equal(one.trigger, [20, 31, np.nan, 0], equal_nan=True)
    assert np.array_equal(one.opened, [20, np.nan, np.nan, 0], equal_nan=True)
    assert one.length == pytest.approx(10)
    assert one.condition is not None
    held = zip(one.condition.patient, one.condition.start, one.condition.stop, strict=True)
    # GVHD of day 25 forbids the decisions of days 26 to 33; that of day -2 those up to day 6.
    assert list(held) == [(0, 0, 25), (0, 33, np.inf), (1, 0, np.inf), (2, 0, np.inf), (3, 6, np.inf)]
    assert one.holds_on(np.array([25.0, 1, np.nan, 6])).tolist() == [True, True, False, False]
    assert one.holds_on(np.array([26.0, 1, 1, 7])).tolist() == [False, True, True, True]
    assert windows(protocol.strategies[1], "first", cohort, enrolment) == ()
    assert (repr(one), repr(one.condition)) == (
        "RuleWindow(on_trigger first, rule 0)",
        "Condition(5 intervals)",
    )


def test_memory_grows_with_the_patients_and_not_with_the_days() -> None:
    """A byte for each patient and day of twenty years would be 36 MB."""
    n, last = 5_000, 7_300.0
    protocol = asked(MILD, ON_LOSS.replace("name: s", "name: t"))
    patients = pl.DataFrame({"patient": range(n)}, schema={"patient": pl.Int32})
    cohort = Cohort.build(
        WORDS,
        patients=patients,
        observation=patients.with_columns(start=pl.lit(-10.0), stop=pl.lit(last)),
        events=patients.with_columns(day=pl.lit(-5.0), name=pl.lit("remission")),
        interventions=patients.with_columns(
            start=pl.col("patient").cast(pl.Float64) % 7_000 + 1, name=pl.lit("transplant")
        ),
    )
    enrolment = enrol(protocol, cohort)
    clones(protocol, protocol.strategies[0], cohort, enrolment)
    tracemalloc.start()
    for strategy in protocol.strategies:
        clones(protocol, strategy, cohort, enrolment)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5e6

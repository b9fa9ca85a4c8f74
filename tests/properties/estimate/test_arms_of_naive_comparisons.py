"""Who counts as treated from when to when: the arms against a loop over patients, from the definition.

The loop works in days and knows nothing of ticks, paths or structures. A half day before an event stands for
a treatment of the same day that comes first.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
import small_cohorts as small
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from equipoise.cohort.cohort import Cohort
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.handling import Handled
from equipoise.estimate.naive.arms import (
    Arms,
    Exposure,
    as_it_happens,
    by_landmark,
    ever_or_never,
    exposure_of,
    from_treatment,
)

LAST = 9
Spell = tuple[int, float, float, bool]
Patient = tuple[Mapping[str, float], list[tuple[float, float]]]
laws = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def patients(draw: st.DrawFn) -> list[Patient]:
    """Ties, late entry, one gap, a graft by time zero, before entry, in the gap or on the last day."""

    def one() -> Patient:
        days = draw(st.lists(st.integers(-1, LAST), min_size=2, max_size=4, unique=True).map(sorted))
        windows = [(float(days[0]), float(days[1]))]
        if len(days) == 4:
            windows.append((float(days[2]), float(days[3])))
        last = windows[-1][1]
        course: dict[str, float] = {}
        for name in ("graft", "relapse"):
            if last >= 1 and draw(st.booleans()):
                course[name] = float(draw(st.integers(0 if name == "graft" else 1, int(last))))
        if last >= 1 and draw(st.booleans()):
            course["death"] = last
        return course, windows

    return [one() for _ in range(draw(st.integers(1, 8)))]


def cohort_of(given_patients: list[Patient]) -> Cohort:
    known = small.cohort([(course, 0.0) for course, _ in given_patients])
    rows = [(who, *window) for who, (_, windows) in enumerate(given_patients) for window in windows]
    observation = pl.DataFrame(
        rows, schema={"patient": pl.Int32, "start": pl.Float64, "stop": pl.Float64}, orient="row"
    )
    return Cohort.build(
        known.vocabulary,
        patients=known.patients,
        observation=observation,
        interventions=known.interventions,
        events=known.events,
    )


def exposure(given_patients: list[Patient], outcome: str) -> Exposure:
    known = cohort_of(given_patients)
    analysis = small.analysis(small.protocol(), known, [0.0])
    history = analysis.histories["course"]
    zero = analysis.enrolment.time_zero
    already = known.first_day("graft") <= zero
    history = history.with_weight(np.where(already, 0.0, history.weight))
    word = known.vocabulary.outcomes[outcome]
    return exposure_of(word, Handled(history), known.first_day("graft", after=zero), "graft")


def ended(course: Mapping[str, float], outcome: str) -> float:
    ends = [
        course[name]
        for name in ("relapse", "death")
        if name in course and (name, outcome) != ("relapse", "os")
    ]
    return min(ends, default=np.inf)


def followed(patient: Patient, outcome: str) -> list[tuple[float, float, bool]]:
    """Days (start, stop] at risk of the outcome after time zero, and whether it happens at the stop."""
    course, windows = patient
    if course.get("graft", 1.0) <= 0:
        return []
    end = ended(course, outcome)
    spells = []
    for opens, stop in windows:
        start, until = max(opens, 0.0), min(stop, end)
        if until > start:
            spells.append((start, until, until == end))
    # Two windows that touch are one.
    joined: list[tuple[float, float, bool]] = []
    for start, stop, event in spells:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], stop, event)
        else:
            joined.append((start, stop, event))
    return joined


def treated_on(patient: Patient, outcome: str) -> float | None:
    """Day of the treatment, if it comes while the outcome is open and before the patient is lost for good."""
    course, _ = patient
    spells = followed(patient, outcome)
    if not spells or "graft" not in course:
        return None
    day, (_, last, event) = course["graft"], spells[-1]
    if day < last or (day == last and (event or seen_on(patient, day))):
        return day
    return None


def seen_on(patient: Patient, day: float) -> bool:
    return any(start < day <= stop for start, stop in patient[1])


def loop(
    given_patients: list[Patient], outcome: str, rung: str, landmark: float
) -> tuple[list[Spell], list[Spell]]:
    """Spells (patient, start, stop, event) of the treated and of the untreated."""
    treated: list[Spell] = []
    untreated: list[Spell] = []
    for who, patient in enumerate(given_patients):
        day, spells = treated_on(patient, outcome), followed(patient, outcome)
        if rung == "N3":
            there = any(start <= landmark < stop for start, stop, _ in spells)
            arm = treated if day is not None and day <= landmark else untreated
            for start, stop, event in spells:
                if there and stop > landmark:
                    arm.append((who, 0.0 if start <= landmark else start, stop, event))
            continue
        for start, stop, event in spells:
            if day is None:
                untreated.append((who, start, stop, event))
            elif rung == "N1":
                treated.append((who, start, stop, event))
            elif rung == "N2":
                if stop >= day:
                    treated.append((who, max(start - day, 0.0), max(stop - day, 0.5), event))
            else:
                change = day - 0.5 if event and stop == day else day
                if start < change:
                    untreated.append((who, start, min(stop, change), event and stop <= change))
                if stop > change:
                    treated.append((who, max(start, change), stop, event))
    return treated, untreated


def in_days(spells: FirstExit) -> list[Spell]:
    columns = (spells.patient, spells.start / 2, spells.stop / 2, spells.cause == 1)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def arms_of(found: Exposure, rung: str, landmark: float) -> Arms:
    match rung:
        case "N1":
            return ever_or_never(found)
        case "N2":
            return from_treatment(found)
        case "N3":
            return by_landmark(found, int(2 * landmark + 1))
        case _:
            return as_it_happens(found)


@laws
@given(patients(), st.sampled_from(["os", "dfs"]), st.integers(1, LAST))
@example([({"graft": 3.0, "death": 3.0}, [(-1.0, 3.0)]), ({"graft": 3.0}, [(-1.0, 3.0)])], "os", 2)
@example([({"graft": 2.0, "relapse": 2.0, "death": 4.0}, [(-1.0, 4.0)])], "dfs", 2)
@example([({"graft": 4.0}, [(-1.0, 3.0), (5.0, 9.0)]), ({"graft": 1.0}, [(4.0, 9.0)])], "os", 4)
def test_arms_are_those_of_the_loop(given_patients: list[Patient], outcome: str, landmark: int) -> None:
    found = exposure(given_patients, outcome)
    for rung in ("N1", "N2", "N3", "N4"):
        arms = arms_of(found, rung, float(landmark))
        treated, untreated = loop(given_patients, outcome, rung, float(landmark))
        assert in_days(arms.treated) == treated, rung
        assert in_days(arms.untreated) == untreated, rung
        for one in arms.both:
            assert one.n == len({patient for patient, *_ in in_days(one)})
            assert int(one.final.sum()) == one.n


@laws
@given(patients(), st.integers(1, LAST))
def test_the_landmark_sees_nothing_of_what_comes_later(given_patients: list[Patient], landmark: int) -> None:
    """Moving a treatment that comes after the landmark moves nobody into another arm at the landmark."""
    later = [
        (
            {name: LAST + 5.0 if name == "graft" and day > landmark else day for name, day in course.items()},
            windows,
        )
        for course, windows in given_patients
    ]
    one, other = (
        by_landmark(exposure(version, "os"), 2 * landmark + 1) for version in (given_patients, later)
    )
    assert in_days(one.treated) == in_days(other.treated)
    assert in_days(one.untreated) == in_days(other.untreated)


@laws
@given(patients(), st.sampled_from(["os", "dfs"]))
def test_before_and_after_are_all_the_time_there_is(given_patients: list[Patient], outcome: str) -> None:
    """N4 divides person-time and events between the arms and loses neither."""
    found = exposure(given_patients, outcome)
    arms = as_it_happens(found)
    total = int((found.spells.stop - found.spells.start).sum())
    assert sum(int((one.stop - one.start).sum()) for one in arms.both) == total
    assert sum(int((one.cause > 0).sum()) for one in arms.both) == int((found.spells.cause > 0).sum())

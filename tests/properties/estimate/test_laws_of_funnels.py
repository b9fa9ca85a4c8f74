"""Laws of funnels: who gets there, whatever the numbers."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import small_cohorts as small
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from equipoise.estimate.analysis import Analysis
from equipoise.estimate.estimates import ESTIMATES
from equipoise.estimate.funnel import funnel
from equipoise.estimate.naive.compared import Compared
from equipoise.estimate.naive.from_last_step import from_last_step
from equipoise.protocol.naive import NaiveComparison

LAST = 12.0
DAYS = (0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 11.0)
MONTH = 365.25 / 12
Course = tuple[Mapping[str, float], float]
laws = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def courses(draw: st.DrawFn, *, followed: bool = False, wait: int | None = None) -> list[Course]:
    """Relapse, perhaps a graft after it, perhaps death; several on one day, events on the last day.

    `followed`: nobody is lost before day 24; `wait`: whoever is grafted is so that long after relapse.
    """

    def one() -> Course:
        course: dict[str, float] = {}
        if draw(st.integers(0, 4)):
            course["relapse"] = float(draw(st.integers(1, 4)))
            if draw(st.booleans()):
                later = draw(st.integers(0, 5)) if wait is None else wait
                course["graft"] = course["relapse"] + later
        last = 24.0 if followed else float(draw(st.integers(1, int(LAST))))
        if draw(st.booleans()):
            course["death"] = float(draw(st.integers(1, int(LAST))))
            last = course["death"] if followed else min(last, course["death"])
        return {name: day for name, day in course.items() if day <= last}, last

    return [one() for _ in range(draw(st.integers(2, 10)))]


def analysis(patients: Sequence[Course]) -> Analysis:
    asked = small.protocol()
    salvage = asked.funnels[0].model_copy(update={"steps": ("graft",)})
    report = asked.report.model_copy(update={"at_months": tuple(day / MONTH for day in DAYS[1:])})
    protocol = asked.model_copy(update={"funnels": (salvage,), "report": report})
    return small.analysis(protocol, small.cohort(patients), DAYS)


def estimates(one: Analysis) -> pl.DataFrame:
    answered = funnel(one.protocol.funnels[0], one).answered
    return pl.concat([ESTIMATES.empty(), *answered.frames])


def compared(one: Analysis) -> Compared:
    asked = NaiveComparison(
        name="ladder", label="Grafted or not", intervention="graft", outcomes=("os",), funnel="salvage"
    )
    return from_last_step(asked, one)


def differences(found: Compared) -> pl.DataFrame:
    return pl.concat([ESTIMATES.empty(), *found.answered.frames]).sort("day")


def curve(frame: pl.DataFrame, strategy: str, measure: str) -> np.ndarray:
    rows = frame.filter(pl.col("strategy") == strategy, pl.col("measure") == measure).sort("day")
    return np.array([np.nan if value is None else value for value in rows["estimate"]], dtype=np.float64)


@laws
@given(courses())
def test_one_minus_kaplan_meier_never_says_less(patients: list[Course]) -> None:
    found = estimates(analysis(patients))
    right = curve(found, "from relapse", "cumulative_incidence")
    wrong = curve(found, "from relapse", "one_minus_survival")
    both = ~np.isnan(right) & ~np.isnan(wrong)
    assert (right[both] <= wrong[both] + 1e-12).all()


@laws
@given(courses())
def test_the_difference_is_that_of_the_curves(patients: list[Course]) -> None:
    one = analysis(patients)
    table = compared(one).table
    assume(table.height > 0)
    row = table.row(0, named=True)
    assert 0 < row["n_treated"] <= row["n_untreated"]
    assert row["events_treated"] <= row["events_untreated"]
    curves = estimates(one)
    expected = (curve(curves, row["treated"], "survival") - curve(curves, row["untreated"], "survival"))[1:]
    found = curve(differences(compared(one)), row["treated"], "survival_difference")
    np.testing.assert_allclose(found, expected, atol=1e-12)


@laws
@given(courses(followed=True, wait=2))
@example([({"relapse": 1.0, "graft": 3.0, "death": 3.0}, 3.0), ({"relapse": 1.0, "graft": 3.0}, 24.0)])
@example([({"relapse": 1.0, "graft": 3.0, "death": 4.0}, 4.0), ({"relapse": 2.0, "death": 3.0}, 3.0)])
def test_after_one_wait_for_all_the_parts_compose_the_whole(patients: list[Course]) -> None:
    """S_H does not depend on when the step came, and nobody is lost: equation 4.4 is exact."""
    found = estimates(analysis(patients))
    together = curve(found, "from relapse, composed", "survival")
    direct = curve(found, "from relapse", "survival")
    assume(together.size > 0)
    both = ~np.isnan(together) & ~np.isnan(direct)
    assert both[:3].all()
    np.testing.assert_allclose(together[both], direct[both], atol=1e-12)


@laws
@given(courses())
def test_whoever_never_comes_to_the_origin_changes_nothing(patients: list[Course]) -> None:
    others: list[Course] = [({"graft": 2.0, "death": 5.0}, 5.0), ({}, 9.0), ({"death": 3.0}, 3.0)]
    alone, together = (compared(analysis(some)) for some in (patients, [*patients, *others]))
    assert alone.table.equals(together.table)
    assert differences(alone).equals(differences(together))


@laws
@given(courses())
def test_everybody_twice_halves_the_variance(patients: list[Course]) -> None:
    once, twice = (compared(analysis(some)) for some in (patients, patients * 2))
    assume(once.table.height > 0)
    errors = [
        differences(one).select("estimate", "std_error").fill_null(-1.0).to_numpy() for one in (once, twice)
    ]
    np.testing.assert_allclose(errors[0][:, 0], errors[1][:, 0], atol=1e-12)
    known = (errors[0][:, 1] >= 0) & (errors[1][:, 1] >= 0)
    np.testing.assert_allclose(errors[1][known, 1], errors[0][known, 1] / 2**0.5, atol=1e-12)

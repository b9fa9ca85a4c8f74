"""Laws that hold for every cohort, whatever the numbers."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
import small_cohorts as small
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import enrol
from equipoise.estimate.analysis import Analysis
from equipoise.estimate.estimate import estimate_outcomes
from equipoise.estimate.outcomes import handled_outcome, natural_outcome
from equipoise.estimate.states import states
from equipoise.protocol.intercurrent import Handling

LAST = 12
DAYS = [0.0, 2.0, 5.0, 8.0, 11.0, 14.0]
COLUMNS = ["estimate", "std_error", "lower", "upper"]
Course = tuple[Mapping[str, float], float]

laws = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def courses(draw: st.DrawFn, least: int = 1) -> list[Course]:
    """Patients with ties, several events on one day, and events on the last day."""

    def one() -> Course:
        day = st.integers(1, LAST)
        course: dict[str, float] = {}
        for name in ("graft", "relapse", "flare"):
            if draw(st.booleans()):
                course[name] = draw(day)
        if "relapse" in course and draw(st.booleans()):
            course["remission"] = course["relapse"] + draw(st.integers(0, 3))
        dies = draw(st.booleans())
        last = float(max([draw(day), *course.values()] if dies else [draw(day)]))
        if dies:
            course["death"] = last
        return {name: day for name, day in course.items() if day <= last}, last

    return [one() for _ in range(draw(st.integers(least, 12)))]


def answers(analysis: Analysis) -> pl.DataFrame:
    parts = [
        *(natural_outcome(name, analysis) for name in analysis.protocol.outcomes),
        *(handled_outcome("dfs", "graft", how, analysis) for how in Handling),
        states(analysis),
    ]
    return pl.concat([frame for part in parts for frame in part.frames])


def of(cohort: Cohort, *, days: list[float] | None = None, **analysis: object) -> pl.DataFrame:
    asked = small.protocol()
    plan = asked.analysis.model_copy(update=analysis)
    return answers(small.analysis(asked.model_copy(update={"analysis": plan}), cohort, days or DAYS))


def close(one: pl.DataFrame, two: pl.DataFrame, columns: list[str], factor: float = 1.0) -> None:
    assert one.height == two.height
    for name in columns:
        a, b = (frame[name].fill_null(-9.0).to_numpy() for frame in (one, two))
        scale = np.where(b == -9.0, 1.0, factor)
        np.testing.assert_allclose(a, b * scale, rtol=1e-11, atol=1e-12, err_msg=name)


@laws
@given(courses())
@example([({}, 1.0)] * 2 + [({"graft": 2, "relapse": 2, "death": 2}, 2.0)])
def test_probabilities_add_up(patients: list[Course]) -> None:
    found = of(small.cohort(patients))
    natural = found.filter(pl.col("strategy") == "natural course")
    per_day = natural.filter(
        pl.col("measure") == "state_probability", pl.col("outcome").str.starts_with("state:")
    )
    totals = per_day.drop_nulls("estimate").group_by("day").agg(pl.col("estimate").sum())
    np.testing.assert_allclose(totals["estimate"].to_numpy(), 1.0, atol=1e-12)
    curve = natural.filter(
        (pl.col("outcome") == "dfs") & (pl.col("measure") == "survival")
        | pl.col("outcome").is_in(["cir", "nrm"]) & (pl.col("measure") == "cumulative_incidence")
    )
    thirds = curve.drop_nulls("estimate").group_by("day").agg(pl.col("estimate").sum(), pl.len())
    np.testing.assert_allclose(thirds.filter(pl.col("len") == 3)["estimate"].to_numpy(), 1.0, atol=1e-12)
    areas = natural.filter(
        (pl.col("outcome") == "dfs") & (pl.col("measure") == "restricted_mean")
        | pl.col("outcome").str.starts_with("dfs:") & (pl.col("measure") == "time_lost")
    )
    if areas.height and not areas["estimate"].null_count():
        np.testing.assert_allclose(areas["estimate"].sum(), 6.0, atol=1e-12)


@laws
@given(courses())
def test_intervals_contain_their_estimate(patients: list[Course]) -> None:
    found = of(small.cohort(patients)).drop_nulls(["estimate", "lower", "upper"])
    assert (
        (found["lower"] <= found["estimate"] + 1e-12) & (found["estimate"] <= found["upper"] + 1e-12)
    ).all()
    assert found.filter(pl.col("interval") == "none").height == 0


@laws
@given(courses())
def test_handlings_are_ordered(patients: list[Course]) -> None:
    """Without censoring, a graft that counts as an event only lowers survival; the policy ignores it."""
    followed = [(course, last if "death" in course else LAST + 3.0) for course, last in patients]
    found = of(small.cohort(followed)).filter(pl.col("outcome") == "dfs")

    def curve(strategy: str, measure: str = "survival") -> pl.Series:
        rows = found.filter((pl.col("strategy") == strategy) & (pl.col("measure") == measure))
        return rows.sort("day")["estimate"]

    policy, composite = curve("treatment_policy: graft"), curve("composite: graft")
    assert policy.equals(curve("natural course"))
    both = ~(policy.is_null() | composite.is_null())
    assert (composite.filter(both) <= policy.filter(both) + 1e-12).all()
    ending = curve("while_on_treatment: graft", "cumulative_incidence")
    both = ~(ending.is_null() | composite.is_null())
    assert (ending.filter(both) <= 1 - composite.filter(both) + 1e-12).all()


@laws
@given(courses())
def test_weight_two_is_the_patient_twice(patients: list[Course]) -> None:
    doubled = [*patients, *patients[: len(patients) // 2]]
    loads = [2.0 if who < len(patients) // 2 else 1.0 for who in range(len(patients))]
    close(of(small.cohort(patients, loads=loads), weight="load"), of(small.cohort(doubled)), ["estimate"])


@laws
@given(courses(least=2))
def test_everybody_twice(patients: list[Course]) -> None:
    """Under one name the second copy adds nothing; as other people it halves the variance."""
    names = [f"centre {who}" for who in range(len(patients))]
    once = of(small.cohort(patients, sites=names), cluster="site")
    twice = small.cohort([*patients, *patients], sites=[*names, *names])
    close(of(twice, cluster="site"), once, COLUMNS)
    close(of(twice), once, ["std_error"], factor=0.5**0.5)


@laws
@given(courses(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(patients: list[Course], luck: object) -> None:
    cohort = small.cohort(patients)
    order = np.random.default_rng(luck.randint(0, 999))
    shuffled = {
        name: frame[order.permutation(frame.height)] if name != "patients" else frame
        for name, frame in cohort.tables.items()
    }
    again = Cohort.build(cohort.vocabulary, **shuffled)
    asked = small.protocol()
    one = estimate_outcomes(asked, cohort, enrol(asked, cohort))
    two = estimate_outcomes(asked, again, enrol(asked, again))
    for name in ("frame", "risk_table", "transitions", "funnel", "flow"):
        assert getattr(one, name).equals(getattr(two, name))


@laws
@given(courses())
def test_splitting_observation_changes_nothing(patients: list[Course]) -> None:
    cohort = small.cohort(patients)
    whole = cohort.observation
    halves = pl.concat(
        [
            whole.with_columns(stop=pl.min_horizontal("stop", pl.lit(4.0))),
            whole.with_columns(start=pl.lit(4.0)),
        ]
    ).filter(pl.col("start") < pl.col("stop"))
    split = Cohort.build(cohort.vocabulary, **{**cohort.tables, "observation": halves})
    assert of(split).equals(of(cohort))


@laws
@given(courses(), st.integers(1, LAST))
def test_what_comes_later_changes_no_earlier_number(patients: list[Course], day: int) -> None:
    """Ending all observation on a day leaves everything up to that day as it was."""
    cohort = small.cohort(patients)
    cut = replace(cohort, observation=cohort.as_of(float(day)).observation)
    days = [0.0, float(day) / 2, float(day)]
    curves = ["survival", "cumulative_incidence", "state_probability", "one_minus_survival"]
    now, then = (of(one, days=days).filter(pl.col("measure").is_in(curves)) for one in (cut, cohort))
    key = ["outcome", "strategy", "measure", "day"]
    both = now.join(then, on=key, how="inner", suffix="_then").drop_nulls(["estimate", "estimate_then"])
    for name in ("estimate", "std_error", "at_risk", "events"):
        np.testing.assert_allclose(
            both[name].fill_null(-9).to_numpy(), both[f"{name}_then"].fill_null(-9).to_numpy(), atol=1e-12
        )


@laws
@given(courses(), courses(), st.integers(0, LAST))
def test_eligibility_does_not_see_the_future(patients: list[Course], others: list[Course], day: int) -> None:
    """Whatever is recorded after time zero, the same patients are enrolled, as long as they are followed."""
    asked = small.protocol(time_zero=small.landmark(day))
    n = min(len(patients), len(others))
    forever = LAST + 10.0

    def mixed(later: list[Course]) -> Cohort:
        known = [
            (
                {
                    **{name: at for name, at in past.items() if at <= day},
                    **{
                        name: at for name, at in course.items() if at > day and past.get(name, LAST + 1) > day
                    },
                },
                forever,
            )
            for (past, _), (course, _) in zip(patients[:n], later[:n], strict=True)
        ]
        return small.cohort(known)

    one, two = enrol(asked, mixed(patients)), enrol(asked, mixed(others))
    np.testing.assert_array_equal(one.eligible, two.eligible)
    np.testing.assert_array_equal(one.time_zero, two.time_zero)
    assert one.attrition.drop("on_record").equals(two.attrition.drop("on_record"))

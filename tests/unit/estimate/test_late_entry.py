"""Late entry and gaps: whose variance, who is where, and what is not known."""

import numpy as np
import polars as pl
import pytest
import small_cohorts as small
from scipy.stats import norm

from equipoise.base.findings import FindingStatus
from equipoise.cohort.cohort import Cohort
from equipoise.estimate.outcomes import natural_outcome
from equipoise.estimate.states import states
from equipoise.protocol.read import read_protocol

ANYBODY = read_protocol(
    small.PROTOCOL.replace(
        "{label: no relapse yet, predicate: {not_: {has: relapse}}}", "{predicate: {not_: {has: death}}}"
    )
).population


def rows_of(name: str, frame: pl.DataFrame, measure: str) -> pl.DataFrame:
    return frame.filter((pl.col("outcome") == name) & (pl.col("measure") == measure))


def weighted_curve(
    start: np.ndarray, stop: np.ndarray, died: np.ndarray, weight: np.ndarray, times: np.ndarray
) -> np.ndarray:
    """Kaplan-Meier from its definition."""
    at_risk = ((start < times[:, None]) & (stop >= times[:, None])) @ weight
    deaths = ((stop == times[:, None]) & died) @ weight
    return np.cumprod(1 - deaths / at_risk)


@pytest.mark.parametrize("seed", range(12))
def test_limits_of_a_median_with_late_entry_use_the_jackknife(seed: int) -> None:
    """With late entry the jackknife is not Greenwood's variance, and the row names the jackknife."""
    draw = np.random.default_rng(seed)
    start = np.where(draw.random(40) < 0.6, np.ceil(draw.exponential(15, 40)), 0.0)
    stop = start + np.ceil(draw.exponential(20, 40))
    died = draw.random(40) < 0.8
    known = small.cohort(
        [
            ({"death": day} if dead else {}, day)
            for day, dead in zip(stop.tolist(), died.tolist(), strict=True)
        ],
        starts=start.tolist(),
    )
    frame = pl.concat(natural_outcome("os", small.analysis(small.protocol(), known, [0.0])).frames)
    row = rows_of("os", frame, "median").row(0, named=True)
    times = np.unique(stop[died])
    step, one = 1e-5, np.ones(40)
    moved = [
        weighted_curve(start, stop, died, one + step * unit, times)
        - weighted_curve(start, stop, died, one - step * unit, times)
        for unit in np.eye(40)
    ]
    error = np.sqrt(np.sum((np.array(moved) / (2 * step)) ** 2, axis=0))
    survival = weighted_curve(start, stop, died, one, times)
    inside = (survival > 1e-9) & (survival < 1)
    s, se, t = survival[inside], error[inside], times[inside]
    spread = np.exp(norm.ppf(0.975) * se / (s * -np.log(s)))
    for limit, column in ((s**spread, "lower"), (s ** (1 / spread), "upper")):
        under = t[limit <= 0.5]
        assert row[column] == (under[0] if under.size else None)


def test_a_median_that_only_the_last_death_reaches_has_no_limits_with_clusters_either() -> None:
    """At S = 0 the log-log limits are [0, 1] and say nothing; R's quantile gives none."""
    asked = small.protocol()
    clustered = asked.model_copy(update={"analysis": asked.analysis.model_copy(update={"cluster": "site"})})
    known = small.cohort([({"death": 7.0}, 7.0)] * 3, sites=["a", "b", "c"])
    frame = pl.concat(natural_outcome("os", small.analysis(clustered, known, [0.0])).frames)
    row = rows_of("os", frame, "median").row(0, named=True)
    assert (row["estimate"], row["lower"], row["upper"], row["interval"]) == (7.0, None, None, "none")


def occupied(
    patients: list, days: list[float], starts: list[float] | None = None, **changes: object
) -> pl.DataFrame:
    known = small.cohort(patients, starts=starts)
    asked = small.protocol(**changes)
    return pl.concat(states(small.analysis(asked, known, days)).frames)


def test_state_that_all_share_is_given_when_nobody_is_observed_at_time_zero() -> None:
    """Entries on days 1, 2 and 2; one relapse among the three at risk on day 3."""
    patients = [({"relapse": 3.0}, 9.0), ({}, 9.0), ({}, 9.0)]
    frame = occupied(patients, [0.0, 3.0], [1.0, 2.0, 2.0])
    well = rows_of("state:course:well", frame, "state_probability").sort("day")
    assert well["estimate"].to_list() == pytest.approx([1.0, 2 / 3])
    assert well["at_risk"].to_list() == [0, 3]


def test_no_number_when_nobody_is_observed_at_time_zero_and_the_states_differ() -> None:
    patients = [({"relapse": 1.0}, 9.0), ({"relapse": 7.0}, 9.0)]
    known = small.cohort(patients, starts=[4.0, 5.0])
    asked = small.protocol(time_zero=small.landmark(2.0), population=ANYBODY)
    analysis = small.analysis(asked, known, [0.0, 5.0])
    answered = states(analysis)
    assert answered.frames == ()
    assert [one.code for one in answered.findings] == ["E116"]
    current = natural_outcome("current", analysis)
    assert current.frames == ()
    assert [one.code for one in current.findings] == ["E116"]


def test_patients_in_an_absorbing_state_at_time_zero_have_their_share() -> None:
    """On day 2 one of four has flared, which nobody leaves; one more flares three days later."""
    patients = [({"flare": 1.0}, 9.0), ({"flare": 5.0}, 9.0), ({}, 9.0), ({}, 9.0)]
    frame = occupied(patients, [0.0, 3.0], structure="burden", time_zero=small.landmark(2.0))
    flared = rows_of("state:burden:flared", frame, "state_probability").sort("day")
    assert flared["estimate"].to_list() == pytest.approx([1 / 4, 1 / 4 + 3 / 4 / 3])
    # Two of four in the end: the share at the start is estimated and its uncertainty counts.
    assert flared["std_error"].to_list() == pytest.approx(
        [(1 / 4 * 3 / 4 / 4) ** 0.5, (1 / 2 * 1 / 2 / 4) ** 0.5]
    )
    assert flared["events"].to_list() == [1, 2]
    assert flared["n"].to_list() == [4, 4]
    free = rows_of("state:burden:free", frame, "state_probability").sort("day")
    assert free["estimate"].to_list() == pytest.approx([3 / 4, 1 / 2])


def test_patients_who_come_back_from_a_gap_are_counted_where_they_are() -> None:
    """The first relapses on day 4 in a gap of observation and is in relapse when seen again."""
    known = small.cohort([({"relapse": 4.0}, 3.0), ({}, 9.0)])
    again = pl.DataFrame({"patient": [0], "start": [6.0], "stop": [9.0]})
    again = again.cast({"patient": known.observation.schema["patient"]})
    observation = pl.concat([known.observation.drop("row"), again.select("patient", "start", "stop")])
    seen = Cohort.build(
        known.vocabulary, patients=known.patients, observation=observation, events=known.events.drop("row")
    )
    frame = pl.concat(states(small.analysis(small.protocol(), seen, [0.0, 3.0, 8.0])).frames)
    for state, expected in (("well", [2, 2, 1]), ("relapsed", [0, 0, 1])):
        rows = rows_of(f"state:course:{state}", frame, "state_probability").sort("day")
        assert rows["events"].to_list() == expected


def test_a_curve_that_ends_before_others_enter_gives_no_number() -> None:
    """One patient is observed first and dies on day 4; ten enter on day 5 and two of them die."""
    patients = [({"death": 4.0}, 4.0), *[({}, 20.0)] * 8, ({"death": 7.0}, 7.0), ({"death": 9.0}, 9.0)]
    known = small.cohort(patients, starts=[-1.0, *[5.0] * 10])
    answered = natural_outcome("os", small.analysis(small.protocol(), known, [0.0, 3.0, 10.0], (6.0,)))
    frame = pl.concat(answered.frames)
    rows = rows_of("os", frame, "survival").sort("day")
    assert rows["estimate"].to_list() == [1.0, 1.0, None]
    assert rows["status"].to_list()[-1] == FindingStatus.EMPTIED
    assert rows["finding"].to_list()[-1] == "E104"
    median = rows_of("os", frame, "median").row(0, named=True)
    assert (median["estimate"], median["status"], median["finding"]) == (None, FindingStatus.EMPTIED, "E104")
    assert rows_of("os", frame, "restricted_mean")["estimate"].to_list() == [None]
    assert rows_of("os:dead_well", frame, "time_lost")["status"].to_list() == [FindingStatus.EMPTIED]
    assert "E104" in [one.code for one in answered.findings]
    incidence = natural_outcome("nrm", small.analysis(small.protocol(), known, [3.0, 10.0]))
    chance = rows_of("nrm", pl.concat(incidence.frames), "cumulative_incidence").sort("day")
    assert chance["estimate"].to_list() == [0.0, None]

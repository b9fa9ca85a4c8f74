"""Six patients, every number in fractions (worked out on paper from the table in small_cohorts.py)."""

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
import small_cohorts as small

from equipoise.base.findings import FindingStatus
from equipoise.emulate.enrol import enrol
from equipoise.estimate.estimate import estimate_outcomes
from equipoise.estimate.funnel import funnel
from equipoise.estimate.outcomes import handled_outcome, natural_outcome
from equipoise.estimate.states import states
from equipoise.protocol.intercurrent import Handling

DAYS = list(range(9))
PLAN = small.analysis(small.protocol(), small.cohort(), DAYS)


def column(frame: pl.DataFrame, name: str = "estimate") -> list[float | None]:
    return frame.sort("day")[name].to_list()


def agrees(found: list[float | None], expected: list[Fraction | int | None]) -> bool:
    return len(found) == len(expected) and all(
        (one is None) == (two is None) and (one is None or two is None or abs(one - two) < 1e-14)
        for one, two in zip(found, expected, strict=True)
    )


def natural(name: str, measure: str) -> pl.DataFrame:
    frames = natural_outcome(name, PLAN).frames
    return pl.concat(frames).filter((pl.col("measure") == measure) & (pl.col("outcome") == name))


def test_survival() -> None:
    dfs = natural("dfs", "survival")
    assert agrees(
        column(dfs), [1, 1, Fraction(5, 6), Fraction(1, 2), Fraction(1, 2), Fraction(1, 4), 0, 0, 0]
    )
    assert column(dfs, "at_risk") == [6, 6, 6, 5, 2, 2, 1, 0, 0]
    assert column(dfs, "events") == [0, 0, 1, 3, 3, 4, 5, 5, 5]
    # Greenwood on day 3: 1/4 (1/(6 5) + 2/(5 3)) = 1/24
    assert column(dfs, "std_error")[3] == pytest.approx(float(Fraction(1, 24)) ** 0.5, abs=1e-15)
    os = natural("os", "survival")
    assert agrees(
        column(os),
        [
            1,
            1,
            1,
            Fraction(5, 6),
            Fraction(5, 8),
            Fraction(5, 12),
            Fraction(5, 12),
            Fraction(5, 24),
            Fraction(5, 24),
        ],
    )
    grfs = natural("grfs", "survival")
    assert agrees(
        column(grfs), [1, 1, Fraction(2, 3), Fraction(1, 3), Fraction(1, 3), Fraction(1, 3), 0, 0, 0]
    )


def test_cumulative_incidence_and_its_wrong_double() -> None:
    cir = natural("cir", "cumulative_incidence")
    assert agrees(
        column(cir),
        [
            0,
            0,
            Fraction(1, 6),
            Fraction(1, 3),
            Fraction(1, 3),
            Fraction(1, 3),
            Fraction(7, 12),
            Fraction(7, 12),
            Fraction(7, 12),
        ],
    )
    nrm = natural("nrm", "cumulative_incidence")
    assert agrees(
        column(nrm),
        [
            0,
            0,
            0,
            Fraction(1, 6),
            Fraction(1, 6),
            Fraction(5, 12),
            Fraction(5, 12),
            Fraction(5, 12),
            Fraction(5, 12),
        ],
    )
    wrong = natural("nrm", "one_minus_survival")
    # 1 - (1 - 1/5)(1 - 1/2): those who relapsed count as censored
    assert agrees(column(wrong)[:6], [0, 0, 0, Fraction(1, 5), Fraction(1, 5), Fraction(3, 5)])
    assert set(wrong["role"]) == {"naive"}
    assert set(wrong["finding"]) == {"E110"}


def test_every_state_and_the_current_one() -> None:
    answered = states(PLAN)
    probability = pl.concat(answered.frames).filter(pl.col("measure") == "state_probability")

    def of(state: str) -> list[float | None]:
        return column(probability.filter(pl.col("outcome") == f"state:course:{state}"))

    assert agrees(of("well"), [1, Fraction(5, 6), Fraction(2, 3), Fraction(1, 3), Fraction(1, 3), 0, 0, 0, 0])
    assert agrees(
        of("grafted"),
        [0, Fraction(1, 6), Fraction(1, 6), Fraction(1, 6), Fraction(1, 6), Fraction(1, 6), 0, 0, 0],
    )
    assert agrees(
        of("relapsed"), [0, 0, Fraction(1, 6), Fraction(1, 3), Fraction(1, 6), 0, Fraction(1, 6), 0, 0]
    )
    assert agrees(
        of("again"), [0, 0, 0, 0, 0, Fraction(1, 6), Fraction(1, 6), Fraction(1, 6), Fraction(1, 6)]
    )
    assert agrees(
        of("dead_well"),
        [
            0,
            0,
            0,
            Fraction(1, 6),
            Fraction(1, 6),
            Fraction(1, 2),
            Fraction(1, 2),
            Fraction(1, 2),
            Fraction(1, 2),
        ],
    )
    assert agrees(
        of("dead_relapsed"),
        [0, 0, 0, 0, Fraction(1, 6), Fraction(1, 6), Fraction(1, 6), Fraction(1, 3), Fraction(1, 3)],
    )
    # Last seen well: all six, then without the second (day 1), first (2), fourth and fifth (3), sixth (5).
    well = probability.filter(pl.col("outcome") == "state:course:well")
    assert column(well, "events") == [6, 5, 4, 2, 2, 1, 1, 1, 1]
    assert column(well, "at_risk") == [6, 6, 6, 6, 4, 3, 2, 2, 1]
    current = natural("current", "state_probability")
    assert agrees(
        column(current),
        [
            1,
            1,
            Fraction(5, 6),
            Fraction(1, 2),
            Fraction(1, 2),
            Fraction(1, 3),
            Fraction(1, 6),
            Fraction(1, 6),
            Fraction(1, 6),
        ],
    )
    # up to day 6, in well: 1 + 5/6 + 2/3 + 1/3 + 1/3 + 0
    area = pl.concat(answered.frames).filter(
        (pl.col("measure") == "restricted_mean") & (pl.col("outcome") == "state:course:well")
    )
    assert agrees(column(area), [Fraction(19, 6)])


FOUR = {
    Handling.TREATMENT_POLICY: [
        1,
        1,
        Fraction(5, 6),
        Fraction(1, 2),
        Fraction(1, 2),
        Fraction(1, 4),
        0,
        0,
        0,
    ],
    Handling.HYPOTHETICAL: [1, 1, Fraction(4, 5), Fraction(3, 5), Fraction(3, 5), 0, 0, 0, 0],
    Handling.COMPOSITE: [1, Fraction(5, 6), Fraction(2, 3), Fraction(1, 3), Fraction(1, 3), 0, 0, 0, 0],
    Handling.WHILE_ON_TREATMENT: [
        0,
        0,
        Fraction(1, 6),
        Fraction(1, 3),
        Fraction(1, 3),
        Fraction(2, 3),
        Fraction(2, 3),
        Fraction(2, 3),
        Fraction(2, 3),
    ],
}


@pytest.mark.parametrize("how", Handling)
def test_four_handlings_of_the_graft(how: Handling) -> None:
    answered = handled_outcome("dfs", "graft", how, PLAN)
    (frame,) = answered.frames
    assert agrees(column(frame), FOUR[how])
    assert frame["strategy"].unique().to_list() == [f"{how.value}: graft"]
    is_incidence = how is Handling.WHILE_ON_TREATMENT
    assert frame["measure"].unique().to_list() == ["cumulative_incidence" if is_incidence else "survival"]
    is_naive = how is Handling.HYPOTHETICAL
    assert frame["role"].unique().to_list() == ["naive" if is_naive else "companion"]
    assert any(one.code == "E101" for one in answered.findings) == is_naive
    assert (frame["finding"].to_list().count("E101") == frame.height) == is_naive


def test_four_estimands_have_four_sentences() -> None:
    sentences = {handled_outcome("dfs", "graft", how, PLAN).frames[0]["estimand"][0] for how in Handling}
    assert len(sentences) == 4


def test_restricted_mean_and_what_is_lost_to_each_cause() -> None:
    frames = pl.concat(natural_outcome("dfs", PLAN).frames)
    kept = frames.filter(pl.col("measure") == "restricted_mean")["estimate"].to_list()
    lost = frames.filter(pl.col("measure") == "time_lost")
    assert agrees(kept, [Fraction(49, 12)])  # 2 + 5/6 + 2 (1/2) + 1/4
    by_cause = dict(lost.select("outcome", "estimate").iter_rows())
    assert by_cause.keys() == {"dfs:relapsed", "dfs:dead_well"}
    assert by_cause["dfs:relapsed"] == pytest.approx(float(Fraction(7, 6)), abs=1e-14)  # 1/6 + 3 (1/3)
    assert by_cause["dfs:dead_well"] == pytest.approx(float(Fraction(3, 4)), abs=1e-14)  # 2 (1/6) + 5/12
    assert sum(by_cause.values()) + kept[0] == pytest.approx(6, abs=1e-14)


def test_medians() -> None:
    frames = pl.concat(natural_outcome("os", PLAN).frames)
    median = frames.filter(pl.col("measure") == "median")
    assert median["estimate"].to_list() == [5.0]
    assert median["day"].to_list() == [None]
    # Followed: 3 and 8 end in censoring, 3, 4, 5, 7 in death. Reverse: (1 - 1/6) on day 3, then 0 on day 8.
    follow_up = frames.filter(pl.col("measure") == "median_follow_up")
    assert follow_up["estimate"].to_list() == [8.0]


def test_a_median_that_is_not_reached() -> None:
    known = small.cohort([({}, 9), ({}, 9), ({"death": 4}, 4)])
    frames = pl.concat(natural_outcome("os", small.analysis(small.protocol(), known, DAYS)).frames)
    median = frames.filter(pl.col("measure") == "median")
    assert median["estimate"].to_list() == [None]
    assert median["status"].to_list() == [FindingStatus.LEVEL_NOT_REACHED]


def test_the_funnel_from_relapse() -> None:
    asked = PLAN.protocol.funnels[0]
    answer = funnel(asked, PLAN)
    assert answer.table.select("name", "reached", "of").rows() == [
        ("relapse", 3, 3),
        ("remission", 1, 3),
        ("os", 1, 1),
    ]
    frames = pl.concat(answer.answered.frames)

    def of(outcome: str, measure: str, strategy: str) -> pl.DataFrame:
        return frames.filter(
            (pl.col("outcome") == outcome) & (pl.col("measure") == measure) & (pl.col("strategy") == strategy)
        )

    everyone = of("os", "survival", "from relapse")
    assert agrees(
        column(everyone)[:6],
        [1, Fraction(2, 3), Fraction(1, 3), Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)],
    )
    got_there = of("os", "survival", "from remission after relapse")
    assert agrees(column(got_there)[:4], [1, 1, 1, 1])
    assert set(got_there["role"]) == {"naive"}
    assert set(got_there["finding"]) == {"E111"}
    reaching = of("salvage:remission", "cumulative_incidence", "from relapse")
    assert agrees(column(reaching)[:4], [0, 0, Fraction(1, 3), Fraction(1, 3)])
    wrong = of("salvage:remission", "one_minus_survival", "from relapse")
    assert agrees(column(wrong)[:3], [0, 0, Fraction(1, 2)])
    composed = of("os", "survival", "from relapse, composed")
    assert agrees(
        column(composed)[:6],
        [1, Fraction(2, 3), Fraction(1, 3), Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)],
    )


def test_no_number_beyond_the_last_day_observed() -> None:
    beyond = small.analysis(small.protocol(), small.cohort(), [0, 8, 9], horizons=[9.0])
    frames = pl.concat(natural_outcome("os", beyond).frames)
    curve = frames.filter(pl.col("measure") == "survival").sort("day")
    assert agrees(curve["estimate"].to_list(), [1, Fraction(5, 24), None])
    assert curve["status"].to_list()[2] == FindingStatus.NOT_REACHED
    assert curve["lower"].to_list()[2] is None
    area = frames.filter(pl.col("measure").is_in(["restricted_mean", "time_lost"]))
    assert area["estimate"].null_count() == area.height
    # Disease-free survival has come down to 0, which no later day can change.
    dfs = pl.concat(natural_outcome("dfs", beyond).frames)
    assert agrees(column(dfs.filter(pl.col("measure") == "survival")), [1, 0, 0])
    assert agrees(column(dfs.filter(pl.col("measure") == "restricted_mean")), [Fraction(49, 12)])


def test_delayed_entry_counts_from_the_day_after() -> None:
    # The fourth patient enters on day 2: not at risk on day 2 itself, at risk on day 3.
    starts = [-1.0, -1.0, -1.0, 2.0, -1.0, -1.0]
    late = small.analysis(small.protocol(), small.cohort(starts=starts), DAYS)
    dfs = pl.concat(natural_outcome("dfs", late).frames).filter(pl.col("measure") == "survival").sort("day")
    assert dfs["at_risk"].to_list()[:4] == [5, 5, 5, 5]
    assert agrees(dfs["estimate"].to_list()[:5], [1, 1, Fraction(4, 5), Fraction(12, 25), Fraction(12, 25)])
    assert "beta product" not in dfs["interval"].to_list()
    assert late.enrolment.findings[0].code == "E003"
    assert late.enrolment.findings[0].patients == 1


def test_an_event_on_the_day_of_time_zero_is_judged_and_not_counted() -> None:
    known = small.cohort([({"relapse": 0, "death": 4}, 4), ({"graft": 0}, 6), ({"death": 0}, 0), ({}, 6)])
    enrolment = enrol(small.protocol(), known)
    assert enrolment.eligible.tolist() == [False, True, False, True]
    assert enrolment.attrition["excluded"].to_list() == [0, 0, 1, 1]
    assert enrolment.attrition["on_record"].to_list()[-1] == "1 death"
    at_zero = small.analysis(small.protocol(), known, [0, 6])
    composite = handled_outcome("dfs", "graft", Handling.COMPOSITE, at_zero)
    assert composite.frames[0]["n"].to_list() == [1, 1]
    assert [one.code for one in composite.findings if one.code == "E108"] == ["E108"]


def test_flow_says_where_everybody_ends() -> None:
    protocol, known = small.protocol(), small.cohort()
    flow = estimate_outcomes(protocol, known, enrol(protocol, known)).flow
    numbers = dict(flow.select("box", "n").iter_rows())
    assert numbers["last:well"] == 1
    assert numbers["last:again"] == 1
    assert numbers["last:dead_well"] == 2
    assert numbers["last:dead_relapsed"] == 2
    assert numbers["had:graft"] == 2
    assert numbers["enrolled"] == 6


def test_transitions_and_person_days() -> None:
    protocol, known = small.protocol(), small.cohort()
    table = estimate_outcomes(protocol, known, enrol(protocol, known)).transitions
    course = table.filter(pl.col("structure") == "course")
    by_arrow = {
        (a, b): (n, days) for a, b, n, days in course.select("from", "to", "events", "person_days").rows()
    }
    assert by_arrow["well", "relapsed"] == (2, 17.0)  # 2 + 1 + 3 + 3 + 3 + 5 days in well
    assert by_arrow["well", "grafted"] == (2, 17.0)
    assert by_arrow["relapsed", "again"] == (1, 5.0)  # 2 + 2 + 1 days
    assert by_arrow["again", "relapsed"] == (0, 3.0)
    assert np.isclose(
        course.filter((pl.col("from") == "well") & (pl.col("to") == "dead_well"))["rate"][0], 365.25 / 17
    )


def test_risk_table_adds_up() -> None:
    (table,) = natural_outcome("dfs", PLAN).risk_tables
    rows = table.sort("day")
    assert rows["censored"].to_list() == [0, 0, 0, 1, 1, 1, 1, 1, 1]
    before = rows["events"].shift(1).fill_null(0) + rows["censored"].shift(1).fill_null(0)
    assert (rows["at_risk"] + before).to_list() == [6] * 9

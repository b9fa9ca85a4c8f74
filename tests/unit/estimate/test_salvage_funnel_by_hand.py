"""N7 on eight patients, every number in fractions: who gets there, counted rightly, wrongly, and together.

From relapse on, in days since it: 1 steps on day 2 and dies on 4; 2 steps on 2 and is seen until 8; 3 dies on
2; 4 is seen until 8; 5 dies on 1; 6 never relapses; 7 steps on 4, seen until 8; 8 steps on 2, dies on 7.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
import small_cohorts as small

from equipoise.base.findings import FindingStatus
from equipoise.estimate.analysis import Analysis
from equipoise.estimate.funnel import funnel
from equipoise.estimate.naive.comparison import Compared, naive_comparison
from equipoise.protocol.naive import NaiveComparison
from equipoise.protocol.protocol import Protocol

MONTH = 365.25 / 12
DAYS = (0.0, 1.0, 2.0, 4.0, 5.0, 7.0)
EIGHT = (
    ({"relapse": 1, "graft": 3, "death": 5}, 5.0),
    ({"relapse": 1, "graft": 3}, 9.0),
    ({"relapse": 2, "death": 4}, 4.0),
    ({"relapse": 1}, 9.0),
    ({"relapse": 1, "death": 2}, 2.0),
    ({"death": 3}, 3.0),
    ({"relapse": 1, "graft": 5}, 9.0),
    ({"relapse": 2, "graft": 4, "death": 9}, 9.0),
)
Course = tuple[Mapping[str, float], float]


def question() -> Protocol:
    asked = small.protocol()
    salvage = asked.funnels[0].model_copy(update={"steps": ("graft",)})
    report = asked.report.model_copy(update={"at_months": tuple(day / MONTH for day in DAYS[1:])})
    return asked.model_copy(update={"funnels": (salvage,), "report": report})


def analysis(patients: Sequence[Course] = EIGHT, **cohort: object) -> Analysis:
    return small.analysis(question(), small.cohort(patients, **cohort), DAYS)


def compared(one: Analysis) -> Compared:
    asked = NaiveComparison(
        name="ladder", label="Grafted or not", intervention="graft", outcomes=("os",), funnel="salvage"
    )
    return naive_comparison(asked, one)


def rows(frames: Sequence[pl.DataFrame], strategy: str, measure: str) -> list[dict[str, object]]:
    frame = pl.concat(frames).filter(pl.col("strategy") == strategy, pl.col("measure") == measure)
    return frame.sort("day").to_dicts()


def curve(strategy: str, measure: str) -> dict[float, object]:
    one = analysis()
    answered = funnel(one.protocol.funnels[0], one).answered
    return {row["day"]: row["estimate"] for row in rows(answered.frames, strategy, measure)}


EVERYBODY = {
    0: 1,
    1: Fraction(6, 7),
    2: Fraction(5, 7),
    4: Fraction(4, 7),
    5: Fraction(4, 7),
    7: Fraction(3, 7),
}
ARRIVED = {0: 1, 1: 1, 2: Fraction(3, 4), 4: Fraction(3, 4), 5: Fraction(3, 8)}
REACHED = {0: 0, 1: 0, 2: Fraction(3, 7), 4: Fraction(4, 7), 5: Fraction(4, 7), 7: Fraction(4, 7)}
# 3 of the 6 who are left step on day 2; of the two left on day 4 one does.
WRONG = {0: 0, 1: 0, 2: Fraction(1, 2), 4: Fraction(3, 4), 5: Fraction(3, 4), 7: Fraction(3, 4)}
# Still waiting, and 3/7 with S_H(t - 2), 1/7 with S_H(t - 4).
COMPOSED = {
    0: Fraction(1),
    1: Fraction(6, 7),
    2: Fraction(2, 7) + Fraction(3, 7),
    4: Fraction(1, 7) + Fraction(3, 7) * Fraction(3, 4) + Fraction(1, 7),
    5: Fraction(1, 7) + Fraction(3, 7) * Fraction(3, 4) + Fraction(1, 7),
    7: Fraction(1, 7) + Fraction(3, 7) * Fraction(3, 8) + Fraction(1, 7) * Fraction(3, 4),
}


@pytest.mark.parametrize(
    ("strategy", "measure", "expected"),
    [
        ("from relapse", "survival", EVERYBODY),
        ("from graft after relapse", "survival", ARRIVED),
        ("from relapse", "cumulative_incidence", REACHED),
        ("from relapse", "one_minus_survival", WRONG),
        ("from relapse, composed", "survival", COMPOSED),
    ],
)
def test_curves(strategy: str, measure: str, expected: Mapping[float, Fraction]) -> None:
    found = curve(strategy, measure)
    assert {day: found[day] for day in expected} == pytest.approx(
        {day: float(value) for day, value in expected.items()}, abs=1e-14
    )
    beyond = set(found) - set(expected)
    assert all(found[day] is None for day in beyond)


def test_the_rung() -> None:
    row = compared(analysis()).table.filter(pl.col("rung") == "N7").row(0, named=True)
    assert (row["treated"], row["untreated"]) == ("from graft after relapse", "from relapse")
    assert (row["n_treated"], row["events_treated"]) == (4, 2)
    assert (row["n_untreated"], row["events_untreated"]) == (7, 4)
    assert (row["comparison"], row["outcome"], row["intervention"]) == ("ladder", "os", "graft")
    assert row["label"] == "From graft after relapse v all from relapse"
    assert row["reason"].startswith("Only those who got as far as graft are counted")


def test_the_difference() -> None:
    """One of the four dies by day 4; of the seven three: 3/4 - 4/7. Who got there lies in both curves."""
    found = rows(compared(analysis()).answered.frames, "from graft after relapse", "survival_difference")
    by_day = {row["day"]: row for row in found}
    expected = {day: ARRIVED[day] - EVERYBODY[day] for day in (1, 2, 4, 5)}
    assert {day: by_day[day]["estimate"] for day in expected} == pytest.approx(
        {day: float(value) for day, value in expected.items()}, abs=1e-14
    )
    # (alive - S) / n in each curve: 1; 2, 7 and 8; 4; 3 and 5.
    alive, dead, lives, dies = Fraction(1, 16), Fraction(-3, 16), Fraction(3, 49), Fraction(-4, 49)
    influence = [dead - dies, *[alive - lives] * 3, -lives, *[-dies] * 2]
    variance = sum(one**2 for one in influence)
    assert by_day[4]["std_error"] == pytest.approx(float(variance) ** 0.5, rel=1e-12)
    assert (by_day[4]["versus"], by_day[4]["role"], by_day[4]["finding"]) == ("from relapse", "naive", "E248")
    assert (by_day[4]["n"], by_day[4]["events"], by_day[4]["at_risk"]) == (7, 3, 5)
    assert by_day[4]["status"] == FindingStatus.BIASED
    # Few events: each curve has its exact interval, and those of the same patients cannot be combined.
    assert (by_day[4]["lower"], by_day[4]["interval"]) == (None, "none")
    # Nobody is seen on day 7 after the graft.
    assert (by_day[7]["estimate"], by_day[7]["status"]) == (None, FindingStatus.NOT_REACHED)


def test_with_enough_events_the_interval_is_plain() -> None:
    """Everybody six times: the variance is a sixth, and six die after the graft by day 4."""
    found = rows(
        compared(analysis(EIGHT * 6)).answered.frames, "from graft after relapse", "survival_difference"
    )
    once = rows(compared(analysis()).answered.frames, "from graft after relapse", "survival_difference")
    day_4, alone = (next(row for row in some if row["day"] == 4) for some in (found, once))
    assert day_4["std_error"] == pytest.approx(alone["std_error"] / 6**0.5, rel=1e-12)
    assert day_4["interval"] == "plain"
    assert day_4["upper"] == pytest.approx(
        float(Fraction(5, 28)) + 1.959963984540054 * day_4["std_error"], rel=1e-12
    )


def test_clusters_are_units_of_both_curves() -> None:
    """Every patient six times as one cluster: the copies add nothing."""
    asked = question()
    clustered = asked.model_copy(update={"analysis": asked.analysis.model_copy(update={"cluster": "site"})})
    names = [f"centre {who}" for who in range(8)]
    known = small.cohort(EIGHT * 6, sites=names * 6)
    found = rows(
        compared(small.analysis(clustered, known, DAYS)).answered.frames,
        "from graft after relapse",
        "survival_difference",
    )
    once = rows(compared(analysis()).answered.frames, "from graft after relapse", "survival_difference")
    day_4, alone = (next(row for row in some if row["day"] == 4) for some in (found, once))
    assert day_4["std_error"] == pytest.approx(alone["std_error"], rel=1e-12)
    assert day_4["interval"] == "plain"


def test_whoever_is_lost_on_the_day_of_the_step_is_lost_in_the_composed_curve_too() -> None:
    """Two of four step on day 2, one of them dies that very day; another dies on 3: 3/4, then 1/2."""
    patients = [
        ({"relapse": 1, "graft": 3, "death": 3}, 3.0),
        ({"relapse": 1, "graft": 3}, 9.0),
        ({"relapse": 1, "death": 4}, 4.0),
        ({"relapse": 1}, 9.0),
    ]
    one = analysis(patients)
    frames = funnel(one.protocol.funnels[0], one).answered.frames
    together = [row["estimate"] for row in rows(frames, "from relapse, composed", "survival")]
    direct = [row["estimate"] for row in rows(frames, "from relapse", "survival")]
    assert direct == pytest.approx([1, 1, 0.75, 0.5, 0.5, 0.5], abs=1e-14)
    assert together == pytest.approx(direct, abs=1e-14)
    # The curve from the step describes those seen after it.
    assert rows(frames, "from graft after relapse", "survival")[0]["n"] == 1


def test_what_is_said() -> None:
    found = compared(analysis())
    message = next(one for one in found.answered.findings if one.code == "E248")
    assert message.patients == 4
    assert message.message.startswith("From graft after relapse v all from relapse (os). Only those who got")
    sentence = rows(found.answered.frames, "from graft after relapse", "survival_difference")[0]["estimand"]
    assert "(1) of those who had relapse and then graft, counted from the day of that graft" in sentence
    assert "(2) of all who had relapse, counted from the day of that relapse" in sentence


def test_nobody_gets_there() -> None:
    patients = [({"graft": 1, "relapse": 3}, 9.0), ({"relapse": 2}, 9.0), ({}, 9.0)]
    found = compared(analysis(patients))
    assert "N7" not in found.table["rung"].to_list()
    message = next(
        one for one in found.answered.findings if one.code == "E246" and "after relapse" in one.message
    )
    assert "nobody counts as treated" in message.message


def test_without_a_funnel_there_is_no_such_rung() -> None:
    asked = NaiveComparison(name="ladder", label="Grafted or not", intervention="graft", outcomes=("os",))
    assert "N7" not in naive_comparison(asked, analysis()).table["rung"].to_list()


def test_the_numbers_of_the_other_rungs_do_not_change() -> None:
    asked = NaiveComparison(name="ladder", label="Grafted or not", intervention="graft", outcomes=("os",))
    plain, with_it = naive_comparison(asked, analysis()), compared(analysis())
    others = with_it.table.filter(pl.col("rung") != "N7")
    assert others.equals(plain.table)
    kept = pl.concat(with_it.answered.frames).filter(pl.col("finding") != "E248")
    assert kept.equals(pl.concat(plain.answered.frames))
    assert np.all(with_it.table["position"].to_numpy()[-1] > others["position"].to_numpy())

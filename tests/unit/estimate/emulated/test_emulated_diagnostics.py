"""Support over time, balance, overlap, models, laws and weights by hand; bands; what is given to notice."""

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from emulated_patients import (
    BY_GROUP,
    DIFFERENCES,
    EARLY,
    MONTH,
    ON_MARKER,
    TEN,
    WATCH,
    answered,
    emulated,
    question,
    ward,
)

from equipoise.estimate.emulated.diagnostics import CLASSES

FIVE = ("3 surgery", "5 surgery; 25 relapse", "7 relapse", "12 relapse", "")
GROUPS = [{"group": one} for one in "aabbb"]
P = Fraction(2, 67)
STAY = 1 - P
PLAIN = "penalised: false, truncate: null,"
OFF = "on: false"


def rows(table: pl.DataFrame, **which: object) -> list[dict[str, object]]:
    return list(table.filter(**which).iter_rows(named=True))


def test_support_on_the_report_days() -> None:
    """On day 15 those who watch: the third and fourth as they were, the fifth with 15 days of no start."""
    found = answered(question(WATCH, EARLY, emulation=PLAIN), ward(*FIVE)).tables["support"]
    first, _, middle, *_ = rows(found, strategy="watch")
    assert (first["compatible"], first["mean_weight"], first["ess"], first["largest"]) == (5, 1.0, 5.0, 0.2)
    weights = [STAY**-7, STAY**-12, STAY**-16]  # the bin of 15.2 days is the sixteenth
    assert middle["compatible"] == 3
    assert middle["mean_weight"] == pytest.approx(float(sum(weights) / 5), rel=1e-9)
    assert middle["ess"] == pytest.approx(float(sum(weights) ** 2 / sum(one**2 for one in weights)), rel=1e-9)
    assert middle["largest"] == pytest.approx(float(weights[2] / sum(weights)), rel=1e-9)


def test_the_mean_weight_over_time_leaves_the_loss_out() -> None:
    plain = answered(question(WATCH, emulation=PLAIN), ward(*FIVE)).tables["support"]
    lossy = answered(
        question(WATCH, emulation=PLAIN + "loss: {adjust_for: [], pieces_months: [0.2]},"),
        ward(*FIVE, "", followed=[(0.0, 40.0)] * 5 + [(0.0, 2.0)]),
    ).tables["support"]
    alone = answered(
        question(WATCH, emulation=PLAIN), ward(*FIVE, "", followed=[(0.0, 40.0)] * 5 + [(0.0, 2.0)])
    ).tables["support"]
    assert lossy["mean_weight"].to_list() == pytest.approx(alone["mean_weight"].to_list(), rel=1e-12)
    assert lossy["mean_error"].to_list() == pytest.approx(alone["mean_error"].to_list(), rel=1e-12)
    assert lossy["mean_weight"].to_list() != plain["mean_weight"].to_list()
    # The effective sample is that of the weights that are used.
    assert lossy["ess"][-1] != pytest.approx(alone["ess"][-1], rel=1e-6)


def test_balance_before_and_after() -> None:
    """Three in five are of group b; of those who watch up to day 10 all are, before and after weighting."""
    asked = question(WATCH, EARLY, emulation=PLAIN.replace("false", "true"), adjust_for=BY_GROUP)
    found = answered(asked, ward(*FIVE, baseline=GROUPS)).tables["balance"]
    (watch,), (early,) = (rows(found, strategy=one) for one in ("watch", "early"))
    spread = (0.6 * 0.4) ** 0.5
    assert watch["covariate"] == "group b"
    assert (watch["everybody"], watch["unweighted"], watch["weighted"]) == pytest.approx((0.6, 1.0, 1.0))
    assert watch["difference_before"] == pytest.approx(0.4 / spread)
    assert watch["difference_after"] == pytest.approx(0.4 / spread)
    assert early["unweighted"] == pytest.approx(1 / 3)
    assert early["difference_before"] == pytest.approx((1 / 3 - 0.6) / spread)
    assert 0 < early["weighted"] < 1 / 3  # type: ignore[operator]  # the third counts three in ten


def test_balance_of_a_strategy_that_nobody_follows() -> None:
    asked = question(WATCH, adjust_for=BY_GROUP)
    (row,) = rows(answered(asked, ward("3 surgery", "4 surgery", baseline=GROUPS[1:3])).tables["balance"])
    assert row["everybody"] == 0.5
    assert (row["unweighted"], row["weighted"], row["difference_after"]) == (None, None, None)


def test_overlap_by_hand() -> None:
    """Everybody has p = 2/67 a day, which is .602 within a month; 67 days, two starts."""
    cell = "on: true, support: [{last: marker, eq: high}]"
    records = (*FIVE[:4], "20 marker high")
    found = answered(question(ON_MARKER, emulation=PLAIN, gates=cell), ward(*records)).tables["overlap"]
    assert float(1 - STAY**30) < 0.61
    everybody = rows(found, cell="all")
    assert [row["from"] for row in everybody] == list(CLASSES[:-1])
    assert [row["person_days"] for row in everybody] == [0.0] * 8 + [67.0]
    assert [row["starts"] for row in everybody] == [0] * 8 + [2]
    # The marker is known by the end of day 20: the twenty days from the twenty-first on, in both cells.
    for cell_name in ("after the trigger of 'on marker'", "the last Marker is high"):
        last = rows(found, cell=cell_name)
        assert [row["person_days"] for row in last] == [0.0] * 8 + [20.0]
        assert sum(row["starts"] for row in last) == 0  # type: ignore[misc]


def test_models_by_hand() -> None:
    """Hazard -log(65/67) a day; of the log hazard the information is that of two starts in 67 days."""
    found = answered(question(WATCH, emulation=PLAIN), ward(*FIVE)).tables["models"]
    (row,) = rows(found)
    hazard = -float(np.log(65 / 67))
    assert row["estimate"] == pytest.approx(hazard * MONTH, rel=1e-9)
    assert (row["column"], row["is_baseline"], row["person_days"], row["starts"]) == (
        "months 0+", True, 67.0, 2,
    )  # fmt: skip

    # -d2/db2 of 2 log(1 - exp(-e^b)) - 65 e^b at the maximum, by numbers.
    def log_likelihood(b: float) -> float:
        return 2 * float(np.log(-np.expm1(-np.exp(b)))) - 65 * float(np.exp(b))

    b, step = float(np.log(hazard)), 1e-4
    information = -(log_likelihood(b + step) - 2 * log_likelihood(b) + log_likelihood(b - step)) / step**2
    assert row["upper"] == pytest.approx(row["estimate"] * np.exp(1.959964 / information**0.5), rel=1e-5)
    assert row["lower"] == pytest.approx(row["estimate"] * np.exp(-1.959964 / information**0.5), rel=1e-5)


def test_laws_as_the_strategies_use_them() -> None:
    found = answered(question(WATCH, EARLY), ward(*FIVE)).tables["laws"]
    assert set(found["strategy"]) == {"early"}
    assert found["month"].to_list() == pytest.approx([0, TEN])
    assert found["share"].to_list() == [0.0, 1.0]


def test_weights_summed_up() -> None:
    weights = answered(question(WATCH, EARLY, emulation=PLAIN), ward(*FIVE)).weights
    assert weights is not None
    (row,) = rows(weights, strategy="watch")
    values = [STAY**-7, STAY**-12, STAY**-40]
    assert row["patients"] == 3
    assert (row["minimum"], row["median"], row["maximum"]) == pytest.approx([float(one) for one in values])
    assert row["mean"] == pytest.approx(float(sum(values) / 3))
    assert row["ess"] == pytest.approx(float(sum(values) ** 2 / sum(one**2 for one in values)))
    nobody = answered(question(WATCH), ward("3 surgery")).weights
    assert nobody is not None
    assert rows(nobody)[0] | {"strategy": ""} == {
        "strategy": "", "patients": 0, "mean": 0.0, "minimum": 0.0, "median": 0.0, "maximum": 0.0, "ess": 0.0,
    }  # fmt: skip


def test_bands_hold_the_intervals_and_stand_where_somebody_is() -> None:
    """Of every strategy and of every pair that is compared; wider than the intervals of single days."""
    asked = question(WATCH, EARLY, gates=OFF, contrasts=DIFFERENCES)
    records = (
        "3 surgery; 25 relapse",
        "5 surgery",
        "7 relapse",
        "12 relapse",
        "2 surgery; 8 relapse",
        "",
        "18 relapse",
    )
    found = answered(asked, ward(*records))
    bands, levels = found.tables["bands"], found.frames[0].filter(measure="survival")
    for name in ("watch", "early"):
        pair = bands.filter((pl.col("strategy") == name) & pl.col("versus").is_null())
        own = levels.filter(strategy=name)
        assert pair["day"].to_list() == own["day"].to_list()
        assert pair["estimate"].to_list() == own["estimate"].to_list()
        for band, point in zip(pair.iter_rows(named=True), own.iter_rows(named=True), strict=True):
            if point["interval"] == "log-log, t":
                assert band["lower"] <= point["lower"] + 0.02
                assert band["upper"] >= point["upper"] - 0.02
    difference = bands.filter(pl.col("versus") == "watch")
    assert difference["strategy"].unique().to_list() == ["early"]
    assert difference["day"].to_list() == levels.filter(strategy="watch")["day"].to_list()
    told = found.frames[1].filter(measure="survival_difference").row(0, named=True)
    (same,) = rows(difference.filter((pl.col("day") - told["day"]).abs() < 1e-9))
    assert same["estimate"] == pytest.approx(told["estimate"], rel=1e-12)
    assert same["lower"] < told["lower"] + 0.02  # type: ignore[operator]


def test_bands_of_late_entrants_pair_the_same_days() -> None:
    """Those who watch enter on day 10: before, there is nobody to compare with."""
    asked = question(WATCH, EARLY, gates=OFF, contrasts=DIFFERENCES, emulation="late_entrants: include,")
    records = ("3 surgery; 20 relapse", "4 surgery", "5 surgery; 12 relapse", "20 relapse", "", "18 relapse")
    cohort = ward(*records, followed=[(0.0, 40.0)] * 3 + [(10.0, 40.0)] * 3)
    found = answered(asked, cohort)
    bands = found.tables["bands"].filter(pl.col("versus") == "watch")
    for row in bands.iter_rows(named=True):
        early, watch = (
            found.frames[0].filter(
                (pl.col("strategy") == name)
                & (pl.col("measure") == "survival")
                & (pl.col("day") == row["day"])
            )["estimate"][0]
            for name in ("early", "watch")
        )
        assert row["estimate"] == pytest.approx(early - watch, rel=1e-12)
    assert bands["day"].to_list()[1:] == pytest.approx([MONTH / 2, 3 * MONTH / 4, MONTH])


def test_what_is_noticed() -> None:
    asked = question(WATCH, EARLY, emulation="penalised: false, truncate: 1.4,", gates=OFF)
    codes = {one.code: one.message for one in answered(asked, ward(*FIVE)).findings}
    assert codes["E134"] == "'early': weights of 66.7 % of those who follow it are cut at 1.40."
    late = ward(*["10 surgery"] * 6, *["1 relapse"] * 6)  # nobody starts for nine days: p is no constant
    off = answered(question(WATCH, gates=OFF), late)
    (message,) = (one.message for one in off.findings if one.code == "E132")
    support = emulated(question(WATCH, gates=OFF), late).support["watch"]
    assert message.startswith(
        f"'watch': the mean weight is {support.mean:.3f}, more than two standard errors"
    )
    assert abs(support.mean - 1) > 2 * support.mean_error


def test_few_centres_are_noted_and_many_are_the_unit() -> None:
    asked = question(WATCH, EARLY, gates=OFF, weight="null")
    asked = asked.model_copy(update={"analysis": asked.analysis.model_copy(update={"cluster": "group"})})
    cohort = ward(*FIVE, baseline=GROUPS)
    found = answered(asked, cohort)
    assert "E137" in {one.code for one in found.findings}
    assert set(found.frames[0]["method"].str.split("; ").list.last()) == {"leave-one-out over patients"}


def test_ten_centres_are_the_unit_of_variance() -> None:
    """Ten shares stand for ten centres: the first two patients are of one, and left out together."""
    centres = [{"share": str(max(number, 1))} for number in range(11)]
    records = ("3 surgery", "5 surgery", "7 relapse", "12 relapse", "2 surgery; 8 relapse", *[""] * 6)
    asked = question(WATCH, EARLY, gates=OFF)
    by_centre = asked.model_copy(update={"analysis": asked.analysis.model_copy(update={"cluster": "share"})})
    found = emulated(by_centre, ward(*records, baseline=centres))
    assert found.spread.method == "leave-one-out over 10 centres"
    assert found.degrees_of_freedom("watch") == pytest.approx(
        max(min(found.support["watch"].effective, 10.0) - 1.0, 3.0)
    )
    told = {one.code for one in answered(by_centre, ward(*records, baseline=centres)).findings}
    assert "E137" not in told

"""What must not matter to a Cox model from a cohort: order, cuts, the time unit, later records."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from regression_cohorts import AGE, KIND, MARKER, TREATED, VOCABULARY, alive, cohort

from equipoise.base.findings import FindingStatus
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.course import Course
from equipoise.cohort.following import follow
from equipoise.cohort.history import event_history
from equipoise.cohort.splitting import split
from equipoise.estimate.regression.cox import cox
from equipoise.estimate.regression.regression import RegressionPlan
from equipoise.kernels.cox import fit_cox

N = 120
ASKED = (TREATED, MARKER, AGE, KIND)


@pytest.fixture(scope="module")
def simulated() -> Cohort:
    chance = np.random.default_rng(11)
    last = chance.integers(2, 60, N).astype(float)
    visits = [
        (i, float(day), float(chance.normal())) for i in range(N) for day in (0, 7, 20) if day < last[i]
    ]
    treated = {
        i: float(chance.integers(1, last[i])) for i in range(N) if chance.random() < 0.5 and last[i] > 2
    }
    return cohort(
        last.tolist(),
        (chance.random(N) < 0.7).tolist(),
        treated=treated,
        marker=visits,
        age=chance.normal(50, 10, N).round(1).tolist(),
        kind=chance.choice(["a", "b", "c"], N).tolist(),
    )


def test_order_of_the_source_does_not_matter_bitwise(simulated: Cohort) -> None:
    tables = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=3) for name, frame in simulated.tables.items()
    }
    other = Cohort.build(VOCABULARY, **tables)
    one, two = (cox(alive(each), each, ASKED) for each in (simulated, other))
    assert one.table.equals(two.table)
    assert one.tests.equals(two.tests)


def test_order_of_the_covariates_does_not_matter(simulated: Cohort) -> None:
    one = cox(alive(simulated), simulated, ASKED).coefficients.value
    other = cox(alive(simulated), simulated, ASKED[::-1]).coefficients.value
    assert other[[4, 3, 2, 0, 1]] == pytest.approx(one, rel=1e-9)


def test_cutting_rows_further_changes_nothing(simulated: Cohort) -> None:
    """A course that says the same thing every third day cuts rows and adds no information."""
    history = alive(simulated)
    courses = [follow(one.asked, simulated, 0.0) for one in (TREATED, AGE)]
    patient = np.repeat(np.arange(N, dtype=np.int32), 20)
    day = np.tile(np.arange(20) * 3.0, N)
    idle = Course(patient, day, np.zeros(patient.size))
    fits = []
    for each in (courses, [*courses, idle]):
        rows = split(history.rows, each, history.time_zero, history.clock)
        columns = np.column_stack(rows.values[:2]).astype(np.float64)
        fit = fit_cox(rows.stop, rows.target >= 0, columns, start=rows.start, cluster=rows.patient)
        fits.append((rows.size, fit))
    (few, plain), (many, cut) = fits
    assert many > 3 * few
    assert cut.coefficients == pytest.approx(plain.coefficients, rel=1e-11)
    assert cut.covariance == pytest.approx(plain.covariance, rel=1e-11)
    assert cut.robust == pytest.approx(plain.robust, rel=1e-9)


def test_the_time_unit_does_not_matter(simulated: Cohort) -> None:
    vocabulary = VOCABULARY.model_copy(update={"resolution": 7.0})
    days = ("day", "start", "stop")
    tables = {
        name: frame.with_columns(pl.col(column) * 7 for column in days if column in frame.columns)
        for name, frame in simulated.tables.items()
    }
    weeks = Cohort.build(vocabulary, **tables)
    one, other = cox(alive(simulated), simulated, ASKED), cox(alive(weeks), weeks, ASKED)
    assert other.coefficients.value == pytest.approx(one.coefficients.value, rel=1e-12)


def test_what_is_recorded_after_the_last_event_does_not_matter(simulated: Cohort) -> None:
    last = float(simulated.events["day"].max() or 0)
    later = simulated.measurements.with_columns(day=last + 1 + pl.col("day"), value=pl.col("value") * 100)
    tables = dict(simulated.tables)
    tables["measurements"] = pl.concat([simulated.measurements, later])
    other = Cohort.build(VOCABULARY, **tables)
    one, two = (cox(alive(each), each, ASKED).coefficients.value for each in (simulated, other))
    assert two.tolist() == one.tolist()


def test_a_later_time_zero_knows_the_history(simulated: Cohort) -> None:
    """From day 10 on: who was treated before is treated from the start, and the last value is carried on."""
    free = alive(simulated)
    there = np.where(np.isin(np.arange(N), free.rows.patient[free.rows.stop > 21]), 10.0, np.nan)
    history = event_history(simulated, "course", time_zero=there)
    late = history.lump({"free": ["well"], "failed": ["back", "dead"]})
    found = cox(late, simulated, ASKED)
    landmark = replace(free.rows, start=np.maximum(free.rows.start, 21)).take(free.rows.stop > 21)
    courses = [follow(one.asked, simulated, 0.0) for one in ASKED]
    rows = split(landmark, courses, free.time_zero, free.clock)
    kinds = [rows.values[3] == code for code in range(3)]
    reference = courses[3].levels.index(found.design.terms[3].levels[0])
    levels = [kinds[code] for code in range(3) if code != reference]
    columns = np.column_stack([*rows.values[:2], rows.values[2] / 10, *levels]).astype(np.float64)
    fit = fit_cox(rows.stop, rows.target >= 0, columns, start=rows.start)
    assert found.coefficients.value == pytest.approx(fit.coefficients, rel=1e-9)


def tiny(chance: np.random.Generator) -> Cohort:
    """Two to eight patients with ties, gaps in the columns, levels that nobody has."""
    n = int(chance.integers(2, 9))
    last = chance.integers(1, 7, n).astype(float)

    def some(values: list[object]) -> list[object]:
        return [values[i] for i in chance.integers(0, len(values), n)]

    return cohort(
        last.tolist(),
        (chance.random(n) < 0.6).tolist(),
        treated={i: float(chance.integers(0, 6)) for i in range(n) if chance.random() < 0.5},
        marker=[(i, float(chance.integers(0, 6)), float(chance.integers(0, 3))) for i in range(n)],
        age=some([40.0, 50.0, 60.0, None]),
        kind=some(["a", "b", None]),
        clinic=some(["x", "y"]),
    )


def test_however_small_and_odd_every_column_has_a_number_or_a_reason() -> None:
    chance = np.random.default_rng(5)
    plans = (
        RegressionPlan(),
        RegressionPlan(ties="breslow", prior_sd=0.7),
        RegressionPlan(strata=("kind",)),
        RegressionPlan(cluster="clinic"),
    )
    statuses: set[str] = set()
    for each in range(200):
        one = tiny(chance)
        found = cox(alive(one), one, [TREATED, MARKER, AGE, KIND][: 1 + each % 4], plans[each % 3 + each % 2])
        for row in found.table.filter(~pl.col("reference")).iter_rows(named=True):
            statuses.add(row["status"])
            if row["coefficient"] is None:
                assert row["status"] != FindingStatus.OK
                assert row["finding"] is not None
            elif row["std_error"] is None:
                assert row["status"] == FindingStatus.NO_INTERVAL
                assert row["lower"] is None
            else:
                assert row["std_error"] >= 0
                assert row["lower"] <= row["hazard_ratio"]
                assert row["upper"] is None or row["hazard_ratio"] <= row["upper"]
        told = {one.code for one in found.findings}
        assert set(found.table["finding"].drop_nulls()) <= told
    assert len(statuses) >= 3

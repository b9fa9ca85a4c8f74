"""A monthly panel that nobody made for transplants: a marker asks for a drug, and the drug lowers the marker.

The truth is what happens when somebody intervenes. Comparisons that ignore the marker find an effect that is
far off; clones weighted by the marker's history find it.
"""

import numpy as np
import polars as pl
import pytest

from bench import panel
from equipoise.ingest.read import read_cohort
from equipoise.protocol.read import read_protocol
from equipoise.study.run import run
from equipoise.study.study import Study

PATIENTS, MONTHS, TRUTH = 20_000, 24, 200_000
TRUTH_ERROR = 0.0016  # of a difference between strategies, at most sqrt(2 * 0.25 / TRUTH)
STRATEGIES = {"never": panel.never, "early": panel.within, "on_high": panel.on_high_marker}
WITHOUT_MARKER = """
  sensitivity:
    - {name: blind, patch: {analysis: {emulation: {treatments: {drug: {adjust_for: {marker: null}}}}}}}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("panel")
    panel.write_tables(panel.simulate(PATIENTS, MONTHS, seed=1, loss=0.005), folder)
    asked = (panel.QUESTION / "protocol.yaml").read_text(encoding="utf-8")
    (folder / "protocol.yaml").write_text(asked + WITHOUT_MARKER)
    return run(read_protocol(folder / "protocol.yaml"), read_cohort(folder), seed=1)


@pytest.fixture(scope="module")
def truth() -> dict[tuple[str, int], float]:
    worlds = {name: panel.simulate(TRUTH, MONTHS, 99, decide) for name, decide in STRATEGIES.items()}
    return {(name, month): panel.survival(one, month) for name, one in worlds.items() for month in (12, 24)}


def answer(study: Study, role: str, strategy: str, versus: str | None, month: int) -> tuple[float, float]:
    """Estimate and standard error of the one row that is asked for."""
    rows = study.tables["estimates"].filter(
        pl.col("role") == role,
        pl.col("strategy") == strategy,
        pl.col("versus").eq_missing(versus),
        pl.col("measure").is_in(["survival", "survival_difference"]),
        (pl.col("day") - month * panel.DAYS).abs() < 1e-6,
    )
    row = rows.row(0, named=True) if rows.height == 1 else pytest.fail(str(rows))
    return row["estimate"], row["std_error"]


def effect(truth: dict[tuple[str, int], float], name: str) -> float:
    return truth[name, 24] - truth["never", 24]


@pytest.mark.parametrize("month", [12, 24])
@pytest.mark.parametrize("name", STRATEGIES)
def test_survival_under_a_strategy_is_that_of_the_intervention(
    name: str, month: int, study: Study, truth: dict[tuple[str, int], float]
) -> None:
    found, error = answer(study, "primary", name, None, month)
    true = truth[name, month]
    assert abs(found - true) < 2.5 * np.hypot(error, TRUTH_ERROR)
    assert error < 0.007  # an interval that holds everything would hold the truth too


@pytest.mark.parametrize("name", ["early", "on_high"])
def test_the_effect_of_a_strategy_is_found(
    name: str, study: Study, truth: dict[tuple[str, int], float]
) -> None:
    found, error = answer(study, "primary", name, "never", 24)
    assert error is not None
    assert abs(found - effect(truth, name)) < 2.5 * np.hypot(error, TRUTH_ERROR)


def test_without_the_marker_it_is_missed_or_nothing_is_said(
    study: Study, truth: dict[tuple[str, int], float]
) -> None:
    found, error = answer(study, "sensitivity", "early", "never", 24)
    assert abs(found - effect(truth, "early")) > 4 * error
    # Who starts at a high marker is foreseen so badly that the mean weight gives it away: sealed.
    assert answer(study, "sensitivity", "on_high", "never", 24) == (None, None)


@pytest.mark.parametrize(
    ("treated", "untreated"),
    [("N1 ever drug", "N1 never drug"), ("N3 drug by month 6", "N3 no drug by month 6")],
)
def test_treated_or_not_is_far_off(
    treated: str, untreated: str, study: Study, truth: dict[tuple[str, int], float]
) -> None:
    found, error = answer(study, "naive", treated, untreated, 24)
    assert abs(found - effect(truth, "early")) > 10 * error


def test_the_model_of_the_starts_is_the_one_they_came_from(study: Study) -> None:
    rows = study.tables["models"].filter(pl.col("process") == "drug").iter_rows(named=True)
    found = {row["column"]: (row["lower"], row["upper"]) for row in rows}
    assert found["v yes"][0] < 1.6 < found["v yes"][1]
    assert found["marker 0-1"][0] < 3 < found["marker 0-1"][1]
    assert found["marker above 1"][0] < 8 < found["marker above 1"][1]

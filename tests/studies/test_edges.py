"""Cohorts at the edge of what can be estimated, through every block that a protocol may have."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from clinic import PROTOCOL, VOCABULARY

from equipoise.base.findings import FindingStatus
from equipoise.ingest.read import read_cohort
from equipoise.protocol.read import read_question
from equipoise.rendering.report import render
from equipoise.study import store
from equipoise.study.run import run
from equipoise.study.study import Study
from validation.fuzz.promises import broken_promises

BLOCKS = """
prognosis:
  outcomes: [os, falls]
  by_month: 6
  landmarks_months: [1]
  covariates:
    - {name: age, feature: {baseline: age}, per: 10, cut: [60]}
    - {name: sex, feature: {baseline: sex}}
    - {name: marker, feature: {last: marker}, cut: [3]}
    - {name: operated, predicate: {has: surgery}}
  prior_sd: 0.7
naive_comparisons:
  - {name: surgery, label: Surgery or not, intervention: surgery, outcomes: [os], landmarks_months: [1, 3]}
"""


def _rows(n: int, row: Callable[[int], str | None]) -> list[str]:
    return [line for number in range(1, n + 1) if (line := row(number)) is not None]


def tables_of(
    n: int,
    *,
    death: Callable[[int], bool] = lambda k: k % 3 == 0,
    fall: Callable[[int], bool] = lambda k: k % 4 == 1,
    surgery: Callable[[int], bool] = lambda k: k % 2 == 0,
    sex: Callable[[int], str] = lambda k: "female" if k % 5 else "male",
    stop: Callable[[int], int] = lambda k: 40 + (37 * k) % 250,
) -> dict[str, str]:
    """Five tables of n patients; every course is a rule of the patient's number."""
    written = {
        "patients": ["patient,age,sex", *_rows(n, lambda k: f"{k},{30 + (17 * k) % 50},{sex(k)}")],
        "observation": ["patient,start,stop", *_rows(n, lambda k: f"{k},0,{stop(k)}")],
        "measurements": [
            "patient,day,name,value,unit",
            *_rows(n, lambda k: f"{k},{min(k % 20, stop(k))},marker,{k % 7},ng"),
        ],
        "interventions": [
            "patient,start,name",
            *_rows(n, lambda k: f"{k},{min(5 + k % 30, stop(k))},surgery" if surgery(k) else None),
        ],
        "events": [
            "patient,day,name",
            *_rows(n, lambda k: f"{k},{stop(k) // 2 + 1},fall" if fall(k) else None),
            *_rows(n, lambda k: f"{k},{stop(k)},death" if death(k) else None),
        ],
    }
    return {name: "\n".join(lines) + "\n" for name, lines in written.items()}


def answered(folder: Path, tables: dict[str, str]) -> Study:
    (folder / "tables").mkdir(parents=True)
    for name, text in tables.items():
        (folder / f"tables/{name}.csv").write_text(text, encoding="utf-8")
    (folder / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
    (folder / "protocol.yaml").write_text(PROTOCOL + BLOCKS, encoding="utf-8")
    protocol, words = read_question(folder / "protocol.yaml")
    study = run(protocol, read_cohort(folder / "tables", vocabulary=words))
    store.write(study, folder / "study", add=render)
    assert broken_promises(folder / "study") == []
    return study


EDGES: dict[str, dict[str, str]] = {
    "no events": tables_of(12, death=lambda _: False, fall=lambda _: False),
    "all censored on one day": tables_of(12, death=lambda _: False, stop=lambda _: 200),
    "one patient": tables_of(1),
    "one patient who dies": tables_of(1, death=lambda _: True),
    "two patients": tables_of(2, death=lambda _: True),
    "47 patients": tables_of(47),
    "one level": tables_of(30, sex=lambda _: "female"),
    "a level of one patient": tables_of(30, sex=lambda k: "male" if k == 7 else "female"),
    "everybody treated": tables_of(30, surgery=lambda _: True),
    "nobody treated": tables_of(30, surgery=lambda _: False),
    "everybody dies": tables_of(30, death=lambda _: True),
    "everybody dies on one day": tables_of(30, death=lambda _: True, stop=lambda _: 90),
    "only one level has events": tables_of(30, death=lambda k: k % 5 == 0, fall=lambda _: False),
    "one event": tables_of(30, death=lambda k: k == 9, fall=lambda _: False),
    "followed for a day": tables_of(12, stop=lambda _: 1),
    "the treated never die": tables_of(30, death=lambda k: k % 2 == 1, surgery=lambda k: k % 2 == 0),
}


@pytest.mark.parametrize("edge", EDGES)
def test_an_edge_is_answered_and_says_what_it_cannot(edge: str, tmp_path: Path) -> None:
    study = answered(tmp_path, EDGES[edge])
    rows = study.tables["estimates"]
    unknown = rows.filter(pl.col("estimate").is_null())
    assert unknown.filter(pl.col("status") == FindingStatus.OK).height == 0
    ratios = rows.filter(pl.col("measure").is_in(["hazard_ratio", "subdistribution_hazard_ratio"]))
    assert ratios.filter(pl.col("estimate").is_in([0.0, float("inf")])).height == 0


def test_separation_has_no_ratio(tmp_path: Path) -> None:
    """All deaths on one side: the ratio is infinite, and no number is the only honest one."""
    rows = answered(tmp_path, EDGES["only one level has events"]).tables["estimates"]
    alone = rows.filter(
        (pl.col("measure") == "hazard_ratio")
        & (pl.col("outcome") == "os")
        & pl.col("strategy").str.starts_with("sex=")
        & ~pl.col("method").str.contains("shrunken")
    )
    assert alone.height > 0
    assert alone["estimate"].is_null().all()
    assert alone["upper"].is_null().all()

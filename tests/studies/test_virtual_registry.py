"""The virtual registry from the command to the report, as tables and as a clinic's sheet."""

import json
from pathlib import Path

import polars as pl
import pytest

import equipoise
from equipoise.cli.main import main
from equipoise.protocol.read import read_protocol
from equipoise.study import store

# What a sheet of first occurrences can answer; the state of a patient now needs later relapses too.
OUTCOMES = ("os", "dfs", "relapse", "nrm", "relapse_cd19_negative", "hct", "grfs")
NUMBERS = ("estimate", "std_error", "lower", "upper", "n", "events", "at_risk")
PROTOCOL = """
title: From the remission on
vocabulary: cart_all
population: {label: in remission, all_of: [{label: in remission, predicate: {has: remission}}]}
time_zero: {kind: landmark, after: origin, day: 28, window: [21, 42], assessment: flow_mrd}
structure: course
outcomes: [os, dfs, relapse, nrm, relapse_cd19_negative, hct, grfs, clfs]
intercurrent_events:
  - {event: hct, handling: treatment_policy}
  - {event: maintenance, handling: treatment_policy}
four_estimands: [{event: hct, outcome: dfs}]
funnels:
  - {name: after_relapse, label: After relapse, origin: relapse, steps: [remission, hct], outcome: os}
report: {every_months: 3, until_month: 36, at_months: [12, 24], restricted_to_months: [24], level: 0.95}
analysis: {variance: ij, interval: default, cluster: null, weight: null}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("virtual") / "registry"
    words = ["--patients", "250", "--seed", "9", "--format", "all", "--out", str(place)]
    with pytest.raises(SystemExit) as left:
        main(["simulate", *words])
    assert left.value.code == 0
    return place


def test_the_shipped_protocol_answers_with_a_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder.parent / "study"
    with pytest.raises(SystemExit) as left:
        main(["run", "virtual_registry", str(folder / "tables"), "--out", str(out), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (left.value.code, told["ok"]) == (0, True)
    assert not [one for one in told["findings"] if one["severity"] == "error"]
    study = store.read(out)
    attrition = study.tables["attrition"]
    cohort = equipoise.read_cohort(folder / "tables")
    early = (
        cohort.n - cohort.records("remission")["patient"].n_unique() - cohort.records("no_remission").height
    )
    assert attrition["excluded"].to_list() == [0, early, cohort.records("no_remission").height, 0, 0, 0]
    page = (out / "report.html").read_text(encoding="utf-8")
    for words in ("Watch", "Transplant on loss of B-cell aplasia", "3-year overall survival"):
        assert words in page
    assert "DLI after time zero" not in page  # what never happens in this world is not asked about


@pytest.mark.parametrize("name", ["registry.csv", "registry.xlsx"])
def test_the_sheet_gives_the_answers_of_the_tables(folder: Path, name: str) -> None:
    protocol = read_protocol(PROTOCOL)
    studies = [
        equipoise.run(protocol, cohort, 1)
        for cohort in (
            equipoise.read_cohort(folder / "tables"),
            equipoise.read_cohort(folder / name, mapping=str(folder / "mapping.yaml")),
        )
    ]
    keys = ["estimand", "outcome", "strategy", "measure", "day"]
    tables, sheet = (
        study.tables["estimates"].filter(pl.col("outcome").is_in(OUTCOMES)).select(*keys, *NUMBERS)
        for study in studies
    )
    assert tables.height > 200
    assert tables.equals(sheet)
    assert studies[0].tables["attrition"].equals(studies[1].tables["attrition"])


def test_what_the_sheet_loses_is_what_its_description_says(folder: Path) -> None:
    tables = equipoise.read_cohort(folder / "tables")
    sheet = equipoise.read_cohort(folder / "registry.csv", mapping=str(folder / "mapping.yaml"))
    assert not sheet.records("bca").height
    for word, kept in (("relapse", 1), ("remission", 2), ("hct", 2), ("bca_loss", 1)):
        lost = tables.records(word).filter(pl.int_range(pl.len()).over("patient") >= kept).height
        assert sheet.records(word).height == tables.records(word).height - lost
    assert tables.records("relapse").height > sheet.records("relapse").height

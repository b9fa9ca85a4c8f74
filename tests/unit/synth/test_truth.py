"""Truth: counted alike by hand, whatever the workers, written and read, and told as rows."""

import numpy as np
import polars as pl
import pytest

from equipoise.base.errors import ProtocolError
from equipoise.protocol.read import read_question
from equipoise.protocol.strategy import Strategy
from equipoise.protocol.time_zero import LandmarkTimeZero
from equipoise.synth import addresses as a
from equipoise.synth import truth as t
from equipoise.synth.courses import simulate_courses
from equipoise.synth.joint import CHUNK, FEATURES, HORIZONS, joint
from equipoise.synth.numbers import as_record
from equipoise.synth.orders import orders_of
from equipoise.synth.read import read_world
from equipoise.synth.truth_rows import rows_beside, truth_rows
from equipoise.synth.world import numbers_of

PROTOCOL, VOCABULARY = read_question("virtual_registry")
WORLD = read_world("S0")
RECORD = as_record(numbers_of(WORLD))
ASKED = t.asked_strategies(PROTOCOL)
ORDERS = [orders_of(one, PROTOCOL, VOCABULARY) for one in ASKED[:3]]
N = CHUNK + 700  # more than a chunk, and no multiple of 64


@pytest.fixture(scope="module")
def small() -> t.Truth:
    return t.simulate_truth(WORLD, PROTOCOL, VOCABULARY, 2_000, seed=5)


def test_counts_are_those_of_the_courses():
    found = joint(RECORD, ORDERS, N, 9)
    alive, months = [], []
    for orders in ORDERS:
        courses = simulate_courses(RECORD, orders, range(N), 9, horizon=60.0, every_visit=False)
        ends = np.isin(courses.what, [a.RELAPSE, a.RELAPSE_AFTER_HCT, a.NRM, a.NRM_AFTER_HCT])
        failed = np.full(N, np.inf)
        np.minimum.at(failed, courses.patient[ends], courses.time[ends])
        alive.append(failed > 24)
        months.append(np.minimum(failed, 36.0))
    dfs = found.counts[1, 24]
    assert [[int((g & h).sum()) for h in alive] for g in alive] == dfs.tolist()
    assert found.areas[1, 1] == pytest.approx([one.sum() for one in months], rel=1e-9)
    assert found.products[1, 1] == pytest.approx(
        np.array([[(g * h).sum() for h in months] for g in months]), rel=1e-9
    )
    high_burden = courses.covariates[:, 0] > 0
    assert found.members[0].tolist() == [int((~high_burden).sum()), int(high_burden.sum())]
    assert found.by_feature[0, 1, 1, 1, 2, 1] == int((alive[2] & alive[1] & high_burden).sum())


def test_the_test_of_time_zero_divides_as_it_did_in_the_registry():
    found = joint(RECORD, ORDERS[:1], 3_000, 9)
    courses = simulate_courses(RECORD, ORDERS[0], range(3_000), 9, horizon=1.0)
    first = (courses.what == a.VISIT) & (courses.time == 0)
    assert found.members[FEATURES.index("ngs_mrd"), 1] == int((courses.detail[first] % 2 == 1).sum())


def test_workers_change_nothing():
    one, two = (joint(RECORD, ORDERS, N, 3, workers=workers) for workers in (1, 2))
    for name in ("counts", "members", "by_feature", "areas", "products"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name


def test_written_and_read_is_the_same(small: t.Truth):
    content = t.write_truth(small)
    again = t.read_truth(content)
    assert t.write_truth(again) == content
    assert (again.world, again.strategies, again.seed) == (small.world, small.strategies, small.seed)
    assert np.array_equal(again.joint.counts, small.joint.counts)
    assert np.array_equal(again.joint.products, small.joint.products)


def test_a_part_is_what_would_have_been_simulated_for_it(small: t.Truth):
    only = PROTOCOL.model_copy(update={"strategies": (PROTOCOL.strategies[3], PROTOCOL.strategies[0])})
    alone = t.simulate_truth(WORLD, only, VOCABULARY, 2_000, seed=5)
    part = t.part_of(small, [0, 4, 1])
    assert part.strategies == alone.strategies
    for name in ("counts", "by_feature", "areas"):
        assert np.array_equal(getattr(part.joint, name), getattr(alone.joint, name)), name


def test_rows_hold_the_shares_and_their_errors(small: t.Truth):
    rows = truth_rows(small, PROTOCOL, VOCABULARY, by_feature=True, states=True)
    assert set(rows["role"]) == {"truth"}
    n, counts = small.joint.patients, small.joint.counts[1, 24]
    early, watch = 2, 1
    level = rows.filter(outcome="dfs", measure="survival", strategy="early", day=730.5).row(0, named=True)
    share = counts[early, early] / n
    assert level["estimate"] == pytest.approx(share, abs=1e-12)
    assert level["std_error"] == pytest.approx(np.sqrt(share * (1 - share) / n), abs=1e-12)
    assert level["events"] == n - counts[early, early]  # with relapse or death, not without
    incidence = rows.filter(outcome="nrm", measure="cumulative_incidence", strategy="early", day=730.5)
    assert incidence["events"].item() == small.joint.counts[4, 24, early, early]
    row = rows.filter(
        outcome="dfs", measure="survival_difference", strategy="early", versus="watch", day=730.5
    )
    only_early = counts[early, early] - counts[early, watch]
    only_watch = counts[watch, watch] - counts[early, watch]
    by_patient = np.repeat([1.0, -1.0, 0.0], [only_early, only_watch, n - only_early - only_watch])
    assert row["estimate"].item() == pytest.approx(by_patient.mean(), abs=1e-12)
    assert row["std_error"].item() == pytest.approx(by_patient.std() / np.sqrt(n), abs=1e-12)
    states = rows.filter(pl.col("outcome").str.starts_with("state:"), strategy="early", day=730.5)
    assert states["estimate"].sum() == pytest.approx(1, abs=1e-12)
    parts = rows.filter(outcome="os", measure="survival", day=730.5)
    both = parts.filter(pl.col("strategy").str.starts_with("early, age:"))
    assert np.average(both["estimate"], weights=both["n"]) == pytest.approx(
        parts.filter(strategy="early")["estimate"].item(), abs=1e-12
    )
    lost = rows.filter(measure="time_lost", strategy="watch", day=float(HORIZONS[1]) * 365.25 / 12)
    mean = rows.filter(outcome="dfs", measure="restricted_mean", strategy="watch", day=1095.75)
    causes = lost.filter(pl.col("outcome").str.starts_with("dfs:"))["estimate"].sum()
    assert mean["estimate"].item() + causes == pytest.approx(1095.75, abs=1e-6)


def test_what_a_study_carries_is_part_of_it(small: t.Truth):
    all_rows, beside = truth_rows(small, PROTOCOL, VOCABULARY), rows_beside(small, PROTOCOL, VOCABULARY)
    assert beside.height < all_rows.height / 3
    assert beside.join(all_rows, on=all_rows.columns, how="anti", nulls_equal=True).height == 0
    curves = beside.filter(outcome="dfs", measure="survival", strategy="early")
    assert curves.height == 61
    others = beside.filter(outcome="relapse", measure="cumulative_incidence", strategy="early")
    assert others.height == len(PROTOCOL.report.at_months)
    assert set(beside["versus"].drop_nulls()) == {"watch"}


def test_names_and_sources_do_not_make_another_truth_but_numbers_do():
    renamed = WORLD.model_copy(update={"name": "mine", "title": "Mine"})
    assert renamed.digest() == WORLD.digest()
    assert read_world("S0", {"nrm.per_month": 0.0017}).digest() != WORLD.digest()
    assert read_world("S6").digest() == WORLD.digest()  # who is lost changes nobody's course
    watch = PROTOCOL.strategies[0]
    called_else = Strategy(name="else", rules=watch.rules)
    assert t.strategy_digest(called_else, PROTOCOL) == t.strategy_digest(watch, PROTOCOL)
    assert len({t.strategy_digest(one, PROTOCOL) for one in ASKED}) == len(ASKED)


@pytest.mark.parametrize("patients", [0, -5, 10, 10**9])
def test_too_few_or_too_many_are_refused(patients: int):
    with pytest.raises(ProtocolError, match="P134"):
        t.simulate_truth(WORLD, PROTOCOL, VOCABULARY, patients)


def test_truths_about_other_people_are_refused():
    criteria = PROTOCOL.population.all_of
    fewer = PROTOCOL.population.model_copy(update={"all_of": criteria[:-1]})
    renamed = PROTOCOL.population.model_copy(update={"label": "others"})
    later = LandmarkTimeZero(kind="landmark", after="origin", day=90)
    for changes in ({"population": fewer}, {"time_zero": later}, {"structure": "grfs"}):
        other = PROTOCOL.model_copy(update=changes)
        with pytest.raises(ProtocolError, match="P136"):
            t.known_truth(WORLD, other)
        with pytest.raises(ProtocolError, match="P136"):
            t.simulate_truth(WORLD, other, VOCABULARY, 2_000)
    t.simulate_truth(WORLD, PROTOCOL.model_copy(update={"population": renamed}), VOCABULARY, 1_000)


def test_unknown_worlds_have_no_shipped_truth():
    assert t.known_truth(read_world("S0", {"nrm.per_month": 0.0017}), PROTOCOL) is None
    changed = PROTOCOL.strategies[1].rules[0].model_copy(update={"months": 5.0})
    asked = PROTOCOL.model_copy(update={"strategies": (Strategy(name="sooner", rules=(changed,)),)})
    assert t.known_truth(WORLD, asked) is None

"""The editorial's cohort: series of 47 come to the printed numbers, and everybody they came from does not."""

import numpy as np
import polars as pl
import pytest

from equipoise.base.errors import ProtocolError
from equipoise.evidence.find import number
from equipoise.protocol.read import read_question
from equipoise.study.beside import checked
from equipoise.synth.editorial.editorial import STRATEGIES, Editorial, editorial
from equipoise.synth.editorial.printed import FINDINGS, PRINTED, SECONDARY
from equipoise.synth.read import read_world
from equipoise.synth.truth import simulate_truth
from equipoise.synth.truth_rows import truth_rows

SMALL = 24_000
PRINTED_VALUES = {("pre_emptive", "dfs"): 0.90, ("pre_emptive", "os"): 0.95, ("after_relapse", "dfs"): 0.64}
FROM = {"pre_emptive": "from hct in first remission", "after_relapse": "from hct after relapse"}
NAIVE, TRUTH, PUBLISHED = "naive", "truth", "published"


@pytest.fixture(scope="module")
def whole() -> Editorial:
    return editorial()


@pytest.fixture(scope="module")
def small() -> Editorial:
    return editorial(patients=SMALL, draws=400, seed=5)


def row(found: Editorial, role: str, outcome: str, strategy: str, day: float = 1095.75) -> dict:
    rows = found.estimates.filter(role=role, outcome=outcome, strategy=strategy, day=day)
    assert rows.height == 1
    return rows.row(0, named=True)


@pytest.mark.parametrize(("arm", "outcome"), PRINTED_VALUES)
def test_the_mean_of_ten_thousand_series_is_what_was_printed(
    whole: Editorial, arm: str, outcome: str
) -> None:
    printed = PRINTED_VALUES[arm, outcome]
    found = row(whole, NAIVE, outcome, FROM[arm])
    assert whole.draws == 10_000
    assert found["std_error"] < 0.005
    assert abs(found["estimate"] - printed) < 0.02
    assert found["lower"] <= printed <= found["upper"]
    assert row(whole, PUBLISHED, outcome, FROM[arm])["estimate"] == printed


def test_the_indication_is_the_printed_one(whole: Editorial) -> None:
    assert whole.on_loss == pytest.approx(number("myers-2026-share-bca-loss").estimate, abs=0.02)


def test_a_single_series_may_print_much_else(whole: Editorial) -> None:
    after_relapse = row(whole, NAIVE, "dfs", FROM["after_relapse"])
    assert after_relapse["upper"] - after_relapse["lower"] > 0.3
    assert [one.name for one in whole.arms] == list(FROM)
    assert sum(one.patients for one in whole.arms) == pytest.approx(47)
    assert all(one.fewest < one.patients < one.most for one in whole.arms)


def test_everybody_fares_worse_than_those_who_got_there(whole: Editorial) -> None:
    for outcome in ("dfs", "os"):
        series = row(whole, NAIVE, outcome, FROM["pre_emptive"])["estimate"]
        everybody = row(whole, TRUTH, outcome, "natural course, prior_hct: none")["estimate"]
        early = row(whole, TRUTH, outcome, "early, prior_hct: none")["estimate"]
        assert series - everybody > 0.15
        assert series - early > 0.03
    after_hct = row(whole, NAIVE, "dfs", FROM["after_relapse"])["estimate"]
    assert after_hct - row(whole, TRUTH, "clfs", "from relapse")["estimate"] > 0.15
    after_hct = row(whole, NAIVE, "os", FROM["after_relapse"])["estimate"]
    assert after_hct - row(whole, TRUTH, "os", "from relapse")["estimate"] > 0.15


def test_funnels_only_get_narrower_and_hold_the_numbers_beside_them(whole: Editorial) -> None:
    for name in ("remission", "relapse"):
        steps = whole.funnel.filter(funnel=name).sort("step")
        reached = steps["reached"].to_list()
        assert reached == sorted(reached, reverse=True)
        assert steps["of"].to_list() == [reached[0], *reached[:-1]]
        assert steps["share"].to_list() == [one / reached[0] for one in reached]
    relapse = whole.funnel.filter(funnel="relapse")["share"].to_list()
    assert relapse[2] == row(whole, TRUTH, "after_relapse:hct", "from relapse")["estimate"]
    # Whoever is well three years after the transplant came from the relapsed: 64 % of few.
    after_hct = row(whole, NAIVE, "dfs", FROM["after_relapse"])
    assert relapse[3] / relapse[2] == pytest.approx(after_hct["estimate"], abs=0.02)
    assert whole.funnel.filter(funnel="remission", step=0)["reached"].item() == whole.eligible


def test_naive_published_and_true_numbers_are_marked(whole: Editorial) -> None:
    frame = whole.estimates
    assert set(frame["role"]) == {NAIVE, TRUTH, PUBLISHED}
    naive, printed = frame.filter(role=NAIVE), frame.filter(role=PUBLISHED)
    assert set(naive["finding"]) == set(FINDINGS)
    assert printed["finding"].to_list() == [SECONDARY] * len(PRINTED)
    assert all("another question" in status for status in [*naive["status"], *printed["status"]])
    assert all("not to be quoted: secondary source" in method for method in printed["method"])
    assert frame.filter(role=TRUTH)["finding"].is_null().all()
    beside = frame.filter(pl.col("role") != NAIVE)
    assert checked(beside).height == beside.height


def test_the_truth_is_that_of_the_registry_counted_another_way(small: Editorial) -> None:
    world = read_world("E")
    question, vocabulary = read_question("virtual_registry")
    chosen = tuple(one for one in question.strategies if one.name in STRATEGIES)
    protocol = question.model_copy(update={"strategies": chosen})
    truth = simulate_truth(world, protocol, vocabulary, SMALL, seed=5)
    known = truth_rows(truth, protocol, vocabulary, by_feature=True).filter(pl.col("versus").is_null())
    ours = small.estimates.filter(pl.col("strategy").str.ends_with("prior_hct: none"))
    assert ours.height == 2 * 4 + 2
    both = ours.join(known, on=["outcome", "measure", "strategy", "day"])
    assert both.height == ours.height
    assert (both["n"] == both["n_right"]).all()
    np.testing.assert_allclose(both["estimate"], both["estimate_right"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(both["std_error"], both["std_error_right"], rtol=0, atol=1e-12)


def test_workers_change_no_number(small: Editorial) -> None:
    alone = editorial(patients=SMALL, draws=400, seed=5, workers=1)
    assert alone.estimates.equals(small.estimates)
    assert alone.funnel.equals(small.funnel)
    assert alone.arms == small.arms


def test_another_seed_changes_the_numbers_within_their_error(small: Editorial) -> None:
    other = editorial(patients=SMALL, draws=400, seed=6)
    both = small.estimates.join(other.estimates, on=["outcome", "measure", "strategy", "role", "day"])
    both = both.filter(pl.col("role") != PUBLISHED)
    distance = (both["estimate"] - both["estimate_right"]).abs()
    error = (both["std_error"] ** 2 + both["std_error_right"] ** 2).sqrt()
    assert (distance > 0).all()
    assert (distance < 4 * error).all()


@pytest.mark.parametrize("asked", [{"patients": 0}, {"patients": 100}, {"draws": 0, "patients": 2_000}])
def test_too_few_to_draw_from_is_refused(asked: dict[str, int]) -> None:
    with pytest.raises(ProtocolError) as refused:
        editorial(**asked)
    assert refused.value.code == "P134"
    assert "series of 47 from" in refused.value.found


def test_in_the_reference_world_the_same_series_prints_less() -> None:
    reference = editorial(read_world("S0"), patients=60_000, draws=1_000)
    found = row(reference, NAIVE, "dfs", FROM["pre_emptive"])
    assert found["estimate"] + 4 * found["std_error"] < 0.81

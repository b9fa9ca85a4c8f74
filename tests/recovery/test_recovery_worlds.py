"""Every world does what its name says."""

import numpy as np
import pytest
from virtual import (
    DEATHS,
    FAILURES,
    SEED,
    counted,
    courses,
    first,
    never_by_weights,
    place,
    shares,
    under,
)

from equipoise.protocol.law import GivenLaw
from equipoise.protocol.rule import StartWithin
from equipoise.protocol.strategy import Strategy
from equipoise.synth import addresses as a
from equipoise.synth.read import shipped_worlds

DFS, OS = 1, 0
ABOUT_TRANSPLANT = ("watch", "early", "on_bca_loss", "on_ngs_mrd", "on_either", "salvage", "early_if_first")
LAW = GivenLaw(months=(0, 6), probability=(0, 1))


def error(share: float, n: int) -> float:
    return float(np.sqrt(share * (1 - share) / n))


def test_s0_agrees_with_the_published_check_of_the_design():
    """Never, early and on-loss strategies of the design's own simulator (4 million patients each)."""
    found = counted("S0", 200_000)
    n = found.patients
    never_dfs = {6: 0.7590, 12: 0.6055, 24: 0.4695, 36: 0.4195, 60: 0.3477}
    never_os = {6: 0.9289, 12: 0.8258, 24: 0.6722, 36: 0.5892, 60: 0.4918}
    checks = [(DFS, month, "watch", value) for month, value in never_dfs.items()]
    checks += [(OS, month, "watch", value) for month, value in never_os.items()]
    checks += [(DFS, 24, "early", 0.6498), (OS, 24, "early", 0.7362)]
    checks += [(DFS, 24, "on_bca_loss", 0.5488), (OS, 24, "on_bca_loss", 0.6974)]
    for outcome, month, strategy, value in checks:
        assert shares(found, outcome, month)[strategy] == pytest.approx(
            value, abs=0.0005 + 4 * error(value, n)
        )


def test_s1_is_a_sharp_null():
    """Not only on average: under every strategy about transplants the same patients fail at the same time."""
    found = counted("S1")
    places = [place(name) for name in ABOUT_TRANSPLANT]
    for outcome in (OS, DFS):
        joint = found.counts[outcome][:, places][:, :, places]
        assert (joint == joint[:, :1, :1]).all()
    transplanted = {
        name: first(courses("S1", 2_000, name, every_visit=False), a.HCT) for name in ("watch", "early")
    }
    assert np.isinf(transplanted["watch"]).all()
    assert np.isfinite(transplanted["early"]).mean() > 0.8
    assert shares(found, DFS, 24)["maintain"] > shares(found, DFS, 24)["watch"] + 0.01


def test_s0_is_no_null():
    found = shares(counted("S0"), DFS, 24)
    assert found["early"] > found["watch"] + 0.15


def test_s2_transplants_harm():
    found = counted("S2")
    for month in (12, 24, 36):
        assert shares(found, OS, month)["early"] < shares(found, OS, month)["watch"] - 0.05
        assert shares(found, DFS, month)["early"] < shares(found, DFS, month)["watch"] - 0.02
    forbidding = ("watch", "salvage")  # which transplant nobody in first remission
    for outcome in (OS, DFS):
        found_shares = shares(found, outcome, 36)
        for name in set(ABOUT_TRANSPLANT) - set(forbidding):
            assert found_shares[name] < found_shares["watch"], name


def test_s3_only_transplants_after_the_loss_help():
    in_aplasia = {"last": "bca", "eq": "present"}
    after_loss = {"last": "bca", "eq": "lost"}

    def dfs(world: str, condition: dict[str, str]) -> float:
        rule = StartWithin.model_validate(
            {"kind": "start_within", "treatment": "hct", "months": 6, "law": LAW, "only_if": condition}
        )
        found = under(world, 30_000, Strategy(name="some", rules=(rule,)), every_visit=False)
        return float((first(found, *FAILURES) > 24).mean())

    never = {
        world: float((first(courses(world, 30_000, "watch", every_visit=False), *FAILURES) > 24).mean())
        for world in ("S0", "S3")
    }
    assert never["S0"] == never["S3"]
    assert dfs("S3", in_aplasia) < never["S3"]
    assert dfs("S0", in_aplasia) > never["S0"] + 0.05
    assert dfs("S3", after_loss) > never["S3"] + 0.03


def test_s4_some_are_never_and_all_others_always_transplanted():
    found = courses("S4", 20_000)
    treated, failed = first(found, a.HCT), first(found, *FAILURES)
    before = found.covariates[:, 1] > 0
    assert np.isinf(treated[before]).all()
    positive = np.full(found.n, np.inf)
    shown = (found.what == a.VISIT) & (found.detail % 2 == 1)
    np.minimum.at(positive, found.patient[shown], found.time[shown])
    for low, high in ((0, 0.01), (0.01, 11), (11, 59)):  # first positive at time zero, early, late
        asked = ~before & (positive >= low) & (positive < high)
        asked &= np.minimum(failed, treated) > positive  # neither relapsed nor transplanted by then
        soon = (treated <= positive + 1) | (failed <= positive + 1)
        assert asked.sum() > 150
        assert soon[asked].mean() > 0.97
    ordinary = courses("S0", 20_000)
    assert np.isfinite(first(ordinary, a.HCT)[ordinary.covariates[:, 1] > 0]).mean() > 0.1


@pytest.mark.parametrize(("world", "holds"), [("S0", True), ("S5", False)])
def test_adjusting_for_all_that_was_recorded_is_right_in_s0_and_wrong_in_s5(world: str, holds: bool):
    estimate, spread = never_by_weights(courses(world, 60_000))
    truth = float((first(courses(world, 60_000, "watch", every_visit=False), *FAILURES) > 24).mean())
    bias = estimate - truth
    if holds:
        assert abs(bias) < 0.005 + 3 * spread
    else:
        assert bias > 0.025 + 3 * spread


def test_s6_who_is_lost_is_not_like_who_stays():
    """Kaplan-Meier with loss as censoring is right in S0 and too high in S6."""
    for world, low, high in (("S0", -0.012, 0.012), ("S6", 0.015, 0.2)):
        found = courses(world, 40_000)
        died, lost = first(found, *DEATHS), first(found, a.LOST_TO_FOLLOW_UP)
        assert low < _kaplan_meier(np.minimum(died, lost), died <= lost, 36.0) - (died > 36).mean() < high
    assert np.isfinite(first(courses("S6", 40_000), a.LOST_TO_FOLLOW_UP)).mean() > 0.3


def _kaplan_meier(time: np.ndarray, event: np.ndarray, at: float) -> float:
    order = np.argsort(time)
    at_risk = time.size - np.arange(time.size)
    factor = np.where(event[order] & (time[order] <= at), 1 - 1 / at_risk, 1.0)
    return float(factor.prod())


def test_s7_losses_are_noticed_late():
    delay = {}
    for world in ("S0", "S7"):
        found = courses(world, 20_000)
        lost, seen = first(found, a.LOSS), np.full(found.n, np.inf)
        shown = (found.what == a.VISIT) & (found.detail >= 2)
        np.minimum.at(seen, found.patient[shown], found.time[shown])
        early = (lost < 6) & np.isfinite(seen)
        delay[world] = (seen[early] - lost[early]).mean()
    assert delay["S0"] == pytest.approx(0.5, abs=0.05)
    assert delay["S7"] == pytest.approx(1.5, abs=0.12)
    assert shares(counted("S7"), DFS, 24)["watch"] == pytest.approx(
        shares(counted("S0"), DFS, 24)["watch"], abs=0.01
    )


def test_s8_patients_differ_more():
    spread = {world: courses(world, 20_000).covariates[:, 6].std() for world in ("S0", "S8")}
    assert spread["S0"] == pytest.approx(1, abs=0.03)
    assert spread["S8"] == pytest.approx(2, abs=0.06)
    risk = {}
    for world in ("S0", "S8"):
        found = courses(world, 20_000, "watch", every_visit=False)
        lost = first(found, a.LOSS) < 12
        third = np.quantile(found.covariates[:, 6], [1 / 3, 2 / 3])
        frail, robust = found.covariates[:, 6] > third[1], found.covariates[:, 6] < third[0]
        risk[world] = lost[frail].mean() - lost[robust].mean()
    assert risk["S8"] > 1.5 * risk["S0"]


def test_s9_sites_differ_in_nothing_but_preference():
    from equipoise.synth.course import site_of

    site = np.array([site_of(SEED, i, 20) for i in range(40_000)])
    share = {}
    for world in ("S0", "S9"):
        treated = np.isfinite(first(courses(world, 40_000), a.HCT))
        share[world] = np.array([treated[site == j].mean() for j in range(20)])
    assert share["S0"].std() < 0.02
    assert share["S9"].std() > 0.08
    assert (
        counted("S9").counts[:, :, place("watch"), place("watch")]
        == counted("S0").counts[:, :, place("watch"), place("watch")]
    ).all()


def test_s10_residual_disease_is_tested_more_often_before_it_is_known():
    found = courses("S10", 20_000)
    assert not (courses("S0", 2_000).what == a.EXTRA_TEST).any()
    has_disease = np.zeros(found.n, dtype=bool)
    at_zero = found.what == a.TIME_ZERO
    has_disease[found.patient[at_zero]] = found.detail[at_zero] == 1
    open_for_a_month = np.minimum(first(found, *FAILURES), first(found, a.HCT, a.FALL, a.RISE)) > 1
    extra = (found.what == a.EXTRA_TEST) & (found.time <= 1)
    number = np.bincount(found.patient[extra], minlength=found.n)
    assert number[has_disease & open_for_a_month].mean() == pytest.approx(1, abs=0.06)
    assert number[~has_disease & open_for_a_month].sum() == 0


def test_every_preset_has_its_test_here():
    tests = [name for name in globals() if name.startswith("test_")]
    for world in shipped_worlds():
        if world.startswith("S"):
            words = [name.removeprefix("test_").split("_") for name in tests]
            assert any(world.lower() in parts for parts in words), world

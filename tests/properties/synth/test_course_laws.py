"""Laws of simulated courses: who else is simulated, and how, changes nothing; nor does what is not felt."""

from itertools import pairwise

import numpy as np
import pytest
from quiet_world import DEATHS, HCT_WITHIN, ON_LOSS, asked, courses, first, strategy

from equipoise.synth import addresses as a
from equipoise.synth import courses as module
from equipoise.synth.numbers import as_record
from equipoise.synth.orders import orders_of
from equipoise.synth.read import read_world
from equipoise.synth.world import numbers_of
from validation.courses.cases import BUSY

N = 1500
BUSY_WORLD = read_world("S0", BUSY)
REFERENCE = read_world("S0")
SEEN_ONLY = (a.TIME_ZERO, a.VISIT, a.EXTRA_TEST, a.LOST_TO_FOLLOW_UP)
STRATEGIES = ("natural_course", *(one.name for one in asked()[0].strategies))


def shipped(name):
    return asked()[0].strategy(name)


def bits(found):
    return [
        (one.dtype, one.tobytes())
        for one in (found.covariates, found.start, found.time, found.what, found.detail)
    ]


def record_of(found, but=()):
    """Per patient: what, detail and time of all records but some."""
    keep = ~np.isin(found.what, but)
    return found.patient[keep], found.what[keep], found.detail[keep], found.time[keep]


def assert_same(one, other, but=()):
    (*codes, times), (*other_codes, other_times) = record_of(one, but), record_of(other, but)
    for mine, theirs in zip(codes, other_codes, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_allclose(times, other_times, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("chunk", [1, 97, 400, 20_000])
def test_neither_workers_nor_chunks_matter(monkeypatch, workers, chunk):
    whole = courses(BUSY_WORLD, shipped("on_either"), 400, every_visit=True)
    monkeypatch.setattr(module, "CHUNK", chunk)
    orders, numbers = orders_of(shipped("on_either"), *asked()), as_record(numbers_of(BUSY_WORLD))
    parts = list(
        module.in_chunks(
            numbers, orders, range(400), 20261201, horizon=60.0, every_visit=True, workers=workers
        )
    )
    assert [part.n for part in parts] == [min(chunk, 400 - k) for k in range(0, 400, chunk)]
    for name in ("covariates", "time", "what", "detail"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        assert joined.tobytes() == getattr(whole, name).tobytes()
    assert np.concatenate([np.diff(part.start) for part in parts]).tolist() == np.diff(whole.start).tolist()


def test_a_patient_is_the_same_in_every_range():
    whole = courses(BUSY_WORLD, shipped("early"), range(100, 700), every_visit=True)
    later = courses(BUSY_WORLD, shipped("early"), range(450, 700), every_visit=True)
    sooner = courses(BUSY_WORLD, shipped("early"), range(100, 450), every_visit=True)
    for name in ("covariates", "time", "what", "detail"):
        joined = np.concatenate([getattr(part, name) for part in (sooner, later)])
        assert joined.tobytes() == getattr(whole, name).tobytes()


def test_nobody_at_all():
    found = courses(REFERENCE, shipped("early"), range(5, 5))
    assert (found.n, found.time.size, found.covariates.shape) == (0, 0, (0, 7))


@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize("world", [REFERENCE, BUSY_WORLD], ids=["S0", "everything on"])
def test_looking_changes_nothing(name, world):
    seen = courses(world, shipped(name), N, every_visit=True)
    unseen = courses(world, shipped(name), N)
    assert_same(seen, unseen, but=SEEN_ONLY)


def test_a_strategy_that_asks_for_nothing_different_changes_nothing():
    usual = courses(BUSY_WORLD, shipped("natural_course"), N, every_visit=True)
    late = {**HCT_WITHIN, "months": 100, "law": {"natural": {"last_bin_days": 30}}}
    assert bits(courses(BUSY_WORLD, strategy(late), N, every_visit=True)) == bits(usual)
    never = courses(BUSY_WORLD, shipped("watch"), N, every_visit=True)
    too_late = {**ON_LOSS, "treatment": "hct", "months": 6, "until_month": 1e-6, "law": "uniform"}
    assert bits(courses(BUSY_WORLD, strategy(too_late), N, every_visit=True)) == bits(never)
    for_nobody = {**HCT_WITHIN, "months": 6, "law": "uniform", "only_if": {"has": "relapse"}}
    assert bits(courses(BUSY_WORLD, strategy(for_nobody), N, every_visit=True)) == bits(never)
    whichever = {**HCT_WITHIN, "months": 6, "law": {"fixed": 3}}
    thrice = strategy(whichever, {**whichever, "months": 7}, too_late)
    assert_same(courses(BUSY_WORLD, thrice, N), courses(BUSY_WORLD, strategy(whichever), N))


@pytest.mark.parametrize(
    "name", ["watch", "early", "on_bca_loss", "on_ngs_mrd", "on_either", "early_if_first"]
)
def test_courses_are_the_same_until_the_first_transplant_that_differs(name):
    usual, asked_for = (
        courses(BUSY_WORLD, shipped(one), N, every_visit=True) for one in ("natural_course", name)
    )
    until = np.minimum(first(usual, a.HCT), first(asked_for, a.HCT))
    assert np.isfinite(until).mean() > 0.05
    (p, *codes, t), (q, *other_codes, u) = record_of(usual), record_of(asked_for)
    before, other_before = t < until[p], u < until[q]
    for mine, theirs in zip((p, *codes), (q, *other_codes), strict=True):
        np.testing.assert_array_equal(mine[before], theirs[other_before])
    np.testing.assert_allclose(t[before], u[other_before], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "changes", [{}, {name: value for name, value in BUSY.items() if name != "hct.latent_mrd"}]
)
def test_a_label_changes_nothing_but_itself(changes):
    """The sharp null: everything but transplants has the date that it has in the natural course."""
    world = read_world("S1", changes)
    usual = courses(world, shipped("natural_course"), N)
    for name in ("watch", "early", "on_bca_loss", "on_ngs_mrd", "on_either", "salvage", "early_if_first"):
        found = courses(world, shipped(name), N)
        unfelt = (a.HCT, a.SALVAGE_HCT)
        assert_same(found, usual, but=unfelt)
        assert not np.array_equal(first(found, a.HCT), first(usual, a.HCT))


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_horizon_only_cuts(name):
    long, short = (
        courses(BUSY_WORLD, shipped(name), N, every_visit=True, horizon=months) for months in (60.0, 17.3)
    )
    inside = long.time < 17.3
    assert inside.mean() < 0.95
    for column in ("time", "what", "detail"):
        assert getattr(long, column)[inside].tobytes() == getattr(short, column).tobytes()


# What may happen in which state, and the state that it leads to.
FIRST, AFTER, RELAPSED, AGAIN, SALVAGED, DEAD = range(6)
MOVES = {
    (FIRST, a.HCT): AFTER, (FIRST, a.RELAPSE): RELAPSED, (FIRST, a.NRM): DEAD,
    (AFTER, a.RELAPSE_AFTER_HCT): RELAPSED, (AFTER, a.NRM_AFTER_HCT): DEAD, (AFTER, a.SEVERE_CGVHD): AFTER,
    (RELAPSED, a.SECOND_REMISSION): AGAIN, (RELAPSED, a.DEATH_IN_RELAPSE): DEAD,
    (AGAIN, a.RELAPSE_IN_SECOND_REMISSION): RELAPSED, (AGAIN, a.NRM_IN_SECOND_REMISSION): DEAD,
    (AGAIN, a.SALVAGE_HCT): SALVAGED,
    (SALVAGED, a.RELAPSE_AFTER_SALVAGE): RELAPSED, (SALVAGED, a.NRM_AFTER_SALVAGE): DEAD,
    **dict.fromkeys(((FIRST, what) for what in (a.LOSS, a.RISE, a.FALL, a.MAINTENANCE, a.REINFUSION)), FIRST),
    **dict.fromkeys(((FIRST, what) for what in (a.VISIT, a.EXTRA_TEST, a.TIME_ZERO)), FIRST),
    **{(state, a.LOST_TO_FOLLOW_UP): state for state in (FIRST, AFTER, RELAPSED, AGAIN, SALVAGED)},
}  # fmt: skip


@pytest.mark.parametrize("name", STRATEGIES)
def test_only_what_can_follow_follows(name):
    found = courses(BUSY_WORLD, shipped(name), N, every_visit=True)
    for i in range(found.n):
        here = slice(found.start[i], found.start[i + 1])
        times, whats = found.time[here].tolist(), found.what[here].tolist()
        assert all(later >= earlier for earlier, later in pairwise(times))
        assert whats[0] == a.TIME_ZERO
        state = FIRST
        for what in whats:
            state = MOVES[state, what]  # nothing follows a death
        once = [
            what
            for what in whats
            if what in (*DEATHS, a.HCT, a.MAINTENANCE, a.LOST_TO_FOLLOW_UP, a.SEVERE_CGVHD)
        ]
        assert len(once) == len(set(once))
        lost_or_back = [what for what in whats if what in (a.LOSS, a.REINFUSION)]
        assert lost_or_back.count(a.LOSS) <= 1 + lost_or_back.count(a.REINFUSION)


@pytest.mark.parametrize(
    ("changes", "unfelt"),
    [
        ({"follow_up.lost_per_month": 0.2}, (a.LOST_TO_FOLLOW_UP,)),
        ({"cd19_negative.after_hct": 0.9, "sites": 3, "hct.site_sd": 0}, ()),
    ],
)
def test_a_number_that_matters_elsewhere_does_not_matter_here(changes, unfelt):
    one = courses(read_world("S0", {"sites": 20, "hct.site_sd": 0}), shipped("watch"), N, every_visit=True)
    other = courses(read_world("S0", changes), shipped("watch"), N, every_visit=True)
    assert_same(one, other, but=(*unfelt, a.LOST_TO_FOLLOW_UP))


def test_tests_change_what_is_known_and_not_what_is_so():
    """Where nobody decides by them, missed visits, extra tests and a poor assay leave the disease alone."""
    worse = {"visits.missed": 0.5, "visits.extra_per_month": 2, "assay.sensitivity": 0.3}
    undecided = {"maintenance.per_month": 0, "hct.loss_recent": 0, "hct.loss_older": 0, "hct.ngs_positive": 0}
    for name in ("natural_course", "watch", "early"):
        one = courses(read_world("S0", undecided), shipped(name), N, every_visit=True)
        other = courses(read_world("S0", undecided | worse), shipped(name), N, every_visit=True)
        assert_same(one, other, but=SEEN_ONLY)
        assert np.sum(one.what == a.VISIT) > 1.5 * np.sum(other.what == a.VISIT)


def test_another_seed_is_other_luck():
    one, other = (courses(REFERENCE, shipped("watch"), 200, seed=seed) for seed in (1, 2))
    assert not set(one.time.tolist()) & set(other.time.tolist())
    largest = courses(REFERENCE, shipped("watch"), 5, seed=2**63 - 1)
    assert largest.n == 5

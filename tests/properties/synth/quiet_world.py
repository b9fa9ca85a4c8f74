"""A world in which nothing happens but what a test asks for, and strategies written in a line."""

import json
from functools import cache
from typing import Any

import numpy as np

from equipoise.protocol.read import read_question
from equipoise.protocol.strategy import NATURAL_COURSE, Strategy
from equipoise.synth import addresses as a
from equipoise.synth.courses import Courses, simulate_courses
from equipoise.synth.numbers import as_record
from equipoise.synth.orders import orders_of
from equipoise.synth.read import read_world
from equipoise.synth.world import World, numbers_of

HORIZON = 60.0
QUIET = {
    "mrd_at_time_zero.log_odds": -800,
    "aplasia_loss.per_month": [0, 0, 0, 0],
    "mrd_rise.in_aplasia.per_month": [0, 0, 0, 0],
    "mrd_rise.after_loss.per_month": [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
    "relapse.without_mrd.per_month": [0, 0],
    "nrm.per_month": 0,
    "nrm.maintenance_adds": 0,
    "maintenance.per_month": 0,
    "hct.per_month": [0, 0, 0, 0],
    "hct.log_ratios": {},
    "after_hct.relapse.per_month": [0, 0, 0],
    "after_hct.nrm.per_month": [0, 0, 0, 0],
    "after_hct.severe_cgvhd.per_month": 0,
    "follow_up.lost_per_month": 0,
}


def quiet(**changes: Any) -> World:
    """Nothing happens; changes by dotted name, dots written as two underscores."""
    return read_world("S0", QUIET | {name.replace("__", "."): value for name, value in changes.items()})


@cache
def asked() -> tuple[Any, Any]:
    """The shipped protocol and its vocabulary."""
    return read_question("virtual_registry")


def strategy(*rules: str | dict[str, Any]) -> Strategy:
    """A strategy of rules as they are written, or of the natural course without any."""
    if not rules:
        return NATURAL_COURSE
    return Strategy.model_validate_json(json.dumps({"kind": "combine", "name": "tried", "rules": rules}))


def courses(
    world: World,
    tried: Strategy,
    n: int | range,
    *,
    every_visit: bool = False,
    horizon: float = HORIZON,
    seed: int = 20261201,
) -> Courses:
    """Courses of the fast simulator."""
    numbers, patients = as_record(numbers_of(world)), range(n) if isinstance(n, int) else n
    orders = orders_of(tried, *asked())
    return simulate_courses(numbers, orders, patients, seed, horizon=horizon, every_visit=every_visit)


def first(found: Courses, what: int) -> np.ndarray:
    """float64[n], when something first happened to each patient; infinite if it did not."""
    times = np.full(found.n, np.inf)
    at = np.flatnonzero(found.what == what)
    np.minimum.at(times, found.patient[at], found.time[at])
    return times


HCT_WITHIN = {"kind": "start_within", "treatment": "hct"}
ON_LOSS = {"kind": "on_trigger", "trigger": {"has": "bca_loss"}, "until_month": None}
DEATHS = (a.NRM, a.NRM_AFTER_HCT, a.DEATH_IN_RELAPSE, a.NRM_IN_SECOND_REMISSION, a.NRM_AFTER_SALVAGE)

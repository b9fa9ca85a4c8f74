"""Competing risks for the golden numbers: public data sets, one of them by age, and 60 random ones.

The random ones come from the integer-only generator of `random_histories`: heavy ties, delayed entry, case
weights, strata and groups with different censoring, in all combinations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from random_histories import Congruential
from real_data import frame

RANDOM_SETS = 60
COLUMNS = ("start", "stop", "cause", "x1", "x2", "x3", "weight", "stratum", "group", "arm")


@dataclass(frozen=True, slots=True)
class CompetingData:
    """One row a subject; cause 0 = censored. `stratum` has its own baseline, `group` its own censoring."""

    name: str
    start: np.ndarray
    stop: np.ndarray
    cause: np.ndarray
    covariates: np.ndarray
    weight: np.ndarray
    stratum: np.ndarray
    group: np.ndarray
    arm: np.ndarray

    @property
    def delayed(self) -> bool:
        """True when somebody enters after the beginning."""
        return bool(self.start.any())

    @property
    def weighted(self) -> bool:
        """True when case weights differ from 1."""
        return bool((self.weight != 1).any())

    @property
    def stratified(self) -> bool:
        """True with more than one baseline."""
        return bool(self.stratum.any())

    def table(self) -> np.ndarray:
        """Return the columns for R."""
        columns = (self.weight, self.stratum, self.group, self.arm)
        return np.column_stack([self.start, self.stop, self.cause, self.covariates, *columns])


def _plain(name: str, stop: object, cause: object, covariates: list[object], arm: object) -> CompetingData:
    time = np.asarray(stop, dtype=np.int64)
    zero = np.zeros(time.size, dtype=np.int64)
    matrix = np.column_stack([np.asarray(x, dtype=np.float64) for x in covariates])
    whole = np.asarray(cause, dtype=np.int64)
    return CompetingData(name, zero, time, whole, matrix, np.ones(time.size), zero, zero, np.asarray(arm))


def real_sets() -> Iterator[CompetingData]:
    """Yield the public data sets, with whole numbers as times."""
    d = frame("KMsurv", "bmt")
    cause = np.where(d["d2"] == 1, 1, np.where(d["d1"] == 1, 2, 0))
    yield _plain("bmt", d["t2"], cause, [d["z1"], d["group"] == 2, d["group"] == 3], d["group"])
    d = frame("mstate", "aidssi").dropna(subset=["ccr5"])
    wm = (d["ccr5"] == "WM").to_numpy()
    days = np.rint(d["time"].to_numpy() * 365.25).astype(np.int64)
    yield _plain(
        "aidssi", days, d["status"], [wm, np.arange(len(d)) % 2, days * 0 + np.arange(len(d)) % 5], wm * 1
    )
    d = frame("mstate", "ebmt3")
    first = np.minimum(d["prtime"], d["rfstime"])
    cause = np.where(d["prstat"] == 1, 1, np.where(d["rfsstat"] == 1, 2, 0))
    dissub = d["dissub"].astype("category").cat.codes
    days = np.maximum(np.ceil(first), 1)
    yield _plain(
        "ebmt3", days, cause, [dissub == 1, dissub == 2, d["tcd"].astype("category").cat.codes], dissub
    )
    d = frame("survival", "mgus2").dropna(subset=["mspike"])
    time = np.where(d["pstat"] == 1, d["ptime"], d["futime"])
    cause = np.where(d["pstat"] == 1, 1, 2 * d["death"])
    male = (d["sex"] == "M").to_numpy() * 1
    yield _plain("mgus2", time, cause, [d["age"], male, d["mspike"]], male)
    yield _on_age_scale(d["age"].to_numpy(), time, cause, [male, d["mspike"], (d["hgb"] < 12) * 1.0])
    d = frame("survival", "pbc")
    cause = np.array([0, 2, 1])[d["status"]]
    yield _plain("pbc", d["time"], cause, [d["age"], np.log(d["bili"]), d["albumin"]], d["edema"] * 2)


def _on_age_scale(age: np.ndarray, months: np.ndarray, cause: np.ndarray, x: list[object]) -> CompetingData:
    """Enter at the age of diagnosis, from 50 years on, where somebody is always under observation."""
    start = 12 * age.astype(np.int64)
    kept = (start >= 600) & (months > 0)
    plain = _plain(
        "mgus2 by age", (start + months)[kept], cause[kept], [np.asarray(c)[kept] for c in x], x[0]
    )
    return CompetingData(
        plain.name, start[kept], plain.stop, plain.cause, plain.covariates, plain.weight, plain.stratum,
        plain.group, np.asarray(x[0])[kept],
    )  # fmt: skip


@cache
def random_set(index: int) -> CompetingData:
    """Return random data set `index`: its bits choose ties, delayed entry, weights and layers."""
    chance = Congruential(7000 + index)
    ties, delayed, weighted = index % 2 == 0, (index // 2) % 2 == 1, (index // 4) % 3 == 1
    layers = (index // 12) % 5 % 3  # 0 none, 1 strata, 2 censoring groups
    span = 9 if ties else 250
    rows: list[tuple[float, ...]] = []
    for i in range(60 + chance.below(60)):
        x1, x2, x3, layer = (chance.below(21) - 10) / 4, chance.below(2), chance.below(6), chance.below(2)
        start = chance.below(span // 2) if delayed and i % 3 else 0
        cause = 1 + chance.below(2) if chance.hit(4, 5) else 0
        slower = 1 if cause == 1 and x2 == 0 else 0
        cut = span // 2 if layer and layers and chance.hit(1, 3) else span
        stay = 1 + chance.below(cut) if not slower else 1 + max(chance.below(span), chance.below(span))
        weight = (1 + chance.below(40)) / 10 if weighted else 1.0
        row = (start, start + stay, cause, x1, x2, x3, weight)
        rows.append((*row, layer if layers == 1 else 0, layer if layers else 0, chance.below(2 + index % 3)))
    rows.append((0, 3 * span, 0, 0.25, 1, 2, 1.0, 0, 0, 0))  # somebody is always under observation
    rows.append((0, 3 * span, 0, -0.5, 0, 3, 1.0, int(layers == 1), int(layers > 0), 1))
    return _from_table(f"random {index}", np.array(rows))


def _from_table(name: str, table: np.ndarray) -> CompetingData:
    start, stop, cause, stratum, group, arm = table[:, [0, 1, 2, 7, 8, 9]].astype(np.int64).T
    return CompetingData(name, start, stop, cause, table[:, 3:6], table[:, 6], stratum, group, arm)


@cache
def data_sets() -> tuple[CompetingData, ...]:
    """Return all data sets, the public ones first."""
    return (*real_sets(), *(random_set(index) for index in range(RANDOM_SETS)))

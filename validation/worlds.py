"""Worlds of known truth: constant monthly intensities, solved exactly by the matrix exponential.

States: 0 remission, 1 transplanted in remission, 2 relapse, 3 dead after relapse, 4 dead in remission. A fixed
risk group (0 or 1) may change both the wish to transplant and the risk of relapse. Times are rounded up to whole
days, so that "by the end of day d" means the same in the truth and in the data.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

DAYS = 365.25 / 12
STATES = 5
REMISSION, TRANSPLANTED, RELAPSED, DEAD_AFTER_RELAPSE, DEAD_IN_REMISSION = range(STATES)
ALIVE = (REMISSION, TRANSPLANTED, RELAPSED)
DISEASE_FREE = (REMISSION, TRANSPLANTED)

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """A data-generating process; intensities per month."""

    name: str
    says: str
    transplant: tuple[float, float] = (0.02, 0.02)  # by risk group
    relapse: tuple[float, float] = (0.035, 0.035)
    death_in_remission: float = 0.003
    relapse_after_transplant: float = 0.010
    death_after_transplant: float = 0.008
    death_after_relapse: float = 0.10
    high_risk: float = 0.0  # share of risk group 1
    follow_up_months: tuple[float, float] = (18.0, 66.0)
    entry_months: float = 0.0  # late entry, uniform; 0 = everybody from time zero
    sites: int = 0
    site_spread: float = 0.0  # SD of the log relapse intensity between sites
    sampled: tuple[float, float] = (1.0, 1.0)  # probability of being in the extract, by risk group
    sizes: tuple[int, ...] = (47, 200, 1000)
    naive: tuple[str, ...] = field(default=())

    def generator(self, group: int, scale: float = 1.0, *, without_transplant: bool = False) -> Float64:
        """Intensity matrix per month of one risk group."""
        q = np.zeros((STATES, STATES))
        q[REMISSION, TRANSPLANTED] = 0.0 if without_transplant else self.transplant[group]
        q[REMISSION, RELAPSED] = self.relapse[group] * scale
        q[REMISSION, DEAD_IN_REMISSION] = self.death_in_remission
        q[TRANSPLANTED, RELAPSED] = self.relapse_after_transplant * scale
        q[TRANSPLANTED, DEAD_IN_REMISSION] = self.death_after_transplant
        q[RELAPSED, DEAD_AFTER_RELAPSE] = self.death_after_relapse
        np.fill_diagonal(q, -q.sum(axis=1))
        return q

    def truth(self, days: Float64, *, without_transplant: bool = False) -> Float64:
        """Occupation probabilities at the end of whole days: float64[T, STATES]."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(41)
        scales = np.exp(self.site_spread * nodes) if self.site_spread else np.ones(1)
        masses = weights / weights.sum() if self.site_spread else np.ones(1)
        total = np.zeros((days.size, STATES))
        for group, share in enumerate((1 - self.high_risk, self.high_risk)):
            for scale, mass in zip(scales, masses, strict=True):
                q = self.generator(group, float(scale), without_transplant=without_transplant) / DAYS
                total += share * mass * np.array([expm(q * day)[REMISSION] for day in np.floor(days + 1e-9)])
        return total


@dataclass(frozen=True)
class Courses:
    """Simulated patients: days of their events (NaN: none) and of their observation."""

    transplant: Float64
    relapse: Float64
    death: Float64
    entry: Float64
    end: Float64
    site: NDArray[np.int64]
    weight: Float64

    @property
    def n(self) -> int:
        """Number of patients."""
        return self.end.size


def simulate(world: World, n: int, generator: np.random.Generator) -> Courses:
    """Draw n patients who are under observation at some time after time zero."""
    parts: list[Courses] = []
    site_effect = np.exp(world.site_spread * generator.standard_normal(max(world.sites, 1)))
    while sum(part.n for part in parts) < n:
        parts.append(_draw(world, 2 * n, generator, site_effect))
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])[:n] for name in Courses.__annotations__
    }
    return Courses(**joined)


def _draw(world: World, n: int, generator: np.random.Generator, site_effect: Float64) -> Courses:
    group = (generator.random(n) < world.high_risk).astype(np.int64)
    site = generator.integers(0, max(world.sites, 1), n)
    scale = site_effect[site]
    transplant, relapse, death = (np.full(n, np.nan) for _ in range(3))
    state = np.zeros(n, dtype=np.int64)
    now = np.zeros(n)
    for _ in range(STATES):
        exits = np.zeros((n, STATES))
        for g in (0, 1):
            rates = world.generator(g)
            np.fill_diagonal(rates, 0.0)
            exits[group == g] = rates[state[group == g]]
        exits[:, RELAPSED] *= scale
        total = exits.sum(axis=1)
        moving = total > 0
        now = np.where(moving, now + generator.exponential(1.0, n) / np.where(moving, total, 1.0), now)
        pick = generator.random(n) * total
        target = np.minimum((np.cumsum(exits, axis=1) <= pick[:, None]).sum(axis=1), STATES - 1)
        day = np.ceil(now * DAYS)
        transplant = np.where(moving & (target == TRANSPLANTED), day, transplant)
        relapse = np.where(moving & (target == RELAPSED), day, relapse)
        death = np.where(moving & (target >= DEAD_AFTER_RELAPSE), day, death)
        state = np.where(moving, target, state)
    low, high = world.follow_up_months
    end = np.ceil(generator.uniform(low, high, n) * DAYS)
    entry = (
        np.floor(generator.uniform(0, world.entry_months, n) * DAYS) if world.entry_months else np.zeros(n)
    )
    keep_probability = np.array(world.sampled)[group]
    stop = np.fmin(end, death)
    kept = (generator.random(n) < keep_probability) & (entry < stop)
    cut = {"transplant": transplant, "relapse": relapse, "death": death}
    cut = {name: np.where(days <= stop, days, np.nan) for name, days in cut.items()}
    return Courses(
        **{name: days[kept] for name, days in cut.items()},
        entry=entry[kept],
        end=stop[kept],
        site=site[kept],
        weight=(1.0 / keep_probability)[kept],
    )


WORLDS: tuple[World, ...] = (
    World("plain", "everybody observed from time zero, independent censoring"),
    World(
        "rare",
        "non-relapse deaths are rare: most samples of 47 have none to three",
        death_in_remission=0.0008,
        death_after_transplant=0.0012,
        sizes=(47, 200),
    ),
    World(
        "late", "half of the patients come under observation up to a year after time zero", entry_months=12.0
    ),
    World(
        "sites",
        "relapse differs between 30 sites (SD of the log intensity 0.5); variance over sites",
        sites=30,
        site_spread=0.5,
        sizes=(200, 1000),
        naive=("patients as units",),
    ),
    World(
        "weights",
        "high-risk patients are over-represented in the extract four to one; case weights undo it",
        high_risk=0.3,
        relapse=(0.025, 0.08),
        sampled=(0.25, 1.0),
        sizes=(200, 1000),
        naive=("unweighted",),
    ),
    World(
        "informative",
        "high-risk patients are transplanted five times as often; the truth of censoring is that of no transplant",
        high_risk=0.4,
        relapse=(0.015, 0.09),
        transplant=(0.012, 0.06),
        naive=("censored at transplant",),
    ),
)

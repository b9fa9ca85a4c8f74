"""A monthly panel in which treatment and a marker act on each other; its truth is known by intervening.

Every month has a look at the marker, then (next month) a decision, then a risk of death:

    L_0 = 0.5 V + e_0,    L_k = 0.7 L_(k-1) + 0.15 V - 0.4 A_k + 0.6 e_k          e ~ N(0, 1), V ~ B(1/2)
    P(A_k starts)  = 1 - exp(-0.015 * 1.6^V * 3^{0 < L_(k-1) <= 1} * 8^{1 < L_(k-1)})
    P(death in k)  = 1 - exp(-0.010 * exp(L_(k-1) - 0.3 A_k))

The marker makes start and death likelier and is itself lowered by the treatment: adjusting for it once and
for all is wrong, and so is not adjusting. A decision of month k knows the marker of month k - 1; whoever
starts in month k is treated when the risk of month k acts. `monthly_panel/` holds vocabulary and protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

Bool = NDArray[np.bool_]
Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

QUESTION = Path(__file__).parent / "monthly_panel"
DAYS = 365.25 / 12  # in a month
NEVER = np.iinfo(np.int64).max
HIGH = 1.5  # of the marker: the trigger
WITHIN, AFTER_TRIGGER, UNTIL = 6, 3, 12  # months

Decision = Callable[["Month"], Float64]


@dataclass(frozen=True, slots=True)
class Month:
    """What a decision may know: month k, covariate, marker of month k - 1, first month of a high marker."""

    number: int
    v: Bool
    marker: Float64
    triggered: Int64


@dataclass(frozen=True, slots=True)
class Panel:
    """Courses by month.

    Attributes
    ----------
    v : bool[n]
    marker : float64[n, K + 1]
        NaN after death.
    start, death, last : int64[n]
        Month of the start and of death (`NEVER` without), and the last month under observation.
    """

    v: Bool
    marker: Float64
    start: Int64
    death: Int64
    last: Int64


def usual_care(month: Month) -> Float64:
    """Probability of a start that was not planned by anybody."""
    raised = np.where(month.marker > 1, 8.0, np.where(month.marker > 0, 3.0, 1.0))
    return 1 - np.exp(-0.015 * np.where(month.v, 1.6, 1.0) * raised)


def never(month: Month) -> Float64:
    """No start."""
    return np.zeros(month.v.size)


def at_once(month: Month) -> Float64:
    """Everybody starts in the first month."""
    return np.full(month.v.size, float(month.number == 1))


def within(month: Month) -> Float64:
    """A start within six months, all months alike."""
    left = WITHIN - month.number + 1
    return np.full(month.v.size, 1 / left if left > 0 else 0.0)


def on_high_marker(month: Month) -> Float64:
    """A start within three months of the first high marker of the first year, all months alike."""
    left = AFTER_TRIGGER - (month.number - month.triggered) + 1
    inside = (month.triggered <= UNTIL) & (left > 0)
    return np.where(inside, 1 / np.where(inside, left, 1), 0.0)


def simulate(n: int, months: int, seed: int, decide: Decision = usual_care, loss: float = 0.0) -> Panel:
    """Patients month after month; with another decision it is an intervention, and the luck stays the same.

    Parameters
    ----------
    n, months
        Patients, and months of follow-up.
    seed
        Of the draws.
    decide
        Probability of a start in a month among those who have not started.
    loss
        Share lost after every month.
    """
    luck = np.random.default_rng([seed, n])
    v = luck.random(n) < 0.5
    marker = np.full((n, months + 1), np.nan)
    marker[:, 0] = 0.5 * v + luck.standard_normal(n)
    start, death, last = (np.full(n, fill, dtype=np.int64) for fill in (NEVER, NEVER, months))
    triggered = np.where(marker[:, 0] >= HIGH, 0, NEVER)
    alive = np.ones(n, dtype=np.bool_)
    for k in range(1, months + 1):
        before = marker[:, k - 1]
        drawn, noise, leaves = luck.random((2, n)), luck.standard_normal(n), luck.random(n) < loss
        chance = decide(Month(k, v, before, triggered))
        start[alive & (start == NEVER) & (drawn[0] < chance)] = k
        treated = start <= k
        dies = alive & (drawn[1] < 1 - np.exp(-0.010 * np.exp(before - 0.3 * treated)))
        death[dies], last[dies] = k, k
        alive &= ~dies
        marker[alive, k] = (0.7 * before + 0.15 * v - 0.4 * treated + 0.6 * noise)[alive]
        triggered[(triggered == NEVER) & alive & (marker[:, k] >= HIGH)] = k
        gone = alive & leaves
        last[gone], alive[gone] = k, False
    return Panel(v, marker, start, death, last)


def survival(panel: Panel, month: int) -> float:
    """Share alive after a month, where nobody is lost."""
    return float((panel.death > month).mean())


def write_tables(panel: Panel, folder: Path) -> None:
    """Write the five tables as anybody would who keeps such data, the vocabulary beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocabulary.yaml").write_text((QUESTION / "vocabulary.yaml").read_text(encoding="utf-8"))
    patient = np.arange(panel.v.size)
    pl.DataFrame({"patient": patient, "v": np.where(panel.v, "yes", "no")}).write_csv(folder / "patients.csv")
    seen = {"patient": patient, "start": 0.0, "stop": panel.last * DAYS}
    pl.DataFrame(seen).write_csv(folder / "observation.csv")
    months = np.arange(panel.marker.shape[1])
    who, when = np.nonzero(~np.isnan(panel.marker) & (months <= panel.last[:, np.newaxis]))
    looked = {"patient": who, "day": when * DAYS, "name": "marker", "value": panel.marker[who, when]}
    pl.DataFrame(looked).write_csv(folder / "measurements.csv")
    begun, died = np.flatnonzero(panel.start <= panel.last), np.flatnonzero(panel.death <= panel.last)
    started = {"patient": begun, "start": panel.start[begun] * DAYS, "name": "drug"}
    pl.DataFrame(started).write_csv(folder / "interventions.csv")
    deaths = {"patient": died, "day": panel.death[died] * DAYS, "name": "death"}
    pl.DataFrame(deaths).write_csv(folder / "events.csv")

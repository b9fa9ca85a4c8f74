"""Where patients stand when a covariate is judged: at time zero, or at a landmark after it.

At a landmark s only those count who are under observation and have had neither the event nor what competes
with it by the end of day s. Their clock starts there (van Houwelingen 2007; Putter and Spitoni 2018).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from equipoise.base.clock import TICKS_PER_UNIT, Clock, months_to_days
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.plan import Plan

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Standing:
    """Patients at risk of one outcome from one day on.

    Attributes
    ----------
    spells
        Spells until the event, what competes or the end of observation, on the clock that starts on `day`.
    landmark_month
        Month after time zero; None at time zero itself.
    day : float64[n]
        Day (since the vocabulary's origin) by whose end covariates are judged; NaN if not enrolled.
    passed
        Days from time zero to the start of the clock.
    until
        Horizon on that clock, in days.
    reported
        The same horizon in days after time zero.
    """

    spells: FirstExit
    landmark_month: float | None
    day: Float64
    passed: float
    until: float
    reported: float

    @property
    def at_risk(self) -> Bool:
        """Patients with a spell, bool[n]."""
        present = np.zeros(self.spells.patients, dtype=np.bool_)
        present[self.spells.patient] = True
        return present

    def plan(self, plan: Plan, members: Bool) -> Plan:
        """The plan for the one horizon and for the clusters among some patients."""
        clusters = None if plan.cluster is None else int(np.unique(plan.cluster[members]).size)
        return replace(plan, days=np.array([self.until]), clusters=clusters)


def at_time_zero(spells: FirstExit, time_zero: Float64, by_month: float) -> Standing:
    """Everybody at risk from time zero on; late entrants from their entry on."""
    until = months_to_days(by_month)
    return Standing(spells, None, time_zero, 0.0, until, until)


def at_landmark(
    spells: FirstExit, time_zero: Float64, by_month: float, month: float, clock: Clock
) -> Standing:
    """Those still followed and free of the event and of what competes at the end of the landmark day."""
    units = int(np.floor(months_to_days(month) / clock.resolution + 1e-9))
    passed = units * clock.resolution
    tick = units * TICKS_PER_UNIT
    reported = months_to_days(month) + months_to_days(by_month)
    present = np.zeros(spells.patients, dtype=np.bool_)
    present[spells.patient[(spells.start <= tick) & (spells.stop > tick)]] = True
    later = spells.of(present).since(tick)
    return Standing(later, month, time_zero + passed, passed, reported - passed, reported)

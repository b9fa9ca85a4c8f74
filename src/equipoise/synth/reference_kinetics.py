"""The CAR transgene of one patient, for the slow simulator.

Written from equations K1 to K4 of `docs/methods/car-kinetics.md`.
"""

import math
from typing import NamedTuple

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.synth import addresses as a
from equipoise.synth.kinetic_parts import Kinetics, LossOfAplasia, SpreadIs
from equipoise.synth.reference_luck import Luck


class Curve(NamedTuple):
    """Copies per microgram of DNA by days since an infusion.

    Attributes
    ----------
    infused_at
        Months since time zero.
    fold, peak_day, peak, contraction, persisting, decline
        F, T_max, C_max, alpha, F_B, beta.
    """

    infused_at: float
    fold: float
    peak_day: float
    peak: float
    contraction: float
    persisting: float
    decline: float

    def copies(self, day: float) -> float:
        """C(t), so many days after the infusion."""
        if day <= self.peak_day:  # (K1)
            return self.peak / self.fold * math.exp(math.log(self.fold) / self.peak_day * day)
        later = day - self.peak_day  # (K2)
        fast = (1 - self.persisting) * math.exp(-self.contraction * later)
        return self.peak * (fast + self.persisting * math.exp(-self.decline * later))

    def loss_per_month(self, loss: LossOfAplasia, now: float) -> float:
        """The rate at which aplasia is lost (K4), by the middle of each week since the infusion."""
        week = math.floor((now - self.infused_at) * DAYS_PER_MONTH / 7 + 1e-9)
        return loss.per_month / (1 + (self.copies(7 * (week + 0.5)) / loss.half_at) ** loss.power)

    def weeks(self, until: float) -> list[float]:
        """When the weeks since the infusion end, in months since it, beyond a month since time zero."""
        number = math.ceil((until - self.infused_at) * DAYS_PER_MONTH / 7)
        return [7 * week / DAYS_PER_MONTH for week in range(1, number + 1)]


def curve_of(luck: Luck, kinetics: Kinetics, infusion: int, infused_at: float) -> Curve:
    """The curve of a patient after an infusion (K3): 0 is the first, k the k-th reinfusion."""
    drawn: list[float] = []
    for place, effect in enumerate(kinetics.effects):
        spread = effect.spread if kinetics.spread_is is SpreadIs.SD else math.sqrt(effect.spread)
        drawn.append(effect.typical * math.exp(spread * luck.normal(a.KINETICS + place, infusion)))
    curve = Curve(infused_at, *drawn)
    return curve._replace(persisting=min(curve.persisting, 1.0))

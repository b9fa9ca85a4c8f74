"""CAR transgene in blood after an infusion: a patient's curve, and the loss of aplasia under it.

The curve grows exponentially to a peak and declines along two exponentials (Stein et al. 2019, equation 1):

    C(t) = C_max / F exp(rho t),  rho = ln F / T_max,                                 t <= T_max,        (K1)
    C(t) = C_max [(1 - F_B) exp(-alpha (t - T_max)) + F_B exp(-beta (t - T_max))],    t >  T_max,        (K2)

in copies per microgram of DNA, t in days since the infusion.  The logarithms of the six parameters are normal
among patients, independently (K3).  Aplasia is lost at a rate of h0 / (1 + (C / C50)^kappa) a month (K4), C
being that of the middle of each week since the infusion, so that rates stay constant in pieces.
"""

import math
from typing import Final

import numpy as np

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.kernels.addressed import normal, uniform
from equipoise.kernels.arrays import Float64, Int64
from equipoise.kernels.jit import jit
from equipoise.synth import addresses as a
from equipoise.synth.numbers import CURVE, Numbers

# Places of the parameters of a curve: F, T_max, C_max, alpha, F_B, beta.
FOLD, PEAK_DAY, PEAK, CONTRACTION, SHARE, DECLINE = range(CURVE)

DAYS_A_WEEK: Final = 7.0
WEEK: Final = DAYS_A_WEEK / DAYS_PER_MONTH  # in months


@jit
def assessment_day(seed: int, patient: int, first: int, last: int) -> int:
    """Days from the infusion to the first assessment (time zero), uniform from `first` to `last`."""
    return first + int(uniform(seed, patient, a.ASSESSMENT, 0) * (last - first + 1))


@jit
def draw_curve(seed: int, patient: int, infusion: int, world: Numbers, curve: Float64) -> None:
    """Draw the parameters of a patient's curve (K3).

    Parameters
    ----------
    seed, patient
        Address of the draws.
    infusion
        0 for the first, k for the k-th reinfusion: its cells expand anew.
    world
        Typical values and standard deviations of the logarithms.
    curve
        float64[CURVE], filled. A share of persisting cells above 1 is 1.
    """
    for j in range(CURVE):
        effect = world.curve_sd[j] * normal(seed, patient, a.KINETICS + j, infusion)
        curve[j] = world.curve_typical[j] * math.exp(effect)
    curve[SHARE] = min(curve[SHARE], 1.0)


@jit
def level(curve: Float64, day: float) -> float:
    """Copies per microgram of DNA so many days after the infusion (K1, K2).

    The rise is written ``C_max F^(t / T_max - 1)``, which is (K1) and exactly C_max at T_max.
    """
    if day <= curve[PEAK_DAY]:
        return curve[PEAK] * curve[FOLD] ** (day / curve[PEAK_DAY] - 1.0)
    lag = day - curve[PEAK_DAY]
    fast = (1.0 - curve[SHARE]) * math.exp(-curve[CONTRACTION] * lag)
    return curve[PEAK] * (fast + curve[SHARE] * math.exp(-curve[DECLINE] * lag))


@jit
def loss_and_end(world: Numbers, curve: Float64, infused: float, now: float) -> tuple[float, float]:
    """Rate at which aplasia is lost now, before the ratios of covariates, and when it changes next (K4).

    Parameters
    ----------
    world
        h0, C50 and kappa.
    curve
        float64[CURVE], of the infusion that counts.
    infused, now
        Months since time zero.
    """
    week = int((now - infused) / WEEK)
    # Rounding may put the quotient on the wrong side of the end of a week; the ends themselves decide.
    while now >= infused + (week + 1) * WEEK:
        week += 1
    while now < infused + week * WEEK:
        week -= 1
    copies = level(curve, DAYS_A_WEEK * (week + 0.5))
    rate = world.loss_without / (1.0 + (copies / world.loss_half_at) ** world.loss_power)
    return rate, infused + (week + 1) * WEEK


@jit
def levels(seed: int, patients: Int64, infusions: Int64, days: Int64, world: Numbers) -> Float64:
    """Copies per microgram of DNA, one for each of E samples.

    Parameters
    ----------
    seed
        Of all draws.
    patients, infusions, days : int64[E]
        Patient, number of the infusion that counts, days since that infusion.
    world
        Typical values and standard deviations of the curve.

    Returns
    -------
    float64[E]
    """
    copies = np.empty(patients.size)
    curve = np.empty(CURVE)
    for k in range(patients.size):
        draw_curve(seed, patients[k], infusions[k], world, curve)
        copies[k] = level(curve, float(days[k]))
    return copies

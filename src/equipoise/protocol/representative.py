"""The representative law: when those start who start within the window, whoever they are.

With d_k starts and T_k person-months at risk in month k since the window opened, and h = sum d / sum T
(docs/methods/strategies.md, equation 9.4),

    h_k  = (d_k + 1/2) / (T_k + (1/2) / h)              smoothed: as if half a start had been seen
    F(u) = (1 - exp(-H(u))) / (1 - exp(-H(m))),         H(u) = integral of h up to u

at the months u = 0, 1, ... and m, with straight lines in between.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from equipoise.base.codes import CODES
from equipoise.base.errors import IdentificationError
from equipoise.protocol.law import GivenLaw

DECIMALS = 12  # the last bits of an exponential differ between machines; a law is part of a digest


def month_knots(months: float) -> tuple[float, ...]:
    """Months 0, 1, 2, ... below the end of a window, and its end: the pieces of the law lie between them."""
    return (*(float(month) for month in range(int(np.ceil(months)))), float(months))


def representative_law(
    starts: Sequence[float], exposure: Sequence[float], months: float, *, where: str = "law"
) -> GivenLaw:
    """The law of starting times of those who start within the window, free of covariates.

    Parameters
    ----------
    starts
        Starts in each piece between `month_knots`.
    exposure
        Person-months at risk of starting in each piece.
    months
        Length of the window.
    where
        Name of the law in an error.

    Returns
    -------
    GivenLaw
        With knots at the months, to 12 decimals.

    Raises
    ------
    IdentificationError
        P125 if nobody starts within the window, or all so early that later months have no share.
    ValueError
        If there is not one number for each piece.
    """
    knots = month_knots(months)
    d, at_risk = np.asarray(starts, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    if d.shape != (len(knots) - 1,) or at_risk.shape != d.shape or bool(((d < 0) | (at_risk < 0)).any()):
        raise ValueError(f"starts and person-months are needed for {len(knots) - 1} pieces")
    if not d.sum() > 0 or not at_risk.sum() > 0:
        raise _refused(
            where, f"no start within {months:g} months, in {at_risk.sum():g} person-months at risk"
        )
    overall = d.sum() / at_risk.sum()
    hazard = (d + 0.5) / (at_risk + 0.5 / overall)
    width = np.array([later - earlier for earlier, later in pairwise(knots)])
    started = -np.expm1(-np.cumsum(hazard * width))
    share = (0.0, *(round(float(one), DECIMALS) for one in started[:-1] / started[-1]), 1.0)
    for month, (earlier, later) in zip(knots[1:], pairwise(share), strict=True):
        if later <= earlier:
            raise _refused(where, f"at these rates nobody is left to start by month {month:g}")
    return GivenLaw(months=knots, probability=share)


def _refused(where: str, found: str) -> IdentificationError:
    meaning = CODES["P125"]
    return IdentificationError("P125", where=where, found=found, why=meaning.why, do=meaning.do)

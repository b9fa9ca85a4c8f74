"""A grace law on its window as functions of the days since the window opened.

With F(u) the share that has started by u, in a window (0, m] (docs/methods/strategies.md, equation 9.3):

    q over (u, u + h]     (F(u + h) - F(u)) / (1 - F(u))      P(start in the bin | not before)
    intensity             f(u) / (1 - F(u))
    cumulative intensity  -log(1 - F(u))

A natural law is none of its own: in bins q is the natural probability p of the bin, and 1 in the last bin.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.base.clock import months_to_days
from equipoise.base.codes import CODES
from equipoise.base.errors import IdentificationError, ProtocolError
from equipoise.protocol.law import FixedLaw, GivenLaw, Law, NaturalLaw, RepresentativeLaw, UniformLaw

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

SAME_WIDTH = 1e-6  # days


@dataclass(frozen=True, slots=True)
class Grace:
    """A law on its window.

    Parameters
    ----------
    law
        The law.
    months
        Length of the window.
    """

    law: Law
    months: float

    @property
    def days(self) -> float:
        """Length of the window in days."""
        return months_to_days(self.months)

    @property
    def knots(self) -> tuple[Float64, Float64]:
        """Days since the window opened, and the share that has started by each; straight lines in between.

        A fixed start is a jump: its day stands there twice, with 0 and with 1.

        Raises
        ------
        ProtocolError
            P123 for a representative law without its numbers.
        IdentificationError
            P124 for a natural law, which is not a law of its own.
        """
        match self.law:
            case UniformLaw():
                return np.array([0.0, self.days]), np.array([0.0, 1.0])
            case GivenLaw():
                months = np.array(self.law.months, dtype=np.float64)
                return months_to_days(1.0) * months, np.array(self.law.probability, dtype=np.float64)
            case FixedLaw():
                day = months_to_days(self.law.fixed)
                return np.array([0.0, day, day]), np.array([0.0, 0.0, 1.0])
            case RepresentativeLaw():
                meaning = CODES["P123"]
                raise ProtocolError(
                    "P123", where="law", found="'representative'", why=meaning.why, do=meaning.do
                )
            case NaturalLaw():
                raise _not_identified("a natural law has no starting times of its own")

    def cumulative(self, since: ArrayLike) -> Float64:
        """Share that has started by `since` days after the window opened, F.

        Parameters
        ----------
        since : float64[...]
            Days since the window opened, of any sign.

        Returns
        -------
        float64[...]
            0 up to the opening, 1 from the end of the window on.
        """
        u = np.asarray(since, dtype=np.float64)
        days, share = self.knots
        if isinstance(self.law, FixedLaw):
            return (u >= days[-1]).astype(np.float64)
        return np.interp(u, days, share)

    def probability(self, since: ArrayLike, width: ArrayLike, natural: ArrayLike | None = None) -> Float64:
        """Probability of a start in the bin (since, since + width], given none before: q of (9.3).

        Parameters
        ----------
        since : float64[...]
            Days from the opening of the window to the start of the bin; NaN: the window has not opened.
        width : float64[...]
            Days in the bin, above 0.
        natural : float64[...]
            Probability of a start in the bin in the natural course; of a natural law only.

        Returns
        -------
        float64[...]
            0 outside the window; 1 in the bin that reaches its end.

        Raises
        ------
        ProtocolError
            P123 for a representative law without its numbers.
        IdentificationError
            P124 for bins that do not fit a natural law.
        ValueError
            For a natural law without `natural`.
        """
        u, h = np.broadcast_arrays(np.asarray(since, np.float64), np.asarray(width, np.float64))
        inside = (u >= 0) & (u < self.days)
        if isinstance(self.law, NaturalLaw):
            return self._natural(inside, u + h, h, natural)
        begun, by_then = self.cumulative(u), self.cumulative(u + h)
        left = np.where(inside & (begun < 1), 1.0 - begun, 1.0)
        q = np.where(u + h >= self.days, (begun < 1).astype(np.float64), (by_then - begun) / left)
        return np.where(inside, q, 0.0)

    def intensity(self, since: ArrayLike) -> Float64:
        """Intensity of starting, a day, at `since` days after the window opened, (9.3).

        At a knot it is that of the days before. 0 outside (0, m]; infinite at m, by which all have started.

        Raises
        ------
        ProtocolError
            P123 for a representative law without its numbers.
        IdentificationError
            P124 for natural and fixed laws, which have no intensity.
        """
        u = np.asarray(since, dtype=np.float64)
        days, share = self._continuous()
        inside = (u > 0) & (u <= self.days)
        piece = np.clip(np.searchsorted(days, u, side="left") - 1, 0, days.size - 2)
        density = (np.diff(share) / np.diff(days))[piece]
        left = 1.0 - np.interp(u, days, share)
        open_ = inside & (left > 0)
        rate = density / np.where(open_, left, 1.0)
        return np.where(open_, rate, np.where(inside, np.inf, 0.0))

    def cumulative_intensity(self, since: ArrayLike) -> Float64:
        """Intensity summed from the opening of the window up to `since` days, (9.3).

        Raises
        ------
        ProtocolError
            P123 for a representative law without its numbers.
        IdentificationError
            P124 for natural and fixed laws, which have no intensity.
        """
        u = np.asarray(since, dtype=np.float64)
        share = np.interp(u, *self._continuous())
        open_ = share < 1
        return np.where(open_, -np.log1p(-np.where(open_, share, 0.0)), np.inf)

    def _continuous(self) -> tuple[Float64, Float64]:
        if isinstance(self.law, FixedLaw):
            raise _not_identified("a fixed start has no intensity")
        return self.knots

    def _natural(self, inside: Bool, end: Float64, width: Float64, natural: ArrayLike | None) -> Float64:
        if natural is None:
            raise ValueError("a natural law needs the natural probability of a start in each bin")
        last = inside & (end >= self.days)
        declared = self.law.natural.last_bin_days if isinstance(self.law, NaturalLaw) else np.nan
        other = width[last & (np.abs(width - declared) > SAME_WIDTH)]
        if other.size:
            raise _not_identified(f"a last bin of {other[0]:g} days, but the law says {declared:g}")
        return np.where(inside, np.where(last, 1.0, np.asarray(natural, dtype=np.float64)), 0.0)


def _not_identified(found: str) -> IdentificationError:
    meaning = CODES["P124"]
    return IdentificationError("P124", where="law", found=found, why=meaning.why, do=meaning.do)

"""Sums of weights that are the same, bit for bit, in whatever order the terms come.

A weight is cut into a high and a low part, each a multiple of a power of two so coarse that every partial
sum of up to `terms` such parts is a float64 without rounding (pre-rounding: Rump 2009; Demmel and Nguyen
2013, ARITH). Adding and later subtracting a weight therefore cancels exactly: a risk set that empties has
the weight 0.0, a split interval leaves no trace, and the row order does not matter.  What is lost a term is
below 2**-60 of the largest weight (a million terms).

    high = (weight + coarse) - coarse;   low = ((weight - high) + fine) - fine;   total = sum(high) + sum(low)
"""

import math

from equipoise.kernels.jit import jit


def grid(largest: float, terms: int) -> tuple[float, float]:
    """The constants `coarse` and `fine` for at most `terms` weights of magnitude at most `largest`."""
    room = math.frexp(max(terms, 1))[1] + 1
    coarse_exponent = math.frexp(largest)[1] + room
    fine_exponent = coarse_exponent - 52 + room
    return 1.5 * 2.0**coarse_exponent, 1.5 * 2.0**fine_exponent


@jit
def high_part(weight: float, coarse: float) -> float:
    """The leading bits of `weight`, a multiple of the spacing of floats at `coarse`."""
    return (weight + coarse) - coarse


@jit
def low_part(weight: float, high: float, fine: float) -> float:
    """The following bits of `weight`, a multiple of the spacing of floats at `fine`."""
    return ((weight - high) + fine) - fine

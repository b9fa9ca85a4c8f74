"""Addressed random numbers: a draw is a function of where it is used, not of what was drawn before.

Philox4x32-10 (Salmon et al. 2011, section 4.3): a keyed bijection of 128-bit counters.  The key is the
seed; the counter is (low word of the patient, high word of the patient, decision, occasion).  So two
strategies share the luck of a patient, no draw depends on the order or the number of workers, and a new
decision changes no other draw.

    round:  (x0, x1, x2, x3) -> (hi(M1 x2) ^ x1 ^ k0, lo(M1 x2), hi(M0 x0) ^ x3 ^ k1, lo(M0 x0)),
            (k0, k1) -> (k0 + W0, k1 + W1) modulo 2^32, ten rounds.

A uniform is made of 53 bits of two words: ``(hi * 2^32 + lo) >> 11) * 2^-53``, in [0, 1).
"""

import math

import numpy as np

from equipoise.kernels.jit import jit

MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
WEYL_0 = np.uint64(0x9E3779B9)
WEYL_1 = np.uint64(0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
TO_53_BITS = np.uint64(11)
ULP = 2.0**-53
ROUNDS = 10


@jit
def block(seed: int, unit: int, decision: int, occasion: int) -> tuple[np.uint64, np.uint64]:
    """The four words at an address, as two integers of 64 bits.

    Parameters
    ----------
    seed, unit
        Of 64 bits each; `unit` is a patient or a site.
    decision, occasion
        What is decided, and for which time; of 32 bits each.
    """
    key_0, key_1 = np.uint64(seed) & LOW, np.uint64(seed) >> HALF
    x0, x1 = np.uint64(unit) & LOW, np.uint64(unit) >> HALF
    x2, x3 = np.uint64(decision) & LOW, np.uint64(occasion) & LOW
    for _ in range(ROUNDS):
        product_0, product_1 = MULTIPLIER_0 * x0, MULTIPLIER_1 * x2
        x0, x1 = (product_1 >> HALF) ^ x1 ^ key_0, product_1 & LOW
        x2, x3 = (product_0 >> HALF) ^ x3 ^ key_1, product_0 & LOW
        key_0, key_1 = (key_0 + WEYL_0) & LOW, (key_1 + WEYL_1) & LOW
    return (x0 << HALF) | x1, (x2 << HALF) | x3


@jit
def uniform(seed: int, unit: int, decision: int, occasion: int) -> float:
    """A number in [0, 1), a multiple of 2^-53."""
    return float(block(seed, unit, decision, occasion)[0] >> TO_53_BITS) * ULP


@jit
def exponential(seed: int, unit: int, decision: int, occasion: int) -> float:
    """A number of the exponential distribution of mean 1: ``-log(1 - u)``."""
    return -math.log1p(-uniform(seed, unit, decision, occasion))


@jit
def normal(seed: int, unit: int, decision: int, occasion: int) -> float:
    """A standard normal number, ``sqrt(-2 log(1 - u)) cos(2 pi v)`` of both halves (Box and Muller 1958)."""
    first, second = block(seed, unit, decision, occasion)
    u, v = float(first >> TO_53_BITS) * ULP, float(second >> TO_53_BITS) * ULP
    return math.sqrt(-2.0 * math.log1p(-u)) * math.cos(2.0 * math.pi * v)

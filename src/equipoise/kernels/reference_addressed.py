"""Philox4x32-10 written from its definition in plain integers: the slow twin of `addressed`.

Salmon et al. 2011, section 4.3: a counter (c0, c1, c2, c3) and a key (k0, k1) of 32-bit words go through ten
rounds. In each, two multiplications give two words each, a high and a low one, which are mixed with the key
and change places; between rounds the key moves on by Weyl's constants.
"""

import math
from collections.abc import Iterable

WORD = 2**32
FIRST_MULTIPLIER, SECOND_MULTIPLIER = 0xD2511F53, 0xCD9E8D57
GOLDEN_RATIO, ROOT_OF_THREE_LESS_ONE = (
    0x9E3779B9,
    0xBB67AE85,
)  # Weyl's, after the point
ROUNDS = 10

Words = tuple[int, int, int, int]


def philox(counter: Words, key: tuple[int, int]) -> Words:
    """The four words that a counter and a key lead to."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(ROUNDS):
        high_0, low_0 = divmod(FIRST_MULTIPLIER * c0, WORD)
        high_1, low_1 = divmod(SECOND_MULTIPLIER * c2, WORD)
        c0, c1, c2, c3 = high_1 ^ c1 ^ k0, low_1, high_0 ^ c3 ^ k1, low_0
        k0, k1 = (k0 + GOLDEN_RATIO) % WORD, (k1 + ROOT_OF_THREE_LESS_ONE) % WORD
    return c0, c1, c2, c3


def words(seed: int, unit: int, decision: int, occasion: int) -> Words:
    """The four words at an address: the seed is the key, low word first; so is the unit in the counter."""
    return philox((unit % WORD, unit // WORD, decision, occasion), (seed % WORD, seed // WORD))


def uniform(seed: int, unit: int, decision: int, occasion: int) -> float:
    """A number in [0, 1): the first 53 of the 64 bits of the first two words, as a binary fraction."""
    return _fraction(words(seed, unit, decision, occasion)[:2])


def exponential(seed: int, unit: int, decision: int, occasion: int) -> float:
    """A waiting time of mean 1: where ``1 - exp(-x)`` reaches the uniform number."""
    return -math.log1p(-uniform(seed, unit, decision, occasion))


def normal(seed: int, unit: int, decision: int, occasion: int) -> float:
    """A standard normal number: one coordinate of a point drawn by length and angle (Box, Muller 1958)."""
    four = words(seed, unit, decision, occasion)
    squared_length, turns = -2.0 * math.log1p(-_fraction(four[:2])), _fraction(four[2:])
    return math.sqrt(squared_length) * math.cos(2.0 * math.pi * turns)


def _fraction(pair: Iterable[int]) -> float:
    high, low = pair
    return (high * WORD + low) // 2**11 / 2**53

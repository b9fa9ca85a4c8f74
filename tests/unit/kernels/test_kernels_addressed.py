"""Addressed draws: published answers, another implementation, the slow twin, and how random they look."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, kstest

from equipoise.kernels import addressed
from equipoise.kernels import reference_addressed as reference

WORD = 2**32
ALL_ONES = 0xFFFFFFFF
SEED = 20261201
MANY = 60_000

# kat_vectors of Random123 (Salmon et al. 2011): counter, key, answer; the third are digits of pi.
PUBLISHED = [
    ((0,) * 4, (0,) * 2, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ALL_ONES,) * 4, (ALL_ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]

# What `randomgen` 2.5.1 says: `Philox(counter=c - 1, key=k, number=4, width=32).random_raw(4)`, as it counts
# before it draws (`numpy.random.Philox` is of 64-bit words). 20,000 random blocks were equal; five of them:
ELSEWHERE = [
    (
        (829617218, 709070634, 4266898194, 4282335116),
        (290299854, 3827823732),
        (3925071493, 1194147069, 2035142445, 4160516534),
    ),
    (
        (3989175941, 366105409, 986040103, 602632548),
        (1384123908, 4104375344),
        (2288661968, 2966171583, 755296022, 179351896),
    ),
    (
        (3807983881, 164217626, 3554798708, 1950377571),
        (3614431600, 751424340),
        (3921698649, 1736572753, 243584414, 2590468678),
    ),
    (
        (2683525811, 2839978062, 415350827, 1308376123),
        (3358943629, 706096013),
        (972073271, 3413449667, 452340283, 323868318),
    ),
    (
        (3695174279, 2314934278, 2600745278, 2390896538),
        (4113570136, 2783611127),
        (3264368407, 4058887219, 2635338662, 4140157281),
    ),
]

address = st.tuples(
    st.integers(0, 2**64 - 1), st.integers(0, 2**63 - 1), st.integers(0, ALL_ONES), st.integers(0, ALL_ONES)
)


@pytest.mark.parametrize(("counter", "key", "answer"), PUBLISHED + ELSEWHERE)
def test_blocks_are_the_published_ones(counter, key, answer):
    assert reference.philox(counter, key) == answer
    unit = np.uint64(counter[0] + WORD * counter[1])
    high, low = addressed.block(np.uint64(key[0] + WORD * key[1]), unit, counter[2], counter[3])
    assert (int(high), int(low)) == (answer[0] * WORD + answer[1], answer[2] * WORD + answer[3])


@given(address)
def test_the_compiled_draws_are_the_plain_ones(at):
    jitted = (np.uint64(at[0]), *at[1:])
    assert addressed.uniform(*jitted) == reference.uniform(*at)
    assert addressed.exponential(*jitted) == pytest.approx(reference.exponential(*at), rel=1e-14)
    assert addressed.normal(*jitted) == pytest.approx(reference.normal(*at), rel=1e-13, abs=1e-15)


def test_each_part_of_an_address_matters():
    here = (7, 11, 13, 17)
    for place in range(4):
        for bit in range(32 if place > 1 else 63):
            there = tuple(value ^ (1 << bit) if k == place else value for k, value in enumerate(here))
            assert addressed.uniform(*here) != addressed.uniform(*there)


def drawn(draw, decision, occasion=0, seed=SEED, first=0):
    return np.array([draw(seed, first + unit, decision, occasion) for unit in range(MANY)])


def surprise(counts):
    """P value of a chi-square test that all cells are equally likely."""
    expected = counts.sum() / counts.size
    return chi2.sf(((counts - expected) ** 2 / expected).sum(), counts.size - 1)


def test_uniform_in_every_part_of_the_interval():
    values = drawn(addressed.uniform, 0)
    assert values.min() >= 0
    assert values.max() < 1
    assert surprise(np.bincount((values * 256).astype(int), minlength=256)) > 1e-3
    last_bits = (values * 2.0**53).astype(np.int64) % 256
    assert surprise(np.bincount(last_bits, minlength=256)) > 1e-3


# The decisions that one patient takes next to each other, occasions, seeds, and patients next to each other.
NEIGHBOURS = {
    "decision": ({"decision": 3}, {"decision": 4}),
    "far decision": ({"decision": 7}, {"decision": 64}),
    "occasion": ({"decision": 3}, {"decision": 3, "occasion": 1}),
    "seed": ({"decision": 3}, {"decision": 3, "seed": SEED + 1}),
    "patient": ({"decision": 3}, {"decision": 3, "first": 1}),
    "patient in the high word": ({"decision": 3}, {"decision": 3, "first": WORD}),
}


@pytest.mark.parametrize("pair", NEIGHBOURS)
def test_neighbours_are_independent(pair):
    one, other = (drawn(addressed.uniform, **at) for at in NEIGHBOURS[pair])
    cells = (one * 16).astype(int) * 16 + (other * 16).astype(int)
    assert surprise(np.bincount(cells, minlength=256)) > 1e-3
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / math.sqrt(MANY)


def test_exponential_and_normal_have_their_moments_and_shape():
    waits, normals = drawn(addressed.exponential, 5), drawn(addressed.normal, 38)
    error = 1 / math.sqrt(MANY)
    assert waits.min() >= 0
    # Moments k! of the exponential, with variances (2k)! - (k!)^2 of their means.
    for k in (1, 2, 3):
        spread = math.sqrt(math.factorial(2 * k) - math.factorial(k) ** 2)
        assert (waits**k).mean() == pytest.approx(math.factorial(k), abs=4 * spread * error)
    for k, moment, spread in ((1, 0, 1), (2, 1, math.sqrt(2)), (3, 0, math.sqrt(15)), (4, 3, math.sqrt(96))):
        assert (normals**k).mean() == pytest.approx(moment, abs=4 * spread * error)
    assert kstest(waits, "expon").pvalue > 1e-3
    assert kstest(normals, "norm").pvalue > 1e-3


def test_a_uniform_is_made_of_the_first_two_words_and_a_normal_of_all_four():
    u, v = (
        ((high << 32 | low) >> 11) * 2.0**-53
        for high, low in ((0x6627E8D5, 0xE169C58D), (0xBC57AC4C, 0x9B00DBD8))
    )
    assert addressed.uniform(0, 0, 0, 0) == u
    assert addressed.exponential(0, 0, 0, 0) == pytest.approx(math.log(1 / (1 - u)), rel=1e-14)
    expected = math.sqrt(2 * math.log(1 / (1 - u))) * math.cos(2 * math.pi * v)
    assert addressed.normal(0, 0, 0, 0) == pytest.approx(expected, rel=1e-13)

"""The log-rank test against its definition in exact fractions, and what may not change it."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.kernels.log_rank import LogRank, log_rank

laws = settings(max_examples=80, deadline=None)
COLUMNS = ("stop", "event", "group", "start", "strata", "weight", "cluster")


@st.composite
def tables(draw, *, weighted: bool = False):
    """Rows with heavy ties, late entry, strata; a patient may have several rows in different groups."""
    row = st.tuples(
        st.integers(0, 6),
        st.integers(1, 5),
        st.booleans(),
        st.integers(0, 2),
        st.integers(0, 1),
        st.integers(1, 30),
    )
    rows = draw(st.lists(row, min_size=1, max_size=25))
    start, length, event, group, strata, tenths = (np.array(column) for column in zip(*rows, strict=True))
    table = {"stop": start + length, "event": event, "group": group, "start": start, "strata": strata}
    if weighted:
        patients = draw(st.lists(st.integers(0, 9), min_size=len(rows), max_size=len(rows)))
        table |= {"weight": tenths / 10, "cluster": np.array(patients)}
    return table


def answer(table, **more) -> LogRank:
    return log_rank(**{**table, "groups": 3, **more})


def same_bits(one: LogRank, other: LogRank) -> bool:
    arrays = ("observed", "expected", "variance", "n", "events")
    numbers = ("degrees_of_freedom", "robust", "status")
    return (
        all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)
        and all(getattr(one, name) == getattr(other, name) for name in numbers)
        and np.array_equal([one.statistic, one.p_value], [other.statistic, other.p_value], equal_nan=True)
    )


def assert_close(one: LogRank, other: LogRank) -> None:
    np.testing.assert_allclose(one.observed, other.observed, atol=1e-12)
    np.testing.assert_allclose(one.expected, other.expected, atol=1e-12)
    np.testing.assert_allclose(one.variance, other.variance, atol=1e-11)
    assert one.status == other.status
    np.testing.assert_allclose(one.statistic, other.statistic, rtol=1e-7, atol=1e-9)


def by_definition(table, rho: int, gamma: int):
    """Observed, expected and variance as the textbook sums, in fractions."""
    rows = list(zip(*(table[name].tolist() for name in COLUMNS[:5]), strict=True))
    observed, expected = [Fraction(0)] * 3, [Fraction(0)] * 3
    variance = [[Fraction(0)] * 3 for _ in range(3)]
    for layer in {row[4] for row in rows}:
        here, survival = [row for row in rows if row[4] == layer], Fraction(1)
        for u in sorted({row[0] for row in here if row[1]}):
            there = [row for row in here if row[3] < u <= row[0]]
            y = [sum(row[2] == g for row in there) for g in range(3)]
            d = [sum(row[2] == g and row[1] and row[0] == u for row in there) for g in range(3)]
            total, events = sum(y), sum(d)
            weight = survival**rho * (1 - survival) ** gamma
            for g in range(3):
                observed[g] += weight * d[g]
                expected[g] += weight * Fraction(events * y[g], total)
                for h in range(3):
                    if total > 1:
                        common = weight**2 * events * Fraction(total - events, total - 1)
                        variance[g][h] += common * Fraction(y[g] * ((g == h) * total - y[h]), total**2)
            survival *= 1 - Fraction(events, total)
    return [np.array(part, dtype=np.float64) for part in (observed, expected, variance)]


@laws
@given(tables(), st.integers(0, 2), st.integers(0, 2))
def test_it_is_its_definition(table, rho, gamma):
    found = answer(table, rho=float(rho), gamma=float(gamma))
    for ours, exact in zip(
        (found.observed, found.expected, found.variance), by_definition(table, rho, gamma), strict=True
    ):
        np.testing.assert_allclose(ours, exact, rtol=1e-12, atol=1e-14)
    if found.degrees_of_freedom:
        score, variance = found.observed - found.expected, found.variance
        assert found.degrees_of_freedom == np.linalg.matrix_rank(variance, tol=1e-9)
        assert found.statistic == pytest.approx(
            score @ np.linalg.pinv(variance, rcond=1e-9) @ score, abs=1e-8
        )
        assert 0 <= found.p_value <= 1


@laws
@given(tables(weighted=True), st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_the_rows_changes_no_bit(table, luck, robust):
    table = table if robust else {name: table[name] for name in COLUMNS[:5]}
    order = list(range(table["stop"].size))
    luck.shuffle(order)
    assert same_bits(answer(table), answer({name: column[order] for name, column in table.items()}))


@laws
@given(tables(weighted=True), st.integers(-50, 50), st.sampled_from([2, 7, 100_000]))
def test_the_unit_and_the_origin_of_time_change_no_bit(table, shift, factor):
    moved = {**table, "stop": table["stop"] * factor + shift, "start": table["start"] * factor + shift}
    assert same_bits(answer(table), answer(moved))


@laws
@given(tables(), st.permutations([0, 1, 2]), st.integers(0, 2))
def test_labels_of_groups_and_strata_do_not_matter(table, order, rho):
    order = np.array(order)
    one = answer(table, rho=float(rho))
    other = answer({**table, "group": order[table["group"]], "strata": 7 - table["strata"]}, rho=float(rho))
    np.testing.assert_allclose(other.observed[order], one.observed, rtol=1e-12)
    np.testing.assert_allclose(other.variance[np.ix_(order, order)], one.variance, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(other.statistic, one.statistic, rtol=1e-9, atol=1e-10)


@laws
@given(tables(weighted=True))
def test_one_stratum_is_no_stratum_and_strata_add_up(table):
    plain = {name: column for name, column in table.items() if name != "strata"}
    assert same_bits(answer(plain), answer({**plain, "strata": np.full(table["stop"].size, 3)}))
    table = {name: table[name] for name in COLUMNS[:5]}
    whole, parts = answer(table), []
    for layer in (0, 1):
        mine = table["strata"] == layer
        parts.append(answer({name: column[mine] for name, column in table.items()}))
    for name in ("observed", "expected", "variance"):
        total = getattr(parts[0], name) + getattr(parts[1], name)
        np.testing.assert_allclose(getattr(whole, name), total, atol=1e-12)


@laws
@given(tables(weighted=True), st.booleans())
def test_cutting_a_row_in_two_changes_nothing(table, robust):
    table = table if robust else {name: table[name] for name in COLUMNS[:5]}
    later = table["stop"] - table["start"] > 1
    middle = table["start"] + 1
    first = {name: column[later] for name, column in table.items()}
    first |= {"stop": middle[later], "event": np.zeros(int(later.sum()), dtype=bool)}
    rest = {**table, "start": np.where(later, middle, table["start"])}
    assert_close(answer(table), answer({name: np.concatenate((first[name], rest[name])) for name in table}))


@laws
@given(tables(weighted=True))
def test_weight_two_is_the_row_twice(table):
    table["weight"] = np.ceil(table["weight"])
    twice = np.repeat(np.arange(table["stop"].size), table["weight"].astype(int))
    copies = {name: column[twice] for name, column in table.items()}
    assert_close(answer(table), answer({**copies, "weight": np.ones(twice.size)}))


@laws
@given(tables(weighted=True))
def test_whoever_leaves_before_the_first_event_does_not_matter(table):
    table = {name: table[name] for name in COLUMNS[:5]}
    more = {
        "stop": np.array([-1, 0]),
        "event": np.array([False, False]),
        "group": np.array([0, 2]),
        "start": np.array([-5, -5]),
        "strata": np.array([0, 1]),
    }
    one, other = answer(table), answer({name: np.concatenate((more[name], table[name])) for name in table})
    assert np.array_equal([one.statistic], [other.statistic], equal_nan=True)
    assert np.array_equal(one.variance, other.variance)

"""Laws that every grace law keeps: the width of bins drops out, bins and continuous time agree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.base.errors import IdentificationError
from equipoise.protocol.grace import Grace
from equipoise.protocol.law import FixedLaw, GivenLaw, UniformLaw
from equipoise.protocol.representative import representative_law

shares = st.lists(st.floats(0.01, 0.99), min_size=1, max_size=5, unique=True).map(sorted)


@st.composite
def graces(draw: st.DrawFn) -> Grace:
    months = draw(st.floats(0.5, 24))
    inner = draw(shares)
    knots = tuple(months * step / (len(inner) + 1) for step in range(len(inner) + 1))
    stated = GivenLaw(months=(*knots, months), probability=(0, *inner, 1))
    return Grace(draw(st.sampled_from([UniformLaw(), stated])), months)


@given(graces(), st.floats(0, 1), st.floats(0.01, 1), st.floats(0.01, 0.99))
def test_splitting_a_bin_changes_nothing(grace: Grace, start: float, width: float, cut: float) -> None:
    """Not starting in a bin is not starting in its parts."""
    u, h = start * grace.days * 0.98, width * grace.days
    first, second = cut * h, h - cut * h
    whole = 1 - grace.probability(u, h)
    parts = (1 - grace.probability(u, first)) * (1 - grace.probability(u + first, second))
    assert float(parts) == pytest.approx(float(whole), abs=1e-9)


@given(graces(), st.floats(0, 0.97), st.floats(0.001, 1))
def test_bins_agree_with_continuous_time(grace: Grace, start: float, width: float) -> None:
    """Not starting in a bin has the probability exp(-cumulative intensity)."""
    u = start * grace.days
    h = width * (grace.days - u)
    summed = grace.cumulative_intensity(u + h) - grace.cumulative_intensity(u)
    assert float(np.exp(-summed)) == pytest.approx(float(1 - grace.probability(u, h)), abs=1e-9)


@given(graces(), st.floats(0.01, 0.95))
def test_the_intensity_is_the_slope_of_its_sum(grace: Grace, at: float) -> None:
    """Between knots, by a difference; just before the time, as the intensity at a knot is that of before."""
    u = at * grace.days
    days, _ = grace.knots
    step = min(1e-5, 0.5 * float((u - days[days < u]).min()))
    slope = (grace.cumulative_intensity(u) - grace.cumulative_intensity(u - step)) / step
    assert float(grace.intensity(u)) == pytest.approx(float(slope), rel=1e-3)


@given(graces())
def test_daily_bins_make_up_the_whole_window(grace: Grace) -> None:
    """What is left after all bins is nobody, and P(started by the end of a bin) is the law."""
    edges = np.arange(0.0, grace.days + 2)
    started = 1 - np.cumprod(1 - grace.probability(edges[:-1], 1.0))
    assert started[-1] == 1
    inside = edges[1:] < grace.days
    assert started[inside] == pytest.approx(grace.cumulative(edges[1:][inside]), abs=1e-9)


@given(st.floats(0.1, 24), st.floats(0.1, 1))
def test_a_fixed_start_is_in_exactly_one_bin(months: float, part: float) -> None:
    edges = np.arange(0.0, 31 * months + 40)
    found = Grace(FixedLaw(fixed=part * months), months).probability(edges[:-1], 1.0)
    assert found.sum() == 1


@given(
    st.lists(st.tuples(st.integers(0, 50), st.floats(50, 500)), min_size=1, max_size=12), st.floats(0.1, 1)
)
def test_a_representative_law_is_a_law(pieces: list[tuple[int, float]], last: float) -> None:
    months = len(pieces) - 1 + last
    starts, exposure = zip(*pieces, strict=True)
    if sum(starts) == 0:
        starts = (1, *starts[1:])
    law = representative_law(starts, exposure, months)
    assert list(law.problems(months)) == []


def test_a_window_in_which_all_start_at_once_has_no_law() -> None:
    with pytest.raises(
        IdentificationError, match="P125 law: at these rates nobody is left to start by month 2"
    ):
        representative_law([28, 0], [1, 1], 2)


def test_many_starts_need_no_smoothing() -> None:
    """With a constant rate of 0.2 a month the law is that of an exponential cut at the window's end."""
    law = representative_law([2e6] * 5, [1e7] * 5, 5)
    expected = np.expm1(-0.2 * np.arange(6)) / np.expm1(-1)
    assert law.probability == pytest.approx(expected, abs=1e-7)

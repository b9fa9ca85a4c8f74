"""Axes and columns of contrasts: ratios on a log axis, differences in points, risks from 0 to 100."""

import math
from collections.abc import Sequence
from typing import Final

from equipoise.rendering.comparison_words import RATIO_STATUS
from equipoise.rendering.figure import Axis, ForestColumn, ForestEntry, Shape
from equipoise.rendering.numbers import percent_value, points, points_value, ratio, ratio_interval
from equipoise.rendering.reading import Estimate
from equipoise.rendering.words import TEXT

RATIO_TICKS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
# Wider intervals end in an arrow: an axis over more than a thousandfold would flatten everything else.
WIDEST_RATIO: Final = 10.0
DIFFERENCE_STEPS: Final = (0.05, 0.1, 0.2, 0.25, 0.5)


def ratio_axis(rows: Sequence[Estimate]) -> Axis:
    """Log axis around 1 that holds every ratio, and every limit up to a factor of ten."""
    known = [one for one in rows if one.estimate is not None and one.estimate > 0]
    values = [one.estimate for one in known if one.estimate is not None]
    limits = [limit for one in known for limit in (one.lower, one.upper) if limit is not None]
    values += [limit for limit in limits if 1 / WIDEST_RATIO <= limit <= WIDEST_RATIO]
    values += [WIDEST_RATIO] * any(limit > WIDEST_RATIO for limit in limits)
    values += [1 / WIDEST_RATIO] * any(limit < 1 / WIDEST_RATIO for limit in limits)
    low = max(min([*values, 0.5]), RATIO_TICKS[0])
    high = min(max([*values, 2.0]), RATIO_TICKS[-1])
    first = max(tick for tick in RATIO_TICKS if tick <= low + 1e-12)
    last = min(tick for tick in RATIO_TICKS if tick >= high - 1e-12)
    ticks = [tick for tick in RATIO_TICKS if first <= tick <= last]
    if len(ticks) > 6:
        ticks = [tick for tick in ticks if tick in {0.01, 0.1, 1.0, 10.0, 100.0}]
    return {
        "scale": "log",
        "label": TEXT["ratio_axis"],
        "first": first,
        "last": last,
        "ticks": ticks,
        "percent": False,
    }


def difference_axis(rows: Sequence[Estimate]) -> Axis:
    """Linear axis in percentage points that holds zero, every difference and every limit."""
    return points_axis([value for one in rows for value in (one.estimate, one.lower, one.upper)])


def points_axis(values: Sequence[float | None]) -> Axis:
    """Linear axis in percentage points that holds zero and every value that is known."""
    known = [value for value in values if value is not None]
    low, high = min([*known, 0.0]), max([*known, 0.0])
    step = next((one for one in DIFFERENCE_STEPS if (high - low) / one <= 4.5), DIFFERENCE_STEPS[-1])
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    first, last = (first, last) if first < last else (-1, 1)
    return {
        "scale": "linear",
        "label": TEXT["difference_axis"],
        "first": round(first * step, 9),
        "last": round(last * step, 9),
        "ticks": [round(number * step, 9) for number in range(first, last + 1)],
        "percent": True,
    }


def risk_axis() -> Axis:
    """Axis of risks from 0 to 100 %, never cut."""
    return {
        "scale": "linear",
        "label": "%",
        "first": 0.0,
        "last": 1.0,
        "ticks": [0.0, 0.5, 1.0],
        "percent": True,
    }


def ratio_text(row: Estimate) -> str:
    """``1.82 (1.10 to 3.01)``; words where there is no finite ratio."""
    if row.estimate is None:
        return RATIO_STATUS.get(row.status, TEXT["not_observed"])
    if row.lower is None or row.upper is None:
        return f"{ratio(row.estimate)} ({TEXT['no_interval']})"
    return f"{ratio(row.estimate)} ({ratio_interval(row.lower, row.upper)})"


def risk_text(row: Estimate) -> str:
    """``61.3 (52.1 to 69.4)``, in percent."""
    if row.estimate is None:
        return TEXT["not_followed"]
    value = percent_value(row.estimate, row.n)
    if row.lower is None or row.upper is None:
        return f"{value} ({TEXT['no_interval']})"
    return f"{value} ({percent_value(row.lower, row.n)} to {percent_value(row.upper, row.n)})"


def difference_text(row: Estimate) -> str:
    """``+21 (3 to 39)``, in percentage points."""
    if row.estimate is None:
        return TEXT["not_followed"]
    value = points(row.estimate, row.n)
    if row.lower is None or row.upper is None:
        return f"{value} ({TEXT['no_interval']})"
    return f"{value} ({points_value(row.lower, row.n)} to {points_value(row.upper, row.n)})"


def pair_text(first: Estimate | None, second: Estimate | None) -> str:
    """``65.0 v 47.0``, in percent; empty where neither is known."""
    if first is None and second is None:
        return ""
    one, other = (
        TEXT["no_number"] if row is None or row.estimate is None else percent_value(row.estimate, row.n)
        for row in (first, second)
    )
    return TEXT["versus"].format(one=one, other=other)


def entry_of(row: Estimate, text: str, shape: Shape) -> ForestEntry:
    """An estimate with its text as an entry of a forest plot."""
    return {
        "text": text,
        "estimate": row.estimate,
        "lower": row.lower,
        "upper": row.upper,
        "shape": shape,
    }


def words_of(text: str) -> ForestEntry:
    """A text alone as an entry of a forest plot."""
    return {"text": text, "estimate": None, "lower": None, "upper": None, "shape": "bar"}


def column_of_words(heading: str, short: str) -> ForestColumn:
    """A column of a forest plot without an axis; see `ForestColumn` for `short`."""
    return {"heading": heading, "short": short, "axis": None, "line": None}

"""How numbers of an emulation are written: a difference with its interval, a sealed one without a number."""

from equipoise.base.findings import FindingStatus
from equipoise.estimate.ratios_and_risks import RATIOS
from equipoise.rendering.estimate_words import DIFFERENCES
from equipoise.rendering.figure import ForestEntry, Shape
from equipoise.rendering.numbers import day_as_months, months, points, points_value, ratio, ratio_interval
from equipoise.rendering.reading import Estimate
from equipoise.rendering.sentences import level_words
from equipoise.rendering.words import TEXT

EVALUE, TREATED, CROSSING = "e_value", "number_needed_to_treat", "crossing_time"
RATIO_MEASURES = {*RATIOS, "survival_ratio", "risk_ratio", "cumulative_incidence_ratio", EVALUE}
REASONS = {
    FindingStatus.NOT_REACHED.value: "not_followed",
    FindingStatus.LEVEL_NOT_REACHED.value: "not_reached",
    FindingStatus.NOT_CONVERGED.value: "no_number",
}


def is_sealed(row: Estimate) -> bool:
    """Whether the gates keep the number back."""
    return row.status == FindingStatus.SEALED


def limits_text(row: Estimate) -> str:
    """``−3.9 to 25.0``, in points; empty without both limits."""
    if row.lower is None or row.upper is None:
        return ""
    return f"{points_value(row.lower, row.n)} to {points_value(row.upper, row.n)}"


def interval_words(row: Estimate) -> str:
    """``95 % CI −0.4 to 25.0``, in points; words where there is no interval."""
    limits = limits_text(row)
    return f"{level_words(row.level)} {limits}" if limits else TEXT["no_interval"]


def sealed_text(row: Estimate) -> str:
    """What stands in the place of a sealed number, with the limits of the worst case where there are."""
    limits = limits_text(row)
    return TEXT["sealed_cell_limits"].format(limits=limits) if limits else TEXT["sealed_cell"]


def reason_text(row: Estimate) -> str:
    """Why there is no number, as short as a cell."""
    return sealed_text(row) if is_sealed(row) else TEXT[REASONS.get(row.status, "no_number")]


def difference_said(row: Estimate) -> str:
    """``+12.3 points (95 % CI −0.4 to 25.0)``; of a sealed difference the reason and the worst case."""
    if row.estimate is not None:
        interval = interval_words(row)
        return TEXT["emulated_points"].format(points=points(row.estimate, row.n), interval=interval)
    limits = limits_text(row)
    if is_sealed(row) and limits:
        return TEXT["emulated_worst"].format(limits=limits)
    return TEXT["emulated_no_limits"]


def difference_entry(row: Estimate, shape: Shape) -> ForestEntry:
    """A difference for a forest plot; of a sealed one only the limits of the worst case are drawn, pale."""
    if row.estimate is None:
        entry: ForestEntry = {
            "text": reason_text(row),
            "estimate": None,
            "lower": None,
            "upper": None,
            "shape": "bar",
        }
        return {**entry, "pale": True, "lower": row.lower, "upper": row.upper} if is_sealed(row) else entry
    limits = limits_text(row) or TEXT["no_interval"]
    text = f"{points(row.estimate, row.n)} ({limits})"
    return {
        "text": text,
        "estimate": row.estimate,
        "lower": row.lower,
        "upper": row.upper,
        "shape": shape,
    }


def contrast_cells(row: Estimate) -> tuple[str, str]:
    """Estimate and interval of any contrast as two cells."""
    if row.estimate is None:
        limits = limits_text(row) if is_sealed(row) else ""
        return TEXT["sealed_cell"] if is_sealed(row) else reason_text(row), limits
    if row.measure in DIFFERENCES:
        value = TEXT["some_points"].format(points=points(row.estimate, row.n))
        return value, limits_text(row) or TEXT["no_interval"]
    if row.measure in RATIO_MEASURES:
        return ratio(row.estimate), _ratio_limits(row)
    if row.measure == TREATED:
        return _treated(row.estimate), " to ".join(_treated(one) for one in (row.lower, row.upper) if one)
    if row.measure == CROSSING:
        return f"{day_as_months(row.estimate)} mo", crossing_limits(row)
    sign = "+" if row.estimate > 0 else ""
    return f"{sign}{_months(row.estimate)} mo", _month_limits(row)


def _treated(number: float) -> str:
    """How many patients; below 0 they are treated for one fewer without the event."""
    return f"{number:.0f}" if number > 0 else TEXT["one_fewer"].format(n=f"{-number:.0f}")


def crossing_limits(row: Estimate) -> str:
    """``8 to later than 60``, in months; words without an interval."""
    if row.lower is None and row.upper is None:
        return TEXT["no_interval"]
    last = TEXT["crossing_open"].format(month=day_as_months(row.day or 0.0))
    low, high = (last if one is None else day_as_months(one) for one in (row.lower, row.upper))
    return f"{low} to {high}"


def _ratio_limits(row: Estimate) -> str:
    if row.lower is None:
        return TEXT["no_interval"]
    if row.upper is None:
        return TEXT["at_least"].format(value=ratio(row.lower))
    return ratio_interval(row.lower, row.upper)


def _month_limits(row: Estimate) -> str:
    if row.lower is None or row.upper is None:
        return TEXT["no_interval"]
    return f"{_months(row.lower)} to {_months(row.upper)}"


def _months(days: float) -> str:
    return f"{months(days):.1f}".replace("-", "\u2212")

"""Curves of survival, incidence and state probability, with the table at risk locked to the axis."""

from collections.abc import Sequence

from equipoise.base.findings import FindingStatus
from equipoise.rendering.figure import (
    Axis,
    Cell,
    Curve,
    Mark,
    Note,
    RiskGroup,
    RiskRow,
    Shade,
    Table,
)
from equipoise.rendering.numbers import percent, ticks
from equipoise.rendering.reading import NATURAL_COURSE, Counts, Estimate, Reading
from equipoise.rendering.words import TEXT

DECIMALS = 4
PERCENT_TICKS = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]


def month_axis(last: float, origin: str) -> Axis:
    """Horizontal axis in months from a named time zero."""
    label = TEXT["months_from"].format(origin=origin)
    return {
        "scale": "linear",
        "label": label,
        "first": 0.0,
        "last": last,
        "ticks": ticks(last),
        "percent": False,
    }


def percent_axis(label: str) -> Axis:
    """Vertical axis from 0 to 100 %, never cut."""
    return {
        "scale": "linear",
        "label": label,
        "first": 0.0,
        "last": 1.0,
        "ticks": PERCENT_TICKS,
        "percent": True,
    }


def curve(block: Sequence[Estimate], colour: str, *, label: str = "", look: str = "plain") -> Curve:
    """A curve from rows of one block; `look` is plain, ghost or dashed. Days without a number end it."""
    known = [one for one in block if one.estimate is not None]
    return {
        "mark": "curve",
        "label": label,
        "colour": colour,
        "dashed": look == "dashed",
        "ghost": look == "ghost",
        "x": [one.month for one in known],
        "y": [one.estimate for one in known if one.estimate is not None],
        "lower": [one.lower for one in known],
        "upper": [one.upper for one in known],
    }


def sparse_from(blocks: Sequence[Sequence[Estimate]], last: float) -> list[Mark]:
    """The grey zone: from the day on which one of the curves for good rests on too few patients.

    Where patients enter late, few are at risk at the start too; the zone begins after the last day with
    enough.
    """
    days = [_sparse_for_good(block) for block in blocks]
    since = min((day for day in days if day is not None), default=None)
    if since is None or since >= last:
        return []
    shade: Shade = {"mark": "shade", "since": since, "label": TEXT["sparse"]}
    return [shade]


def _sparse_for_good(block: Sequence[Estimate]) -> float | None:
    """Month of the first row after the last readable one; None where the last row is readable."""
    read = [place for place, one in enumerate(block) if one.is_readable]
    first = read[-1] + 1 if read else 0
    return block[first].month if first < len(block) else None


def zone_words(marks: Sequence[Mark]) -> list[str]:
    """The sentence about the grey zone, if the marks have one."""
    return [TEXT["grey_zone"]] if any(mark["mark"] == "shade" for mark in marks) else []


def notes(block: Sequence[Estimate], reading: Reading, at_months: Sequence[float]) -> list[Mark]:
    """Values at the report months that follow-up supports, above a falling and below a rising curve."""
    is_rising = bool(block) and block[0].measure == "cumulative_incidence"
    marks: list[Mark] = []
    for month in at_months:
        one = reading.at(block, month)
        if one is not None and one.is_readable and one.estimate is not None:
            limit = one.lower if is_rising else one.upper
            note: Note = {
                "mark": "note",
                "x": month,
                "y": one.estimate,
                "clear": one.estimate if limit is None else limit,
                "below": is_rising,
                "text": percent(one.estimate, one.n),
            }
            marks.append(note)
    return marks


def risk_groups(
    reading: Reading,
    outcomes: Sequence[tuple[str, str, str]],
    at: Sequence[float],
    strategy: str = NATURAL_COURSE,
) -> list[RiskGroup]:
    """Table at risk for outcomes (name, heading, colour key) at the ticks of the axis.

    Curves that share their numbers at risk and censored (competing risks of one population) share these rows.
    """
    found = [
        (name, heading, key, _on_days(reading.counts(name, strategy), at)) for name, heading, key in outcomes
    ]
    found = [one for one in found if any(number is not None for number in one[3])]
    if not found:
        return []
    if len(found) == 1:
        return [{"heading": "", "colour": "", "rows": _three_rows(found[0][3])}]
    risks = {tuple(None if one is None else one.at_risk for one in counts) for _, _, _, counts in found}
    if len(risks) > 1:
        return [
            {"heading": head, "colour": key, "rows": _three_rows(counts)} for _, head, key, counts in found
        ]
    first = found[0][3]
    shared: RiskGroup = {
        "heading": "",
        "colour": "",
        "rows": [_row("at_risk", first), _row("censored", first)],
    }
    own: list[RiskGroup] = [
        {"heading": head, "colour": key, "rows": [_row("events", counts)]} for _, head, key, counts in found
    ]
    return [shared, *own]


def numbers_table(blocks: Sequence[tuple[str, Sequence[Estimate]]]) -> Table:
    """Every point of the curves, a row a day and curve, to four decimals; the estimates have more."""
    rows: list[list[Cell]] = []
    for label, block in blocks:
        for one in block:
            numbers = (one.estimate, one.lower, one.upper)
            rounded = [None if number is None else round(number, DECIMALS) for number in numbers]
            rows.append([label, one.month, *rounded, one.at_risk, one.events, caveat(one)])
    columns = ["curve", "month", "probability", "lower", "upper", "at risk", "events", "how to read it"]
    return {"columns": columns, "rows": rows}


def caveat(one: Estimate) -> str:
    """How a number may be read, where that needs saying; what is biased is so on every day."""
    if one.status == FindingStatus.BIASED:
        return TEXT["biased"]
    return "" if one.status == FindingStatus.OK else one.status


def _on_days(counts: Sequence[Counts], at: Sequence[float]) -> list[Counts | None]:
    by_month = {round(one.day * 12 / 365.25, 3): one for one in counts}
    return [by_month.get(round(month, 3)) for month in at]


def _three_rows(counts: Sequence[Counts | None]) -> list[RiskRow]:
    return [_row("at_risk", counts), _row("censored", counts), _row("events", counts)]


def _row(name: str, counts: Sequence[Counts | None]) -> RiskRow:
    picked = {
        "at_risk": [None if one is None else one.at_risk for one in counts],
        "events": [None if one is None else one.events for one in counts],
        "censored": [None if one is None else one.censored for one in counts],
    }
    return {"label": TEXT[name], "numbers": list(picked[name])}

"""The numbers behind a ladder: differences at every report month, ratios, and the truth where it is known."""

from equipoise.rendering.figure import Cell, Table
from equipoise.rendering.figures.curves import caveat
from equipoise.rendering.reading import Estimate, Reading
from equipoise.rendering.rungs import Ladder, Rung
from equipoise.rendering.setting import Setting
from equipoise.rendering.truth import Truth
from equipoise.rendering.words import ROLES, TEXT

COLUMNS = (
    "analysis",
    "what is done",
    "number",
    "by month",
    "treated",
    "untreated",
    "estimate",
    "lower",
    "upper",
    "patients treated",
    "patients untreated",
    "events treated",
    "events untreated",
    "how to read it",
)
OFF = "minus the truth"


def ladder_numbers(reading: Reading, setting: Setting, ladder: Ladder) -> Table:
    """One row a rung and number; with a truth, a column of the distance from it and rows of its own."""
    truth = ladder.truth
    rows = [row for one in ladder.rungs for row in _rung_rows(reading, setting, one, truth)]
    rows += _emulated_rows(reading, setting, ladder)
    if truth is None or not truth.differences:
        return {"columns": list(COLUMNS), "rows": rows}
    return {"columns": [*COLUMNS, OFF], "rows": [*rows, *_truth_rows(reading, setting, truth)]}


def _rung_rows(reading: Reading, setting: Setting, one: Rung, truth: Truth | None) -> list[list[Cell]]:
    counts = [one.n_treated, one.n_untreated, one.events_treated, one.events_untreated]
    numbers: list[tuple[str, Estimate | None, float | None]] = [
        (TEXT["difference_number"], reading.at(one.differences, month), month) for month in setting.at_months
    ]
    numbers.append((TEXT["ratio_number"], one.ratio, None))
    rows: list[list[Cell]] = []
    for name, row, month in numbers:
        if row is None:
            continue
        pair = [None if month is None else _estimate(reading.at(block, month)) for block in one.curves]
        values = [_rounded(x) for x in (row.estimate, row.lower, row.upper)]
        cells: list[Cell] = [one.rung, one.label, name, month, *pair, *values, *counts, caveat(row)]
        if truth is not None and truth.differences:
            known = None if month is None else reading.at(truth.differences, month)
            cells.append(_difference(row, known))
        rows.append(cells)
    return rows


def _emulated_rows(reading: Reading, setting: Setting, ladder: Ladder) -> list[list[Cell]]:
    """The emulated difference at the report months; its curves have a figure of their own."""
    rows: list[list[Cell]] = []
    truth = ladder.truth
    for month in setting.at_months:
        row = reading.at(ladder.emulated, month)
        if row is None:
            continue
        values = [_rounded(x) for x in (row.estimate, row.lower, row.upper)]
        cells: list[Cell] = [TEXT["legend_emulated"], TEXT["ladder_emulated"], TEXT["difference_number"]]
        cells += [month, None, None, *values, row.n, row.n, None, None, caveat(row)]
        if truth is not None and truth.differences:
            cells.append(_difference(row, reading.at(truth.differences, month)))
        rows.append(cells)
    return rows


def _truth_rows(reading: Reading, setting: Setting, truth: Truth) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for month in setting.at_months:
        row = reading.at(truth.differences, month)
        if row is None:
            continue
        pair = [_estimate(reading.at(block, month)) for block in truth.curves]
        values = [_rounded(x) for x in (row.estimate, row.lower, row.upper)]
        name = TEXT["difference_number"]
        nobody: list[Cell] = [None] * 4
        rows.append([ROLES["truth"], truth.versus, name, month, *pair, *values, *nobody, row.method, None])
    return rows


def _difference(row: Estimate, known: Estimate | None) -> float | None:
    if known is None or row.estimate is None or known.estimate is None:
        return None
    return _rounded(row.estimate - known.estimate)


def _estimate(row: Estimate | None) -> float | None:
    return None if row is None else _rounded(row.estimate)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)

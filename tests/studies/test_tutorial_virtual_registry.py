"""The tutorial of the virtual registry prints what its commands print, and its text says what they found."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from equipoise.base.clock import months_to_days

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "virtual-registry.md"
TEXT = PAGE.read_text(encoding="utf-8")
PLAIN = " ".join(TEXT.split())
PRINTED = dict(re.findall(r"<!-- printed by: (.*?) -->\n```\n(.*?)```\n", TEXT, flags=re.DOTALL))
NARROW = str.maketrans({"\u202f": " ", "\u00a0": " "})
DEMO = "equipoise demo"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tutorial")


def printed(command: str, place: Path) -> str:
    words = shlex.split(command)[1:]
    program = [sys.executable, "-c", "from equipoise.cli.main import main; main()", *words]
    done = subprocess.run(program, capture_output=True, text=True, cwd=place, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return done.stderr.translate(NARROW)


def test_every_command_of_the_page_is_shown_with_what_it_prints() -> None:
    commands = re.findall(r"^```\n(equipoise .*)\n```$", TEXT, flags=re.MULTILINE)
    assert commands == list(PRINTED)
    assert len(PRINTED) == 5


@pytest.fixture(scope="module")
def study(place: Path) -> Path:
    assert printed(DEMO, place) == PRINTED[DEMO]
    return place / "demo-study" / "tables"


@pytest.mark.parametrize("command", [one for one in PRINTED if one != DEMO])
def test_it_prints_what_the_page_shows(command: str, place: Path) -> None:
    assert printed(command, place) == PRINTED[command]


def off(command: str) -> dict[str, float]:
    """By how much each number of a printed table is off; of several landmarks the last."""
    rows = re.findall(r"^  (N\d).*\n     BIASED, off by ([+−\d.]+):", PRINTED[command], flags=re.MULTILINE)
    return {rung: float(value.replace("−", "-")) for rung, value in rows}


def test_what_the_text_says_of_the_other_worlds() -> None:
    _, large, lot, null, harmful = PRINTED
    assert [value > 0 for value in off(large).values()] == [True, True, False, False]
    assert max(abs(off(lot)[rung]) for rung in ("N3", "N4")) < 1
    assert all(off(lot)[rung] > off(large)[rung] + 5 for rung in ("N1", "N2"))
    truth = r"Truth in this registry +([+−\d.]+)"
    assert [re.search(truth, PRINTED[one])[1] for one in (large, lot, null)] == ["+20.4", "+20.4", "0.0"]
    assert max(off(null).values()) < 0
    assert f"up to {-min(off(null).values()):.1f} points" in PLAIN
    seen, true = (
        float(re.search(words, PRINTED[harmful])[1].replace("−", "-"))
        for words in (r"3: .* ([+−\d.]+)", truth)
    )
    assert seen / true == pytest.approx(1 / 4, abs=0.03)


def test_what_the_text_says_of_the_demo(study: Path) -> None:
    frame = pl.read_parquet(study / "estimates.parquet")
    attrition = pl.read_parquet(study / "attrition.parquet")
    ladder = pl.read_parquet(study / "naive.parquet").filter(outcome="dfs").sort("position")
    at = frame.filter((pl.col("day") - months_to_days(36)).abs() < 1e-6, pl.col("outcome") == "dfs")
    truth = at.filter(role="truth")
    early, watch = (
        truth.filter(measure="survival", strategy=name)["estimate"].item() for name in ("early", "watch")
    )
    n1, _, at_3, at_6, *_ = ladder.rows(named=True)
    gap = {
        row["strategy"]: row
        for row in at.filter(measure="survival_difference", role="naive").iter_rows(named=True)
    }
    first, second = (f"{100 * gap[one['treated']]['estimate']:+.1f}" for one in (at_3, at_6))
    after = gap["N4 after hct"]
    ratio = frame.filter(measure="hazard_ratio", role="naive", strategy="N4 after hct", outcome="dfs")
    hazard = ratio.row(0, named=True)
    for phrase in (
        f"{attrition['remaining'][-1]} of the {attrition['remaining'][0]} are in remission at their first",
        f"{attrition['excluded'][2]} are not in remission, {attrition['excluded'][1]} died before",
        f"The truth is {100 * early:.1f} against {100 * watch:.1f}: {100 * (early - watch):+.1f} points",
        f"Each of {truth['n'][0]:,} other patients",
        f"one of the {n1['n_untreated']} who never had it",
        f"counted for the {n1['n_treated']}",
        f"relapse at month 3, {at_3['n_treated']} had been transplanted and {at_3['n_untreated']} not",
        f"at month 6, {at_6['n_treated']} and {at_6['n_untreated']}",
        f"Two landmarks, {first} and {second} points",
        f"from {100 * after['lower']:.1f} to {100 * after['upper']:+.1f} points".replace("-", "−"),
        f"hazard ratio, {hazard['estimate']:.2f} ({hazard['lower']:.2f} to {hazard['upper']:.2f})",
    ):
        assert phrase in PLAIN, phrase


def test_what_the_text_says_of_those_who_relapsed(study: Path) -> None:
    frame = pl.read_parquet(study / "estimates.parquet")
    steps = pl.read_parquet(study / "funnel.parquet").filter(funnel="after_relapse")
    reached = {row["name"]: row["reached"] for row in steps.iter_rows(named=True)}
    rung = pl.read_parquet(study / "naive.parquet").filter(rung="N7").row(0, named=True)
    at_24 = frame.filter((pl.col("day") - months_to_days(24)).abs() < 1e-6, measure="survival", outcome="os")
    naive, everybody = (
        at_24.filter(strategy=rung[side])["estimate"].item() for side in ("treated", "untreated")
    )
    assert f"{reached['hct']} of {reached['relapse']} came to a transplant" in PLAIN
    assert f"counted from it {100 * naive:.0f} % of them are alive at two years" in PLAIN
    assert f"counted from the relapse {100 * everybody:.0f} % of all" in PLAIN

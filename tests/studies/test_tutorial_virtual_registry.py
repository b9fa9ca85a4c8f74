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


def naive(folder: Path) -> dict[str, float]:
    """How far each naive difference at three years is off the truth, in points; landmarks by month."""
    frame = pl.read_parquet(folder / "tables" / "estimates.parquet")
    rungs = pl.read_parquet(folder / "tables" / "naive.parquet").filter(outcome="dfs")
    at = frame.filter(
        (pl.col("day") - months_to_days(36)).abs() < 1e-6, outcome="dfs", measure="survival_difference"
    )
    truth = at.filter(role="truth", strategy="early", versus="watch")["estimate"].item()
    return {
        f"{row['rung']}{row['landmark_month'] or ''}": 100
        * (at.filter(strategy=row["treated"], versus=row["untreated"])["estimate"].item() - truth)
        for row in rungs.filter(pl.col("rung").is_in(["N1", "N2", "N3", "N4"])).iter_rows(named=True)
    }


def said(command: str, name: str) -> list[float]:
    """The numbers of a printed line: the number, and the two limits where it has some."""
    (line,) = re.findall(rf"^  {re.escape(name)} +(.*)$", PRINTED[command], flags=re.MULTILINE)
    return [float(one.replace("−", "-")) for one in re.findall(r"[+−]?\d+\.\d", line)]


EMULATED, TRUTH = "emulated trial (clone-censor)", "truth in this registry"


@pytest.fixture(scope="module")
def worlds(place: Path) -> list[Path]:
    """Folders of the other worlds, in the order of the page."""
    folders = [place / one for one in ("large", "by-lot", "null", "harmful")]
    for command, folder in zip([one for one in PRINTED if one != DEMO], folders, strict=True):
        if not folder.exists():
            printed(command, place)
    return folders


def test_what_the_text_says_of_the_other_worlds(worlds: list[Path]) -> None:
    _, large, lot, null, harmful = PRINTED
    by_world = [naive(folder) for folder in worlds]
    assert [value > 0 for value in by_world[0].values()] == [True, True, False, False, False]
    too_much = f"by {by_world[0]['N1']:.1f} and {by_world[0]['N2']:.1f} points"
    too_little = f"by up to {-min(by_world[0].values()):.1f}, because"
    value, low, high = said(large, EMULATED)
    assert low < said(large, TRUTH)[0] < high
    for phrase in (too_much, too_little, f"is {abs(value - said(large, TRUTH)[0]):.1f} points off"):
        assert phrase in PLAIN, phrase
    assert abs(by_world[1]["N4"]) < 2
    assert all(by_world[1][rung] > by_world[0][rung] + 5 for rung in ("N1", "N2"))
    assert [said(one, TRUTH) for one in (large, lot, null)] == [[20.4], [20.4], [0.0]]
    assert max(by_world[2].values()) < 0
    assert f"up to {-min(by_world[2].values()):.1f} points" in PLAIN
    assert said(null, EMULATED)[1] < 0 < said(null, EMULATED)[2]
    true = said(harmful, TRUTH)[0]
    assert (true + by_world[3]["N33.0"]) / true == pytest.approx(1 / 4, abs=0.03)


def test_what_the_text_says_of_the_emulated_trial(study: Path) -> None:
    frame = pl.read_parquet(study / "estimates.parquet")
    row = frame.filter(
        (pl.col("day") - months_to_days(36)).abs() < 1e-6,
        outcome="dfs",
        measure="survival_difference",
        role="primary",
        strategy="early",
    ).row(0, named=True)
    clones = pl.read_parquet(study / "clones.parquet").filter(reason="compatible to the end of follow-up")
    stay = dict(clones.select("strategy", "patients").iter_rows())
    gates = pl.read_parquet(study / "gates.parquet").filter(strategy="early", gate="effective sample")
    late = frame.filter(
        (pl.col("day") - months_to_days(36)).abs() < 1e-6, outcome="dfs", strategy="N6 early", versus="watch"
    )["estimate"].item()
    for phrase in (
        f"{stay['watch']} of {row['n']} stay with `watch`, {stay['early']} with `early`",
        f"comes out at {100 * row['estimate']:+.1f} points",
        f"from {100 * row['lower']:.1f} to {100 * row['upper']:+.1f}, holds".replace("-", "−"),
        f"count as {gates['value'].item():.0f}, no more",
        f"It gives {100 * late:+.1f} points, without",
    ):
        assert phrase in PLAIN, phrase


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

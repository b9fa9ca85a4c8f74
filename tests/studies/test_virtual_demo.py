"""`equipoise demo`: the virtual registry end to end, as a person at a shell meets it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from equipoise.base.clock import months_to_days
from equipoise.rendering.report import render, report_html
from equipoise.study import store

MAIN = "from equipoise.cli.main import main; main()"
TALK = (
    r"made the demo registry: 400 patients, seed 2026, world S0 \(reference world\), truth known",
    r"checked: 0 errors, \d+ warnings \(D508, E101, .*\), \d+ notes \(.*E120\)",
    r"  3-year disease-free survival, early transplant minus watch",
    r"study: study/   open study/report\.html   next: equipoise report study",
)
# Event-free survival when nobody is transplanted, and what early transplant adds, as the specification of
# the world has them from another simulator.
WATCH = {6: 0.7590, 12: 0.6055, 24: 0.4695, 36: 0.4195, 60: 0.3477}
EARLY_MINUS_WATCH_24 = 0.180


def equipoise(*words: str, cwd: Path, program: str = MAIN) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


def demo(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    done = equipoise("demo", *words, "--out", "study", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done


NAMES = ("ever v never HCT", "starting at HCT", "emulated trial (clone-censor)", "truth in this registry")


def shown(talk: str) -> dict[str, str]:
    """What stands behind each name of the printed block."""
    rows = (re.fullmatch(r"  (\S.*?) {2,}(\S.*)", line) for line in talk.splitlines())
    return {row[1]: row[2] for row in rows if row is not None}


def number(text: str) -> float:
    """The number at the head of a text."""
    found = re.match(r"[+−]?[\d.]+", text)
    assert found is not None, text
    return float(found[0].replace("−", "-"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def talk(place: Path) -> str:
    done = demo(cwd=place)
    assert done.stdout == ""
    return done.stderr


@pytest.fixture(scope="module")
def study(place: Path, talk: str) -> Path:
    assert talk
    return place / "study"


@pytest.fixture(scope="module")
def estimates(study: Path) -> pl.DataFrame:
    return pl.read_parquet(study / "tables" / "estimates.parquet")


def test_the_screen_says_what_was_made_checked_found_and_where_to_look(talk: str) -> None:
    lines = talk.splitlines()
    for wanted, line in zip(TALK, [*lines[:3], lines[-1]], strict=True):
        assert re.fullmatch(wanted, line), line
    assert max(map(len, lines[2:-1])) < 80
    rows = shown(talk)
    assert tuple(rows) == NAMES
    assert re.fullmatch(r"[+−][\d.]+ points +<- immortal time", rows[NAMES[0]])
    assert re.fullmatch(r"[+−][\d.]+ points +<- who got there", rows[NAMES[1]])
    assert re.fullmatch(r"[+−][\d.]+ \(95\u202f% CI −?[\d.]+ to −?[\d.]+\)", rows[NAMES[2]])


def test_numbers_on_the_screen_are_those_of_the_table(
    talk: str, study: Path, estimates: pl.DataFrame
) -> None:
    day = months_to_days(36)
    at = estimates.filter(
        pl.col("outcome") == "dfs",
        pl.col("measure") == "survival_difference",
        (pl.col("day") - day).abs() < 1e-6,
    )
    pair = {"strategy": "early", "versus": "watch"}
    truth = at.filter(role="truth", **pair)["estimate"].item()
    emulated = at.filter(role="primary", **pair).row(0, named=True)
    ladder = pl.read_parquet(study / "tables" / "naive.parquet").filter(outcome="dfs").sort("position")
    naive = [
        at.filter(strategy=rung["treated"], versus=rung["untreated"])["estimate"].item()
        for rung in ladder.filter(pl.col("rung").is_in(["N1", "N2"])).rows(named=True)
    ]
    rows = shown(talk)
    found = [number(rows[name]) for name in NAMES]
    wanted = [*naive, emulated["estimate"], truth]
    assert found == [pytest.approx(100 * value, abs=0.051) for value in wanted]
    limits = " to ".join(f"{100 * emulated[end]:.1f}".replace("-", "−") for end in ("lower", "upper"))
    assert rows[NAMES[2]].endswith(f"CI {limits})")


def test_the_emulated_interval_holds_the_truth_and_the_screen_says_no_more(talk: str) -> None:
    """One sample proves no coverage (`docs/validation.md` does); a lost sign or a swapped pair would show."""
    rows = shown(talk)
    low, high = (
        float(one.replace("−", "-")) for one in re.findall(r"(−?[\d.]+) to (−?[\d.]+)", rows[NAMES[2]])[0]
    )
    assert low < number(rows[NAMES[3]]) < high


def test_the_truth_is_that_of_the_specified_world(estimates: pl.DataFrame) -> None:
    truth = estimates.filter(role="truth", outcome="dfs")
    watch = truth.filter(measure="survival", strategy="watch")
    for month, value in WATCH.items():
        row = watch.filter((pl.col("day") - months_to_days(month)).abs() < 1e-6).row(0, named=True)
        assert row["estimate"] == pytest.approx(value, abs=0.0015 + 3 * row["std_error"])
    difference = truth.filter(
        pl.col("versus") == "watch",
        pl.col("strategy") == "early",
        pl.col("measure") == "survival_difference",
        (pl.col("day") - months_to_days(24)).abs() < 1e-6,
    ).row(0, named=True)
    assert difference["estimate"] == pytest.approx(
        EARLY_MINUS_WATCH_24, abs=0.002 + 3 * difference["std_error"]
    )


def test_truths_are_rows_with_their_own_role_and_their_own_patients(
    study: Path, estimates: pl.DataFrame
) -> None:
    truth = estimates.filter(role="truth")
    asked = {one.name for one in store.read(study).protocol.strategies}
    assert set(truth["strategy"]) == asked | {"natural course"}
    assert {"os", "dfs", "relapse", "nrm"} <= set(truth["outcome"])
    assert truth["n"].min() >= 200_000
    assert truth["estimate"].is_not_null().all()
    # No answer about the 400 is called true, and none of the naive ones is an answer.
    assert estimates.filter(pl.col("role") != "truth")["n"].max() <= 400
    assert set(estimates["role"]) == {"primary", "companion", "sensitivity", "naive", "truth"}


def test_the_page_says_that_nobody_lived_and_shows_the_truth(study: Path) -> None:
    page = (study / "report.html").read_text(encoding="utf-8")
    assert len(page.encode()) < 1_450_000  # 1.5 million are promised, for more patients too
    head = page[page.index("<header>") : page.index("</header>")]
    assert "400 virtual patients, seed 2026, world S0 (reference world). Nobody here ever lived" in head
    assert "In this virtual registry the truth is known: early transplant instead of watch changes" in page
    assert page.count("Truth in this registry") >= 2  # both ladders


def test_the_folder_alone_draws_the_report_again(study: Path, tmp_path: Path) -> None:
    """Not even the simulator is needed: what is true stands in the study."""
    program = f"import sys; sys.modules['equipoise.synth'] = None; {MAIN}"
    done = equipoise("report", str(study), "--out", "again.html", cwd=tmp_path, program=program)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "again.html").read_bytes() == (study / "report.html").read_bytes()


def test_without_its_truths_the_study_is_still_drawn(study: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    whole = store.read(study)
    answers = whole.estimates.filter(pl.col("role") != "truth")
    bare = replace(whole, tables={**whole.tables, "estimates": answers})
    page = report_html(bare)
    assert "Truth in this registry" not in page
    assert "BIASED, shown for comparison" in page
    assert render(bare, tmp_path).stat().st_size < (study / "report.html").stat().st_size


def test_the_same_seed_gives_the_same_bytes_and_one_object_of_json(study: Path, tmp_path: Path) -> None:
    done = demo("--json", cwd=tmp_path)
    record = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert list(record) == [
        "schema", "command", "version", "ok", "study", "digest", "tables", "findings", "error", "next",
    ]  # fmt: skip
    assert (record["schema"], record["command"], record["ok"], record["error"], record["next"]) == (
        "equipoise/1",
        "demo",
        True,
        None,
        "equipoise report study",
    )
    for table in record["tables"]:
        assert pl.read_parquet(tmp_path / "study" / table["path"]).height == table["rows"]
    paths = sorted(path.relative_to(study) for path in study.rglob("*") if path.is_file())
    assert paths == sorted(
        path.relative_to(tmp_path / "study") for path in (tmp_path / "study").rglob("*") if path.is_file()
    )
    for path in paths:
        assert (tmp_path / "study" / path).read_bytes() == (study / path).read_bytes(), path


def test_another_seed_is_other_patients_with_the_same_truth(study: Path, tmp_path: Path) -> None:
    """As few patients as the series of which everybody speaks are still answered, with what to beware of."""
    done = demo("--patients", "47", "--seed", "7", cwd=tmp_path)
    assert "made the demo registry: 47 patients, seed 7, world S0" in done.stderr
    ours, theirs = (store.read(place).manifest["inputs"] for place in (tmp_path / "study", study))
    assert ours["cohort"] != theirs["cohort"]
    assert ours["beside"] == theirs["beside"]
    assert tuple(shown(done.stderr)) == NAMES
    assert store.read(tmp_path / "study").tables["attrition"]["remaining"][0] == 47


def test_a_world_in_which_transplant_harms_and_one_in_which_a_parameter_is_changed(tmp_path: Path) -> None:
    harmed = shown(demo("--world", "S2", "--patients", "60", cwd=tmp_path).stderr)
    assert number(harmed["truth in this registry"]) < -10
    done = demo("--world", "S2", "--set", "visits.missed=0.2", "--patients", "60", cwd=tmp_path)
    assert "world S2 (harmful transplant) with visits.missed=0.2, truth known" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--patients", "0"], 4, "P134  simulation: 0 patients"),
        (["--patients", "-1"], 4, "P134  simulation: -1 patients"),
        (["--patients", "1000000000"], 4, "P134  simulation: 1000000000 patients"),
        (["--patients", "1e9"], 2, "U001  equipoise demo: Invalid value for '--patients'"),
        (["--world", "nosuch"], 4, "P131  world: 'nosuch' is neither a shipped world nor a file"),
        (["--set", "nosuch=1"], 4, "P13"),
        (["--set", "nosuch"], 2, "U001  equipoise demo --set: 'nosuch', which is not NAME=VALUE"),
        (["--seed", "-1"], 2, "U001  equipoise demo: Invalid value for '--seed'"),
        (
            ["--cohort", "heart", "--patients", "12"],
            2,
            "U001  equipoise demo: --patients beside --cohort heart",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_leaves_nothing(
    words: list[str], code: int, said: str, tmp_path: Path
) -> None:
    done = equipoise("demo", *words, cwd=tmp_path)
    assert done.returncode == code
    assert said in done.stderr
    assert {"why:", "do:"} <= set(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_three_patients_are_answered_too(tmp_path: Path) -> None:
    done = demo("--patients", "3", cwd=tmp_path)
    assert "made the demo registry: 3 patients" in done.stderr
    assert (tmp_path / "study" / "report.html").stat().st_size > 100_000

"""`equipoise demo --editorial`: what is printed, written and refused."""

import json
from functools import partial
from pathlib import Path

import pytest

from equipoise.cli.main import main
from equipoise.synth.editorial import editorial as counted


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Give the command with a smaller population; return its exit code, stdout and stderr."""
    smaller = partial(counted.editorial, patients=24_000, draws=100)
    monkeypatch.setattr(counted, "editorial", smaller)
    monkeypatch.chdir(tmp_path)

    def ask(*words: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["demo", "--editorial", *words])
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return ask


def test_the_table_goes_to_stdout_and_the_picture_into_a_file(asked, tmp_path: Path) -> None:
    code, out, err = asked("--out", "picture.html")
    assert code == 0
    assert out.startswith("at three years")
    assert out.splitlines()[-1].endswith("secondary source, not to be quoted")
    assert err.splitlines() == [
        "drew 100 series of 47 from the transplanted of 24,000 virtual patients, world E (the editorial's "
        "cohort), seed 2026",
        "open picture.html   next: equipoise demo",
    ]
    assert "The editorial’s cohort" in (tmp_path / "picture.html").read_text(encoding="utf-8")


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_numbers(asked, tmp_path: Path) -> None:
    first = asked("--out", "a.html")[1]
    assert asked("--out", "b.html")[1] == first
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert asked("--out", "c.html", "--seed", "7")[1] != first


def test_one_object_for_programs(asked) -> None:
    code, out, _ = asked("--json")
    record = json.loads(out)
    assert code == 0
    assert record["ok"]
    assert (record["command"], record["next"]) == ("demo", "equipoise demo")
    answer = record["editorial"]
    assert answer["file"] == "editorial.html"
    assert {row["role"] for row in answer["estimates"]} == {"naive", "published", "truth"}
    assert {row["funnel"] for row in answer["funnel"]} == {"remission", "relapse"}


@pytest.mark.parametrize(
    "option",
    [("--patients", "400"), ("--world", "S1"), ("--cohort", "heart"), ("--set", "hct.ngs_positive=0")],
)
def test_an_option_that_would_change_nothing_is_refused(
    asked, option: tuple[str, str], tmp_path: Path
) -> None:
    code, out, err = asked(*option)
    assert code == 2
    assert out == ""
    assert f"U001  equipoise demo: {option[0]} beside --editorial" in err
    assert list(tmp_path.iterdir()) == []


def test_a_picture_is_written_over_and_nothing_else(asked, tmp_path: Path) -> None:
    other = tmp_path / "thesis.html"
    other.write_text("my work", encoding="utf-8")
    code, _, err = asked("--out", "thesis.html")
    assert code == 2
    assert "U003" in err
    assert other.read_text(encoding="utf-8") == "my work"
    assert asked()[0] == 0
    assert asked()[0] == 0


def test_a_place_where_nothing_can_be_written_is_told(asked, tmp_path: Path) -> None:
    code, out, err = asked("--out", "nowhere/picture.html")
    assert code == 2
    assert out == ""
    assert "U004  picture.html: No such file or directory" in err
    assert list(tmp_path.iterdir()) == []

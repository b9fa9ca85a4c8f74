"""`equipoise evidence`: what stands on stdout, what is said on stderr, what is never printed as quotable."""

import json
import os
import re
import shlex
import subprocess
import sys

import pytest

from equipoise.cli.main import main
from equipoise.evidence.find import find, outcomes
from equipoise.evidence.read import published

COMMAND = [sys.executable, "-c", "from equipoise.cli.main import main; main()", "evidence"]


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]):
    """Give a command and return its exit code, stdout and stderr."""

    def ask(*words: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["evidence", *words])
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return ask


def test_a_table_with_its_sources(asked) -> None:
    code, out, err = asked("schultz", "2023")
    header, *rows = out.splitlines()
    assert code == 0
    assert re.split(r"  +", header) == [
        "study", "year", "population", "n", "arm", "endpoint", "month", "estimate", "time zero",
        "source", "remarks",
    ]  # fmt: skip
    row = next(line for line in rows if "cumulative incidence of relapse" in line)
    assert re.split(r"  +", row) == [
        "PRWCC Schultz", "2023", "morphologic responders", "156", "tisa-cel responders",
        "cumulative incidence of relapse", "12", "37 % (30 to 47)",
        "remission (time zero inferred from the abstract)", "[1]", "note: see paper",
    ]  # fmt: skip
    assert rows[-1] == "[1] PRWCC Schultz (2023). https://doi.org/10.1200/JCO.22.01076"
    assert "2 numbers not to be quoted (--all shows them, marked)" in err
    assert err.splitlines()[-1] == "next: equipoise evidence --bib schultz 2023"


def test_columns_are_aligned(asked) -> None:
    table = asked("FORUM")[1].split("\n\n")[0].splitlines()
    place = table[0].index("endpoint")
    assert all(line[place - 1] == " " != line[place] for line in table)


def test_numbers_that_can_be_compared_stand_together(asked) -> None:
    rows = json.loads(asked("--json", "--endpoint", "os")[1])["published"]
    kinds = [(row["meaning"], row["time_zero"]) for row in rows]
    assert len(rows) == len(find(endpoint="os"))
    assert len(set(kinds)) == sum(one != before for one, before in zip(kinds, [None, *kinds], strict=False))


def test_nothing_that_may_not_be_quoted_is_printed_unasked(asked) -> None:
    keys = {row["key"] for row in json.loads(asked("--json")[1])["published"]}
    assert keys == {one.key for one in published() if one.quotable}
    assert "Stein kinetics" not in asked()[1]


def test_all_marks_what_may_not_be_quoted_beside_the_number(asked) -> None:
    _, out, _ = asked("--all")
    marked = [line for line in out.splitlines() if "NOT TO BE QUOTED" in line]
    assert len(marked) == sum(not one.quotable for one in published()) == 90
    assert all("not to be quoted: " in line for line in marked)
    secondary, inferred, without = "secondary source", "inferred codes", "no DOI"
    assert all(secondary in line or inferred in line or without in line for line in marked)


def test_remarks_are_written_out_below(asked) -> None:
    _, out, _ = asked("bader", "relapse", "os")
    assert "time zero in doubt (a)" in out
    assert out.splitlines()[-1].startswith("(a) these patients relapsed after that transplant")


def test_only_unquotable_matches_say_how_to_see_them(asked) -> None:
    code, out, err = asked("Stein")
    assert (code, out) == (0, "")
    assert "15 numbers not to be quoted" in err
    assert err.splitlines()[-1] == "next: equipoise evidence --all Stein"


def test_no_match_names_near_words_and_is_no_failure(asked) -> None:
    code, out, err = asked("relapsse", "FORUM")
    assert (code, out) == (0, "")
    assert "relapsse: in no number; near words: relapse" in err
    assert "forum: in 16 numbers" in err
    assert err.splitlines()[-1] == "next: equipoise evidence"


def test_no_match_at_a_month_names_the_months(asked) -> None:
    assert "months of numbers that have the rest: 24, 36" in asked("forum", "os", "--month", "13")[2]


def test_json_with_no_match_is_an_object_without_numbers(asked) -> None:
    code, out, _ = asked("nothing-like-this", "--json")
    record = json.loads(out)
    assert code == 0
    assert (record["schema"], record["command"], record["ok"]) == ("equipoise/1", "evidence", True)
    assert record["published"] == []
    assert record["error"] is None


def test_json_holds_what_a_program_needs(asked) -> None:
    record = json.loads(asked("schultz-2023-relapse-12", "--json", "--bib")[1])
    (one,) = record["published"]
    assert (one["estimate"], one["lower"], one["upper"], one["n"]) == (0.37, 0.3, 0.47, 156)
    assert (one["measure"], one["month"], one["time_zero_inferred"]) == ("cumulative_incidence", 12.0, True)
    assert record["bibtex"].startswith("@article{schultz-2023,")
    assert record["next"] == "equipoise run --help"


def test_bibtex_alone_on_stdout(asked) -> None:
    _, out, err = asked("daopei", "--bib", "--all")
    assert out == ""
    assert "1 source without a DOI left out" in err
    _, out, _ = asked("forum", "--bib")
    assert out.startswith("@article{forum-2021,")
    assert out.count("@article") == 2


def test_an_unknown_endpoint_is_one_error(asked) -> None:
    code, out, err = asked("--endpoint", "relaps", "--json")
    assert code == 2
    assert json.loads(out)["error"]["code"] == "U007"
    assert "did you mean 'relapse'?" in err


@pytest.mark.parametrize("words", [["("], [".*"], ["[a-z"], ["\\"], ["白血病"], ["--", "--frob"]])
def test_odd_words_find_nothing_and_break_nothing(words: list[str], asked) -> None:
    code, out, err = asked(*words)
    assert (code, out) == (0, "")
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "words", [["overall survival", "FORUM"], ["--", "forum", "-os"], ["--endpoint", "median OS (months)"]]
)
def test_the_next_command_can_be_given_as_it_stands(words: list[str], asked) -> None:
    _, _, err = asked(*words)
    following = err.splitlines()[-1].removeprefix("next: equipoise evidence")
    code, out, _ = asked(*shlex.split(following))
    assert (code, out[:9]) == (0, "@article{")


@pytest.mark.parametrize("words", [["-x"], ["--month", "-1"], ["--month", "nan"], ["--endpoint"]])
def test_what_is_no_option_is_a_usage_error(words: list[str], asked) -> None:
    assert asked(*words)[0] == 2


def test_help_lists_the_outcomes_of_the_table(asked) -> None:
    text = re.sub(r"\s+", " ", asked("--help")[1])
    assert ", ".join(outcomes()) in text


@pytest.mark.parametrize("columns", [40, 80, 139])
def test_a_narrow_terminal_gets_sentences(columns: int, asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    _, out, _ = asked("schultz", "2023")
    assert all(len(line) <= columns or "https://" in line for line in out.splitlines())
    assert out.count("\n\n") == 3
    assert "https://doi.org/10.1200/JCO.22.01076\n" in out
    assert re.sub(r"\s+", " ", out).count("37 % (30 to 47)") == 1


def test_a_wide_terminal_gets_a_table_of_its_width(asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "150")
    _, out, _ = asked("schultz", "--all")
    assert out.startswith("study")
    assert max(len(line) for line in out.split("\n\n")[0].splitlines()) <= 150


def test_a_reader_who_leaves_is_no_failure() -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [*COMMAND, "--all"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 0
    assert "Traceback" not in said
    assert "Error" not in said


def test_searching_loads_nothing_heavy() -> None:
    script = (
        "import sys; from equipoise.evidence.find import find; find('os');"
        "print([name for name in ('numpy', 'polars', 'pydantic', 'ruamel', 'rich') if name in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == "[]"

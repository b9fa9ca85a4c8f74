"""The tutorial "The editorial's cohort, counted twice" says what the program says."""

import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from equipoise.cli.main import main
from equipoise.synth.differences import differences
from equipoise.synth.editorial import editorial as counted
from equipoise.synth.editorial.editorial import Editorial, editorial
from equipoise.synth.read import read_world

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "tutorials" / "the-editorial.md").read_text(encoding="utf-8")
PLAIN = " ".join(TEXT.split())


@dataclass(frozen=True)
class Told:
    """What the command of the page found, printed and wrote."""

    found: Editorial
    out: str
    err: str
    files: list[str]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    kept: list[Editorial] = []

    def keep(*given: Any, **named: Any) -> Editorial:
        kept.append(editorial(*given, **named))
        return kept[-1]

    out, err, place = StringIO(), StringIO(), tmp_path_factory.mktemp("editorial")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(place)
        patch.setattr(counted, "editorial", keep)
        with pytest.raises(SystemExit) as left:
            main(["demo", "--editorial"])
    assert left.value.code == 0
    return Told(kept[0], out.getvalue(), err.getvalue(), [one.name for one in place.iterdir()])


def test_the_command_prints_what_the_page_shows(told: Told) -> None:
    (shown,) = re.findall(r"<!-- printed -->\n```\n(.*?)```", TEXT, re.DOTALL)
    assert told.out == shown
    assert "10,000 series of 47" in told.err
    assert told.err.splitlines()[-1] == "open editorial.html   next: equipoise demo"
    assert told.files == ["editorial.html"]


def test_the_numbers_of_the_text(told: Told) -> None:
    found = told.found
    naive = found.estimates.filter(role="naive").rows(named=True)
    first, _, later, _ = naive
    said = f"A series has on average {first['n']} patients in the first row and {later['n']} in the third"
    assert said in PLAIN
    assert f"of whom {first['at_risk']} and {later['at_risk']} are still followed" in PLAIN
    assert (
        f"less than {100 * first['lower']:.0f} % where the mean is {100 * first['estimate']:.0f} %" in PLAIN
    )
    assert f"between {100 * later['lower']:.0f} and {100 * later['upper']:.0f} %" in PLAIN
    errors = sorted(f"{100 * row['std_error']:.1f}" for row in naive)
    assert f"({errors[0]} to {errors[-1]} points)" in PLAIN
    assert f"loss of B-cell aplasia ({100 * found.on_loss:.0f} % of the pool, as printed)" in PLAIN
    assert f"{found.patients:,} virtual patients" in PLAIN
    assert f"{found.draws:,} times" in PLAIN
    # 64 % of those who got to the transplant are the last step of all who relapsed.
    steps = found.funnel.filter(funnel="relapse")["share"].to_list()
    assert f"{100 * later['estimate']:.0f} % do well: {100 * steps[3]:.1f} % of all who relapsed" in PLAIN
    assert 0.6 < 1 - steps[2] < 0.7  # "has left out two in three"


def test_what_the_text_says_of_the_worlds() -> None:
    changed = differences(read_world("E"), read_world("S0"))
    assert len(changed) == 9
    assert "with nine parameters changed" in PLAIN
    reference = editorial(read_world("S0"), patients=100_000, draws=1_000)
    value = reference.estimates.row(0, named=True)
    assert abs(value["estimate"] - 0.76) < 4 * value["std_error"]
    assert "is about 76 %" in PLAIN


def test_a_count_from_the_transplant_flatters_where_it_does_nothing() -> None:
    label = editorial(read_world("S1"))
    frame = label.estimates.filter(pl.col("outcome").is_in(["dfs", "clfs"]) & (pl.col("role") != "published"))
    value = {(row["role"], row["strategy"]): row for row in frame.iter_rows(named=True)}
    shown = {
        name: f"{100 * value[key]['estimate']:.0f} %"
        for name, key in (
            ("series", ("naive", "from hct in first remission")),
            ("everybody", ("truth", "natural course, prior_hct: none")),
            ("later", ("naive", "from hct after relapse")),
            ("relapsed", ("truth", "from relapse")),
        )
    }
    assert "makes {series} of {everybody}, and after a relapse {later} of {relapsed}".format(**shown) in PLAIN
    strategies = [value["truth", f"{name}, prior_hct: none"]["estimate"] for name in ("watch", "early")]
    assert strategies[0] == strategies[1]


def test_the_python_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(code, {})
    assert "from hct after relapse" in capsys.readouterr().out

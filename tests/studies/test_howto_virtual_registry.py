"""The page on the virtual registry: its commands run, its tables name every option, its numbers are so."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import equipoise
from equipoise.base.document import read_document
from equipoise.cli.main import app, main
from equipoise.cli.simulated import Written
from equipoise.synth.read import read_world

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "virtual-registry.md"
TEXT = PAGE.read_text(encoding="utf-8")


def commands() -> list[str]:
    lines = re.findall(r"^equipoise .*", TEXT, flags=re.MULTILINE)
    return [line.split("  #")[0].strip() for line in lines]


def test_every_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    found = commands()
    assert len(found) == 5
    for command in (one for one in found if " run " not in one):
        words = shlex.split(command)[1:]
        with pytest.raises(SystemExit) as left:
            main([*words, *(["--patients", "40"] if "--list" not in words else [])])
        assert left.value.code == 0, capsys.readouterr().err
    assert Path("registry/tables").is_dir()
    (run,) = (one for one in found if " run " in one)
    assert run == "equipoise run virtual_registry registry/tables"


def test_every_option_is_explained() -> None:
    help_text = CliRunner().invoke(app, ["simulate", "--help"]).output
    options = set(re.findall(r"--[a-z]+", help_text)) - {"--help", "--json"}
    assert {one for one in options if one not in TEXT} == set()
    assert {one.value for one in Written if f"`{one.value}`" not in TEXT} == set()


def test_the_parameters_of_the_tables_can_be_set() -> None:
    rows = re.findall(r'^\| `"?([a-z_.]+)=(.+?)"?` \|', TEXT, flags=re.MULTILINE)
    assert len(rows) == 7
    world = read_world("S0", {name: read_document(value, name=name).data for name, value in rows})
    assert world.registry.late_entry.share == 0.2


def test_the_world_of_ones_own(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    cohort = equipoise.simulate(tmp_path / "mine.yaml", 400, 1, changes={"registry.remission": 1})
    waited = cohort.first_day("hct") - cohort.first_day("remission")
    in_first = ~np.isnan(waited) & ~(cohort.first_day("relapse") < cohort.first_day("hct"))
    assert (waited[in_first] <= 5 * 30.4375 + 1).all()
    assert in_first.sum() > 50


def test_numbers_of_the_page() -> None:
    world = read_world("S0")
    assert world.registry.assessment_days == (28, 35)
    assert world.registry.remission == 0.86
    assert world.follow_up.administrative_months == (18, 66)


def test_python_of_the_page() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, object] = {}
    exec(code.replace("400", "60").split("study =")[0], names)
    cohort = names["cohort"]
    assert isinstance(cohort, equipoise.Cohort)
    assert not cohort.records("no_remission").height

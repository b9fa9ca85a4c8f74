"""`equipoise run` of an emulated trial in twelve patients: workers change nothing, draws are a choice."""

import json
from pathlib import Path

import pytest
from clinic import PROTOCOL, write_clinic
from typer.testing import CliRunner

from equipoise.cli.main import app

TRIAL = """
treatments:
  - {name: surgery, intervention: surgery, while_in: [up]}
strategies:
  - {kind: never, name: wait, treatment: surgery}
  - {kind: start_within, name: operate, treatment: surgery, months: 2, law: uniform}
contrasts:
  - {measure: survival_difference, of: os, between: [operate, wait]}
"""
ANALYSIS = """
analysis:
  variance: ij
  interval: default
  cluster: null
  weight: null
  emulation:
    treatments: [{treatment: surgery, adjust_for: [{name: age, feature: {baseline: age}, per: 10}]}]
    loss: null
    outcomes: [os, falls]
    draws: 250
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    tables = write_clinic(tmp_path / "in")
    whole = PROTOCOL.replace("outcomes: [os, falls]", f"{TRIAL.strip()}\noutcomes: [os, falls]")
    whole = whole[: whole.index("analysis:")] + ANALYSIS.strip() + "\n"
    (tmp_path / "in" / "protocol.yaml").write_text(whole, encoding="utf-8")
    return tables


def answers(source: Path, out: Path, *options: str) -> dict[str, str]:
    command = ["run", str(source.parent / "protocol.yaml"), str(source), "--out", str(out), *options]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    return json.loads((out / "manifest.json").read_text(encoding="utf-8"))["files"]


def test_workers_change_no_byte_and_draws_are_part_of_the_question(source: Path, tmp_path: Path):
    one = answers(source, tmp_path / "one", "--workers", "1", "--seed", "7")
    three = answers(source, tmp_path / "three", "--workers", "3", "--seed", "7")
    assert one == three
    more = answers(source, tmp_path / "more", "--draws", "300", "--seed", "7")
    assert "draws: 300" in (tmp_path / "more" / "protocol.yaml").read_text(encoding="utf-8")
    assert "draws: 250" in (tmp_path / "one" / "protocol.yaml").read_text(encoding="utf-8")
    assert more["tables/gates.parquet"] == one["tables/gates.parquet"]
    assert more["tables/bands.parquet"] != one["tables/bands.parquet"]


def test_too_few_draws_are_refused(source: Path, tmp_path: Path):
    command = ["run", str(source.parent / "protocol.yaml"), str(source), "--draws", "50"]
    done = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()

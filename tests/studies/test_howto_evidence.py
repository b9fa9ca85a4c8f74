"""The page on published numbers: its commands, its Python and its counts hold."""

import re
import shlex
from pathlib import Path

import pytest

from equipoise.cli.main import main
from equipoise.evidence.read import published

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "evidence.md").read_text(encoding="utf-8")


def _block(kind: str) -> str:
    (found,) = re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    return found


@pytest.mark.parametrize("line", _block("").splitlines())
def test_every_command_finds_numbers(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, *words = shlex.split(re.split(r"\s+[#>]", line, maxsplit=1)[0])
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 0
    assert len(capsys.readouterr().out) > 100


def test_python_says_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    code = _block("python")
    names: dict[str, object] = {}
    exec(code, names)
    promised = [line.split("  # ")[1] for line in code.splitlines() if line.startswith("print")]
    assert capsys.readouterr().out.splitlines() == promised
    assert names["targets"]


def test_the_counts_of_the_page() -> None:
    assert f"a table of {len(published())} numbers" in PAGE
    assert f"({sum(not one.quotable for one in published())} of {len(published())})" in PAGE

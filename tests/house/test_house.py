"""The law of the house, as tests: words, sizes, lazy imports, the public names, the registry of codes."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import equipoise
from equipoise.base.codes import CODES

ROOT = Path(equipoise.__file__).parent
REPOSITORY = ROOT.parent.parent
GENERAL_FLOORS = (
    "base",
    "kernels",
    "language",
    "cohort",
    "protocol",
    "ingest",
    "emulate",
    "evidence",
    "estimate",
    "study",
)
DISEASE_WORDS = re.compile(
    r"\b(leuk(a)?emia\w*|hct|hsct|transplant\w*|bca|aplasia|mrd|gvhd|grfs|relapse\w*|remission\w*|infusion\w*|"
    r"car[_ -]?t|graft\w*|donor\w*|chemo\w*)\b",
    re.IGNORECASE,
)
SOURCES = sorted(ROOT.rglob("*.py"))


def _code_lines(path: Path) -> list[tuple[int, str]]:
    """Lines of a file without comments and docstrings, which may give clinical examples."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'"""(.|\n)*?"""', lambda match: "\n" * match.group(0).count("\n"), text)
    return [
        (number, line.split("  #")[0])
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip()[:1] != "#"
    ]


@pytest.mark.parametrize("floor", GENERAL_FLOORS)
def test_disease_words_stay_in_vocabularies(floor: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted((ROOT / floor).rglob("*.py"))
        if path.name != "citations.py"  # titles of papers are printed as published
        for number, line in _code_lines(path)
        if DISEASE_WORDS.search(line)
    ]
    assert found == []


def test_rooms_are_named_by_nouns_and_verbs() -> None:
    banned = {"utils", "util", "helpers", "helper", "common", "misc", "core", "tools"}
    assert [path for path in SOURCES if path.stem in banned or path.parent.name in banned] == []


def test_files_are_short_enough_to_hold_one_thing() -> None:
    long = {
        str(path.relative_to(ROOT)): n for path in SOURCES if (n := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_no_unfinished_or_silent_places() -> None:
    pattern = re.compile(r"TODO|FIXME|XXX|NotImplementedError|except Exception: *pass|except: ")
    found = [
        f"{p.relative_to(ROOT)}:{n}" for p in SOURCES for n, line in _code_lines(p) if pattern.search(line)
    ]
    assert found == []


def test_public_names_can_all_be_loaded() -> None:
    expected = {
        "Cohort", "Protocol", "Study", "Vocabulary", "__version__", "audit", "read_cohort", "read_protocol",
        "read_vocabulary", "render", "run", "simulate",
    }  # fmt: skip
    assert set(equipoise.__all__) == expected
    for name in expected:
        assert getattr(equipoise, name) is not None


def test_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        _ = equipoise.analyse  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("statement", ["import equipoise", "import equipoise.cli.main"])
def test_importing_costs_nothing(statement: str) -> None:
    heavy = ("numpy", "polars", "numba", "scipy", "pydantic", "ruamel", "jinja2", "rich", "pandas")
    script = f"import sys; {statement}; print([name for name in {heavy!r} if name in sys.modules])"
    printed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == "[]"


def test_every_code_that_is_used_is_explained_and_every_explained_code_is_used() -> None:
    quoted = re.compile(r'"([DPERU]\d{3})"')
    used = {
        code
        for path in SOURCES
        if "codes" not in path.parts
        for code in quoted.findall(path.read_text(encoding="utf-8"))
    }
    assert used - set(CODES) == set()
    assert set(CODES) - used == set()


def test_every_code_says_why_and_what_to_do() -> None:
    for code in CODES.values():
        assert code.title
        assert code.why.endswith((".", "?"))
        assert code.do.endswith(".") or code.do.endswith("explain") or "equipoise" in code.do

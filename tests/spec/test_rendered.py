"""The page that people read is the one that was tested."""

import importlib.util
from pathlib import Path

from text_tables import FOLDER, read_cases

ROOT = Path(__file__).parents[2]


def test_the_page_is_current() -> None:
    place = ROOT / "docs" / "build_specification.py"
    description = importlib.util.spec_from_file_location("build_specification", place)
    assert description is not None
    assert description.loader is not None
    script = importlib.util.module_from_spec(description)
    description.loader.exec_module(script)
    page = (ROOT / "docs" / "specification.md").read_text(encoding="utf-8")
    assert page == script.specification(), "run python docs/build_specification.py"


def test_the_parser_reads_every_table() -> None:
    """Each line of a table belongs to a case: as many rows are read as are written."""
    for path in (FOLDER / "cases").glob("*.md"):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
        tables = sum(line.startswith("|---") for line in lines)
        cases = read_cases(path)
        read = sum(
            len(rows)
            for case in cases
            for table in (case.tables, *(verb.expected for verb in case.verbs))
            for rows in table.values()
        )
        assert read == len(lines) - 2 * tables

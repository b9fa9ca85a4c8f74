"""Generated pages are current, and no page links to something that is not there."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]


def _builder() -> ModuleType:
    description = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    assert description is not None
    assert description.loader is not None
    module = importlib.util.module_from_spec(description)
    description.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "page",
    ["reference/codes.md", "reference/tables.md", "reference/commands.md", "reference/examples.md"],
)
def test_generated_pages_are_current(page: str) -> None:
    made = _builder().pages()[page]()
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == made, "run make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_nothing_speaks_of_a_machine() -> None:
    pattern = re.compile(r"(^|[^A-Za-z0-9_.])/(work|farm|root|home|tmp/[a-z]+)/")
    texts = [
        *PAGES,
        *(ROOT / "src").rglob("*.py"),
        *(ROOT / "src").rglob("*.yaml"),
        ROOT / "Makefile",
        ROOT / ".ci" / "run",
    ]
    assert [
        str(path.relative_to(ROOT)) for path in texts if pattern.search(path.read_text(encoding="utf-8"))
    ] == []

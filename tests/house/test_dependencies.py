"""What the source imports is what an installation from the lock file brings."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import equipoise

ROOT = Path(equipoise.__file__).parent
REPOSITORY = ROOT.parent.parent
# Distributions whose import name differs, or that another declared one always brings along.
DISTRIBUTION_OF = {"ruamel": "ruamel-yaml", "pydantic_core": "pydantic"}


def _imported() -> dict[str, str]:
    """Top-level packages that the source imports anywhere, with one file that does."""
    found: dict[str, str] = {}
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module or ""]
            else:
                modules = []
            for module in modules:
                found.setdefault(module.split(".")[0], str(path.relative_to(ROOT)))
    return {
        name: path
        for name, path in found.items()
        if name not in sys.stdlib_module_names and name != "equipoise"
    }


def _named(requirements: list[str]) -> set[str]:
    """Names as indexes compare them: lower case, dots and underscores as hyphens (PEP 503)."""
    return {
        re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", line.strip())[0]).lower() for line in requirements
    }


def test_every_import_is_a_declared_dependency() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = _named(project["dependencies"] + project["optional-dependencies"]["demo"])
    missing = {
        name: path for name, path in _imported().items() if DISTRIBUTION_OF.get(name, name) not in declared
    }
    assert missing == {}


def test_the_lock_of_the_demo_holds_every_declared_dependency() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = _named(project["dependencies"] + project["optional-dependencies"]["demo"])
    lines = (REPOSITORY / "requirements/demo.txt").read_text(encoding="utf-8").splitlines()
    locked = _named([line for line in lines if re.match(r"[A-Za-z0-9]", line)])
    assert declared - locked == set()

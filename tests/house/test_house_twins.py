"""A slow twin knows nothing of the fast implementation that it is compared with."""

import ast
from collections.abc import Iterator
from pathlib import Path

import equipoise

ROOT = Path(equipoise.__file__).parent
SLOW_SIMULATOR = (
    *sorted((ROOT / "synth").glob("reference*.py")),
    ROOT / "kernels" / "reference_addressed.py",
)
SLOW_WEIGHTS = ROOT / "estimate" / "emulated" / "reference.py"
# Beside its own modules the slow simulator may know the world as it is written, addresses of draws, and how
# covariates are written into columns.
MAY_KNOW = ("addresses", "world", "parts", "kinetic_parts", "recorded")


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_allowed(name: str) -> bool:
    place = name.split(".")
    if place[:2] == ["equipoise", "kernels"]:
        return place[2].startswith("reference")
    if place[:2] == ["equipoise", "synth"]:
        return place[2].startswith("reference") or place[2] in MAY_KNOW
    return place[0] != "numba"


def test_the_slow_simulator_imports_nothing_from_the_fast_one() -> None:
    found = {
        f"{path.name}: {name}" for path in SLOW_SIMULATOR for name in _imported(path) if not _is_allowed(name)
    }
    assert found == set()
    assert len(SLOW_SIMULATOR) > 5


def test_the_slow_weights_import_no_fast_ones() -> None:
    floors = ("equipoise.base", "equipoise.language", "equipoise.protocol")
    slow = ("equipoise.cohort.cohort", "equipoise.cohort.reference", "equipoise.emulate.reference")
    names = [name for name in _imported(SLOW_WEIGHTS) if name.startswith(("equipoise", "numba", "numpy"))]
    assert [name for name in names if not name.startswith((*floors, *slow))] == []
    assert len(names) > 5

"""The public names are functions, in whatever order they and the rooms are imported."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "program",
    [
        "from equipoise import render; assert callable(render)",
        "import equipoise; equipoise.render; assert callable(equipoise.render)",
        "from equipoise.rendering.report import render as room; import equipoise\n"
        "assert equipoise.render is room and equipoise.render is room",
        "from equipoise import audit, read_cohort, read_protocol, run, render\n"
        "from equipoise import render as again\n"
        "assert all(map(callable, (audit, read_cohort, read_protocol, run, render, again)))",
    ],
)
def test_public_names_are_functions(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

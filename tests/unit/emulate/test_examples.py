"""Example patients: every shipped file holds, a wrong expectation is found, a wrong record refused."""

import re
from pathlib import Path

import pytest

import equipoise
from equipoise.base.document import read_document
from equipoise.base.errors import ProtocolError
from equipoise.base.findings import Severity
from equipoise.cli.main import main
from equipoise.emulate.examples import check_examples, examples_table
from equipoise.protocol.read import read_examples, read_question, shipped_protocols

WITH_STRATEGIES = [name for name in shipped_protocols() if read_question(name)[0].strategies]
QUESTION, WORDS = read_question("virtual_registry")
SHIPPED = Path(equipoise.__file__).parent / "protocol" / "protocols"
TEXT = (SHIPPED / "virtual_registry.examples.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", WITH_STRATEGIES)
def test_shipped_examples_hold_and_show_every_strategy(name: str) -> None:
    protocol, vocabulary = read_question(name)
    document = read_examples(name)
    assert document is not None, f"{name} states strategies and has no example patients"
    assert [one.code for one in check_examples(protocol, vocabulary, document)] == ["P160"]
    table = examples_table(protocol, vocabulary, document)
    assert 12 <= table["patient"].n_unique() <= 21
    for strategy in protocol.strategies:
        found = table.filter(table["strategy"] == strategy.name)["found"]
        assert found.str.starts_with("censored").any(), f"{strategy.name} censors no example"
        assert found.str.starts_with("compatible").any(), f"{strategy.name} keeps no example"


def test_there_are_shipped_examples() -> None:
    assert {"cart_all", "virtual_registry", "after_bca_loss"} <= set(WITH_STRATEGIES)


def test_q_of_the_shipped_examples_on_paper() -> None:
    """Shares of the stated laws, straight lines between months of 365.25 / 12 days."""
    month = 365.25 / 12
    early = {1: 0.14708, 2: 0.36324, 4: 0.76165, 5: 0.94513, 6: 1.0}
    on_loss = {0: 0.0, 1: 0.41404, 2: 0.69341}

    def q(shares: dict[int, float], day: int) -> float:
        """Day `day` of the window lies within one month here."""
        k = int((day - 1) / month)
        assert day <= (k + 1) * month
        begun = shares[k] + ((day - 1) / month - k) * (shares[k + 1] - shares[k])
        return (shares[k + 1] - shares[k]) / month / (1 - begun)

    paper = {
        ("Ben", "early"): q(early, 60),
        ("Gil", "early"): q(early, 160),
        ("Gil", "on_bca_loss"): q(on_loss, 60),
        ("Gil", "on_either"): 1 / (4 * month - 59),
        ("Max", "early"): q(early, 150),
        ("Max", "on_bca_loss"): q(on_loss, 30),
        ("Max", "on_ngs_mrd"): 1 / (4 * month - 89),
        ("Eli", "salvage"): 1 / (4 * month - 59),
        ("Pia", "maintain"): 1 / (4 * month - 29),
        ("Cem", "early"): 1.0,
    }
    document = read_examples("virtual_registry")
    assert document is not None
    table = examples_table(QUESTION, WORDS, document)
    expected = {(who, strategy): text for who, strategy, text, _ in table.iter_rows()}
    for place, value in paper.items():
        assert expected[place].endswith(f"q = {value:.4f}"), (place, value)


def checked(text: str) -> list[tuple[str, str]]:
    found = check_examples(QUESTION, WORDS, read_document(text, name="examples"))
    return [(one.code, one.message) for one in found]


def test_a_wrong_expectation_names_patient_strategy_expected_and_found() -> None:
    wrong = TEXT.replace("hct on day 60, q = 0.0109", "hct on day 60, q = 0.0110", 1)
    assert checked(wrong) == [
        (
            "P161",
            "Ben under early: expected 'compatible, hct on day 60, q = 0.0110', "
            "found 'compatible, hct on day 60, q = 0.0109'.",
        )
    ]
    late = checked(TEXT.replace("time_zero: 28", "time_zero: 29", 1))
    assert late == [("P161", "Ada: expected time zero on day 29, found time zero on day 28.")]


def test_a_strategy_without_an_expectation_is_found() -> None:
    without = TEXT.replace("    otherwise: compatible\n", "", 1)
    messages = [message for _, message in checked(without)]
    assert "Ada under watch: expected 'nothing', found 'compatible'." in messages
    assert len(messages) == 7  # of nine strategies two are named


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("88 hct", "88 htc", "no record is called 'htc' .did you mean 'hct'"),
        ("88 hct", "88", "no record is called ''"),
        ("88 hct", "88 hct donner=sibling", "interventions has no column 'donner' .did you mean 'donor'"),
        ("88 hct", "x hct", "a number in the table of interventions that is none"),
        ("28 flow_mrd 0;", "28 flow_mrd;", "a measurement has one value"),
        ("      early: ", "      erly: ", "line 13.*no strategy is called 'erly' .did you mean 'early'"),
        ("prior_hct:", "prior_htc:", "patients has no column 'prior_htc' .did you mean 'prior_hct'"),
    ],
)
def test_what_cannot_be_read_is_refused(old: str, new: str, says: str) -> None:
    with pytest.raises(ProtocolError, match=says) as raised:
        checked(TEXT.replace(old, new, 1))
    assert raised.value.code == "P162"


def test_check_follows_the_examples_beside_a_protocol(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def check(source: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as left:
            main(["check", source])
        return left.value.code, capsys.readouterr().err

    assert check("virtual_registry")[0] in (0, None)
    (tmp_path / "question.yaml").write_text(
        (SHIPPED / "virtual_registry.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    code, said = check(str(tmp_path / "question.yaml"))
    assert code in (0, None)
    assert "no example patients beside it" in said
    wrong = re.sub(r"day 183: did not", "day 182: did not", TEXT, count=1)
    (tmp_path / "question.examples.yaml").write_text(wrong, encoding="utf-8")
    code, said = check(str(tmp_path / "question.yaml"))
    assert code == 4
    assert "error   P161  question.examples.yaml: Ada under early: expected 'censored on day 182" in said
    assert (read_question(SHIPPED / "virtual_registry.yaml")[0].title) in said


def test_the_severity_of_an_example_that_does_not_hold_is_error() -> None:
    (one,) = check_examples(
        QUESTION, WORDS, read_document(TEXT.replace("time_zero: 28", "time_zero: 29", 1), name="examples")
    )
    assert one.severity is Severity.ERROR

"""A sheet as clinics keep it: German and English headers, dates, words for a measurement, product names."""

from pathlib import Path

import polars as pl
import pytest

from equipoise.ingest import read_cohort
from equipoise.ingest.columnar import from_frame
from equipoise.ingest.draft import draft
from equipoise.ingest.guess import Guess, guess
from equipoise.ingest.questions import questions
from equipoise.protocol.read import read_question

SHEET: dict[str, list[str | None]] = {
    "Patient-Nr": ["P1", "P2", "P3", "P4"],
    "Zentrum": ["Wien", "Graz", "Wien", "Graz"],
    "Alter bei Infusion (Jahre)": ["9.5", "11", "3.2", "17.9"],
    "CAR-T product": ["tisa-cel", "tisa-cel", "brexu-cel", "tisa-cel"],
    "Prior HSCT (n)": ["0", "1", "0", "2"],
    "Infusionsdatum": ["2020-01-15", "2020-02-20", "2020-03-30", "2020-05-13"],
    "Datum CR": ["2020-02-12", "2020-03-19", "2020-04-27", None],
    "MRD d28": ["neg", "neg", "pos", None],
    "Verlust B-Zell-Aplasie Datum": ["2020-06-15", None, None, None],
    "HSCT date": [None, "2020-05-20", None, None],
    "Datum Rezidiv": ["2020-09-15", None, None, None],
    "Date of death": ["2020-09-15", None, None, "2020-06-13"],
    "letzter Kontakt": ["2020-09-15", "2022-05-20", "2022-05-21", "2020-06-13"],
}


@pytest.fixture(scope="module")
def guessed() -> Guess:
    return guess(from_frame("clinic", pl.DataFrame(SHEET)))


@pytest.mark.parametrize(
    ("column", "concept"),
    [
        ("Patient-Nr", "patient"),
        ("Alter bei Infusion (Jahre)", "age"),
        ("Infusionsdatum", "origin"),
        ("Verlust B-Zell-Aplasie Datum", "bca_loss"),
        ("CAR-T product", "product"),
        ("Prior HSCT (n)", "prior_hct"),
        ("HSCT date", "hct"),
        ("MRD d28", "flow_mrd"),
    ],
)
def test_headers_are_understood_without_a_doubt(guessed: Guess, column: str, concept: str) -> None:
    assert (guessed.column(column).concept, guessed.column(column).doubt) == (concept, None)


def test_words_for_a_number_are_asked_and_meanwhile_stand_for_its_limit(guessed: Guess) -> None:
    (asked,) = [one for one in questions(guessed) if one.column == "MRD d28"]
    assert "neg = <0.0001, pos = >0.0001" in asked.text
    assert '"neg": "<0.0001", "pos": ">0.0001"' in draft(guessed, title="clinic").texts["mapping.yaml"]


def test_the_mapping_reads_the_sheet_once_doubts_are_deleted(guessed: Guess, tmp_path: Path) -> None:
    pl.DataFrame(SHEET).write_csv(tmp_path / "clinic.csv")
    text = draft(guessed, title="clinic").texts["mapping.yaml"].split("\ndoubtful:")[0]
    (tmp_path / "mapping.yaml").write_text(text + "\n", encoding="utf-8")
    cohort = read_cohort(tmp_path / "clinic.csv", mapping=tmp_path / "mapping.yaml")
    events = cohort.events.filter(pl.col("patient") == 0).sort("day", maintain_order=True)
    # 2020 is a leap year: 15 January to 12 February, 15 June and 15 September.
    assert events["day"].to_list() == [28, 152, 244, 244]
    assert events["name"].to_list() == ["remission", "bca_loss", "relapse", "death"]
    assert cohort.measurements["bound"].to_list() == ["<", "<", ">"]
    assert cohort.patients["product"].to_list()[2] == "brexucabtagene"
    assert cohort.patients["prior_hct"].to_list() == [0, 1, 0, 2]


def test_day_0_that_is_only_asked_for_is_written_meanwhile() -> None:
    sheet = {("Beginn" if name == "Infusionsdatum" else name): cells for name, cells in SHEET.items()}
    found = guess(from_frame("clinic", pl.DataFrame(sheet)))
    asked = next(one for one in questions(found) if "day 0" in one.text)
    mapping = draft(found, title="clinic").texts["mapping.yaml"]
    assert f"origin: {{column: {asked.choices[0].label}}}" in mapping.replace('"', "")


def test_the_later_question_of_the_draft_is_a_protocol(guessed: Guess) -> None:
    above, later = draft(guessed, title="clinic").texts["protocol.yaml"].split("# Or of those with ", 1)
    replaced = [line.removeprefix("# ") for line in later.splitlines()[1:]]
    keys = {line.split(":")[0] for line in replaced if line[:1].isalpha()}
    kept: list[str] = []
    dropping = False
    for line in above.splitlines():
        if line[:1].isalpha():
            dropping = line.split(":")[0] in keys
        if not dropping:
            kept.append(line)
    protocol, _ = read_question("\n".join([*kept, *replaced]) + "\n")
    assert "dfs" in protocol.outcomes
    assert protocol.time_zero.kind == "event"

"""The graveyard: what the structured fuzzer (`validation/fuzz`) found, each with a line of history."""

import json
import re
from pathlib import Path
from random import Random

import polars as pl
import pytest
import xlsxwriter
from clinic import MAPPING, PROTOCOL, TABLES, VOCABULARY, WIDE, write_clinic, write_wide

from equipoise.base.document import read_document
from equipoise.base.errors import DataError, ProtocolError
from equipoise.cli.main import main
from equipoise.ingest.read import read_cohort
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.read import read_question
from equipoise.rendering.report import render
from equipoise.study.run import run
from equipoise.study.study import Study
from validation.fuzz.cohorts import Dials, wide_sheet
from validation.fuzz.grid import Dialect, written


def test_a_workbook_without_a_part_of_its_bytes(tmp_path: Path) -> None:
    """2026: with bytes missing before its directory, the archive was looked for before the file."""
    sheet = write_wide(tmp_path / "wide")
    path = sheet.with_suffix(".xlsx")
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet()
    for row, line in enumerate(WIDE.splitlines()):
        page.write_row(row, 0, line.split(";"))
    book.close()
    content = path.read_bytes()
    for first, last in ((100, 700), (4, 3000), (len(content) // 2, len(content) - 600)):
        path.write_bytes(content[:first] + content[last:])
        with pytest.raises(DataError) as caught:
            read_cohort(path, mapping=tmp_path / "wide/mapping.yaml")
        assert caught.value.code == "D104"


def test_follow_up_that_ends_in_no_column(tmp_path: Path) -> None:
    """2026: `observation: {stop: []}` asked for the latest of no columns."""
    sheet = write_wide(tmp_path / "wide", mapping=MAPPING.replace("stop: Letzter", "stop: []"))
    with pytest.raises(ProtocolError) as caught:
        read_cohort(sheet, mapping=tmp_path / "wide/mapping.yaml")
    assert (caught.value.code, "observation.stop" in caught.value.where) == ("P003", True)


@pytest.mark.parametrize("letters", ["\x1b[31mred", "\u202eevil", "a\u2028b", "tab\x85", "\U000e0041"])
def test_labels_that_steer_the_terminal(
    letters: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """2026: labels of a vocabulary came to the terminal with their escape sequences and directions."""
    tables = write_clinic(tmp_path / "clinic", events=None)
    label = json.dumps(letters)
    words = VOCABULARY.replace("death: {label: death", f"death: {{label: {label}")
    (tables / "vocabulary.yaml").write_text(words, encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["check", str(tables), "--json"])
    out, err = capsys.readouterr()
    assert all(one.isprintable() for one in (out + err).replace("\n", ""))
    assert any(letters in one["message"] for one in json.loads(out)["findings"])


def test_letters_in_halves() -> None:
    """2026: an escape of half a letter came through, and the study could not be written."""
    assert read_document('a: "\\ud83d\\ude00"').data == {"a": "\U0001f600"}
    for text in ('a: "\\ud83d"', '"\\ude00": 1', 'a: ["x", "\\udc00y"]'):
        with pytest.raises(ProtocolError, match="half of a letter"):
            read_document(text)


def test_a_number_and_a_text_as_the_same_key() -> None:
    """2026: the keys 1 and "1" are one name; the second took the place of the first without a word."""
    with pytest.raises(ProtocolError, match="twice"):
        read_document('a:\n  1: x\n  "1": y\n')


def answered(folder: Path, **changed: str) -> Study:
    """The study of a clinic whose tables, protocol or vocabulary are changed."""
    tables = write_clinic(folder, **{name: text for name, text in changed.items() if name in TABLES})
    (folder / "protocol.yaml").write_text(changed.get("protocol", PROTOCOL), encoding="utf-8")
    (folder / "vocabulary.yaml").write_text(changed.get("vocabulary", VOCABULARY), encoding="utf-8")
    protocol, words = read_question(folder / "protocol.yaml")
    return run(protocol, read_cohort(tables, vocabulary=words))


@pytest.mark.parametrize("site", ["North", "South"])
def test_all_patients_in_one_cluster(site: str, tmp_path: Path) -> None:
    """2026: with one site among the enrolled, standard errors of 1e-18 made intervals of no width."""
    study = answered(
        tmp_path / "clinic",
        patients=TABLES["patients"].replace("North", site).replace("South", site),
        protocol=PROTOCOL.replace("cluster: null", "cluster: site"),
    )
    rows = study.tables["estimates"].filter(pl.col("role") != "naive")
    exact = pl.col("interval").str.starts_with("beta")
    assert rows.filter(pl.col("estimate").is_between(0.01, 0.99)).height > 10
    assert rows.filter(pl.col("std_error").is_not_null()).height == 0
    assert rows.filter(pl.col("lower").is_not_null() & ~exact).height == 0
    assert any(one.code == "E106" and "one cluster" in one.message for one in study.findings)


def test_a_funnel_that_ends_before_the_first_report_day(tmp_path: Path) -> None:
    """2026: only day 0 of the funnel had a number, and its axis was of no length."""
    rows = [f"zq-pat-{number:02},20,surgery" for number in range(1, 13)]
    falls = [f"zq-pat-{number:02},25,fall,," for number in range(1, 13)]
    study = answered(
        tmp_path / "clinic",
        observation="\n".join(["patient,start,stop", *(f"zq-pat-{n:02},0,30" for n in range(1, 13))]),
        interventions="\n".join(["patient,start,name", *rows]),
        events="\n".join(["patient,day,name,injury,height", *falls]),
        measurements="patient,day,name,value,unit,bound,specimen\n",
    )
    render(study, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8").endswith("</html>")


@pytest.mark.parametrize("opened", ["[", "{", "[ ", "[\n", "[{"])
def test_thousands_of_brackets(opened: str) -> None:
    """2026: thousands of brackets in a row were looked through for many seconds before a refusal."""
    with pytest.raises(ProtocolError, match="deeper than 60"):
        read_document("title: " + opened * 100_000)


@pytest.mark.parametrize("blank", ['""', '"  "', '"\\n"'])
def test_a_label_of_blanks(blank: str) -> None:
    """2026: a state with an empty label ended the sentence about the states with an index out of range."""
    for word in ("Up", "death", "Survival", "admission", "Age"):
        assert f"label: {word}" in VOCABULARY
        with pytest.raises(ProtocolError, match="label"):
            read_vocabulary(VOCABULARY.replace(f"label: {word}", f"label: {blank}", 1))


def test_a_number_of_ten_thousand_letters(tmp_path: Path) -> None:
    """2026: a text in the place of a number was repeated in full, all of its ten thousand letters."""
    write_clinic(tmp_path / "clinic")
    path = tmp_path / "clinic/protocol.yaml"
    path.write_text(PROTOCOL.replace("until_month: 9", f'until_month: "{"a," * 5000}"'), encoding="utf-8")
    with pytest.raises(ProtocolError, match="letters in all") as caught:
        read_question(path)
    assert len(str(caught.value)) < 2000


def test_a_label_of_three_thousand_letters() -> None:
    """2026: findings, axes and sentences repeated a label of any length."""
    with pytest.raises(ProtocolError, match="label"):
        read_vocabulary(VOCABULARY.replace("label: Up", "label: " + "x" * 3000))


def test_a_billionth_of_a_day_after_time_zero(tmp_path: Path) -> None:
    """2026: an intervention on day 1e-9 was after time zero for the days and at time zero for the ticks."""
    study = answered(
        tmp_path / "clinic",
        interventions=TABLES["interventions"].replace("zq-pat-01,20,", "zq-pat-01,0.000000001,"),
        protocol=PROTOCOL.replace("handling: treatment_policy", "handling: while_on_treatment"),
    )
    exact = answered(
        tmp_path / "exact",
        interventions=TABLES["interventions"].replace("zq-pat-01,20,", "zq-pat-01,0,"),
        protocol=PROTOCOL.replace("handling: treatment_policy", "handling: while_on_treatment"),
    )
    assert study.tables["estimates"].equals(exact.tables["estimates"])


def test_a_median_before_the_second_cluster_comes(tmp_path: Path) -> None:
    """2026: with a standard error of 0 at the median, its lower limit was found on a later day."""
    courses = {1: (0, 1), 2: (0, 2), 3: (0, 3), 4: (0, 60), 5: (5, 7), 6: (5, 9), 7: (5, 60), 8: (5, 60)}
    deaths = [f"{k},{stop},death" for k, (_, stop) in courses.items() if stop < 60]
    study = answered(
        tmp_path / "clinic",
        patients="\n".join(["patient,site,age", *(f"{k},{'A' if k < 5 else 'B'},50" for k in courses)]),
        observation="\n".join(["patient,start,stop", *(f"{k},{a},{b}" for k, (a, b) in courses.items())]),
        events="\n".join(["patient,day,name", *deaths]),
        interventions="patient,start,name\n",
        measurements="patient,day,name,value,unit,bound,specimen\n",
        protocol=PROTOCOL.replace("cluster: null", "cluster: site"),
    )
    rows = study.tables["estimates"].filter(pl.col("measure") == "median", pl.col("outcome") == "os")
    assert rows.row(0, named=True)["estimate"] == 2.5
    assert rows["lower"].drop_nulls().to_list() == rows["upper"].drop_nulls().to_list() == []


def test_as_many_limits_as_patients(tmp_path: Path) -> None:
    """2026: where every number was written as a limit, one finding listed the limits of all patients."""
    slope = "prognosis: {outcomes: [os], by_month: 6, covariates: [{name: m, feature: {last: marker}}]}\n"
    study = answered(
        tmp_path / "clinic",
        measurements=re.sub(r"zq-pat-(\d+),\d+,(marker,.*)=", r"zq-pat-\1,0,\2<", TABLES["measurements"]),
        protocol=PROTOCOL + slope,
    )
    (told,) = [one.message for one in study.findings if one.code == "E215"]
    assert told.count("<") == 5
    assert "7 more limits" in told


STRAYS = ("zq-pat-03", "Zqfreetext told", "07.03.2019", "31.02.2019", "4711234")


@pytest.mark.parametrize("stray", STRAYS)
@pytest.mark.parametrize("column", ["Geschlecht", "Tot", "Raucher", "OP_Seite", "Sturz_Art", "Haus"])
def test_what_init_drafts_of_a_shifted_cell(column: str, stray: str, tmp_path: Path) -> None:
    """2026: init wrote an identifier, a date or a text that stood in a column of codes into the mapping."""
    sheet = wide_sheet(Random(1), Dials(30, 0.6, 0.3, 0.3, 1, 0.2, False, 2000, 0.0, 0.0, False))
    sheet.rows[3][sheet.header.index(column)] = stray
    for row in sheet.rows:
        row[0], row[-1] = row[0].replace("zq", "x"), ""
    path = tmp_path / "ward.csv"
    path.write_bytes(written(sheet, Dialect(delimiter=";")))
    with pytest.raises(SystemExit) as left:
        main(["init", str(path), "--out", str(tmp_path / "drafted"), "--no-ask"])
    assert left.value.code == 0
    for drafted in (tmp_path / "drafted").iterdir():
        assert stray not in drafted.read_text(encoding="utf-8")

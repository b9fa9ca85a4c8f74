"""Malformed input of every kind: one clear error or finding each, nothing told of a patient or half-written.

A case says which part of the input is malformed, how, and which code tells it. Errors must leave the study
that stands in the target folder as it was, byte by byte.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from clinic import CANARIES, MAPPING, PROTOCOL, TABLES, VOCABULARY, WIDE, write_clinic, write_wide

from equipoise.base.codes import CODES
from equipoise.cli.main import main


@dataclass(frozen=True)
class Told:
    exit_code: int
    record: dict[str, Any]
    text: str

    @property
    def code(self) -> str | None:
        return self.record["error"] and self.record["error"]["code"]

    @property
    def codes(self) -> set[str]:
        return {one["code"] for one in self.record["findings"]}


def tell(capsys: pytest.CaptureFixture[str], *words: object) -> Told:
    """Run a command with --json; whatever it says is clear, and names no patient."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in (*words, "--json")])
    out, err = capsys.readouterr()
    assert out.count("\n") == 1
    record = json.loads(out)
    assert isinstance(left.value.code, int)
    assert left.value.code != 1, err
    assert "Traceback" not in err
    for canary in CANARIES:
        assert canary not in out + err
    if left.value.code:
        error = record["error"]
        assert all(error[part].strip() for part in ("where", "found", "why", "do"))
        assert CODES[error["code"]].severity == "error"
        assert f"{error['code']}  " in err
    return Told(left.value.code, record, out + err)


def files_of(folder: Path) -> dict[str, bytes]:
    paths = sorted(one for one in folder.rglob("*") if one.is_file())
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in paths}


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which an older study stands."""
    folder = tmp_path_factory.mktemp("clinic")
    tables = write_clinic(folder / "first")
    with pytest.raises(SystemExit) as left:
        main(["run", str(folder / "first/protocol.yaml"), str(tables), "--out", str(folder / "target/study")])
    assert left.value.code == 0
    return folder / "target"


def swapped(table: str, old: str, new: str) -> dict[str, str]:
    text = TABLES[table]
    assert old in text, (table, old)
    return {table: text.replace(old, new, 1)}


def added(table: str, row: str) -> dict[str, str]:
    return {table: TABLES[table] + row + "\n"}


Change = dict[str, Any]

# Where a day stands in each table, and the same row with a place for another one.
DAYS = {
    "observation": ("zq-pat-01,0,300", "zq-pat-01,0,{}"),
    "events": ("zq-pat-01,100,fall", "zq-pat-01,{},fall"),
    "interventions": ("zq-pat-01,20,", "zq-pat-01,{},"),
    "measurements": ("zq-pat-01,1,marker", "zq-pat-01,{},marker"),
}
BAD_DAYS = {
    "abc": "D250", "nan": "D250", "inf": "D250", "-inf": "D250", "1e999": "D250", "0x10": "D250",
    "7d": "D250", "12:30": "D250", "1_000": "D250", "１２": "D250", "=1+1": "D250", "": "D256", "NA": "D256",
    "2019-03-07": "D251", "07.03.2019": "D251", '"1,5"': "D351",
    "1e308": "D263", "-1e9": "D263", "2147483647": "D263", "1073741824": "D263", "43895": "D263",
    "0.3": "D203",
}  # fmt: skip


def every_table() -> list[tuple[str, str, Change]]:
    """Damage that any of the five tables may have."""
    cases: list[tuple[str, str, Change]] = []
    for table, text in TABLES.items():
        header, rest = text.split("\n", 1)
        second = header.split(",")[1]
        cases += [
            ("D107", table, {table: b""}),
            ("D107", table, {table: "\n\n\n"}),
            ("D106", table, {table: text.replace("pat-01", "pat-ä").encode("latin-1")}),
            ("D106", table, {table: text.encode("utf-16")}),
            ("D104", table, {table: text.encode("utf-16-be")}),
            ("D104", table, {table: b"PK\x03\x04" + bytes(100)}),
            ("D104", table, {table: b"<html><body>404</body></html>"}),
            ("D104", table, {table: text.replace("pat-01", "pat\x0001").encode()}),
            ("D108", table, {table: b'[{"patient":"zq-pat-01"}]'}),
            ("D109", table, {table: text + "zq-pat-01\n"}),
            ("D109", table, {table: text.replace("zq-pat-01", '"zq-pat-01', 1)}),
            ("D109", table, {table: text.replace("zq-pat-01", "zq\u2028pat-01", 1)}),
            ("D110", table, {table: text.replace(second, "patient", 1)}),
            ("D111", table, {table: text.replace("patient", "patients", 1)}),
            ("D128", table, {table: text.replace("zq-pat-01", "", 1)}),
            # Without a header: the first patient is never taken for the names of columns.
            ("D110" if table in ("observation", "interventions") else "D111", table, {table: rest}),
        ]
        if table != "patients":
            old, new = DAYS[table]
            cases += [(code, table, swapped(table, old, new.format(day))) for day, code in BAD_DAYS.items()]
            cases.append(("D129", table, swapped(table, "zq-pat-01", "zq-pat-99")))
    return cases


FOLDER_ERRORS: list[tuple[str, str, Change]] = [
    *every_table(),
    ("D112", "patients", {"patients": None}),
    ("D112", "observation", {"observation": None}),
    ("D107", "patients", {"patients": TABLES["patients"].split("\n", 1)[0] + "\n"}),
    ("D130", "patients", {"observation": TABLES["observation"].split("\n", 1)[0] + "\n"}),
    ("D130", "patients", swapped("patients", "zq-pat-02", "ZQ-pat-02")),
    ("D127", "patients", added("patients", TABLES["patients"].split("\n")[1])),
    ("D350", "patients", swapped("patients", "61.5", "old")),
    ("D350", "patients", swapped("patients", "61.5", "inf")),
    ("D351", "patients", swapped("patients", "61.5", '"61,5"')),
    ("D352", "patients", swapped("patients", "61.5,female", "61.5,zq-pat-01")),
    ("D352", "patients", swapped("patients", "61.5,female", "61.5,2019-03-07")),
    ("D352", "patients", swapped("patients", "61.5,female", "61.5,Zqfreetext")),
    ("D357", "patients", swapped("patients", "female,yes", "female,Zqfreetext")),
    ("D359", "patients", swapped("patients", "yes,2", "yes,2.5")),
    ("D359", "patients", swapped("patients", "North,2019", "North,1e308")),
    ("D255", "patients", swapped("patients", "North,2019", "North,43895")),
    ("D350", "measurements", swapped("measurements", "marker,0.5", "marker,Zqfreetext")),
    ("D352", "measurements", swapped("measurements", "gait,steady", "gait,2019-03-07")),
    ("D354", "measurements", swapped("measurements", "1,marker", "1,zq-pat-01")),
    ("D356", "measurements", swapped("measurements", "ng,=", "ng,<=")),
    ("D358", "measurements", swapped("measurements", "marker,0.5", "marker,")),
    ("D303", "measurements", swapped("measurements", "0.5,ng", "0.5,mg")),
    ("D303", "measurements", swapped("measurements", "0.5,ng", "0.5,Zqfreetext")),
    ("D354", "interventions", swapped("interventions", "surgery", "2019-03-07")),
    ("D352", "interventions", swapped("interventions", ",left", ",07.03.2019")),
    ("D218", "interventions", swapped("interventions", ",surgery,,", ",surgery,400,")),
    ("D354", "events", swapped("events", "100,fall", "100,zq-pat-01")),
    ("D352", "events", swapped("events", "fall,minor", "fall,Zqfreetext")),
    ("D350", "events", swapped("events", "minor,0.5", "minor,high")),
    ("D360", "events", swapped("events", "41,death,", "41,death,minor")),
    ("D206", "events", added("events", "zq-pat-02,45,fall,minor,")),
    ("D206", "events", added("events", "zq-pat-02,30,death,,")),
    ("D202", "observation", swapped("observation", "zq-pat-10,0,15", "zq-pat-10,15,3")),
]


@pytest.mark.parametrize(("code", "table", "change"), FOLDER_ERRORS)
def test_five_tables_refused(
    code: str, table: str, change: Change, tmp_path: Path, standing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = write_clinic(tmp_path / "clinic", **change)
    before, sources = files_of(standing), files_of(tmp_path)
    told = tell(capsys, "run", tmp_path / "clinic/protocol.yaml", tables, "--out", standing / "study")
    assert told.exit_code == 3
    assert code in {told.code, *told.codes}
    assert table in told.text
    assert files_of(standing) == before
    assert files_of(tmp_path) == sources


NO_RECORDS: Change = {"events": None, "interventions": None, "measurements": None}
NUMBERS = range(1, 13)


def only_first() -> Change:
    lines = {name: text.split("\n") for name, text in TABLES.items()}
    return {
        name: "\n".join([rows[0], *(row for row in rows if row.startswith("zq-pat-01,"))]) + "\n"
        for name, rows in lines.items()
    }


def observed(stop: int) -> Change:
    rows = [f"zq-pat-{number:02},0,{stop}" for number in NUMBERS]
    return {"observation": "\n".join(["patient,start,stop", *rows]) + "\n"}


def all_die_on(day: int) -> Change:
    rows = [f"zq-pat-{number:02},{day},death,," for number in NUMBERS]
    return {"events": "\n".join(["patient,day,name,injury,height", *rows]) + "\n"}


def renamed(new: str) -> Change:
    return {name: text.replace("zq-pat-02", new) for name, text in TABLES.items()}


SCRIPT = "<script>alert(1)</script>"

# Unusual but readable: the study is written, and the finding says what was noticed.
FOLDER_FINDINGS: list[tuple[str, str, Change]] = [
    ("D117", "patients", {"patients": TABLES["patients"].replace("smoker", "smokr")}),
    ("D119", "events", {"events": TABLES["events"].replace(",", ";")}),
    ("D121", "patients", {"patients": ("\ufeff" + TABLES["patients"]).replace("\n", "\r\n").encode()}),
    ("D121", "patients", {"patients": TABLES["patients"].replace("\n", "\r").encode()}),
    ("D123", "patients", renamed("=cmd|calc!A1")),
    ("D123", "patients", renamed(SCRIPT)),
    ("D123", "patients", {"patients": TABLES["patients"].replace("North", "<img src=x onerror=alert(1)>")}),
    ("D204", "observation", added("observation", "zq-pat-01,100,400")),
    ("D205", "observation", added("observation", "zq-pat-01,310,400")),
    ("D211", "events", added("events", "zq-pat-01,100,fall,minor,0.5")),
    ("D212", "events", added("events", "zq-pat-03,-3,fall,minor,")),
    ("D214", "events", added("events", "zq-pat-10,200,fall,,")),
    ("D304", "measurements", swapped("measurements", "marker,0.5", "marker,1e308")),
    ("D305", "measurements", swapped("measurements", "marker,0.5", "marker,-5")),
    ("D307", "measurements", added("measurements", "zq-pat-01,1,marker,7,ng,=,blood")),
    ("D407", "events", NO_RECORDS),
    ("D407", "events", {"events": TABLES["events"].split("\n", 1)[0] + "\n"}),
    ("D407", "patients", {**NO_RECORDS, **only_first(), "events": None}),
    ("D507", "observation", swapped("observation", "zq-pat-10,0,15", "zq-pat-10,0,0")),
    ("D407", "events", {**NO_RECORDS, **observed(1), **all_die_on(1)}),
]


@pytest.mark.parametrize(("code", "table", "change"), FOLDER_FINDINGS)
def test_five_tables_accepted_with_a_finding(
    code: str, table: str, change: Change, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del table
    tables = write_clinic(tmp_path / "clinic", **change)
    told = tell(capsys, "run", tmp_path / "clinic/protocol.yaml", tables, "--out", tmp_path / "study")
    assert told.exit_code == 0
    assert code in told.codes
    for name, content in files_of(tmp_path / "study").items():
        for hidden in (*CANARIES, SCRIPT, "<img src=x", "cmd|calc"):
            assert hidden.encode() not in content, (name, hidden)


@pytest.mark.parametrize("deaths", [{}, all_die_on(0)])
def test_nobody_is_followed(deaths: Change, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = write_clinic(tmp_path / "clinic", **{**NO_RECORDS, **observed(0), **deaths})
    told = tell(capsys, "run", tmp_path / "clinic/protocol.yaml", tables, "--out", tmp_path / "study")
    assert (told.exit_code, told.code) == (5, "E001")
    assert not (tmp_path / "study").exists()


WIDE_ERRORS: list[tuple[str, str, str]] = [
    ("D252", "A;07.03.2019", "A;2019-03-07"),
    ("D252", "A;07.03.2019", "A;31.02.2019"),
    ("D252", "A;07.03.2019", "A;03/07/2019"),
    ("D252", "A;07.03.2019", "A;=TODAY()"),
    ("D252", "27.10.2019", "nan"),
    ("D254", "10.04.2019", "43565"),
    ("D255", "27.10.2019", "27.10.0219"),
    ("D257", "A;07.03.2019", "A;"),
    ("D262", "27.10.2019", ""),
    ("D263", "A;07.03.2019", "A;07.03.1909"),
    ("D202", "27.10.2019", "27.10.2018"),
    ("D350", "61,5", "Zqfreetext"),
    ("D351", "61,5", "61.5"),
    ("D352", "61,5;w", "61,5;2019-03-07"),
    ("D353", "27.10.2019;0", "27.10.2019;zq-pat-01"),
    ("D357", ";ja;", ";07.03.2019;"),
    ("D127", "zq-pat-02", "zq-pat-01"),
    ("D128", "zq-pat-02", ""),
    ("D109", "zq-pat-02", '"zq-pat-02'),
    ("D110", "Raucher", "Alter"),
    ("D110", WIDE.split("\n", 1)[0] + "\n", ""),
    ("D107", WIDE, " \n"),
]


@pytest.mark.parametrize(("code", "old", "new"), WIDE_ERRORS)
def test_wide_sheets_refused(
    code: str, old: str, new: str, tmp_path: Path, standing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert old in WIDE
    folder = tmp_path / "wide"
    sheet = write_wide(folder, sheet=WIDE.replace(old, new, 1))
    before = files_of(standing)
    told = tell(
        capsys, "run", folder / "protocol.yaml", sheet, "--mapping", folder / "mapping.yaml",
        "--out", standing / "study",
    )  # fmt: skip
    assert (told.exit_code, told.code) == (3, code)
    assert files_of(standing) == before


# A code, a document, what is replaced there, and by what.
DOCUMENT_ERRORS: list[tuple[str, str, str, str]] = [
    ("P002", "mapping", "title: The clinic", "title: &a The clinic"),
    ("P002", "mapping", "title: The clinic", "title: !!python/object:os.system The clinic"),
    ("P002", "mapping", "title: The clinic", "title: [" * 2000),
    ("P002", "mapping", "title: The clinic", "title: 2020-13-45"),
    ("P003", "mapping", "title: The clinic", "titel: The clinic"),
    ("P003", "mapping", "on_day: 7", "on_day: 1e308"),
    ("P003", "mapping", "value: Marker,", "value: {column: Marker, factor: 0},"),
    ("P003", "mapping", "{column: Aufnahme}", "{column: Aufnahme, day: 1e9}"),
    ("P003", "mapping", "age: Alter", 'age: {years_since: "2020-13-45"}'),
    ("P020", "mapping", "vocabulary: vocabulary.yaml", f"vocabulary: {'a' * 300}"),
    ("P001", "mapping", "vocabulary: vocabulary.yaml", 'vocabulary: "a\\0.yaml"'),
    ("P203", "mapping", "age: Alter", "age: Alterr"),
    ("P204", "mapping", "name: fall", "name: fell"),
    ("P002", "vocabulary", "resolution: 1", "resolution: .nan"),
    ("P002", "vocabulary", "resolution: 1", "resolution: 1\nresolution: 2"),
    ("P003", "vocabulary", "resolution: 1", "resolution: 1e-9"),
    ("P003", "vocabulary", "resolution: 1", "resolution: 1e9"),
    ("P003", "vocabulary", "resolution: 1", f"resolution: {'9' * 400}"),
    ("P003", "vocabulary", "[female, male]", "[[], male]"),
    ("P003", "vocabulary", "[female, male]", "[1, 2]"),
    ("P003", "vocabulary", "name: clinic", 'name: "cli\\u202enic"'),
    ("P003", "vocabulary", "[up, operated, fallen]", "[]"),
    ("P010", "vocabulary", "[up, operated, fallen]", "[up, opertaed]"),
    ("P014", "vocabulary", "{from: up, on: fall, to: fallen}", "{from: up, on: surgery, to: fallen}"),
    ("P016", "vocabulary", "{from: fallen, on: death, to: dead}", "{from: dead, on: fall, to: fallen}"),
    ("P003", "protocol", "title: What", "tilte: What"),
    ("P003", "protocol", "{kind: landmark, after: origin, day: 0}", "up"),
    ("P003", "protocol", "until_month: 9", "until_month: 1e9"),
    ("P114", "protocol", "every_months: 3", "every_months: 1e-9"),
    ("P114", "protocol", "at_months: [6]", "at_months: [1e300]"),
    ("P010", "protocol", "{baseline: age, ge: 18}", "{baseline: agee, ge: 18}"),
    ("P113", "protocol", "steps: [fall]", "steps: [death]"),
    ("P001", "protocol", "vocabulary: vocabulary.yaml", "vocabulary: nowhere.yaml"),
]

_LATE = "landmarks_months: [99]"
_AGE = "{name: age, feature: {baseline: age}}"
BLOCKS: list[tuple[str, str]] = [
    ("P003", "prognosis: {outcomes: [], by_month: 6, covariates: [" + _AGE + "]}"),
    ("P003", "prognosis: {outcomes: [os], by_month: -6, covariates: [" + _AGE + "]}"),
    ("P003", "prognosis: {outcomes: [os], by_month: 6, covariates: []}"),
    ("P010", "prognosis: {outcomes: [oss], by_month: 6, covariates: [" + _AGE + "]}"),
    ("P010", "prognosis: {outcomes: [os], by_month: 6, covariates: [{name: age, feature: {baseline: aeg}}]}"),
    ("P003", "prognosis: {outcomes: [os], by_month: 1e9, covariates: [" + _AGE + "]}"),
    ("P116", "prognosis: {outcomes: [os], by_month: 6, covariates: [" + _AGE + ", " + _AGE + "]}"),
    ("P118", "prognosis: {outcomes: [os], by_month: 6, covariates: [{name: nothing}]}"),
    ("P003", "naive_comparisons: [{name: n, label: N, intervention: surgery, outcomes: []}]"),
    ("P010", "naive_comparisons: [{name: n, label: N, intervention: sugery, outcomes: [os]}]"),
    ("P114", "naive_comparisons: [{name: n, label: N, intervention: fall, outcomes: [os], " + _LATE + "}]"),
    ("P119", "naive_comparisons: [{name: n, label: N, intervention: death, outcomes: [os]}]"),
    ("P119", "naive_comparisons: [{name: n, label: N, intervention: surgery, outcomes: [falls]}]"),
]  # fmt: skip
DOCUMENT_ERRORS += [(code, "protocol", "report: {", f"{block}\nreport: {{") for code, block in BLOCKS]


@pytest.mark.parametrize("case", DOCUMENT_ERRORS)
def test_documents_refused(
    case: tuple[str, str, str, str], tmp_path: Path, standing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document, old, new = case
    text = {"mapping": MAPPING, "vocabulary": VOCABULARY, "protocol": PROTOCOL}[document]
    assert old in text
    folder = tmp_path / "wide"
    sheet, mapping = write_wide(folder), folder / "mapping.yaml"
    (folder / f"{document}.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    before = files_of(standing)
    words = [folder / "protocol.yaml", sheet, "--mapping", mapping, "--out", standing / "study"]
    # A run takes the words of its protocol; only a check reads those that the mapping names.
    told = tell(
        capsys, *(["check", sheet, "--mapping", mapping] if document == "mapping" else ["run", *words])
    )
    assert (told.exit_code, told.code) == (4, code)
    assert files_of(standing) == before


CASES = len(FOLDER_ERRORS) + len(FOLDER_FINDINGS) + len(WIDE_ERRORS) + len(DOCUMENT_ERRORS)


def test_the_table_is_as_wide_as_it_says() -> None:
    pairs = {(code, table) for code, table, _ in (*FOLDER_ERRORS, *FOLDER_FINDINGS)}
    pairs |= {(code, "wide") for code, _, _ in WIDE_ERRORS}
    pairs |= {(code, document) for code, document, _, _ in DOCUMENT_ERRORS}
    print(f"{len(pairs)} different pairs of a code and a table, in {CASES} cases")
    assert len(pairs) >= 140

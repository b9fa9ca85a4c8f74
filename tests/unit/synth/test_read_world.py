"""Reading worlds: what is shipped, what may be changed, and wrong ones, which are refused in words."""

from pathlib import Path
from typing import Any

import pytest

from equipoise.base.document import write_document
from equipoise.base.errors import ProtocolError
from equipoise.synth.read import read_world, shipped_worlds


def refused(source: Path | str, changes: dict[str, Any] | None = None) -> ProtocolError:
    with pytest.raises(ProtocolError) as told:
        read_world(source, changes)
    return told.value


@pytest.mark.parametrize("name", shipped_worlds())
def test_what_is_written_is_read_back(name: str, tmp_path: Path) -> None:
    world = read_world(name)
    (tmp_path / "world.yaml").write_text(write_document(world), encoding="utf-8")
    assert read_world(tmp_path / "world.yaml") == world
    assert world.name == name


def test_what_is_written_down_changes_no_course() -> None:
    """The digest is that of the courses: what a registry makes of them does not enter."""
    plain = read_world("S0").digest()
    assert read_world("S0", {"registry.missing_results": 0.5, "registry.rounding_days": 7}).digest() == plain
    assert read_world("S0", {"hct.ngs_positive": 1.3}).digest() != plain


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("nrm.per_month", -0.1, "greater than or equal to 0 (given: -0.1)"),
        ("aplasia_loss.per_month", [0.1, -0.2, 0.1, 0.1], "greater than or equal to 0 (given: -0.2)"),
        ("hct.per_month", [0.1, 0.2], "2 rates for 3 ages; a rate is needed before the first age and after"),
        ("aplasia_loss.until", [5, 4, 3], "each must be larger than the one before"),
        ("mrd_rise.after_loss.per_month", [[0.1, 0.1, 0.1]], "3 rows of 3 rates are needed"),
        ("visits.months", [], "at least 1 item"),
        ("visits.months", [0, 1, 1], "each must be larger than the one before"),
        ("visits.missed", 1.5, "less than or equal to 1 (given: 1.5)"),
        ("registry.remission", float("nan"), "neither a finite number"),
        ("registry.remission", float("inf"), "neither a finite number"),
        ("registry.remission", "0.9", "should be a valid number (given: '0.9')"),
        ("registry.remission", True, "should be a valid number"),
        ("registry.assessment_days", [35, 28], "from day 35 to day 28"),
        ("registry.assessment_days", [1, 30], "greater than or equal to 2 (given: 1)"),
        ("registry.assessment_days", [28], "the field '1' is missing"),
        ("registry.years", [2019, 2016], "from year 2019 to year 2016"),
        ("registry.late_entry.months", [6, 2], "from month 6 to month 2"),
        ("registry.late_entry", {"share": 0.1}, "'months' is missing"),
        ("registry.rounding_days", 1.5, "should be a valid integer"),
        ("registry.rounding_days", 0, "greater than or equal to 1 (given: 0)"),
        ("follow_up.administrative_months", [66, 18], "from month 66 to month 18"),
        ("hct.is_label", "no", "should be a valid boolean (given: 'no')"),
        ("hct", 5, "should be an object (given: 5)"),
        ("hct.log_ratios.donors", 1, "'donors' is unknown"),
        ("sites", 0, "greater than or equal to 1 (given: 0)"),
        ("sites", None, "should be a valid integer"),
    ],
)
def test_values_that_cannot_be(name: str, value: Any, found: str) -> None:
    error = refused("S0", {name: value})
    assert error.code == "P003"
    assert found in error.found
    assert error.where.startswith("change of a parameter, ")
    assert name.split(".", maxsplit=1)[0] in error.where


def test_the_parameter_that_was_changed_last_is_named() -> None:
    assert refused("S9", {"hct.per_month": [1]}).where == "change of a parameter, hct.per_month"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("hct.ngs_postive", "there is no parameter 'hct.ngs_postive' (did you mean 'ngs_positive'?)"),
        ("transplant", "there is no parameter 'transplant'"),
        ("assay.sensitivity.x", "there is no parameter 'assay.sensitivity.x'"),
        ("", "there is no parameter ''"),
        ("hct..until", "there is no parameter 'hct..until'"),
    ],
)
def test_parameters_that_there_are_not(name: str, found: str) -> None:
    error = refused("S0", {name: 1})
    assert (error.code, error.found) == ("P130", found)


def test_worlds_that_there_are_not(tmp_path: Path) -> None:
    error = refused("S00")
    assert error.code == "P131"
    assert "neither a shipped world nor a file (did you mean 'S" in error.found
    assert refused(tmp_path / "no.yaml").code == "P001"


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("5\n", "P003", ""),
        ("- 1\n", "P003", ""),
        ("from: S0\nchange: [1]\n", "P003", "no mapping"),
        ("from: [S0]\n", "P003", "no name"),
        ("from: S0\nchange: {hct.until: [1, 5, 1e400]}\n", "P002", ""),
        ("from: S0\nchange: {assay.sensitivity: 1e-}\n", "P003", "valid number (given: '1e-')"),
        ("from: S0\nfoo: 3\n", "P003", "'foo' is unknown"),
        ("from: S0\nname: 3 blind mice\n", "P003", "match pattern"),
        ("from: S0\nchange: {sites: 2, sites: 3}\n", "P002", "duplicate"),
        ("from: S0\nchange: {sites: [}\n", "P002", ""),
        ("name: S0\n", "P003", "is missing"),
        ("from: other.yaml\n", "P001", ""),
        ("from: world.yaml\n", "P003", "more than 20 worlds in a row"),
    ],
)
def test_files_that_are_no_worlds(text: str, code: str, found: str, tmp_path: Path) -> None:
    (tmp_path / "world.yaml").write_text(text, encoding="utf-8")
    error = refused(tmp_path / "world.yaml")
    assert error.code == code
    assert found in error.found
    assert "world.yaml" in error.where or "other.yaml" in error.where


def test_a_file_built_from_another_one(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "name: mine\ntitle: Mine\nsays: More.\nfrom: S9\nchange: {sites: 7}\n", "utf-8"
    )
    (tmp_path / "yours.yaml").write_text(
        "name: yours\ntitle: Yours\nsays: Less.\nfrom: mine.yaml\nchange: {assay.sensitivity: 1}\n", "utf-8"
    )
    world = read_world(tmp_path / "yours.yaml")
    assert (world.name, world.sites, world.assay.sensitivity) == ("yours", 7, 1)
    assert world.hct.site_sd == read_world("S9").hct.site_sd > 0


def test_a_wrong_value_of_a_file_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "name: mine\ntitle: Mine\nsays: More.\nfrom: S0\nchange:\n  sites: 7\n  nrm.per_month: -1\n", "utf-8"
    )
    assert refused(tmp_path / "mine.yaml").where == "mine.yaml, line 5, change, nrm.per_month"

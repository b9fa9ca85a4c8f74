"""Prognostic table, ladder and tests: what stands where, against the invented study they are made from."""

from typing import Any

import polars as pl
import pytest

from equipoise.base.clock import months_to_days
from equipoise.base.findings import FindingStatus
from equipoise.rendering.answer import answer_lines
from equipoise.rendering.figure import Figure, ForestRow
from equipoise.rendering.figures.contrast_axes import difference_axis, ratio_axis
from equipoise.rendering.figures.ladder import ladder_figures
from equipoise.rendering.figures.outcomes import outcome_figures
from equipoise.rendering.figures.prognosis import prognosis_figures
from equipoise.rendering.figures.rung_curves import rung_curve_figures
from equipoise.rendering.hypotheses import doubts, hypotheses_table
from equipoise.rendering.layout.frame import place
from equipoise.rendering.methods import methods
from equipoise.rendering.prognostic import groups_of
from equipoise.rendering.prognostic_sentences import group_sentences
from equipoise.rendering.reading import Estimate, Reading
from equipoise.rendering.report import report_html
from equipoise.rendering.setting import Setting
from equipoise.rendering.tables import estimates_table
from equipoise.study.study import Study


def rows_of(figure: Figure) -> list[ForestRow]:
    assert figure["forest"] is not None
    return figure["forest"]["rows"]


def row_of(figure: Figure, label: str, after: str = "") -> ForestRow:
    """The first row of a label below the row that `after` begins."""
    rows = rows_of(figure)
    start = next((k for k, row in enumerate(rows) if row["label"].startswith(after)), 0)
    return next(row for row in rows[start:] if row["label"].startswith(label) and row["kind"] == "row")


def texts(row: ForestRow) -> list[list[str]]:
    return [[one["text"] for one in cell] for cell in row["cells"]]


@pytest.fixture(scope="module")
def survival(reading: Reading, setting: Setting) -> Figure:
    return prognosis_figures(reading, setting)[0]


@pytest.fixture(scope="module")
def ladder(reading: Reading, setting: Setting) -> Figure:
    (figure,) = ladder_figures(reading, setting)
    return figure


def test_each_group_has_its_counts_its_risk_and_its_ratios_in_this_order(survival: Figure) -> None:
    assert texts(row_of(survival, "group A")) == [["150"], ["50"], ["70 (60 to 80)"], ["1 (reference)"]]
    assert texts(row_of(survival, "group B")) == [
        ["139"],
        ["46"],
        ["65 (55 to 75)"],
        ["1.82 (1.10 to 3.01)", "1.50 (0.98 to 2.30)"],  # alone, shrunken; the joint one stands in the table
    ]
    numbers = [row[3] for row in survival["table"]["rows"] if row[1] == "group B"]
    assert [str(name).split(", ")[-1] for name in numbers] == [
        "absolute risk or survival",
        "alone",
        "with all covariates together",
        "shrunken",
    ]


def test_marks_are_the_rows_of_the_study(reading: Reading, survival: Figure) -> None:
    (risk,) = row_of(survival, "group B")["cells"][2]
    day = months_to_days(24.0)
    (row,) = (
        reading.table("estimates")
        .filter(pl.col("outcome") == "os", strategy="flt3=B", measure="survival", day=day)
        .to_dicts()
    )
    assert (risk["estimate"], risk["lower"], risk["upper"]) == (row["estimate"], row["lower"], row["upper"])


def test_models_are_told_apart_by_their_sign(reading: Reading, setting: Setting) -> None:
    incidence = prognosis_figures(reading, setting)[1]
    shapes = [one["shape"] for one in row_of(incidence, "group B")["cells"][3]]
    assert shapes == ["circle", "diamond", "square"]
    assert [entry["shape"] for entry in incidence["legend"]] == shapes
    assert [entry["label"] for entry in incidence["legend"]] == [
        "Alone",
        "With all others, shrunken (unshrunken: in the numbers)",
        "Fine–Gray, alone",
    ]


def test_a_separated_group_is_told_in_words_and_has_no_mark(survival: Figure) -> None:
    words, shrunken = row_of(survival, "above 40")["cells"][3]
    assert words["text"] == "not finite: all events on one side"
    assert words["estimate"] is None
    assert shrunken["estimate"] == 1.9


def test_what_changes_and_what_is_judged_later_stand_apart(survival: Figure) -> None:
    rows = rows_of(survival)
    parts = [row["label"] for row in rows if row["kind"] == "part"]
    assert parts == [
        "Known at time zero (first complete remission)",
        "May change later: hazard ratio as it happens",
        "As known at month 6",
    ]
    notes = {row["label"]: row["note"] for row in rows if row["kind"] == "group"}
    assert notes["Age at diagnosis"] == "Not known in 12."
    assert notes["FLT3 mutation group"] == ""
    later = row_of(survival, "yes", after="As known at month 6")
    assert texts(later)[2:] == [["25 (15 to 35)"], ["0.70 (0.45 to 1.08)"]]


def test_a_slope_counts_patients_but_is_no_group_with_events(survival: Figure) -> None:
    assert texts(row_of(survival, "for each 10 more")) == [
        ["95"],
        [],
        [],
        ["1.21 (1.05 to 1.40)", "1.18 (1.03 to 1.35)"],
    ]


def test_no_sentence_has_a_ratio_without_an_absolute_number(survival: Figure) -> None:
    said = [one for one in survival["sentences"] if "hazard ratio" in one]
    assert len(said) == 6
    assert all("survival" in one and "\u202f%" in one for one in said)
    assert said[0] == (
        "FLT3 mutation group, group B: 2-year overall survival was 65\u202f% (95\u202f% CI 55 to 75): "
        "139 patients, 46 with death by then; hazard ratio against group A: 1.82 (95\u202f% CI 1.10 to 3.01; "
        "Cox, Efron, alone), 1.60 (95\u202f% CI 0.95 to 2.70; Cox, Efron, together) and 1.50 "
        "(95\u202f% posterior interval 0.98 to 2.30; Cox, Efron, together, shrunken (prior SD 0.7))."
    )


def sentences_of(study: Study, change: dict[str, Any], **where: Any) -> dict[str, str]:
    """Sentences of survival by their lead, after changing rows of the prognostic table."""
    is_row = pl.all_horizontal(pl.col(name).eq_missing(pl.lit(value)) for name, value in where.items())
    changed = [
        pl.when(is_row).then(pl.lit(value)).otherwise(name).alias(name) for name, value in change.items()
    ]
    table = study.tables["prognosis"]
    tables = {**study.tables, "prognosis": table.with_columns(changed).cast(dict(table.schema))}
    reading = Reading(Study(study.protocol, study.vocabulary, tables, {}, (), (), study.manifest))
    return dict(one.split(": ", 1) for one in group_sentences(reading, groups_of(reading, "os")))


def test_patients_and_events_stand_with_each_percentage_beside_a_ratio(survival: Figure) -> None:
    said = next(one for one in survival["sentences"] if "for each 10 more" in one)
    assert "70\u202f% (" not in said
    assert "(up to 40 years: 117 patients, 39 with death by then)" in said
    assert "(above 40 years: 106 patients, 35 with death by then)" in said


def test_a_group_without_patients_borrows_no_numbers_of_others(study: Study) -> None:
    said = sentences_of(study, {"n": 0, "events": 0, "strategy": "flt3=D"}, strategy="flt3=C")
    assert said["FLT3 mutation group, group C, which has a long name that must be wrapped"] == "no patients."


def test_a_ratio_of_a_group_that_nobody_is_in_at_first_is_told_apart_from_landmarks(
    study: Study, setting: Setting
) -> None:
    said = sentences_of(study, {"n": 0, "events": 0}, strategy="transplanted=yes")["Transplanted, yes"]
    start, ratio, risks = said.split("; ", 2)[0], said.index("hazard ratio"), said.index("for those followed")
    assert start == "nobody was in this group at time zero"
    assert "hazard ratio against no, judged as it happens, of patients as they come to it later: 0.62" in said
    assert ratio < risks
    assert "month 6, by what was known then, was 30\u202f% (no: 62 patients, 20 with death by then)" in said
    table = study.tables["prognosis"]
    empty = pl.when(strategy="transplanted=yes").then(0).otherwise("n").cast(table.schema["n"]).alias("n")
    tables = {**study.tables, "prognosis": table.with_columns(empty)}
    figure = prognosis_figures(
        Reading(Study(study.protocol, study.vocabulary, tables, {}, (), (), study.manifest)), setting
    )[0]
    notes = [row["note"] for row in rows_of(figure) if row["label"] == "yes"]
    assert notes == ["Nobody at time zero: the ratio is of patients as they come to it later.", ""]


def test_one_patient_is_no_plural(study: Study) -> None:
    said = sentences_of(study, {"n": 1, "events": 0}, strategy="flt3=B")["FLT3 mutation group, group B"]
    assert "1 patient, 0 with death by then; hazard ratio against group A: 1.82" in said


def test_what_is_not_finite_is_told_in_words_that_go_on(survival: Figure) -> None:
    said = next(one for one in survival["sentences"] if ", above 40 years" in one)
    assert (
        "against up to 40 years: not finite, as all events are on one side (Cox, Efron, alone) and 1.90"
        in said
    )


def test_the_joint_ratio_before_shrinkage_is_pointed_at(survival: Figure) -> None:
    assert (
        "the joint ratio before it is shrunken stands in the numbers behind this figure"
        in survival["caption"]
    )


def estimate(value: float | None, lower: float | None = None, upper: float | None = None) -> Estimate:
    nothing: dict[str, Any] = dict.fromkeys(Estimate.__dataclass_fields__)
    return Estimate(**{**nothing, "estimate": value, "lower": lower, "upper": upper})


def test_one_is_half_way_between_a_tenth_and_ten() -> None:
    axis = ratio_axis([estimate(1.0, 0.02, 40.0)])
    assert (axis["first"], axis["last"]) == (0.1, 10.0)
    assert place(axis, 1.0, 0.0, 100.0) == pytest.approx(50.0)
    assert place(axis, 0.5, 0.0, 100.0) + place(axis, 2.0, 0.0, 100.0) == pytest.approx(100.0)
    assert place(axis, 40.0, 0.0, 100.0) == 100.0
    assert place(axis, 0.0, 0.0, 100.0) == 0.0


def test_the_axis_of_ratios_always_holds_every_ratio_and_one() -> None:
    axis = ratio_axis([estimate(30.0, 12.0, 80.0), estimate(0.004), estimate(None)])
    assert axis["first"] <= 0.01
    assert axis["last"] >= 30.0
    assert 1.0 in axis["ticks"]
    assert ratio_axis([])["ticks"] == [0.5, 1.0, 2.0]


def test_the_axis_of_differences_holds_zero_and_every_limit() -> None:
    axis = difference_axis([estimate(0.33, 0.17, 0.48)])
    assert (axis["first"], axis["ticks"][0]) == (0.0, 0.0)
    assert axis["last"] == 0.6
    both = difference_axis([estimate(-0.2, -0.31, -0.1), estimate(0.1, 0.0, 0.2)])
    assert both["first"] <= -0.31
    assert 0.0 in both["ticks"]


def test_rungs_have_their_difference_and_the_last_of_two_twins_the_ratio(
    reading: Reading, ladder: Figure
) -> None:
    numbered = {row["label"][:2]: row for row in rows_of(ladder) if row["kind"] == "row"}
    assert list(numbered) == ["N1", "N2", "N3", "N4", "N5"]
    rows = reading.table("estimates").filter(measure="survival_difference", day=months_to_days(36.0))
    by_strategy = dict(zip(rows["strategy"], rows["estimate"], strict=True))
    (first,) = numbered["N1"]["cells"][3]
    assert first["estimate"] == by_strategy["N1 ever hct"]
    assert first["text"] == "+33.3 (25.3 to 41.3)"
    assert texts(numbered["N1"])[:2] == [["200 v 240"], ["80 v 150"]]
    assert texts(numbered["N4"])[4] == []
    assert texts(numbered["N5"])[3:] == [["curves and difference as above"], ["1.10 (0.70 to 1.70)"]]


def test_the_ladder_says_that_it_is_biased_and_why(ladder: Figure) -> None:
    first, *rungs = rows_of(ladder)
    assert (first["kind"], first["label"]) == ("part", "BIASED, shown for comparison")
    assert all(row["note"].startswith("A reason of one line why N") for row in rungs)
    assert all(one["shape"] == "circle" for row in rungs for one in row["cells"][3] if one["estimate"])
    assert "Biased: A reason of one line why N1" in ladder["sentences"][0]
    assert "a difference of +33.3 points (95\u202f% CI 25.3 to 41.3)" in ladder["sentences"][0]


def test_the_ladder_is_read_at_the_last_month_that_follow_up_supports(
    study: Study, setting: Setting, ladder: Figure
) -> None:
    assert "3-year overall survival" in ladder["title"]
    sparse = (pl.col("outcome") == "os") & (pl.col("strategy") == "natural course") & (pl.col("day") > 400)
    status = pl.when(sparse).then(pl.lit(FindingStatus.SPARSE.value)).otherwise("status")
    tables = {**study.tables, "estimates": study.estimates.with_columns(status=status)}
    shorter = Study(study.protocol, study.vocabulary, tables, {}, (), (), study.manifest)
    assert "1-year overall survival" in ladder_figures(Reading(shorter), setting)[0]["title"]


def test_curves_of_the_rungs_are_the_rows_of_the_study(reading: Reading, setting: Setting) -> None:
    (figure,) = rung_curve_figures(reading, setting)
    assert [panel["title"][:11] for panel in figure["panels"]] == [f"N{k} (biased)" for k in (1, 2, 3, 4)]
    treated, untreated = (mark for mark in figure["panels"][2]["marks"] if mark["mark"] == "curve")
    rows = reading.table("estimates").filter(measure="survival", strategy="N3 hct by month 6")
    assert treated["y"] == rows["estimate"].to_list()
    assert (treated["x"][0], treated["dashed"], untreated["dashed"]) == (6.0, False, True)
    (group,) = figure["panels"][2]["risk"]
    assert [row["label"] for row in group["rows"]] == ["Treated", "Untreated"]
    assert group["rows"][0]["numbers"][:2] == [None, rows["at_risk"][6]]


def test_groups_and_rungs_do_not_enter_what_is_about_all_patients(reading: Reading, setting: Setting) -> None:
    outcomes = outcome_figures(reading, setting)
    drawn = [
        mark["label"]
        for figure in outcomes
        for panel in figure["panels"]
        for mark in panel["marks"]
        if mark["mark"] == "curve"
    ]
    assert len(drawn) == 5
    listed = " ".join(" ".join(row.cells) for row in estimates_table(reading, setting).rows)
    assert "natural course" not in listed
    assert not any(word in listed for word in ("N1", "N4", "flt3", "Hazard ratio", "Difference"))


def test_the_terminal_is_told_of_the_ladder_in_one_line(study: Study) -> None:
    lines = [line for line in answer_lines(study) if "Naive comparisons" in line]
    assert lines == [
        "Naive comparisons put the difference that transplant makes to 3-year overall survival between "
        "+33.3 (N1) and +14.0 (N4) points; all are biased: see the ladder in the report."
    ]


def test_tests_stand_under_their_outcome_with_p_values_as_printed(reading: Reading) -> None:
    table = hypotheses_table(reading)
    assert table is not None
    assert [row.cells[0] for row in table.rows if row.is_heading] == [
        "Overall survival",
        "Cumulative incidence of relapse",
    ]
    by_name = {row.cells[0]: row.cells[1:] for row in table.rows}
    assert by_name["Log-rank: FLT3 mutation group"][1:] == ("25.31", "2", "<0.001", "")
    assert by_name["Log-rank: transplanted at month 6"][1:4] == ("2.40", "1", "0.12")
    assert by_name["Wald: all covariates together"][1:4] == (
        "not finite: all events on one side",
        "2",
        "",
    )
    assert by_name["Mantel-Byar: transplant or not"][-1] == "E101"
    assert len(table.sentences) == 4


def test_a_p_value_where_less_than_one_event_is_expected_is_not_printed(study: Study) -> None:
    few = (
        pl.when(pl.col("about") == "Transplanted").then(pl.lit("E268")).otherwise("finding").alias("finding")
    )
    tables = {**study.tables, "tests": study.tables["tests"].with_columns(few)}
    changed = Reading(Study(study.protocol, study.vocabulary, tables, {}, (), (), study.manifest))
    table = hypotheses_table(changed)
    assert table is not None
    (row,) = (row for row in table.rows if row.cells[0].startswith("Log-rank: transplanted"))
    assert row.cells[2:] == ("2.40", "1", "–", "E268")
    assert not any("0.12" in one for one in table.sentences)
    assert len(table.sentences) == 3
    assert "E268" in table.note


def test_a_changing_ratio_sends_the_reader_to_the_absolute_risks(reading: Reading) -> None:
    (said,) = doubts(reading)
    assert said.startswith(
        "Overall survival: hazards do not look proportional for FLT3 mutation group (P value 0.01)."
    )
    assert said.endswith("read the absolute risks.")
    assert "Age" not in said


def test_methods_that_left_a_row_are_named_and_cited(reading: Reading, setting: Setting) -> None:
    found = methods(reading, setting)
    text = " ".join(found.paragraphs)
    for words in (
        "proportional-hazards regression",
        "(SD 0.7)",
        "Fine and Gray",
        "Simon and Makuch",
        "log-rank test",
    ):
        assert words in text
    assert {"cox1972", "verweij1994", "simon1984", "mantel1974"} <= {one.key for one in found.references}


def test_without_the_toolbox_its_sections_are_absent(study: Study) -> None:
    tables = {
        name: frame for name, frame in study.tables.items() if name not in {"prognosis", "naive", "tests"}
    }
    bare = Study(study.protocol, study.vocabulary, tables, {}, (), study.citations, study.manifest)
    html = report_html(bare)
    assert not any(f'id="{name}"' in html for name in ("prognosis", "ladder", "tests"))
    assert all(f'id="{name}"' in report_html(study) for name in ("prognosis", "ladder", "tests"))

"""What the figures say, against the invented study they are made from."""

from typing import Any

import polars as pl
import pytest

from equipoise.emulate.flow import Box, flow_table
from equipoise.rendering.figure import Figure, Mark
from equipoise.rendering.figures.estimands import estimands_figure, handled, pairs
from equipoise.rendering.figures.flow import flow_figure
from equipoise.rendering.figures.funnel import curves_figure, steps_figure
from equipoise.rendering.figures.lost_time import lost_time_figure
from equipoise.rendering.figures.occupancy import occupancy_figure
from equipoise.rendering.figures.outcomes import outcome_figures
from equipoise.rendering.figures.swimmer import LANES, swimmer_figure
from equipoise.rendering.reading import Reading
from equipoise.rendering.report import report_html
from equipoise.rendering.setting import Setting, setting_of
from equipoise.study.study import Study


def marks(figure: Figure, kind: str) -> list[Any]:
    return [mark for panel in figure["panels"] for mark in panel["marks"] if mark["mark"] == kind]


def changed(study: Study, **tables: pl.DataFrame) -> Reading:
    return Reading(
        Study(
            study.protocol,
            study.vocabulary,
            {**study.tables, **tables},
            study.patients,
            study.findings,
            study.citations,
            study.manifest,
        )
    )


def test_outcomes_in_the_order_of_the_protocol_with_competing_ones_together(
    reading: Reading, setting: Setting
) -> None:
    found = outcome_figures(reading, setting)
    assert [one["key"] for one in found] == ["curve-os", "curve-dfs", "incidence-relapse", "incidence-hct"]
    together = found[2]
    assert [mark["label"] for mark in marks(together, "curve")] == ["Relapse", "Death in remission"]
    assert [group["heading"] for group in together["panels"][0]["risk"]] == [
        "",
        "Relapse",
        "Death in remission",
    ]
    assert together["panels"][0]["x"]["label"] == "Months from first complete remission"


def test_the_curve_and_its_table_at_risk_are_the_rows_of_the_study(
    reading: Reading, setting: Setting
) -> None:
    figure = outcome_figures(reading, setting)[0]
    rows = reading.table("estimates").filter(outcome="os", measure="survival", strategy="natural course")
    (curve,) = marks(figure, "curve")
    assert curve["y"] == rows["estimate"].to_list()
    assert curve["lower"] == rows["lower"].to_list()
    risk = reading.table("risk_table").filter(outcome="os", strategy="natural course")
    (group,) = figure["panels"][0]["risk"]
    by_label = {row["label"]: row["numbers"] for row in group["rows"]}
    for label, column in (("At risk", "at_risk"), ("Censored", "censored"), ("Events", "events")):
        assert by_label[label] == risk[column].gather([0, 12, 24, 36, 48, 60]).to_list()


def test_the_grey_zone_begins_on_the_first_day_with_too_few_at_risk(
    reading: Reading, setting: Setting
) -> None:
    figure = outcome_figures(reading, setting)[0]
    rows = reading.table("risk_table").filter(outcome="os", strategy="natural course")
    first = next(month for month, number in enumerate(rows["at_risk"]) if number < 45.4)
    assert [mark["since"] for mark in marks(figure, "shade")] == [first]
    assert all(mark["x"] < first for mark in marks(figure, "note"))
    assert "Pale part" in figure["caption"]


def test_a_rising_curve_carries_its_values_below(reading: Reading, setting: Setting) -> None:
    figures = {one["key"]: one for one in outcome_figures(reading, setting)}
    assert all(not mark["below"] for mark in marks(figures["curve-dfs"], "note"))
    assert all(mark["below"] for mark in marks(figures["incidence-hct"], "note"))


def test_the_stack_adds_up_and_keeps_the_clinical_order_from_the_top(
    reading: Reading, setting: Setting
) -> None:
    figure = occupancy_figure(reading, setting)
    assert figure is not None
    layers = marks(figure, "area")
    assert [layer["short"] for layer in reversed(layers)] == [
        "remission",
        "HCT in remission",
        "relapse",
        "HCT after relapse",
        "death in remission",
        "death after relapse",
    ]
    assert layers[0]["base"] == [0.0] * 61
    assert layers[-1]["top"] == pytest.approx([1.0] * 61)
    assert layers[-1]["base"][0] == 0.0  # everybody starts in the first state


def test_swimmer_lanes_are_chosen_by_rank_with_both_ends(reading: Reading, setting: Setting) -> None:
    figure = swimmer_figure(reading, setting)
    assert figure is not None
    last = reading.study.patients["courses"].group_by("patient").agg(pl.col("stop").max())["stop"]
    shown = [
        max(mark["last"] for mark in marks(figure, "lane") if mark["row"] == row) for row in range(LANES)
    ]
    assert shown == sorted(shown, reverse=True)
    assert shown[0] == pytest.approx(last.max() * 12 / 365.25)
    assert shown[-1] == pytest.approx(last.min() * 12 / 365.25)
    crosses = {mark["row"] for mark in marks(figure, "point") if mark["shape"] == "cross"}
    arrows = {mark["row"] for mark in marks(figure, "point") if mark["shape"] == "arrow"}
    assert crosses | arrows == set(range(LANES))
    assert not crosses & arrows
    assert "60 of 454 patients" in figure["caption"]


def test_without_patients_there_is_no_swimmer(study: Study, setting: Setting) -> None:
    bare = Study(
        study.protocol, study.vocabulary, study.tables, {}, study.findings, study.citations, study.manifest
    )
    assert swimmer_figure(Reading(bare), setting) is None


def test_the_flow_goes_down_and_says_who_left(reading: Reading) -> None:
    figure = flow_figure(reading)
    assert figure is not None
    assert [(box["n"], box["side"]) for box in figure["boxes"]] == [
        (646, False),
        (192, True),
        (454, False),
        (11, True),
        (443, False),
    ]
    assert figure["boxes"][1]["lines"] == ["100 with transplant", "141 with death"]


def test_a_criterion_that_excludes_nobody_takes_no_box_and_the_last_box_is_the_last(study: Study) -> None:
    boxes = [
        Box("a", None, "kept", "all", 10),
        Box("not_b", "a", "left", "not: b", 3),
        Box("b", "a", "kept", "b", 7),
        Box("not_c", "b", "left", "not: c", 0),
        Box("c", "b", "kept", "c", 7),
        Box("not_d", "c", "left", "not: d", 0),
        Box("d", "c", "kept", "followed", 7),
    ]
    figure = flow_figure(changed(study, flow=flow_table(boxes)))
    assert figure is not None
    assert [(box["label"], box["n"]) for box in figure["boxes"]] == [
        ("All", 10),
        ("Did not meet: b", 3),
        ("Followed", 7),
    ]


def test_four_estimands_on_identical_axes_with_the_naive_one_dashed(
    reading: Reading, setting: Setting
) -> None:
    assert pairs(reading) == [("hct", "dfs")]
    figure = estimands_figure(reading, setting, "hct", "dfs")
    assert len(figure["panels"]) == 4
    assert len({str((panel["x"], panel["y"]["scale"])) for panel in figure["panels"]}) == 1
    assert [_main(panel["marks"])["dashed"] for panel in figure["panels"]] == [False, True, False, False]
    assert figure["panels"][1]["title"] == "Censored (hypothetical), naive"
    assert [one.is_incidence for one in handled(reading, "hct", "dfs")] == [False, False, False, True]


def _main(drawn: list[Mark]) -> Any:
    return next(mark for mark in drawn if mark["mark"] == "curve" and not mark["ghost"])


def test_the_funnel_divides_by_the_step_before(reading: Reading) -> None:
    figure = steps_figure(reading, "after_relapse")
    assert figure["panels"][0]["y"]["values"] == ["160", "94 of 160 (59\u202f%)", "41 of 94 (44\u202f%)"]
    assert [bar["last"] for bar in marks(figure, "bar") if bar["colour"] == "a2"] == [160, 94, 41]


def test_the_naive_curve_stands_beside_that_of_all(reading: Reading, setting: Setting) -> None:
    figure = curves_figure(reading, setting, "after_relapse")
    assert figure is not None
    everybody, arrived = marks(figure, "curve")
    assert (everybody["dashed"], arrived["dashed"]) == (False, True)
    assert everybody["y"][12] < arrived["y"][12]
    assert arrived["label"].startswith("Naive")


def test_time_inside_and_lost_adds_up_to_the_horizon(reading: Reading, setting: Setting) -> None:
    figure = lost_time_figure(reading, setting)
    assert figure is not None
    bars = marks(figure, "bar")
    assert [(bar["first"], bar["last"]) for bar in bars] == [
        (0.0, pytest.approx(0.62 * 36)),
        (pytest.approx(0.62 * 36), pytest.approx(0.93 * 36)),
        (pytest.approx(0.93 * 36), pytest.approx(36)),
    ]
    assert [entry["label"] for entry in figure["legend"]] == [
        "Free of the event",
        "Lost to relapse",
        "Lost to death in remission",
    ]


def test_a_curve_without_any_number_is_left_out_and_the_report_still_stands(study: Study) -> None:
    numbers = ("estimate", "lower", "upper", "std_error")
    gone = (pl.col("outcome") == "os") | pl.col("strategy").str.starts_with("composite")
    emptied = study.estimates.with_columns(pl.when(~gone).then(pl.col(one)).alias(one) for one in numbers)
    bare = changed(study, estimates=emptied)
    setting = setting_of(study)
    assert outcome_figures(bare, setting)[0]["key"] == "curve-dfs"
    assert curves_figure(bare, setting, "after_relapse") is None
    assert len(estimands_figure(bare, setting, "hct", "dfs")["panels"]) == 3
    assert "not reached" in report_html(bare.study)

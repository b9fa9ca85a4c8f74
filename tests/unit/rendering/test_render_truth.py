"""Truth beside the naive analyses: what stands where, against the invented rows it is made from."""

import re

import pytest
from invented_truth import EARLY, WATCH, true_survival, truth_rows, with_truth
from packed import drawings

from equipoise.rendering.anatomy import anatomy_lines
from equipoise.rendering.answer import answer_lines
from equipoise.rendering.figure import Figure, ForestRow
from equipoise.rendering.figures.ladder import ladder_figures
from equipoise.rendering.figures.outcomes import outcome_figures
from equipoise.rendering.figures.reaching import reaching_figures
from equipoise.rendering.figures.rung_curves import rung_curve_figures
from equipoise.rendering.layout import NARROW, WIDE, lay_out
from equipoise.rendering.methods import methods
from equipoise.rendering.page import provenance, readout, whole_downloads
from equipoise.rendering.reading import Reading
from equipoise.rendering.report import report_html
from equipoise.rendering.scene import Path, Text
from equipoise.rendering.setting import Setting
from equipoise.rendering.tables import estimates_table
from equipoise.study.study import Study

MONTH = 36.0
TRUE = true_survival(EARLY, MONTH) - true_survival(WATCH, MONTH)  # .4868 - .3396


@pytest.fixture(scope="module")
def known(study: Study) -> Study:
    return with_truth(study)


@pytest.fixture(scope="module")
def reading_known(known: Study) -> Reading:
    return Reading(known)


@pytest.fixture(scope="module")
def ladder(reading_known: Reading, setting: Setting) -> Figure:
    (figure,) = ladder_figures(reading_known, setting)
    return figure


def rows_of(figure: Figure) -> list[ForestRow]:
    assert figure["forest"] is not None
    return figure["forest"]["rows"]


def test_the_truth_stands_below_the_rungs(ladder: Figure) -> None:
    rows = rows_of(ladder)
    parts = [row["label"] for row in rows if row["kind"] == "part"]
    assert parts == ["BIASED, shown for comparison", "Truth in this registry"]
    last = rows[-1]
    assert (last["label"], last["note"]) == (
        "Early transplant v watch",
        "Mean of 4,000,000 simulated courses.",
    )
    texts = [[one["text"] for one in cell] for cell in last["cells"]]
    assert texts == [[], [], ["48.7 v 34.0"], ["+14.7 (Monte-Carlo error 0.03)"], []]
    (entry,) = last["cells"][3]
    assert entry["estimate"] == pytest.approx(TRUE)
    assert entry["shape"] == "diamond"


def test_each_biased_number_says_how_far_it_is_off(ladder: Figure) -> None:
    """N1 is 33.28, N4 13.96; the truth 14.72. Rounded is the difference, not its parts."""
    notes = {row["label"][:2]: row["note"] for row in rows_of(ladder) if row["kind"] == "row"}
    assert notes["N1"].startswith("Off by +18.6 points. A reason of one line why N1")
    assert notes["N4"].startswith("Off by −0.8 points. A reason")
    assert notes["N5"].startswith("A reason of one line")  # its difference is that of N4


def test_a_line_at_the_truth_runs_through_all_rows(ladder: Figure) -> None:
    assert ladder["forest"] is not None
    column = ladder["forest"]["columns"][3]
    assert column["axis"] is not None
    assert column.get("truth") == pytest.approx(TRUE)
    assert column["axis"]["first"] <= TRUE <= column["axis"]["last"]
    for width in (WIDE, NARROW):
        items = lay_out(ladder, width).items
        lines = [one for one in items if isinstance(one, Path) and one.stroke == "c3" and one.dash]
        places = {round(x, 6) for line in lines if len(line.points) == 2 for x, _ in line.points}
        signs = [one for one in lines if one.points[0][1] == one.points[1][1]]  # of the legend
        assert len(lines) - len(signs) >= 5
        upright = places - {round(x, 6) for one in signs for x, _ in one.points}
        assert len(upright) == 1
        diamonds = [one for one in items if isinstance(one, Path) and one.closed and len(one.points) == 4]
        centres = {round(sum(x for x, _ in one.points) / 4, 6) for one in diamonds}
        assert upright < centres


def test_the_axis_holds_a_truth_beyond_all_numbers(study: Study, setting: Setting) -> None:
    far = [row | {"estimate": -0.9} if row["versus"] else row for row in truth_rows()]
    (figure,) = ladder_figures(Reading(with_truth(study, far)), setting)
    assert figure["forest"] is not None
    axis = figure["forest"]["columns"][3]["axis"]
    assert axis is not None
    assert axis["first"] <= -0.9


def test_legend_caption_and_words_name_the_truth(ladder: Figure) -> None:
    assert [entry["shape"] for entry in ladder["legend"]] == ["circle", "diamond", "dashes"]
    assert ladder["caption"].endswith("The dashed line is the truth, which only a virtual registry knows.")
    assert ladder["alternative"].endswith(
        "Truth in this registry, early transplant v watch: difference +14.7 (Monte-Carlo error 0.03) points."
    )
    assert "off the truth by +18.6 points" in ladder["alternative"]
    assert "; off the truth by +18.6 points; hazard ratio" in ladder["sentences"][0]
    assert ladder["sentences"][-1] == (
        "In this virtual registry the truth is known: early transplant v watch, 3-year overall survival is "
        "48.7\u202f% v 34.0\u202f%, a difference of +14.7 points (Monte-Carlo error 0.03)."
    )


def test_the_numbers_behind_the_ladder_hold_the_truth(ladder: Figure) -> None:
    table = ladder["table"]
    assert table["columns"][-1] == "minus the truth"
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    first = next(row for row in rows if row["analysis"] == "N1" and row["by month"] == MONTH)
    assert first["minus the truth"] == pytest.approx(first["estimate"] - TRUE, abs=2e-6)
    truths = [row for row in rows if row["analysis"] == "Truth"]
    assert [row["by month"] for row in truths] == [12.0, 24.0, 36.0, 60.0]
    assert truths[2]["estimate"] == pytest.approx(TRUE, abs=1e-6)
    assert truths[2]["treated"] == pytest.approx(true_survival(EARLY, MONTH), abs=1e-6)


def test_both_true_curves_stand_in_every_panel(reading_known: Reading, setting: Setting) -> None:
    (figure,) = rung_curve_figures(reading_known, setting)
    for panel in figure["panels"]:
        curves = [mark for mark in panel["marks"] if mark["mark"] == "curve" and mark["colour"] == "c3"]
        assert [mark["dashed"] for mark in curves] == [False, True]
        assert curves[0]["y"][36] == pytest.approx(true_survival(EARLY, MONTH))
        assert set(curves[0]["upper"]) == {None}
        assert panel["marks"].index(curves[0]) > 1  # upon the grey zone
    series = readout(figure, 0)["series"]
    assert [one["label"] for one in series[:2]] == ["Treated", "Untreated"]
    assert [one["label"] for one in series[2:]] == ["Truth: early transplant", "Truth: watch"]
    assert [(one["label"], one["shape"]) for one in figure["legend"][2:]] == [
        ("Truth: early transplant", "line"),
        ("Truth: watch", "dashes"),
    ]
    named = {row[0] for row in figure["table"]["rows"]}
    assert {"Truth: early transplant", "Truth: watch"} <= named
    assert "Truth: watch: 16.5\u202f% at 60 months." in figure["alternative"]
    assert "the truth of both strategies" in figure["caption"]


def test_the_anatomy_for_a_terminal(known: Study, study: Study) -> None:
    """N1 is 33.28, N4 13.96 and the truth 14.72 points; each number has its own lines, in 80 columns."""
    lines = anatomy_lines(known)
    assert max(map(len, lines)) < 80
    assert " ".join(lines[0].split()) == "3-year overall survival, early transplant minus watch points"
    rungs = {line.split()[0]: number for number, line in enumerate(lines) if re.match(r"  N\d ", line)}
    assert list(rungs) == ["N1", "N2", "N3", "N4"]
    for rung, off in (("N1", "+18.6"), ("N4", "−0.8")):
        said = " ".join(lines[rungs[rung] + 1 : rungs[rung] + 4])
        assert f"BIASED, off by {off}: " in said
    assert lines[rungs["N1"]].endswith("  +33.3")
    assert sum("BIASED" in line for line in lines) == len(rungs)
    assert [line.split() for line in lines[-2:]] == [
        ["Truth", "in", "this", "registry", "+14.7"],
        ["Monte-Carlo", "error", "0.03"],
    ]
    assert anatomy_lines(study) == []


def test_the_answer_says_it_first(known: Study) -> None:
    lines = [line for line in answer_lines(known) if "virtual registry" in line]
    assert lines == [
        "In this virtual registry the truth is known: early transplant instead of watch changes 3-year "
        "overall survival by +14.7 points (48.7\u202f% v 34.0\u202f%); the naive comparisons are off by "
        "between +18.6 (N1) and −0.8 (N4) points."
    ]


def test_a_truth_never_enters_the_answers(
    study: Study, reading: Reading, reading_known: Reading, setting: Setting
) -> None:
    """The truth of the natural course has the same outcome, measure and strategy as the estimate."""
    assert reading_known.block("os", "survival") == reading.block("os", "survival")
    assert outcome_figures(reading_known, setting) == outcome_figures(reading, setting)
    of_truth = reading_known.truth("os", "survival", "natural course")
    assert [one.role for one in of_truth] == ["truth"] * 61
    assert answer_lines(study)[0] == answer_lines(reading_known.study)[0]


def test_the_table_of_estimates_lists_what_stands_beside(study: Study, setting: Setting) -> None:
    published = [row | {"role": "published", "method": "a paper"} for row in truth_rows() if row["versus"]]
    reading = Reading(with_truth(study, [*truth_rows(), *published]))
    rows = [row.cells for row in estimates_table(reading, setting).rows]
    headings = [cells[0] for cells in rows if len(cells) == 1]
    assert "Overall survival · Survival · early transplant · truth" in headings
    assert "Overall survival · Survival · truth" in headings
    difference = "Overall survival · Difference in survival · early transplant v watch"
    assert {f"{difference} · truth", f"{difference} · published"} <= set(headings)
    place = [cells[0] for cells in rows].index(f"{difference} · truth")
    assert rows[place + 3][:3] == ("36", "+14.7 points", "14.7 to 14.8")
    text = " ".join(methods(reading, setting).paragraphs)
    assert "called truth were not estimated from these patients: mean of 4,000,000 simulated courses." in text
    assert "Numbers called published come from the literature: a paper." in text


def test_downloads_and_provenance_hold_it(reading_known: Reading) -> None:
    items = [row.cells[0] for row in provenance(reading_known).rows]
    assert "Truths and published numbers (SHA-256)" in items
    assert whole_downloads(reading_known)[0].name == "estimates.csv.gz"


def test_without_names_or_rows_nothing_changes(study: Study, setting: Setting) -> None:
    """Rows alone, or names alone, show no truth: the ladder is as it was."""
    plain = ladder_figures(Reading(study), setting)
    unnamed = with_truth(study)
    protocol = unnamed.protocol.model_copy(
        update={
            "naive_comparisons": tuple(
                one.model_copy(update={"between": None}) for one in unnamed.protocol.naive_comparisons
            )
        }
    )
    changed = Study(protocol, unnamed.vocabulary, unnamed.tables, {}, unnamed.findings, (), unnamed.manifest)
    assert ladder_figures(Reading(changed), setting) == plain
    assert ladder_figures(Reading(with_truth(study, [])), setting) == plain
    assert rung_curve_figures(Reading(with_truth(study, [])), setting) == rung_curve_figures(
        Reading(study), setting
    )
    assert not any("truth" in line for line in answer_lines(with_truth(study, [])))


def test_a_truth_at_other_months_is_not_the_truth_of_this_month(study: Study, setting: Setting) -> None:
    early = [row for row in truth_rows() if row["day"] < 900]
    (figure,) = ladder_figures(Reading(with_truth(study, early)), setting)
    assert all("Off by" not in row["note"] for row in rows_of(figure))
    assert figure["legend"] == []


def test_a_difference_without_curves_is_still_a_truth(study: Study, setting: Setting) -> None:
    alone = [row for row in truth_rows() if row["versus"]]
    reading = Reading(with_truth(study, alone))
    (figure,) = ladder_figures(reading, setting)
    assert rows_of(figure)[-1]["cells"][2] == []
    assert not any("virtual registry the truth is known" in one for one in figure["sentences"])
    (line,) = (one for one in answer_lines(reading.study) if "virtual registry" in one)
    assert "by +14.7 points; the naive" in line
    (curves,) = rung_curve_figures(reading, setting)
    assert len(curves["legend"]) == 2


def test_an_error_that_is_rounded_away_is_told_as_small(study: Study, setting: Setting) -> None:
    exact = [row | {"std_error": 1e-6} for row in truth_rows()]
    (figure,) = ladder_figures(Reading(with_truth(study, exact)), setting)
    assert rows_of(figure)[-1]["cells"][3][0]["text"] == "+14.7 (Monte-Carlo error <0.01)"
    limits = [row | {"std_error": None} for row in truth_rows()]
    (figure,) = ladder_figures(Reading(with_truth(study, limits)), setting)
    assert rows_of(figure)[-1]["cells"][3][0]["text"] == "+14.7 (14.7 to 14.8)"


def test_who_gets_there(reading_known: Reading, setting: Setting) -> None:
    (figure,) = reaching_figures(reading_known, setting)
    assert figure["title"] == "Who gets there: transplant after relapse"
    rows = rows_of(figure)
    labels = [row["label"] for row in rows]
    assert labels[:3] == [
        "Overall survival at 60 months",
        "All, from relapse",
        "N7 BIASED: only those with transplant, counted from it",
    ]
    assert labels[3:] == ["Transplant reached after relapse", *(f"By month {m}" for m in (12, 24, 36, 60))]
    everybody, arrived = rows[1], rows[2]
    assert (everybody["cells"][1][0]["shape"], arrived["cells"][1][0]["shape"]) == ("diamond", "circle")
    assert [cell[0]["text"] for cell in (everybody["cells"][0], arrived["cells"][0])] == ["160", "94"]
    assert arrived["note"].startswith("Off by +")
    assert arrived["note"].endswith("Only those who got as far as transplant are counted.")
    right, wrong = rows[4]["cells"][1]
    # .5 (1 - exp(-1.2)) = 34.9 %; 1.4 times as much is 48.9 %.
    assert (right["text"], right["shape"]) == ("35 (30 to 40)", "diamond")
    assert (wrong["text"], wrong["shape"]) == ("49 BIASED, off by +14", "circle")
    assert figure["sentences"][1].startswith(
        "By month 12 35\u202f% (95\u202f% CI 30 to 40) of those with relapse"
    )
    assert figure["sentences"][1].endswith("one minus Kaplan–Meier, which is biased, says 49\u202f%.")
    assert figure["sentences"][0].startswith("N7, From transplant after relapse v all from relapse (94 v 160")
    numbers = {row[0] for row in figure["table"]["rows"]}
    assert "BIASED, one minus Kaplan–Meier: reaching transplant" in numbers
    assert len(figure["table"]["rows"]) == 20


def test_the_funnel_is_no_rung_of_the_ladder(
    reading_known: Reading, setting: Setting, ladder: Figure
) -> None:
    assert not any(row["label"].startswith("N7") for row in rows_of(ladder))
    (curves,) = rung_curve_figures(reading_known, setting)
    assert len(curves["panels"]) == 4
    listed = [row.cells[0] for row in estimates_table(reading_known, setting).rows if row.is_heading]
    assert any("all, counted from relapse" in one for one in listed)


def test_without_a_funnel_there_is_no_such_figure(reading: Reading, setting: Setting) -> None:
    assert reaching_figures(reading, setting) == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_no_text_of_the_new_figures_leaves_the_drawing(
    reading_known: Reading, setting: Setting, ladder: Figure, width: float
) -> None:
    from equipoise.rendering.letters import width as text_width

    for figure in (ladder, *reaching_figures(reading_known, setting)):
        scene = lay_out(figure, width)
        for one in scene.items:
            if isinstance(one, Text):
                room = text_width(one.text, one.size, bold=one.bold)
                left = {"start": one.x, "middle": one.x - room / 2, "end": one.x - room}[one.anchor]
                assert left >= -1
                assert left + room <= width + 1, one.text


def test_the_report_holds_it_all(known: Study, study: Study) -> None:
    text = report_html(known)
    assert text.count("In this virtual registry the truth is known") == 1
    ladder = drawings(text)["figure-ladder-transplant-os"]["sentences"]
    assert sum("In this virtual registry the truth is known" in one for one in ladder) == 1
    assert 'id="figure-reaching-transplant"' in text
    assert "virtual registry" not in report_html(study)

"""The emulated trial in the report: what stands where, against the invented rows it is made from."""

import re
from dataclasses import replace

import polars as pl
import pytest
from invented_emulation import CHANGED, CONTROL, PAIR, SITES, N, difference, with_emulation
from invented_truth import EARLY, WATCH, true_survival

from equipoise.rendering.anatomy import anatomy_lines
from equipoise.rendering.emulated.balance import balances
from equipoise.rendering.emulated.headline import answer_of
from equipoise.rendering.emulated.tables import contrasts_view, gates_view, models_views, target_view
from equipoise.rendering.emulated.trial import Trial, trial_of
from equipoise.rendering.figure import Figure
from equipoise.rendering.figures.clones import clones_figure
from equipoise.rendering.figures.emulated_curves import emulated_curve_figures
from equipoise.rendering.figures.emulated_forest import emulated_forest_figures
from equipoise.rendering.figures.ladder import ladder_figures
from equipoise.rendering.figures.laws import laws_figure
from equipoise.rendering.figures.love import love_figure
from equipoise.rendering.figures.overlap import classes, overlap_figures
from equipoise.rendering.figures.support import support_figure
from equipoise.rendering.layout import NARROW, WIDE, lay_out
from equipoise.rendering.methods import methods
from equipoise.rendering.reading import Reading
from equipoise.rendering.report import report_html
from equipoise.rendering.scene import Path, Segments, Text
from equipoise.rendering.setting import Setting
from equipoise.study.study import Study

MONTH = 36.0


def trial(study: Study) -> Trial:
    found = trial_of(Reading(study))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def opened(study: Study) -> Trial:
    return trial(with_emulation(study))


@pytest.fixture(scope="module")
def sealed(study: Study) -> Trial:
    return trial(with_emulation(study, "sealed"))


def points(value: float) -> str:
    return f"{100 * value:+.1f}".replace("-", "−")


def test_a_study_without_emulation_has_none_and_says_none(study: Study) -> None:
    assert trial_of(Reading(study)) is None
    page = report_html(study)
    assert 'id="emulated"' not in page
    assert "headlines" not in page[page.index("<body>") :]


def test_emulated_rows_stand_apart_from_the_answers(opened: Trial) -> None:
    """A curve under a strategy is not one more curve of the natural course, and no naive comparison."""
    strategies = {strategy for _, _, strategy in opened.reading.blocks()}
    assert not {"early", "watch"} & strategies
    assert [one.title for one in opened.arms] == ["Watch", "Early transplant"]
    assert opened.pairs("os") == [PAIR]
    assert len(opened.level("os", "survival", "early")) == 61
    assert [one.month for one in opened.contrast("os", "survival_difference", PAIR)] == [12, 24, 36, 60]
    assert list(opened.again("os", "survival_difference", PAIR)) == [CHANGED]
    assert list(opened.controls()) == [CONTROL]


def test_the_headline_is_a_sentence_with_interval_and_truth(opened: Trial, setting: Setting) -> None:
    found = answer_of(opened, setting, MONTH)
    (one,) = found.headlines
    value, truth = difference(36), true_survival(EARLY, 36) - true_survival(WATCH, 36)
    low, high = (f"{100 * (value + shift):.1f}".replace("-", "−") for shift in (-0.1, 0.1))
    assert one.sentence == (
        f"3-year overall survival, early transplant minus watch: {points(value)} points "
        f"(95\u202f% CI {low} to {high}); the truth in this registry: {points(truth)} points."
    )
    assert not one.is_pale
    assert found.banners == ()
    assert f"{N} patients, from " in found.lead


def test_thin_support_is_a_banner_above_the_number(study: Study, setting: Setting) -> None:
    found = answer_of(trial(with_emulation(study, "amber")), setting, MONTH)
    (banner,) = found.banners
    assert (banner.verdict, found.headlines[0].is_pale) == ("amber", False)
    assert banner.sentence.startswith("Thin support: Early transplant. 12.3 patients count.")


def test_a_sealed_strategy_has_no_number_anywhere_but_its_reason_and_the_worst_case(
    sealed: Trial, setting: Setting
) -> None:
    found = answer_of(sealed, setting, MONTH)
    (banner,), (headline,) = found.banners, found.headlines
    assert banner.sentence.startswith("Sealed: Early transplant. Of 40 'x' 7.5 would start, and none did.")
    assert headline.is_pale
    assert "no number is shown; whatever happened to the others, it is within −45.0 to 62.0 points" in (
        headline.sentence
    )
    (forest,) = emulated_forest_figures(sealed, setting, MONTH)
    assert forest["forest"] is not None
    entries = [row["cells"][1][0] for row in forest["forest"]["rows"] if row["kind"] == "row"]
    assert [one["estimate"] for one in entries] == [None] * 5 + [-0.004]
    assert all(
        one["text"] == "not shown; worst case −45.0 to 62.0" and one.get("pale") for one in entries[:-1]
    )
    view = contrasts_view(sealed, setting)
    assert view is not None
    assert [row.is_pale for row in view.rows] == [False, *[True] * 7]
    assert {row.cells[2] for row in view.rows[1:]} == {"not shown"}


def test_a_sealed_curve_is_drawn_as_its_limits_only_and_nothing_is_subtracted(
    sealed: Trial, setting: Setting
) -> None:
    (figure,) = emulated_curve_figures(sealed, setting)
    (panel,) = figure["panels"]
    curves = [mark for mark in panel["marks"] if mark["mark"] == "curve"]
    assert [(one["label"], one["ghost"]) for one in curves if one["label"]] == [
        ("Early transplant: worst case", True),
        ("Watch", False),
    ]
    limits = [one for one in curves if one["ghost"]]
    assert [set(one["y"]) for one in limits] == [{0.2}, {0.9}]
    assert "Sealed: Early transplant." in figure["caption"]


def test_curves_have_both_bands_followers_and_the_thin_truth(opened: Trial, setting: Setting) -> None:
    (figure,) = emulated_curve_figures(opened, setting)
    levels, differences = figure["panels"]
    curves = {one["label"] or one.get("name"): one for one in levels["marks"] if one["mark"] == "curve"}
    assert set(curves) == {"Early transplant", "Watch", "Truth: early transplant", "Truth: watch"}
    early = curves["Early transplant"]
    assert early["lower"][36] == pytest.approx(early["y"][36] - 0.1)
    assert early["outer"]["x"][35] == 36  # no band on the first day, where nothing can differ
    assert early["outer"]["lower"][35] == pytest.approx(early["y"][36] - 0.15)
    assert curves["Truth: early transplant"]["thin"]
    assert curves["Truth: early transplant"]["y"][36] == pytest.approx(true_survival(EARLY, 36))
    groups = {one["heading"]: [row["numbers"] for row in one["rows"]] for one in levels["risk"]}
    ticks = len(levels["x"]["ticks"])
    assert list(groups) == ["Early transplant", "Watch"]
    assert all(rows == [[200] * ticks, [88] * ticks] for rows in groups.values())
    line, truth = (one for one in differences["marks"] if one["mark"] == "curve" and not one["ghost"])
    assert line["y"][24] == pytest.approx(difference(24))
    assert truth["y"][24] == pytest.approx(true_survival(EARLY, 24) - true_survival(WATCH, 24))
    whiskers = [one for one in differences["marks"] if one["mark"] == "whisker"]
    assert [one["x"] for one in whiskers] == [12, 24, 36, 60]
    (note,) = (one for one in differences["marks"] if one["mark"] == "note")
    assert (note["x"], note["y"], note["text"]) == (9, 0, "9 mo")
    assert "9 months (95\u202f% CI 3 to later than 60)" in figure["caption"]


def test_both_panels_have_one_axis_of_time_and_minus_signs(opened: Trial, setting: Setting) -> None:
    (figure,) = emulated_curve_figures(opened, setting)
    scene = lay_out(figure, WIDE)
    levels, differences = scene.plots
    assert (levels.left, levels.right) == (differences.left, differences.right)
    texts = [one.text for one in scene.items if isinstance(one, Text)]
    assert any(text.startswith("−") for text in texts)
    assert not any(text.startswith("-") for text in texts)


def forest(figure: Figure) -> list[tuple[str, str, str]]:
    """Kind, label and number of each row."""
    assert figure["forest"] is not None
    rows = figure["forest"]["rows"]
    return [
        (row["kind"], row["label"], row["cells"][1][0]["text"] if any(row["cells"]) else "") for row in rows
    ]


def test_the_forest_has_main_rows_then_one_thing_changed_then_controls(
    opened: Trial, setting: Setting
) -> None:
    (figure,) = emulated_forest_figures(opened, setting, MONTH)
    rows = forest(figure)
    assert [(kind, label) for kind, label, _ in rows] == [
        ("part", "Early transplant minus watch"),
        ("row", "By month 12"),
        ("row", "By month 24"),
        ("row", "By month 36"),
        ("row", "By month 60"),
        ("group", "Month 36, with one thing changed"),
        ("row", CHANGED[:1].upper() + CHANGED[1:]),
        ("part", "Negative controls: must be 0"),
        ("row", "The first half month, by month 0.5"),
    ]
    assert rows[3][2].startswith(f"{points(difference(36))} (")
    assert rows[6][2].startswith(f"{points(difference(36) + 0.01)} (")
    assert rows[8][2] == "−0.4 (−2.0 to 1.2)"


def test_the_ladder_ends_with_the_emulated_trial_and_the_truth(opened: Trial, setting: Setting) -> None:
    (figure,) = ladder_figures(opened.reading, setting)
    assert figure["forest"] is not None
    rows = figure["forest"]["rows"]
    assert [row["label"] for row in rows if row["kind"] == "part"] == [
        "BIASED, shown for comparison",
        "Emulated trial (clone, censor, weight)",
        "Truth in this registry",
    ]
    emulated = rows[-3]
    assert emulated["cells"][3][0]["shape"] == "square"
    assert emulated["cells"][3][0]["estimate"] == pytest.approx(difference(36))
    off = difference(36) - (true_survival(EARLY, 36) - true_survival(WATCH, 36))
    assert emulated["note"] == f"Off by {points(off)} points; its interval holds the truth."
    assert any(
        one.startswith("Emulated trial (clone, censor, weight): 3-year") for one in figure["sentences"]
    )


def test_the_console_has_four_lines(study: Study) -> None:
    lines = anatomy_lines(with_emulation(study))
    assert [re.split(r" {2,}", line.strip())[0] for line in lines] == [
        "3-year overall survival, early transplant minus watch",
        "ever v never HCT",
        "starting at HCT",
        "emulated trial (clone-censor)",
        "truth in this registry",
    ]
    assert points(difference(36)) in lines[3]
    assert "95\u202f% CI" in lines[3]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("sealed", "sealed: these data cannot answer"),
        ("amber", "thin support"),
    ],
)
def test_the_console_says_sealed_and_thin_in_words(study: Study, verdict: str, said: str) -> None:
    lines = anatomy_lines(with_emulation(study, verdict))
    (line,) = (one for one in lines if "emulated trial" in one)
    assert said in line
    assert (points(difference(36)) in line) == (verdict == "amber")


def test_the_clones_of_each_strategy_add_up(opened: Trial) -> None:
    figure = clones_figure(opened)
    assert figure is not None
    boxes = {one["label"]: one for one in figure["boxes"]}
    assert boxes["Patients in the extract"]["n"] == 646
    assert boxes["Not eligible at time zero (above)"]["n"] == 646 - N
    assert boxes["Followed from time zero, under every strategy"]["n"] == N
    for title in ("Watch", "Early transplant"):
        assert sum(int(line.split()[0]) for line in boxes[title]["lines"]) == boxes[title]["n"] == N
    assert boxes["Early transplant"]["lines"] == [
        "120 follow it to the end of follow-up (70 of them started as it asks)",
        "323 left: did not start by the end of the window (median day 183)",
    ]
    for width in (WIDE, NARROW):
        spine = [
            one for one in lay_out(figure, width).items if isinstance(one, Path) and len(one.points) == 2
        ]
        assert spine


def test_clones_that_do_not_add_up_are_our_mistake(study: Study) -> None:
    whole = with_emulation(study)
    clones = whole.tables["clones"].filter(pl.col("patients") != 323)
    broken = replace(whole, tables={**whole.tables, "clones": clones})
    with pytest.raises(ValueError, match="clones: early has 120 of 443"):
        clones_figure(trial(broken))


def test_centres_are_one_line_without_a_name(opened: Trial) -> None:
    old, sites = balances(opened, "early")
    assert (old.label, old.before, old.after) == ("Age of 60", 0.22, 0.02)
    assert (sites.label, sites.before, sites.after) == ("Centres: largest difference", 0.33, -0.125)
    assert sites.everybody is None
    page = report_html(opened.reading.study)
    for site in SITES:
        assert site.split()[1] not in page


def test_the_love_plot_has_a_line_at_a_tenth_either_side(opened: Trial) -> None:
    figure = love_figure(opened)
    assert figure is not None
    assert figure["forest"] is not None
    (column,) = figure["forest"]["columns"]
    assert column.get("guides") == [-0.1, 0.1]
    scene = lay_out(figure, WIDE)
    dotted = {path.points[0][0] for path in scene.items if isinstance(path, Path) and path.dash == (2, 3)}
    assert len(dotted) == 2
    signs = [row["cells"][0][0] for row in figure["forest"]["rows"] if row["kind"] == "row"]
    assert [(one.get("before"), one["estimate"]) for one in signs] == [(0.22, 0.02), (0.33, -0.125)]


def test_shares_of_the_time_at_risk_add_up(opened: Trial) -> None:
    found = classes(opened.reading.rows("overlap"))
    assert [(one.label, one.share, one.years, one.starts) for one in found] == [
        ("0 to 1\u202f%", 0.75, 30.0, 3),
        ("5 to 10\u202f%", 0.25, 10.0, 9),
    ]
    (figure,) = overlap_figures(opened)
    assert figure["title"] == "Who might have been treated, and was: transplant"


def test_the_law_is_a_straight_line_between_its_knots(opened: Trial) -> None:
    figure = laws_figure(opened)
    assert figure is not None
    scene = lay_out(figure, WIDE)
    (line,) = (one for one in scene.items if isinstance(one, Path) and one.stroke == "c2" and not one.fill)
    assert len(line.points) == 2


def test_weights_over_time_have_a_line_at_one_and_no_readout(opened: Trial, setting: Setting) -> None:
    figure = support_figure(opened, setting)
    assert figure is not None
    mean, number = figure["panels"]
    ghost, watch, _ = (one for one in mean["marks"] if one["mark"] == "curve")
    assert (ghost["y"], ghost["ghost"]) == ([1.0, 1.0], True)
    assert watch["lower"][30] == pytest.approx(0.97 - 0.02)
    assert [one["y"][30] for one in number["marks"] if one["mark"] == "curve"] == [293.0, 293.0]
    assert lay_out(figure, WIDE).plots == []


def test_contrasts_gates_models_and_the_target_trial_as_tables(opened: Trial, setting: Setting) -> None:
    contrasts = contrasts_view(opened, setting)
    assert contrasts is not None
    cells = {(row.cells[0], row.cells[1]): row.cells[2:] for row in contrasts.rows[1:]}
    assert cells["Ratio of risks", "36"] == ("0.80", "0.60 to 1.10", "88", "")
    assert cells["E-value", "36"] == ("1.81", "at least 1.00", "88", "")
    assert cells["Not below from then on", "60"] == ("9 mo", "3 to later than 60", "88", "")
    truth = true_survival(EARLY, 12) - true_survival(WATCH, 12)
    assert cells["Difference in survival", "12"][-1] == f"{points(truth)} points"
    assert "explain the number away" in contrasts.note
    gates = gates_view(opened)
    assert gates is not None
    assert gates.rows[-1].cells == ("Support", "open", "88 count.")
    (model,) = models_views(opened)
    assert [row.cells for row in model.rows] == [
        ("Hazard a month in months 0-1", "0.088", "0.038 to 0.205", "−6.9 (3)", "2.0", "17"),
        ("Age of 60", "2.50", "1.20 to 5.10", "0 (1)", "1.0", "9"),
    ]
    assert "The 2 centres have a ratio each, drawn towards 1, between 0.70 and 1.40" in model.note
    target = target_view(opened)
    assert [row.cells[0] for row in target.rows][:5] == [
        "Eligibility", "Strategies", "Watch", "Early transplant", "Assignment",
    ]  # fmt: skip
    assert target.rows[3].cells[1].startswith("Start transplant within 6 months of time zero")
    assert target.rows[4].cells[1].startswith("At random to one of 2 strategies")


def test_without_a_truth_no_column_waits_for_one(study: Study, setting: Setting) -> None:
    whole = with_emulation(study)
    answers = whole.estimates.filter(pl.col("role") != "truth")
    view = contrasts_view(trial(replace(whole, tables={**whole.tables, "estimates": answers})), setting)
    assert view is not None
    assert [name for name, _ in view.columns][-1] == "Effective number"
    assert {len(row.cells) for row in view.rows} == {1, 5}


def test_the_methods_name_clones_weights_inference_and_the_seed(opened: Trial, setting: Setting) -> None:
    (paragraph,) = (one for one in methods(opened.reading, setting).paragraphs if "cloned" in one)
    assert re.search(r"emulating a target trial \[\d+\]", paragraph)
    assert "Standard errors are those of leave-one-out over patients" in paragraph
    assert "1000 bootstrap draws, scaled to these standard errors (seed 2026)" in paragraph


def test_titles_and_labels_of_the_user_cannot_become_markup(study: Study) -> None:
    page = report_html(with_emulation(study, "amber", title="Early <script>alert(1)</script>"))
    assert "<script>alert" not in page
    assert "<b>cut</b>" not in page
    assert "Early &lt;script&gt;" in page


def test_a_pale_number_is_grey_and_its_limits_are_dashed(sealed: Trial, setting: Setting) -> None:
    (figure,) = emulated_forest_figures(sealed, setting, MONTH)
    for width in (WIDE, NARROW):
        scene = lay_out(figure, width)
        grey = [one for one in scene.items if isinstance(one, Text) and one.text.startswith("not shown")]
        assert grey
        assert {one.colour for one in grey} == {"soft"}
        dashes = [one for one in scene.items if isinstance(one, Path) and one.dash == (3, 3)]
        assert len(dashes) == 5
        assert any(isinstance(one, Segments) for one in scene.items)

"""The picture of the editorial's cohort shows its numbers, and marks what is naive or was printed."""

import re
from html import unescape

import pytest

from equipoise.evidence.find import number
from equipoise.rendering.editorial import editorial_html, render_editorial, sentences
from equipoise.rendering.editorial_numbers import Numbers
from equipoise.rendering.editorial_text import editorial_lines
from equipoise.rendering.figures.editorial import counted_figure, funnel_figure, strategies_figure
from equipoise.rendering.layout import NARROW, WIDE, lay_out
from equipoise.rendering.scene import Box, Circle, Path, Text
from equipoise.synth.differences import differences
from equipoise.synth.editorial.editorial import Editorial, editorial
from equipoise.synth.read import read_world


@pytest.fixture(scope="module")
def found() -> Editorial:
    return editorial(patients=24_000, draws=300, seed=5)


@pytest.fixture(scope="module")
def numbers(found: Editorial) -> Numbers:
    return Numbers(found)


def test_left_is_what_series_print_and_right_is_everybody(found: Editorial, numbers: Numbers) -> None:
    left, right = counted_figure(numbers)["panels"]
    bars = {
        side: [mark["last"] for mark in panel["marks"] if mark["mark"] == "bar" and mark["colour"] != "faint"]
        for side, panel in (("left", left), ("right", right))
    }
    naive = found.estimates.filter(role="naive")["estimate"].to_list()
    frame = found.estimates.filter(role="truth", day=1095.75)
    everybody = [
        frame.filter(outcome=outcome, strategy=strategy)["estimate"].item()
        for outcome, strategy in (
            ("dfs", "natural course, prior_hct: none"),
            ("os", "natural course, prior_hct: none"),
            ("clfs", "from relapse"),
            ("os", "from relapse"),
        )
    ]
    assert bars == {"left": naive, "right": everybody}
    assert len(left["y"]["labels"]) == len(right["y"]["labels"]) == 4


def test_printed_numbers_and_limits_are_signs_upon_the_bars(found: Editorial, numbers: Numbers) -> None:
    left = counted_figure(numbers)["panels"][0]
    points = [(mark["row"], mark["shape"], mark["x"]) for mark in left["marks"] if mark["mark"] == "point"]
    assert [point for point in points if point[1] == "cross"] == [
        (0, "cross", 0.9), (1, "cross", 0.95), (2, "cross", 0.64),
    ]  # fmt: skip
    rows = found.estimates.filter(role="naive")
    limits = [(row, "bar", rows[name][row]) for row in range(4) for name in ("lower", "upper")]
    assert [point for point in points if point[1] == "bar"] == limits


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_signs_stand_in_the_middle_of_their_bars(numbers: Numbers, width: float) -> None:
    scene = lay_out(counted_figure(numbers), width)
    bars = [item for item in scene.items if isinstance(item, Box) and item.fill == "a5" and item.width > 20]
    middles = {round(bar.y + bar.height / 2, 3) for bar in bars}
    signs = [
        item for item in scene.items if isinstance(item, Path) and item.stroke == "ink" and item.width == 2
    ][1:]  # the first is that of the legend
    assert len(signs) == 8
    for one in signs:
        (_, top), (_, bottom) = one.points
        assert round((top + bottom) / 2, 3) in middles


def test_what_was_printed_is_never_shown_as_a_number_to_quote(found: Editorial, numbers: Numbers) -> None:
    text, page = "\n".join(editorial_lines(found)), editorial_html(found)
    figure = counted_figure(numbers)
    assert not number("myers-2026-dfs-pre-emptive-36").quotable
    assert "* editorial 10.3324/haematol.2025.300318: secondary source, not to be quoted" in text
    assert "not to be quoted" in figure["caption"]
    assert "as printed (not to be quoted)" in [entry["label"] for entry in figure["legend"]]
    assert "71 %, not to be quoted" in page
    assert "E249" in page
    printed = [row for row in figure["table"]["rows"] if row[2] == "published"]
    assert [row[-1] for row in printed] == ["E249"] * 3


def test_the_sentences_hold_the_numbers_of_the_table(found: Editorial, numbers: Numbers) -> None:
    series, everybody, why, effect = sentences(numbers)
    naive = found.estimates.filter(role="naive")["estimate"].to_list()
    assert [float(value) / 100 for value in re.findall(r"(\d+)\u202f%", series)] == pytest.approx(
        naive[:3], abs=0.005
    )
    truth = found.estimates.filter(role="truth", strategy="natural course, prior_hct: none", day=1095.75)
    assert f"{100 * truth.filter(outcome='dfs')['estimate'].item():.1f}\u202f%" in everybody
    steps = found.funnel.filter(funnel="relapse")["share"].to_list()
    assert all(f"{100 * share:.1f}\u202f%" in why for share in steps[1:3])
    for name in ("early", "watch", "on_bca_loss"):
        share = found.estimates.filter(outcome="dfs", strategy=f"{name}, prior_hct: none")["estimate"].item()
        assert f"{100 * share:.1f}\u202f%" in effect


def test_the_table_for_a_terminal_is_aligned_and_complete(found: Editorial) -> None:
    lines = editorial_lines(found)
    head, *rows = lines[:5]
    for title in ("as the series counts", "printed*", "everybody", "of whom, from when"):
        place = head.index(title)
        assert all(row[place - 1] == " " for row in rows)
        assert all(row[place] != " " for row in rows[:3])
    assert not any("\u202f" in line for line in lines)
    assert [line.split("  ")[0] for line in lines[7:10]] == [
        "Watch", "Early transplant", "Transplant on loss of B-cell aplasia",
    ]  # fmt: skip
    assert lines[11].startswith(f"of {found.eligible:,} in remission".replace(",", " "))


def test_the_page_is_one_file_that_asks_for_nothing(found: Editorial, tmp_path) -> None:
    page = render_editorial(found, tmp_path / "picture.html").read_text(encoding="utf-8")
    assert page == editorial_html(found)
    assert [one.name for one in tmp_path.iterdir()] == ["picture.html"]
    assert not re.search(r"(src|href)=\"(?!#|data:)", page)
    assert "default-src 'none'" in unescape(page)
    assert page.count("<figure ") == 3


def test_the_declared_changes_are_all_there(found: Editorial) -> None:
    page = editorial_html(found)
    changed = differences(found.world, read_world("S0"))
    assert len(changed) == 9
    for name, here, before in changed:
        assert name in page
        assert here in page
        assert before in page
    assert differences(found.world, found.world) == []
    assert differences(read_world("S2"), read_world("S0"))[0] == (
        "after_hct.relapse.per_month", "[0.03, 0.02, 0.01]", "[0.0065, 0.003, 0.001]",
    )  # fmt: skip


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_bars_of_funnels_and_strategies_are_their_shares(
    found: Editorial, numbers: Numbers, width: float
) -> None:
    for figure, shares in (
        (funnel_figure(numbers), found.funnel["share"].to_list()),
        (strategies_figure(numbers), [row[2] for row in strategies_figure(numbers)["table"]["rows"]]),
    ):
        bars = [
            mark["last"]
            for panel in figure["panels"]
            for mark in panel["marks"]
            if mark["mark"] == "bar" and mark["colour"] != "faint"
        ]
        assert bars == pytest.approx(shares, abs=1e-6)
        scene = lay_out(figure, width)
        assert all(0 <= item.x <= width for item in scene.items if isinstance(item, Text | Circle))

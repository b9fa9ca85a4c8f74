"""The report of the virtual registry in a real browser: nothing leaves it, the truth can be seen and read."""

import base64
import csv
import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_report_browser import CHROMIUM, COLLISIONS, CONTRASTS, FLAGS, TELEPHONE, WIDE, Visit

from equipoise.cli.demo import PATIENTS, SEED, Virtual
from equipoise.rendering.report import render
from equipoise.study import store
from equipoise.study.run import run

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
]

# Contrasts are measured by a test of their own, which knows what lies behind a text in a drawing.
RULES = {"rules": {"color-contrast": {"enabled": False}}, "resultTypes": ["violations"]}
EMULATED = ("emulated", "contrasts", "clones", "laws", "love", "support", "overlap")
LADDER = "#figure-ladder-transplant_or_not-dfs"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Virtual("S0", (), PATIENTS, SEED).gather(lambda stage: None)
    study = run(made.protocol, made.cohort, SEED, beside=made.beside, patients_from=made.patients_from)
    folder = tmp_path_factory.mktemp("virtual") / "study"
    store.write(study, folder)
    return render(store.read(folder), folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def wide(browser: Any, report: Path) -> Visit:
    return Visit(browser, report, viewport=WIDE)


def open_all(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


@pytest.mark.parametrize("viewport", [WIDE, TELEPHONE], ids=["wide", "telephone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_silent_and_asks_for_nothing(
    browser: Any, report: Path, viewport: dict[str, int], scheme: str
) -> None:
    visit = Visit(browser, report, viewport=viewport, color_scheme=scheme)
    visit.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    visit.page.wait_for_timeout(200)
    assert visit.said == []
    assert [url for url in visit.asked if not url.startswith(("data:", report.as_uri()))] == []


@pytest.mark.parametrize("width", [360, 390, 768, 1440])
def test_no_page_is_wider_than_its_window(browser: Any, report: Path, width: int) -> None:
    page = Visit(browser, report, viewport={"width": width, "height": 800}).page
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("viewport", [WIDE, TELEPHONE], ids=["wide", "telephone"])
def test_the_rules_of_accessibility_are_kept(browser: Any, report: Path, viewport: dict[str, int]) -> None:
    page = Visit(browser, report, viewport=viewport).page
    open_all(page)
    found = axe.Axe().run(page, options=RULES).response
    assert len(found["passes"]) > 30
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser: Any, report: Path, scheme: str) -> None:
    page = Visit(browser, report, viewport=WIDE, color_scheme=scheme).page
    open_all(page)
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 1000
    assert contrasts[0][0] >= 4.5, contrasts[0]


def test_it_says_at_the_head_that_nobody_lived(browser: Any, report: Path) -> None:
    for viewport in (WIDE, TELEPHONE):
        head = Visit(browser, report, viewport=viewport).page.locator("header .from")
        box = head.bounding_box()
        assert head.is_visible()
        assert box["y"] + box["height"] < viewport["height"]
        assert head.text_content().startswith("400 virtual patients, seed 2026, world S0 (reference world)")


@pytest.mark.parametrize("viewport", [WIDE, TELEPHONE], ids=["wide", "telephone"])
def test_the_truth_is_seen_in_the_ladder(browser: Any, report: Path, viewport: dict[str, int]) -> None:
    page = Visit(browser, report, viewport=viewport).page
    drawing = page.locator(f"{LADDER} .{'wide' if viewport == WIDE else 'narrow'} svg")
    heading = drawing.get_by_text("Truth in this registry", exact=True)
    heading.scroll_into_view_if_needed()
    assert heading.is_visible()
    truth = " ".join(drawing.locator("text").all_text_contents()).partition("Truth in this registry")[2]
    assert "Early transplant v watch" in truth
    assert "(Monte-Carlo error " in truth
    # As dark as any other text: the colour of a group reaches what it groups.
    ink = heading.evaluate("(one) => getComputedStyle(one).fill")
    assert ink == "rgb(26, 28, 31)"


@pytest.mark.parametrize("viewport", [WIDE, TELEPHONE], ids=["wide", "telephone"])
@pytest.mark.parametrize(
    "kind", ["prognosis", "ladder", "rungs", "reaching", "swimmer", "lost-time", *EMULATED]
)
def test_nothing_is_written_upon_something_else(
    browser: Any, report: Path, viewport: dict[str, int], kind: str
) -> None:
    page = Visit(browser, report, viewport=viewport).page
    layout = "wide" if viewport == WIDE else "narrow"
    drawings = page.locator(f"figure[id^=figure-{kind}] .{layout} svg").all()
    assert drawings
    for drawing in drawings:
        assert drawing.evaluate(COLLISIONS) == []


@pytest.mark.parametrize("viewport", [WIDE, TELEPHONE], ids=["wide", "telephone"])
def test_the_emulated_answer_comes_first_with_its_interval_and_the_truth(
    browser: Any, report: Path, viewport: dict[str, int]
) -> None:
    page = Visit(browser, report, viewport=viewport).page
    lines = page.locator("#answer .headlines li").all_text_contents()
    assert len(lines) == 4
    assert lines[0].startswith("3-year disease-free survival, early transplant minus watch: +")
    assert all("CI" in line and "the truth in this registry: " in line for line in lines)
    first, tiles = page.locator(".headlines").bounding_box(), page.locator(".tiles").bounding_box()
    assert first["y"] < tiles["y"]


def test_the_pointer_reads_differences_in_points(wide: Visit) -> None:
    zone = wide.page.locator("#figure-emulated-dfs-early-watch .wide .zone").last
    zone.scroll_into_view_if_needed()
    zone.focus()
    for _ in range(12):
        zone.press("ArrowRight")
    said = zone.get_attribute("aria-valuetext")
    assert re.search(
        r"Month 12, Difference: -?[\d.]+ points, Truth in this registry: -?[\d.]+ points", said
    ), said
    assert " %" not in said


def test_the_pointer_tells_treated_from_untreated_and_both_truths(wide: Visit) -> None:
    zone = wide.page.locator("#figure-rungs-transplant_or_not-dfs .wide .zone").first
    zone.scroll_into_view_if_needed()
    zone.focus()
    for _ in range(36):
        wide.page.keyboard.press("ArrowRight")
    lines = wide.page.locator("#readout div").all_text_contents()
    named = dict(line.split(": ", 1) for line in (one.replace("Truth: ", "Truth of ") for one in lines))
    assert list(named) == ["Treated", "Untreated", "Truth of early transplant", "Truth of watch"]
    rows = wide.page.locator("#figure-rungs-transplant_or_not-dfs details tr").all_text_contents()
    of_36 = {row.split("\n")[0][: row.index("36")]: row for row in rows if "36" in row.split("\n")[0][:40]}
    for curve, label in (("N1 treated", "Treated"), ("Truth: early transplant", "Truth of early transplant")):
        value = named[label].split("\u202f")[0].split(" ")[0]
        assert f"0.{value.replace('.', '')}" in of_36[curve], (curve, value)


def test_print_is_light_and_whole(browser: Any, report: Path) -> None:
    page = Visit(browser, report, viewport=WIDE, color_scheme="dark").page
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible()
    assert page.locator("header .from").is_visible()
    assert page.locator(f"{LADDER} .wide").is_visible()
    heading = page.locator(f"{LADDER} .wide svg").get_by_text("Truth in this registry", exact=True)
    assert heading.evaluate("(one) => getComputedStyle(one).fill") == "rgb(26, 28, 31)"


def test_the_download_of_all_estimates_finds_its_sentences(wide: Visit) -> None:
    tables = {}
    for name in ("estimates.csv", "estimands.csv"):
        with wide.page.expect_download() as waiting:
            wide.page.locator(f"a[download='{name}.gz']").click()
        assert waiting.value.suggested_filename == name
        text = Path(waiting.value.path()).read_text("utf-8-sig")
        tables[name] = list(csv.DictReader(io.StringIO(text)))
    sentences = {row["estimand"]: row["sentence"] for row in tables["estimands.csv"]}
    truths = [row for row in tables["estimates.csv"] if row["role"] == "truth"]
    assert len(truths) > 1000
    assert all(sentences[row["estimand"]].startswith("The truth: ") for row in truths)


def test_it_says_everything_without_scripts(browser: Any, report: Path) -> None:
    page = Visit(browser, report, viewport=WIDE, java_script_enabled=False).page
    assert page.locator("header .from").is_visible()
    assert page.locator(f"{LADDER} .wide svg").is_visible()
    link = page.locator("a[download='estimates.csv.gz']").get_attribute("href")
    assert gzip.decompress(base64.b64decode(link.split(",", 1)[1])).startswith(b"estimand,outcome")

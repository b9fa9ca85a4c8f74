"""The picture of the editorial's cohort in a real browser: nothing leaves it, all can be read and reached."""

import base64
import gzip
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_report_browser import CHROMIUM, COLLISIONS, CONTRASTS, FLAGS, TELEPHONE, WIDE, Visit

from equipoise.rendering.editorial import render_editorial
from equipoise.synth.editorial.editorial import editorial

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
]


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = editorial(patients=40_000, draws=500)
    return render_editorial(found, tmp_path_factory.mktemp("editorial") / "editorial.html")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def wide(browser: Any, picture: Path) -> Visit:
    return Visit(browser, picture, viewport=WIDE)


@pytest.mark.parametrize("viewport", [WIDE, TELEPHONE], ids=["wide", "telephone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_silent_and_asks_for_nothing(
    browser: Any, picture: Path, viewport: dict[str, int], scheme: str
) -> None:
    visit = Visit(browser, picture, viewport=viewport, color_scheme=scheme)
    visit.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    visit.page.wait_for_timeout(200)
    assert visit.said == []
    assert [url for url in visit.asked if not url.startswith(("data:", picture.as_uri()))] == []


@pytest.mark.parametrize("width", [360, 390, 768, 1180, 1440])
def test_no_page_is_wider_than_its_window(browser: Any, picture: Path, width: int) -> None:
    page = Visit(browser, picture, viewport={"width": width, "height": 800}).page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser: Any, picture: Path, scheme: str) -> None:
    page = Visit(browser, picture, viewport=WIDE, color_scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 200
    assert contrasts[0][0] >= 4.5, contrasts[0]


@pytest.mark.parametrize("viewport", [WIDE, TELEPHONE], ids=["wide", "telephone"])
def test_nothing_is_written_upon_something_else(
    browser: Any, picture: Path, viewport: dict[str, int]
) -> None:
    page = Visit(browser, picture, viewport=viewport).page
    layout = "wide" if viewport == WIDE else "narrow"
    drawings = page.locator(f"figure .{layout} svg").all()
    assert len(drawings) == 3
    for drawing in drawings:
        assert drawing.locator("text").count() > 15
        assert drawing.evaluate(COLLISIONS) == []


def test_headings_landmarks_and_the_way_past_the_contents(wide: Visit) -> None:
    levels = wide.page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map((one) => Number(one.tagName[1]))"
    )
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    for role in ("main", "banner"):
        assert wide.page.get_by_role(role).count() == 1
    assert wide.page.get_by_role("navigation", name="Contents").count() == 1
    wide.page.keyboard.press("Tab")
    wide.page.keyboard.press("Enter")
    assert wide.page.evaluate("document.activeElement.id") == "report"
    for link in wide.page.locator("nav a, a[href^='#']").all():
        target = link.get_attribute("href")
        assert wide.page.locator(target).count() == 1, target


def test_every_figure_names_describes_and_tabulates_itself(wide: Visit) -> None:
    for figure in wide.page.locator("figure").all():
        drawing = figure.locator(".wide svg [role=img]")
        name, description = (
            drawing.evaluate(f"(one) => document.getElementById(one.getAttribute('aria-{tag}')).textContent")
            for tag in ("labelledby", "describedby")
        )
        assert name == figure.locator("h3").text_content()
        assert "%" in description
        assert figure.locator("details table tbody th[scope=row]").count() >= 6


def test_downloads_are_what_they_say(wide: Visit) -> None:
    links = wide.page.evaluate(
        "[...document.querySelectorAll('a[download]')].map((one) => [one.download, one.href])"
    )
    kinds = {}
    for name, address in links:
        content = base64.b64decode(address.split(",", 1)[1])
        kinds[name] = gzip.decompress(content) if name.endswith(".gz") else content
    assert kinds["figures.pdf"].startswith(b"%PDF-")
    assert b"myers" not in kinds["editorial.csv.gz"]
    assert b"published" in kinds["editorial.csv.gz"]
    assert kinds["editorial-funnel.svg.gz"].startswith(b"<?xml")


def test_it_says_everything_without_scripts(browser: Any, picture: Path) -> None:
    page = Visit(browser, picture, viewport=WIDE, java_script_enabled=False).page
    assert page.locator("#figure-editorial .wide svg").is_visible()
    assert page.locator("#answer p").first.is_visible()


def test_print_is_light_and_has_no_contents(browser: Any, picture: Path) -> None:
    page = Visit(browser, picture, viewport=WIDE, color_scheme="dark").page
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(22, 24, 27)"
    page.emulate_media(media="print")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible()

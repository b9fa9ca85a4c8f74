"""The page as values for the template: sections, figures with their drawings and downloads, provenance."""

import base64
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from equipoise.base.citations import CITATIONS, bibliography
from equipoise.base.codes import CODES, Severity
from equipoise.base.findings import Finding
from equipoise.base.provenance import canonical_json
from equipoise.protocol.narrate import narrate
from equipoise.rendering.figure import Cell, Figure, Panel, check
from equipoise.rendering.layout import NARROW, WIDE, lay_out
from equipoise.rendering.one_file import table_html
from equipoise.rendering.pdf import Page, pdf
from equipoise.rendering.reading import Reading
from equipoise.rendering.scene import Scene
from equipoise.rendering.sentences import patients
from equipoise.rendering.spreadsheet import safe_csv
from equipoise.rendering.svg import svg, svg_file
from equipoise.rendering.tables import Row, TableView, behind_figure
from equipoise.rendering.words import TEXT, capital

SHORT_TABLE: Final = 12
# Significant digits in the download of all estimates where it is not five; a day of a month has six.
DIGITS: Final = {"day": 6, "std_error": 3}


@dataclass(frozen=True, slots=True)
class Download:
    """A file inside the report: name, words of the link, address with the content."""

    name: str
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure ready for the page: number, drawings, values for the pointer by panel, numbers, downloads."""

    number: int
    figure: Figure
    scene: Scene
    wide: str
    narrow: str
    values: list[dict[str, Any]]
    table: TableView
    downloads: tuple[Download, ...]

    @property
    def is_short(self) -> bool:
        """Whether the table of its numbers stands in the page as it is."""
        return len(self.table.rows) <= SHORT_TABLE


@dataclass(frozen=True, slots=True)
class FindingView:
    """All findings of one code, with the meaning of the code."""

    code: str
    severity: str
    title: str
    why: str
    messages: tuple[str, ...]
    remedies: tuple[str, ...]


def data_address(content: bytes, kind: str) -> str:
    """Content as an address that needs no server."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def packed(name: str, label: str, content: bytes) -> Download:
    """A compressed file; the page's script unpacks it when it is saved, without scripts it is a ``.gz``."""
    return Download(f"{name}.gz", label, data_address(gzip.compress(content, mtime=0), "application/gzip"))


def drawn(figure: Figure, number: int) -> Drawn:
    """Draw a figure for both widths and pack its downloads."""
    check(figure)
    key = figure["key"]
    wide = lay_out(figure, WIDE)
    alone = svg_file(wide, title=figure["title"], description=figure["alternative"])
    table = figure["table"]
    downloads = (
        packed(f"{key}.svg", "SVG", alone.encode()),
        packed(f"{key}.csv", "CSV", _csv(table["columns"], table["rows"])),
    )
    return Drawn(
        number,
        figure,
        wide,
        svg(wide, key=f"figure-{key}"),
        svg(lay_out(figure, NARROW), key=f"figure-{key}"),
        _values(figure),
        behind_figure(figure),
        downloads,
    )


def all_figures(figures: Sequence[Drawn], title: str) -> Download | None:
    """The figures as one PDF, a page each with title and caption; None without figures."""
    if not figures:
        return None
    pages = [
        Page(one.scene, one.figure["title"], f"{TEXT['figure']} {one.number}. {one.figure['caption']}")
        for one in figures
    ]
    content = pdf(pages, title=f"{title}: {TEXT['figures']}", subject=title)
    return Download("figures.pdf", TEXT["all_figures_pdf"], data_address(content, "application/pdf"))


def readout(figure: Figure, position: int) -> dict[str, Any]:
    """Values of one panel for the pointer: each curve or layer with its name, colour and numbers.

    Probabilities are in thousandths, which is what is shown. Curves have the months of the panel unless they
    have their own.
    """
    series: list[dict[str, Any]] = []
    panel = figure["panels"][position]
    axis = panel["y"]
    if axis["scale"] != "rows" and not axis["percent"]:
        return {"x": [], "series": []}  # what is read off a curve is a probability
    for mark in panel["marks"]:
        if mark["mark"] == "curve" and not mark["ghost"]:
            label = mark["label"] or mark.get("name") or panel["title"] or figure["title"]
            months = [_shortest(value) for value in mark["x"]]
            values = {name: _thousandths(mark[name]) for name in ("y", "lower", "upper")}
            values |= {"unit": TEXT["readout_points"]} if _is_difference(panel) else {}
            series.append({"label": label, "colour": mark["colour"], "x": months, **values})
        elif mark["mark"] == "area":
            heights = [top - base for base, top in zip(mark["base"], mark["top"], strict=True)]
            months = [_shortest(value) for value in mark["x"]]
            layer = {"label": mark["label"], "colour": mark["colour"], "x": months}
            series.insert(0, layer | {"y": _thousandths(heights)})
    shared: list[float] = series[0]["x"] if series else []
    for one in series:
        if one["x"] == shared:
            del one["x"]
    return {"x": shared, "series": series}


def _is_difference(panel: Panel) -> bool:
    """Whether the numbers of a panel are points on both sides of 0, not percentages."""
    axis = panel["y"]
    return axis["scale"] != "rows" and axis["first"] < 0


def _shortest(value: float) -> float:
    """A value to four decimals, a whole one without any."""
    rounded = round(value, 4)
    return int(rounded) if rounded == int(rounded) else rounded


def _thousandths(probabilities: Sequence[float | None]) -> list[int | None]:
    """Probabilities in thousandths, rounded as the tables round them."""
    return [None if one is None else round(1000 * round(one, 3)) for one in probabilities]


def _values(figure: Figure) -> list[dict[str, Any]]:
    """What the pointer reads off each panel; empty where there is nothing to read."""
    panels = [readout(figure, position) for position in range(len(figure["panels"]))]
    return panels if any(panel["series"] for panel in panels) else []


def packed_drawings(figures: Sequence[Drawn]) -> str:
    """What only the page's script uses, in one piece, which is shorter than many.

    Of each figure by its id the drawing for small screens, the values for the pointer, the table of its
    numbers if it is long, and the sentences to copy; without scripts the wide drawings are shown everywhere,
    and long tables are in the CSV alone.
    """
    kept = {
        f"figure-{one.figure['key']}": {
            "narrow": one.narrow,
            "panels": one.values,
            "numbers": "" if one.is_short else table_html(one.table),
            "sentences": one.figure["sentences"],
        }
        for one in figures
    }
    return base64.b64encode(gzip.compress(canonical_json(kept).encode(), mtime=0)).decode("ascii")


def whole_downloads(reading: Reading) -> tuple[Download, ...]:
    """Files about the whole study: estimates, their estimands, data dictionary, references.

    The sentence of an estimand is that of hundreds of rows; it is written once, and named by its number.
    """
    estimates = reading.table("estimates")
    numbers = {sentence: number for number, sentence in enumerate(dict.fromkeys(estimates["estimand"]), 1)}
    columns = estimates.columns[1:]
    rows = (
        [numbers[sentence], *(_short(cell, name) for cell, name in zip(cells, columns, strict=True))]
        for sentence, *cells in estimates.iter_rows()
    )
    text = safe_csv(estimates.columns, rows)
    sentences = [(number, sentence) for sentence, number in numbers.items()]
    dictionary = reading.table("columns")
    keys = [key for key in (*reading.study.citations, "morris2019") if key in CITATIONS]
    return (
        packed("estimates.csv", TEXT["all_estimates_csv"], text.encode()),
        packed("estimands.csv", TEXT["estimands_csv"], _csv(("estimand", "sentence"), sentences)),
        packed("columns.csv", TEXT["dictionary_csv"], _csv(dictionary.columns, list(dictionary.iter_rows()))),
        packed("citations.bib", TEXT["bibtex"], bibliography(keys).encode()),
    )


def _short(cell: Cell, column: str) -> Cell:
    """Floats as a reader can use them: the tables of the study folder have all digits."""
    return float(f"{cell:.{DIGITS.get(column, 5)}g}") if isinstance(cell, float) else cell


def question(reading: Reading) -> list[tuple[str, str]]:
    """The narrated protocol as (lead, text); the lead is the run-in heading, possibly empty."""
    paragraphs: list[tuple[str, str]] = []
    for paragraph in narrate(reading.study.protocol, reading.study.vocabulary)[1:]:
        lead, separator, rest = paragraph.partition(". ")
        is_lead = bool(separator) and len(lead) <= 60 and "(" not in lead
        paragraphs.append((lead, rest) if is_lead else ("", paragraph))
    return paragraphs


def finding_views(reading: Reading) -> list[FindingView]:
    """Findings by code, the most serious first, with title and reason from the registry.

    Codes that stand beside an estimate are explained too, even if nothing more was to be said about them.
    """
    order = list(Severity)
    found: dict[str, list[Finding]] = {}
    for one in reading.study.findings:
        found.setdefault(one.code, []).append(one)
    views = [
        FindingView(
            code=code,
            severity=str(max((one.severity for one in same), key=order.index)),
            title=CODES[code].title,
            why=CODES[code].why,
            messages=tuple(dict.fromkeys(_message(one) for one in same)),
            remedies=tuple(dict.fromkeys(one.remedy for one in same)),
        )
        for code, same in found.items()
    ]
    beside = set(reading.table("estimates")["finding"].drop_nulls().to_list()) - set(found)
    for code in sorted(beside):
        meaning = CODES[code]
        views.append(FindingView(code, str(meaning.severity), meaning.title, meaning.why, (), (meaning.do,)))
    return sorted(views, key=lambda view: (-order.index(Severity(view.severity)), view.code))


def _message(one: Finding) -> str:
    """The message with a capital, and how many patients it concerns where it does not say so itself."""
    text = capital(one.message)
    if not one.patients or str(one.patients) in text:
        return text
    return f"{text} ({patients(one.patients)})"


def provenance(reading: Reading) -> TableView:
    """Digests, seed and versions."""
    manifest = reading.study.manifest
    items: list[tuple[str, str]] = []
    if "digest" in manifest:
        items.append((TEXT["study_digest"], str(manifest["digest"])))
    items += [
        (TEXT["digest_of"].format(what=TEXT.get(name, name)), str(text))
        for name, text in manifest["inputs"].items()
    ]
    items.append((TEXT["seed"], str(manifest["seed"])))
    items += [
        (TEXT["version_of"].format(what=name), str(text)) for name, text in manifest["versions"].items()
    ]
    return TableView(
        key="provenance-table",
        caption=TEXT["provenance_caption"],
        columns=((TEXT["item"], False), (TEXT["value"], False)),
        rows=tuple(Row((capital(name), value)) for name, value in items),
        classes="digests",
    )


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    # The mark at the front tells spreadsheets that the text is UTF-8.
    return b"\xef\xbb\xbf" + safe_csv(columns, rows).encode()

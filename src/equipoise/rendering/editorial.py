"""The picture of the editorial's cohort: one page, and its table for a terminal."""

from pathlib import Path

from equipoise.base.codes import CODES
from equipoise.base.version import __version__
from equipoise.evidence.wording import value as as_printed
from equipoise.rendering.editorial_numbers import (
    Numbers,
    printed_on_loss,
    share,
    source_of_printed,
    spread,
)
from equipoise.rendering.editorial_words import WORDS
from equipoise.rendering.figures.editorial import counted_figure, funnel_figure, strategies_figure
from equipoise.rendering.numbers import count, percent
from equipoise.rendering.one_file import html, write_whole
from equipoise.rendering.page import FindingView, all_figures, drawn, packed_drawings
from equipoise.rendering.tables import Row, TableView
from equipoise.synth.differences import differences
from equipoise.synth.editorial.editorial import Editorial
from equipoise.synth.editorial.printed import FINDINGS, SECONDARY
from equipoise.synth.editorial.series import SERIES
from equipoise.synth.read import read_world
from equipoise.synth.world import World

REFERENCE = "S0"
YEARS = 3


def render_editorial(found: Editorial, target: Path) -> Path:
    """Write the picture as one HTML file that needs nothing else.

    Parameters
    ----------
    found
        Both ways to count.
    target
        The file; it is there as a whole or not at all. Equal numbers give equal bytes.
    """
    return write_whole(editorial_html(found), target)


def editorial_html(found: Editorial) -> str:
    """The page as text; see `render_editorial`."""
    numbers = Numbers(found)
    figures = [counted_figure(numbers), funnel_figure(numbers), strategies_figure(numbers)]
    counted, funnel, strategies = (drawn(one, number) for number, one in enumerate(figures, 1))
    return html(
        "editorial.html.j2",
        {
            "words": WORDS,
            "title": WORDS["title"],
            "sentences": sentences(numbers),
            "counted": counted,
            "funnel": funnel,
            "strategies": strategies,
            "drawings": packed_drawings([counted, funnel, strategies]),
            "all_figures": all_figures([counted, funnel, strategies], WORDS["title"]),
            "paragraphs": _paragraphs(numbers),
            "changes": _changes(found.world),
            "findings": [_finding(code) for code in (*FINDINGS, SECONDARY)],
            "provenance": _provenance(found),
        },
    )


def sentences(numbers: Numbers) -> list[str]:
    """What the picture shows, in words: the series, everybody, why they differ, what is true."""
    first, later = numbers.pair("pre_emptive", "dfs"), numbers.pair("after_relapse", "dfs")
    alive = numbers.pair("pre_emptive", "os")
    steps = {(row["funnel"], row["name"]): row for row in numbers.found.funnel.iter_rows(named=True)}
    reached, remitted, transplanted = (
        percent(steps[step]["share"], steps[step]["of"])
        for step in (("remission", "hct"), ("relapse", "remission"), ("relapse", "hct"))
    )
    return [
        WORDS["series_said"].format(
            size=SERIES,
            years=YEARS,
            dfs=share(first.series),
            os=share(alive.series),
            later=share(later.series),
            dfs_spread=spread(first.series),
            os_spread=spread(alive.series),
            later_spread=spread(later.series),
        ),
        WORDS["everybody_said"].format(
            years=YEARS, dfs=share(first.everybody), os=share(alive.everybody), later=share(later.everybody)
        ),
        WORDS["why_said"].format(years=YEARS, reached=reached, remitted=remitted, transplanted=transplanted),
        WORDS["effect_said"].format(
            years=YEARS,
            early=share(numbers.true("dfs", "early")),
            watch=share(numbers.true("dfs", "watch")),
            on_loss=share(numbers.true("dfs", "on_bca_loss")),
        ),
    ]


def _paragraphs(numbers: Numbers) -> list[str]:
    found = numbers.found
    return [
        WORDS["how_population"].format(
            name=found.world.name, patients=count(found.patients), eligible=count(found.eligible)
        ),
        WORDS["how_series"].format(
            pool=count(numbers.pool),
            draws=count(found.draws),
            size=SERIES,
            unfollowed=count(numbers.arm("after_relapse").unfollowed),
        ),
        WORDS["how_printed"].format(
            source=source_of_printed(),
            on_loss=percent(found.on_loss, numbers.arm("pre_emptive").pool),
            printed_on_loss=as_printed(printed_on_loss()),
        ),
        WORDS["how_limits"],
    ]


def _changes(world: World) -> TableView:
    rows = differences(world, read_world(REFERENCE))
    return TableView(
        key="changes",
        caption=WORDS["changes_caption"].format(name=REFERENCE),
        columns=(
            (WORDS["parameter"], False),
            (WORDS["here"].format(name=world.name), False),
            (WORDS["here"].format(name=REFERENCE), False),
        ),
        rows=tuple(Row(row) for row in rows),
    )


def _finding(code: str) -> FindingView:
    meaning = CODES[code]
    return FindingView(code, str(meaning.severity), meaning.title, meaning.why, (), (meaning.do,))


def _provenance(found: Editorial) -> TableView:
    items = (
        ("world_digest", found.world.digest()),
        ("patients", count(found.patients)),
        ("draws", count(found.draws)),
        ("seed", str(found.seed)),
        ("version", __version__),
    )
    return TableView(
        key="provenance-table",
        caption=WORDS["provenance_caption"],
        columns=((WORDS["parameter"], False), (WORDS["value"], False)),
        rows=tuple(Row((WORDS[name], value)) for name, value in items),
        classes="digests",
    )

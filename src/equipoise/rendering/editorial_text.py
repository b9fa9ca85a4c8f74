"""The picture of the editorial's cohort as a table for a terminal."""

from collections.abc import Sequence

from equipoise.rendering.editorial_numbers import (
    Numbers,
    printed_text,
    share,
    source_of_printed,
    spread,
)
from equipoise.rendering.editorial_words import WORDS
from equipoise.rendering.numbers import NARROW_SPACE, count, percent
from equipoise.synth.editorial.editorial import Editorial
from equipoise.synth.editorial.transplanted import ARMS, OUTCOMES

GAP = "  "


def editorial_lines(found: Editorial) -> list[str]:
    """Both ways to count side by side, what strategies would come to, and who gets there; a line each."""
    numbers = Numbers(found)
    head = tuple(
        WORDS[name] for name in ("text_title", "text_series", "text_printed", "text_everybody", "text_whom")
    )
    rows = [_row(numbers, arm, outcome) for arm in ARMS for outcome in OUTCOMES]
    ways = [
        (title, *(share(numbers.true(one, name)) for one in OUTCOMES)) for name, title in found.titles.items()
    ]
    strategies = tuple(WORDS[name] for name in ("text_strategies", "strategies_dfs", "strategies_os"))
    lines = [
        *_aligned([head, *rows]),
        "",
        *_aligned([strategies, *ways]),
        "",
        *(_funnel(numbers, name) for name in ("remission", "relapse")),
        WORDS["text_note"].format(source=source_of_printed()),
    ]
    # Terminals may lack the narrow space.
    return [line.replace(NARROW_SPACE, " ") for line in lines]


def _row(numbers: Numbers, arm: str, outcome: str) -> tuple[str, ...]:
    pair = numbers.pair(arm, outcome)
    return (
        WORDS[f"row_{arm}_{outcome}"],
        WORDS["spread"].format(value=share(pair.series), spread=spread(pair.series)),
        "" if pair.printed is None else printed_text(arm, outcome),
        share(pair.everybody),
        f"{WORDS[f'row_everybody_{arm}_{outcome}']}, {WORDS['of_all'].format(n=count(pair.everybody.n))}",
    )


def _funnel(numbers: Numbers, name: str) -> str:
    steps = numbers.found.funnel.filter(funnel=name).sort("step").to_dicts()
    said = [
        WORDS["text_step"].format(share=percent(step["share"], step["of"]), label=step["label"])
        for step in steps[1:]
    ]
    return WORDS["text_funnel"].format(
        origin=steps[0]["label"], n=count(steps[0]["reached"]), steps=", ".join(said)
    )


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]

"""docs/calibration.md, made from the kept result and from what is declared."""

from collections.abc import Iterator
from pathlib import Path

from equipoise.evidence.published import Caution
from equipoise.evidence.wording import value as published_value
from equipoise.synth.calibration.calibration import LEVEL, PARTS, Interval, Verdict
from equipoise.synth.calibration.ratios import FOLLOWED
from equipoise.synth.calibration.target import Part, read_targets
from equipoise.synth.read import read_world
from equipoise.synth.sources import Source, sources_of
from validation.calibration import picture
from validation.calibration.kept import WORLD, Kept, Row, read_kept
from validation.calibration.reading import reading
from validation.calibration.words import amount, difference, labels, origin, published, simulated, study

PAGE = Path(__file__).parents[2] / "docs" / "calibration.md"
HEAD = """# Calibration of the virtual registry

The natural course (usual care) of the reference world {world}, beside every published number of the evidence library that has a
counterpart in it. **The virtual registry is a test bench, not evidence about patients**: its parameters were chosen, most of them
are placeholders ([below](#where-the-numbers-of-{anchor}-are-from)), and nothing was changed after this comparison. What fits shows that
methods are tried on a world of about the right size; what does not fit is said.

Made by `make validate` (`python -m validation.calibration`; {patients:,} virtual patients in remission, seed {seed}, {day}).
Nothing here is from memory: numbers, denominators and notes are those of the evidence library (`equipoise evidence KEY`).

{summary}

![{alternative}](img/calibration.svg)
"""
HOW = """## How to read the tables

- **published**: limits in round brackets are those of the source, of a level that is not recorded. Limits in square brackets are exact
  binomial ones of {level:.0f} % computed from a printed count or from the n of the library, as if everybody had been followed to the
  month: too narrow where that was not so, or where n counts all infused and the number is about those who responded.
- **{world}**: simulated value ± Monte-Carlo error, from {parts} parts of the patients; what is a parameter has none.
- **counted otherwise**: the same with transplants in first remission ignored, censored (plain Kaplan–Meier or Aalen–Johansen), or with
  nobody transplanted (the strategy “never”: another world, not another way to count). The first number is the one that
  the source states; where it states none (most abstracts), transplants are ignored. For groups of patients: the ratio if the group
  changes on the day, or is formed by what comes later.
- **\\***: the time zero of the source was inferred from its abstract, or differs from the one used here. It was used only where there is no
  other start that makes sense; the reasons stand [below](#why-time-is-counted-from-there).
- **‡**: for calibration only, not to be quoted (secondary source, or no DOI). **§**: the DOI was not read on the page of the source.
- From the infusion on, those who were never in remission are counted: {remission:.0f} % are in remission at the assessment, the others die as
  the world has it. Ratios are of {followed:g} months after the remission and are not adjusted.
"""


def write_page() -> str:
    """Write the page and its picture; return a summary line."""
    kept = read_kept()
    picture.PLACE.write_text(picture.picture(kept), encoding="utf-8")
    PAGE.write_text(page(kept), encoding="utf-8")
    return _summary(kept)


def page(kept: Kept) -> str:
    """The page."""
    registry = read_world(WORLD).registry
    parts = [
        HEAD.format(
            world=WORLD, anchor=WORLD.lower(), patients=kept.patients, seed=kept.seed, day=kept.day,
            summary=_summary(kept),
            alternative="Published numbers with their intervals, and the value of the reference world on each line",
        ),
        reading(kept),
        HOW.format(
            world=WORLD, level=100 * LEVEL, parts=PARTS, remission=100 * registry.remission, followed=FOLLOWED
        ),
        *(_table(part, kept) for part in read_targets().parts),
        "\n".join(_arguments()),
        "\n".join(_dismissed()),
        "\n".join(_sources()),
    ]  # fmt: skip
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _summary(kept: Kept) -> str:
    rows = list(kept.rows.values())
    quotable = [row for row in rows if row.is_quotable]
    counts = [sum(row.verdict == one for row in quotable) for one in Verdict]
    own = sum(row.interval == Interval.PUBLISHED for row in quotable)
    return (
        f"**{len(rows)} published numbers are compared, {len(quotable)} of them quotable: {counts[0]} of these "
        f"inside their interval, {counts[1]} outside, {counts[2]} without an interval.** Of the intervals {own} are "
        "published and the others computed."
    )


def _table(part: Part, kept: Kept) -> str:
    rows = [kept.rows[target.key] for target in part.targets]
    words = labels(part.targets)
    lines = [
        f"## {part.title}\n",
        f"| source | what | from | published | {WORLD} ± | counted otherwise | difference | |",
        "|---|---|---|---|---|---|--:|---|",
        *(_line(row, words[row.target.key]) for row in rows),
        "",
        *_notes(rows, words),
    ]
    return "\n".join(lines)


def _notes(rows: list[Row], words: dict[str, str]) -> Iterator[str]:
    """What must be known to read the rows: why they differ, and the cautions of the library."""
    about: dict[str, list[str]] = {}
    for row in rows:
        remarks = [one.words for one in row.target.published.remarks if one.kind is not Caution.NAIVE]
        said = ". ".join(one for one in (row.target.differs, *remarks) if one)
        if said:
            about.setdefault(said, []).append(f"{study(row.target)}, {words[row.target.key]}")
    for said, which in about.items():
        yield f"- {'; '.join(which)}: {said}."


def _line(row: Row, label: str) -> str:
    one = row.target.published
    name = f"[{study(row.target)}]({one.url})" if one.url else study(row.target)
    marks = ("" if row.is_quotable else " ‡") + (" §" if one.doi and not one.doi_read else "")
    doubted = "\\*" if row.target.argued else ""
    otherwise = "; ".join(f"{words} {amount(row, value)}" for words, value in row.otherwise.items())
    verdict = f"**{row.verdict}**" if row.verdict == Verdict.OUTSIDE else row.verdict
    return (
        f"| {name}{marks} | {label} | {origin(row.target)}{doubted} | {published(row)} "
        f"| {simulated(row)} | {otherwise} | {difference(row)} | {verdict} |"
    )


def _arguments() -> Iterator[str]:
    yield "## Why time is counted from there\n"
    targets = read_targets()
    for name, because in targets.arguments.items():
        keys = [f"`{target.key}`" for target in targets.all if target.argued == name]
        yield f"- {because[0].upper()}{because[1:]} ({', '.join(keys)})."


def _dismissed() -> Iterator[str]:
    yield "## Published numbers that are not compared\n"
    for one in read_targets().dismissed:
        yield f"- {', '.join(f'`{key}`' for key in one.keys)}: {one.because}."


def _sources() -> Iterator[str]:
    sources = sources_of(read_world(WORLD))
    placeholders = sum("placeholder" in one.says for one in sources)
    yield f"## Where the numbers of {WORLD} are from\n"
    yield (
        f"As its file declares; {placeholders} of {len(sources)} entries are placeholders in whole or in part. Published values in "
        "words where they may be quoted; keys in brackets are those of the evidence library.\n"
    )
    yield "| parameter | source | published |\n|---|---|---|"
    for one in sources:
        yield f"| `{one.name}` | {one.says} | {_values(one)} |"


def _values(source: Source) -> str:
    return "; ".join(published_value(one) for one in source.published if one.quotable)

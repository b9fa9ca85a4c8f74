"""The answer first: headline numbers with denominators and intervals, as tiles and as sentences."""

from dataclasses import dataclass

from equipoise.language.words import lower_first
from equipoise.rendering.figures.estimands import handled, pairs
from equipoise.rendering.figures.funnel import asked_for, curves_of, funnel_names, steps_of
from equipoise.rendering.figures.outcomes import MEASURE_OF
from equipoise.rendering.numbers import count, duration, percent, percent_interval
from equipoise.rendering.reading import Estimate, Reading
from equipoise.rendering.rung_sentences import ladder_remarks
from equipoise.rendering.sentences import (
    counts_of,
    headline,
    level_words,
    part_of,
    time_with_interval,
    value_with_interval,
)
from equipoise.rendering.setting import Setting, setting_of
from equipoise.rendering.words import TEXT, capital, join_words
from equipoise.study.study import Study


@dataclass(frozen=True, slots=True)
class Tile:
    """One headline number: its name, value, interval, counts, the whole sentence, and the row behind it."""

    name: str
    value: str
    interval: str
    counts: str
    sentence: str
    row: Estimate


def answer_lines(study: Study) -> list[str]:
    """The headline numbers of a study as sentences, one a line, for a terminal or a paper."""
    reading = Reading(study)
    setting = setting_of(study)
    return [
        lead(reading, setting),
        *(tile.sentence for tile in tiles(reading, setting)),
        *remarks(reading, setting),
    ]


def lead(reading: Reading, setting: Setting) -> str:
    """How many of how many are followed, and from when; nothing without the table of attrition."""
    rows = reading.rows("attrition")
    if not rows:
        return ""
    first = rows[0]["remaining"] + rows[0]["excluded"]
    return TEXT["lead"].format(all=count(first), n=count(rows[-1]["remaining"]), origin=setting.origin)


def headline_month(reading: Reading, setting: Setting) -> float:
    """The latest report month at which follow-up still supports every outcome; else the first one."""
    blocks = [reading.block(name, _measure(reading, name)) for name in setting.outcomes]
    blocks = [block for block in blocks if block]
    for month in reversed(setting.at_months):
        rows = [reading.at(block, month) for block in blocks]
        if all(row is not None and row.is_readable for row in rows):
            return month
    return setting.at_months[0]


def tiles(reading: Reading, setting: Setting) -> list[Tile]:
    """One tile for each outcome of the protocol at the headline month."""
    month = headline_month(reading, setting)
    found: list[Tile] = []
    for name in setting.outcomes:
        outcome = reading.outcome(name)
        row = reading.at(reading.block(name, _measure(reading, name)), month)
        if row is None:
            continue
        has_interval = row.lower is not None and row.upper is not None
        found.append(
            Tile(
                name=f"{capital(duration(month))} {lower_first(outcome.label)}",
                value=percent(row.estimate, row.n) if row.estimate is not None else TEXT["not_observed"],
                interval=(
                    f"{level_words(row.level)} {percent_interval(row.lower or 0.0, row.upper or 0.0, row.n)}"
                    if has_interval
                    else TEXT["no_interval"]
                ),
                counts=f"{count(row.n)} patients: {counts_of(outcome, row)}",
                sentence=headline(outcome, row),
                row=row,
            )
        )
    return found


def remarks(reading: Reading, setting: Setting) -> list[str]:
    """What changes the reading of the headline: handling, funnel, ladder, length of follow-up."""
    month = headline_month(reading, setting)
    return [
        *_handling_remarks(reading, month),
        *_funnel_remarks(reading, setting),
        *ladder_remarks(reading),
        *_follow_up(reading, setting),
    ]


def _measure(reading: Reading, outcome: str) -> str:
    return MEASURE_OF[reading.outcome(outcome).kind]


def _handling_remarks(reading: Reading, month: float) -> list[str]:
    vocabulary = reading.study.vocabulary
    lines: list[str] = []
    for event, outcome in pairs(reading):
        words = vocabulary.outcomes[outcome]
        values = [
            (one.label, reading.at(one.block, month))
            for one in handled(reading, event, outcome)
            if not one.is_incidence
        ]
        said = [
            f"{value_with_interval(row)} with it {lower_first(label)}{_caution(row)}"
            for label, row in values
            if row is not None
        ]
        if len(said) > 1:
            lines.append(
                TEXT["handling_remark"].format(
                    event=vocabulary.label_of(event),
                    outcome=f"{duration(month)} {lower_first(words.label)}",
                    values=join_words(said),
                )
            )
    return lines


def _caution(row: Estimate) -> str:
    return TEXT["caution"].format(role=row.role, code=row.finding) if row.role == "naive" else ""


def _funnel_remarks(reading: Reading, setting: Setting) -> list[str]:
    vocabulary = reading.study.vocabulary
    lines: list[str] = []
    for name in funnel_names(reading):
        asked = asked_for(reading, name)
        steps = {step["name"]: step for step in steps_of(reading, name)}
        origin, last = vocabulary.label_of(asked.origin), vocabulary.label_of(asked.steps[-1])
        part = part_of(steps[asked.steps[-1]]["reached"], steps[asked.origin]["reached"])
        line = TEXT["funnel_remark"].format(origin=origin, last=last, part=part)
        for month in reversed(setting.at_months):
            rows = [reading.at(block, month) for block in curves_of(reading, asked)]
            read = [value_with_interval(row) for row in rows if row is not None and row.is_readable]
            if len(read) == 2:
                outcome = lower_first(vocabulary.outcomes[asked.outcome].label)
                line += " " + TEXT["funnel_flatters"].format(
                    outcome=f"{duration(month)} {outcome}",
                    origin=origin,
                    last=last,
                    all=read[0],
                    naive=read[1],
                )
                break
        lines.append(line)
    return lines


def _follow_up(reading: Reading, setting: Setting) -> list[str]:
    rows = [row for name in setting.outcomes for row in reading.block(name, "median_follow_up")]
    return [TEXT["follow_up_remark"].format(time=time_with_interval(row)) for row in rows[:1]]

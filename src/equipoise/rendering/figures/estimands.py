"""Four estimands: one outcome under four handlings of one event, on identical axes."""

from dataclasses import dataclass

from equipoise.protocol.intercurrent import Handling
from equipoise.rendering.figure import Figure, Heading, Panel, figure_of
from equipoise.rendering.figures.curves import (
    curve,
    month_axis,
    notes,
    numbers_table,
    percent_axis,
    sparse_from,
)
from equipoise.rendering.palette import line_colour
from equipoise.rendering.reading import Estimate, Reading
from equipoise.rendering.sentences import percent_level
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import HANDLINGS, MEASURES, TEXT


@dataclass(frozen=True, slots=True)
class Handled:
    """One outcome under one handling: its curve and how it may be read."""

    handling: Handling
    block: list[Estimate]

    @property
    def label(self) -> str:
        """The handling in a clinician's words, the estimand's name in brackets."""
        return HANDLINGS[self.handling]

    @property
    def measure_label(self) -> str:
        """What is read off the vertical axis."""
        return MEASURES[self.block[0].measure]

    @property
    def is_incidence(self) -> bool:
        """Whether the curve is an incidence (it rises) and not a survival."""
        return self.block[0].measure == "cumulative_incidence"


def handled(reading: Reading, event: str, outcome: str) -> list[Handled]:
    """Rows of one outcome by handling of one event, in the order of the guideline; empty without them."""
    found: list[Handled] = []
    for handling in Handling:
        for measure in ("survival", "cumulative_incidence"):
            block = reading.block(outcome, measure, f"{handling}: {event}")
            if any(one.estimate is not None for one in block):
                found.append(Handled(handling, block))
                break
    return found


def pairs(reading: Reading) -> list[tuple[str, str]]:
    """Event and outcome of each panel that the study has numbers for."""
    found: list[tuple[str, str]] = []
    for outcome, _, strategy in reading.blocks():
        handling, _, event = strategy.partition(": ")
        is_new = handling in set(Handling) and (event, outcome) not in found
        if is_new and handled(reading, event, outcome):
            found.append((event, outcome))
    return found


def estimands_figure(reading: Reading, setting: Setting, event: str, outcome: str) -> Figure:
    """Small multiples: each handling in colour, the other curves of its kind pale behind it."""
    found = handled(reading, event, outcome)
    words = reading.study.vocabulary.outcomes[outcome]
    label = reading.study.vocabulary.label_of(event)
    first = found[0].block[0]
    heading = Heading(
        f"estimands-{event}-{outcome}",
        TEXT["estimands_title"].format(outcome=words.label, event=label),
        TEXT["estimands_caption"].format(
            n=first.n, origin=setting.origin, level=percent_level(first), event=label
        ),
        " ".join([TEXT["estimands_alternative"], *(_said(reading, setting, one) for one in found)]),
    )
    panels = [_panel(reading, setting, one, found) for one in found]
    return figure_of(heading, panels, numbers_table([(one.label, one.block) for one in found]), across=2)


def _panel(reading: Reading, setting: Setting, one: Handled, found: list[Handled]) -> Panel:
    others = [other for other in found if other is not one and other.is_incidence == one.is_incidence]
    is_naive = one.block[0].role == "naive"
    return {
        "title": TEXT["naive_panel"].format(label=one.label) if is_naive else one.label,
        "x": month_axis(setting.until, setting.origin),
        "y": percent_axis(f"{one.measure_label}, %"),
        "marks": [
            *(curve(other.block, "ghost", look="ghost") for other in others),
            curve(one.block, line_colour(found.index(one)), look="dashed" if is_naive else "plain"),
            *sparse_from([one.block], setting.until),
            *notes(one.block, reading, setting.at_months[-2:]),
        ],
        "risk": [],
    }


def _said(reading: Reading, setting: Setting, one: Handled) -> str:
    values = [setting.value_at(reading, one.block, month) for month in setting.at_months]
    return f"{one.label}: {'; '.join(value for value in values if value)}."

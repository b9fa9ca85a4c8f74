"""What is reported: the grid of days, and funnels."""

from collections.abc import Iterator

from pydantic import Field

from equipoise.base.clock import months_to_days
from equipoise.base.model import Frozen
from equipoise.language.comparison import Name
from equipoise.language.problem import Problem

LAST_MONTH = 1200.0
MOST_STEPS = 2000


class Report(Frozen):
    """The days for which numbers are given; one month is 365.25 / 12 days.

    Parameters
    ----------
    until_month
        Last month of curves and tables.
    at_months
        Months of the headline numbers.
    restricted_to_months
        Horizons of restricted means and time lost.
    every_months
        Step of the grid of curves and standard errors.
    level
        Confidence level.
    """

    until_month: float = Field(gt=0, le=LAST_MONTH)
    at_months: tuple[float, ...] = Field(min_length=1)
    restricted_to_months: tuple[float, ...] = ()
    every_months: float = Field(default=1.0, gt=0)
    level: float = Field(default=0.95, gt=0.5, lt=1)

    @property
    def grid_months(self) -> tuple[float, ...]:
        """Months 0, `every_months`, ... up to `until_month`, and the headline months."""
        steps = int(self.until_month / self.every_months)
        regular = {round(step * self.every_months, 9) for step in range(steps + 1)}
        return tuple(sorted(regular | {self.until_month} | set(self.at_months)))

    @property
    def grid_days(self) -> tuple[float, ...]:
        """`grid_months` in days."""
        return tuple(months_to_days(month) for month in self.grid_months)

    def problems(self) -> Iterator[Problem]:
        """Months that are out of order or beyond the report, or a grid that is too fine."""
        steps = self.until_month / self.every_months
        if steps > MOST_STEPS:
            found = f"{steps:.3g} steps of {self.every_months:g} months; at most {MOST_STEPS} are reported"
            yield Problem("P114", ("every_months",), found)
            return
        for key, months in (
            ("at_months", self.at_months),
            ("restricted_to_months", self.restricted_to_months),
        ):
            for position, month in enumerate(months):
                if not 0 < month <= self.until_month:
                    found = f"month {month:g} in a report from 0 to {self.until_month:g}"
                    yield Problem("P114", (key, position), found)
                if position and month <= months[position - 1]:
                    yield Problem("P114", (key, position), f"month {month:g} after {months[position - 1]:g}")


class Funnel(Frozen):
    """From an origin through steps to an outcome: how many get there, and what everyone else comes to.

    Parameters
    ----------
    name, label
        Name for tables, title for print.
    origin
        Name of the event or intervention at which people start to be counted.
    steps
        Names of events or interventions, each after the one before.
    outcome
        A survival outcome: its curve from the origin (all) beside its curve from the last step.
    """

    name: Name
    label: str
    origin: Name
    steps: tuple[Name, ...] = Field(min_length=1)
    outcome: Name

"""Cumulative incidence of a cause of exit while the other causes compete (Aalen-Johansen of the star).

Interval on the scale log(-log(1 - F)). Without any event of the cause F is 0 and the upper limit is one minus
the beta-product lower limit of the curve of that cause alone, which the incidence never exceeds:
conservative.
"""

import numpy as np
import polars as pl

from equipoise.estimate.answers import Numbers, Question, answer
from equipoise.estimate.bands import NO_INTERVAL, Band, Exact, band
from equipoise.estimate.counts import count
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.occupancy import occupation_error
from equipoise.estimate.plan import Plan
from equipoise.estimate.survival import bpcp_limits, emptied_from, survival_curve
from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
from equipoise.kernels.product_limit import survival_at

METHOD = "Aalen-Johansen"
CITATIONS = ("aalen1978", "fay2013", "putter2007")


def incidence(question: Question, spells: FirstExit, plan: Plan, *, cause: int = 1) -> pl.DataFrame:
    """Cumulative incidence of one cause on the report days: rows of the table of estimates."""
    numbers = incidence_numbers(spells, plan, cause)
    method = f"{METHOD}, {plan.variance_label}"
    return answer(question, numbers, plan, measure="cumulative_incidence", method=method)


def incidence_numbers(spells: FirstExit, plan: Plan, cause: int) -> Numbers:
    """Numbers behind `incidence`."""
    rows = spells.rows()
    chosen = np.eye(rows.states)
    occupation = aalen_johansen(rows, initial=chosen[0])
    probability = probability_at(occupation, plan.ticks)
    value = np.clip(probability[:, cause], 0.0, 1.0)
    alone = chosen[:, [cause]]
    error = occupation_error(rows, occupation, plan, contrast=alone, ties="hypergeometric")[:, 0]
    counts = count(spells, plan.days, plan.clock, cause=cause)
    lowest, _ = bpcp_limits(survival_curve(spells.only(cause)), plan)
    exact = Exact(
        (counts.events == 0) & (counts.day > 0) & (plan.independent and not spells.delayed),
        np.zeros(value.size),
        1 - lowest,
        name="beta product of the cause alone",
    )
    # With nobody left inside (up to rounding) the incidence cannot change any more.
    settled = probability[:, 0] <= 1e-12
    limits = band(value, error, plan, default="cloglog", exact=exact)
    return Numbers(counts, value, limits, settled, emptied_from=emptied_from(spells, plan.clock))


def one_minus_survival(question: Question, spells: FirstExit, plan: Plan, *, cause: int = 1) -> pl.DataFrame:
    """The wrong number that is often printed: one minus Kaplan-Meier with competing events censored."""
    alone = spells.only(cause)
    value = 1 - survival_at(survival_curve(alone), plan.ticks)
    nothing = np.full(value.size, np.nan)
    without = Band(
        nothing, nothing, nothing, [NO_INTERVAL] * value.size, np.zeros(value.size, dtype=np.bool_)
    )
    counts, emptied = count(alone, plan.days, plan.clock), emptied_from(alone, plan.clock)
    numbers = Numbers(counts, value, without, value >= 1, emptied_from=emptied)
    method = "1 - Kaplan-Meier, competing events censored"
    return answer(question, numbers, plan, measure="one_minus_survival", method=method)

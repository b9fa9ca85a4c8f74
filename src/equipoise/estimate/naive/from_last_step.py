"""N7, the salvage funnel: those who got to the last step of a funnel against everybody from its origin.

Both curves are those of the funnel (`equipoise.estimate.funnel`). Whoever got there lies in both, so that the
variances do not add up: the influences of a patient on both curves are subtracted before they are squared.
"""

from dataclasses import replace

import numpy as np
import polars as pl

from equipoise.base.clock import months_to_days
from equipoise.estimate.analysis import Analysis, Answered
from equipoise.estimate.answers import Numbers, Question, answer
from equipoise.estimate.bands import NO_INTERVAL, Band
from equipoise.estimate.funnel_stages import stages_of
from equipoise.estimate.naive import rung
from equipoise.estimate.naive.arms import Arms
from equipoise.estimate.naive.compared import Compared, empty_arm, rung_row
from equipoise.estimate.naive.rows import joint_error
from equipoise.estimate.naive.rung import Rung
from equipoise.estimate.naive.table import NAIVE
from equipoise.estimate.plan import Plan
from equipoise.estimate.survival import CITATIONS, METHOD, survival_numbers
from equipoise.kernels.intervals import critical_value
from equipoise.protocol.estimand import population_words
from equipoise.protocol.naive import NaiveComparison
from equipoise.protocol.plan import Funnel

OTHERS = 4  # rungs besides those at landmarks: N1, N2, N4, N5


def from_last_step(asked: NaiveComparison, analysis: Analysis) -> Compared:
    """The rung of a comparison's funnel, and the difference of its curves on the headline days.

    Parameters
    ----------
    asked
        A comparison that names a funnel of the protocol.
    analysis
        Question, data and plan.
    """
    found = next(one for one in analysis.protocol.funnels if one.name == asked.funnel)
    vocabulary = analysis.vocabulary
    one = rung.last_step(found, vocabulary.label_of(found.origin), vocabulary.label_of(found.steps[-1]))
    stages = stages_of(found, analysis)
    sides = Arms(stages[-1].outcome.all_causes(), stages[0].outcome.all_causes())
    if not (sides.treated.n and sides.untreated.n):
        nobody = (empty_arm(found.outcome, asked, one, sides),)
        return Compared(NAIVE.empty(), Answered((), findings=nobody))
    headline = np.array([months_to_days(month) for month in analysis.protocol.report.at_months])
    rows = _difference(_question(one, found, analysis), one, sides, replace(analysis.plan, days=headline))
    position = OTHERS + len(asked.landmarks_months)
    return Compared(
        rung_row(found.outcome, asked, one, sides, position), Answered((rows,), citations=CITATIONS)
    )


def _question(one: Rung, found: Funnel, analysis: Analysis) -> Question:
    word = analysis.vocabulary.outcomes[found.outcome]
    sentence = (
        f"The difference (1 minus 2) in the probability of still being {word.is_} on each day, in "
        f"{population_words(analysis.protocol, analysis.vocabulary)}, (1) {one.who_treated}; "
        f"(2) {one.who_untreated}."
    )
    return Question(sentence, found.outcome, one.treated, role="naive", finding=one.finding)


def _difference(question: Question, one: Rung, sides: Arms, plan: Plan) -> pl.DataFrame:
    """Rows of the difference; numbers of patients are those of everybody from the origin.

    Where either curve has its exact interval, because its events are few or it stands at 0 or 1, there is
    none of the difference: the limits of two curves with the same patients in them cannot be combined.
    """
    arrived, everybody = (survival_numbers(spells, plan) for spells in (sides.treated, sides.untreated))
    errors = arrived.band.std_error + everybody.band.std_error
    error = np.where(np.isnan(errors), np.nan, joint_error(sides, plan))
    value = arrived.value - everybody.value
    half = critical_value(plan.level, plan.degrees_of_freedom) * error
    half = np.where(arrived.band.exact | everybody.band.exact, np.nan, half)
    # A difference of probabilities lies between -1 and 1, whatever its normal approximation says.
    band = Band(
        error,
        np.clip(value - half, -1.0, 1.0),
        np.clip(value + half, -1.0, 1.0),
        [NO_INTERVAL if np.isnan(reach) else "plain" for reach in half],
        np.zeros(value.size, dtype=np.bool_),
    )
    last_day = min(arrived.counts.last_day, everybody.counts.last_day)
    numbers = Numbers(
        replace(everybody.counts, last_day=last_day),
        value,
        band,
        arrived.settled & everybody.settled,
        emptied_from=min(arrived.emptied_from, everybody.emptied_from),
    )
    method = f"{METHOD}, {plan.variance_label}; both curves of one patient subtracted"
    rows = answer(question, numbers, plan, measure="survival_difference", method=method)
    return rows.with_columns(versus=pl.lit(one.untreated))

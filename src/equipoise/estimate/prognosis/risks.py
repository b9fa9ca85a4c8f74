"""Absolute risks by group: the estimators of the whole population, in the patients of one group.

Survival by Kaplan-Meier, cumulative incidence by Aalen-Johansen, with the intervals of the protocol: exact
where events are few. A patient in whom the covariate is unknown is in no group.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.cohort.evaluate import evaluate
from equipoise.estimate.answers import Question, answer
from equipoise.estimate.counts import count
from equipoise.estimate.incidence import METHOD as AALEN_JOHANSEN
from equipoise.estimate.incidence import incidence_numbers
from equipoise.estimate.prognosis.case import Case
from equipoise.estimate.prognosis.groups import UNKNOWN, Groups, Int16, Level
from equipoise.estimate.prognosis.sentences import risk_sentence
from equipoise.estimate.prognosis.standing import Bool, Standing
from equipoise.estimate.survival import METHOD as KAPLAN_MEIER
from equipoise.estimate.survival import survival_numbers
from equipoise.language.words import number_words


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """The groups of one covariate among the patients at risk of one outcome on one day.

    Attributes
    ----------
    case, groups, standing
        Outcome, covariate, and where patients stand.
    member : int16[n], group of each patient at risk; -1 where unknown, or not at risk
    missing : patients at risk in whom it is unknown
    """

    case: Case
    groups: Groups
    standing: Standing
    member: Int16
    missing: int

    def strategy(self, level: Level) -> str:
        """Strategy of a group in the table of estimates."""
        month = self.standing.landmark_month
        return level.strategy if month is None else f"month {number_words(month)}: {level.strategy}"

    def of(self, place: int) -> Bool:
        """Patients of one group, bool[n]."""
        return self.member == place

    def rows(self) -> Iterator[dict[str, object]]:
        """Rows of the prognostic table, without their position; a number's slope stands at time zero only."""
        groups, standing = self.groups, self.standing
        reference = groups.levels[groups.reference] if groups.levels else None
        for place, level in enumerate(groups.levels):
            is_reference = place == groups.reference
            yield self._row(level, self.of(place)) | {
                "reference": is_reference,
                "strategy": self.strategy(level),
                "versus": None if is_reference or reference is None else self.strategy(reference),
            }
        if groups.kind == "number" and standing.landmark_month is None:
            yield self._row(groups.slope, self.member != UNKNOWN) | {
                "reference": False,
                "strategy": groups.slope.strategy,
                "versus": groups.covariate.name,
            }

    def _row(self, level: Level, members: Bool) -> dict[str, object]:
        standing, plan = self.standing, self.case.analysis.plan
        mine = standing.spells.of(members)
        counts = count(mine, standing.plan(plan, members).days, plan.clock, cause=1)
        return {
            "outcome": self.case.name,
            "covariate": self.groups.covariate.name,
            "covariate_label": self.groups.label,
            "level": level.name,
            "level_label": level.label,
            "varies": self.groups.varies,
            "landmark_month": standing.landmark_month,
            "n": mine.n,
            "events": int(counts.events[-1]),
            "missing": self.missing,
        }


def judge(case: Case, groups: Groups, standing: Standing) -> Judged:
    """Put the patients at risk into the groups of a covariate by what is known on the day."""
    everybody = groups.members(case.analysis.cohort, standing.day)
    member = np.where(standing.at_risk, everybody, UNKNOWN).astype(np.int16)
    unknown = member == UNKNOWN
    if not groups.levels:
        # A number without groups is no unknown number.
        unknown = evaluate(groups.covariate.asked, case.analysis.cohort, standing.day).is_null().to_numpy()
    missing = int((standing.at_risk & unknown).sum())
    return Judged(case, groups, standing, member, missing)


def absolute_risks(judged: Judged) -> pl.DataFrame | None:
    """Survival or cumulative incidence by the horizon in each group that has patients; None without any."""
    frames = [
        _absolute_risk(judged, place, level)
        for place, level in enumerate(judged.groups.levels)
        if judged.of(place).any()
    ]
    return pl.concat(frames) if frames else None


def _absolute_risk(judged: Judged, place: int, level: Level) -> pl.DataFrame:
    case, standing, members = judged.case, judged.standing, judged.of(place)
    sentence = risk_sentence(case, judged.groups, level, standing.landmark_month)
    question = Question(sentence, case.name, judged.strategy(level), case.role, case.finding)
    plan, spells = standing.plan(case.analysis.plan, members), standing.spells.of(members)
    if case.competes:
        numbers = incidence_numbers(spells, plan, 1)
        measure, name = "cumulative_incidence", AALEN_JOHANSEN
    else:
        numbers = survival_numbers(spells.all_causes(), plan)
        measure, name = "survival", KAPLAN_MEIER
    from_landmark = "" if standing.landmark_month is None else ", landmark"
    method = f"{name}{from_landmark}, {plan.variance_label}"
    rows = answer(question, numbers, plan, measure=measure, method=method)
    return rows.with_columns(day=pl.lit(standing.reported))

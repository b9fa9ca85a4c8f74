"""How the trial is emulated: models of who starts a treatment and who is lost, and what comes of them."""

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from equipoise.base.model import Frozen
from equipoise.language.comparison import Name
from equipoise.language.feature import AgeOfValue, DaysSince
from equipoise.language.problem import Problem, unknown_word
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.words import listing, lower_first, number_words
from equipoise.protocol.plan import LAST_MONTH
from equipoise.protocol.prognosis import Covariate, with_cut

Truncation = Literal["default"] | Annotated[float, Field(gt=1, allow_inf_nan=False)] | None
LateEntrants = Literal["exclude", "include"]


def column_label(column: str, vocabulary: Vocabulary) -> str:
    """Label of a column of patients; its own name where the vocabulary does not declare it (``site``)."""
    return lower_first(vocabulary.label_of(column)) if column in vocabulary.patients else column


class Adjustment(Covariate):
    """Something known about a patient by the end of the day before that goes with a start (or a loss).

    The log hazard ratio has a normal prior. It is that of `per` units more of a number without `cut`; with
    `cut` of each group of values against the first; of each level of a category against `reference`; of true
    against false. Whoever has no known value is a group of his own and never dropped.

    Parameters
    ----------
    name, label, feature, predicate, per, cut, reference
        As for `Covariate`; here `cut` makes the groups of the model. What grows from day to day (an age of a
        value, days since a record) needs `cut`: the hazard changes when a group changes, not every day.
    prior_mean, prior_sd
        Mean and standard deviation of the normal prior of the log hazard ratio.
    """

    prior_mean: float = Field(default=0.0, allow_inf_nan=False)
    prior_sd: float = Field(default=1.0, gt=0, allow_inf_nan=False)

    def model_words(self, vocabulary: Vocabulary) -> str:
        """``age (cut at 10 and 18 years)``, with the prior where it is not the usual one."""
        words = with_cut(self, vocabulary)
        if self.prior_mean == 0:
            return words
        return f"{words} (a hazard ratio of about {math.exp(self.prior_mean):.2g} is expected beforehand)"

    def problems(self) -> Iterator[Problem]:
        """Problems of the covariate, and a value that would change the hazard every day."""
        yield from super().problems()
        if isinstance(self.feature, AgeOfValue | DaysSince) and not self.cut:
            yield Problem("P141", ("cut",), f"{self.name!r} grows from day to day and has no cut")


class HazardModel(Frozen):
    """A piecewise constant hazard with covariates, each with a normal prior on its log ratio.

    Parameters
    ----------
    adjust_for
        What the hazard may depend on; none: on the time since time zero alone.
    site
        Column of patients whose values have effects of their own, drawn towards 0; null: none.
    site_sd
        Standard deviation of these effects (log hazard ratios).
    pieces_months
        Months since time zero at which the baseline hazard may change.
    """

    adjust_for: tuple[Adjustment, ...]
    site: Name | None = None
    site_sd: float = Field(default=0.5, gt=0, allow_inf_nan=False)
    pieces_months: tuple[float, ...] = (1.0, 5.0, 11.0)

    def problems(self) -> Iterator[Problem]:
        """Problems of the covariates, names that occur twice, pieces out of order."""
        names = [one.name for one in self.adjust_for]
        for position, one in enumerate(self.adjust_for):
            yield from (problem.below("adjust_for", position) for problem in one.problems())
            if one.name in names[:position]:
                yield Problem("P116", ("adjust_for", position, "name"), f"{one.name!r} twice")
        for position, (earlier, later) in enumerate(pairwise((0.0, *self.pieces_months))):
            path = ("pieces_months", position)
            if not 0 < later <= LAST_MONTH:
                found = f"month {later:g}; a piece begins after time zero, by month {LAST_MONTH:g}"
                yield Problem("P140", path, found)
            elif later <= earlier:
                yield Problem("P140", path, f"month {later:g} after {earlier:g}")

    def words(self, vocabulary: Vocabulary) -> str:
        """What the hazard may depend on, as the end of a sentence."""
        pieces = listing(number_words(month) for month in (0.0, *self.pieces_months))
        asked = "; ".join(one.model_words(vocabulary) for one in self.adjust_for)
        known = f", and on what is known by the end of the day before: {asked}" if asked else ""
        label = "" if self.site is None else column_label(self.site, vocabulary)
        site = f"; each {label} has an effect of its own, drawn towards 0" if label else ""
        return f"on the time since time zero (in pieces that begin at months {pieces}){known}{site}"


class TreatmentModel(HazardModel):
    """The hazard of starting a treatment, among those at risk of it; `treatment` is its name."""

    treatment: Name


class LossModel(HazardModel):
    """The hazard of being lost to follow-up, for weights where the loss may go with the prognosis."""


class Emulation(Frozen):
    """The weighted analysis of clones under each strategy.

    Parameters
    ----------
    treatments
        One model for each treatment that a rule of a strategy names.
    loss
        Model of the loss to follow-up, or null: the loss has nothing to do with the prognosis. It has no
        default, because it changes what is assumed.
    outcomes
        Outcomes of the protocol that are estimated under the strategies.
    strategies
        Strategies of the protocol that are emulated; all of them when empty.
    late_entrants
        ``exclude`` those who come under observation after time zero, or ``include`` them, which is right
        only if their history from time zero on is complete and their coming does not depend on a treatment.
    truncate
        Largest weight: ``default`` (sqrt(n) ln(n) / 5, Gruber et al. 2022), a number, or null for none.
    draws
        Bootstrap draws for curves and bands.
    jackknife_up_to
        Up to so many patients the variance is that of leaving out each of them.
    penalised
        Whether the priors hold; without them the models are fitted by maximum likelihood.
    """

    treatments: tuple[TreatmentModel, ...]
    loss: LossModel | None
    outcomes: tuple[Name, ...] = Field(min_length=1)
    strategies: tuple[Name, ...] = ()
    late_entrants: LateEntrants = "exclude"
    truncate: Truncation = "default"
    draws: int = Field(default=1000, ge=200)
    jackknife_up_to: int = Field(default=300, ge=0)
    penalised: bool = True

    def model(self, treatment: str) -> TreatmentModel:
        """The model of a treatment; KeyError for one that no rule names."""
        return {one.treatment: one for one in self.treatments}[treatment]

    def emulates(self, strategy: str) -> bool:
        """Whether a strategy is among those that are emulated."""
        return not self.strategies or strategy in self.strategies

    def problems(
        self, ruled: Iterable[str], outcomes: Iterable[str], strategies: Iterable[str]
    ) -> Iterator[Problem]:
        """Models that are missing, double or of no use; strategies and outcomes that the protocol lacks.

        Parameters
        ----------
        ruled
            Names of the treatments that a rule of an emulated strategy names.
        outcomes
            Names of the protocol's outcomes.
        strategies
            Names of the protocol's strategies.
        """
        needed, known, named = list(dict.fromkeys(ruled)), list(outcomes), list(strategies)
        for position, name in enumerate(self.strategies):
            if name not in named:
                yield unknown_word(("strategies", position), name, named, "a strategy of this protocol")
            elif name in self.strategies[:position]:
                yield Problem("P116", ("strategies", position), f"{name!r} twice")
        modelled = [one.treatment for one in self.treatments]
        for name in needed:
            if name not in modelled:
                yield Problem("P140", ("treatments",), f"no model of {name!r}, on which strategies decide")
        for position, one in enumerate(self.treatments):
            path = ("treatments", position)
            if one.treatment not in needed:
                what = "a treatment that a rule of an emulated strategy names"
                yield unknown_word((*path, "treatment"), one.treatment, needed, what)
            elif one.treatment in modelled[:position]:
                yield Problem("P116", (*path, "treatment"), f"{one.treatment!r} twice")
            yield from (problem.below(*path) for problem in one.problems())
        if self.loss is not None:
            yield from (problem.below("loss") for problem in self.loss.problems())
        for position, name in enumerate(self.outcomes):
            if name not in known:
                yield unknown_word(("outcomes", position), name, known, "an outcome of this protocol")
            elif name in self.outcomes[:position]:
                yield Problem("P116", ("outcomes", position), f"{name!r} twice")

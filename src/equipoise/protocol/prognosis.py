"""Prognosis: how the outcomes depend on what is known about a patient, at time zero and later."""

from collections.abc import Iterator

from pydantic import Field

from equipoise.base.model import Frozen
from equipoise.language.comparison import Name
from equipoise.language.feature import Baseline, Feature, unit_of
from equipoise.language.predicate import Predicate
from equipoise.language.problem import Problem
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.words import listing, lower_first, number_words
from equipoise.protocol.plan import LAST_MONTH


class Covariate(Frozen):
    """Something known about a patient that may go with the outcome; exactly one of feature and predicate.

    Parameters
    ----------
    name, label
        Name for tables; label for print (the words of the feature when empty).
    feature
        A number or a category, for example ``{baseline: age}`` or ``{last: burden}``.
    predicate
        Something true or false, for example ``{has: bca_loss}``.
    per
        Of a number: the hazard ratio is given for so many units more.
    cut
        Of a number: absolute risks are given in the groups up to and including each cut.
    reference
        Of a category: the level that the others are compared with; the most frequent one when empty.
    """

    name: Name
    label: str = ""
    feature: Feature | None = None
    predicate: Predicate | None = None
    per: float = Field(default=1.0, gt=0)
    cut: tuple[float, ...] = ()
    reference: str = ""

    @property
    def asked(self) -> Feature | Predicate:
        """The feature or the predicate."""
        asked = self.predicate if self.feature is None else self.feature
        if asked is None:
            raise ValueError(f"covariate {self.name} asks for nothing")
        return asked

    @property
    def is_baseline(self) -> bool:
        """Whether it is a column of patients, which has one value a patient."""
        return isinstance(self.feature, Baseline)

    def words(self, vocabulary: Vocabulary) -> str:
        """The label; else a column's own label, or the words of what is asked."""
        if self.label:
            return self.label
        if isinstance(self.feature, Baseline):
            return vocabulary.label_of(self.feature.column)
        return self.asked.words(vocabulary)

    def problems(self) -> Iterator[Problem]:
        """Neither or both of feature and predicate; cuts out of order."""
        if (self.feature is None) == (self.predicate is None):
            yield Problem("P118", ("name",), f"covariate {self.name!r} needs either a feature or a predicate")
        if list(self.cut) != sorted(set(self.cut)):
            yield Problem("P118", ("cut",), f"cuts {list(self.cut)} are not in rising order")


class Prognosis(Frozen):
    """The prognostic table: absolute risks and hazard ratios by covariates.

    Parameters
    ----------
    outcomes
        Survival outcomes and cumulative incidences of the vocabulary.
    by_month
        Months after time zero (or after the landmark) by which the absolute risks are given.
    landmarks_months
        Months after time zero at which covariates that change are judged.
    covariates
        What is asked about.
    strata
        Columns of patients within which tests and regressions compare.
    prior_sd
        Standard deviation of the normal prior on the log hazard ratios of the joint, shrunken model (per
        unit of `per`, or against the reference); null: no shrunken model.
    """

    outcomes: tuple[Name, ...] = Field(min_length=1)
    by_month: float = Field(gt=0, le=LAST_MONTH)
    landmarks_months: tuple[float, ...] = ()
    covariates: tuple[Covariate, ...] = Field(min_length=1)
    strata: tuple[Name, ...] = ()
    prior_sd: float | None = Field(default=0.7, gt=0)

    def problems(self) -> Iterator[Problem]:
        """Outcomes or names that occur twice, landmarks out of order, problems of the covariates."""
        for position, name in enumerate(self.outcomes):
            if name in self.outcomes[:position]:
                yield Problem("P116", ("outcomes", position), f"{name!r} twice")
        for position, month in enumerate(self.landmarks_months):
            if not 0 < month <= LAST_MONTH:
                found = f"landmark {month:g}; landmarks lie after time zero, up to month {LAST_MONTH:g}"
                yield Problem("P114", ("landmarks_months", position), found)
            elif position and month <= self.landmarks_months[position - 1]:
                found = f"month {month:g} after {self.landmarks_months[position - 1]:g}"
                yield Problem("P114", ("landmarks_months", position), found)
        names = [one.name for one in self.covariates]
        for position, one in enumerate(self.covariates):
            yield from (problem.below("covariates", position) for problem in one.problems())
            if one.name in names[:position]:
                yield Problem("P116", ("covariates", position, "name"), f"{one.name!r} twice")

    def words(self, vocabulary: Vocabulary) -> str:
        """A paragraph: by what, how, when it is judged, and how to read it."""
        outcomes = listing(lower_first(vocabulary.outcomes[name].label) for name in self.outcomes)
        asked = "; ".join(with_cut(one, vocabulary) for one in self.covariates)
        text = (
            f"Prognosis. Shown are {outcomes} by month {number_words(self.by_month)} in groups of patients: "
            f"{asked}. Absolute risks come first; beside them stand hazard ratios, of each covariate alone "
            "and of all together"
        )
        if self.prior_sd is not None:
            prior = number_words(self.prior_sd)
            text += f", also shrunken towards 1 (normal prior on their logs, standard deviation {prior})"
        if self.strata:
            text += f"; tests and ratios compare within {listing(self.strata)}"
        text += (
            ". A number without a cut is cut at its median at time zero. Who has no known value is counted "
            "and shown, but is in no group."
        )
        if self.landmarks_months:
            months = listing(number_words(month) for month in self.landmarks_months)
            text += (
                f" What may change is judged again at months {months} after time zero, in those still "
                "followed and free of the event, on what is known by then, and they are counted from there."
            )
        return f"{text} These are associations: they say who fares how, not what would change it."


def with_cut(covariate: Covariate, vocabulary: Vocabulary) -> str:
    """``age (cut at 10 and 18 years)``."""
    words = covariate.words(vocabulary)
    if not covariate.cut:
        return words
    unit = unit_of(covariate.feature, vocabulary) if covariate.feature is not None else ""
    return f"{words} (cut at {listing(number_words(cut) for cut in covariate.cut)} {unit}".rstrip() + ")"

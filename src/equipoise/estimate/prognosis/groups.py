"""The groups of a covariate: which there are, what they are called, and who is in which by a day.

Which groups there are is settled once, at time zero, among the enrolled: declared levels of a category, yes
and no, numbers cut where the protocol says or at the median at time zero. Later days use the same groups.
Who is in which is evaluated on what is known by the end of the day; unknown is no group.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.evaluate import evaluate
from equipoise.cohort.following import follow
from equipoise.language.comparison import Operator
from equipoise.language.feature import Baseline, Feature, unit_of, value_type
from equipoise.language.predicate import AllOf, AnyOf, Compare, Not, Predicate
from equipoise.language.words import number_words, quantity_words
from equipoise.protocol.prognosis import Covariate

Float64 = NDArray[np.float64]
Int16 = NDArray[np.int16]
UNKNOWN = -1
TRUTH = {"no": "no", "yes": "yes"}


@dataclass(frozen=True, slots=True)
class Level:
    """One group.

    Attributes
    ----------
    name, label
        Name for tables, words for print.
    strategy
        Strategy of its rows in the table of estimates: ``sex=f``, ``age <= 26``.
    """

    name: str
    label: str
    strategy: str


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of one covariate.

    Attributes
    ----------
    covariate
        As asked; `reference` is filled in for a category.
    label
        Words of the covariate.
    kind
        ``category``, ``boolean`` or ``number``.
    levels
        The groups in the order of print; none for a number that cannot be cut.
    reference
        Position of the group that the others are compared with.
    cut
        Where a number is cut: group k holds the values above cut k - 1, up to and including cut k.
    at_median
        Whether the cut is the median at time zero.
    varies
        Whether what is known of the covariate may change after time zero.
    unit
        Unit of a number, may be empty.
    """

    covariate: Covariate
    label: str
    kind: str
    levels: tuple[Level, ...]
    reference: int
    cut: tuple[float, ...]
    at_median: bool
    varies: bool
    unit: str = ""

    @property
    def slope(self) -> Level:
        """A number's own row: so many units more."""
        per, name = self.covariate.per, self.covariate.name
        return Level(
            "per", f"for each {quantity_words(per, self.unit)} more", f"{name} + {number_words(per)}"
        )

    def members(self, cohort: Cohort, day: Float64) -> Int16:
        """Group of each patient by the end of a day: int16[n], -1 where it is unknown (or the day is NaN)."""
        if not self.levels:
            return np.full(cohort.n, UNKNOWN, dtype=np.int16)
        if self.kind == "number":
            return _by_cut(self.covariate, self.cut, cohort, day)
        value = evaluate(self.covariate.asked, cohort, day)
        if self.kind == "boolean":
            return value.cast(pl.Int16).fill_null(UNKNOWN).to_numpy()
        number = {level.name: position for position, level in enumerate(self.levels)}
        return (
            value.replace_strict(number, default=UNKNOWN, return_dtype=pl.Int16).fill_null(UNKNOWN).to_numpy()
        )


def groups_of(covariate: Covariate, cohort: Cohort, time_zero: Float64) -> Groups:
    """Settle the groups of a covariate at time zero.

    Parameters
    ----------
    covariate
        As asked.
    cohort
        The cohort.
    time_zero
        Day of time zero, shape (n,); NaN for patients who are not enrolled, who have no say.
    """
    label = covariate.words(cohort.vocabulary)
    varies = _varies(covariate, cohort, time_zero)
    kind, labels = ("boolean", None)
    if covariate.feature is not None:
        kind, labels = value_type(covariate.feature, cohort.vocabulary)
    if kind == "number":
        return _of_number(covariate, label, cohort, time_zero, varies=varies)
    if kind == "boolean":
        levels = _named(covariate.name, TRUTH)
        return Groups(covariate, label, kind, levels, 0, (), at_median=False, varies=varies)
    known = evaluate(covariate.asked, cohort, time_zero).drop_nulls()
    levels = _named(covariate.name, labels or {one: one for one in sorted(known.unique().to_list())})
    names = [level.name for level in levels]
    counted = [int((known == name).sum()) for name in names]
    # The most frequent level; of several the first declared.
    chosen = covariate.reference or (names[int(np.argmax(counted))] if names else "")
    settled = covariate.model_copy(update={"reference": chosen})
    reference = names.index(chosen) if chosen in names else 0
    return Groups(settled, label, kind, levels, reference, (), at_median=False, varies=varies)


def _of_number(
    covariate: Covariate, label: str, cohort: Cohort, time_zero: Float64, *, varies: bool
) -> Groups:
    cut, at_median = covariate.cut, not covariate.cut
    if at_median:
        known = evaluate(covariate.asked, cohort, time_zero).drop_nulls().cast(pl.Float64)
        median = known.median()
        cut = (float(median),) if isinstance(median, float | int) else ()
    unit = "" if covariate.feature is None else unit_of(covariate.feature, cohort.vocabulary)
    levels = _intervals(covariate.name, cut, unit, " (median)" if at_median else "") if cut else ()
    return Groups(covariate, label, "number", levels, 0, cut, at_median=at_median, varies=varies, unit=unit)


def _named(covariate: str, labels: Mapping[str, str]) -> tuple[Level, ...]:
    return tuple(Level(name, label, f"{covariate}={name}") for name, label in labels.items())


def _intervals(covariate: str, cut: tuple[float, ...], unit: str, note: str) -> tuple[Level, ...]:
    """Names as in ``age <= 26``, ``age in (26, 40]``, ``age > 40``."""
    words = [number_words(one) for one in cut]
    labels = [quantity_words(one, unit) for one in cut]
    lowest = (f"<= {words[0]}", f"up to {labels[0]}{note}")
    highest = (f"> {words[-1]}", f"above {labels[-1]}{note}")
    between = [
        (f"in ({low}, {high}]", f"above {low}, up to {label}")
        for (low, high), label in zip(pairwise(words), labels[1:], strict=True)
    ]
    return tuple(Level(name, label, f"{covariate} {name}") for name, label in (lowest, *between, highest))


def _by_cut(covariate: Covariate, cut: tuple[float, ...], cohort: Cohort, day: Float64) -> Int16:
    """Number of cuts that the value exceeds; unknown where a limit of detection leaves one of them open."""
    if covariate.feature is None:
        raise ValueError(f"covariate {covariate.name} is no number")
    group = np.zeros(cohort.n, dtype=np.int16)
    unknown = np.zeros(cohort.n, dtype=np.bool_)
    for one in cut:
        above = evaluate(Compare(feature=covariate.feature, op=Operator.GT, value=one), cohort, day)
        unknown |= above.is_null().to_numpy()
        group += above.fill_null(value=False).cast(pl.Int16).to_numpy()
    return np.where(unknown, UNKNOWN, group).astype(np.int16)


def _varies(covariate: Covariate, cohort: Cohort, time_zero: Float64) -> bool:
    """Whether more may be known of it later: records come, and some columns have a later `known_from`."""
    if isinstance(covariate.feature, Baseline):
        return bool(known_later(covariate.feature, cohort, time_zero))
    return not _is_of_columns(covariate.asked) or follow(covariate.asked, cohort, time_zero).varies


def _is_of_columns(asked: Feature | Predicate) -> bool:
    """Whether it is made of columns of patients alone, which do not change once they are known."""
    match asked:
        case Compare():
            return isinstance(asked.feature, Baseline)
        case AllOf():
            return all(map(_is_of_columns, asked.all_of))
        case AnyOf():
            return all(map(_is_of_columns, asked.any_of))
        case Not():
            return _is_of_columns(asked.not_)
        case _:
            return isinstance(asked, Baseline)


def known_later(feature: Baseline, cohort: Cohort, time_zero: Float64) -> int:
    """Enrolled patients in whom a column holds a value that is not known yet at time zero."""
    enrolled = pl.Series(values=~np.isnan(time_zero))
    hidden = evaluate(feature, cohort, time_zero).is_null() & cohort.patients[feature.column].is_not_null()
    return int((hidden & enrolled).sum())

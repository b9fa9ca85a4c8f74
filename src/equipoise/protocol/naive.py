"""Naive comparisons: "treated or not", as it is usually computed, each way labelled with what is wrong."""

from pydantic import Field

from equipoise.base.model import Frozen
from equipoise.language.comparison import Name


class NaiveComparison(Frozen):
    """The ladder of naive analyses of one intervention that starts after time zero.

    Parameters
    ----------
    name, label
        Name for tables, title for print.
    intervention
        Intervention or event whose first record after time zero makes a patient "treated".
    outcomes
        Survival outcomes to compare.
    landmarks_months
        Landmarks, in months after time zero.
    """

    name: Name
    label: str
    intervention: Name
    outcomes: tuple[Name, ...] = Field(min_length=1)
    landmarks_months: tuple[float, ...] = (3.0, 6.0)

"""What the endpoints of published numbers mean: on which scale a number is, and in which unit."""

from dataclasses import dataclass
from enum import StrEnum


class Bound(StrEnum):
    """Whether a source gives the number, or only what it is below."""

    EQUAL = "="
    BELOW = "<"


class Limits(StrEnum):
    """What ``lower`` and ``upper`` are: an interval of the source, or a range of values."""

    INTERVAL = "interval"
    RANGE = "range"


class Measure(StrEnum):
    """The scale of a published number."""

    SURVIVAL = "survival"
    CUMULATIVE_INCIDENCE = "cumulative_incidence"
    PROPORTION = "proportion"
    MEDIAN_TIME = "median_time"
    HAZARD_RATIO = "hazard_ratio"
    SUBDISTRIBUTION_HAZARD_RATIO = "subdistribution_hazard_ratio"
    RISK_RATIO = "risk_ratio"
    P_VALUE = "p_value"
    RATIO_MINUS_ONE = "ratio_minus_one"
    MODEL_PARAMETER = "model_parameter"
    COST_EFFECTIVENESS = "cost_effectiveness"

    @property
    def is_probability(self) -> bool:
        """Whether the number is a probability of an outcome, between 0 and 1; a P value is not meant."""
        return self in (Measure.SURVIVAL, Measure.CUMULATIVE_INCIDENCE, Measure.PROPORTION)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint as a source words it.

    Parameters
    ----------
    name
        Its words in the table of published numbers.
    outcome
        Short name of what it is about, shared by all wordings of one outcome, for example ``os``.
    measure
        Scale of its numbers.
    unit
        Unit of its numbers; empty for a probability, a ratio or a parameter without one.
    bound, limits
        How the number and its limits are meant.
    meaning
        The abbreviations written out.
    """

    name: str
    outcome: str
    measure: Measure
    unit: str
    bound: Bound
    limits: Limits
    meaning: str

"""`Published`: one number from the literature, with everything that must stand beside it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from equipoise.evidence.endpoint import Bound, Endpoint, Measure

PRIMARY = "abstract or article page"
_INFERRED_CODES = "codes inferred"
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_POSITIVE = (
    Measure.MEDIAN_TIME,
    Measure.HAZARD_RATIO,
    Measure.SUBDISTRIBUTION_HAZARD_RATIO,
    Measure.RISK_RATIO,
)


class Caution(StrEnum):
    """Why a number must be read with care."""

    CONFLICT = "conflict"
    FUTURE = "conditions on the future"
    NAIVE = "naive comparison"
    TIME_ZERO = "time zero in doubt"
    LIMITS = "limits in doubt"


@dataclass(frozen=True, slots=True)
class Remark:
    """A declared caution about one number, with its words for the reader."""

    kind: Caution
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One published number.

    Parameters
    ----------
    key
        Its stable name, for example ``lin-2018-icer-bridge``.
    study, year
        How the source is called, and its year where the table has one.
    doi, doi_read
        Digital object identifier, and whether it was read on the page of the source.
    population, arm
        Whom the number is about.
    n
        Patients of the arm; None where nothing tells how many they are.
    listed
        Patients as the table lists them; where ``n`` is None they are more than the arm.
    endpoint
        What was counted, with scale and unit.
    time_zero, time_zero_inferred
        Where counting starts, and whether that was only inferred from the abstract.
    month
        Months after time zero (of 365.25 / 12 days), where the number belongs to a time.
    estimate, lower, upper
        The number and its limits as published, probabilities between 0 and 1. The level of the limits is
        not recorded.
    quotable
        Whether it may be printed to a reader as a number to quote.
    seen_in
        Where the number was seen.
    note
        How later treatment was counted, where known, and other remarks of the transcription.
    remarks
        Declared cautions.

    Raises
    ------
    ValueError
        If the values contradict each other. The table is ours, so this is our mistake, not the user's.
    """

    key: str
    study: str
    year: int | None
    doi: str | None
    doi_read: bool
    population: str
    arm: str
    n: int | None
    listed: int | None
    endpoint: Endpoint
    time_zero: str
    time_zero_inferred: bool
    month: float | None
    estimate: float
    lower: float | None
    upper: float | None
    quotable: bool
    seen_in: str
    note: str
    remarks: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        problem = _problem_of_source(self) or _problem_of_number(self)
        if problem:
            raise ValueError(f"published number {self.key}: {problem}")

    @property
    def is_probability(self) -> bool:
        """Whether the number is a probability of an outcome."""
        return self.endpoint.measure.is_probability

    @property
    def source(self) -> str:
        """Short name of the source, as a BibTeX key: the part of the key that ends in its year."""
        if self.year is None:
            return self.key
        return self.key[: self.key.index(f"-{self.year}-") + len(f"-{self.year}")]

    @property
    def url(self) -> str | None:
        """Link of the DOI."""
        return None if self.doi is None else f"https://doi.org/{self.doi}"

    @property
    def why_not_quotable(self) -> tuple[str, ...]:
        """Why the number may not be quoted, from where it was seen; empty when it may."""
        reasons: list[str] = []
        if _INFERRED_CODES in self.seen_in:
            reasons.append("rate computed from public-use data with inferred codes")
        elif self.seen_in != PRIMARY:
            place = self.seen_in.removesuffix(" (secondary)")
            reasons.append("secondary source" + (f" ({place})" if place != "secondary source" else ""))
        if self.doi is None:
            reasons.append("no DOI")
        return tuple(reasons)

    @property
    def may_calibrate(self) -> bool:
        """Whether a model may be fitted to it as it stands: a probability at a known time from a known zero.

        A time zero that was only inferred must be confirmed in the source first.
        """
        doubts = {Caution.FUTURE, Caution.NAIVE, Caution.TIME_ZERO, Caution.LIMITS}
        return (
            self.is_probability
            and self.endpoint.bound is Bound.EQUAL
            and self.month is not None
            and not self.time_zero_inferred
            and not any(one.kind in doubts for one in self.remarks)
        )

    @property
    def citation(self) -> str:
        """The source as one sentence: study, year, DOI and what must be said about them."""
        name = self.study if self.year is None else f"{self.study} ({self.year})"
        if self.url is None:
            return f"{name}. No DOI."
        return f"{name}. {self.url}" + ("" if self.doi_read else " (DOI not read on the page)")


def _problem_of_source(number: Published) -> str:
    """What is wrong with the names and the source; empty when nothing is."""
    texts = (number.study, number.population, number.arm, number.time_zero, number.seen_in)
    year, doi = number.year, number.doi
    problems = (
        (not _KEY.fullmatch(number.key), "the key is not made of lower-case words with hyphens"),
        (year is not None and f"-{year}-" not in number.key, f"the key does not hold the year {year}"),
        (any(not text or text != text.strip() for text in texts), "a text is empty or has spaces around it"),
        (doi is not None and not _DOI.fullmatch(doi), f"{doi!r} is not a DOI"),
        (doi is None and number.doi_read, "a DOI that is not there cannot have been read"),
        (
            number.quotable == bool(number.why_not_quotable),
            f"quotable is {number.quotable}, but where it was seen says otherwise",
        ),
    )
    return next((words for is_wrong, words in problems if is_wrong), "")


def _problem_of_number(number: Published) -> str:
    """What is wrong with the values; empty when nothing is."""
    values = [one for one in (number.lower, number.estimate, number.upper) if one is not None]
    month, measure = number.month, number.endpoint.measure
    is_share = measure.is_probability or measure is Measure.P_VALUE
    problems = (
        (not all(isfinite(one) for one in values), "a value is not finite"),
        (values != sorted(values), f"lower, estimate, upper are not in order: {values}"),
        (
            is_share and not 0 <= min(values) <= max(values) <= 1,
            f"a probability lies outside 0 to 1: {values}",
        ),
        (measure in _POSITIVE and min(values) <= 0, f"a time or ratio is not positive: {values}"),
        (
            month is not None and not (isfinite(month) and month > 0),
            f"month {month} is not a time after time zero",
        ),
        (any(one is not None and one < 1 for one in (number.n, number.listed)), "fewer than one patient"),
    )
    return next((words for is_wrong, words in problems if is_wrong), "")

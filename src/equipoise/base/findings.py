"""Findings: what the audit or an estimator noticed, as values with a code from one registry."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from equipoise.base.codes import CODES, Severity

__all__ = ["Finding", "FindingStatus", "Severity", "finding", "worst"]


class FindingStatus(StrEnum):
    """How an estimate may be read; the members are sentences for the reader."""

    OK = "The estimate may be read as it stands."
    FEW_EVENTS = "Few events: the interval is the exact (beta-product) one and wide for a reason."
    NO_INTERVAL = "No interval can be given here: read the estimate with the number at risk."
    SPARSE = "Fewer than one in ten patients is still at risk: read this part of the curve with reserve."
    LEVEL_NOT_REACHED = "The curve does not come down to this level within the follow-up; no number is given."
    NOT_REACHED = "The follow-up does not reach this day in anybody at risk; no number is given."
    EMPTIED = "All at risk had left before others came under observation; no number is given."
    NO_EVENTS = "No event to compare: nothing can be estimated here, and nothing is ruled out."
    ONE_VALUE = "Everybody at risk has the same value: there is nothing to compare."
    UNSTABLE = "Few events: the ratio is unstable; read the shrunken one, if given, and the absolute risks."
    SEPARATED = "All events lie on one side: no finite ratio fits; read the counts and the absolute risks."
    NOT_TESTED = "No test is given here; the finding beside it says why."
    NOT_CONVERGED = "The computation did not settle on an answer; no number is given."
    SEALED = "These data cannot answer for this strategy: only the limits of the worst case are given."
    AMBER = "Thin support: few patients follow this strategy; read the number with its interval."
    BIASED = "This analysis answers another question than its name suggests; it is shown for comparison."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was noticed.

    Parameters
    ----------
    code
        Code in the registry (`equipoise.base.codes`).
    severity
        ``error`` stops a run, ``warning`` is shown beside the result, ``note`` is told once.
    table
        Table or estimand that the finding is about.
    rows
        Row numbers (1-based, as in the source table), at most the first twenty.
    patients
        How many patients are concerned.
    message
        What was found, in words and counts; no identifiers, dates or free text.
    remedy
        What to do.
    """

    code: str
    severity: Severity
    table: str
    rows: tuple[int, ...]
    patients: int
    message: str
    remedy: str


def finding(
    code: str,
    table: str,
    message: str,
    *,
    rows: Iterable[int] = (),
    patients: int = 0,
    remedy: str | None = None,
) -> Finding:
    """Make a finding; severity and the default remedy come from the registry.

    Parameters
    ----------
    code, table, message, rows, patients, remedy
        See `Finding`. Only the first twenty row numbers are kept.

    Returns
    -------
    Finding
    """
    meaning = CODES[code]
    first = tuple(sorted(set(rows)))[:20]
    return Finding(code, meaning.severity, table, first, patients, message, remedy or meaning.do)


def worst(findings: Iterable[Finding]) -> Severity | None:
    """Return the highest severity among the findings, or None when there are none."""
    order = list(Severity)
    return max((one.severity for one in findings), key=order.index, default=None)

"""The audit of a cohort: what is wrong or smells, in the field's words, as findings with codes."""

from equipoise.base.findings import Finding
from equipoise.cohort.audit.bias import bias_findings
from equipoise.cohort.audit.completeness import completeness_findings
from equipoise.cohort.audit.order import order_findings
from equipoise.cohort.audit.times import time_findings
from equipoise.cohort.audit.values import value_findings
from equipoise.cohort.cohort import Cohort

__all__ = ["audit"]


def audit(cohort: Cohort) -> tuple[Finding, ...]:
    """Look for everything that is known to go wrong.

    Returns
    -------
    tuple[Finding, ...]
        Sorted by code, then table, then message. An ``error`` means that the data cannot be right.
    """
    found = [
        *time_findings(cohort),
        *order_findings(cohort),
        *value_findings(cohort),
        *completeness_findings(cohort),
        *bias_findings(cohort),
    ]
    return tuple(sorted(found, key=lambda one: (one.code, one.table, one.message)))

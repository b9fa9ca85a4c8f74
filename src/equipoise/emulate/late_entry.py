"""Late entrants: patients who come under observation only after time zero, left out or kept."""

import numpy as np
import polars as pl

from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import ATTRITION, ENROLLED, Enrolment, enters_late, on_record
from equipoise.emulate.flow import Box, flow_table
from equipoise.protocol.emulation import LateEntrants

FOLLOWED = "followed"
LABEL = "under observation from time zero on"
LEFT_LABEL = "under observation only later"


def with_late_entrants(enrolment: Enrolment, cohort: Cohort, how: LateEntrants) -> Enrolment:
    """Keep or leave out those who are enrolled but enter observation after time zero.

    Whoever is known only because of a treatment (a registry that asks for consent at the transplant) entered
    because it was started; as at risk from then on, such a patient starts as soon as seen, and nobody like
    him or her who did not start is in the data.

    Parameters
    ----------
    enrolment, cohort
        The enrolled patients, and their records.
    how
        ``include``: they count as at risk from their entry on (left truncation), which asks that the entry
        has nothing to do with the treatment. ``exclude``: one more step of attrition.

    Returns
    -------
    Enrolment
        The same one for ``include``, or if nobody enters late.
    """
    late = enters_late(cohort, enrolment.time_zero)
    if how == "include" or not late.any():
        return enrolment
    zero = np.where(late, np.nan, enrolment.time_zero)
    remaining = int((~np.isnan(zero)).sum())
    record = on_record(late, cohort)
    step = {
        "step": enrolment.attrition.height,
        "label": LABEL,
        "excluded": int(late.sum()),
        "remaining": remaining,
        "on_record": ", ".join(f"{n} {label}" for _, label, n in record),
    }
    attrition = ATTRITION.check(pl.concat([enrolment.attrition, ATTRITION.frame([step])]))
    findings = tuple(one for one in enrolment.findings if one.code != "E003")
    return Enrolment(zero, attrition, _flow(enrolment, record, int(late.sum()), remaining), findings)


def _flow(enrolment: Enrolment, record: list[tuple[str, str, int]], left: int, kept: int) -> pl.DataFrame:
    """The flow with the step before the enrolled, from whom everything else goes on."""
    boxes = [
        Box(FOLLOWED if one["box"] == ENROLLED else one["box"], *list(one.values())[1:])
        for one in enrolment.flow.iter_rows(named=True)
    ]
    out = "not_from_time_zero"
    boxes.append(Box(out, FOLLOWED, "left", LEFT_LABEL, left))
    boxes += [Box(f"{out}:{name}", out, "detail", label, n) for name, label, n in record]
    boxes.append(Box(ENROLLED, FOLLOWED, "kept", LABEL, kept))
    return flow_table(boxes)

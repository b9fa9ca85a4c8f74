"""The analysis in which a protocol is emulated: its people, its strategies with laws in numbers, its days."""

from dataclasses import replace

import numpy as np

from equipoise.base.clock import months_to_days
from equipoise.base.errors import IdentificationError
from equipoise.base.findings import Finding, finding
from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import Enrolment
from equipoise.emulate.late_entry import with_late_entrants
from equipoise.emulate.practice import with_laws
from equipoise.estimate.analysis import Analysis, courses
from equipoise.estimate.plan import Plan, plan_of
from equipoise.protocol.contrast import RESTRICTED
from equipoise.protocol.emulation import Emulation
from equipoise.protocol.negative_control import ExposureControl
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.strategy import NATURAL, Strategy


def analysis_of(
    protocol: Protocol, cohort: Cohort, enrolment: Enrolment, asked: Emulation
) -> tuple[Analysis, tuple[Finding, ...]]:
    """The analysis in which a protocol is emulated: its strategies, laws in numbers, late entrants in or out.

    Raises
    ------
    IdentificationError
        E001 when nobody is left.
    """
    inside = with_late_entrants(enrolment, cohort, asked.late_entrants)
    if not inside.n:
        raise IdentificationError(
            "E001",
            where="analysis.emulation",
            found="nobody is under observation from time zero on",
            why="Strategies are compared from time zero on; who comes later is left out, unless the "
            "protocol says otherwise.",
            do="Set `late_entrants: include` if histories are complete from time zero on, or move time zero.",
        )
    told: list[Finding] = []
    if inside.n < enrolment.n:
        left = enrolment.n - inside.n
        message = (
            f"{left} enrolled patients enter observation after time zero and are left out of the emulation."
        )
        told.append(finding("E003", "emulation", message, patients=left))
    whole, unknown = _with_known_laws(protocol, asked, cohort, inside)
    told += unknown
    plan, planned = plan_of(whole, cohort, inside)
    del planned  # told with the other analyses of the same protocol
    plan = _with_contrast_days(plan, whole)
    return Analysis(whole, cohort, inside, plan, courses(whole, cohort, inside, plan)), tuple(told)


def _with_contrast_days(plan: Plan, protocol: Protocol) -> Plan:
    """The plan with the days and horizons of contrasts that the report itself does not name."""
    days, horizons = set(plan.days.tolist()), set(plan.horizons.tolist())
    for one in protocol.contrasts:
        asked = {months_to_days(month) for month in one.months(protocol.report)}
        if one.measure in RESTRICTED:
            horizons |= asked
        else:
            days |= asked
    return replace(plan, days=np.array(sorted(days)), horizons=np.array(sorted(horizons)))


def _with_known_laws(
    protocol: Protocol, asked: Emulation, cohort: Cohort, enrolment: Enrolment
) -> tuple[Protocol, list[Finding]]:
    """The emulated strategies, laws in numbers; one whose law nobody shows is left out, and told."""
    kept: list[Strategy] = []
    told: list[Finding] = []
    for one in protocol.strategies:
        if not asked.emulates(one.name):
            continue
        try:
            alone = with_laws(protocol.model_copy(update={"strategies": (one,)}), cohort, enrolment)
        except IdentificationError as error:
            if error.code != "P125":
                raise
            told.append(finding("E138", "emulation", f"'{one.title}': {error.found}"))
        else:
            kept += alone.strategies
    names = {NATURAL, *(one.name for one in kept)}
    controls = tuple(
        one
        for one in protocol.analysis.negative_controls
        if isinstance(one, ExposureControl) or set(one.between) <= names
    )
    return protocol.model_copy(
        update={
            "strategies": tuple(kept),
            "contrasts": tuple(one for one in protocol.contrasts if set(one.between) <= names),
            "analysis": protocol.analysis.model_copy(update={"negative_controls": controls}),
        }
    ), told

"""What a registry must say of a course, worked out record by record in plain Python."""

import math
from dataclasses import dataclass, field

from equipoise.synth import addresses as a

DAYS_PER_MONTH = 365.25 / 12

# State after a record, from the state before it; "" where it moves nobody.
MOVES = {
    a.HCT: {"remission": "hct_in_remission"},
    a.SALVAGE_HCT: {"second_remission": "hct_in_second_remission"},
    a.RELAPSE: {"remission": "relapse", "hct_in_remission": "relapse"},
    a.RELAPSE_AFTER_HCT: {"hct_in_remission": "relapse"},
    a.SECOND_REMISSION: {"relapse": "second_remission"},
    a.RELAPSE_IN_SECOND_REMISSION: {"second_remission": "relapse", "hct_in_second_remission": "relapse"},
    a.RELAPSE_AFTER_SALVAGE: {"hct_in_second_remission": "relapse"},
    a.NRM: {"remission": "death_without_relapse", "hct_in_remission": "death_without_relapse"},
    a.NRM_AFTER_HCT: {"hct_in_remission": "death_without_relapse"},
    a.DEATH_IN_RELAPSE: {"relapse": "death_leukaemia"},
    a.NRM_IN_SECOND_REMISSION: {
        "second_remission": "death_after_relapse",
        "hct_in_second_remission": "death_after_relapse",
    },
    a.NRM_AFTER_SALVAGE: {"hct_in_second_remission": "death_after_relapse"},
}
TREATMENTS_AND_EVENTS = {*MOVES, a.MAINTENANCE, a.REINFUSION, a.SEVERE_CGVHD}
TREATMENTS = {a.HCT, a.SALVAGE_HCT, a.MAINTENANCE, a.REINFUSION}
DEATHS = {
    a.NRM,
    a.NRM_AFTER_HCT,
    a.DEATH_IN_RELAPSE,
    a.NRM_IN_SECOND_REMISSION,
    a.NRM_AFTER_SALVAGE,
}


@dataclass
class Told:
    """What is told of a patient: states, tests (positive, lost) and the rest, by day; the day of loss."""

    states: list[tuple[int, str]] = field(default_factory=list)
    tests: dict[int, tuple[bool, bool]] = field(default_factory=dict)
    rest: list[tuple[int, int]] = field(default_factory=list)
    known: list[tuple[int, int, int]] = field(default_factory=list)  # treatments: day, what, tests before
    lost: float = math.inf
    pushed: int = 0


def told(records: list[tuple[float, int, int]], assessed: int, rounding: int = 1) -> Told:
    """Read one course of (month, what, detail)."""
    patient = Told(states=[(assessed, "remission")])
    busy = assessed  # last day on which a test, a treatment or an event is on record
    for month, what, detail in records:
        days = month * DAYS_PER_MONTH
        if what == a.LOST_TO_FOLLOW_UP:
            patient.lost = assessed + math.ceil(days - 1e-9)
        elif what in {a.VISIT, a.EXTRA_TEST}:
            day = assessed + (round(days) if what == a.VISIT else math.ceil(days - 1e-9))
            positive, lost = patient.tests.get(day, (False, False))
            patient.tests[day] = (positive or detail % 2 == 1, lost or detail >= 2)
            busy = max(busy, day)
        elif what in TREATMENTS_AND_EVENTS:
            exact = assessed + math.ceil(days - 1e-9)
            exact = math.ceil(exact / rounding) * rounding
            day = exact if exact > busy else busy + 1
            patient.pushed += day != exact
            busy = day
            patient.rest.append((day, what))
            if what in TREATMENTS:
                patient.known.append((day, what, len(patient.tests)))
            if what in MOVES:
                patient.states.append((day, MOVES[what][patient.states[-1][1]]))
    return patient

"""The course of every patient, read back through the arrows of the vocabulary, is the simulated one."""

import math

from registry_by_hand import DEATHS
from registry_cases import PATIENTS, Case, case

from equipoise.cohort.audit import audit
from equipoise.cohort.history import event_history

__all__ = ["case"]


def test_states_by_day(case: Case) -> None:
    history = event_history(case.cohort, "course", time_zero=0.0)
    found: dict[int, list[tuple[int, str]]] = {patient: [] for patient in range(PATIENTS)}
    for patient, stop, following in history.intervals().select("patient", "stop", "next").rows():
        if following is not None:
            found[patient].append((int(stop), following))
    stops = case.stops
    for patient, want in case.expected.items():
        stop = stops[patient]
        assert found[patient] == [one for one in want.states if one[0] <= stop], patient
        fatal = [day for day, what in want.rest if what in DEATHS]
        assert stop <= min(want.lost, fatal[0] if fatal else math.inf)
    others = set(range(PATIENTS)) - set(case.expected)
    assert all(len(found[patient]) <= 2 for patient in others)
    assert {state for patient in others for _, state in found[patient]} <= {
        "no_remission",
        "death_leukaemia",
        "death_without_relapse",
    }


def test_the_audit_finds_no_error(case: Case) -> None:
    found = audit(case.cohort)
    assert not [one for one in found if one.severity.value == "error"]
    # Warnings are about the world: who is tested when, and who is treated at all.
    assert {one.code for one in found if one.severity.value == "warning"} <= {"D503", "D508"}
    assert {one.code for one in found if one.severity.value == "note"} <= {"D208", "D407", "D504"}

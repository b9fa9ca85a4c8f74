"""What an intercurrent event does to a course: the four handlings of ICH E9(R1).

Treatment policy ignores the event. Composite sends the patient into a state that counts as an event of the
outcome. While on treatment sends the patient into a state that competes with it. Hypothetical ends
observation at the event, which is its estimand only if the timing of the event carries no information: the
analysis is labelled naive.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.history import History
from equipoise.protocol.intercurrent import Handling


@dataclass(frozen=True, eq=False, slots=True)
class Handled:
    """A course after its intercurrent events were handled.

    Attributes
    ----------
    history
        The course, with one more absorbing state for each composite or competing event.
    counted
        Names of the added states that count as an event of the outcome.
    competing
        Names of the added states that compete with it.
    naive
        Whether some event was handled by plain censoring.
    left_out
        Patients who had an event by time zero whose handling ends at it; they have no rows any more.
    """

    history: History
    counted: tuple[str, ...] = ()
    competing: tuple[str, ...] = ()
    naive: bool = False
    left_out: int = 0


def handle(history: History, cohort: Cohort, handlings: Mapping[str, Handling]) -> Handled:
    """Handle each event, by its first record after time zero.

    Parameters
    ----------
    history, cohort
        The course of a structure, and the records.
    handlings
        Handling by event or intervention; what ends at its event ends at the first of them all.
    """
    counted: list[str] = []
    competing: list[str] = []
    naive = False
    ending = {event: how for event, how in handlings.items() if how is not Handling.TREATMENT_POLICY}
    already = np.zeros(cohort.n, dtype=np.bool_)
    for event in ending:
        already |= cohort.first_day(event) <= history.time_zero
    if already.any():
        history = history.with_weight(np.where(already, 0.0, history.weight))
    for event, how in ending.items():
        day = cohort.first_day(event, after=history.time_zero)
        match how:
            case Handling.HYPOTHETICAL:
                history = history.stop_at(day, before=event)
                naive = True
            case Handling.COMPOSITE:
                counted.append(added_state(event))
                history = history.divert(day, counted[-1], before=event)
            case Handling.WHILE_ON_TREATMENT:
                competing.append(added_state(event))
                history = history.divert(day, competing[-1], before=event)
            case Handling.TREATMENT_POLICY:
                pass
    return Handled(history, tuple(counted), tuple(competing), naive, int((already & history.enrolled).sum()))


def added_state(event: str) -> str:
    """Name of the state after an event; a space keeps it apart from the names of a structure."""
    return f"after {event}"

"""Whom the series counts: transplanted patients, as a registry has them, from the transplant on."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from equipoise.kernels.arrays import Bool, Float64, Int32, Int64
from equipoise.synth.courses import Courses
from equipoise.synth.editorial.milestones import milestones
from equipoise.synth.entry import enter
from equipoise.synth.followed import recorded_days
from equipoise.synth.world import World

ARMS: Final = ("pre_emptive", "after_relapse")
PRE_EMPTIVE, AFTER_RELAPSE = range(2)
OUTCOMES: Final = ("dfs", "os")


@dataclass(frozen=True, slots=True)
class Transplanted:
    """Patients whose first transplant a registry has seen, each once.

    Attributes
    ----------
    patient : int64[T], ascending
        Numbers of the patients.
    arm : int64[T]
        Place in `ARMS`: transplanted in first remission, or in a later one.
    on_loss : bool[T]
        Whether aplasia was known to be lost at a transplant in first remission.
    stop : int32[T, len(OUTCOMES)]
        Days from the transplant to the event or to the end of observation.
    event : bool[T, len(OUTCOMES)]
        Whether it was the event.
    """

    patient: Int64
    arm: Int64
    on_loss: Bool
    stop: Int32
    event: Bool

    @property
    def n(self) -> int:
        """Number of patients."""
        return self.patient.size


def transplanted(courses: Courses, world: World, seed: int) -> Transplanted:
    """The patients of some courses whom the series would have counted.

    Not transplanted before the infusion; without residual disease at the last test before a transplant in
    first remission (a later remission counts as without: the world tests nobody there); still under
    observation on the day after the transplant.

    Parameters
    ----------
    courses
        With their visits and losses to follow-up, all in remission at time zero.
    world, seed
        Whose courses they are.
    """
    entry = enter(_all_in_remission(world), courses, seed)
    days = recorded_days(
        courses.start, courses.time, courses.what, entry.assessed, world.registry.rounding_days
    )
    found = milestones(courses, days.astype(np.float64), np.inf)
    is_counted = ~found.had_transplant & ~found.was_positive & (found.transplant < entry.stop)
    place = np.flatnonzero(is_counted)
    start, end = found.transplant[place], entry.stop[place].astype(np.float64)
    columns = [_observed(one[place], start, end) for one in (found.failure_after, found.death)]
    return Transplanted(
        patient=courses.first + place,
        arm=np.where(found.relapse[place] < start, AFTER_RELAPSE, PRE_EMPTIVE),
        on_loss=found.was_lost[place],
        stop=np.stack([stop for stop, _ in columns], axis=1),
        event=np.stack([event for _, event in columns], axis=1),
    )


def pooled(parts: Iterable[Transplanted]) -> Transplanted:
    """The transplanted of several groups of patients as one."""
    listed = list(parts)
    columns = {
        one.name: np.concatenate([getattr(part, one.name) for part in listed]) for one in fields(Transplanted)
    }
    return Transplanted(**columns)


def _all_in_remission(world: World) -> World:
    """The world with a registry of those in remission alone: the courses are theirs."""
    registry = world.registry.model_copy(update={"remission": 1.0})
    return world.model_copy(update={"registry": registry})


def _observed(event: Float64, start: Float64, end: Float64) -> tuple[Int32, Bool]:
    """Days to the event or to the end of observation, and whether it was seen: on the last day it is."""
    return (np.minimum(event, end) - start).astype(np.int32), event <= end

"""First exits that an outcome counts, from a handled course.

States are lumped on the path of each patient, before moves are placed on ticks, so that several moves on one
day cannot hide which exit came first.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from equipoise.cohort.history import History
from equipoise.estimate.first_exit import FirstExit, first_exit
from equipoise.estimate.handling import Handled
from equipoise.language.outcome import Outcome, OutcomeKind

INSIDE = "(inside)"
EVENT = "event"
COMPETING = "competing"


def first_exits(history: History, inner: Sequence[str], causes: Mapping[str, Sequence[str]]) -> FirstExit:
    """First exits from the inner states by cause.

    Parameters
    ----------
    history
        The course.
    inner
        States inside.
    causes
        States by the cause that entering them first stands for; with `inner` a partition of all states. A
        cause may have no states.
    """
    lumped = star(history, inner, causes)
    number = {name: place for place, name in enumerate(causes, start=1)}
    group = [-1 if name == INSIDE else number[name] for name in lumped.state_names]
    return first_exit(lumped.rows, np.array(group, dtype=np.int16), tuple(causes))


def star(history: History, inner: Sequence[str], causes: Mapping[str, Sequence[str]]) -> History:
    """The course until the first exit: the state inside, and a final state for each cause that has states."""
    groups = {INSIDE: tuple(inner), **{name: tuple(states) for name, states in causes.items() if states}}
    return history.lump(groups, final=[name for name in groups if name != INSIDE])


def outcome_exits(outcome: Outcome, handled: Handled) -> FirstExit:
    """Exits with the two causes `event` and `competing`, for survival and cumulative incidence.

    A survival counts every exit from its states as the event; a cumulative incidence only entries into its
    states, all else competes. Added states count or compete as their handling says.
    """
    return first_exits(handled.history, outcome.follows, outcome_causes(outcome, handled))


def outcome_causes(outcome: Outcome, handled: Handled) -> dict[str, list[str]]:
    """States outside by whether entering them first is the `event` or `competing`."""
    inner = outcome.follows
    outside = [name for name in handled.history.state_names if name not in inner]
    is_incidence = outcome.kind is OutcomeKind.CUMULATIVE_INCIDENCE
    own = outcome.states if is_incidence else [name for name in outside if name not in handled.competing]
    event = {*own, *handled.counted}
    return {
        EVENT: [name for name in outside if name in event],
        COMPETING: [name for name in outside if name not in event],
    }


def exits_by_state(inner: Sequence[str], history: History) -> FirstExit:
    """Exits with one cause for each state that can be entered first from the states at time zero."""
    entered = _entered_first(inner, history)
    outside = [name for name in history.state_names if name not in inner]
    chosen = [name for name in outside if name in entered]
    # The other states cannot be entered first; they share a cause that does not occur.
    others = [name for name in outside if name not in entered]
    spells = first_exits(history, inner, {**{name: [name] for name in chosen}, COMPETING: others})
    return spells.of_causes(len(chosen))


def _entered_first(inner: Sequence[str], history: History) -> set[str]:
    """States outside that arrows reach from the states at time zero through states inside only."""
    names = history.state_names
    waiting = [names[int(state)] for state in np.unique(history.initial_state[history.enrolled])]
    inside: set[str] = set()
    entered: set[str] = set()
    while waiting:
        state = waiting.pop()
        if state in inside or state not in inner:
            continue
        inside.add(state)
        targets = [names[target] for origin, target in history.arrows if names[origin] == state]
        entered.update(target for target in targets if target not in inner)
        waiting.extend(targets)
    return entered

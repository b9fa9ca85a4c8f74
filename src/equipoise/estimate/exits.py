"""First exits that an outcome counts, from a handled course."""

import numpy as np
from numpy.typing import NDArray

from equipoise.cohort.history import History
from equipoise.estimate.first_exit import FirstExit, first_exit
from equipoise.estimate.handling import Handled
from equipoise.language.outcome import Outcome, OutcomeKind

EVENT = "event"
COMPETING = "competing"


def outcome_exits(outcome: Outcome, handled: Handled) -> FirstExit:
    """Exits with the two causes `event` and `competing`, for survival and cumulative incidence.

    A survival counts every exit from its states as the event; a cumulative incidence only entries into its
    states, all else competes. Added states count or compete as their handling says.
    """
    names = handled.history.state_names
    inner = set(outcome.follows)
    is_incidence = outcome.kind is OutcomeKind.CUMULATIVE_INCIDENCE
    event = {
        *(outcome.states if is_incidence else set(names) - inner - set(handled.competing)),
        *handled.counted,
    }
    group = [-1 if name in inner else 1 if name in event else 2 for name in names]
    return first_exit(handled.history.rows, np.array(group, dtype=np.int16), (EVENT, COMPETING))


def exits_by_state(inner: tuple[str, ...], history: History) -> FirstExit:
    """Exits with one cause for each state entered first: by an arrow from an occupied one, or as seen.

    Two moves on one day beyond the second are merged, so that a state without such an arrow may be entered.
    """
    names = history.state_names
    inside = np.array([name in inner for name in names])
    everything = np.where(inside, -1, 1 + np.arange(len(names))).astype(np.int16)
    spells = first_exit(history.rows, everything, names)
    occupied = set(history.rows.origin[inside[history.rows.origin]].tolist())
    by_arrow = {target for origin, target in history.arrows if origin in occupied and not inside[target]}
    seen = {int(cause) - 1 for cause in np.unique(spells.cause) if cause > 0}
    chosen = sorted(by_arrow | seen)
    group: NDArray[np.int16] = np.where(inside, -1, 0).astype(np.int16)
    group[chosen] = np.arange(1, len(chosen) + 1)
    return first_exit(history.rows, group, tuple(names[state] for state in chosen))

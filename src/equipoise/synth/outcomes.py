"""What is counted in a course: states of the structure `course`, outcomes as sets of them, and times lost.

A course at a moment is a code: a state in three bits and three flags that, once set, stay. Every outcome is a
set of codes. A moment of m months counts what has happened up to and including it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Float64
from equipoise.kernels.jit import jit
from equipoise.synth import addresses as a
from equipoise.synth.state import Work

STATES: Final = (
    "remission",
    "hct_in_remission",
    "relapse",
    "second_remission",
    "hct_in_second_remission",
    "death_leukaemia",
    "death_without_relapse",
    "death_after_relapse",
)
(REMISSION, HCT_IN_REMISSION, RELAPSE, SECOND_REMISSION, HCT_IN_SECOND_REMISSION, DEATH_LEUKAEMIA,
 DEATH_WITHOUT_RELAPSE, DEATH_AFTER_RELAPSE) = range(8)  # fmt: skip
NEGATIVE: Final = 8  # the first relapse was CD19-negative
TRANSPLANTED: Final = 16  # transplanted in first remission
SEVERE: Final = 32  # severe chronic graft-versus-host disease in first remission
CODES: Final = 64

ALIVE: Final = (REMISSION, HCT_IN_REMISSION, RELAPSE, SECOND_REMISSION, HCT_IN_SECOND_REMISSION)
RELAPSED: Final = (RELAPSE, SECOND_REMISSION, HCT_IN_SECOND_REMISSION, DEATH_LEUKAEMIA, DEATH_AFTER_RELAPSE)


@dataclass(frozen=True, slots=True)
class Counted:
    """An outcome of the vocabulary as a set of codes.

    Attributes
    ----------
    name, measure
        As in the table of estimates.
    states
        States that count.
    flag, without
        Flag that must be set, flag that must not; 0 for none.
    """

    name: str
    measure: str
    states: tuple[int, ...]
    flag: int = 0
    without: int = 0

    def codes(self) -> npt.NDArray[np.bool_]:
        """bool[CODES]."""
        code = np.arange(CODES)
        inside = np.isin(code & 7, self.states)
        return inside & ((code & self.flag) == self.flag) & ((code & self.without) == 0)


OUTCOMES: Final = (
    Counted("os", "survival", ALIVE),
    Counted("dfs", "survival", (REMISSION, HCT_IN_REMISSION)),
    Counted("grfs", "survival", (REMISSION, HCT_IN_REMISSION), without=SEVERE),
    Counted("relapse", "cumulative_incidence", RELAPSED),
    Counted("nrm", "cumulative_incidence", (DEATH_WITHOUT_RELAPSE,)),
    Counted("relapse_cd19_negative", "cumulative_incidence", RELAPSED, flag=NEGATIVE),
    Counted("relapse_cd19_positive", "cumulative_incidence", RELAPSED, without=NEGATIVE),
    Counted("hct", "cumulative_incidence", tuple(range(8)), flag=TRANSPLANTED),
    Counted(
        "clfs",
        "state_probability",
        (REMISSION, HCT_IN_REMISSION, SECOND_REMISSION, HCT_IN_SECOND_REMISSION),
    ),
)
OCCUPIED: Final = tuple(
    Counted(f"state:course:{name}", "state_probability", (place,)) for place, name in enumerate(STATES)
)
AREAS: Final = (
    Counted("os", "restricted_mean", ALIVE),
    Counted("dfs", "restricted_mean", (REMISSION, HCT_IN_REMISSION)),
    Counted("clfs", "restricted_mean", OUTCOMES[-1].states),
    Counted("dfs:relapse", "time_lost", RELAPSED),
    Counted("dfs:death_without_relapse", "time_lost", (DEATH_WITHOUT_RELAPSE,)),
    Counted("os:death_leukaemia", "time_lost", (DEATH_LEUKAEMIA,)),
    Counted("os:death_without_relapse", "time_lost", (DEATH_WITHOUT_RELAPSE,)),
    Counted("os:death_after_relapse", "time_lost", (DEATH_AFTER_RELAPSE,)),
)


UNCHANGED: Final = -1
_STATE_AFTER: Final = np.full(32, UNCHANGED)
_STATE_AFTER[[a.HCT, a.SALVAGE_HCT, a.SECOND_REMISSION]] = (
    HCT_IN_REMISSION,
    HCT_IN_SECOND_REMISSION,
    SECOND_REMISSION,
)
_STATE_AFTER[[a.RELAPSE, a.RELAPSE_AFTER_HCT, a.RELAPSE_IN_SECOND_REMISSION, a.RELAPSE_AFTER_SALVAGE]] = (
    RELAPSE
)
_STATE_AFTER[a.DEATH_IN_RELAPSE] = DEATH_LEUKAEMIA
_STATE_AFTER[[a.NRM, a.NRM_AFTER_HCT]] = DEATH_WITHOUT_RELAPSE
_STATE_AFTER[[a.NRM_IN_SECOND_REMISSION, a.NRM_AFTER_SALVAGE]] = DEATH_AFTER_RELAPSE


@jit
def next_code(code: int, what: int, detail: int) -> int:
    """The code after a record of the log; records that change no state leave it."""
    state, flags = code & 7, code & ~7
    after = _STATE_AFTER[what]
    if after != UNCHANGED:
        state = after
    if what == a.HCT:
        flags |= TRANSPLANTED
    elif what == a.SEVERE_CGVHD:
        flags |= SEVERE
    elif state == RELAPSE and after == RELAPSE and detail == 1:
        flags |= NEGATIVE
    return flags | state


@jit
def walk(
    work: Work, size: int, months: Float64, horizons: Float64, codes: npt.NDArray[np.uint8], stays: Float64
) -> None:
    """Code at each month, and the time spent in each code up to each horizon.

    Parameters
    ----------
    work, size
        A log.
    months : float64[T], ascending
    horizons : float64[H]
    codes : uint8[T], filled
    stays : float64[H, 8], filled: months in each state
    """
    code, since, mark = REMISSION, 0.0, 0
    for h in range(horizons.size):
        for state in range(8):
            stays[h, state] = 0.0
    for k in range(size + 1):
        time = work.time[k] if k < size else np.inf
        while mark < months.size and months[mark] < time:
            codes[mark] = code
            mark += 1
        for h in range(horizons.size):
            stay = min(time, horizons[h]) - since
            if stay > 0.0:
                stays[h, code & 7] += stay
        if k < size:
            code, since = next_code(code, work.what[k], work.detail[k]), time

"""One row of the table of estimates about a single day."""

from dataclasses import dataclass
from typing import Any, Final

from equipoise.base.clock import months_to_days
from equipoise.base.findings import FindingStatus
from equipoise.synth.truth_rows import LEVEL

MONTH: Final = 36  # the printed numbers are of three years
DAY: Final = int(months_to_days(MONTH))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A number with what belongs to it; names as in `equipoise.estimate.estimates.ESTIMATES`."""

    estimand: str
    outcome: str
    strategy: str
    estimate: float
    interval: str
    method: str
    role: str
    n: int
    events: int
    at_risk: int
    std_error: float | None = None
    lower: float | None = None
    upper: float | None = None
    measure: str = "survival"
    month: float = MONTH
    status: FindingStatus = FindingStatus.OK
    finding: str | None = None

    def record(self) -> dict[str, Any]:
        """The row for `ESTIMATES.frame`."""
        own = {name: getattr(self, name) for name in self.__slots__ if name != "month"}
        return own | {
            "day": months_to_days(self.month),
            "versus": None,
            "level": LEVEL,
            "ess": float(self.n),
            "status": str(self.status),
        }

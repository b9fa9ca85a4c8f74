"""The frame of a panel: from values to user units."""

from dataclasses import dataclass
from typing import TypeGuard

from equipoise.render.figure import Axis, Panel, Rows


def is_rows(axis: Axis | Rows) -> TypeGuard[Rows]:
    """Whether a vertical axis consists of rows."""
    return "size" in axis


@dataclass(frozen=True, slots=True)
class Frame:
    """A panel with the place of its axes."""

    panel: Panel
    left: float
    top: float
    right: float
    bottom: float

    def x(self, value: float) -> float:
        """User units of a horizontal value; values outside the axis stop at its end."""
        axis = self.panel["x"]
        inside = min(max(value, axis["first"]), axis["last"])
        return self.left + (inside - axis["first"]) / (axis["last"] - axis["first"]) * (
            self.right - self.left
        )

    def y(self, value: float) -> float:
        """User units of a vertical value."""
        axis = self.panel["y"]
        if is_rows(axis):
            return self.top + value * axis["size"]
        return self.bottom - (value - axis["first"]) / (axis["last"] - axis["first"]) * (
            self.bottom - self.top
        )

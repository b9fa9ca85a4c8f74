"""The frame of a panel: from values to user units."""

import math
from dataclasses import dataclass

from equipoise.rendering.figure import Axis, Panel


def place(axis: Axis, value: float, left: float, right: float) -> float:
    """User units of a value on an axis from `left` to `right`; values outside stop at its end."""
    inside = min(max(value, axis["first"]), axis["last"])
    if axis["scale"] == "log":
        share = math.log(inside / axis["first"]) / math.log(axis["last"] / axis["first"])
    else:
        share = (inside - axis["first"]) / (axis["last"] - axis["first"])
    return left + share * (right - left)


@dataclass(frozen=True, slots=True)
class Frame:
    """A panel with the place of its axes; `lead` is the room above the bars of a row for its words."""

    panel: Panel
    left: float
    top: float
    right: float
    bottom: float
    lead: float = 0.0

    def x(self, value: float) -> float:
        """User units of a horizontal value; values outside the axis stop at its end."""
        return place(self.panel["x"], value, self.left, self.right)

    def y(self, value: float) -> float:
        """User units of a vertical value; in rows, of a number of rows from the top."""
        axis = self.panel["y"]
        if axis["scale"] == "rows":
            return self.top + value * (axis["size"] + self.lead)
        first, last = axis["first"], axis["last"]
        return self.bottom - (value - first) / (last - first) * (self.bottom - self.top)

"""From a figure (what) to a scene (where): one layout for wide pages, one for telephones."""

from equipoise.rendering.figure import Figure
from equipoise.rendering.layout import chart, flow, forest
from equipoise.rendering.scene import Scene

WIDE = 760.0
NARROW = 358.0

__all__ = ["NARROW", "WIDE", "lay_out"]


def lay_out(figure: Figure, width: float = WIDE) -> Scene:
    """Lay a figure out for a width in user units.

    Parameters
    ----------
    figure
        A checked figure.
    width
        Width of the drawing; below 600 panels stand below each other and labels are short.

    Returns
    -------
    Scene
        Primitives in drawing order, with the height that was needed.
    """
    if figure["boxes"]:
        return flow.lay_out(figure, width)
    if figure["forest"] is not None:
        return forest.lay_out(figure, figure["forest"], width)
    return chart.lay_out(figure, width)

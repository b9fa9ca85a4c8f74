"""The legend above a figure, for what cannot be labelled where it is."""

from equipoise.rendering.figure import LegendEntry
from equipoise.rendering.layout import marks
from equipoise.rendering.letters import width as text_width
from equipoise.rendering.scene import Box, Path, Scene, Text


def draw_legend(scene: Scene, entries: list[LegendEntry]) -> float:
    """Draw the legend in lines that fit; return the y below it."""
    if not entries:
        return 0.0
    x, y = 0.0, 12.0
    for entry in entries:
        room = 24 + text_width(entry["label"], 12) + 18
        if x > 0 and x + room - 18 > scene.width:
            x, y = 0.0, y + 19
        if entry["shape"] == "area":
            scene.add(Box(x, y - 9.5, 16, 11, fill=entry["colour"]))
        elif entry["shape"] == "line" or entry["shape"] == "dashes":
            dash = (5.0, 4.0) if entry["shape"] == "dashes" else ()
            scene.add(Path(((x, y - 4), (x + 16, y - 4)), stroke=entry["colour"], width=2.4, dash=dash))
        else:
            marks.sign(scene, entry["shape"], x + 8, y - 4)
        scene.add(Text(x + 22, y, entry["label"]))
        x += room
    return y + 14

"""Colours: one palette for lines, one for areas, chosen so that colour-blind readers can tell them apart.

Both derive from Okabe and Ito (2008). Lines are darkened (light theme) or lightened (dark theme) until they
reach a contrast of 3:1 with the paper; areas are light in both themes so that dark text can stand on them.
A colour is named by its key everywhere; only this file knows the hexadecimal values.
"""

from typing import Final

PAPER: Final = "#ffffff"
INK: Final = "#1a1c1f"

# The presentation attributes of a figure carry these; they hold in print and in the downloaded file.
LIGHT: Final[dict[str, str]] = {
    "ink": INK,
    "soft": "#565b63",
    "faint": "#d9dce0",
    "paper": PAPER,
    "ghost": "#b4b8be",
    "c1": "#0a68a6",
    "c2": "#c0480a",
    "c3": "#007a5a",
    "c4": "#9c3f75",
    "c5": "#946300",
    "c6": "#3a7ca5",
    "onarea": INK,
    "box": "#f5f6f7",
    "boxline": "#8d939b",
}

# The same keys on dark paper, set by the style sheet of the report.
DARK: Final[dict[str, str]] = {
    "ink": "#e8e9ea",
    "soft": "#abb0b7",
    "faint": "#3a3e44",
    "paper": "#16181b",
    "ghost": "#676c74",
    "c1": "#62b6ee",
    "c2": "#f2935a",
    "c3": "#45c79f",
    "c4": "#e59cc6",
    "c5": "#e3b24a",
    "c6": "#8fc7e8",
    "onarea": INK,
    "box": "#202327",
    "boxline": "#7d838b",
}

# Areas keep their colour in both themes; text upon them is always `INK`.
AREAS: Final[dict[str, str]] = {
    "a1": "#9bd0f0",
    "a2": "#56a7d8",
    "a3": "#6cc8a8",
    "a4": "#f6ee9f",
    "a5": "#eeb457",
    "a6": "#e98d5e",
    "a7": "#dba0c3",
    "a8": "#b9a6d9",
    "g1": "#a4a8ae",
    "g2": "#c6c9cd",
    "g3": "#8c9097",
}

LINE_KEYS: Final = ("c1", "c2", "c3", "c4", "c5", "c6")
AREA_KEYS: Final = ("a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8")
END_KEYS: Final = ("g1", "g2", "g3")

TRUTH_KEY: Final = "c3"  # what is known, beside what is estimated

VALUES: Final[dict[str, str]] = LIGHT | AREAS


def line_colour(position: int) -> str:
    """Key of the line colour at a position (0-based); colours repeat after the last one."""
    return LINE_KEYS[position % len(LINE_KEYS)]


def state_colours(absorbing: list[bool]) -> list[str]:
    """Keys of the area colours of states in clinical order: hues where one can leave, greys for ends."""
    keys: list[str] = []
    for end in absorbing:
        pool, used = (END_KEYS, END_KEYS) if end else (AREA_KEYS, AREA_KEYS)
        taken = sum(key in used for key in keys)
        keys.append(pool[taken % len(pool)])
    return keys

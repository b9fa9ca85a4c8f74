"""How wide a text is: advance widths of the figure font, which has the metrics of Helvetica and Arial."""

from functools import lru_cache
from typing import Final

# Thousandths of the font size, characters 0x20 to 0x7e.
_REGULAR: Final = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 "
    "556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 "
    "667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 "
    "556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584 "
)
_BOLD: Final = (
    "278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 "
    "556 556 333 333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 "
    "667 778 722 667 611 722 667 944 667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 "
    "611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556 500 389 280 389 584 "
)
_WIDTHS: Final = {
    False: dict(zip(map(chr, range(0x20, 0x7F)), map(int, _REGULAR.split()), strict=True)),
    True: dict(zip(map(chr, range(0x20, 0x7F)), map(int, _BOLD.split()), strict=True)),
}
_OTHER: Final = {
    "\u202f": 200,
    "\u00a0": 278,
    "\u2009": 200,
    "–": 556,
    "—": 1000,
    "−": 584,
    "→": 1000,
    "·": 333,
}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a text in user units at a font size; characters outside the table count as 0.6 of the size."""
    return _thousandths(text, bold=bold) * size / 1000


@lru_cache(maxsize=8192)
def _thousandths(text: str, *, bold: bool) -> int:
    """Width in thousandths of the font size; words come again and again."""
    widths = _WIDTHS[bold]
    return sum(widths.get(sign, _OTHER.get(sign, 600)) for sign in text)


def wrap(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """Break a text at spaces into lines no wider than `room`; a single longer word keeps its own line."""
    lines: list[str] = []
    length, space = 0, _thousandths(" ", bold=bold)
    for word in text.split(" "):
        own = _thousandths(word, bold=bold)
        if lines and (length + space + own) * size / 1000 <= room:
            lines[-1] += f" {word}"
            length += space + own
        else:
            lines.append(word)
            length = own
    return lines

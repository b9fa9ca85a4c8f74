"""What a message may repeat of a cell: a misspelt word or a short code, never an identifier or a date."""

import re
from collections.abc import Collection, Iterable

from equipoise.base.document import suggestion

SHOWN_VALUES = 5
_SHORT_CODE = re.compile(r"^([+-]?[0-9]{1,2}|[^\W\d]{1,3})$")


def tellable(values: Iterable[str], known: Collection[str]) -> str:
    """List undeclared categories as far as a message may repeat them.

    A value in the wrong column may be an identifier, a date or free text. So only what resembles a declared
    value, and codes of one or two digits or of up to three letters, are repeated; the others are counted,
    and the row numbers of the message lead to them.

    Parameters
    ----------
    values
        What was found; repetitions and order do not matter.
    known
        The declared values.

    Returns
    -------
    str
        For example ``'mael', 'x' and 2 other values``.
    """
    distinct = sorted(set(values))
    open_to_all = [one for one in distinct if _SHORT_CODE.match(one) or suggestion(one, known)]
    shown = open_to_all[:SHOWN_VALUES]
    rest = len(distinct) - len(shown)
    if not shown:
        return (
            "a value that is not repeated here" if rest == 1 else f"{rest} values that are not repeated here"
        )
    listed = ", ".join(repr(one) for one in shown)
    return listed + (f" and {rest} other value{'s' if rest > 1 else ''}" if rest else "")

"""Plain data as YAML text, with places for what no honest emitter would write."""

import json
import math
import re
from typing import Any

_WORD = re.compile(r"^[A-Za-z][A-Za-z0-9_]*$")
_TAKEN = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"}


class Raw(str):
    """Text that is written as it stands, without quotes."""

    __slots__ = ()


def emitted(data: Any, indent: int = 0) -> str:
    """Block style for mappings and lists, JSON scalars (which YAML 1.2 reads)."""
    pad = "  " * indent
    if isinstance(data, dict) and data:
        return "".join(f"{pad}{_key(key)}:{_below(value, indent)}" for key, value in data.items())
    if isinstance(data, list) and data:
        return "".join(f"{pad}-{_below(value, indent)}" for value in data)
    return f"{pad}{_scalar(data)}\n"


def _below(value: Any, indent: int) -> str:
    if isinstance(value, dict | list) and value:
        return "\n" + emitted(value, indent + 1)
    return f" {_scalar(value)}\n"


def _key(key: Any) -> str:
    return _scalar(key)


def _scalar(value: Any) -> str:
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, str):
        return value if _WORD.match(value) and value.lower() not in _TAKEN else json.dumps(value)
    if isinstance(value, float) and not math.isfinite(value):
        return {"inf": ".inf", "-inf": "-.inf"}.get(str(value), ".nan")
    return json.dumps(value)

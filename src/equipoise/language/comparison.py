"""Comparisons of one value: equal, above, one of; written short in YAML."""

import operator
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any, cast

from pydantic import GetJsonSchemaHandler, StringConstraints, model_serializer, model_validator
from pydantic_core import CoreSchema

from equipoise.base.document import frozen_lists
from equipoise.base.model import Frozen

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Label = Annotated[str, StringConstraints(pattern=r"\S", max_length=200)]  # words for print, not blanks
Scalar = bool | float | str
Value = Scalar | tuple[Scalar, ...]


class Operator(StrEnum):
    """The closed set of comparisons."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"


ORDERINGS = (Operator.LT, Operator.LE, Operator.GT, Operator.GE)
OPERATOR_WORDS = {
    Operator.EQ: "equal to",
    Operator.NE: "other than",
    Operator.LT: "below",
    Operator.LE: "at most",
    Operator.GT: "above",
    Operator.GE: "at least",
    Operator.IN: "one of",
}
_TESTS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
    Operator.IN: lambda value, values: value in values,
}
SCALAR_SCHEMA: dict[str, Any] = {"type": ["boolean", "number", "string"]}
VALUES_SCHEMA: dict[str, Any] = {"type": "array", "items": SCALAR_SCHEMA, "minItems": 1}


def operator_properties() -> dict[str, Any]:
    """JSON Schema properties of the comparison keys."""
    return {one.value: VALUES_SCHEMA if one is Operator.IN else SCALAR_SCHEMA for one in Operator}


class Comparison(Frozen):
    """One comparison. In YAML ``neg`` means equal, ``[neg, mixed]`` one of, ``{ge: 3}`` at least 3.

    Parameters
    ----------
    op
        The comparison.
    value
        What to compare with; a tuple for ``in``, else one value.
    """

    op: Operator
    value: Value

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, data: Any) -> Any:
        if isinstance(data, bool | int | float | str):
            return {"op": Operator.EQ, "value": data}
        if isinstance(data, list | tuple):
            return {"op": Operator.IN, "value": tuple(cast("list[Any]", data))}
        if isinstance(data, Mapping):
            mapping = cast("Mapping[str, Any]", data)
            if len(mapping) == 1 and next(iter(mapping)) in set(Operator):
                ((op, value),) = mapping.items()
                return {"op": Operator(op), "value": frozen_lists(value)}
        return cast("Any", data)

    @model_validator(mode="after")
    def _value_fits(self) -> "Comparison":
        check_value(self.op, self.value)
        return self

    @model_serializer
    def _as_short_form(self) -> Any:
        if self.op is Operator.EQ:
            return self.value
        if self.op is Operator.IN:
            return list(cast("tuple[Scalar, ...]", self.value))
        return {self.op.value: self.value}

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> Any:
        single = {"type": "object", "properties": operator_properties(), "additionalProperties": False}
        return {"oneOf": [SCALAR_SCHEMA, VALUES_SCHEMA, single | {"minProperties": 1, "maxProperties": 1}]}

    def excludes(self, other: "Comparison") -> bool:
        """Whether no value can satisfy both comparisons (used to prove that arrows are deterministic)."""
        mine, theirs = _allowed(self), _allowed(other)
        if mine is not None:
            return not any(holds(other, value) for value in mine)
        if theirs is not None:
            return not any(holds(self, value) for value in theirs)
        return _below(self, other) or _below(other, self)


def check_value(op: Operator, value: Value) -> None:
    """Raise ValueError when a value cannot be compared in this way."""
    if isinstance(value, tuple) != (op is Operator.IN):
        raise ValueError("'in' needs a list of values, every other comparison one value")
    if value == ():
        raise ValueError("'in' needs at least one value")
    if op in ORDERINGS and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError(f"{op.value!r} needs a number")


def holds(comparison: Comparison, value: Scalar) -> bool:
    """Whether a known value satisfies the comparison (a missing value satisfies none)."""
    return _TESTS[comparison.op](value, comparison.value)


def _allowed(comparison: Comparison) -> tuple[Scalar, ...] | None:
    if comparison.op is Operator.IN:
        return cast("tuple[Scalar, ...]", comparison.value)
    return (cast("Scalar", comparison.value),) if comparison.op is Operator.EQ else None


def _below(lower: Comparison, upper: Comparison) -> bool:
    """Whether everything that satisfies `lower` lies below everything that satisfies `upper`."""
    if lower.op not in (Operator.LT, Operator.LE) or upper.op not in (Operator.GT, Operator.GE):
        return False
    top, bottom = float(cast("float", lower.value)), float(cast("float", upper.value))
    closed = lower.op is Operator.LE and upper.op is Operator.GE
    return top < bottom or (top <= bottom and not closed)

"""The words of a data source: columns of patients, measurements, interventions, events."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from equipoise.base.model import Frozen
from equipoise.language.comparison import Label, Name
from equipoise.language.problem import Problem


def _labelled(data: Any) -> Any:
    """Accept a list of values: each is its own label."""
    if not isinstance(data, list | tuple):
        return data
    values = cast("list[Any]", data)
    if not all(isinstance(value, str) for value in values):
        raise ValueError("a list of values holds texts only; put numbers, yes and no in quotes")
    return {value: value for value in values}


Values = Annotated[
    Mapping[str, str],
    BeforeValidator(_labelled, json_schema_input_type=Mapping[str, str] | tuple[str, ...]),
]


class Origin(Frozen):
    """What day 0 is, as a noun: ``label: randomisation``."""

    label: Label


class PatientColumn(Frozen):
    """A column of the table of patients.

    Parameters
    ----------
    type
        Kind of values.
    label
        As printed in a table.
    values
        Admissible categories and their labels; required for a category unless it is a cluster.
    unit
        Unit of a number.
    range
        Plausible lowest and highest number.
    known_from
        Day, or name of an event or intervention, from which on the value is known. A donor's type is
        known from the transplant on; it must not pass as a baseline value.
    role
        ``baseline`` (describes), ``cluster`` (correlated patients, such as a site) or ``weight``.
    """

    type: Literal["category", "quantity", "integer", "boolean"]
    label: Label
    values: Values = Field(default_factory=dict)
    unit: str = ""
    range: tuple[float, float] | None = None
    known_from: float | Name = 0.0
    role: Literal["baseline", "cluster", "weight"] = "baseline"

    def problems(self) -> Iterator[Problem]:
        """What is wrong with the declaration itself."""
        is_category = self.type == "category"
        needs_values = is_category and self.role == "baseline"  # the sites of a registry need no list
        if (self.values and not is_category) or (needs_values and not self.values):
            yield Problem("P019", ("values",), f"a {self.type} with {len(self.values)} values")
        if self.range is not None and self.type not in ("quantity", "integer"):
            yield Problem("P019", ("range",), f"a {self.type} with a range")
        if self.range is not None and self.range[0] >= self.range[1]:
            yield Problem("P019", ("range",), f"a range from {self.range[0]:g} to {self.range[1]:g}")
        if self.role == "weight" and self.type not in ("quantity", "integer"):
            yield Problem("P019", ("role",), f"a weight that is a {self.type}")


class MeasurementWord(Frozen):
    """A measurement: a number with unit and limits, or a state out of a closed set.

    Parameters
    ----------
    kind
        ``quantity`` or ``state``.
    label, short
        As printed; ``short`` for headings and marks.
    unit
        Unit of a quantity.
    range
        Lowest and highest plausible value.
    detection_limit
        A value below it is recorded with bound ``<``; that is data, not missing.
    values
        Values of a state and their labels.
    """

    kind: Literal["quantity", "state"]
    label: Label
    short: str = ""
    unit: str = ""
    range: tuple[float, float] | None = None
    detection_limit: float | None = None
    values: Values = Field(default_factory=dict)

    def problems(self) -> Iterator[Problem]:
        """What is wrong with the declaration itself."""
        if (self.kind == "state") != bool(self.values):
            yield Problem("P019", ("values",), f"a {self.kind} with {len(self.values)} values")
        if self.kind == "state" and (self.range is not None or self.detection_limit is not None or self.unit):
            yield Problem("P019", ("kind",), "a state with a unit, a range or a detection limit")
        if self.range is not None and self.range[0] >= self.range[1]:
            yield Problem("P019", ("range",), f"a range from {self.range[0]:g} to {self.range[1]:g}")
        lowest, highest = self.range or (float("-inf"), float("inf"))
        if self.detection_limit is not None and not lowest <= self.detection_limit <= highest:
            yield Problem("P019", ("detection_limit",), "a detection limit outside the range")


class Detail(Frozen):
    """A detail of a record: a category (``[pos, neg]`` in YAML) or a quantity. Free text has no place here.

    Parameters
    ----------
    type
        ``category`` or ``quantity``.
    label
        As printed; the detail's name when empty.
    values
        Categories and their labels.
    unit
        Unit of a quantity.
    """

    type: Literal["category", "quantity"] = "category"
    label: str = ""
    values: Values = Field(default_factory=dict)
    unit: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, data: Any) -> Any:
        return {"values": cast("list[Any]", data)} if isinstance(data, list | tuple) else data

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        whole = handler.resolve_ref_schema(handler(schema))
        return {"oneOf": [dict(whole), {"type": "array", "items": {"type": "string"}, "minItems": 1}]}

    def problems(self) -> Iterator[Problem]:
        """What is wrong with the declaration itself."""
        if (self.type == "category") != bool(self.values):
            yield Problem("P019", ("values",), f"a {self.type} with {len(self.values)} values")


class InterventionWord(Frozen):
    """Something that is done to a patient.

    Parameters
    ----------
    label, short
        As a noun that reads after "before" and "no"; ``short`` for headings and marks.
    acts_on
        Names of the events whose course it is meant to change.
    details
        What else is recorded with it.
    """

    label: Label
    short: str = ""
    acts_on: tuple[Name, ...] = ()
    details: Mapping[Name, Detail] = Field(default_factory=dict)


class EventWord(Frozen):
    """Something that happens to a patient.

    Parameters
    ----------
    label, short
        As a noun that reads after "before" and "no"; ``short`` for headings and marks.
    terminal
        Whether nothing can follow it.
    details
        What else is recorded with it.
    """

    label: Label
    short: str = ""
    terminal: bool = False
    details: Mapping[Name, Detail] = Field(default_factory=dict)

"""Predicates: what must be true of a patient by the end of a day.

Three-valued: a comparison with a missing value is unknown; ``not_`` of unknown is unknown; ``all_of`` is
false if a part is false, else unknown if a part is unknown; ``any_of`` is true if a part is true, else
unknown if a part is unknown. A criterion is met only by true.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Union, cast

from pydantic import Discriminator, Field, GetJsonSchemaHandler, Tag, model_serializer, model_validator
from pydantic_core import CoreSchema, PydanticCustomError

from equipoise.base.document import frozen_lists
from equipoise.language.comparison import (
    ORDERINGS,
    Comparison,
    Operator,
    Value,
    check_value,
    operator_properties,
)
from equipoise.language.feature import (
    FEATURES,
    AgeOfValue,
    Baseline,
    Count,
    DaysSince,
    Feature,
    First,
    Has,
    Last,
    Node,
    form_of,
    keyword_of,
    unit_of,
    value_type,
)
from equipoise.language.problem import Problem
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.vocabulary_check import comparison_problems
from equipoise.language.words import comparison_words, listing


class Compare(Node):
    """A feature compared with a value; in YAML one mapping: ``{last: ngs_mrd, within: 35, ge: 1e-6}``.

    Parameters
    ----------
    feature
        What is compared.
    op
        The comparison.
    value
        What it is compared with; a tuple for ``in``.
    """

    feature: Feature
    op: Operator
    value: Value

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or "feature" in data:
            return cast("Any", data)
        mapping = cast("Mapping[str, Any]", data)
        asked = [one.value for one in Operator if one.value in mapping]
        if len(asked) != 1:
            known = ", ".join(one.value for one in Operator)
            raise PydanticCustomError(
                "unknown_form", "a comparison has exactly one of the keys {known}", {"known": known}
            )
        feature = {key: value for key, value in mapping.items() if key != asked[0]}
        return {"feature": feature, "op": Operator(asked[0]), "value": frozen_lists(mapping[asked[0]])}

    @model_validator(mode="after")
    def _value_fits(self) -> "Compare":
        check_value(self.op, self.value)
        return self

    @model_serializer
    def _as_short_form(self) -> dict[str, Any]:
        feature = self.feature.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return feature | {self.op.value: list(self.value) if isinstance(self.value, tuple) else self.value}

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        one_operator = {"oneOf": [{"required": [one.value]} for one in Operator]}
        forms: list[Any] = []
        for kind in FEATURES.values():
            form: dict[str, Any] = dict(handler.resolve_ref_schema(handler(kind.__pydantic_core_schema__)))
            form["properties"] = form["properties"] | operator_properties()
            forms.append(form | one_operator)
        return {"oneOf": forms}

    @property
    def comparison(self) -> Comparison:
        """The comparison without the feature."""
        return Comparison(op=self.op, value=self.value)

    def words(self, vocabulary: Vocabulary) -> str:
        """``age is below 26 years``."""
        _, labels = value_type(self.feature, vocabulary)
        words = comparison_words(self.comparison, labels, unit_of(self.feature, vocabulary))
        return f"{self.feature.words(vocabulary)} is {words}"

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """What is wrong with the feature, or a value that it cannot have."""
        of_feature = list(self.feature.problems(vocabulary))
        yield from of_feature
        if of_feature:
            return
        kind, labels = value_type(self.feature, vocabulary)
        if kind == "boolean":
            if not isinstance(self.value, bool):
                yield Problem("P018", (self.op.value,), f"{self.value!r} is compared with true or false")
        elif kind == "category" and self.op in ORDERINGS:
            found = f"{keyword_of(self.feature)} is a category; categories have no order"
            yield Problem("P011", (self.op.value,), found)
        elif kind == "number" or labels is not None:
            yield from comparison_problems(self.comparison, labels)


class AllOf(Node):
    """True if all parts are."""

    all_of: tuple["Predicate", ...] = Field(min_length=1)

    def words(self, vocabulary: Vocabulary) -> str:
        """``a and b``."""
        return listing(_part_words(part, vocabulary) for part in self.all_of)

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """The problems of the parts."""
        yield from _part_problems("all_of", self.all_of, vocabulary)


class AnyOf(Node):
    """True if at least one part is."""

    any_of: tuple["Predicate", ...] = Field(min_length=1)

    def words(self, vocabulary: Vocabulary) -> str:
        """``a or b``."""
        return listing((_part_words(part, vocabulary) for part in self.any_of), "or")

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """The problems of the parts."""
        yield from _part_problems("any_of", self.any_of, vocabulary)


class Not(Node):
    """True if the part is false."""

    not_: "Predicate"

    def words(self, vocabulary: Vocabulary) -> str:
        """``no relapse on record``, ``not (age is below 26 years)``."""
        if isinstance(self.not_, Has):
            return self.not_.words_of_absence(vocabulary)
        return f"not ({self.not_.words(vocabulary)})"

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """The problems of the part."""
        yield from (problem.below("not_") for problem in self.not_.problems(vocabulary))


PREDICATES: dict[str, type[Node]] = {"has": Has, "all_of": AllOf, "any_of": AnyOf, "not_": Not}
_COMPARED: Mapping[str, type[Node]] = dict.fromkeys((*FEATURES, "feature"), Compare)


def predicate_form(data: Any) -> str | None:
    """Tag of the predicate that a mapping (or node) is; None when it is none."""
    if isinstance(data, Compare):
        return "<compare>"
    own = form_of(data, PREDICATES)
    compared = form_of(data, _COMPARED)
    if (own is None) == (compared is None):
        return None
    return own or "<compare>"


# A type alias has to be written with Union here: the members refer to the alias.
Predicate = Annotated[
    Union[  # noqa: UP007
        Annotated[Compare, Tag("<compare>")],
        Annotated[Has, Tag("<has>")],
        Annotated[AllOf, Tag("<all_of>")],
        Annotated[AnyOf, Tag("<any_of>")],
        Annotated[Not, Tag("<not_>")],
    ],
    Discriminator(
        predicate_form,
        custom_error_type="unknown_form",
        custom_error_message=f"a predicate has exactly one of the keys {', '.join((*PREDICATES, *FEATURES))}",
    ),
]

AllOf.model_rebuild()
AnyOf.model_rebuild()
Not.model_rebuild()


def words_used(asked: Feature | Predicate) -> Iterator[str]:
    """Names of the records and measurements that are asked for; columns of patients are not among them."""
    match asked:
        case AllOf():
            yield from (word for part in asked.all_of for word in words_used(part))
        case AnyOf():
            yield from (word for part in asked.any_of for word in words_used(part))
        case Not():
            yield from words_used(asked.not_)
        case Compare():
            yield from words_used(asked.feature)
        case Has() | First() | Count() | DaysSince():
            yield asked.record
        case Last() | AgeOfValue():
            yield asked.measurement
        case Baseline():
            pass


def _part_words(part: Predicate, vocabulary: Vocabulary) -> str:
    words = part.words(vocabulary)
    return f"({words})" if isinstance(part, AllOf | AnyOf) else words


def _part_problems(key: str, parts: tuple[Predicate, ...], vocabulary: Vocabulary) -> Iterator[Problem]:
    for position, part in enumerate(parts):
        yield from (problem.below(key, position) for problem in part.problems(vocabulary))

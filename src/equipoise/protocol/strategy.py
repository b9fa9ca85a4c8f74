"""Strategies: what would be done, written as rules about treatments."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from pydantic import (
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from equipoise.base.document import frozen_lists
from equipoise.base.model import Frozen
from equipoise.language.comparison import Name
from equipoise.language.problem import Problem, unknown_word
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.cross_world import refuse_stratum
from equipoise.protocol.law import NaturalLaw
from equipoise.protocol.rule import RULES, Never, Rule, rule_problems, rule_vocabulary_problems, unknown_kind
from equipoise.protocol.treatment import Treatment

COMBINE: Final = "combine"
NATURAL: Final = "natural_course"


class Strategy(Frozen):
    """A strategy: one rule, or several that are combined.

    In YAML a strategy of one rule is written flat, ``{kind: never, name: watch, treatment: surgery}``, one of
    several with ``kind: combine`` and a list of `rules`. Rules on different treatments each act on their own;
    of several rules on one treatment the one that starts first counts. A treatment that no rule names follows
    its natural course.

    Parameters
    ----------
    name, label
        Name for tables, title for print (the name when empty).
    rules
        The rules; none at all is the natural course.
    """

    name: Name
    label: str = ""
    rules: tuple[Rule, ...]

    @model_validator(mode="before")
    @classmethod
    def _from_flat_form(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, Mapping) or ("rules" in data and "kind" not in data):
            return cast("Any", data)
        given = {key: frozen_lists(value) for key, value in cast("Mapping[str, Any]", data).items()}
        kind = refuse_stratum(given.get("kind"), info)
        if kind == COMBINE:
            return {key: value for key, value in given.items() if key != "kind"}
        if not isinstance(kind, str) or kind not in RULES:
            found = unknown_kind(kind, [*RULES, COMBINE])
            raise PydanticCustomError("unknown_kind", "{found}", {"found": found})
        own = {key: given[key] for key in ("name", "label") if key in given}
        rule = {key: value for key, value in given.items() if key not in ("name", "label")}
        return own | {"rules": (rule,)}

    @model_serializer(mode="wrap")
    def _as_flat_form(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        whole = cast("dict[str, Any]", handler(self))
        if len(self.rules) != 1:
            return {"kind": COMBINE} | whole
        (rule,) = whole.pop("rules")
        return {"kind": rule.pop("kind")} | whole | rule

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        whole = dict(handler.resolve_ref_schema(handler(schema)))
        properties = dict(whole["properties"])
        rules = {**properties.pop("rules"), "minItems": 1}
        forms: list[Any] = []
        for kind in RULES.values():
            form = dict(handler.resolve_ref_schema(handler(kind.__pydantic_core_schema__)))
            form["properties"] = properties | form["properties"]
            form["required"] = ["name", *form["required"]]
            forms.append(form)
        combined = {"kind": {"const": COMBINE, "type": "string"}, "rules": rules}
        form = {"properties": properties | combined, "required": ["kind", "name", "rules"]}
        forms.append({"type": "object", "additionalProperties": False, "title": "Combine", **form})
        return {"title": "Strategy", "description": whole["description"], "oneOf": forms}

    @property
    def title(self) -> str:
        """The label, or the name in words."""
        return self.label or self.name.replace("_", " ")

    def rules_on(self, treatment: str) -> tuple[tuple[int, Rule], ...]:
        """Rules that act on a treatment, each with its position; none: it follows its natural course."""
        return tuple((place, rule) for place, rule in enumerate(self.rules) if rule.treatment == treatment)

    def problems(self, treatments: tuple[Treatment, ...]) -> Iterator[Problem]:
        """Rules that contradict each other, name no treatment of the protocol, or have an impossible law."""
        if not self.rules:
            yield Problem("P122", ("rules",), f"the strategy {self.name!r} has no rule")
        known = [one.name for one in treatments]
        for position, rule in enumerate(self.rules):
            path = ("rules", position, "treatment")
            if rule.treatment not in known:
                yield unknown_word(path, rule.treatment, known, "a treatment of this protocol")
            yield from (problem.below("rules", position) for problem in rule_problems(rule))
            for earlier in self.rules[:position]:
                if rule.treatment != earlier.treatment:
                    continue
                if rule == earlier:
                    yield Problem("P116", ("rules", position), f"the same rule on {rule.treatment!r} twice")
                elif isinstance(rule, Never) or isinstance(earlier, Never):
                    found = f"one rule says never to {rule.treatment!r}, another one something else"
                    yield Problem("P122", path, found)
                elif isinstance(rule.law, NaturalLaw) and isinstance(earlier.law, NaturalLaw):
                    found = f"two rules leave {rule.treatment!r} to usual care, which would count twice"
                    yield Problem("P122", path, found)

    def vocabulary_problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """Words of triggers and conditions that the vocabulary does not know."""
        for position, rule in enumerate(self.rules):
            found = rule_vocabulary_problems(rule, vocabulary)
            yield from (problem.below("rules", position) for problem in found)


NATURAL_COURSE: Final = Strategy(name=NATURAL, label="natural course", rules=())


def strategy_problems(
    strategies: tuple[Strategy, ...], treatments: tuple[Treatment, ...]
) -> Iterator[Problem]:
    """What is wrong whatever the vocabulary says; paths from the list of strategies on."""
    names = [one.name for one in strategies]
    for position, one in enumerate(strategies):
        if one.name == NATURAL:
            found = f"{NATURAL!r} is always there: every treatment as in usual care"
            yield Problem("P122", (position, "name"), found)
        if one.name in names[:position]:
            yield Problem("P116", (position, "name"), f"{one.name!r} twice")
        yield from (problem.below(position) for problem in one.problems(treatments))

"""Rules: what a strategy asks of one treatment, as they are written."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import Discriminator, Field, Tag

from equipoise.base.document import suggestion
from equipoise.base.model import Frozen
from equipoise.language.comparison import Name
from equipoise.language.predicate import Predicate
from equipoise.language.problem import Problem
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.grace import Grace
from equipoise.protocol.law import Law
from equipoise.protocol.plan import LAST_MONTH

Months = Annotated[float, Field(gt=0, le=LAST_MONTH)]


class Never(Frozen):
    """The treatment is not started. It takes no condition: where one is false, nobody starts either.

    Parameters
    ----------
    kind
        ``never``.
    treatment
        Name of a treatment of the protocol.
    """

    kind: Literal["never"]
    treatment: Name


class StartWithin(Frozen):
    """The treatment is started in the window (time zero, time zero + `months`].

    Parameters
    ----------
    kind
        ``start_within``.
    treatment
        Name of a treatment of the protocol.
    months
        Length of the window.
    law
        Law of the starting time within it.
    only_if
        What must be true of a patient by the end of the day before; while it is not, nobody starts. It is
        judged anew every day; null: no condition.
    """

    kind: Literal["start_within"]
    treatment: Name
    months: Months
    law: Law
    only_if: Predicate | None = None

    @property
    def grace(self) -> Grace:
        """The law on its window."""
        return Grace(self.law, self.months)


class OnTrigger(Frozen):
    """The treatment is started in the window (trigger day, trigger day + `months`].

    Before the trigger, without one, and with one that comes too late, the treatment is not started. Neither
    `until_month` nor the end of the follow-up shortens the window.

    Parameters
    ----------
    kind
        ``on_trigger``.
    treatment
        Name of a treatment of the protocol.
    trigger
        The trigger day is the first day from time zero on by the end of which this is true.
    months
        Length of the window.
    until_month
        A trigger later than so many months after time zero does not count; null: every trigger counts.
    law
        Law of the starting time within the window.
    only_if
        As for `StartWithin`.
    """

    kind: Literal["on_trigger"]
    treatment: Name
    trigger: Predicate
    months: Months
    until_month: Months | None
    law: Law
    only_if: Predicate | None = None

    @property
    def grace(self) -> Grace:
        """The law on its window."""
        return Grace(self.law, self.months)


RULES: Mapping[str, type[Frozen]] = {"never": Never, "start_within": StartWithin, "on_trigger": OnTrigger}


def rule_form(data: Any) -> str | None:
    """Tag of the rule that a mapping (or a rule) is; None when it is none."""
    kind = cast("Mapping[str, Any]", data).get("kind") if isinstance(data, Mapping) else None
    kind = data.kind if isinstance(data, Never | StartWithin | OnTrigger) else kind
    return f"<{kind}>" if isinstance(kind, str) and kind in RULES else None


def unknown_kind(given: Any, kinds: list[str]) -> str:
    """What to say of a kind that there is not."""
    if given is None:
        return f"the field 'kind' is missing; it is one of {', '.join(kinds)}"
    near = suggestion(given, kinds) if isinstance(given, str) else ""
    return f"{given!r} is no kind; a kind is one of {', '.join(kinds)}{near}"


Rule = Annotated[
    Annotated[Never, Tag("<never>")]
    | Annotated[StartWithin, Tag("<start_within>")]
    | Annotated[OnTrigger, Tag("<on_trigger>")],
    Discriminator(
        rule_form,
        custom_error_type="unknown_form",
        custom_error_message=f"a rule has the key kind with one of {', '.join(RULES)}",
    ),
]


def rule_problems(rule: Rule) -> Iterator[Problem]:
    """A law that does not fit its window."""
    if not isinstance(rule, Never):
        yield from (problem.below("law") for problem in rule.law.problems(rule.months))


def rule_vocabulary_problems(rule: Rule, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Words of the trigger and of the condition that the vocabulary does not know."""
    if isinstance(rule, OnTrigger):
        yield from (problem.below("trigger") for problem in rule.trigger.problems(vocabulary))
    if not isinstance(rule, Never) and rule.only_if is not None:
        yield from (problem.below("only_if") for problem in rule.only_if.problems(vocabulary))

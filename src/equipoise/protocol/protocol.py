"""The protocol: what is asked, written down before anyone looks at the answer."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic_core import CoreSchema

from equipoise.base.document import Key, frozen_lists
from equipoise.base.model import Frozen
from equipoise.base.provenance import digest
from equipoise.language.comparison import Name
from equipoise.language.predicate import Predicate
from equipoise.language.problem import Problem, refuse
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.analysis import Analysis
from equipoise.protocol.assumption import Assumption
from equipoise.protocol.check_trial import trial_problems
from equipoise.protocol.contrast import Contrast
from equipoise.protocol.cross_world import refuse_stratum
from equipoise.protocol.gates import Gates
from equipoise.protocol.intercurrent import FourEstimands, IntercurrentEvent
from equipoise.protocol.naive import NaiveComparison
from equipoise.protocol.plan import Funnel, Report
from equipoise.protocol.prognosis import Prognosis
from equipoise.protocol.sensitivity import sensitivity_problems
from equipoise.protocol.strategy import NATURAL_COURSE, Strategy, strategy_problems
from equipoise.protocol.time_zero import TimeZero
from equipoise.protocol.treatment import Treatment, treatment_problems

_LATER = ("treatments", "strategies", "contrasts", "assumptions")  # parts that earlier protocols did not have


class Criterion(Frozen):
    """One criterion of eligibility, a row of the attrition table.

    In YAML either a bare predicate or ``{label: ..., predicate: ...}``.

    Parameters
    ----------
    predicate
        What must be true by the end of the day of time zero.
    label
        As printed; the predicate's own words when empty.
    """

    predicate: Predicate
    label: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_bare_predicate(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and not {"predicate", "label"} & cast("Mapping[str, Any]", data).keys():
            return {"predicate": frozen_lists(data)}
        return frozen_lists(data)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        whole = dict(handler.resolve_ref_schema(handler(schema)))
        return {"anyOf": [whole, whole["properties"]["predicate"]]}

    def words(self, vocabulary: Vocabulary) -> str:
        """The label, or the predicate in English."""
        return self.label or self.predicate.words(vocabulary)


class Population(Frozen):
    """Who is asked about.

    Parameters
    ----------
    all_of
        Criteria in the order in which they exclude.
    label
        The same people as a noun, for the sentence of the estimand: "patients in first remission".
    """

    all_of: tuple[Criterion, ...] = Field(min_length=1)
    label: str = ""


class Protocol(Frozen):
    """A question to a cohort.

    Parameters
    ----------
    title
        The question as a title.
    vocabulary
        Name of a shipped vocabulary, or a path.
    population
        Ordered criteria, judged by the end of the day of time zero.
    time_zero
        The day from which everyone is counted.
    structure
        Structure whose states are shown over time.
    treatments
        What strategies decide about: interventions while in given states.
    strategies
        What would be done, to be compared on the same people.
    outcomes
        Names of outcomes of the vocabulary.
    intercurrent_events
        Events that change what an outcome means, each with its handling.
    four_estimands
        Panels that show all four handlings side by side; empty: each intervention among the intercurrent
        events with the first survival outcome.
    funnels
        From an origin to an outcome.
    prognosis
        How the outcomes depend on what is known about a patient; null: not asked.
    naive_comparisons
        Naive analyses of an intervention, side by side, each labelled biased.
    contrasts
        Which number of one strategy is compared with which of another.
    assumptions
        What must be true for the contrasts to mean what they say, with the arguments.
    report, analysis
        What is reported, and how it is computed.
    gates
        What must hold before the numbers of a strategy are shown.
    """

    title: str = Field(min_length=1)
    vocabulary: str = Field(min_length=1)
    population: Population
    time_zero: TimeZero
    structure: Name
    treatments: tuple[Treatment, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    outcomes: tuple[Annotated[Name, BeforeValidator(refuse_stratum)], ...] = Field(min_length=1)
    intercurrent_events: tuple[IntercurrentEvent, ...]
    four_estimands: tuple[FourEstimands, ...] = ()
    funnels: tuple[Funnel, ...] = ()
    prognosis: Prognosis | None = None
    naive_comparisons: tuple[NaiveComparison, ...] = ()
    contrasts: tuple[Contrast, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    report: Report
    analysis: Analysis
    gates: Gates = Gates()

    @model_validator(mode="after")
    def _holds_together(self, info: ValidationInfo) -> "Protocol":
        # A patch of a protocol that cannot be carried out would only repeat its mistakes.
        refuse(list(self.problems()) or list(self._patch_problems()), info.context)
        return self

    def problems(self) -> Iterator[Problem]:
        """What is wrong whatever the vocabulary says, in the order of the document."""
        yield from (problem.below("treatments") for problem in treatment_problems(self.treatments))
        of_strategies = strategy_problems(self.strategies, self.treatments)
        yield from (problem.below("strategies") for problem in of_strategies)
        yield from _repeated(("outcomes",), self.outcomes, "P116")
        handled = [one.event for one in self.intercurrent_events]
        yield from _repeated(("intercurrent_events",), handled, "P111")
        for position, panel in enumerate(self.four_estimands):
            if panel.event not in handled:
                found = f"{panel.event!r} is not an intercurrent event of this protocol"
                yield Problem("P117", ("four_estimands", position, "event"), found)
        yield from _repeated(("funnels",), [funnel.name for funnel in self.funnels], "P116")
        for position, funnel in enumerate(self.funnels):
            steps = [funnel.origin, *funnel.steps]
            if len(set(steps)) < len(steps):
                yield Problem("P113", ("funnels", position, "steps"), "a step that occurs twice")
        if self.prognosis is not None:
            yield from (problem.below("prognosis") for problem in self.prognosis.problems())
        yield from _repeated(("naive_comparisons",), [one.name for one in self.naive_comparisons], "P116")
        for position, one in enumerate(self.naive_comparisons):
            found = [
                *one.problems(self.report.until_month),
                *one.treatment_problems(self.treatments),
                *one.name_problems([strategy.name for strategy in self.strategies], self.funnels),
            ]
            yield from (problem.below("naive_comparisons", position) for problem in found)
        yield from (problem.below("report") for problem in self.report.problems())
        yield from (problem.below("analysis") for problem in self.analysis.problems())
        yield from trial_problems(self)

    def _patch_problems(self) -> Iterator[Problem]:
        found = sensitivity_problems(self, self.analysis.sensitivity)
        yield from (problem.below("analysis", "sensitivity") for problem in found)

    def treatment(self, name: str) -> Treatment:
        """The treatment of a name; KeyError for another one."""
        return {one.name: one for one in self.treatments}[name]

    def strategy(self, name: str) -> Strategy:
        """The strategy of a name, the natural course among them; KeyError for another one."""
        return {one.name: one for one in (*self.strategies, NATURAL_COURSE)}[name]

    @property
    def decided_treatments(self) -> tuple[str, ...]:
        """Names of the treatments that a rule of a strategy names, in the order of the treatments."""
        named = {rule.treatment for one in self.strategies for rule in one.rules}
        return tuple(one.name for one in self.treatments if one.name in named)

    @property
    def decided_interventions(self) -> tuple[str, ...]:
        """Interventions of these treatments."""
        named = [one.intervention for one in self.treatments if one.name in self.decided_treatments]
        return tuple(dict.fromkeys(named))

    def digest(self) -> str:
        """SHA-256 of the canonical JSON; it travels with every result."""
        content = self.model_dump(mode="json", by_alias=True)
        # A protocol without them keeps the digest that it had before there were any.
        absent = [name for name in _LATER if not content[name]]
        if self.analysis.emulation is None and self.gates == Gates():
            absent.append("gates")
        content["analysis"] = {
            name: part
            for name, part in content["analysis"].items()
            if part or name not in ("emulation", "sensitivity", "negative_controls")
        }
        return digest({name: part for name, part in content.items() if name not in absent})


def _repeated(path: tuple[Key, ...], names: tuple[str, ...] | list[str], code: str) -> Iterator[Problem]:
    for position, name in enumerate(names):
        if name in names[:position]:
            yield Problem(code, (*path, position), f"{name!r} twice")

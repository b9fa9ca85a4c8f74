"""One outcome of the prognostic table, ready to be compared between groups."""

from dataclasses import dataclass

from equipoise.cohort.history import History
from equipoise.estimate.analysis import Analysis
from equipoise.estimate.exits import outcome_causes, outcome_exits, star
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.handling import Handled, handle
from equipoise.language.outcome import Outcome, OutcomeKind
from equipoise.protocol.prognosis import Prognosis


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """An outcome under the protocol's own handlings.

    Attributes
    ----------
    name, word
        The outcome.
    asked
        The prognostic table of the protocol.
    handled
        The course after its intercurrent events were handled.
    exits
        First exits: cause 1 is the event, cause 2 competes.
    course
        The same as a course: the state inside, and one final state a cause.
    analysis
        Question, data and plan.
    """

    name: str
    word: Outcome
    asked: Prognosis
    handled: Handled
    exits: FirstExit
    course: History
    analysis: Analysis

    @property
    def competes(self) -> bool:
        """Whether something competes with the event, so that the risk is a cumulative incidence."""
        return self.word.kind is OutcomeKind.CUMULATIVE_INCIDENCE or bool(self.handled.competing)

    @property
    def role(self) -> str:
        """Role of its numbers: naive where an intercurrent event is handled by plain censoring."""
        return "naive" if self.handled.naive else "companion"

    @property
    def finding(self) -> str | None:
        """Code that concerns all its numbers."""
        return "E101" if self.handled.naive else None


def case_of(name: str, asked: Prognosis, analysis: Analysis) -> Case:
    """Handle the intercurrent events of an outcome and find its first exits."""
    word = analysis.vocabulary.outcomes[name]
    handlings = analysis.handlings_of(name, analysis.handlings)
    handled = handle(analysis.histories[word.structure], analysis.cohort, handlings)
    course = star(handled.history, word.follows, outcome_causes(word, handled))
    return Case(name, word, asked, handled, outcome_exits(word, handled), course, analysis)

"""Occupancy of every state of the protocol's structure, and the mean time spent in each."""

from equipoise.estimate import occupancy, restricted
from equipoise.estimate.analysis import Analysis, Answered
from equipoise.estimate.answers import Question
from equipoise.protocol.estimand import population_words, state_sentence


def states(analysis: Analysis) -> Answered:
    """Probability of each state on the report days, summing to 1, whatever intercurrent events happen."""
    protocol, plan = analysis.protocol, analysis.plan
    history = analysis.histories[protocol.structure]
    if not history.rows.size:
        return Answered(())
    known = occupancy.occupation_of(history)
    if known is None:
        return Answered((), findings=(occupancy.unknown_start(protocol.structure),))
    rows, occupation = known
    groups = [(state,) for state in range(rows.states)]
    frames = [occupancy.occupancy(_questions(analysis), rows, occupation, groups, plan)]
    if plan.horizons.size:
        asked = _time_questions(analysis)
        frames.append(restricted.restricted_time_in_state(asked, rows, occupation, groups, plan))
    found = occupancy.emptied_risk_sets(history, occupation, plan, protocol.structure)
    return Answered(tuple(frames), findings=tuple(found), citations=occupancy.CITATIONS)


def _questions(analysis: Analysis) -> list[Question]:
    protocol, vocabulary = analysis.protocol, analysis.vocabulary
    return [
        Question(state_sentence(name, protocol, vocabulary), f"state:{protocol.structure}:{name}")
        for name in vocabulary.structures[protocol.structure].states
    ]


def _time_questions(analysis: Analysis) -> list[Question]:
    protocol, vocabulary = analysis.protocol, analysis.vocabulary
    who = f"{population_words(protocol, vocabulary)}, counted from {protocol.time_zero.words(vocabulary)}"
    return [
        Question(
            f"The mean time in the state '{state.label}' up to the horizon, in {who}.",
            f"state:{protocol.structure}:{name}",
        )
        for name, state in vocabulary.structures[protocol.structure].states.items()
    ]

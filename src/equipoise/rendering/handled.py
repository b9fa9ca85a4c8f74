"""The words of an outcome once an intercurrent event is handled: what is counted is no longer what it was."""

from equipoise.language.outcome import Outcome, OutcomeKind
from equipoise.protocol.intercurrent import Handling
from equipoise.rendering.words import TEXT, capital


def handled_words(outcome: Outcome, handling: Handling, event: str) -> Outcome:
    """Return an outcome in the words and of the kind that a handling leaves it.

    Parameters
    ----------
    outcome
        As the vocabulary has it.
    handling
        What the protocol does with the event.
    event
        Label of the event.
    """
    is_state = outcome.kind is OutcomeKind.OCCUPANCY
    match handling:
        case Handling.TREATMENT_POLICY:
            return outcome
        case Handling.HYPOTHETICAL:
            changes = {"label": TEXT["label_censored"].format(label=outcome.label, event=event)}
        case Handling.COMPOSITE:
            changes = {
                "label": TEXT["label_composite"].format(label=outcome.label, event=event),
                "event": TEXT["event_or"].format(one=outcome.event, other=event),
                "is_": TEXT["is_without"].format(condition=outcome.is_, event=event),
            }
        case Handling.WHILE_ON_TREATMENT if is_state or outcome.kind is OutcomeKind.CUMULATIVE_INCIDENCE:
            changes = {
                "label": TEXT["label_before"].format(label=outcome.label, event=event),
                "event": TEXT["event_before"].format(one=outcome.event, other=event),
                "is_": TEXT["is_without"].format(condition=outcome.is_, event=event),
            }
        case Handling.WHILE_ON_TREATMENT:
            before = TEXT["event_before"].format(one=outcome.event, other=event)
            changes = {"label": capital(before), "event": before, "kind": OutcomeKind.CUMULATIVE_INCIDENCE}
    return outcome.model_copy(update=changes)

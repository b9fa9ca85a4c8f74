"""The rungs of the ladder: what is done, for whom, and what is wrong with it, in one line each."""

from dataclasses import dataclass

from equipoise.estimate.funnel_stages import strategies
from equipoise.language.words import number_words
from equipoise.protocol.plan import Funnel

# N6 needs the windows of strategies: `equipoise.estimate.emulated.grace_end`.
FINDINGS = {"N1": "E240", "N2": "E241", "N3": "E242", "N4": "E243", "N5": "E244", "N7": "E248"}


@dataclass(frozen=True, slots=True)
class Rung:
    """One naive analysis.

    Attributes
    ----------
    code
        N1 to N5, or N7.
    label
        What is done.
    reason
        What is wrong with it, in one line.
    treated, untreated
        Strategies in the table of estimates.
    who_treated, who_untreated
        The two groups and their clock, as the end of the sentence of an estimand.
    alike
        Both groups, as the end of the sentence that they have the same rate; empty where that is not tested.
    landmark_month
        Where patients are classified at a landmark.
    """

    code: str
    label: str
    reason: str
    treated: str
    untreated: str
    who_treated: str
    who_untreated: str
    alike: str = ""
    landmark_month: float | None = None

    @property
    def finding(self) -> str:
        """Code of the finding that says what is wrong and what to do instead."""
        return FINDINGS[self.code]


# Below, `label` names the treatment in titles; `counted` says which of its starts count, in the sentences.


def ever_never(name: str, label: str, counted: str) -> Rung:
    """N1: ever treated against never treated, both from time zero."""
    return Rung(
        code="N1",
        label=f"Ever v never {label}, from time zero",
        reason=f"Whoever has {label} has lived until then: that time is counted for the treated, and all who "
        "fail early are left to the others (immortal time).",
        treated=f"N1 ever {name}",
        untreated=f"N1 never {name}",
        who_treated=f"of those who at some later time have {counted}, as if that were known at time zero",
        who_untreated=f"of those who never have {counted}, as if that were known at time zero",
        alike=f"in those who ever have {counted} and in those who never have it",
    )


def start_at_treatment(name: str, label: str, counted: str) -> Rung:
    """N2: from the treatment on, against never treated from time zero."""
    return Rung(
        code="N2",
        label=f"From {label} v never {label} from time zero",
        reason=f"Two clocks: who got as far as {label} starts afresh there, and who did not get there, for "
        "whatever reason, is left to the others from time zero.",
        treated=f"N2 from {name}",
        untreated=f"N2 never {name}",
        who_treated=f"of those who have {counted}, counted anew from that day",
        who_untreated=f"of those who never have {counted}, as if that were known at time zero",
        alike=f"in those who have {counted}, counted from that day, and in those who never have it, counted "
        "from time zero",
    )


def landmark(name: str, label: str, counted: str, month: float, free: str = "") -> Rung:
    """N3: by what has been done up to a landmark, in those still at risk there, and free of what else."""
    at = f"month {number_words(month)}"
    still = (
        f"of those still followed without the event{free} at {at}, from there on (days are counted from time "
        "zero)"
    )
    return Rung(
        code="N3",
        label=f"Landmark at {at}: {label} by then v not yet",
        reason=f"Only for those who got to {at}; who has {label} later counts as without; who had it by then "
        "was not drawn by lot.",
        treated=f"N3 {name} by {at}",
        untreated=f"N3 no {name} by {at}",
        who_treated=f"{still}, if {counted} had been by then",
        who_untreated=f"{still}, if there had been no {counted} by then",
        alike=f"with {counted} by then and without it",
        landmark_month=month,
    )


def simon_makuch(name: str, label: str, counted: str) -> Rung:
    """N4: everybody leaves one curve and enters the other at the treatment."""
    return Rung(
        code="N4",
        label=f"Before v after {label} (Simon-Makuch)",
        reason=f"No immortal time, but neither curve is the prospect of any group of people, and {label} "
        "is not given by lot: those to whom it is given at a time differ from the others.",
        treated=f"N4 after {name}",
        untreated=f"N4 before {name}",
        who_treated=f"if everybody had at each moment the rate of those who have had {counted} by then "
        "(they enter when they have it)",
        who_untreated=f"if everybody had at each moment the rate of those who have had no {counted} so far "
        "(they leave when they have it)",
        alike=f"before and after {counted}",
    )


def time_dependent(name: str, label: str, counted: str) -> Rung:
    """N5: the ratio of rates after and before the treatment."""
    curves = simon_makuch(name, label, counted)
    return Rung(
        code="N5",
        label=f"Time-dependent {label}: Cox and Mantel-Byar",
        reason=f"As N4; and one ratio of rates for all times says neither when {label} helps or harms nor "
        "what anybody's risk is.",
        treated=curves.treated,
        untreated=curves.untreated,
        who_treated=curves.who_treated,
        who_untreated=curves.who_untreated,
        alike=curves.alike,
    )


def last_step(asked: Funnel, origin: str, last: str) -> Rung:
    """N7: who got to the last step of a funnel, from there on, against everybody from its origin.

    Parameters
    ----------
    asked
        The funnel.
    origin, last
        Labels of its origin and of its last step.
    """
    everybody, arrived = strategies(asked)
    return Rung(
        code="N7",
        label=f"From {last} after {origin} v all from {origin}",
        reason=f"Only those who got as far as {last} are counted; everybody whom illness or death kept from "
        "it is left out.",
        treated=arrived,
        untreated=everybody,
        who_treated=f"of those who had {origin} and then {last}, counted from the day of that {last}",
        who_untreated=f"of all who had {origin}, counted from the day of that {origin}",
    )

"""A strategy of a protocol as the kernel takes it."""

import math
from typing import Any

import numpy as np

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.base.codes import CODES
from equipoise.base.errors import ProtocolError
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.grace import Grace
from equipoise.protocol.law import FixedLaw, NaturalLaw
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.rule import Never, OnTrigger, StartWithin
from equipoise.protocol.strategy import Strategy
from equipoise.protocol.treatment import Treatment
from equipoise.synth import addresses as a
from equipoise.synth.facts import truth_table
from equipoise.synth.rules import FIXED, LAST_BIN, LAW
from equipoise.synth.state import MOST_KNOTS, MOST_RULES, ORDERS, STREAM_OF, Orders

# Intervention and the one state in which it is decided: place among the treatments of the kernel.
_SIMULATED = {
    ("hct", "remission"): 0,
    ("hct", "second_remission"): 1,
    ("maintenance", "remission"): 2,
    ("car_reinfusion", "remission"): 3,
}


def orders_of(strategy: Strategy, protocol: Protocol, vocabulary: Vocabulary) -> Orders:
    """Put a strategy into the form of the kernel.

    Parameters
    ----------
    strategy
        One of the protocol's, or the natural course.
    protocol, vocabulary
        What its words mean.

    Raises
    ------
    ProtocolError
        P123 for a law without numbers, P132 for a treatment that is not simulated, P133 for a statement
        that is not.
    """
    record: Any = np.zeros(1, ORDERS)[0]
    record["natural"] = 1
    record["until"] = math.inf
    treatments = {one.name: one for one in protocol.treatments}
    for rule in strategy.rules:
        place = _place(treatments[rule.treatment])
        record["natural"][place] = 0
        if isinstance(rule, Never):
            continue
        r = int(record["rules"])
        if r == MOST_RULES:
            raise ValueError(f"{strategy.name!r} has more than {MOST_RULES} rules that start something")
        record["rules"] = r + 1
        record["slot"][r] = STREAM_OF[place] if _takes_luck(rule, strategy) else a.STREAMS + r
        record["treatment"][r] = place
        _write_rule(record, r, rule, vocabulary)
    return record


def _takes_luck(rule: StartWithin | OnTrigger, strategy: Strategy) -> bool:
    """Whether a rule has the threshold of the natural course of its treatment, so that strategies share it.

    One rule of each treatment has: the one whose law is natural, or else the first.
    """
    rivals = [one for _, one in strategy.rules_on(rule.treatment) if not isinstance(one, Never)]
    return rule is next((one for one in rivals if isinstance(one.law, NaturalLaw)), rivals[0])


def _place(treatment: Treatment) -> int:
    places = {_SIMULATED.get((treatment.intervention, state)) for state in treatment.while_in}
    place = places.pop() if len(places) == 1 else None
    if place is None:
        meaning = CODES["P132"]
        found = f"{treatment.name!r} ({treatment.intervention} while in {', '.join(treatment.while_in)})"
        raise ProtocolError("P132", where="treatments", found=found, why=meaning.why, do=meaning.do)
    return place


def _write_rule(record: Any, r: int, rule: StartWithin | OnTrigger, vocabulary: Vocabulary) -> None:
    record["window"][r] = rule.months
    if isinstance(rule, OnTrigger):
        record["triggered"][r] = 1
        record["trigger"][r] = truth_table(rule.trigger, vocabulary)
        record["until"][r] = math.inf if rule.until_month is None else rule.until_month
    if rule.only_if is not None:
        record["restricted"][r] = 1
        record["condition"][r] = truth_table(rule.only_if, vocabulary)
    _write_law(record, r, rule.grace)


def _write_law(record: Any, r: int, grace: Grace) -> None:
    match grace.law:
        case FixedLaw():
            record["kind"][r], record["special"][r] = FIXED, grace.law.fixed
        case NaturalLaw():
            width = grace.law.natural.last_bin_days / DAYS_PER_MONTH
            record["kind"][r], record["special"][r], record["knots"][r] = LAST_BIN, width, 2
            record["age"][r, 1], record["share"][r, 1] = width, 1.0
        case _:
            days, share = grace.knots
            if days.size > MOST_KNOTS:
                raise ValueError(f"a grace law has at most {MOST_KNOTS} knots here, found {days.size}")
            record["kind"][r], record["knots"][r] = LAW, days.size
            record["age"][r, : days.size] = days / DAYS_PER_MONTH
            record["share"][r, : days.size] = share

"""Treatments under a rule: when the clock of a rule begins, and when its grace law starts the treatment."""

import math

from equipoise.kernels.addressed import exponential
from equipoise.kernels.arrays import Float64
from equipoise.kernels.jit import jit
from equipoise.synth import addresses as a
from equipoise.synth.state import NOW, STREAM_OF, Orders, Work, at_risk, is_natural, known

LAW, FIXED, LAST_BIN = range(3)  # kinds of grace law


@jit
def begin_clocks(orders: Orders, work: Work) -> None:
    """Start the clock of each rule whose trigger is true for the first time, unless it comes too late."""
    for r in range(orders.rules):
        if orders.triggered[r] and work.began[r] == math.inf and orders.trigger[r, known(work)]:
            work.began[r] = work.at[NOW] if work.at[NOW] <= orders.until[r] else -math.inf


@jit
def last_bin(treatment: int, orders: Orders, work: Work) -> float:
    """When the last bin of a law that is natural until then begins; infinite if no such law is at work."""
    for r in range(orders.rules):
        if orders.treatment[r] == treatment and orders.kind[r] == LAST_BIN:
            begin = _law_begins(r, orders, work)
            if work.began[r] <= work.at[NOW] < begin and _allowed(r, orders, work):
                return begin
    return math.inf


@jit
def rule_due(seed: int, patient: int, r: int, is_label: bool, orders: Orders, work: Work) -> float:
    """When a rule starts its treatment if nothing that is known changes before; infinite if it does not.

    The grace law reaches the threshold where ``-log(1 - F(u)) + log(1 - F(u0))`` equals what is left of it.
    """
    now = work.at[NOW]
    if orders.kind[r] == FIXED:
        due = work.began[r] + orders.special[r]
        return due if due >= now and _may_start(r, is_label, orders, work) else math.inf
    age = _age(r, orders, work)
    if age < 0.0 or not _may_start(r, is_label, orders, work):
        return math.inf
    slot = orders.slot[r]
    if work.left[slot] < 0.0:
        decision = slot if slot < a.STREAMS else a.FURTHER_RULE + slot - a.STREAMS
        work.left[slot] = exponential(seed, patient, int(decision), int(work.occasion[slot]))
    ages, shares = orders.age[r, : orders.knots[r]], orders.share[r, : orders.knots[r]]
    share = 1.0 - (1.0 - share_at(ages, shares, age)) * math.exp(-work.left[slot])
    return now + max(age_of(ages, shares, share) - age, 0.0)


@jit
def spend(r: int, is_label: bool, orders: Orders, until: float, work: Work) -> None:
    """Take from the threshold what the grace law of a rule uses up from now until a time."""
    if orders.kind[r] == FIXED:
        return
    age = _age(r, orders, work)
    if age < 0.0 or not _may_start(r, is_label, orders, work):
        return
    slot = orders.slot[r]
    ages, shares = orders.age[r, : orders.knots[r]], orders.share[r, : orders.knots[r]]
    before = 1.0 - share_at(ages, shares, age)
    after = 1.0 - share_at(ages, shares, age + (until - work.at[NOW]))
    used = math.log(before / after) if after > 0.0 else math.inf
    work.left[slot] = max(work.left[slot] - used, 0.0)


@jit
def draw_anew(stream: int, orders: Orders, work: Work) -> None:
    """Forget the thresholds of what has happened; the next occasion has draws of its own."""
    work.left[stream] = -1.0
    work.occasion[stream] += 1
    for r in range(orders.rules):
        if STREAM_OF[orders.treatment[r]] == stream and orders.slot[r] >= a.STREAMS:
            work.left[orders.slot[r]] = -1.0
            work.occasion[orders.slot[r]] += 1


@jit
def share_at(ages: Float64, shares: Float64, age: float) -> float:
    """F(age) of a grace law that is linear between its knots."""
    if age >= ages[-1]:
        return shares[-1]
    k = 0
    while ages[k + 1] <= age:
        k += 1
    return shares[k] + (shares[k + 1] - shares[k]) * (age - ages[k]) / (ages[k + 1] - ages[k])


@jit
def age_of(ages: Float64, shares: Float64, share: float) -> float:
    """Smallest age at which F reaches a share."""
    k = 0
    while k < ages.size - 2 and shares[k + 1] < share:
        k += 1
    return ages[k] + (ages[k + 1] - ages[k]) * (share - shares[k]) / (shares[k + 1] - shares[k])


@jit
def _allowed(r: int, orders: Orders, work: Work) -> bool:
    return not orders.restricted[r] or orders.condition[r, known(work)]


@jit
def _may_start(r: int, is_label: bool, orders: Orders, work: Work) -> bool:
    """Whether a patient can start the treatment of a rule, never did before, and meets its condition."""
    treatment = orders.treatment[r]
    if is_natural(treatment, orders, work):
        return False
    return at_risk(treatment, is_label, work.has) and _allowed(r, orders, work)


@jit
def _law_begins(r: int, orders: Orders, work: Work) -> float:
    """When the law of a rule begins to work: as its window opens, a natural one as its last bin does."""
    wait = orders.window[r] - orders.special[r] if orders.kind[r] == LAST_BIN else 0.0
    return work.began[r] + wait


@jit
def _age(r: int, orders: Orders, work: Work) -> float:
    """Time since the law of a rule began to work; negative where it does not."""
    now, begin = work.at[NOW], _law_begins(r, orders, work)
    return now - begin if begin <= now < work.began[r] + orders.window[r] else -1.0

"""The state of a course as the kernel holds it: places in flat arrays, and the arrays."""

from typing import Any, NamedTuple

import numpy as np

from equipoise.kernels.arrays import Bool, Float64, Int16, Int64
from equipoise.kernels.jit import jit
from equipoise.synth import addresses as a
from equipoise.synth.numbers import COVARIATES, CURVE, TERMS

# Phases.
FIRST, AFTER_HCT, RELAPSED, SECOND, AFTER_SALVAGE, DEAD = range(6)

# Streams that can be at work in each phase: from the first up to the second; two more in any phase.
BEGIN_OF = (
    a.LOSS,
    a.RELAPSE_AFTER_HCT,
    a.SECOND_REMISSION,
    a.RELAPSE_IN_SECOND_REMISSION,
    a.RELAPSE_AFTER_SALVAGE,
)
END_OF = (*BEGIN_OF[1:], a.LOST_TO_FOLLOW_UP)
ANYWHERE = 2

# Places in `Work.at`: times in months.
(NOW, APLASIA_SINCE, LOST_AT, SEEN_AT, HCT_AT, RELAPSE_AT, SECOND_AT, SALVAGE_AT, INFUSED_AT) = range(9)
TIMES = 9

# Places in `Work.has`: what is so now. SEEN: a test showed a loss of aplasia that no reinfusion has undone;
# SHOWN_LOST, NGS: the last test showed aplasia lost, residual disease; NEGATIVE: the first relapse was
# CD19-negative; AFTER_FIRST_HCT: it followed a transplant in first remission.
(PHASE, APLASIA, MRD, SEEN, EVER_SEEN, SHOWN_LOST, NGS, EVER_NGS, MAINTAINED, TREATED, MRD_AT_HCT,
 APLASIA_AT_HCT, NEGATIVE, RELAPSES, AFTER_FIRST_HCT, REINFUSION_FAILED, REINFUSIONS, REMITTED, SALVAGED,
 NEXT_VISIT) = range(20)  # fmt: skip
FACTS = 20

# Treatments that a rule may govern, each with its stream.
HCT, SALVAGE, MAINTENANCE, REINFUSION = range(4)
TREATMENTS = ("hct", "salvage_hct", "maintenance", "reinfusion")
STREAM_OF = (a.HCT, a.SALVAGE_HCT, a.MAINTENANCE, a.REINFUSION)

# Bits of what is known of a patient: six covariates from bit 0 on, then what has been seen or done.
(KNOWN_LOST, KNOWN_EVER_SEEN, KNOWN_NGS, KNOWN_EVER_NGS, KNOWN_MAINTENANCE, KNOWN_RELAPSE, KNOWN_SECOND,
 KNOWN_HCT, KNOWN_REINFUSION, KNOWN_SALVAGE) = range(6, 16)  # fmt: skip
KNOWN_BITS = 16

LOG_SIZE = 1024
MOST_RULES = 8
MOST_KNOTS = 128


class Work(NamedTuple):
    """Memory of one course, used again for the next; a record of the type `WORK`.

    Attributes
    ----------
    x : float64[7]
        Covariates.
    multiplier : float64[len(TERMS)]
        ``exp(log ratios x)`` of each term.
    curve : float64[CURVE]
        Parameters of the curve of the transgene, if it drives the loss of aplasia.
    at : float64[TIMES]
        Months since time zero; infinite where it has not happened.
    has : int64[FACTS]
        What is so now.
    left : float64[STREAMS + MOST_RULES]
        What is left of each threshold; negative before it is drawn.
    occasion : int64[STREAMS + MOST_RULES]
        How often each has happened, the number of its next draw.
    rate : float64[STREAMS]
        Per month, now.
    began : float64[MOST_RULES]
        When the clock of each rule began: infinite before, minus infinite where it will not.
    time : float64[LOG_SIZE]; what, detail : int16[LOG_SIZE]
        The log.
    """

    x: Float64
    multiplier: Float64
    curve: Float64
    at: Float64
    has: Int64
    left: Float64
    occasion: Int64
    rate: Float64
    began: Float64
    time: Float64
    what: Int16
    detail: Int16


class Orders(NamedTuple):
    """A strategy for the kernel; a record of the type `ORDERS` with room for R rules of K knots.

    Attributes
    ----------
    rules : int64
        Number of rules.
    natural : bool[4]
        Whether each of `TREATMENTS` follows its natural course.
    treatment, slot, kind : int64[R]
        Treatment, place of the threshold in `Work.left`, kind of law.
    triggered, restricted : bool[R]
        Whether the clock starts at a trigger (else at time zero); whether there is a condition.
    trigger, condition : bool[R, 2^KNOWN_BITS]
        By what is known of the patient.
    until, window, special : float64[R]
        Last month of a trigger; length of the grace period; month of a fixed start or length of the last bin.
    knots : int64[R]
        Number of knots.
    age, share : float64[R, K]
        The grace law: F(age) = share, linear between the knots.
    """

    rules: int
    natural: Bool
    treatment: Int64
    slot: Int64
    kind: Int64
    triggered: Bool
    restricted: Bool
    trigger: Bool
    condition: Bool
    until: Float64
    window: Float64
    special: Float64
    knots: Int64
    age: Float64
    share: Float64


WORK = np.dtype(
    [
        ("x", "f8", len(COVARIATES)),
        ("multiplier", "f8", len(TERMS)),
        ("curve", "f8", CURVE),
        ("at", "f8", TIMES),
        ("has", "i8", FACTS),
        ("left", "f8", a.STREAMS + MOST_RULES),
        ("occasion", "i8", a.STREAMS + MOST_RULES),
        ("rate", "f8", a.STREAMS),
        ("began", "f8", MOST_RULES),
        ("time", "f8", LOG_SIZE),
        ("what", "i2", LOG_SIZE),
        ("detail", "i2", LOG_SIZE),
    ],
    align=True,
)
ORDERS = np.dtype(
    [
        ("rules", "i8"),
        ("natural", "i1", len(TREATMENTS)),
        ("treatment", "i8", MOST_RULES),
        ("slot", "i8", MOST_RULES),
        ("kind", "i8", MOST_RULES),
        ("triggered", "i1", MOST_RULES),
        ("restricted", "i1", MOST_RULES),
        ("trigger", "i1", (MOST_RULES, 1 << KNOWN_BITS)),
        ("condition", "i1", (MOST_RULES, 1 << KNOWN_BITS)),
        ("until", "f8", MOST_RULES),
        ("window", "f8", MOST_RULES),
        ("special", "f8", MOST_RULES),
        ("knots", "i8", MOST_RULES),
        ("age", "f8", (MOST_RULES, MOST_KNOTS)),
        ("share", "f8", (MOST_RULES, MOST_KNOTS)),
    ],
    align=True,
)


def work() -> Work:
    """Memory for one course at a time."""
    record: Any = np.zeros(1, WORK)[0]
    return record


@jit
def known(work: Work) -> int:
    """What is known of the patient as a number of `KNOWN_BITS` bits."""
    has, code = work.has, 0
    for k in range(6):
        code |= int(work.x[k]) << k
    code |= has[SHOWN_LOST] << KNOWN_LOST
    code |= has[EVER_SEEN] << KNOWN_EVER_SEEN
    code |= has[NGS] << KNOWN_NGS
    code |= has[EVER_NGS] << KNOWN_EVER_NGS
    code |= (1 if work.occasion[a.MAINTENANCE] > 0 else 0) << KNOWN_MAINTENANCE
    code |= (1 if has[RELAPSES] > 0 else 0) << KNOWN_RELAPSE
    code |= has[REMITTED] << KNOWN_SECOND
    code |= has[TREATED] << KNOWN_HCT
    code |= (1 if has[REINFUSIONS] > 0 else 0) << KNOWN_REINFUSION
    code |= (1 if work.occasion[a.SALVAGE_HCT] > 0 else 0) << KNOWN_SALVAGE
    return code


@jit
def is_natural(treatment: int, orders: Orders, work: Work) -> bool:
    """Whether a treatment follows its natural course: no rule names it, or it was started before.

    Rules are about the first start of a treatment; what comes after it is care as usual.
    """
    return bool(orders.natural[treatment]) or work.occasion[STREAM_OF[treatment]] > 0


@jit
def at_risk(treatment: int, is_label: bool, has: Int64) -> bool:
    """Whether a treatment can start now.

    A transplant ends the other treatments of first remission unless it is but a label.
    """
    if treatment == SALVAGE:
        return has[PHASE] == SECOND and has[SALVAGED] == 0
    if has[PHASE] != FIRST:
        return False
    if treatment == HCT:
        return has[TREATED] == 0
    if has[TREATED] == 1 and not is_label:
        return False
    return has[MAINTAINED] == 0 if treatment == MAINTENANCE else has[REINFUSION_FAILED] == 0

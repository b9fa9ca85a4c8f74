"""Negative controls: emulations of which nothing may come out, as rows of the table of estimates."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from equipoise.base.findings import Finding, finding
from equipoise.cohort.cohort import Cohort
from equipoise.estimate.analysis import Analysis, courses
from equipoise.estimate.emulated.emulated import Emulated, carry_out
from equipoise.estimate.emulated.followed import MEASURE
from equipoise.estimate.emulated.pseudo_time import pseudo_time_row
from equipoise.estimate.emulated.rows import WORST_CASE, Block, contrast_rows
from equipoise.estimate.estimates import ESTIMATES
from equipoise.estimate.plan import plan_of
from equipoise.protocol.contrast import Contrast, ContrastMeasure
from equipoise.protocol.emulation import TreatmentModel
from equipoise.protocol.gates import Gates
from equipoise.protocol.law import UniformLaw
from equipoise.protocol.negative_control import ExposureControl, OutcomeControl, PseudoTimeControl
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.rule import Never, StartWithin
from equipoise.protocol.strategy import Strategy
from equipoise.protocol.treatment import Treatment

NEVER, ALWAYS = "no_control_exposure", "control_exposure"
Control = OutcomeControl | ExposureControl | PseudoTimeControl


def control_rows(
    found: Emulated, cohort: Cohort, seed: int, *, workers: int = 2
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """One row a control, and a finding for each whose interval excludes 0.

    Parameters
    ----------
    found
        The emulation that the controls repeat.
    cohort
        The cohort.
    seed
        Of pretended starts.
    workers
        Refits at a time.
    """
    frames: list[pl.DataFrame] = []
    warned: list[Finding] = []
    for one in found.prepared.analysis.protocol.analysis.negative_controls:
        row = _rows(one, found, cohort, seed, workers)
        frames.append(row)
        warned += _warning(one, row)
    return pl.concat([ESTIMATES.empty(), *frames]), tuple(warned)


def _rows(one: Control, found: Emulated, cohort: Cohort, seed: int, workers: int) -> pl.DataFrame:
    block = Block("sensitivity", f"negative control, {title_of(one)}: ")
    match one:
        case OutcomeControl():
            protocol = _asked_once(one, found.prepared.analysis.protocol, one.between)
        case ExposureControl():
            protocol = _exposure(one, found.prepared.analysis.protocol)
        case PseudoTimeControl():
            return pseudo_time_row(one, found, seed, block.prefix)
    again = _carry_out(protocol, found.prepared.analysis, cohort, workers)
    return contrast_rows(again, block, None)


def title_of(one: Control) -> str:
    """The label of a control, or its name in words."""
    return one.label or one.name.replace("_", " ")


def _warning(one: Control, row: pl.DataFrame) -> Iterator[Finding]:
    for lower, upper, interval in row.select("lower", "upper", "interval").iter_rows():
        if lower is None or upper is None or interval == WORST_CASE:
            continue
        if not lower <= 0 <= upper:
            message = f"'{title_of(one)}': the interval from {lower:.3f} to {upper:.3f} excludes 0."
            yield finding("E136", "emulation", message)


def _asked_once(one: Control, protocol: Protocol, between: tuple[str, str]) -> Protocol:
    """The same question with one contrast on one day."""
    report = protocol.report.model_copy(
        update={
            "at_months": (one.by_month,),
            "until_month": max(one.by_month, 1e-9),
            "every_months": one.by_month,
            "restricted_to_months": (),
        }
    )
    emulation = protocol.analysis.emulation
    assert emulation is not None  # controls are refused without one
    analysis = protocol.analysis.model_copy(
        update={
            "emulation": emulation.model_copy(update={"outcomes": (one.of,)}),
            "sensitivity": (),
            "negative_controls": (),
        }
    )
    contrast = Contrast.model_construct(
        measure="survival_difference", of=one.of, at_months=(), restricted_to_months=(), between=between
    )
    return protocol.model_copy(update={"report": report, "analysis": analysis, "contrasts": (contrast,)})


def _exposure(one: ExposureControl, protocol: Protocol) -> Protocol:
    """Another intervention in the place of the treatment."""
    treatment = Treatment(name=ALWAYS, intervention=one.intervention, while_in=one.while_in)
    label = title_of(one)
    strategies = (
        Strategy(name=NEVER, label=f"No {label}", rules=(Never(kind="never", treatment=ALWAYS),)),
        Strategy(
            name=ALWAYS,
            label=label,
            rules=(StartWithin(kind="start_within", treatment=ALWAYS, months=one.months, law=UniformLaw()),),
        ),
    )
    asked = _asked_once(one, protocol, (ALWAYS, NEVER))
    emulation = asked.analysis.emulation
    assert emulation is not None  # as above
    model = TreatmentModel(treatment=ALWAYS, adjust_for=one.adjust_for)
    own = emulation.model_copy(update={"treatments": (model,), "strategies": ()})
    return asked.model_copy(
        update={
            "treatments": (treatment,),
            "strategies": strategies,
            "analysis": asked.analysis.model_copy(update={"emulation": own}),
            "gates": Gates(),
        }
    )


def _carry_out(protocol: Protocol, analysis: Analysis, cohort: Cohort, workers: int) -> Emulated:
    """Emulate a changed question in the same people."""
    kind = cohort.vocabulary.outcomes[protocol.contrasts[0].of].kind
    measure: dict[str, ContrastMeasure] = {
        "survival": "survival_difference",
        "cumulative_incidence": "cumulative_incidence_difference",
        "state_probability": "state_probability_difference",
    }
    contrast = protocol.contrasts[0].model_copy(update={"measure": measure[MEASURE[kind]]})
    protocol = protocol.model_copy(update={"contrasts": (contrast,)})
    plan, _ = plan_of(protocol, cohort, analysis.enrolment)
    histories = courses(protocol, cohort, analysis.enrolment, plan)
    emulation = protocol.analysis.emulation
    assert emulation is not None  # as above
    again = replace(analysis, protocol=protocol, plan=plan, histories=histories)
    return carry_out(again, emulation, workers=workers)

"""Sensitivity analyses: the contrasts again with one thing changed."""

import polars as pl

from equipoise.base.errors import IdentificationError
from equipoise.base.findings import Finding, finding
from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import enrol
from equipoise.estimate.emulated.analysis import analysis_of
from equipoise.estimate.emulated.emulated import carry_out
from equipoise.estimate.emulated.rows import Block, contrast_rows
from equipoise.estimate.estimates import ESTIMATES
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.sensitivity import Sensitivity, patched


def sensitivity_rows(
    protocol: Protocol, cohort: Cohort, *, workers: int = 2
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Contrasts under every patch of a protocol, and what kept one from being carried out.

    A patch may change who is enrolled and when: everything is done again from the cohort.

    Parameters
    ----------
    protocol, cohort
        The protocol with its patches, and the cohort.
    workers
        Refits at a time.
    """
    frames: list[pl.DataFrame] = []
    told: list[Finding] = []
    for one in protocol.analysis.sensitivity:
        try:
            frame, found = _rows(one, protocol, cohort, workers)
        except IdentificationError as error:
            told.append(finding("E139", "emulation", f"'{one.title}': {error.found}."))
            continue
        frames.append(frame)
        told += found
    return pl.concat([ESTIMATES.empty(), *frames]), tuple(told)


def _rows(
    one: Sensitivity, protocol: Protocol, cohort: Cohort, workers: int
) -> tuple[pl.DataFrame, list[Finding]]:
    changed = _headlines_only(patched(protocol, one))
    asked = changed.analysis.emulation
    if asked is None:
        return ESTIMATES.empty(), [finding("E139", "emulation", f"'{one.title}': nothing is emulated.")]
    analysis, told = analysis_of(changed, cohort, enrol(changed, cohort), asked)
    left_out = [
        finding("E139", "emulation", f"'{one.title}': {each.message}") for each in told if each.code == "E138"
    ]
    if not analysis.protocol.strategies:
        return ESTIMATES.empty(), left_out
    found = carry_out(analysis, asked, workers=workers)
    return contrast_rows(found, Block("sensitivity", f"{one.title}: "), None), left_out


def _headlines_only(protocol: Protocol) -> Protocol:
    """The same question on the days of its headlines, without the curves between them."""
    report = protocol.report.model_copy(update={"every_months": protocol.report.until_month})
    return protocol.model_copy(update={"report": report})

"""`emulation`: strategies compared on the same people, with all that shows whether the comparison holds."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from equipoise.base.findings import Finding
from equipoise.cohort.cohort import Cohort
from equipoise.emulate.clone_flow import CLONES, clone_flow
from equipoise.emulate.enrol import Enrolment
from equipoise.estimate.emulated.analysis import analysis_of
from equipoise.estimate.emulated.band_rows import bands_table
from equipoise.estimate.emulated.controls import control_rows
from equipoise.estimate.emulated.diagnostics import (
    balance_table,
    gates_table,
    laws_table,
    models_table,
    overlap_table,
    support_table,
)
from equipoise.estimate.emulated.emulated import carry_out
from equipoise.estimate.emulated.grace_end import grace_end
from equipoise.estimate.emulated.inference import draws
from equipoise.estimate.emulated.noticed import noticed
from equipoise.estimate.emulated.rows import Block, Drawn, contrast_rows, level_rows
from equipoise.estimate.emulated.sensitivities import sensitivity_rows
from equipoise.estimate.emulated.tables import EMULATION_TABLES
from equipoise.estimate.emulated.weights_rows import weight_rows
from equipoise.protocol.protocol import Protocol

CITATIONS = (
    "hernan2016", "cain2010", "robins2000", "gruber2022", "prentice1978", "efron1981", "rubin1981",
    "vanderweele2017", "manski1990",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EmulationAnswers:
    """Everything that an emulation adds to a study.

    Attributes
    ----------
    frames
        Rows of the table of estimates.
    tables
        Companion tables by name (`equipoise.estimate.emulated.tables`), the flow of clones among them.
    naive
        Rows of the table of naive comparisons that need the emulation's windows and covariates.
    weights
        Rows of the table of weights.
    findings, citations
        What was noticed, and the sources of the methods.
    """

    frames: tuple[pl.DataFrame, ...]
    tables: Mapping[str, pl.DataFrame]
    naive: pl.DataFrame | None
    weights: pl.DataFrame | None
    findings: tuple[Finding, ...]
    citations: tuple[str, ...]


def emulation_answers(
    protocol: Protocol, cohort: Cohort, enrolment: Enrolment, seed: int, *, workers: int = 2
) -> EmulationAnswers:
    """Emulate the strategies of a protocol; without `analysis.emulation` all tables are empty.

    Parameters
    ----------
    protocol, cohort, enrolment
        A checked protocol, a cohort of its vocabulary, and who is enrolled.
    seed
        Of the bootstrap draws.
    workers
        Refits at a time; the result does not depend on it.

    Raises
    ------
    IdentificationError
        P124 for natural and fixed laws, E001 when the emulation is left without patients.
    """
    asked = protocol.analysis.emulation
    if asked is None:
        return EmulationAnswers((), _empty(), None, None, (), ())
    analysis, told = analysis_of(protocol, cohort, enrolment, asked)
    if not analysis.protocol.strategies:
        return EmulationAnswers((), _empty(), None, None, told, ())
    found = carry_out(analysis, asked, workers=workers)
    drawn = Drawn(draws(found.prepared, found.weighted, found.spread, seed, workers=workers))
    frames = [level_rows(found, Block()), contrast_rows(found, Block(), drawn)]
    changed, unasked = sensitivity_rows(protocol, cohort, workers=workers)
    shortcut = grace_end(found)
    controls, warned = control_rows(found, cohort, seed, workers=workers)
    tables = {
        CLONES.name: clone_flow(analysis.protocol, cohort, analysis.enrolment),
        "gates": gates_table(found),
        "support": support_table(found),
        "balance": balance_table(found),
        "overlap": overlap_table(found),
        "models": models_table(found),
        "bands": bands_table(found, drawn),
        "laws": laws_table(found),
    }
    findings = (*told, *noticed(found), *unasked, *shortcut.findings, *warned)
    answers = (*frames, changed, shortcut.estimates, controls)
    return EmulationAnswers(answers, tables, shortcut.naive, weight_rows(found), findings, CITATIONS)


def _empty() -> dict[str, pl.DataFrame]:
    return {one.name: one.empty() for one in (CLONES, *EMULATION_TABLES)}

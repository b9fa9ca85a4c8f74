"""`emulation`: strategies compared on the same people, with all that shows whether the comparison holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from equipoise.base.errors import IdentificationError
from equipoise.base.findings import Finding, finding
from equipoise.cohort.cohort import Cohort
from equipoise.emulate.clone_flow import CLONES, clone_flow
from equipoise.emulate.enrol import Enrolment, enrol
from equipoise.emulate.late_entry import with_late_entrants
from equipoise.emulate.practice import with_laws
from equipoise.estimate.analysis import Analysis, courses
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
from equipoise.estimate.emulated.emulated import Emulated, carry_out
from equipoise.estimate.emulated.grace_end import grace_end
from equipoise.estimate.emulated.inference import draws
from equipoise.estimate.emulated.noticed import noticed
from equipoise.estimate.emulated.rows import Block, Drawn, contrast_rows, level_rows
from equipoise.estimate.emulated.tables import EMULATION_TABLES
from equipoise.estimate.emulated.weights_rows import weight_rows
from equipoise.estimate.plan import plan_of
from equipoise.protocol.emulation import Emulation
from equipoise.protocol.negative_control import ExposureControl
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.sensitivity import patched
from equipoise.protocol.strategy import NATURAL, Strategy

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
    frames += _sensitivity(protocol, cohort, workers)
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
    findings = (*told, *noticed(found), *shortcut.findings, *warned)
    answers = (*frames, shortcut.estimates, controls)
    return EmulationAnswers(answers, tables, shortcut.naive, weight_rows(found), findings, CITATIONS)


def analysis_of(
    protocol: Protocol, cohort: Cohort, enrolment: Enrolment, asked: Emulation
) -> tuple[Analysis, tuple[Finding, ...]]:
    """The analysis in which a protocol is emulated: its strategies, laws in numbers, late entrants in or out.

    Raises
    ------
    IdentificationError
        E001 when nobody is left.
    """
    inside = with_late_entrants(enrolment, cohort, asked.late_entrants)
    if not inside.n:
        raise IdentificationError(
            "E001",
            where="analysis.emulation",
            found="nobody is under observation from time zero on",
            why="Strategies are compared from time zero on; who comes later is left out, unless the "
            "protocol says otherwise.",
            do="Set `late_entrants: include` if histories are complete from time zero on, or move time zero.",
        )
    told: list[Finding] = []
    if inside.n < enrolment.n:
        left = enrolment.n - inside.n
        message = (
            f"{left} enrolled patients enter observation after time zero and are left out of the emulation."
        )
        told.append(finding("E003", "emulation", message, patients=left))
    whole, unknown = _with_known_laws(protocol, asked, cohort, inside)
    told += unknown
    plan, planned = plan_of(whole, cohort, inside)
    del planned  # told with the other analyses of the same protocol
    return Analysis(whole, cohort, inside, plan, courses(whole, cohort, inside, plan)), tuple(told)


def _with_known_laws(
    protocol: Protocol, asked: Emulation, cohort: Cohort, enrolment: Enrolment
) -> tuple[Protocol, list[Finding]]:
    """The emulated strategies, laws in numbers; one whose law nobody shows is left out, and told."""
    kept: list[Strategy] = []
    told: list[Finding] = []
    for one in protocol.strategies:
        if not asked.emulates(one.name):
            continue
        try:
            alone = with_laws(protocol.model_copy(update={"strategies": (one,)}), cohort, enrolment)
        except IdentificationError as error:
            if error.code != "P125":
                raise
            told.append(finding("E138", "emulation", f"'{one.title}': {error.found}"))
        else:
            kept += alone.strategies
    names = {NATURAL, *(one.name for one in kept)}
    controls = tuple(
        one
        for one in protocol.analysis.negative_controls
        if isinstance(one, ExposureControl) or set(one.between) <= names
    )
    return protocol.model_copy(
        update={
            "strategies": tuple(kept),
            "contrasts": tuple(one for one in protocol.contrasts if set(one.between) <= names),
            "analysis": protocol.analysis.model_copy(update={"negative_controls": controls}),
        }
    ), told


def _empty() -> dict[str, pl.DataFrame]:
    return {one.name: one.empty() for one in (CLONES, *EMULATION_TABLES)}


def _sensitivity(protocol: Protocol, cohort: Cohort, workers: int) -> Iterator[pl.DataFrame]:
    """The contrasts again with one thing changed."""
    for one in protocol.analysis.sensitivity:
        changed = patched(protocol, one)
        asked = changed.analysis.emulation
        if asked is None:
            continue
        analysis, _ = analysis_of(changed, cohort, enrol(changed, cohort), asked)
        if not analysis.protocol.strategies:
            continue
        found: Emulated = carry_out(analysis, asked, workers=workers)
        label = one.label or one.name.replace("_", " ")
        yield contrast_rows(found, Block("sensitivity", f"{label}: "), None)

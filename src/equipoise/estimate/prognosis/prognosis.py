"""`prognosis`: the prognostic table of a protocol."""

from dataclasses import dataclass

import polars as pl

from equipoise.estimate.analysis import Analysis, Answered
from equipoise.estimate.prognosis.table import PROGNOSIS


@dataclass(frozen=True, eq=False, slots=True)
class Prognostic:
    """The groups (`PROGNOSIS`) and the answers about them."""

    table: pl.DataFrame
    answered: Answered


def prognosis(analysis: Analysis) -> Prognostic:
    """Absolute risks and hazard ratios by the covariates of the protocol."""
    del analysis
    return Prognostic(PROGNOSIS.empty(), Answered(()))

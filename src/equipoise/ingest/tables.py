"""What every reader returns: the five tables, typed and numbered."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from equipoise.base.findings import Finding


@dataclass(frozen=True, slots=True)
class Tables:
    """The five tables, typed, with patients numbered from 0; what `Cohort.build` takes.

    Parameters
    ----------
    frames
        Frame by name of the table; None or absent when there is none.
    findings
        What was noticed; no errors.
    """

    frames: Mapping[str, pl.DataFrame | None]
    findings: tuple[Finding, ...]

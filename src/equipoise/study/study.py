"""`Study`: everything that a run produced, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from equipoise.base.citations import bibliography
from equipoise.base.findings import Finding
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.protocol import Protocol


@dataclass(frozen=True, slots=True)
class Study:
    """What was asked, what was found, and how to tell one run from another.

    Parameters
    ----------
    protocol, vocabulary
        What was asked, and in which words.
    tables
        Declared long tables by name: ``estimates``, ``attrition``, ``flow``, ``baseline``, ``risk_table``,
        ``transitions``, ``funnel``, ``weights``, ``tests``, ``prognosis``, ``naive``, ``findings``,
        ``columns``. No row is a patient.
    patients
        Patient-level tables by name (``courses``, ``markers``); empty when they were left out.
    findings
        What the audit and the estimators noticed.
    citations
        Keys of the sources of the methods that were used.
    manifest
        Schema version, seed, versions and digests (of inputs; of files once stored).
    """

    protocol: Protocol
    vocabulary: Vocabulary
    tables: Mapping[str, pl.DataFrame]
    patients: Mapping[str, pl.DataFrame]
    findings: tuple[Finding, ...]
    citations: tuple[str, ...]
    manifest: Mapping[str, Any]

    @property
    def estimates(self) -> pl.DataFrame:
        """The one table of everything that may be read as a result."""
        return self.tables["estimates"]

    def bibliography(self) -> str:
        """BibTeX of the methods that were used."""
        return bibliography(self.citations)

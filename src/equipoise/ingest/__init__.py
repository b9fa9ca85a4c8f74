"""Floor 4: extracts become cohorts. Files, the mapping of a wide sheet, guesses with open questions."""

from equipoise.ingest.log import SourceError
from equipoise.ingest.mapping import Mapping, read_mapping
from equipoise.ingest.public import public_sources
from equipoise.ingest.read import read_cohort, read_sheet, read_with_findings

__all__ = [
    "Mapping",
    "SourceError",
    "public_sources",
    "read_cohort",
    "read_mapping",
    "read_sheet",
    "read_with_findings",
]

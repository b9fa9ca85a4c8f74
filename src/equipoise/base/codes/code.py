"""What one code of the registry says."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How serious a finding is, from least to most."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of the registry: a code, its title, why it matters and what to do."""

    code: str
    severity: Severity
    title: str
    why: str
    do: str

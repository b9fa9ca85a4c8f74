"""How the audit tells what it found: counts and row numbers, never a patient."""

import polars as pl

from equipoise.base.findings import Finding, finding


def told(code: str, table: str, faulty: pl.DataFrame, what: str) -> list[Finding]:
    """One finding about faulty rows of a table (columns patient and row), or none when there are none.

    `what` is a clause: "in 3 rows the stop lies before the start".
    """
    if not faulty.height:
        return []
    count = f"{faulty.height} row{'s' if faulty.height > 1 else ''}"
    patients = faulty["patient"].n_unique()
    return [finding(code, table, f"in {count} {what}", rows=faulty["row"].to_list(), patients=patients)]


def people(number: int) -> str:
    """``1 patient``, ``3 patients``."""
    return f"{number} patient{'' if number == 1 else 's'}"

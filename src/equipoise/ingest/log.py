"""What was noticed while reading one table: everything is collected, then told at once."""

from collections.abc import Iterable, Sequence

import polars as pl

from equipoise.base.codes import CODES
from equipoise.base.errors import DataError
from equipoise.base.findings import Finding, Severity, finding


class SourceError(DataError):
    """A source that cannot be read as a cohort.

    Attributes
    ----------
    findings
        Everything that was noticed, so that all can be corrected in one go.
    """

    def __init__(self, first: Finding, findings: Sequence[Finding]) -> None:
        others = sum(one.severity is Severity.ERROR for one in findings) - 1
        rows = ", ".join(str(row) for row in first.rows[:5]) + (", ..." if len(first.rows) > 5 else "")
        where = f"{first.table}, row(s) {rows}" if first.rows else first.table
        more = f" (and {others} more kind(s) of error)" if others else ""
        super().__init__(
            first.code,
            where=where,
            found=first.message.rstrip(".") + more,
            why=CODES[first.code].why,
            do=first.remedy,
        )
        self.findings = tuple(findings)


class Log:
    """Collects findings about one table.

    Parameters
    ----------
    table
        How the table is called in messages.
    rows
        Row numbers of the source.
    """

    def __init__(self, table: str, rows: pl.Series) -> None:
        self.table = table
        self.rows = rows
        self.findings: list[Finding] = []

    def add(self, code: str, message: str, where: pl.Series | None = None) -> None:
        """Note something about the rows where a mask is true (all rows without one)."""
        numbers: Iterable[int] = (
            () if where is None else self.rows.filter(where.fill_null(value=False)).to_list()
        )
        concerned = 0 if where is None else int(where.sum())
        self.findings.append(finding(code, self.table, message, rows=numbers, patients=concerned))

    def add_if(self, code: str, where: pl.Series, message: str) -> bool:
        """Note something if the mask is true anywhere; ``{n}`` in the message is the number of rows."""
        concerned = where.fill_null(value=False)
        if not concerned.any():
            return False
        self.add(code, message.replace("{n}", str(concerned.sum())), concerned)
        return True


def refuse_errors(findings: Sequence[Finding]) -> None:
    """Raise `SourceError` for the first finding that is an error, carrying all of them."""
    first = next((one for one in findings if one.severity is Severity.ERROR), None)
    if first is not None:
        raise SourceError(first, findings)

"""What stands beside the answers of a run: truths of a simulated registry, and published numbers.

They are rows of the same table of estimates, told apart by their role. Nothing is computed from them.
"""

import polars as pl

from equipoise.base.codes import CODES
from equipoise.base.provenance import digest
from equipoise.estimate.estimates import ESTIMATES
from equipoise.estimate.prognosis.table import PROGNOSIS
from equipoise.estimate.ratios_and_risks import refuse_bare_ratios

BESIDE_ROLES = ("truth", "published")
# What a number is about; a truth is known once. Several studies may have published it.
KEY = ["role", "outcome", "measure", "strategy", "versus", "day"]


def checked(beside: pl.DataFrame) -> pl.DataFrame:
    """Rows that may stand beside the answers of a run, in one order whatever order they came in.

    Parameters
    ----------
    beside
        Rows of the table of estimates (`ESTIMATES`), each with the role ``truth`` or ``published``.

    Returns
    -------
    polars.DataFrame
        The same rows, sorted.

    Raises
    ------
    ValueError
        If the frame is no table of estimates, has a row of another role, a number that is not finite, a
        finding without a meaning, or the same truth twice; or if a hazard ratio comes without its absolute
        risks.
    """
    frame = ESTIMATES.check(beside)
    other = frame.filter(~pl.col("role").is_in(BESIDE_ROLES))["role"].unique(maintain_order=True).to_list()
    if other:
        raise ValueError(f"rows beside a run have the role {' or '.join(BESIDE_ROLES)}, not {other[0]!r}")
    for name, dtype in ESTIMATES.dtypes.items():
        if dtype == pl.Float64() and not frame[name].drop_nulls().is_finite().all():
            raise ValueError(f"rows beside a run: column {name} has a value that is not finite")
    unknown = set(frame["finding"].drop_nulls()) - set(CODES)
    if unknown:
        raise ValueError(f"rows beside a run: finding {min(unknown)!r} is not in the registry of codes")
    refuse_bare_ratios(frame, PROGNOSIS.empty())
    ordered = frame.sort([*KEY, *(name for name in frame.columns if name not in KEY)])
    truths = ordered.filter(pl.col("role") == "truth").select(KEY)
    if truths.is_duplicated().any():
        twice = truths.filter(truths.is_duplicated()).row(0, named=True)
        raise ValueError(f"rows beside a run: the same truth twice: {twice}")
    return ordered


def digest_of(beside: pl.DataFrame) -> str:
    """SHA-256 (hex) of checked rows."""
    return digest(beside.to_dicts())

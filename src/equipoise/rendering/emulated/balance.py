"""What is known at time zero among everybody, and among those who follow a strategy; centres in one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from equipoise.rendering.emulated.covariates import column_of
from equipoise.rendering.emulated.trial import Trial
from equipoise.rendering.tables import Row, TableView
from equipoise.rendering.words import TEXT


@dataclass(frozen=True, slots=True)
class Balance:
    """One covariate under one strategy; numbers are None where nobody follows it or nobody differs.

    Parameters
    ----------
    label
        Its words.
    everybody, unweighted, weighted
        Means or shares.
    before, after
        Standardised differences from everybody.
    """

    label: str
    everybody: float | None
    unweighted: float | None
    weighted: float | None
    before: float | None
    after: float | None


def balances(trial: Trial, strategy: str) -> list[Balance]:
    """Covariates of the treatment models in which patients differ, in their order; of all centres one line.

    That line holds the largest difference before and the largest after weighting, which may be those of two
    centres; it has no name and no share, which could tell one.
    """
    rows = [row for row in trial.reading.rows("balance") if row["strategy"] == strategy]
    rows = [row for row in rows if 0 < row["everybody"] < 1 or row["difference_before"] is not None]
    columns = [column_of(trial.reading, row["covariate"]) for row in rows]
    found = [
        Balance(
            column.words,
            row["everybody"],
            row["unweighted"],
            row["weighted"],
            row["difference_before"],
            row["difference_after"],
        )
        for row, column in zip(rows, columns, strict=True)
        if not column.is_site
    ]
    sites = [row for row, column in zip(rows, columns, strict=True) if column.is_site]
    return [*found, *([_sites(sites)] if sites else [])]


def _sites(rows: Sequence[dict[str, Any]]) -> Balance:
    before, after = (
        max((row[name] for row in rows if row[name] is not None), key=abs, default=None)
        for name in ("difference_before", "difference_after")
    )
    return Balance(TEXT["balance_sites_line"].format(n=len(rows)), None, None, None, before, after)


def balance_view(trial: Trial) -> TableView | None:
    """Table 1 of the emulation, a part for each strategy; None without covariates."""
    rows: list[Row] = []
    has_sites = False
    for arm in trial.arms:
        own = balances(trial, arm.name)
        has_sites = has_sites or any(one.everybody is None for one in own)
        rows += [Row((arm.title,)), *(_row(one) for one in own)] if own else []
    if not rows:
        return None
    names = ("everybody", "unweighted", "d", "weighted", "d")
    return TableView(
        key="balance",
        caption=TEXT["balance_table"],
        columns=((TEXT["characteristic"], False), *((TEXT[f"column_{name}"], True) for name in names)),
        rows=tuple(rows),
        note=" ".join([TEXT["balance_note"], *([TEXT["balance_sites"]] if has_sites else [])]),
        classes="grouped",
    )


def _row(one: Balance) -> Row:
    means = (one.everybody, one.unweighted, one.weighted)
    everybody, unweighted, weighted = ("" if value is None else f"{value:.2f}" for value in means)
    cells = (everybody, unweighted, signed(one.before), weighted, signed(one.after))
    return Row((one.label, *cells), indent=1)


def signed(value: float | None) -> str:
    """A standardised difference with two decimals and its sign; nothing where there is none."""
    if value is None:
        return ""
    text = f"{value:+.2f}".replace("-", "\u2212")
    return "0.00" if float(f"{value:.2f}") == 0 else text

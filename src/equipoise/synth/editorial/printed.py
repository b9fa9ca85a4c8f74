"""What series print that count from the transplant, and what was printed: naive and published rows."""

from typing import Final

import numpy as np

from equipoise.base.findings import FindingStatus
from equipoise.estimate.bands import NO_INTERVAL
from equipoise.evidence import wording
from equipoise.evidence.find import number
from equipoise.evidence.published import Published
from equipoise.kernels.product_limit import kaplan_meier
from equipoise.synth.editorial.row import DAY, Row
from equipoise.synth.editorial.series import SERIES, Drawn
from equipoise.synth.editorial.transplanted import ARMS, OUTCOMES, Transplanted
from equipoise.synth.truth_rows import LEVEL

# Strategies of the table of estimates in the manner of funnels, and what is wrong with counting so.
STRATEGIES: Final = ("from hct in first remission", "from hct after relapse")
FINDINGS: Final = ("E241", "E248")
SECONDARY: Final = "E249"
PRINTED: Final = {
    ("pre_emptive", "dfs"): "myers-2026-dfs-pre-emptive-36",
    ("pre_emptive", "os"): "myers-2026-os-pre-emptive-36",
    ("after_relapse", "dfs"): "myers-2026-dfs-after-relapse-36",
}
PRINTED_ON_LOSS: Final = "myers-2026-share-bca-loss"
_WHO: Final = ("transplanted in first remission", "transplanted in a later remission")
_IS: Final = {"dfs": "alive without relapse", "os": "alive"}


def series_rows(drawn: Drawn, pool: Transplanted) -> list[Row]:
    """What series print on average, and the limits between which 95 % of them lie.

    The standard error is that of the average: of the draws (variance over their number) and of the pool that
    they are drawn from (Greenwood). Numbers of patients are averages too.
    """
    return [_series(drawn, pool, arm, outcome) for arm, outcome in np.ndindex(len(ARMS), len(OUTCOMES))]


def _series(drawn: Drawn, pool: Transplanted, arm: int, outcome: int) -> Row:
    survival = drawn.survival[:, arm, outcome]
    given = survival[~np.isnan(survival)]
    lower, upper = np.quantile(given, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    name = OUTCOMES[outcome]
    return Row(
        estimand=f"The mean, over series of {SERIES} transplanted patients drawn at random, of the "
        f"probability of being {_IS[name]} on the day, of those {_WHO[arm]}, counted from the transplant.",
        outcome=name,
        strategy=STRATEGIES[arm],
        estimate=float(given.mean()),
        std_error=float(np.sqrt(given.var() / given.size + _greenwood(pool, arm, outcome))),
        lower=float(lower),
        upper=float(upper),
        interval=f"2.5 to 97.5 % of {given.size:,} series",
        method=f"Kaplan-Meier in each of {survival.size:,} series of {SERIES}; "
        f"{survival.size - given.size:,} of them are not followed to the day",
        role="naive",
        n=round(drawn.patients[:, arm].mean()),
        events=round(drawn.events[:, arm, outcome].mean()),
        at_risk=round(drawn.at_risk[:, arm, outcome].mean()),
        status=FindingStatus.BIASED,
        finding=FINDINGS[arm],
    )


def _greenwood(pool: Transplanted, arm: int, outcome: int) -> float:
    """Greenwood's variance of the curve of the whole pool on the day."""
    own = pool.arm == arm
    curve = kaplan_meier(pool.stop[own, outcome], pool.event[own, outcome])
    place = int(np.searchsorted(curve.time, DAY, side="right"))
    return float(curve.greenwood[place - 1]) if place else 0.0


def published_rows() -> list[Row]:
    """What was printed of the published series: from a secondary source, not to be quoted, marked so."""
    return [_published(number(key), ARMS.index(arm), outcome) for (arm, outcome), key in PRINTED.items()]


def _published(one: Published, arm: int, outcome: str) -> Row:
    return Row(
        estimand=f"{one.endpoint.name} at month {wording.month(one)}: {one.arm}; {one.population}.",
        outcome=outcome,
        strategy=STRATEGIES[arm],
        estimate=one.estimate,
        lower=one.lower,
        upper=one.upper,
        interval=NO_INTERVAL,
        method=f"as printed; {'; '.join(wording.cautions(one))}",
        role="published",
        n=one.n or one.listed or 0,
        events=0,
        at_risk=0,
        status=FindingStatus.BIASED,
        finding=SECONDARY,
    )

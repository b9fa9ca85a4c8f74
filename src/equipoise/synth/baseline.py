"""Baseline columns of the registry: covariates of the world as a registry writes them, and mere noise.

Columns that the world knows nothing of (sex, lines of treatment, bridging, ...) are noise, independent of all
else, in shares that are placeholders. So a column of the sheet may matter or not, as in life, and which do is
known here.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from equipoise.kernels.arrays import Bool, Float64
from equipoise.language.comparison import Scalar
from equipoise.synth import addresses as a
from equipoise.synth.draws import chosen, once, sites_of, uniforms
from equipoise.synth.followed import Followed
from equipoise.synth.numbers import COVARIATES
from equipoise.synth.recorded import COLUMNS
from equipoise.synth.world import World


@dataclass(frozen=True, slots=True)
class Noise:
    """A column without effect: its values and their shares."""

    values: tuple[Scalar, ...]
    shares: tuple[float, ...]


_YES_NO: Final = (True, False)
_NOISE: Final = {
    "sex": Noise(("female", "male"), (0.45, 0.55)),
    "prior_lines": Noise((2, 3, 4, 5), (0.40, 0.35, 0.15, 0.10)),
    "inotuzumab": Noise(_YES_NO, (0.20, 0.80)),
    "blinatumomab": Noise(_YES_NO, (0.25, 0.75)),
    "bridging": Noise(_YES_NO, (0.85, 0.15)),
    "extramedullary": Noise(_YES_NO, (0.15, 0.85)),
    "hct_ci": Noise((0, 1, 2, 3, 4), (0.50, 0.20, 0.15, 0.10, 0.05)),
}
# What a covariate is written as, where there is more than one way: shares of the values in `COLUMNS`.
_GENETICS: Final = {False: (0.93, 0.07), True: (0.50, 0.25, 0.25)}
_PRODUCTS: Final = {
    False: Noise(("tisagenlecleucel", "obecabtagene", "other"), (0.80, 0.10, 0.10)),
    True: Noise(("brexucabtagene", "other"), (0.80, 0.20)),
}


def patients(followed: Followed, world: World) -> pl.DataFrame:
    """Table of patients.

    Parameters
    ----------
    followed
        The patients.
    world
        Their world: sites, calendar years, how much is missing.
    """
    seed, address = followed.seed, followed.address
    first, last = world.registry.years
    year = first + np.floor(once(seed, address, a.YEAR) * (last - first + 1))
    site = sites_of(seed, address, world.sites)
    digits = len(str(world.sites))
    columns = [
        pl.Series("patient", np.arange(followed.n), dtype=pl.Int32),
        pl.select(pl.format("site {}", pl.Series(site + 1).cast(pl.String).str.zfill(digits)))
        .to_series()
        .alias("site"),
        pl.Series("origin_year", year.astype(np.int64), dtype=pl.Int32),
    ]
    for place, name in enumerate(_NAMES):
        values = _column(name, place, followed)
        drawn = uniforms(seed, address, a.MISSING_BASELINE, np.full(followed.n, place))
        columns.append(_with_missing(values, drawn < world.registry.missing_baseline))
    return pl.DataFrame(columns)


# The place of a name is the address of its draws: new names come last.
_NAMES: Final = (
    "age",
    "sex",
    "genetics",
    "prior_hct",
    "prior_lines",
    "prior_car",
    "inotuzumab",
    "blinatumomab",
    "bridging",
    "burden",
    "extramedullary",
    "product",
    "costimulation",
    "hct_ci",
    "donor_available",
)


def _column(name: str, place: int, followed: Followed) -> pl.Series:
    """Values of a column before any are missing."""
    drawn = once(followed.seed, followed.address, a.BASELINE + place)
    if name in _NOISE:
        return pl.Series(name, _noise(_NOISE[name], drawn))
    if name == "product":
        has = _has(followed, COVARIATES.index("cd28"))
        return pl.Series(name, np.where(has, _noise(_PRODUCTS[True], drawn), _noise(_PRODUCTS[False], drawn)))
    column = COLUMNS[name]
    if column.covariate is None:
        return pl.Series(name, [column.no[0]]).new_from_index(0, followed.n)
    has = _has(followed, column.covariate)
    if isinstance(column.no[0], float):
        return pl.Series(name, np.where(has, _between(column.yes, drawn), _between(column.no, drawn)))
    yes, no = (
        _noise(Noise(values, _GENETICS[known] if name == "genetics" else (1.0,)), drawn)
        for known, values in ((True, column.yes), (False, column.no))
    )
    return pl.Series(name, np.where(has, yes, no))


def _has(followed: Followed, covariate: int) -> Bool:
    return followed.covariates[:, covariate] == 1.0


def _noise(noise: Noise, drawn: Float64) -> np.ndarray:
    return np.array(noise.values)[chosen(drawn, noise.shares)]


def _between(ends: tuple[Scalar, ...], drawn: Float64) -> Float64:
    """Numbers with one decimal between two ends, each as likely."""
    low, high = (round(10.0 * float(end)) for end in ends)
    return np.floor(low + drawn * (high - low + 1)) / 10.0


def _with_missing(values: pl.Series, missing: Bool) -> pl.Series:
    if not missing.any():
        return values
    return values.set(pl.Series(missing), None)

"""Weights of each strategy, summed up: rows of the table of weights."""

import numpy as np
import polars as pl

from equipoise.estimate.emulated.emulated import Emulated
from equipoise.estimate.emulated.support import effective_sample
from equipoise.estimate.estimates import WEIGHTS
from equipoise.kernels.weight_path import weights_at


def weight_rows(found: Emulated) -> pl.DataFrame:
    """Untruncated weights at each patient's end among those who follow the strategy."""
    prepared = found.prepared
    rows: list[dict[str, object]] = []
    for strategy in prepared.strategies:
        path, levels = prepared.paths[strategy.name], found.weighted.levels[strategy.name]
        weight = weights_at(path, levels, prepared.last_bin)[prepared.omega > 0]
        follows = weight[weight > 0]
        some = follows if follows.size else np.zeros(1)
        rows.append(
            {
                "strategy": strategy.name,
                "patients": int(follows.size),
                "mean": float(some.mean()),
                "minimum": float(some.min()),
                "median": float(np.median(some)),
                "maximum": float(some.max()),
                "ess": effective_sample(follows),
            }
        )
    return WEIGHTS.frame(rows)

"""Small data sets for Cox models with heavy ties, late entry, weights, strata and offsets."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.kernels.cox import CoxFit, fit_cox
from equipoise.kernels.reference_cox import Subjects


@dataclass(frozen=True)
class Regression:
    """Columns of N rows and two covariates."""

    start: np.ndarray
    stop: np.ndarray
    event: np.ndarray
    covariates: np.ndarray
    weight: np.ndarray
    stratum: np.ndarray
    offset: np.ndarray

    def take(self, rows: Any) -> "Regression":
        return Regression(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    def with_(self, **changed: np.ndarray) -> "Regression":
        return replace(self, **changed)

    def subjects(self) -> Subjects:
        return Subjects(*(getattr(self, name) for name in Subjects._fields))

    def fit(self, ties: str, **more: Any) -> CoxFit:
        return fit_cox(
            self.stop,
            self.event,
            self.covariates,
            start=self.start,
            weight=self.weight,
            strata=self.stratum,
            offset=self.offset,
            ties=ties,
            **more,
        )


@st.composite
def regressions(draw: st.DrawFn) -> Regression:
    """Draw the flags and a seed: the numbers come from numpy, so that no example is degenerate by design."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.integers(12, 40))
    span = draw(st.sampled_from([4, 12, 200]))
    start = chance.integers(-1, span, size) if draw(st.booleans()) else np.full(size, -1)
    stop = start + chance.integers(1, span + 1, size)
    event = chance.random(size) < 0.7
    event[:2] = True
    x = np.column_stack([chance.normal(size=size), chance.integers(0, 2, size).astype(float)])
    weight = np.round(10.0 ** chance.uniform(-1, 1, size), 1) if draw(st.booleans()) else np.ones(size)
    stratum = chance.integers(0, draw(st.integers(1, 3)), size)
    offset = chance.normal(size=size) * 0.3 if draw(st.booleans()) else np.zeros(size)
    whole = (start.astype(np.int32), stop.astype(np.int32))
    return Regression(*whole, event, x, weight, stratum.astype(np.int32), offset)

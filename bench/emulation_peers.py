"""Peers that emulate trials, in an environment of their own: ``emulation_peers.py PANEL CONTENDER WHAT``.

PANEL is a file of `bench.emulation`; WHAT is ``seconds`` or ``memory``. One line of JSON is printed.
The peers' versions of other packages may differ from ours, so nothing of ours is imported but the clock.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
from measure import peak_growth, seconds  # the file beside this one: `bench` as a package needs ours

SMALL = 500
MONTHS = 60
PIECES = (1, 5, 11)  # months at which the hazard of starting may change, as in our protocol
Columns = dict[str, np.ndarray]


def load(path: str, patients: int | None = None) -> Columns:
    """Read the panel, or its first patients."""
    return {name: column[:patients] for name, column in np.load(path).items()}


def _pieces(month: np.ndarray) -> Columns:
    bounds = (*PIECES, np.inf)
    return {
        f"piece{low}": ((month >= low) & (month < high)).astype(float)
        for low, high in zip(PIECES, bounds[1:], strict=True)
    }


def _groups(marker: np.ndarray) -> Columns:
    return {"mid": ((marker > 0) & (marker <= 1)).astype(float), "high": (marker > 1).astype(float)}


def cloned(data: Columns, until: int) -> Callable[[], Any]:
    """clone-censor-weight: a start in the first month against none; one time a fit."""
    import pandas
    from ccw import CCW, DataSpec, InitiateBy, NoInitiationThrough

    patient, month = np.nonzero(np.arange(until + 1) <= data["last"][:, np.newaxis])
    frame = pandas.DataFrame(
        {
            "id": patient,
            "time": month,
            # A row sees outcome and marker of its month first; the start that follows is that of the next.
            "drug": (data["start"][patient] == month + 1).astype(int),
            "death": (data["death"][patient] == month).astype(int),
            "v": data["v"][patient].astype(int),
            **_groups(data["marker"][patient, month]),
            **_pieces(month),
        }
    )
    changing = ("mid", "high", *(f"piece{low}" for low in PIECES))
    never = "v + " + " + ".join(changing)

    def call() -> Any:
        return CCW(
            spec=DataSpec(
                id="id",
                time="time",
                treatment="drug",
                outcome="death",
                baseline=("v",),
                time_varying=changing,
            ),
            strategies={"never": NoInitiationThrough(until - 1), "at_once": InitiateBy(0)},
            weight_models={"never": never, "at_once": "v + mid + high"},
            followup_end=until,
            censoring_model="protocol_only",
        ).fit(frame)

    return call


def sequential(data: Columns, *, only_first: bool) -> Callable[[], Any]:
    """pySEQTarget: treated from a month on against never, per protocol; from all months or the first."""
    import polars
    from pySEQTarget import SEQopts, SEQuential

    patient, month = np.nonzero(np.arange(MONTHS) < data["last"][:, np.newaxis])
    frame = polars.DataFrame(
        {
            "id": patient,
            "month": month,
            "eligible": (data["start"][patient] > month).astype(int),
            "drug": (data["start"][patient] <= month + 1).astype(int),
            "death": (data["death"][patient] == month + 1).astype(int),
            "v": data["v"][patient].astype(int),
            "first": data["marker"][patient, 0],
            **_groups(data["marker"][patient, month]),
        }
    )
    curve = "drug_bas*followup+drug_bas*followup_sq+v"
    options = SEQopts(
        km_curves=True,
        weighted=True,
        selection_first_trial=only_first,
        ncores=1,
        denominator="v+mid+high+month+month_sq",
        numerator="v+first+month+month_sq" if only_first else "v+month+month_sq",
        covariates=f"{curve}+first*followup+first*drug_bas"
        if only_first
        else f"{curve}+mid_bas+high_bas+trial+trial_sq",
    )

    def call() -> Any:
        names = {"id_col": "id", "time_col": "month", "eligible_col": "eligible"}
        names |= {"treatment_col": "drug", "outcome_col": "death"}
        fixed = ["v", "first"] if only_first else ["v"]
        trials = SEQuential(
            frame,
            **names,
            time_varying_cols=["mid", "high"],
            fixed_cols=fixed,
            method="censoring",
            parameters=options,
        )
        trials.expand()
        trials.fit()
        trials.survival()
        return trials

    return call


def prepared(name: str, data: Columns) -> Callable[[], Any]:
    """The call of a contender."""
    if name == "clone-censor-weight":
        return cloned(data, MONTHS)
    return sequential(data, only_first=name.endswith("first trial"))


def answers(name: str, data: Columns, fit: Any) -> dict[str, Any]:
    """Survival by strategy and month, with standard errors where a fit has them."""
    if name == "clone-censor-weight":
        fits = {24: cloned(data, 24)(), MONTHS: fit}
        return {
            strategy: {month: [1 - one.risk(strategy), _error(one, strategy)] for month, one in fits.items()}
            for strategy in ("never", "at_once")
        }
    curves = fit.km_data.iter_rows(named=True)
    kept = {(row["drug"], row["followup"]): row["pred"] for row in curves if row["estimate"] == "survival"}
    return {
        strategy: {month: [float(kept[arm, month]), None] for month in (24, MONTHS)}
        for strategy, arm in (("never", 0), ("at_once", 1))
    }


def _error(fit: Any, strategy: str) -> float:
    """Its sandwich error, which it computes and keeps to itself."""
    return float(fit._estimates[f"outcome_rate_{strategy}_std"])


def main(path: str, name: str, what: str) -> None:
    warnings.simplefilter("ignore")
    found: dict[str, Any] = {
        "version": version("clone-censor-weight" if name.startswith("clone") else "pySEQTarget")
    }
    prepared(name, load(path, SMALL))()  # imports belong to nobody's time
    data = load(path)
    call = prepared(name, data)
    if what == "memory":
        found["megabytes"] = peak_growth(call)
    else:
        found["seconds"], fit = seconds(call)
        found["answers"] = answers(name, data, fit)
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])

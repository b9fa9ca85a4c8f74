"""The baseline table by hand."""

import numpy as np
from example import cohort, mrd, transplant

from equipoise.cohort.describe import describe


def test_baseline_by_hand() -> None:
    """Five patients, the last one not enrolled; ages 20, 30, 40, missing.

    Quartiles of 20, 30, 40 by R's default (type 7): 25 and 35.
    """
    one = cohort(
        5,
        patients=[
            {"patient": 0, "age": 20, "arm": "a"},
            {"patient": 1, "age": 30, "arm": "a"},
            {"patient": 2, "age": 40, "arm": "b"},
            {"patient": 3, "arm": None},
            {"patient": 4, "age": 90, "arm": "b", "donor": "sibling"},
        ],
        measurements=[
            mrd(0, 1, 0.5),
            mrd(0, 3, 0.25),
            mrd(1, 2, 0.125, bound="<"),
            mrd(2, 9, 1.0),
            mrd(3, 2, 0.875, bound=">"),
            mrd(4, 1, 0.9),
        ],
        interventions=[transplant(4, 1)],
    )
    table = describe(one, np.array([5.0, 5.0, 5.0, 5.0, np.nan]), by="arm")
    age = table.filter((table["group"] == "all") & (table["variable"] == "age")).row(0, named=True)
    assert (age["n"], age["missing"], age["count"]) == (4, 1, 3)
    assert (age["lower_quartile"], age["median"], age["upper_quartile"]) == (25.0, 30.0, 35.0)
    residual = table.filter((table["group"] == "all") & (table["variable"] == "mrd")).row(0, named=True)
    assert (residual["count"], residual["missing"], residual["below_limit"]) == (3, 1, 1)
    assert residual["median"] == 0.25, "the value of day 9 is not known yet"
    donor = table.filter((table["group"] == "all") & (table["variable"] == "donor"))
    assert donor["level"].to_list() == ["sibling", "unrelated"]
    assert donor["missing"].to_list() == [4, 4], "the only donor belongs to the patient who is not enrolled"
    assert donor["share"].to_list() == [None, None]
    in_a = table.filter((table["group"] == "a") & (table["variable"] == "age")).row(0, named=True)
    assert (in_a["n"], in_a["median"]) == (2, 25.0)


def test_shares_are_of_the_known() -> None:
    one = cohort(4, patients=[{"patient": i, "arm": level} for i, level in enumerate(["a", "a", "b", None])])
    arm = describe(one, 0.0).filter(describe(one, 0.0)["variable"] == "arm")
    assert arm["share"].to_list() == [2 / 3, 1 / 3]
    assert arm["missing"].to_list() == [1, 1]

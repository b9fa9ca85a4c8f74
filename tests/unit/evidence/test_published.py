"""A published number whose values contradict each other cannot be made."""

from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from equipoise.evidence.endpoint import Bound, Endpoint, Limits, Measure
from equipoise.evidence.published import Published

RELAPSE = Endpoint(
    "CIR", "relapse", Measure.CUMULATIVE_INCIDENCE, "", Bound.EQUAL, Limits.INTERVAL, "relapse"
)
RATIO = replace(RELAPSE, name="HR relapse", measure=Measure.HAZARD_RATIO)
ONE = Published(
    key="smith-2020-relapse-12",
    study="Smith",
    year=2020,
    doi="10.1000/xyz",
    doi_read=True,
    population="children",
    arm="all",
    n=47,
    listed=47,
    endpoint=RELAPSE,
    time_zero="remission",
    time_zero_inferred=False,
    month=12.0,
    estimate=0.4,
    lower=0.3,
    upper=0.5,
    quotable=True,
    seen_in="abstract or article page",
    note="",
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"estimate": float("nan")}, "not finite"),
        ({"upper": float("inf")}, "not finite"),
        ({"lower": 0.41}, "not in order"),
        ({"upper": 0.39}, "not in order"),
        ({"upper": 1.01}, "outside 0 to 1"),
        ({"estimate": -0.01, "lower": None}, "outside 0 to 1"),
        ({"endpoint": RATIO, "lower": 0.0}, "not positive"),
        ({"month": 0.0}, "not a time after time zero"),
        ({"month": float("nan")}, "not a time after time zero"),
        ({"n": 0}, "fewer than one patient"),
        ({"key": "Smith 2020"}, "the key is not"),
        ({"key": "smith-2021-relapse-12"}, "does not hold the year 2020"),
        ({"arm": ""}, "empty"),
        ({"study": " Smith"}, "spaces"),
        ({"doi": "doi:10.1000/xyz"}, "is not a DOI"),
        ({"doi": None, "quotable": False}, "cannot have been read"),
        ({"doi": None, "doi_read": False}, "quotable is True"),
        ({"seen_in": "summary (secondary)"}, "quotable is True"),
        ({"quotable": False}, "quotable is False"),
    ],
)
def test_contradictions_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(ONE, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"estimate": 0.0, "lower": 0.0},
        {"estimate": 1.0, "upper": 1.0},
        {"lower": None},
        {"endpoint": RATIO, "estimate": 4.0, "upper": 50.0},
        {"year": None, "key": "smith-relapse"},
    ],
)
def test_the_edges_are_allowed(change: dict[str, Any]) -> None:
    assert replace(ONE, **change).study == "Smith"


def test_it_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        ONE.estimate = 0.1  # pyright: ignore[reportAttributeAccessIssue]


def test_the_source_ends_in_its_year() -> None:
    assert ONE.source == "smith-2020"
    assert replace(ONE, key="lu-daopei-2020-nrm-3-3").source == "lu-daopei-2020"
    assert replace(ONE, year=None, key="smith-relapse").source == "smith-relapse"


def test_why_a_number_may_not_be_quoted_comes_from_where_it_was_seen() -> None:
    hidden = {"quotable": False, "doi": None, "doi_read": False}
    assert ONE.why_not_quotable == ()
    assert replace(ONE, **hidden).why_not_quotable == ("no DOI",)
    assert replace(ONE, **hidden, seen_in="NCI PDQ summary (secondary)").why_not_quotable == (
        "secondary source (NCI PDQ summary)",
        "no DOI",
    )
    assert replace(ONE, quotable=False, seen_in="secondary source").why_not_quotable == ("secondary source",)
    assert replace(ONE, quotable=False, seen_in="own analysis, codes inferred").why_not_quotable == (
        "rate computed from public-use data with inferred codes",
    )


def test_the_citation_says_what_is_not_known_of_the_source() -> None:
    assert ONE.citation == "Smith (2020). https://doi.org/10.1000/xyz"
    assert replace(ONE, doi_read=False).citation.endswith("xyz (DOI not read on the page)")
    assert replace(ONE, quotable=False, doi=None, doi_read=False).citation == "Smith (2020). No DOI."

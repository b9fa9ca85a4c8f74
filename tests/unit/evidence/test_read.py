"""The shipped tables: nothing lost in transcription, nothing declared about nothing."""

import csv
import hashlib
import re
from collections import defaultdict
from importlib.resources import files

import pytest

from equipoise.evidence.endpoint import Bound, Limits, Measure
from equipoise.evidence.find import number
from equipoise.evidence.published import Caution, Published
from equipoise.evidence.read import endpoints, published

TRANSCRIBED = 207
# SHA-256 of the transcription as it was handed over: the table without its column of keys.
DIGEST = "417568b836b067edf867b9616d3b13b1029de036c126edae184c97ce7008c4ac"


def _lines() -> list[str]:
    return (files("equipoise.evidence") / "published.csv").read_text(encoding="utf-8").splitlines()


def test_the_transcription_is_kept_cell_by_cell() -> None:
    without_keys = "".join(line.split(",", 1)[1] + "\n" for line in _lines()[: TRANSCRIBED + 1])
    assert hashlib.sha256(without_keys.encode()).hexdigest() == DIGEST


def test_every_row_becomes_one_number_with_a_key_of_its_own() -> None:
    rows = list(csv.DictReader(_lines()))
    assert [one.key for one in published()] == [row["key"] for row in rows]
    assert len({one.key for one in published()}) == len(rows) >= TRANSCRIBED


def test_a_source_is_one_doi_and_a_doi_one_source() -> None:
    sources, dois = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for one in published():
        if one.doi is not None:
            sources[one.source].add(one.doi)
            dois[one.doi].add(one.source)
    assert {source: found for source, found in sources.items() if len(found) > 1} == {}
    assert {doi: found for doi, found in dois.items() if len(found) > 1} == {}


def test_every_declared_endpoint_is_used() -> None:
    assert {one.name for one in endpoints()} == {one.endpoint.name for one in published()}


@pytest.mark.parametrize(
    ("key", "n", "estimate", "lower", "upper"),
    [
        ("john-2025-rfs-12", 578, 0.618, None, None),
        ("john-2025-rfs-24", 578, 0.503, None, None),
        ("john-2025-os-12", 578, 0.794, None, None),
        ("john-2025-os-24", 578, 0.638, None, None),
        ("schultz-2023-relapse-12", 156, 0.37, 0.30, 0.47),
        ("schultz-2023-cd19-positive-relapse-12", 156, 0.21, 0.15, 0.29),
        ("schultz-2023-cd19-negative-relapse-12", 156, 0.16, 0.11, 0.24),
        ("schultz-2023-os-after-nonresponse-12", 23, 0.19, 0.07, 0.50),
        ("pulsipher-2022-hr-relapse-bcr-1y", 143, 4.5, 2.03, 9.97),
        ("pulsipher-2022-hr-relapse-ngs-month-3", 143, 12, 2.87, 50),
        ("bader-2023-efs-24", 81, 0.453, None, None),
        ("bader-2023-efs-prior-hct-24", 65, 0.434, None, None),
        ("chop-reinfusion-2024-cr-1", 63, 0.52, None, None),
        ("chop-reinfusion-2024-relapse-no-cr-24", None, 0.61, None, None),
        ("myers-2026-dfs-pre-emptive-36", None, 0.90, None, None),
    ],
)
def test_numbers_that_the_method_and_the_abstracts_name(
    key: str, n: int | None, estimate: float, lower: float | None, upper: float | None
) -> None:
    one = number(key)
    assert (one.n, one.estimate, one.lower, one.upper) == (n, estimate, lower, upper)


def test_what_was_inferred_is_marked_and_its_words_are_cut_off() -> None:
    raw = {row["key"]: row["time_zero"] for row in csv.DictReader(_lines())}
    for one in published():
        assert one.time_zero_inferred == raw[one.key].endswith("(check)")
        assert "check" not in one.time_zero
    assert {one.time_zero for one in published()} == {
        "infusion", "remission", "relapse or non-response", "HCT",
    }  # fmt: skip


def test_same_and_idem_are_written_out() -> None:
    assert {"same", "idem"}.isdisjoint(one.population for one in published())
    assert number("myers-2026-share-bca-loss").population.startswith("HCT-naive, MRD-neg")


def test_the_n_of_a_whole_study_is_never_the_n_of_its_arms() -> None:
    """Where several arms of one endpoint list one n, it is the study's; shares and ratios have no parts."""
    arms = defaultdict[tuple[object, ...], list[Published]](list)
    for one in published():
        arms[one.study, one.year, one.endpoint.name, one.time_zero, one.month, one.n].append(one)
    wrong = [
        one.key
        for alike in arms.values()
        if len({one.arm for one in alike}) > 1
        for one in alike
        if one.n is not None and one.endpoint.measure in (Measure.SURVIVAL, Measure.CUMULATIVE_INCIDENCE)
    ]
    assert wrong == []


def test_an_n_that_stands_in_the_words_of_the_arm_is_the_arms() -> None:
    told = {one.key: int(found[1]) for one in published() if (found := re.search(r"\bn=(\d+)", one.arm))}
    assert len(told) == 6
    assert {key: number(key).n for key in told} == told


def test_known_conflicts_and_biases_are_declared() -> None:
    kinds = {one.key: {remark.kind for remark in one.remarks} for one in published() if one.remarks}
    assert kinds["maude-2018-os-12"] == {Caution.CONFLICT}
    assert kinds["pasquini-2020-dor-12"] == {Caution.CONFLICT}
    assert kinds["laetsch-2023-rfs-no-further-therapy-36"] == {Caution.FUTURE}
    pooled = [
        one
        for one in published()
        if one.study in ("Xu meta-analysis", "Meta-analysis Ann Hematol")
        and one.endpoint.measure in (Measure.HAZARD_RATIO, Measure.RISK_RATIO)
    ]
    assert len(pooled) == 9
    assert all(kinds[one.key] == {Caution.NAIVE} for one in pooled)


def test_a_range_is_no_interval_and_a_bound_no_estimate() -> None:
    assert number("maude-2018-median-persistence").endpoint.limits is Limits.RANGE
    assert number("pulsipher-2022-efs-bca-lost-by-6").endpoint.bound is Bound.BELOW


def test_what_may_calibrate_counts_from_a_time_zero_that_was_read() -> None:
    chosen = [one for one in published() if one.may_calibrate]
    assert number("forum-2021-trm-tbi-24") in chosen
    assert all(one.month and not one.time_zero_inferred and one.is_probability for one in chosen)
    for key in (
        "schultz-2023-relapse-12",  # time zero inferred
        "bader-2023-efs-relapse-before-6-24",  # time zero in doubt
        "zhao-2021-cgvhd",  # no month
        "stein-2019-tmax",  # days
    ):
        assert number(key) not in chosen


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        ("published.csv", "maude-2018-efs-12,", "maude-2018-efs-6,", "twice"),
        ("published.csv", ",0.5,0.35,0.64,yes,", ",0.5,0.55,0.64,yes,", "not in order"),
        ("published.csv", "10.1200/JCO.22.00642", "10.1056/NEJMoa1709866", "also another one"),
        ("published.csv", "ADULTS R/R B-ALL 19-28z,53,all,median EFS", "idem,53,all,median EFS", "no row"),
        (
            "published.csv",
            ",yes,abstract or article page,count",
            ",no,abstract or article page,count",
            "quotable",
        ),
        ("remarks.csv", "maude-2018-os-12", "maude-2018-os-13", "not there"),
        ("denominators.csv", "schultz-2022-os-high-burden-12", "nobody-2022-os-12", "not there"),
    ],
)
def test_damaged_tables_are_refused(
    table: str, old: str, new: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from equipoise.evidence import read

    rows = read._rows

    def damaged(name: str) -> list[dict[str, str]]:
        if name != table:
            return rows(name)
        text = (files("equipoise.evidence") / name).read_text(encoding="utf-8")
        assert old in text
        header, *cells = csv.reader(text.replace(old, new, 1).splitlines())
        return [dict(zip(header, row, strict=True)) for row in cells]

    monkeypatch.setattr(read, "_rows", damaged)
    read.published.cache_clear()
    try:
        with pytest.raises(ValueError, match=message):
            read.published()
    finally:
        read.published.cache_clear()

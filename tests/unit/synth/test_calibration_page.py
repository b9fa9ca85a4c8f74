"""The page and the picture are what the kept result gives, and what the page says in words is so."""

import re

import pytest

from equipoise.evidence.find import number
from equipoise.synth.calibration.calibration import Verdict, interval_of
from equipoise.synth.calibration.target import read_targets
from validation.calibration import page, picture
from validation.calibration.kept import Kept, Row, read_kept
from validation.calibration.words import difference, published, simulated


@pytest.fixture(scope="module")
def kept() -> Kept:
    return read_kept()


def test_page_and_picture_are_current(kept: Kept) -> None:
    run = "python -m validation.calibration"
    assert page.PAGE.read_text(encoding="utf-8") == page.page(kept), run
    assert picture.PLACE.read_text(encoding="utf-8") == picture.picture(kept), run


def test_the_limits_are_those_of_the_library(kept: Kept) -> None:
    for row in kept.rows.values():
        lower, upper, kind = interval_of(row.target)
        assert row.interval == kind.value
        assert (row.lower, row.upper) == pytest.approx((lower, upper), abs=1e-9)


def test_whatever_does_not_match_says_why(kept: Kept) -> None:
    for row in kept.rows.values():
        if row.verdict == Verdict.OUTSIDE:
            assert row.target.differs, row.target.key


def test_what_is_said_to_be_matched_is_inside(kept: Kept) -> None:
    matched = [key for key in kept.rows if re.match(r"(maude|laetsch)-.*-(os|efs)-\d+$", key)]
    assert len(matched) == 6
    matched += ["bader-2023-efs-24", "bader-2023-os-24", "gardner-2017-efs-12", "xu-2021-trm"]
    matched += ["john-2025-os-12", "john-2025-os-24", "pasquini-2020-os-12"]
    matched += ["pulsipher-2022-hr-relapse-ngs-day-28"]
    assert {kept.rows[key].verdict for key in matched} == {"inside"}
    low, high = (number(f"forum-2021-relapse-{arm}-24").estimate for arm in ("tbi", "chemo"))
    assert low < kept.rows["forum-2021-relapse-tbi-24"].value < high
    relapse = kept.rows["schultz-2023-relapse-12"]
    assert relapse.otherwise["nobody transplanted"] == pytest.approx(0.374, abs=0.004)  # the design's own


def test_what_is_said_to_lie_between_does(kept: Kept) -> None:
    for key in ("john-2025-rfs-12", "john-2025-rfs-24", "pasquini-2020-dor-12", "schultz-2023-relapse-12"):
        row = kept.rows[key]
        ends = sorted((row.value, row.otherwise["nobody transplanted"]))
        assert ends[0] < row.estimate < ends[1], key


def test_naive_ratios_are_biased_as_published_ones(kept: Kept) -> None:
    ever = [row for row in kept.rows.values() if row.target.groups == "ever_transplanted"]
    assert len(ever) == 9
    for row in ever:
        assert row.value < 0.7
        assert all(row.value < changing for changing in row.otherwise.values())


def test_only_what_may_be_quoted_stands_among_the_sources() -> None:
    rows = [line for line in page.PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert len(rows) > 60
    for line in rows:
        keys = re.findall(r"\[([a-z0-9-]+)\]", line)
        values = line.rsplit("|", 2)[1].strip()
        assert bool(values) == any(number(key).quotable for key in keys), line


def invented(key: str, **what: object) -> Row:
    target = next(one for one in read_targets().all if one.key == key)
    values: dict[str, object] = {
        "value": 0.4, "error": 0.001, "otherwise": {}, "lower": 0.3, "upper": 0.47,
        "interval": "as published", "verdict": "inside",
    }  # fmt: skip
    return Row(target=target, **(values | what))  # pyright: ignore[reportArgumentType]


def test_numbers_in_words() -> None:
    share = invented("schultz-2023-relapse-12", value=0.2939)
    assert published(share) == "37 % (30 to 47)"
    assert simulated(share) == "29.4 % ± 0.10"
    assert difference(share) == "−8"
    computed = invented("maude-2018-subsequent-hct-12", lower=0.058, upper=0.242, interval="computed from n")
    assert published(computed) == "13 % [6 to 24]"
    ratio = invented("xu-2021-hr-os", value=0.55, error=0.0038, lower=0.17, upper=0.68)
    assert published(ratio) == "0.34 (0.17 to 0.68)"
    assert simulated(ratio) == "0.55 ± 0.004"
    assert difference(ratio) == "× 1.62"
    month = invented("lamble-2023-median-os-after-relapse", value=8.63, error=0.04, lower=9.0, upper=17.0)
    assert published(month) == "11.9 months (9.0 to 17.0)"
    assert difference(month) == "−3.3 months"
    alone = invented("annesley-2025-lfs-low-burden-12", lower=None, upper=None, interval="none", error=0.0)
    assert published(alone) == "91 %"
    assert simulated(alone) == "40 %"

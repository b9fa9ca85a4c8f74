"""Five virtual patients, counted by hand in every way that a published number can ask for."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.synth import addresses as a
from equipoise.synth.calibration.calibration import PARTS, monte_carlo_error
from equipoise.synth.calibration.counted import counterpart
from equipoise.synth.calibration.ratios import ratio
from equipoise.synth.calibration.target import Target
from equipoise.synth.calibration.times import Times, times_of
from equipoise.synth.courses import Courses
from equipoise.synth.numbers import COVARIATES
from equipoise.synth.read import read_world
from equipoise.synth.recording import Recording

POSITIVE, LOST = 1, 2
MONTH_2, MONTH_5 = 61 / DAYS_PER_MONTH, 152 / DAYS_PER_MONTH  # visits are on whole days
LOGS = [
    # 0: transplanted at 4, dies without relapse at 10
    [(0, a.VISIT, 0), (MONTH_2, a.VISIT, 0), (4, a.HCT, 0), (10, a.NRM_AFTER_HCT, 0)],
    # 1: CD19-negative relapse at 3.5, dies at 9
    [(0, a.VISIT, POSITIVE), (MONTH_2, a.VISIT, POSITIVE), (3.5, a.RELAPSE, 1), (9, a.DEATH_IN_RELAPSE, 0)],
    # 2: loss seen at 5, CD19-positive relapse at 15, transplanted in the second remission, relapse, death
    [(0, a.VISIT, POSITIVE), (MONTH_2, a.VISIT, POSITIVE), (4.5, a.LOSS, 0), (MONTH_5, a.VISIT, LOST),
     (15, a.RELAPSE, 0), (16, a.SECOND_REMISSION, 0), (18, a.SALVAGE_HCT, 0),
     (30, a.RELAPSE_AFTER_SALVAGE, 0), (40, a.DEATH_IN_RELAPSE, 0)],
    # 3: loss seen at 2, transplanted at 3, CD19-positive relapse at 11
    [(0, a.VISIT, 0), (1.5, a.LOSS, 0), (MONTH_2, a.VISIT, LOST), (3, a.HCT, 0),
     (11, a.RELAPSE_AFTER_HCT, 0)],
    # 4: well to the end
    [(0, a.VISIT, 0), (MONTH_2, a.VISIT, 0)],
]  # fmt: skip
REINFUSED = [
    [(0, a.VISIT, 0), (6, a.REINFUSION, 1), (20, a.RELAPSE, 0)],
    [(0, a.VISIT, 0), (5, a.REINFUSION, 0), (9, a.RELAPSE, 1)],
    [(0, a.VISIT, 0), (7, a.REINFUSION, 1)],
    [(0, a.VISIT, 0), (8, a.RELAPSE, 1)],
]


def written(logs: list[list[tuple[float, int, int]]], **covariates: list[int]) -> Times:
    values = np.zeros((len(logs), len(COVARIATES)))
    for name, patients in covariates.items():
        values[patients, COVARIATES.index(name)] = 1.0
    records = [record for log in logs for record in log]
    return times_of(
        Courses(
            0,
            values,
            np.cumsum([0, *(len(log) for log in logs)]),
            np.array([time for time, _, _ in records], dtype=np.float64),
            np.array([what for _, what, _ in records], dtype=np.int16),
            np.array([detail for _, _, detail in records], dtype=np.int16),
        )
    )


@pytest.fixture(scope="module")
def five() -> Times:
    return written(LOGS, prior_hct=[2, 4])


def asked(key: str, **what: Any) -> Target:
    return Target.model_validate({"key": key, **what}, strict=False)


def entering(**values: Any) -> Recording:
    return read_world("S0", {f"registry.{name}": value for name, value in values.items()}).registry


# Keys are only asked for the kind of number and for its month.
SURVIVAL, SHARE = "maude-2018-rfs-12", "schultz-2023-relapse-12"


@pytest.mark.parametrize(
    ("key", "what", "expected"),
    [
        # Failures by month 12: patient 1 at 3.5, 0 at 10, 3 at 11.
        (SURVIVAL, {"origin": "remission", "quantity": "dfs"}, Fraction(2, 5)),
        (SURVIVAL, {"origin": "remission", "quantity": "os"}, Fraction(3, 5)),
        (SHARE, {"origin": "remission", "quantity": "relapse"}, Fraction(2, 5)),
        (SHARE, {"origin": "remission", "quantity": "relapse_cd19_negative"}, Fraction(1, 5)),
        (SHARE, {"origin": "remission", "quantity": "relapse_cd19_positive"}, Fraction(1, 5)),
        (SHARE, {"origin": "remission", "quantity": "nrm"}, Fraction(1, 5)),
        (SHARE, {"origin": "remission", "quantity": "hct"}, Fraction(2, 5)),
        (SHARE, {"origin": "remission", "quantity": "loss_seen"}, Fraction(2, 5)),
        # Patient 3 leaves at 3, 0 at 4: at 3.5 one of four relapses, later nobody before month 12.
        (SURVIVAL, {"origin": "remission", "quantity": "dfs", "transplants": "censored"}, Fraction(3, 4)),
        (SHARE, {"origin": "remission", "quantity": "relapse", "transplants": "censored"}, Fraction(1, 4)),
        # By month 24 patient 2 relapses as well, one of two: S = 3/4 * 1/2.
        ("laetsch-2023-rfs-24", {"origin": "remission", "quantity": "dfs", "transplants": "censored"},
         Fraction(3, 8)),
        # Patients 2 and 4.
        (SURVIVAL, {"origin": "remission", "quantity": "dfs", "among": {"prior_hct": True}}, Fraction(1)),
        (SURVIVAL, {"origin": "remission", "quantity": "dfs", "among": {"ngs_positive": True}},
         Fraction(1, 2)),
        # From the transplant: patient 0 dies 6 months after it, 3 relapses 8 months after it.
        (SURVIVAL, {"origin": "transplant", "quantity": "os"}, Fraction(1, 2)),
        (SURVIVAL, {"origin": "transplant", "quantity": "dfs"}, Fraction(0)),
        (SHARE, {"origin": "transplant", "quantity": "relapse"}, Fraction(1, 2)),
        (SHARE, {"origin": "transplant", "quantity": "nrm"}, Fraction(1, 2)),
        ("lu-daopei-2018-nrm-3-3", {"origin": "transplant", "quantity": "nrm"}, Fraction(0)),
        # Patient 2 relapses 12 months after the salvage transplant, to the day.
        (SURVIVAL, {"origin": "salvage_transplant", "quantity": "dfs"}, Fraction(0)),
        (SURVIVAL, {"origin": "salvage_transplant", "quantity": "os"}, Fraction(1)),
        # From the relapse: patient 1 dies after 5.5 months, 2 after 25, 3 lives.
        (SURVIVAL, {"origin": "relapse", "quantity": "os"}, Fraction(2, 3)),
        (SURVIVAL, {"origin": "relapse", "quantity": "os", "among": {"cd19_negative": True}}, Fraction(0)),
        # Relapses by month 24: 1 negative, 2 and 3 positive; of those with aplasia as far as was seen: 1.
        (SHARE, {"origin": "remission", "quantity": "share_cd19_negative"}, Fraction(1, 2)),
        ("john-2025-cr", {"origin": "remission", "quantity": "share_cd19_negative", "month": 24},
         Fraction(1, 3)),
        ("john-2025-cr", {"origin": "remission", "quantity": "share_cd19_positive", "month": 24},
         Fraction(2, 3)),
        ("john-2025-cr",
         {"origin": "remission", "quantity": "share_cd19_negative", "month": 24, "among": {"lost": False}},
         Fraction(1)),
        # Of the transplants in first remission that of patient 3 came after a loss.
        (SHARE, {"origin": "remission", "quantity": "share_on_loss"}, Fraction(1, 2)),
    ],
)  # fmt: skip
def test_shares(five: Times, key: str, what: dict[str, Any], expected: Fraction) -> None:
    value = counterpart(asked(key, **what), five, read_world("S0").registry)
    assert value == pytest.approx(float(expected), abs=1e-12)


def test_medians(five: Times) -> None:
    registry = entering(assessment_days=[29, 31])
    # 1 - 1/3 after 5.5 months, 1/3 after 25: the curve is at or below one half from month 25 on.
    after_relapse = asked("lamble-2023-median-os-after-relapse", origin="relapse", quantity="os")
    assert counterpart(after_relapse, five, registry) == pytest.approx(25, abs=1e-4)
    # Losses seen at day 61 (of five), at day 152 of patients 2 and 4 (0 and 1 have left): 4/5, then 2/5.
    key = "gardner-2017-median-persistence"
    since_remission = asked(key, origin="remission", quantity="loss_seen", transplants="censored")
    assert counterpart(since_remission, five, registry) == pytest.approx(MONTH_5, abs=1e-4)
    since_infusion = asked(key, origin="infusion", quantity="loss_seen", transplants="censored")
    assert counterpart(since_infusion, five, registry) == pytest.approx(
        MONTH_5 + 30 / DAYS_PER_MONTH, abs=1e-4
    )
    assert np.isnan(counterpart(since_remission, five.of(slice(4, None)), registry))


def test_from_the_infusion(five: Times) -> None:
    # 12 months after the infusion are 11.01 after an assessment on day 30, 10.98 after one on day 31:
    # patient 3, who relapses at 11, has failed in the first case alone.
    registry = entering(remission=0.8, early_death=0.5, death_per_month=0, assessment_days=[30, 31])
    failing = asked("maude-2018-efs-12", origin="infusion", quantity="dfs")
    assert counterpart(failing, five, registry) == pytest.approx(0.8 * (2 / 5 + 3 / 5) / 2)
    dying = asked("maude-2018-os-12", origin="infusion", quantity="os")
    assert counterpart(dying, five, registry) == pytest.approx(0.8 * 3 / 5 + 0.2 * 0.5)
    # Half of those who live at the assessment die in twelve months.
    registry = entering(
        remission=0.8, early_death=0.5, death_per_month=np.log(2) / 12, assessment_days=[30, 30]
    )
    left = 0.5 ** ((12 - 30 / DAYS_PER_MONTH) / 12)
    assert counterpart(dying, five, registry) == pytest.approx(0.8 * 3 / 5 + 0.2 * 0.5 * left)
    # A loss of aplasia is counted among those in remission.
    lost = asked("annesley-2025-car-loss-no-rapid-contraction-6", origin="infusion", quantity="loss_seen")
    assert counterpart(lost, five, registry) == pytest.approx(2 / 5)
    assert counterpart(asked("john-2025-cr", origin="infusion", quantity="response"), five, registry) == 0.8
    failed = asked("schultz-2023-os-after-nonresponse-12", origin="no_remission", quantity="os")
    assert counterpart(failed, five, registry) == pytest.approx(0.5)


def test_after_a_reinfusion() -> None:
    found, registry = written(REINFUSED), read_world("S0").registry
    restored = asked("chop-reinfusion-2024-cr-1", origin="reinfusion", quantity="restored")
    assert counterpart(restored, found, registry) == pytest.approx(2 / 3)
    for key, success, expected in (("cr", True, 1 / 2), ("no-cr", False, 1.0)):
        target = asked(
            f"chop-reinfusion-2024-relapse-{key}-24",
            origin="reinfusion", quantity="relapse", among={"restored": success},
        )  # fmt: skip
        assert counterpart(target, found, registry) == pytest.approx(expected)


def test_nobody_there_gives_no_number(five: Times) -> None:
    registry = read_world("S0").registry
    nobody = five.of(slice(4, None))
    for origin in ("relapse", "transplant", "salvage_transplant", "reinfusion"):
        target = asked(SURVIVAL, origin=origin, quantity="os")
        assert np.isnan(counterpart(target, nobody, registry)), origin
    share = asked(SHARE, origin="remission", quantity="share_cd19_negative")
    assert np.isnan(counterpart(share, nobody, registry))
    target = asked("xu-2021-hr-lfs", origin="remission", quantity="dfs", groups="ever_transplanted")
    assert np.isnan(ratio(target, nobody).value)


def compared(key: str, **what: Any) -> Target:
    return asked(key, origin="remission", **what)


def test_ever_transplanted(five: Times) -> None:
    """Failures: 1 at 3.5 (of 2 ever and 3 never), 0 at 10 (2, 2), 3 at 11 (1, 2), 2 at 15 (0, 2)."""
    found = ratio(compared("xu-2021-hr-lfs", quantity="dfs", groups="ever_transplanted"), five)
    theta = found.value
    assert 2 - 2 * theta / (3 + 2 * theta) - 2 * theta / (2 + 2 * theta) - theta / (
        2 + theta
    ) == pytest.approx(0, abs=1e-9)
    # At 3.5 patient 3 is transplanted and patient 0 is not yet: 1 and 4.
    theta = found.otherwise
    assert 2 - theta / (4 + theta) - 2 * theta / (2 + 2 * theta) - theta / (2 + theta) == pytest.approx(
        0, abs=1e-9
    )
    # Relapse: patient 3 of two ever, 1 and 2 of three never transplanted.
    shares = ratio(
        compared("ann-hematol-2021-rr-relapse", quantity="relapse", groups="ever_transplanted"), five
    )
    assert shares.value == pytest.approx((1 / 2) / (2 / 3))


def test_residual_disease_at_time_zero(five: Times) -> None:
    """Relapses: 1 at 3.5 (2 positive, 3 not), 3 at 11 (1, 2; patient 0 has died), 2 at 15 (1, 1)."""
    target = compared("pulsipher-2022-hr-relapse-ngs-day-28", quantity="relapse", groups="ngs_at_time_zero")
    theta = ratio(target, five).value
    assert 2 - 2 * theta / (3 + 2 * theta) - theta / (2 + theta) - theta / (1 + theta) == pytest.approx(
        0, abs=1e-9
    )
    # With transplants censored both relapses are of positive patients, and the ratio runs to infinity.
    censored = compared(target.key, quantity="relapse", groups="ngs_at_time_zero", transplants="censored")
    assert np.isnan(ratio(censored, five).value)


def test_loss_within_a_year(five: Times) -> None:
    """Relapses: 1 at 3.5 (lost: 3; not: 4), 3 at 11 (lost: 2, 3; not: 4), 2 at 15 (lost: 2; not: 4)."""
    target = compared("pulsipher-2022-hr-relapse-bcr-1y", quantity="relapse", groups="loss_within_a_year")
    found = ratio(target, five)
    theta = found.value
    later = 2 * theta / (1 + 2 * theta) + theta / (1 + theta)
    assert 2 - theta / (4 + theta) - later == pytest.approx(0, abs=1e-9)
    # As groups formed by what comes later, patient 2 belongs to the lost from the start.
    theta = found.otherwise
    later = 2 * theta / (1 + 2 * theta) + theta / (1 + theta)
    assert 2 - 2 * theta / (3 + 2 * theta) - later == pytest.approx(0, abs=1e-9)


def test_both_tests_of_month_3(five: Times) -> None:
    """Failures: 1 at 3.5 (1 and 2 positive, 3 lost, 0 and 4 neither), then 0 at 10, 3 at 11, 2 at 15."""
    ngs = compared("pulsipher-2022-hr-relapse-ngs-month-3", quantity="dfs", groups="ngs_at_month_3")
    loss = compared("pulsipher-2022-hr-relapse-bcr-month-3", quantity="dfs", groups="loss_at_month_3")
    theta, phi = ratio(ngs, five).value, ratio(loss, five).value
    sets = (2 + 2 * theta + phi, 2 + theta + phi, 1 + theta + phi)
    of_positive = 2 * theta / sets[0] + theta / sets[1] + theta / sets[2] + theta / (1 + theta)
    assert 2 - of_positive == pytest.approx(0, abs=1e-9)
    assert 1 - sum(phi / one for one in sets) == pytest.approx(0, abs=1e-9)


def test_the_error_is_the_spread_of_parts() -> None:
    """Twenty parts of two patients: relapses in none of the first ten, in one of two of the others."""
    logs = [[(0, a.VISIT, 0), *([(5, a.RELAPSE, 0)] if place >= 30 else [])] for place in range(2 * PARTS)]
    error = monte_carlo_error(lambda part: float((part.relapse <= 12).mean()), written(logs))
    # Values 0 ten times, 1/2 ten times: variance 20/19 * 1/16, over 20.
    assert error == pytest.approx(np.sqrt(20 / 19 / 16 / 20))

"""The calibration finds what is known of its world from elsewhere: its parameters, and its shipped truth."""

import math

import pytest
from virtual import counted, place

from equipoise.synth.calibration.calibration import Calibrated, calibrate
from equipoise.synth.calibration.target import Targets, read_targets
from equipoise.synth.outcomes import OUTCOMES
from equipoise.synth.read import read_world
from validation.calibration.kept import read_kept

PATIENTS = 20_000


@pytest.fixture(scope="module")
def found() -> dict[str, Calibrated]:
    return {one.target.key: one for one in calibrate(read_world("S0"), patients=PATIENTS, seed=7)}


def true_value(outcome: str, month: int, strategy: str = "") -> float:
    """Counted another way, by the codes of states, in twice as many patients of another seed."""
    joint = counted("S0")
    measure = [one.name for one in OUTCOMES].index(outcome)
    under = place(strategy) if strategy else 0
    return float(joint.counts[measure, month, under, under] / joint.patients)


def close(value: float, expected: float, n: float = PATIENTS / 1.5) -> bool:
    """Within 4.5 errors of the difference."""
    return abs(value - expected) < 4.5 * math.sqrt(expected * (1 - expected) / n)


@pytest.mark.parametrize(
    ("key", "outcome", "month"),
    [
        ("john-2025-rfs-12", "dfs", 12),
        ("john-2025-rfs-24", "dfs", 24),
        ("laetsch-2023-rfs-not-censored-36", "dfs", 36),
        ("schultz-2023-relapse-12", "relapse", 12),
        ("schultz-2023-cd19-negative-relapse-12", "relapse_cd19_negative", 12),
        ("schultz-2023-cd19-positive-relapse-12", "relapse_cd19_positive", 12),
        ("maude-2018-subsequent-hct-12", "hct", 12),
    ],
)
def test_from_remission_as_the_truth(
    found: dict[str, Calibrated], key: str, outcome: str, month: int
) -> None:
    expected = true_value(outcome, month)
    assert close(found[key].value, expected)
    plain = math.sqrt(expected * (1 - expected) / PATIENTS)
    assert 0.4 * plain < found[key].error < 1.9 * plain  # twenty parts: 16 % of it by chance


def test_nobody_transplanted_is_the_strategy_never(found: dict[str, Calibrated]) -> None:
    values = dict(found["john-2025-rfs-24"].otherwise)
    assert close(values["nobody transplanted"], true_value("dfs", 24, "watch"))
    # The design of the world: censoring at the transplant flatters "never" by about .055.
    assert values["censored at the transplant"] - values["nobody transplanted"] > 0.035
    assert values["censored at the transplant"] < found["john-2025-rfs-24"].value


def test_from_the_infusion_as_those_in_remission_and_the_others(found: dict[str, Calibrated]) -> None:
    """24 months after the infusion are 22.85 to 23.08 after an assessment on day 28 to 35."""
    registry = read_world("S0").registry
    assert registry.assessment_days == (28, 35)
    alive = registry.remission * true_value("dfs", 23)
    assert close(found["bader-2023-efs-24"].value, alive)
    others = (1 - registry.remission) * (1 - registry.early_death) * 0.19 ** (23 / 12)
    alive = registry.remission * true_value("os", 23) + others
    assert close(found["john-2025-os-24"].value, alive)


def test_parameters_come_back(found: dict[str, Calibrated]) -> None:
    assert close(found["chop-reinfusion-2024-cr-1"].value, 0.52, 2_000)
    assert found["john-2025-cr"].value == 0.86
    assert found["schultz-2023-os-after-nonresponse-12"].value == pytest.approx(0.19, abs=1e-4)


def test_immortal_time_makes_a_label_look_better_than_it_is() -> None:
    """In world S1 a transplant changes nothing, and goes to those who do worse."""
    chosen = [one for one in read_targets().all if one.key in ("xu-2021-hr-lfs", "xu-2021-hr-os")]
    part = read_targets().parts[-1].model_copy(update={"targets": tuple(chosen)})
    targets = Targets.model_construct(arguments={}, parts=(part,), dismissed=())
    for one in calibrate(read_world("S1"), patients=PATIENTS, seed=7, targets=targets):
        assert one.value < dict(one.otherwise)["changing at the transplant"] - 0.1


def test_every_target_has_a_value_in_the_reference_world(found: dict[str, Calibrated]) -> None:
    for one in found.values():
        assert math.isfinite(one.value), one.target.key
        assert one.error >= 0, one.target.key


def test_the_kept_result_is_what_the_world_gives(found: dict[str, Calibrated]) -> None:
    """The page is of this world and of these definitions: another seed gives the same within the errors."""
    kept = read_kept()
    assert list(kept.rows) == list(found)
    for key, row in kept.rows.items():
        error = math.hypot(row.error, found[key].error)  # of twenty parts: hence six of them
        assert abs(row.value - found[key].value) <= 6 * error + 1e-9, key

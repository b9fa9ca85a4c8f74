import pytest

from equipoise.base.clock import months_to_days
from equipoise.rendering import numbers


@pytest.mark.parametrize(
    ("probability", "n", "text"),
    [
        (0.7049, 199, "70\u202f%"),
        (0.7051, 199, "71\u202f%"),
        (0.7049, 200, "70.5\u202f%"),
        (0.0, 47, "0\u202f%"),
        (-0.0001, 47, "0\u202f%"),
        (1.0, 442, "100.0\u202f%"),
    ],
)
def test_a_percentage_gets_a_decimal_from_two_hundred_patients_on(
    probability: float, n: int, text: str
) -> None:
    assert numbers.percent(probability, n) == text


def test_limits_take_the_decimals_of_their_estimate() -> None:
    assert numbers.percent_interval(0.6649, 0.7551, 47) == "66 to 76"
    assert numbers.percent_interval(0.6649, 0.7551, 442) == "66.5 to 75.5"


def test_a_year_of_days_is_twelve_months() -> None:
    assert numbers.months(365.25) == 12.0
    assert numbers.day_as_months(months_to_days(36)) == "36"
    assert numbers.day_as_months(100.0) == "3.3"


def test_durations_in_words() -> None:
    assert numbers.duration(36) == "3-year"
    assert numbers.duration(18) == "18-month"
    assert numbers.duration(6) == "6-month"


@pytest.mark.parametrize(
    ("last", "at"),
    [
        (60, [0, 12, 24, 36, 48, 60]),
        (24, [0, 6, 12, 18, 24]),
        (36, [0, 6, 12, 18, 24, 30, 36]),
        (75.3, [0, 24, 48, 72]),
        (6, [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_ticks_are_clinical_steps_within_the_axis(last: float, at: list[float]) -> None:
    assert numbers.ticks(last) == at


def test_counts_are_grouped_from_ten_thousand_on() -> None:
    assert numbers.count(9999) == "9999"
    assert numbers.count(12345) == "12\u202f345"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0049, "<0.01"),
        (0.005, "0.01"),
        (0.2662, "0.27"),
        (1.1356, "1.14"),
        (9.994, "9.99"),
        (9.996, "10.0"),
        (14.06, "14.1"),
        (123.4, "123"),
        (4e5, ">999"),
    ],
)
def test_ratios_have_two_decimals_until_they_are_large(value: float, text: str) -> None:
    assert numbers.ratio(value) == text


@pytest.mark.parametrize(
    ("difference", "n", "text"),
    [
        (0.4712, 103, "+47"),
        (-0.0712, 103, "\u22127"),
        (0.0004, 103, "0"),
        (-0.0004, 103, "0"),
        (0.1234, 442, "+12.3"),
    ],
)
def test_differences_are_in_points_and_carry_their_sign(difference: float, n: int, text: str) -> None:
    assert numbers.points(difference, n) == text


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.00099, "<0.001"),
        (0.001, "0.001"),
        (0.0094, "0.009"),
        (0.0123, "0.01"),
        (0.0449, "0.04"),
        (0.0478, "0.048"),
        (0.05, "0.05"),
        (0.0548, "0.05"),
        (0.62, "0.62"),
        (0.995, ">0.99"),
    ],
)
def test_p_values_as_journals_print_them(probability: float, text: str) -> None:
    assert numbers.p_value(probability) == text


@pytest.mark.parametrize(
    ("value", "said"),
    [(47.7509, "47.8"), (3.47707, "3.48"), (0.0, "0"), (44.0, "44"), (1234.5, "1234"), (1e-6, "0.000001")],
)
def test_measured_values_have_three_digits_and_whole_thousands_theirs(value: float, said: str) -> None:
    assert numbers.three_digits(value) == said

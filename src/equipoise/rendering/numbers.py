"""How numbers are written: one rule for the whole report.

* A probability is written in percent: without a decimal below `DECIMAL_FROM` patients, where a single patient
  moves it by more than half a point, with one decimal from there on.
* An interval takes the decimals of its estimate. Its level is named the first time it appears in a sentence.
* Times are written in months of 365.25 / 12 days, with one decimal.
* Counts from 10 000 on are grouped by a narrow space. A missing number is a word, never a dash alone.
* A ratio has two decimals, a difference of probabilities is in percentage points with its sign, a P value is
  printed as journals want it (``<0.001``).
"""

from decimal import Decimal
from typing import Final

from equipoise.base.clock import DAYS_PER_MONTH

DECIMAL_FROM: Final = 200
NARROW_SPACE: Final = "\u202f"


def count(number: int) -> str:
    """A count, grouped by thousands from 10 000 on; four digits stand together."""
    return f"{number:,}".replace(",", NARROW_SPACE) if number >= 10_000 else str(number)


def percent_value(probability: float, n: int) -> str:
    """A probability in percent, without the sign; decimals by the number of patients."""
    decimals = 1 if n >= DECIMAL_FROM else 0
    text = f"{100 * probability:.{decimals}f}"
    return text[1:] if text in {"-0", "-0.0"} else text


def percent(probability: float, n: int) -> str:
    """A probability in percent with its sign."""
    return f"{percent_value(probability, n)}{NARROW_SPACE}%"


def percent_interval(lower: float, upper: float, n: int) -> str:
    """Limits in percent: ``66 to 75``."""
    return f"{percent_value(lower, n)} to {percent_value(upper, n)}"


def share(part: int, whole: int) -> str:
    """A share of patients in percent."""
    return percent(part / whole, whole) if whole else ""


def three_digits(value: float) -> str:
    """A measured value to three significant digits, without powers of ten; from a thousand on, whole."""
    if abs(value) >= 1000:
        return f"{value:.0f}"
    text = f"{value:.3g}"
    return f"{Decimal(text):f}" if "e" in text else text


def months(days: float) -> float:
    """Months in a number of days, rounded to 1e-6 so that a whole month is a whole number."""
    return round(days / DAYS_PER_MONTH, 6)


def day_as_months(days: float) -> str:
    """Days as months: whole months without decimals."""
    value = months(days)
    return f"{value:.0f}" if abs(value - round(value)) < 1e-3 else f"{value:.1f}"


def duration(value: float) -> str:
    """A whole number of months as words: ``3-year`` for 36, ``18-month`` for 18."""
    if value >= 12 and value % 12 == 0:
        return f"{value / 12:.0f}-year"
    return f"{value:g}-month"


def ticks(last: float) -> list[float]:
    """Ticks of a month axis that starts at 0: at most seven, in steps that a clinic uses."""
    step = next((one for one in (1, 2, 3, 6, 12, 24, 36, 60) if last / one <= 6), 120)
    return [float(step * number) for number in range(int(last // step) + 1)]


def ratio(value: float) -> str:
    """A ratio with two decimals below 10, one below 100; what is smaller or larger is only said to be so."""
    if value < 0.005:
        return "<0.01"
    if value < 9.995:
        return f"{value:.2f}"
    if value < 999.5:
        return f"{value:.1f}" if value < 99.95 else f"{value:.0f}"
    return ">999"


def ratio_interval(lower: float, upper: float) -> str:
    """Limits of a ratio: ``1.10 to 3.01``."""
    return f"{ratio(lower)} to {ratio(upper)}"


def points_value(difference: float, n: int) -> str:
    """A difference of probabilities in percentage points, with a minus sign where it is negative."""
    return percent_value(difference, n).replace("-", "\u2212")


def points(difference: float, n: int) -> str:
    """A difference in percentage points that always carries its sign, except for zero."""
    text = points_value(difference, n)
    return text if text.startswith("\u2212") or float(text) == 0 else f"+{text}"


def p_value(probability: float) -> str:
    """A P value as journals print it: two decimals, three below 0.01, never rounded up to 0.05 from below."""
    if probability < 0.001:
        return "<0.001"
    if probability > 0.99:
        return ">0.99"
    is_close = probability < 0.05 <= round(probability, 2)
    return f"{probability:.3f}" if probability < 0.01 or is_close else f"{probability:.2f}"

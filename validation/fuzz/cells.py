"""What stands in cells and scalars where something else was expected."""

from random import Random

IDENTIFIER = "zq-pat-"
FREE_TEXT = "Zqfreetext"

NUMBERS = (
    "0", "-1", "-0", "0.0", "1e308", "-1e308", "1e309", "nan", "NaN", "inf", "-inf", "Infinity", "5e-324",
    "1e-400", "2147483647", "2147483648", "-2147483649", "9223372036854775808", "0x10", "1_000", "1,5",
    "1.234,56", "1 234", "1'000", "１２", "٣", "1e", "1.", "+5", ".5", "--1", "1e5", "0.1", "0.5", "0.25",
    "0.30000000000000004", "36524", "36525", "36525.5", "36526", "43895", "43895.5", "12:30", "1/2", "½", "50%",
    "<0.1", ">5", "<", ">=3", "~3", "1e-4", "00012", "1.7976931348623157e308", "-36525", "20000", "99", "-9",
)  # fmt: skip
DATES = (
    "2020-02-30", "31.02.2019", "29.02.2020", "29.02.2019", "2020-01-05T12:00:00Z", "05/01/20", "January 5, 2020",
    "0000-00-00", "9999-12-31", "1899-12-30", "10000-01-01", "01.01.0001", "2020-W10-4", "20200105", "5.1.2020",
    "05.01.2020 ", "05-01-2020", "1578182400", "43835", "2020", "01.2020", "05.Jan.2020", "5. Januar 2020",
)  # fmt: skip
TEXTS = (
    "", " ", "NA", "N/A", "null", "None", "-", "?", "unknown", "TRUE", "false", "yes", "ja", "0", "x", "female",
    "\u202ecilbup", "\u200b", "e\u0301", "\ufeffx", "\x00", "\x07", "\x1b[31mred\x1b[0m", "a\tb", "a\nb", "a\rb",
    "a\u2028b", "\ud7ff", "😀", "=1+1", "=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-1+1",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;b&gt;", '"', "'", '""', ",", ";", "|",
    "{{7*7}}", "${HOME}", "../../etc/passwd", "%s%n%d", "\\", "\\u0000", "#REF!",
    "#N/A", "#DIV/0!", "schwer", "minor", "death", "surgery",
)  # fmt: skip
MARKUP = ("<script>alert(1)", "<img src=x")


def nasty(random: Random) -> str:
    """One cell of any kind; seldom a very long one."""
    if random.random() < 0.02:
        return random.choice(("x", "9", "é", "<", " ", "a,", "=")) * random.choice((300, 5_000, 200_000))
    return random.choice(random.choice((NUMBERS, DATES, TEXTS)))


def misspelt(random: Random, word: str) -> str:
    """A word with a typing error, other letters, or letters that only look the same."""
    place = random.randrange(len(word) + 1)
    return random.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + "x" + word[place:],
            word.upper(),
            word.capitalize(),
            word + " ",
            " " + word,
            word + "\u200b",
            word + "_1",
            word.replace("e", "е"),
            word.replace("_", "-"),
            word + "\n",
            "",
            "\ufeff" + word,
            f'"{word}"',
        )
    )

"""Codes P2xx: the mapping that turns a wide sheet into the five tables."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "P201",
        Severity.ERROR,
        "A wide sheet needs a mapping",
        "Nobody can know from the outside what its columns mean.",
        "Run `equipoise init FILE`, check what it wrote, and give the mapping.",
    ),
    Code(
        "P202",
        Severity.ERROR,
        "The mapping has open questions",
        "A doubtful guess that is accepted silently changes results silently.",
        "Answer each entry under `doubtful`: correct the mapping, then delete the entry.",
    ),
    Code(
        "P203",
        Severity.ERROR,
        "The mapping names columns that the sheet does not have",
        "What it says about them cannot be done.",
        "Correct the name of the column in the mapping.",
    ),
    Code(
        "P204",
        Severity.ERROR,
        "The mapping uses words that the vocabulary does not have",
        "The record would be invisible.",
        "Correct the word, or declare it in the vocabulary.",
    ),
    Code(
        "P205",
        Severity.ERROR,
        "A date format cannot be understood",
        "Dates are read exactly as declared.",
        "Write it with YYYY (or YY), MM (or MON) and DD, for example DD.MM.YYYY.",
    ),
    Code(
        "P206",
        Severity.ERROR,
        "Dates need an origin and a format",
        "Without the origin's column a date is not a day; without the format it is not a date.",
        "Add `origin: {column: ...}` and `times: {formats: [DD.MM.YYYY]}`.",
    ),
    Code(
        "P207",
        Severity.ERROR,
        "The unit differs from the vocabulary's",
        "The values would be wrong by a factor.",
        "State the factor that converts them (`factor`) and the vocabulary's unit.",
    ),
    Code(
        "P208",
        Severity.ERROR,
        "Months and years need a rounding",
        "A month is 30.4375 days, which does not lie on the grid; nothing is rounded silently.",
        "Write `rounding: nearest` under `times`.",
    ),
    Code(
        "P209",
        Severity.ERROR,
        "The vocabulary is not known",
        "Without it nobody knows which words are events and which end the follow-up.",
        "Name it in the mapping or on the command line, or put vocabulary.yaml into the folder.",
    ),
    Code(
        "P210",
        Severity.ERROR,
        "Missing-value codes hide declared values",
        "The same code cannot mean both a value and that nothing is known.",
        "Take the code out of `missing`, or give the column its own list.",
    ),
)

"""Codes U: the command line."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "U001",
        Severity.ERROR,
        "The command line was not understood",
        "Nothing was done.",
        "Look at the command's --help.",
    ),
    Code(
        "U002",
        Severity.ERROR,
        "There is no such code",
        "Codes stand before each finding and error, for example D201.",
        "List them all with: equipoise explain",
    ),
    Code(
        "U003",
        Severity.ERROR,
        "A file would be overwritten",
        "What stands there may be your work.",
        "Choose another --out, or move the file away.",
    ),
    Code(
        "U004",
        Severity.ERROR,
        "A file cannot be written",
        "The work was done, but its result has no place.",
        "Check free space and permissions, or choose another --out.",
    ),
    Code(
        "U005",
        Severity.ERROR,
        "The program failed",
        "This is our mistake, not yours; nothing was left half-written.",
        "Set EQUIPOISE_DEBUG=1 to see where, and report it without patient data.",
    ),
    Code(
        "U006",
        Severity.ERROR,
        "The command was interrupted",
        "Nothing was left half-written.",
        "Give the command again.",
    ),
    Code(
        "U007",
        Severity.ERROR,
        "Nothing in the published numbers has this name",
        "An empty answer would read as if nothing were published.",
        "Search them: equipoise evidence",
    ),
    Code(
        "U008",
        Severity.ERROR,
        "A table that does not fit into a workbook",
        "What does not fit would be lost.",
        "Write fewer rows, or another format.",
    ),
)

"""Codes R: studies on disk, and what may leave the house."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "R001",
        Severity.ERROR,
        "The place for the study is taken by something else",
        "A study is written whole, replacing what stood there; anything but an older study would be lost.",
        "Choose another folder with --out.",
    ),
    Code(
        "R002",
        Severity.ERROR,
        "The study cannot be written",
        "A study is written beside its place and then moved, so what stood there before still stands.",
        "Check free space and permissions, or choose another folder with --out.",
    ),
    Code(
        "R003",
        Severity.ERROR,
        "The folder is not a study",
        "Reports are made from what a run wrote, and from nothing else.",
        "Name a study folder (with manifest.json), or run the protocol first.",
    ),
    Code(
        "R004",
        Severity.ERROR,
        "A file of the study differs from its digest",
        "A report must show the numbers of the run that its manifest names.",
        "Run the study again; do not edit its files.",
    ),
)

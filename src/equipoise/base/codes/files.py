"""Codes D1xx: files and columns."""

from equipoise.base.codes.code import Code

CODES: tuple[Code, ...] = ()

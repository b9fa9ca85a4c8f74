"""Codes E: estimation."""

from equipoise.base.codes.code import Code

CODES: tuple[Code, ...] = ()

"""Codes D2xx: times and order."""

from equipoise.base.codes.code import Code

CODES: tuple[Code, ...] = ()

"""Codes D4xx: completeness."""

from equipoise.base.codes.code import Code

CODES: tuple[Code, ...] = ()

"""Codes D3xx: values and units."""

from equipoise.base.codes.code import Code

CODES: tuple[Code, ...] = ()

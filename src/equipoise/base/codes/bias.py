"""Codes D5xx: bias smells, patterns that flatter a treatment."""

from equipoise.base.codes.code import Code

CODES: tuple[Code, ...] = ()

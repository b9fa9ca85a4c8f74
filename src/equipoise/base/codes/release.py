"""Codes R: release."""

from equipoise.base.codes.code import Code

CODES: tuple[Code, ...] = ()

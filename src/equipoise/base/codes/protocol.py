"""Codes P: protocol, vocabulary and mapping."""

from equipoise.base.codes.code import Code

CODES: tuple[Code, ...] = ()

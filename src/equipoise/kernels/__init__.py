"""Formulas on plain arrays: numpy in, numpy out, one concept a file.

Time is counted in int32 *ticks* on half-open intervals ``(start, stop]``: a row is at risk at tick ``u`` if
and only if ``start < u <= stop``.  Sums of case weights are formed so that their value does not depend on the
order of the rows (`exact_sum`); rows are brought into one canonical order when they are built (`rows`).
``reference.py`` computes the same quantities slowly, from the definitions, importing nothing from the rest.
"""

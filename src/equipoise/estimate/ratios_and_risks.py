"""The law of ratios: no hazard ratio without the absolute risks that it multiplies.

A ratio of 2 doubles a risk of 1 % or of 40 %; alone it says nothing to a patient.
"""

import polars as pl

RATIOS = ("hazard_ratio", "subdistribution_hazard_ratio")
RISKS = ("survival", "cumulative_incidence")


def refuse_bare_ratios(frame: pl.DataFrame, prognosis: pl.DataFrame) -> None:
    """Refuse a table of estimates in which a ratio stands alone.

    A ratio of the prognostic table needs an absolute risk of the same outcome in a group of the same
    covariate; any other ratio needs one under each of the two strategies that it compares.

    Parameters
    ----------
    frame
        Table of estimates.
    prognosis
        The prognostic table, which says what covariate a strategy is about.

    Raises
    ------
    ValueError
        Naming outcome and strategy of the first ratio without its risks.
    """
    known = frame.filter(pl.col("estimate").is_not_null())
    risks = {
        (row["outcome"], row["strategy"]) for row in known.filter(pl.col("measure").is_in(RISKS)).to_dicts()
    }
    covariate = {
        (row["outcome"], row["strategy"]): (row["outcome"], row["covariate"]) for row in prognosis.to_dicts()
    }
    shown = {covariate[one] for one in risks if one in covariate}
    for row in known.filter(pl.col("measure").is_in(RATIOS)).to_dicts():
        outcome, strategy = row["outcome"], row["strategy"]
        if (outcome, strategy) in covariate:
            allowed = covariate[outcome, strategy] in shown
        else:
            allowed = {(outcome, strategy), (outcome, row["versus"])} <= risks
        if not allowed:
            raise ValueError(f"a hazard ratio of {outcome!r}, {strategy!r}, without absolute risks beside it")

"""What all regressions of a cohort decide alike: events, clusters, and how each number may be read."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.errors import DataError
from equipoise.base.findings import Finding, FindingStatus, finding
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.history import History
from equipoise.estimate.plan import FEW_CLUSTERS
from equipoise.estimate.regression.design import Design
from equipoise.estimate.regression.regression import Coefficients
from equipoise.kernels.cox import CoxStatus

Int32 = NDArray[np.int32]
Bool = NDArray[np.bool_]


def event_rows(history: History, made: Design, cause: str | Sequence[str] | None) -> Bool:
    """Which rows of the design end in the event."""
    entered = [history.state_names[state] for state in sorted({target for _, target in history.arrows})]
    wanted = entered if cause is None else [cause] if isinstance(cause, str) else list(cause)
    if (cause is None and len(entered) > 1) or not set(wanted) <= set(entered) or not wanted:
        raise ValueError(f"cause {cause!r}: name one or several of the states that can be entered, {entered}")
    return np.isin(made.rows.target, [history.index(state) for state in wanted])


def clusters_of(cohort: Cohort, patient: Int32, column: str) -> tuple[Int32, int]:
    """Cluster of each row, and the number of clusters.

    Raises
    ------
    DataError
        E112 when a patient has none.
    """
    values = cohort.patients[column]
    missing = int(values.is_null().to_numpy()[np.unique(patient)].sum())
    if missing:
        raise DataError(
            "E112",
            where=f"patients.{column}",
            found=f"{missing} patients without a usable value",
            why="Leaving them out, or giving them a value, would change the population without a word.",
            do="Complete the column, or exclude these patients by a criterion.",
        )
    unit = values.rank("dense").cast(pl.Int32).fill_null(0).to_numpy()[patient]
    return unit, int(np.unique(unit).size)


def verdict(
    made: Design, status: CoxStatus, event: Bool, separated: Bool, dependent: Bool, column: int
) -> tuple[FindingStatus, str | None]:
    """How the number of a column may be read, and the code of the finding about it."""
    if made.constant[column]:
        return (FindingStatus.ONE_VALUE if made.rows.size else FindingStatus.NO_EVENTS), "E204"
    if status is CoxStatus.NO_EVENTS:
        return FindingStatus.NO_EVENTS, "E208"
    if status is CoxStatus.NOT_CONVERGED:
        return FindingStatus.NOT_CONVERGED, "E209"
    without_events = _is_level(made, column) and not bool((event & (made.columns[:, column] == 1)).any())
    if dependent[column]:
        never = without_events and not _meets_an_event(made, event, column)
        return (FindingStatus.NO_EVENTS, "E205") if never else (FindingStatus.NOT_CONVERGED, "E206")
    if without_events:
        return (FindingStatus.SEPARATED if separated[column] else FindingStatus.OK), "E205"
    return (FindingStatus.SEPARATED, "E207") if separated[column] else (FindingStatus.OK, None)


def _meets_an_event(made: Design, event: Bool, column: int) -> bool:
    """Whether somebody with the level of a column is at risk at an event of their stratum."""
    rows, has = made.rows, made.columns[:, column] == 1
    stratum = np.zeros(rows.size, dtype=np.int64) if made.stratum is None else made.stratum.astype(np.int64)
    wide = stratum << 32
    happened = np.sort((wide + rows.stop)[event])
    first, end = (
        np.searchsorted(happened, (wide + tick)[has], side="right") for tick in (rows.start, rows.stop)
    )
    return bool((end > first).any())


def _is_level(made: Design, column: int) -> bool:
    return any(term.levels and column in term.places for term in made.terms)


SENTENCES = {
    "E205": "No event was seen at the level of",
    "E206": "The others say already what says",
    "E207": "All events lie on one side of",
    "E208": "There is no event to compare by",
    "E209": "The fit did not settle, so there is no number for",
}


def findings_of(found: Coefficients, made: Design, clusters: int | None) -> Iterator[Finding]:
    """What is to be said beside the design's own findings, one sentence a code."""
    for code, sentence in SENTENCES.items():
        names = [name for name, one in zip(made.names, found.code, strict=True) if one == code]
        if names:
            yield finding(code, "estimates", f"{sentence} {', '.join(names)}.")
    if clusters is not None and clusters < FEW_CLUSTERS:
        yield finding("E106", "estimates", f"The patients of the regression come from {clusters} clusters.")


NOT_TESTED = {
    "E214": "No test of proportional hazards",
    "E262": "No joint test of the coefficients",
}


def not_tested(tests: Sequence[dict[str, object]]) -> Iterator[Finding]:
    """One finding for each reason why tests are not given; infinite coefficients are told with the fit."""
    for code in dict.fromkeys(str(row["finding"]) for row in tests):
        if code in NOT_TESTED:
            yield finding(code, "estimates", f"{NOT_TESTED[code]}.")

"""The graveyard: data that once broke the cohort, each with a line of history."""

import numpy as np
import polars as pl

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.history import event_history
from equipoise.language.vocabulary import read_vocabulary

WORDS = read_vocabulary("myeloid")


def cohort(stop: float, events: list[tuple[float, str]] = ()) -> Cohort:
    return Cohort.build(
        WORDS,
        patients=pl.DataFrame({"patient": [0]}),
        observation=pl.DataFrame({"patient": [0], "start": [0.0], "stop": [stop]}),
        events=pl.DataFrame(
            [(0, day, name) for day, name in events],
            schema={"patient": pl.Int32, "day": pl.Float64, "name": pl.String},
            orient="row",
        ),
    )


def test_nobody_at_risk() -> None:
    """2025: a history without rows could not be shown; an empty array of state names has no text type."""
    history = event_history(cohort(9.0), "course", time_zero=np.nan)
    assert history.intervals().height == 0
    assert history.intervals().schema["state"] == pl.String()


def test_follow_up_that_ends_at_time_zero() -> None:
    """2025: stopping at time zero left a row of half a tick, at risk of nothing on no day."""
    history = event_history(cohort(9.0), "course", time_zero=0.0)
    assert history.stop_at(0.0).rows.size == 0
    assert history.stop_at(-3.0).rows.size == 0


def test_minus_zero() -> None:
    """2025: day -0.0 gave another digest than day 0, because adding zero was optimised away."""
    assert cohort(9.0, [(-0.0, "remission")]).digest() == cohort(9.0, [(0.0, "remission")]).digest()

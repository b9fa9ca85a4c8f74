"""The paragraph on the emulation for the methods section, with its citations."""

from collections.abc import Callable

from equipoise.rendering.emulated.trial import trial_of
from equipoise.rendering.reading import Reading
from equipoise.rendering.words import TEXT


def emulation_methods(reading: Reading, cite: Callable[..., str]) -> list[str]:
    """Clones, hazards, weights, inference and seed; nothing without an emulation.

    Parameters
    ----------
    reading
        The study.
    cite
        Gives the marks of sources, ``" [3]"``, and numbers them as they come.
    """
    trial, asked = trial_of(reading), reading.study.protocol.analysis.emulation
    if trial is None or asked is None:
        return []
    spread = trial.rows[0].method.rpartition("; ")[2]
    said = [
        TEXT["method_emulated"].format(
            trial=cite("hernan2016"), clone=cite("cain2010"), weight=cite("robins2000")
        ),
        TEXT["method_hazards"].format(
            hazard=cite("prentice1978"),
            prior=TEXT["method_penalised" if asked.penalised else "method_unpenalised"],
            cap=TEXT["method_uncapped"]
            if asked.truncate is None
            else TEXT["method_capped"].format(cite=cite("gruber2022")),
        ),
        TEXT["method_inference"].format(
            spread=spread,
            jackknife=cite("efron1981"),
            draws=asked.draws,
            bootstrap=cite("rubin1981"),
            seed=reading.study.manifest["seed"],
        ),
        TEXT["method_sealed"].format(worst=cite("manski1990"), e_value=cite("vanderweele2017")),
    ]
    return [" ".join(said)]

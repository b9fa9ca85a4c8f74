"""Columns of the treatment models in words; centres are counted and never named."""

from dataclasses import dataclass

from equipoise.protocol.emulation import HazardModel
from equipoise.rendering.reading import Reading
from equipoise.rendering.words import TEXT, capital


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a model: its words, and whether it is one of the centres."""

    words: str
    is_site: bool


def column_of(reading: Reading, column: str) -> Column:
    """The words of a column, ``genetics ph`` for instance, by the covariates that the protocol declares."""
    name, _, part = column.partition(" ")
    for model in models_of(reading):
        if part and name == model.site:
            return Column(TEXT["balance_sites_line"], is_site=True)
        for one in model.adjust_for:
            if one.name == name:
                label = capital(one.words(reading.study.vocabulary))
                return Column(f"{label}: {part}" if part else label, is_site=False)
    return Column(capital(column.replace("_", " ")), is_site=False)


def models_of(reading: Reading) -> list[HazardModel]:
    """The models of the protocol's emulation, that of the loss at the end."""
    asked = reading.study.protocol.analysis.emulation
    if asked is None:
        return []
    return [*asked.treatments, *([asked.loss] if asked.loss is not None else [])]

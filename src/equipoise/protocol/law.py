"""Grace laws, as they are written: when within its window a strategy starts a treatment.

A strategy that only says "within six months" names many strategies; which one is meant is decided by the law
of the starting time (Cain et al. 2010; Wanis et al. 2024). It is part of the estimand and has no default.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Any, Final, cast

from pydantic import (
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    Tag,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema

from equipoise.base.clock import months_to_days
from equipoise.base.model import Frozen
from equipoise.language.problem import Problem
from equipoise.language.words import days_words, listing, number_words

UNIFORM: Final = "uniform"
REPRESENTATIVE: Final = "representative"
Finite = Annotated[float, Field(allow_inf_nan=False)]


class WordLaw(Frozen):
    """A law that is written as one word."""

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, data: Any) -> Any:
        return {} if data == cls.word() else data

    @model_serializer
    def _as_word(self) -> str:
        return self.word()

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> Any:
        return {"const": cls.word()}

    @classmethod
    def word(cls) -> str:
        """The word in YAML."""
        raise TypeError(f"{cls.__name__} has no word")


class UniformLaw(WordLaw):
    """Every time in the window alike: ``uniform``."""

    @classmethod
    def word(cls) -> str:
        """``uniform``."""
        return UNIFORM

    def words(self) -> str:
        """When the treatment starts, as the end of a sentence."""
        return "every time in that window being equally likely"

    def problems(self, months: float) -> Iterator[Problem]:
        """Nothing can be wrong with it."""
        del months
        yield from ()


class RepresentativeLaw(WordLaw):
    """A request: as those start who start at all; ``representative``.

    Before anything is computed the numbers have to stand in its place
    (`equipoise.protocol.representative.representative_law`), because they are part of the question.
    """

    @classmethod
    def word(cls) -> str:
        """``representative``."""
        return REPRESENTATIVE

    def words(self) -> str:
        """When the treatment starts, as the end of a sentence."""
        return "at the times usual in the cohort among those who start within that window"

    def problems(self, months: float) -> Iterator[Problem]:
        """Nothing can be wrong with it."""
        del months
        yield from ()


class GivenLaw(Frozen):
    """The share of the window's starts that have taken place by each month, straight lines in between.

    Parameters
    ----------
    months
        Months since the window opened, from 0 to its end.
    probability
        The share by each of them, from 0 to 1.
    """

    months: tuple[Finite, ...] = Field(min_length=2)
    probability: tuple[Finite, ...] = Field(min_length=2)

    def words(self) -> str:
        """When the treatment starts, as the end of a sentence."""
        inner = list(zip(self.months, self.probability, strict=True))[1:-1]
        shares = [f"{100 * share:.0f} % by month {number_words(month)}" for month, share in inner]
        stated = f" ({listing(shares)})" if shares else ""
        return f"at times drawn from the stated law{stated}"

    def problems(self, months: float) -> Iterator[Problem]:
        """Knots that do not rise from (0, 0) to (`months`, 1)."""
        if len(self.months) != len(self.probability):
            found = f"{len(self.months)} months with {len(self.probability)} probabilities"
            yield Problem("P121", ("probability",), found)
            return
        ends = (self.months[0], self.probability[0], self.probability[-1])
        if ends != (0, 0, 1):
            found = f"from {ends[1]:g} at month {ends[0]:g} to {ends[2]:g}; a law leads from 0, at 0, to 1"
            yield Problem("P121", ("probability",), found)
        if self.months[-1] != months:
            found = f"the law ends at month {self.months[-1]:g}, the window at month {months:g}"
            yield Problem("P121", ("months",), found)
        for key, values in (("months", self.months), ("probability", self.probability)):
            for position, (earlier, later) in enumerate(pairwise(values), start=1):
                if later <= earlier:
                    yield Problem("P121", (key, position), f"{later:g} after {earlier:g}; it must rise")


class FixedLaw(Frozen):
    """Exactly so many months after the window opened: ``{fixed: 3}``."""

    fixed: float = Field(gt=0)

    def words(self) -> str:
        """When the treatment starts, as the end of a sentence."""
        return f"exactly {number_words(self.fixed)} month{'' if self.fixed == 1 else 's'} into that window"

    def problems(self, months: float) -> Iterator[Problem]:
        """A time beyond the window."""
        if self.fixed > months:
            found = f"a start at month {self.fixed:g} of a window of {months:g} months"
            yield Problem("P121", ("fixed",), found)


class LastBin(Frozen):
    """The last bin of a natural law: whoever has not started starts in it.

    Parameters
    ----------
    last_bin_days
        Its width in days. All that the strategy changes happens in this bin, so its width is part of the
        estimand.
    """

    last_bin_days: float = Field(gt=0)


class NaturalLaw(Frozen):
    """As in usual care until the last bin, then everybody: ``{natural: {last_bin_days: 30}}``."""

    natural: LastBin

    def words(self) -> str:
        """When the treatment starts, as the end of a sentence."""
        last = days_words(self.natural.last_bin_days, " the last")
        return f"as in usual care at first, and at the latest in{last} of that window"

    def problems(self, months: float) -> Iterator[Problem]:
        """A last bin that is wider than the window."""
        if self.natural.last_bin_days > months_to_days(months):
            found = f"a last bin of {self.natural.last_bin_days:g} days in a window of {months:g} months"
            yield Problem("P121", ("natural", "last_bin_days"), found)


_TAGS: Mapping[type[Frozen], str] = {
    UniformLaw: "<uniform>",
    RepresentativeLaw: "<representative>",
    GivenLaw: "<given>",
    FixedLaw: "<fixed>",
    NaturalLaw: "<natural>",
}
_TAG_OF_KEY = {"months": "<given>", "probability": "<given>", "fixed": "<fixed>", "natural": "<natural>"}


def _form(data: Any) -> str | None:
    """Tag of the law that a word or a mapping (or a law) is; None when it is none."""
    if isinstance(data, Frozen):
        return _TAGS.get(type(data))
    if isinstance(data, str):
        return f"<{data}>" if data in (UNIFORM, REPRESENTATIVE) else None
    keys = list(cast("Mapping[str, Any]", data)) if isinstance(data, Mapping) else []
    forms = {_TAG_OF_KEY[key] for key in keys if key in _TAG_OF_KEY}
    return forms.pop() if len(forms) == 1 else None


Law = Annotated[
    Annotated[UniformLaw, Tag("<uniform>")]
    | Annotated[RepresentativeLaw, Tag("<representative>")]
    | Annotated[GivenLaw, Tag("<given>")]
    | Annotated[FixedLaw, Tag("<fixed>")]
    | Annotated[NaturalLaw, Tag("<natural>")],
    Discriminator(
        _form,
        custom_error_type="unknown_form",
        custom_error_message="a grace law is uniform, representative, {months: [...], probability: [...]}, "
        "{fixed: MONTH} or {natural: {last_bin_days: DAYS}}",
    ),
]

"""The vocabulary: the words of one data source, its structures and its outcomes, read from YAML."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, model_validator

from equipoise.base.clock import SAME_DAY_ORDER
from equipoise.base.document import is_file, read_document, suggestion, validate
from equipoise.base.errors import ProtocolError
from equipoise.base.model import Frozen
from equipoise.base.provenance import digest
from equipoise.language.comparison import Name
from equipoise.language.outcome import Outcome
from equipoise.language.problem import Problem, refuse
from equipoise.language.structure import Structure
from equipoise.language.vocabulary_check import vocabulary_problems
from equipoise.language.word import (
    Detail,
    EventWord,
    InterventionWord,
    MeasurementWord,
    Origin,
    PatientColumn,
)

Table = Literal["patients", "measurements", "interventions", "events"]


class Vocabulary(Frozen):
    """The words of a data source.

    Parameters
    ----------
    name, title
        Name for protocols, and the title of the source.
    origin
        What day 0 is.
    resolution
        Grid of the days, in days.
    patients, measurements, interventions, events
        The words, by name.
    same_day_order
        Names of records and the classes ``measurement``, ``intervention``, ``event``, ``terminal`` and
        ``censoring``, first to last: what counts as earlier on one day. A name takes its own place, every
        other record that of its class.
    structures, outcomes
        By name.
    """

    name: Name
    title: str
    origin: Origin
    # Finer, and a hundred years would not fit into the ticks; coarser, and a course would be one day.
    resolution: float = Field(default=1.0, ge=1e-4, le=31)
    patients: Mapping[Name, PatientColumn] = Field(default_factory=dict)
    measurements: Mapping[Name, MeasurementWord] = Field(default_factory=dict)
    interventions: Mapping[Name, InterventionWord] = Field(default_factory=dict)
    events: Mapping[Name, EventWord]
    same_day_order: tuple[Name, ...] = SAME_DAY_ORDER
    structures: Mapping[Name, Structure] = Field(min_length=1)
    outcomes: Mapping[Name, Outcome] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self, info: ValidationInfo) -> "Vocabulary":
        refuse(self.problems(), info.context)
        return self

    @property
    def records(self) -> tuple[str, ...]:
        """Names of everything that is recorded with a day."""
        return (*self.measurements, *self.interventions, *self.events)

    @property
    def terminal_events(self) -> tuple[str, ...]:
        """Names of the events after which nothing follows."""
        return tuple(name for name, event in self.events.items() if event.terminal)

    def table_of(self, name: str) -> Table | None:
        """Table in which a word lives; None for an unknown word."""
        if name in self.patients:
            return "patients"
        if name in self.measurements:
            return "measurements"
        if name in self.interventions:
            return "interventions"
        return "events" if name in self.events else None

    def label_of(self, name: str) -> str:
        """Label of a word, as printed; KeyError for an unknown word."""
        return self._word(name).label

    def heading_of(self, name: str) -> str:
        """Short label of a record, or its label where none was given; KeyError for an unknown word."""
        word = self._word(name)
        return word.label if isinstance(word, PatientColumn) else word.short or word.label

    def details_of(self, name: str) -> Mapping[str, Detail]:
        """Details recorded with an intervention or event; none for other words."""
        if name in self.interventions:
            return self.interventions[name].details
        return self.events[name].details if name in self.events else {}

    def same_day_rank(self, name: str) -> int:
        """Place of a record (or ``"censoring"``) among those of the same day; lower is earlier."""
        if name in self.same_day_order:
            return self.same_day_order.index(name)
        if name in self.terminal_events:
            return self.same_day_order.index("terminal")
        table = self.table_of(name)
        if table is None or table == "patients":
            raise KeyError(name)
        return self.same_day_order.index(table.removesuffix("s"))

    def structure_of(self, outcome: str) -> Structure:
        """Structure of an outcome."""
        return self.structures[self.outcomes[outcome].structure]

    def problems(self) -> Iterator[Problem]:
        """Everything that is wrong, in the order of the document."""
        return vocabulary_problems(self)

    def digest(self) -> str:
        """SHA-256 of the content; the order of the states belongs to it."""
        content = self.model_dump(mode="json", by_alias=True)
        orders = {name: list(structure.states) for name, structure in self.structures.items()}
        return digest({"content": content, "order_of_states": orders})

    def _word(self, name: str) -> PatientColumn | MeasurementWord | InterventionWord | EventWord:
        match self.table_of(name):
            case "patients":
                return self.patients[name]
            case "measurements":
                return self.measurements[name]
            case "interventions":
                return self.interventions[name]
            case _:
                return self.events[name]


def shipped_vocabularies() -> tuple[str, ...]:
    """Names of the vocabularies that come with the package."""
    folder = files("equipoise.language") / "vocabularies"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def read_vocabulary(source: Path | str) -> Vocabulary:
    """Read a vocabulary.

    Parameters
    ----------
    source
        Name of a shipped vocabulary, a path, or the YAML text itself (a text of several lines).

    Raises
    ------
    ProtocolError
        With file, line and path: P001-P003 for the document, P010-P021 for what it says.
    """
    if isinstance(source, str) and "\n" in source:
        return validate(Vocabulary, read_document(source, name="vocabulary"))
    if str(source) in shipped_vocabularies():
        entry = files("equipoise.language") / "vocabularies" / f"{source}.yaml"
        return validate(Vocabulary, read_document(entry.read_text(encoding="utf-8"), name=f"{source}.yaml"))
    path = Path(source)
    if not path.suffix and not is_file(path):
        known = ", ".join(shipped_vocabularies())
        raise ProtocolError(
            "P020",
            where="vocabulary",
            found=f"{str(source)!r} is neither a shipped vocabulary nor a file"
            f"{suggestion(str(source), shipped_vocabularies())}",
            why="Without the words of the data source nothing can be read.",
            do=f"Name a file (in a protocol: from where it lies), or one of: {known}.",
        )
    return validate(Vocabulary, read_document(path))

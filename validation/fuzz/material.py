"""What a case is made of before it is written, and the valid material that cases start from."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from equipoise.base.document import read_document
from equipoise.language.vocabulary import Vocabulary, read_vocabulary
from equipoise.protocol import read as protocol_read
from validation.fuzz.cohorts import Dials, five_tables, wide_sheet
from validation.fuzz.emitter import emitted
from validation.fuzz.grid import Dialect, Grid, written
from validation.fuzz.questions import Asker

CLINIC = Path(__file__).parent / "clinic"
SHIPPED = ("cart_all", "myeloid", "heart")
PROTOCOLS = Path(protocol_read.__file__).parent / "protocols"
TARGETS = ("tables", "wide", "mapping", "vocabulary", "protocol")


@dataclass
class Material:
    """Grids and documents by name; `made_of` says where they come from."""

    target: str
    made_of: str
    words: Vocabulary
    documents: dict[str, Any]
    grids: dict[str, Grid]
    dialects: dict[str, Dialect] = field(default_factory=dict[str, Dialect])

    @property
    def is_wide(self) -> bool:
        return "clinic" in self.grids

    def files(self) -> dict[str, bytes]:
        """All files by their path below the folder of the case."""
        found = {
            f"{name}.yaml": emitted(data).encode("utf-8", errors="surrogatepass")
            for name, data in self.documents.items()
        }
        for name, grid in self.grids.items():
            dialect = self.dialects.get(name) or Dialect()
            folder = "" if self.is_wide else "tables/"
            found[f"{folder}{name}.{dialect.form}"] = written(grid, dialect)
        if not self.is_wide:
            found["tables/vocabulary.yaml"] = found["vocabulary.yaml"]
        return found


@cache
def _document(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _as_json(text: str) -> str:
    return json.dumps(read_document(text).data)


def _plain(text: str) -> Any:
    """Plain data of a document, a new copy each time."""
    return json.loads(_as_json(text))


@cache
def shipped(name: str) -> tuple[Vocabulary, str]:
    """A shipped vocabulary, or the clinic's, with its text."""
    text = _document(CLINIC / "vocabulary.yaml")
    if name != "clinic":
        text = _document(Path(read_vocabulary.__code__.co_filename).parent / "vocabularies" / f"{name}.yaml")
    return read_vocabulary(text), text


def starting(random: Random, target: str) -> Material:
    """Valid material for a target: words, a question, and a cohort with its dials turned."""
    is_wide = target in ("wide", "mapping") or (target == "vocabulary" and random.random() < 0.15)
    source = "clinic" if is_wide or random.random() < 0.6 else random.choice(SHIPPED)
    words, text = shipped(source)
    dials = Dials.turned(random)
    documents: dict[str, Any] = {"vocabulary": _plain(text)}
    asks_anew = random.random() < 0.6 or source == "cart_all"  # whose own protocol enrols few of these
    if asks_anew:
        documents["protocol"] = Asker(random, words).protocol()
    else:
        path = CLINIC / "protocol.yaml" if source == "clinic" else PROTOCOLS / f"{source}.yaml"
        documents["protocol"] = _plain(_document(path)) | {"vocabulary": "vocabulary.yaml"}
        documents["protocol"]["report"] |= {"every_months": 3, "until_month": 12, "at_months": [6]}
        documents["protocol"]["report"]["restricted_to_months"] = [6]
    if is_wide:
        documents["mapping"] = _plain(_document(CLINIC / "mapping.yaml"))
        grids = {"clinic": wide_sheet(random, dials)}
        form = "xlsx" if random.random() < 0.3 else "csv"
        dialects = {"clinic": Dialect(form=form, delimiter=random.choice(";;,\t"))}
    else:
        grids = five_tables(random, words, dials)
        form = "parquet" if random.random() < 0.3 else "csv"
        dialects = {name: Dialect(form=form) for name in grids}
    question = "a drawn protocol" if asks_anew else "its protocol"
    made_of = f"{source}, {question}, {form}: {dials.words()}"
    return Material(target, made_of, words, documents, grids, dialects)

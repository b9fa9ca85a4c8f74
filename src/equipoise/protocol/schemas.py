"""The JSON Schemas of vocabularies and protocols, as published for editors and other programs."""

import json
from typing import Any

from equipoise.base.model import Frozen
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.protocol import Protocol

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PUBLISHED: dict[str, type[Frozen]] = {"vocabulary": Vocabulary, "protocol": Protocol}


def json_schema(name: str) -> dict[str, Any]:
    """JSON Schema of a published model: what may be written, before its meaning is checked."""
    return {"$schema": DIALECT} | PUBLISHED[name].model_json_schema(by_alias=True)


def schema_text(name: str) -> str:
    """The schema as it is published: indented, sorted, one newline at the end."""
    return json.dumps(json_schema(name), indent=1, sort_keys=True, ensure_ascii=False) + "\n"

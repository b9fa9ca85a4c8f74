"""The mapping of the how-to can be read, the schema is current, every code is raised somewhere."""

import json
import re
from pathlib import Path

import jsonschema

from equipoise.base.codes import files, mapping, reading
from equipoise.base.document import read_document
from equipoise.ingest.mapping import mapping_schema, read_mapping
from equipoise.ingest.mapping_check import check_mapping
from equipoise.language.vocabulary import read_vocabulary

ROOT = Path(__file__).parents[3]


def test_the_mapping_of_the_how_to() -> None:
    text = (ROOT / "docs" / "howto" / "import.md").read_text(encoding="utf-8")
    block = re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)[0]
    shown, document = read_mapping(block)
    check_mapping(shown, document, read_vocabulary(shown.vocabulary))


def test_the_published_schema_is_current() -> None:
    """It is json.dumps(mapping_schema(), indent=1, sort_keys=True, ensure_ascii=False) and a newline."""
    published = (ROOT / "docs" / "schemas" / "mapping.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == mapping_schema()


def test_shipped_mappings_keep_the_published_schema() -> None:
    for path in (ROOT / "src/equipoise/ingest/mappings").glob("*.yaml"):
        jsonschema.validate(read_document(path).data, mapping_schema())


def test_every_code_is_used() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "src/equipoise/ingest").glob("*.py")
    )
    declared = {one.code for family in (files, reading, mapping) for one in family.CODES}
    used = set(re.findall(r'"([DP]\d{3})"', source))
    assert declared <= used

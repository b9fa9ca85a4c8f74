"""The published JSON Schemas are current, accept what ships and refuse what the reader refuses."""

from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from myeloid_protocol import QUESTION, broken

from equipoise.base.document import read_document
from equipoise.protocol.schemas import PUBLISHED, json_schema, schema_text

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
SHIPPED = {
    "vocabulary": files("equipoise.language") / "vocabularies",
    "protocol": files("equipoise.protocol") / "protocols",
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_schemas_are_current(name):
    published = (SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(name), "make them again as docs/schemas/README.md says"
    Draft202012Validator.check_schema(json_schema(name))


@pytest.mark.parametrize("name", PUBLISHED)
def test_shipped_documents_satisfy_the_schema(name):
    validator = Draft202012Validator(json_schema(name))
    names = [entry.name for entry in SHIPPED[name].iterdir() if entry.name.endswith(".yaml")]
    documents = [SHIPPED[name] / one for one in names if not one.endswith(".examples.yaml")]
    assert len(documents) >= 4
    for entry in documents:
        validator.validate(read_document(entry.read_text(encoding="utf-8")).data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("outcomes: [os,", "outcoms: [os,"),
        ("    - {not_: {has: relapse}}", "    - {not: {has: relapse}}"),
        ("    - {baseline: sex, eq: f}", "    - {baseline: sex}"),
        ("    - {baseline: sex, eq: f}", "    - {baseline: sex, eq: f, ne: m}"),
        ("    - {baseline: sex, eq: f}", "    - {baseline: sex, has: relapse}"),
        ("handling: treatment_policy", "handling: principal_stratum"),
        (", weight: null", ""),
        ("  level: 0.9", "  level: 95"),
        ("kind: event, of", "kind: birthday, of"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(old, new):
    validator = Draft202012Validator(json_schema("protocol"))
    assert validator.is_valid(read_document(QUESTION).data)
    assert not validator.is_valid(read_document(broken(old, new)[0]).data)

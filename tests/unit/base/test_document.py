"""YAML 1.2 with lines: what is read, what is refused, and where an error points."""

import pytest
from pydantic import Field

from equipoise.base.document import read_document, suggestion, validate, write_document
from equipoise.base.errors import ProtocolError
from equipoise.base.model import Frozen


class Inner(Frozen):
    limit: float
    label: str = ""


class Outer(Frozen):
    title: str
    inner: Inner | None = None
    months: tuple[float, ...] = Field(default=(), max_length=3)


def test_a_detection_limit_is_a_number_and_no_is_a_text():
    document = read_document("limit: 1e-4\ndonor: no\nold: 010\n")
    assert document.data == {"limit": 0.0001, "donor": "no", "old": 10}


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("a: 1\nb: &x 2\n", 2, "anchor"),
        ("a: 1\nb: *x\n", 2, "alias"),
        ("a: 1\nb: !!python/object:os.system 2\n", 2, "tag"),
        ("a: 1\na: 2\n", 2, "duplicate key"),
        ("a: [1\n", 2, "expected"),
        ("a: 1\nb: .inf\n", 2, "not finite"),
        ("a: 1\nb: 2020-01-01\n", 2, "date"),
        ("a: 1\n---\nb: 2\n", 2, "another document"),
        ("%YAML 1.1\n---\na: no\n", 2, "another version"),
        ("\na: " + "[" * 100 + "]" * 100 + "\n", 2, "60 levels"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_with_its_line(text, line, found):
    with pytest.raises(ProtocolError) as caught:
        read_document(text, name="question.yaml")
    assert caught.value.code == "P002"
    assert caught.value.where == f"question.yaml, line {line}"
    assert found in caught.value.found


def test_files_that_cannot_be_read(tmp_path):
    for content in (b"\xff\xfe\x00", b"a: 1\n" * 300_000):
        path = tmp_path / "question.yaml"
        path.write_bytes(content)
        with pytest.raises(ProtocolError, match="P001"):
            read_document(path)
    with pytest.raises(ProtocolError, match=r"P001 absent\.yaml: No such file"):
        read_document(tmp_path / "absent.yaml")


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        ("title: a\ninner:\n  limit: high\n", "text, line 3, inner.limit", "valid number (given: 'high')"),
        ("title: a\ninner:\n  label: b\n", "text, line 2, inner", "the field 'limit' is missing"),
        ("title: a\nmonhts: [1]\n", "text, line 2, monhts", "unknown (did you mean 'months'?)"),
        ("titel: a\n", "text, line 1, titel", "unknown (did you mean 'title'?) (1 more after this one)"),
        ("title: 7\n", "text, line 1, title", "valid string (given: 7)"),
        ("title: a\nmonths:\n- 1\n- b\n", "text, line 4, months.1", "valid number"),
        ("", "text, line 1", "object"),
    ],
)
def test_an_error_names_line_path_and_what_was_found(text, where, found):
    with pytest.raises(ProtocolError) as caught:
        validate(Outer, read_document(text))
    error = caught.value
    assert (error.code, error.where) == ("P003", where)
    assert found in error.found
    assert error.why
    assert error.do


def test_places_between_the_lines_fall_back_on_the_nearest_line():
    document = read_document("title: a\ninner:\n  limit: 1\n", name="q")
    assert document.where(("inner", "<tag>", "limit")) == "q, line 3, inner.limit"
    assert document.where(("inner", "other")) == "q, line 2, inner"
    assert document.where(()) == "q, line 1"


def test_what_is_written_is_read_back_and_keeps_texts_that_look_like_numbers():
    model = Outer(title="1e-4", inner=Inner(limit=1e-6, label="no: #1"), months=(0.5, 12.0))
    text = write_document(model)
    assert validate(Outer, read_document(text)) == model
    assert text.index("title") < text.index("inner") < text.index("months")


@pytest.mark.parametrize(
    "text",
    [
        "?x",
        "\x85x",
        "no",
        "1e-4",
        "2020-01-01",
        "a: b",
        "#",
        "~",
        "",
        " a ",
        "<=20",
        "CD19−",
        "\ufeff",
        "'\"\\",
    ],
)
def test_awkward_texts_survive_writing(text):
    written = write_document(Outer(title=text))
    assert validate(Outer, read_document(written)).title == text
    assert written != f"title: {text}\n"  # all of them need quotes, here or in another reader


def test_suggestion():
    assert suggestion("relaps", ("relapse", "death")) == " (did you mean 'relapse'?)"
    assert suggestion("xyz", ("relapse", "death")) == ""

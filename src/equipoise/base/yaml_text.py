"""Plain data as YAML 1.2 text, in the order given."""

from io import StringIO
from typing import Any


def yaml_text(data: Any) -> str:
    """Return plain data (dicts, lists, texts, numbers, booleans, None) as a YAML 1.2 document.

    Reading the text back with `equipoise.base.document.read_document` gives equal data.
    """
    from ruamel.yaml import YAML

    writer: Any = YAML(typ="rt", pure=True)
    writer.default_flow_style = False
    writer.width = 110
    writer.allow_unicode = True
    writer.version = None
    stream = StringIO()
    writer.dump(data, stream)
    return stream.getvalue()

"""What a page keeps packed for its script."""

import base64
import gzip
import json
import re
from typing import Any


def drawings(html: str) -> dict[str, Any]:
    """Narrow drawing, values, table and sentences of each figure, by the figure's id."""
    (packed,) = re.findall(r'id="drawings">([^<]*)<', html)
    return json.loads(gzip.decompress(base64.b64decode(packed)))

"""The vocabulary on the page on import can be read, and answers what the page says."""

import re
from pathlib import Path

from equipoise.language.vocabulary import read_vocabulary

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "import.md"


def test_the_smallest_vocabulary() -> None:
    found = re.findall(r"```yaml\n(name: mine\n.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 1
    vocabulary = read_vocabulary(found[0])
    assert tuple(vocabulary.outcomes) == ("os",)
    assert vocabulary.terminal_events == ("death",)

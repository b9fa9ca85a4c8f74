"""Every code of family P is raised somewhere and every code that is raised is explained."""

import re
from pathlib import Path

import equipoise
from equipoise.base.codes import CODES
from equipoise.base.codes import protocol as family

ROOT = Path(equipoise.__file__).parent


def test_codes_are_raised_and_explained():
    code = re.compile(r'"(P[01]\d\d)"')
    raised: set[str] = set()
    for room in ("base/document.py", "language", "protocol"):
        place = ROOT / room
        for path in [place] if place.is_file() else place.rglob("*.py"):
            raised |= set(code.findall(path.read_text(encoding="utf-8")))
    assert raised == {one.code for one in family.CODES}
    for one in family.CODES:
        assert CODES[one.code] is one
        assert one.title[0].isupper()
        assert one.why.endswith(".")
        assert one.do.endswith(".")

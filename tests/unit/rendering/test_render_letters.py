import struct
import zlib
from importlib import resources

import pytest
from reportlab.pdfbase import pdfmetrics, ttfonts

from equipoise.rendering.comparison_words import MODELS, RATIO_STATUS
from equipoise.rendering.letters import width, wrap
from equipoise.rendering.words import HANDLINGS, MEASURES, TEXT


def font(name: str) -> ttfonts.TTFont:
    with resources.as_file(
        resources.files("equipoise.rendering") / "fonts" / f"EquipoiseFigure-{name}.ttf"
    ) as path:
        made = ttfonts.TTFont(f"test-{name}", str(path))
    pdfmetrics.registerFont(made)
    return made


def tables_of(name: str, suffix: str) -> dict[bytes, bytes]:
    """Tables of a TrueType or WOFF 1.0 file by tag."""
    content = (
        resources.files("equipoise.rendering") / "fonts" / f"EquipoiseFigure-{name}.{suffix}"
    ).read_bytes()
    (number,) = struct.unpack(">H", content[12:14] if suffix == "woff" else content[4:6])
    found: dict[bytes, bytes] = {}
    for place in range(number):
        if suffix == "woff":
            tag, start, packed, size, _ = struct.unpack(">4sIIII", content[44 + 20 * place : 64 + 20 * place])
            part = content[start : start + packed]
            found[tag] = zlib.decompress(part) if packed < size else part
        else:
            tag, _, start, size = struct.unpack(">4sIII", content[12 + 16 * place : 28 + 16 * place])
            found[tag] = content[start : start + size]
    return found


@pytest.mark.parametrize("name", ["Regular", "Bold"])
def test_the_font_of_the_page_is_that_of_the_files(name: str) -> None:
    page, files = tables_of(name, "woff"), tables_of(name, "ttf")
    assert page.keys() == files.keys()
    assert len(files) > 8
    differ = {tag for tag in files if page[tag] != files[tag]}
    assert differ <= {b"head"}  # it holds a sum over the whole file


@pytest.mark.parametrize(("name", "bold"), [("Regular", False), ("Bold", True)])
def test_widths_are_those_of_the_font_itself(name: str, bold: bool) -> None:
    made = font(name)
    for text in ("In remission, not transplanted", "AVATAR 0123456789 (n = 442)", "~`{}|^_@#$%&*"):
        assert width(text, 12, bold=bold) == pytest.approx(made.stringWidth(text, 12), abs=0.05)


def test_every_sign_of_the_report_is_in_the_font() -> None:
    known = font("Regular").face.charToGlyph
    words = (TEXT, HANDLINGS, MEASURES, MODELS, RATIO_STATUS)
    texts = "".join(text for one in words for text in one.values())
    assert {sign for sign in texts if ord(sign) not in known} == set()


def test_wrapping_keeps_words_and_room() -> None:
    lines = wrap("Died in remission (non-relapse mortality)", 100, 12)
    assert " ".join(lines) == "Died in remission (non-relapse mortality)"
    assert len(lines) > 1
    assert all(width(line, 12) <= 100 or " " not in line for line in lines)

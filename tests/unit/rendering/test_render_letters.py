from importlib import resources

import pytest
from reportlab.pdfbase import pdfmetrics, ttfonts

from equipoise.rendering.letters import width, wrap
from equipoise.rendering.words import HANDLINGS, MEASURES, TEXT


def font(name: str) -> ttfonts.TTFont:
    with resources.as_file(
        resources.files("equipoise.rendering") / "fonts" / f"EquipoiseFigure-{name}.ttf"
    ) as path:
        made = ttfonts.TTFont(f"test-{name}", str(path))
    pdfmetrics.registerFont(made)
    return made


@pytest.mark.parametrize(("name", "bold"), [("Regular", False), ("Bold", True)])
def test_widths_are_those_of_the_font_itself(name: str, bold: bool) -> None:
    made = font(name)
    for text in ("In remission, not transplanted", "AVATAR 0123456789 (n = 442)", "~`{}|^_@#$%&*"):
        assert width(text, 12, bold=bold) == pytest.approx(made.stringWidth(text, 12), abs=0.05)


def test_every_sign_of_the_report_is_in_the_font() -> None:
    known = font("Regular").face.charToGlyph
    texts = "".join([*TEXT.values(), *HANDLINGS.values(), *MEASURES.values()])
    assert {sign for sign in texts if ord(sign) not in known} == set()


def test_wrapping_keeps_words_and_room() -> None:
    lines = wrap("Died in remission (non-relapse mortality)", 100, 12)
    assert " ".join(lines) == "Died in remission (non-relapse mortality)"
    assert len(lines) > 1
    assert all(width(line, 12) <= 100 or " " not in line for line in lines)

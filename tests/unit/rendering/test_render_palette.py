import itertools

import numpy as np
import pytest

from equipoise.rendering.palette import AREAS, DARK, INK, LIGHT, LINE_KEYS, state_colours

# Machado, Oliveira and Fernandes 2009, severity 1.0, for linear RGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
PROTANOPIA = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)


def linear(colour: str) -> np.ndarray:
    """sRGB to linear RGB (IEC 61966-2-1)."""
    value = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    light = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = matrix @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_have_a_contrast_of_four_and_a_half_and_lines_of_three(theme: dict[str, str]) -> None:
    for key in ("ink", "soft", "c1", "c2"):
        assert contrast(theme[key], theme["paper"]) >= 4.5, key
        assert contrast(theme[key], theme["box"]) >= 4.5, key
    for key in LINE_KEYS:
        assert contrast(theme[key], theme["paper"]) >= 3, key


@pytest.mark.parametrize("key", list(AREAS))
def test_dark_text_can_be_read_on_every_area(key: str) -> None:
    assert contrast(INK, AREAS[key]) >= 4.5


@pytest.mark.parametrize("matrix", [np.eye(3), DEUTERANOPIA, PROTANOPIA], ids=["all", "deutan", "protan"])
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_curves_that_share_a_panel_differ_for_colour_blind_readers(
    theme: dict[str, str], matrix: np.ndarray
) -> None:
    for one, other in itertools.combinations(("c1", "c2", "c3"), 2):
        difference = lab(matrix @ linear(theme[one])) - lab(matrix @ linear(theme[other]))
        assert np.linalg.norm(difference) > 15, (one, other)


@pytest.mark.parametrize("matrix", [np.eye(3), DEUTERANOPIA, PROTANOPIA], ids=["all", "deutan", "protan"])
def test_neighbouring_areas_differ_for_colour_blind_readers(matrix: np.ndarray) -> None:
    order = state_colours([False] * 6 + [True] * 3)
    for one, other in itertools.pairwise(order):
        difference = lab(matrix @ linear(AREAS[one])) - lab(matrix @ linear(AREAS[other]))
        assert np.linalg.norm(difference) > 12, (one, other)


def test_states_that_end_are_grey_and_others_are_not() -> None:
    assert state_colours([False, True, False, True]) == ["a1", "g1", "a2", "g2"]

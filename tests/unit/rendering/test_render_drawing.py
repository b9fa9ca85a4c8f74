"""SVG and PDF of one scene: the same things in both, texts as texts, the same bytes each time."""

import re
import xml.etree.ElementTree as ET

import pytest

from equipoise.rendering.palette import VALUES
from equipoise.rendering.pdf import pdf
from equipoise.rendering.scene import Box, Circle, Path, Scene, Segments, Text
from equipoise.rendering.svg import number, svg

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def scene() -> Scene:
    made = Scene(200, 100)
    made.add(
        Path(((0, 10), (50, 10), (50, 20.25)), stroke="c1", width=2, dash=(5, 4)),
        Box(10, 30, 40, 20, fill="a1", stroke="ink", radius=3),
        Circle(100, 50, 4, fill="paper", stroke="ink"),
        Text(5, 90, "5 < 6 & \u2265 7", bold=True),
        Text(8, 60, "turned", turned=True, anchor="middle"),
    )
    return made


def test_svg_is_well_formed_and_says_what_it_shows(scene: Scene) -> None:
    root = ET.fromstring(svg(scene, key="k", title="A <title>", description="A & B"))
    assert root.attrib["viewBox"] == "0 0 200 100"
    assert root.attrib["role"] == "img"
    ids = {one.attrib["id"]: one.text for one in root if "id" in one.attrib}
    assert [ids[name] for name in root.attrib["aria-labelledby"].split()] == ["A <title>", "A & B"]
    assert [one.text for one in root.iter(f"{SVG}text")] == ["5 < 6 & \u2265 7", "turned"]


def test_colours_of_a_file_hold_without_a_style_sheet(scene: Scene) -> None:
    root = ET.fromstring(svg(scene, key="k", title="", description="", standalone=True))
    path = next(root.iter(f"{SVG}path"))
    assert root.attrib["fill"] == "none"
    assert path.attrib["stroke"] == VALUES["c1"]
    assert "fill" not in path.attrib
    assert path.attrib["d"] == "M0 10h50v10.2"
    assert all("fill" in one.attrib for one in root.iter(f"{SVG}text"))


def test_colours_in_the_page_are_classes_that_the_theme_changes(scene: Scene) -> None:
    root = ET.fromstring(svg(scene, key="k", title="", description=""))
    path = next(root.iter(f"{SVG}path"))
    assert root.attrib["fill"] == "none"
    assert path.attrib["class"] == "s-c1"
    assert "stroke" not in path.attrib


def test_steps_of_a_path_do_not_add_up_their_roundings() -> None:
    made = Scene(200, 100)
    made.add(Path(tuple((0.04 * k, 10.0) for k in range(101)), stroke="c1"))
    path = next(ET.fromstring(svg(made, key="k", title="", description="")).iter(f"{SVG}path"))
    steps = [float(one) for one in path.attrib["d"].split("h")[1:]]
    assert sum(steps) == pytest.approx(4.0)


def test_a_file_of_its_own_has_a_size_and_paper(scene: Scene) -> None:
    root = ET.fromstring(svg(scene, key="k", title="", description="", standalone=True))
    assert root.attrib["viewBox"] == "-14 -14 228 128"
    assert root.attrib["width"] == "228"
    paper = next(root.iter(f"{SVG}rect"))
    assert (paper.attrib["x"], paper.attrib["width"], paper.attrib["fill"]) == ("-14", "228", "#ffffff")


def test_coordinates_are_short() -> None:
    assert [number(one) for one in (1.0, 1.26, -0.01, 100)] == ["1", "1.3", "0", "100"]


def test_pdf_is_one_page_with_embedded_fonts_and_the_same_each_time(scene: Scene) -> None:
    content = pdf(scene, title="t", description="d")
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") == 1
    assert content.count(b"/FontFile2") == 2
    assert b"/MediaBox [ 0 0 161.5748 90.70866 ]" in content  # 228 and 128 units of 180 mm / 720
    assert content == pdf(scene, title="t", description="d")


def test_a_band_is_as_pale_in_pdf_as_in_svg() -> None:
    made = Scene(100, 100)
    made.add(
        Path(((0, 0), (50, 0), (50, 50)), fill="c1", opacity=0.16, closed=True), Box(0, 0, 9, 9, fill="c1")
    )
    assert 'fill-opacity="0.16"' in svg(made, key="k", title="", description="")
    states = re.findall(rb"/ca ([.\d]+)", pdf(made, title="", description=""))
    assert [float(one) for one in states] == [0.16, 1.0]


def test_neighbours_of_one_paint_are_one_path_and_others_are_not() -> None:
    made = Scene(100, 100)
    made.add(
        Box(0, 0, 9, 4, fill="c1"),
        Box(0, 10, 5, 4, fill="c1"),
        Box(0, 20, 5, 4, fill="c2"),
        Segments(((0, 50, 100, 50), (0, 60, 100, 60)), stroke="faint"),
        Path(((0, 70), (10, 70)), stroke="faint"),
        Path(((0, 80), (10, 80)), stroke="faint", dash=(2, 2)),
        Path(((0, 90), (5, 95), (10, 90)), fill="ink", stroke="paper", closed=True),
    )
    root = ET.fromstring(svg(made, key="k", title="", description=""))
    drawn = [(one.attrib["class"], one.attrib["d"]) for one in root.iter(f"{SVG}path")]
    assert drawn == [
        ("f-c1", "M0 0h9v4h-9zM0 10h5v4h-5z"),
        ("f-c2", "M0 20h5v4h-5z"),
        ("s-faint", "M0 50h100M0 60h100M0 70h10"),
        ("s-faint", "M0 80h10"),
        ("f-ink s-paper", "M0 90l5 5l5 -5z"),
    ]

"""SVG and PDF of one scene: the same things in both, texts as texts, the same bytes each time."""

import re
import xml.etree.ElementTree as ET
import zlib

import pytest

from equipoise.rendering.palette import VALUES
from equipoise.rendering.pdf import Page, pdf
from equipoise.rendering.scene import Box, Circle, Path, Scene, Segments, Text
from equipoise.rendering.svg import number, svg, svg_file

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
    root = ET.fromstring(svg_file(scene, title="A <title>", description="A & B"))
    assert root.attrib["role"] == "img"
    ids = {one.attrib["id"]: one.text for one in root if "id" in one.attrib}
    assert [ids[name] for name in root.attrib["aria-labelledby"].split()] == ["A <title>", "A & B"]
    assert [one.text for one in root.iter(f"{SVG}text")] == ["5 < 6 & \u2265 7", "turned"]


def test_a_drawing_in_the_page_is_named_by_the_page(scene: Scene) -> None:
    root = ET.fromstring(svg(scene, key="k"))
    assert root.attrib["viewBox"] == "0 0 200 100"
    (image,) = root.findall(f"{SVG}g")
    assert (image.attrib["role"], image.attrib["aria-labelledby"]) == ("img", "k-head")
    assert image.attrib["aria-describedby"] == "k-words"


def test_a_look_is_the_same_in_the_page_and_in_the_file() -> None:
    made = Scene(100, 100)
    made.add(
        Text(5, 9, "end", 11, "soft", "end"),
        Text(5, 9, "middle", 11, anchor="middle"),
        Text(5, 9, "b", bold=True),
    )
    made.add(Text(5, 9, "size", 15))
    alone = [one.attrib for one in ET.fromstring(svg_file(made, title="", description="")).iter(f"{SVG}text")]
    page = [one.attrib for one in ET.fromstring(svg(made, key="k")).iter(f"{SVG}text")]
    assert [one.get("text-anchor") for one in alone] == ["end", "middle", None, None]
    assert [one.get("font-size") for one in alone] == ["11", "11", None, "15"]
    assert [one.get("font-weight") for one in alone] == [None, None, "bold", None]
    assert [one.get("class") for one in page] == ["s e f-soft", "s m", "b", None]
    assert [one.get("font-size") for one in page] == [None, None, None, "15"]


def test_neighbours_that_look_alike_share_a_group_in_the_page_and_keep_their_places() -> None:
    made = Scene(100, 100)
    words = [Text(5, 9, "0", 11, "soft", "middle"), Text(7, 9, 'class="b"', 11, "soft", "middle")]
    dots = [Circle(3, 4, 2, "paper", "ink", 1.3), Circle(5, 6, 3, "paper", "ink", 1.3)]
    made.add(*words, *dots, Circle(7, 8, 3, "ink"), Text(1, 2, "plain"), Text(3, 4, "plain too"))
    (image,) = ET.fromstring(svg(made, key="k"))
    shapes = [(one.tag.removeprefix(SVG), one.attrib.get("class"), len(one)) for one in image]
    assert shapes == [
        ("g", "s m f-soft", 2),
        ("g", "f-paper s-ink", 2),
        ("circle", "f-ink", 0),
        ("text", None, 0),
        ("text", None, 0),
    ]
    assert [(one.attrib, one.text) for one in image[0]] == [
        ({"x": "5", "y": "9"}, "0"),
        ({"x": "7", "y": "9"}, 'class="b"'),
    ]
    assert image[1].attrib["stroke-width"] == "1.3"
    assert [one.attrib for one in image[1]] == [
        {"cx": "3", "cy": "4", "r": "2"},
        {"cx": "5", "cy": "6", "r": "3"},
    ]
    alone = ET.fromstring(svg_file(made, title="", description=""))
    assert not list(alone.iter(f"{SVG}g"))


def test_colours_of_a_file_hold_without_a_style_sheet(scene: Scene) -> None:
    root = ET.fromstring(svg_file(scene, title="", description=""))
    path = next(root.iter(f"{SVG}path"))
    assert root.attrib["fill"] == "none"
    assert path.attrib["stroke"] == VALUES["c1"]
    assert "fill" not in path.attrib
    assert path.attrib["d"] == "M0 10h50v10.2"
    assert all("fill" in one.attrib for one in root.iter(f"{SVG}text"))


def test_colours_in_the_page_are_classes_that_the_theme_changes(scene: Scene) -> None:
    root = ET.fromstring(svg(scene, key="k"))
    path = next(root.iter(f"{SVG}path"))
    assert path.attrib["class"] == "s-c1"
    assert "stroke" not in path.attrib


def test_steps_of_a_path_do_not_add_up_their_roundings() -> None:
    made = Scene(200, 100)
    made.add(Path(tuple((0.04 * k, 10.0) for k in range(101)), stroke="c1"))
    path = next(ET.fromstring(svg(made, key="k")).iter(f"{SVG}path"))
    steps = [float(one) for one in path.attrib["d"].split("h")[1:]]
    assert sum(steps) == pytest.approx(4.0)


def test_outlines_of_one_path_begin_where_they_are_whichever_way_is_shorter() -> None:
    lines = Scene(800, 300)
    lines.add(Segments(((700.5, 100, 700.5, 200), (707.5, 100, 707.5, 200), (3, 4, 5, 4)), stroke="faint"))
    # from (700.5, 200) by (7, -100) is as long as going there; from (707.5, 200) going there is shorter
    assert re.findall(r' d="(.*?)"', svg(lines, key="k")) == ["M700.5 100v100m7-100v100M3 4h2"]
    boxes = Scene(800, 300)
    boxes.add(Box(700.5, 100, 20, 10, fill="c1"), Box(701, 150, 20, 10, fill="c1"))
    # a closed outline ends where it began
    assert re.findall(r' d="(.*?)"', svg(boxes, key="k")) == ["M700.5 100h20v10h-20zm.5 50h20v10h-20z"]


def test_a_file_of_its_own_has_a_size_and_paper(scene: Scene) -> None:
    root = ET.fromstring(svg_file(scene, title="", description=""))
    assert root.attrib["viewBox"] == "-14 -14 228 128"
    assert root.attrib["width"] == "228"
    paper = next(root.iter(f"{SVG}rect"))
    assert (paper.attrib["x"], paper.attrib["width"], paper.attrib["fill"]) == ("-14", "228", "#ffffff")


def test_coordinates_are_short() -> None:
    assert [number(one) for one in (1.0, 1.26, -0.01, 100, 0.5, -0.5, 10.5)] == [
        *("1", "1.3", "0", "100", ".5", "-.5", "10.5")
    ]


def test_pdf_has_a_page_a_drawing_shared_fonts_and_the_same_bytes_each_time(scene: Scene) -> None:
    page = Page(scene, "A title", "A caption.")
    content = pdf([page, page, page], title="t", subject="s")
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") == 3
    assert content.count(b"/FontFile2") == 2
    # 228 wide; 26 for the title, 100 for the drawing, 25 for the caption, 28 of margin; 180 mm are 720 units
    assert content.count(b"/MediaBox [ 0 0 161.5748 126.8504 ]") == 3
    assert content == pdf([page, page, page], title="t", subject="s")
    assert len(content) < 2 * len(pdf([page], title="t", subject="s"))


def test_words_stand_above_and_below_a_drawing_and_nothing_lies_outside_its_page(scene: Scene) -> None:
    scene.add(Text(0, 99, "lowest"), Text(0, 12, "highest"))
    long = "A caption that is much longer than the drawing is wide, so that it takes more than one line."
    content = pdf([Page(scene, "Above", long)], title="t", subject="s")
    (stream,) = [one for one in streams(content) if b"Tj" in one]
    heights = {
        text.decode(): float(y)
        for y, text in re.findall(rb"1 0 0 1 \S+ (\S+) Tm /F\S+ \S+ Tf \S+ TL \((.*?)\) Tj", stream)
    }
    lines = [line for line in heights if long.startswith(line) or line in long]
    assert len(lines) > 1
    assert " ".join(lines) == long
    order = [*("Above", "highest", "lowest"), *lines]
    assert sorted(order, key=lambda text: -heights[text]) == order
    assert heights[lines[-1]] > 0


def test_paint_is_set_where_it_changes_and_only_there() -> None:
    made = Scene(100, 100)
    made.add(
        Path(((0, 0), (9, 0)), stroke="c1", dash=(5, 4)),
        Path(((0, 5), (9, 5)), stroke="c1", dash=(5, 4)),
        Path(((0, 9), (9, 9)), stroke="c2", width=2),
    )
    (stream,) = [one for one in streams(pdf([Page(made, "", "")], title="", subject="")) if b" m " in one]
    painted = re.findall(rb"\[[^]]*\] 0 d|\S+ \S+ \S+ RG|\S+ w$|^S$", stream, re.M)
    assert [one.split()[-1] for one in painted][-9:] == [
        *(b"d", b"RG", b"w", b"S", b"S", b"d", b"RG", b"w", b"S")
    ]


def test_a_pdf_without_a_page_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one page"):
        pdf([], title="t", subject="s")


def streams(content: bytes) -> list[bytes]:
    """The compressed parts of a PDF."""
    found: list[bytes] = []
    for start in re.finditer(rb"/Filter \[ /FlateDecode \] /Length (\d+).*?stream\r?\n", content, re.S):
        found.append(zlib.decompress(content[start.end() : start.end() + int(start[1])]))
    return found


def test_a_band_is_as_pale_in_pdf_as_in_svg() -> None:
    made = Scene(100, 100)
    made.add(
        Path(((0, 0), (50, 0), (50, 50)), fill="c1", opacity=0.16, closed=True), Box(0, 0, 9, 9, fill="c1")
    )
    assert 'fill-opacity="0.16"' in svg(made, key="k")
    states = re.findall(rb"/ca ([.\d]+)", pdf([Page(made, "", "")], title="", subject=""))
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
    root = ET.fromstring(svg(made, key="k"))
    drawn = [(one.attrib["class"], one.attrib["d"]) for one in root.iter(f"{SVG}path")]
    assert drawn == [
        ("f-c1", "M0 0h9v4h-9zM0 10h5v4h-5z"),
        ("f-c2", "M0 20h5v4h-5z"),
        ("s-faint", "M0 50h100M0 60h100M0 70h10"),
        ("s-faint", "M0 80h10"),
        ("f-ink s-paper", "M0 90l5 5l5-5z"),
    ]

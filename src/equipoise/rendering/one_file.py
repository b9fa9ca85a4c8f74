"""A page as one HTML file that holds all it needs and asks for nothing, written whole or not at all."""

import base64
import hashlib
import os
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from equipoise.rendering.palette import AREAS, DARK, LIGHT
from equipoise.rendering.words import LANGUAGE, TEXT

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_COLUMNS: Final = 16


def html(template: str, values: Mapping[str, Any]) -> str:
    """Fill a template; style, script and their policy come with it.

    Parameters
    ----------
    template
        Name of a file among the templates.
    values
        What it shows, besides ``text``, ``language``, ``style``, ``script`` and ``policy``.
    """
    style, script = _style(), _asset("report.js")
    return (
        _environment()
        .get_template(template)
        .render(
            text=TEXT, language=LANGUAGE, style=style, script=script, policy=_policy(style, script), **values
        )
    )


def table_html(view: object) -> str:
    """A table (`equipoise.rendering.tables.TableView`) as the page has it."""
    parts = cast("_Parts", _environment().get_template("parts.html.j2").module)
    return str(parts.data_table(view))


class _Parts(Protocol):
    """The macros that are used from here."""

    def data_table(self, view: object) -> str: ...


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("equipoise.rendering"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write_whole(text: str, path: Path) -> Path:
    """Write a file that is there as a whole or not at all; whatever stood there stands until then."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def _style() -> str:
    """The style sheet: colours from the palette, fonts, rules."""
    light = "".join(f"--{key}:{value};" for key, value in LIGHT.items())
    dark = "".join(f"--{key}:{value};" for key, value in DARK.items())
    keys = [*LIGHT, *AREAS]
    areas = "".join(f"--{key}:{value};" for key, value in AREAS.items())
    classes = "".join(
        f".f-{key}{{fill:var(--{key})}}.s-{key}{{stroke:var(--{key})}}.b-{key}{{background:var(--{key})}}"
        for key in keys
    )
    faces = "".join(
        f"@font-face{{font-family:'Equipoise Figure';font-weight:{weight};src:url(data:font/woff;base64,"
        f"{_base64(_bytes(f'fonts/EquipoiseFigure-{name}.woff'))}) format('woff')}}"
        for name, weight in (("Regular", "400"), ("Bold", "700"))
    )
    colours = (
        f":root{{{light}{areas}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{classes}"
    )
    return f"{faces}{colours}{_numeric_columns()}{_asset('report.css')}"


def _numeric_columns() -> str:
    """Rules for columns of numbers, which the class of a table names: shorter than a class in every cell."""
    cells = [f".n{place} tr>:nth-child({place})" for place in range(2, MOST_COLUMNS + 1)]
    numbers = [f".n{place} td:nth-child({place})" for place in range(2, MOST_COLUMNS + 1)]
    return f"{','.join(cells)}{{text-align:right}}{','.join(numbers)}{{white-space:nowrap}}"


def _policy(style: str, script: str) -> str:
    """The content security policy: this style and this script, embedded fonts and pictures, nothing else."""
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"
        for text in (style, script)
    ]
    return (
        f"default-src 'none'; style-src {hashes[0]}; script-src {hashes[1]}; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _asset(name: str) -> str:
    return _bytes(f"templates/{name}").decode()


def _bytes(name: str) -> bytes:
    return (resources.files("equipoise.rendering") / name).read_bytes()

"""A table as an Excel workbook (.xlsx) of one sheet: texts, numbers and dates, nothing else.

The parts are those that ECMA-376 requires. The same table gives the same bytes.
"""

import datetime
import re
import zipfile
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import polars as pl

from equipoise.base.errors import UsageError

MOST_ROWS: Final = 1_048_576  # of a sheet, the header included
_DAY_ZERO = datetime.date(1899, 12, 30)  # serial numbers of dates count from here (right from March 1900 on)
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)  # of every part: no time enters the file
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DATE_STYLE: Final = 1
_HEADER_STYLE: Final = 2

_CONTENT: Final = (
    f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
)
_ROOT: Final = (
    f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_PARTS: Final = (
    f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>'
)
# Cell formats: 0 plain, 1 an ISO date, 2 the bold letters of the header.
_STYLES: Final = (
    f'{_DECLARATION}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def write_workbook(path: Path, frame: pl.DataFrame, *, sheet: str) -> None:
    """Write a table as the only sheet of a workbook; missing cells stay empty.

    Parameters
    ----------
    path
        The file.
    frame
        Columns of texts, numbers and dates.
    sheet
        Name of the sheet.

    Raises
    ------
    UsageError
        U008 for more rows than a sheet holds.
    """
    check_rows(frame.height, path.name)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (
            ("[Content_Types].xml", _CONTENT),
            ("_rels/.rels", _ROOT),
            ("xl/workbook.xml", _workbook(sheet)),
            ("xl/_rels/workbook.xml.rels", _PARTS),
            ("xl/styles.xml", _STYLES),
        ):
            archive.writestr(_part(name), text)
        with archive.open(_part("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as part:
            part.write(_opening().encode())
            part.write(_row(1, frame.columns, header=True).encode())
            for number, row in enumerate(frame.iter_rows(), start=2):
                part.write(_row(number, row).encode())
            part.write(b"</sheetData></worksheet>")


def check_rows(rows: int, name: str) -> None:
    """Refuse more rows below a header than a sheet holds (U008), before they are made."""
    if rows >= MOST_ROWS:
        raise UsageError(
            "U008",
            where=name,
            found=f"{rows} rows and a header (a sheet holds {MOST_ROWS})",
            why="What does not fit would be lost.",
            do="Write fewer patients, or another format.",
        )


def _part(name: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, _MOMENT)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _workbook(sheet: str) -> str:
    return (
        f'{_DECLARATION}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        f'<sheet name={quoteattr(sheet)} sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _opening() -> str:
    """The sheet up to its rows; the header stays in sight."""
    return (
        f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        '<sheetFormatPr defaultRowHeight="15" defaultColWidth="14"/><sheetData>'
    )


def _row(number: int, cells: list[str] | tuple[object, ...], *, header: bool = False) -> str:
    written = "".join(
        _cell(f"{_letters(place)}{number}", cell, header)
        for place, cell in enumerate(cells)
        if cell is not None
    )
    return f'<row r="{number}">{written}</row>'


def _cell(place: str, cell: object, header: bool) -> str:
    match cell:
        case bool():
            raise TypeError("a cell is a text, a number or a date")
        case int() | float():
            return f'<c r="{place}"><v>{cell!r}</v></c>'
        case datetime.date():
            return f'<c r="{place}" s="{_DATE_STYLE}"><v>{(cell - _DAY_ZERO).days}</v></c>'
        case str():
            if _NOT_IN_XML.search(cell):
                raise ValueError("a text with letters that no workbook can hold")
            style = f' s="{_HEADER_STYLE}"' if header else ""
            text = f'<is><t xml:space="preserve">{escape(cell)}</t></is>'
            return f'<c r="{place}"{style} t="inlineStr">{text}</c>'
        case _:
            raise TypeError("a cell is a text, a number or a date")


def _letters(place: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters, rest = "", place + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters

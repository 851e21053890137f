"""An Excel workbook of one sheet (ECMA-376), written as XML: by openpyxl it takes many times as long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from html import escape
from itertools import product
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

Value = str | int | float | date | datetime | None
BATCH = 500  # rows that are written at once
_DAY_0 = date(1899, 12, 30).toordinal()  # Excel's days are counted from here
_SECONDS = 24 * 3600
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_NOTHING = 'numFmtId="0" fontId="0" fillId="0" borderId="0"'
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Format(IntEnum):
    """How a value is shown; the numbers are those of the style sheet."""

    PLAIN = 0
    DAY = 164
    INSTANT = 165


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks; a `quoted` text stays one when somebody edits it."""

    bold: bool = False
    wrapped: bool = False
    quoted: bool = False
    format: Format = Format.PLAIN


_LOOKS = {
    Look(*each): number
    for number, each in enumerate(product((False, True), (False, True), (False, True), Format))
}


def write(
    name: str,
    widths: Sequence[float],
    rows: Iterable[Sequence[tuple[Value, Look]]],
    frozen: int,
    target: BinaryIO,
) -> None:
    """Write a workbook; the first `frozen` rows stay in view. Texts hold nothing that XML can't."""
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for path, text in _parts(name).items():
            archive.writestr(path, _XML + text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write((_XML + _before(widths, frozen)).encode())
            lines: list[str] = []
            for number, row in enumerate(rows, start=1):
                lines.append(_row(number, row))
                if len(lines) == BATCH:
                    sheet.write("".join(lines).encode())
                    lines.clear()
            sheet.write("".join([*lines, "</sheetData></worksheet>"]).encode())


def letters(number: int) -> str:
    """Return how a column is called, the first is 0."""
    text, number = "", number + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _row(number: int, cells: Sequence[tuple[Value, Look]]) -> str:
    made = [_cell(f"{letters(place)}{number}", value, look) for place, (value, look) in enumerate(cells)]
    return f'<row r="{number}">{"".join(made)}</row>'


def _cell(where: str, value: Value, look: Look) -> str:
    head = f'<c r="{where}" s="{_LOOKS[look]}"'
    if value is None:
        return f"{head}/>"
    if isinstance(value, str):
        text = escape(value, quote=False).replace("\r", "&#13;")
        return f'{head} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f"{head}><v>{_number(value)}</v></c>"


def _number(value: float | date) -> str:
    if isinstance(value, datetime):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return repr(value.toordinal() - _DAY_0 + seconds / _SECONDS)
    return str(value.toordinal() - _DAY_0) if isinstance(value, date) else repr(value)


def _before(widths: Sequence[float], frozen: int) -> str:
    """Return what stands before the rows of a sheet."""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(widths, start=1)
    )
    below = f'ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" state="frozen"'
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane {below}/>'
        f'<selection pane="bottomLeft"/></sheetView></sheetViews><cols>{columns}</cols><sheetData>'
    )


def _parts(name: str) -> dict[str, str]:
    """Return everything but the sheet, by its path."""
    kinds = {
        "/xl/workbook.xml": "sheet.main",
        "/xl/worksheets/sheet1.xml": "worksheet",
        "/xl/styles.xml": "styles",
    }
    overrides = "".join(
        f'<Override PartName="{path}" ContentType="{_TYPE}.{kind}+xml"/>' for path, kind in kinds.items()
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        "_rels/.rels": _relations({"officeDocument": "xl/workbook.xml"}),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            {"worksheet": "worksheets/sheet1.xml", "styles": "styles.xml"}
        ),
        "xl/styles.xml": _styles(),
    }


def _relations(targets: dict[str, str]) -> str:
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _styles() -> str:
    font = '<sz val="11"/><name val="Calibri"/>'
    looks = "".join(
        f'<xf numFmtId="{look.format.value}" fontId="{look.bold:d}" fillId="0" borderId="0" xfId="0"'
        f' applyNumberFormat="1" applyFont="1" applyAlignment="1" quotePrefix="{look.quoted:d}">'
        f'<alignment vertical="top" wrapText="{look.wrapped:d}"/></xf>'
        for look in _LOOKS
    )
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
        f'<numFmt numFmtId="{Format.DAY.value}" formatCode="dd/mm/yyyy"/>'
        f'<numFmt numFmtId="{Format.INSTANT.value}" formatCode="dd/mm/yyyy\\ hh:mm:ss"/></numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        f'<cellStyleXfs count="1"><xf {_NOTHING}/></cellStyleXfs>'
        f'<cellXfs count="{len(_LOOKS)}">{looks}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )

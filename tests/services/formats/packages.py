"""Small Word files written by hand, for what no library would write; and small workbooks."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from openpyxl import Workbook

from domain.reading.layout import Sheet
from services.formats import word

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    f'xmlns:w="{MAIN}" xmlns:r="{RELATIONS}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def word_file(body: str, *, pages: int | None = None, content_type: str = _TYPE, **parts: str) -> bytes:
    """Return a Word file with this body; `parts` are the insides of numbering, styles, comments and so on."""
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{content_type}"/></Types>',
        "_rels/.rels": _relations({"officeDocument": "word/document.xml"}),
        "word/document.xml": f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": _relations({kind: f"{kind}.xml" for kind in parts}),
    }
    for kind, inside in parts.items():
        members[f"word/{kind}.xml"] = f"<w:{kind} {_SPACES}>{inside}</w:{kind}>"
    if pages is not None:
        members["docProps/app.xml"] = f"<Properties><Pages>{pages}</Pages></Properties>"
    return zipped(members)


def zipped(members: dict[str, str] | dict[str, bytes]) -> bytes:
    """Return a zip of these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def _relations(targets: dict[str, str]) -> str:
    each = "".join(
        f'<Relationship Id="r{at}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{each}</Relationships>'


def run(text: str, properties: str = "") -> str:
    """Return a run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(inside: str, properties: str = "") -> str:
    """Return a paragraph; what isn't markup becomes a run."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside if inside.startswith('<') else run(inside)}</w:p>"


def item(text: str, number: int = 1, depth: int = 0) -> str:
    """Return a paragraph that Word numbers."""
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def table(*rows: str, grid: tuple[int, ...] = ()) -> str:
    """Return a table of rows; `grid` are the widths of its columns."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


def row(*cells: str, properties: str = "") -> str:
    """Return a row; a cell that isn't markup becomes one."""
    made = (cell if cell.startswith(("<w:tc", "<w:sdt")) else tc(cell) for cell in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(made)}</w:tr>"


def tc(inside: str, properties: str = "") -> str:
    """Return a cell; what isn't markup becomes a paragraph."""
    blocks = inside if inside.startswith("<") else paragraph(inside)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{blocks}</w:tc>"


def level(form: str, text: str, depth: int = 0, *, start: int = 1, more: str = "") -> str:
    """Return one level of a list's definition."""
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*levels: str, lists: int = 1, overrides: str = "") -> str:
    """Return one definition and lists that follow it; the last of them has `overrides`."""
    numbers = "".join(
        f'<w:num w:numId="{at}"><w:abstractNumId w:val="0"/>{overrides if at == lists else ""}</w:num>'
        for at in range(1, lists + 1)
    )
    return f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{numbers}'


def laid(body: str, **more: Any) -> Sheet:
    """Return what a Word file with this body is laid out as."""
    return word.lay_out(word_file(body, **more))


def codes(sheet: Sheet) -> list[str]:
    """Return the codes of a sheet's findings."""
    return [finding.code for finding in sheet.findings]


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    """Return the cells of a sheet's rows."""
    return [each.cells for each in sheet.rows]


def book(*rows: list[Any]) -> Workbook:
    """Return a workbook whose only sheet has these rows."""
    made = Workbook()
    for each in rows:
        made.active.append(each)
    return made

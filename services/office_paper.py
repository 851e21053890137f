"""Word documents in the form that Decree 30/2020/NĐ-CP prescribes: paper, margins, type, heads, tables."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

FONT = "Times New Roman"
BODY, SMALL, TABLE = 14, 11, 11  # points
A4 = (210, 297)  # millimetres
MARGINS = {"top": 20, "bottom": 20, "left": 30, "right": 15}
_WIDTH = A4[0] - MARGINS["left"] - MARGINS["right"]
_EDGES = ("top", "left", "bottom", "right", "insideH", "insideV")


def clean(text: str) -> str:
    """Leave out what no XML text can hold and what turns the reading direction; line breaks stay."""
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in _UNSEEN)


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class Paper:
    """A document that is being written; each method adds to its end."""

    def __init__(self, title: str, author: str) -> None:
        self.document = Document()
        normal = self.document.styles["Normal"]
        _font(normal, BODY)
        normal.paragraph_format.space_after = Pt(0)
        core = self.document.core_properties
        core.title, core.author, core.comments = clean(title)[:255], clean(author)[:255], ""
        core.language = "vi-VN"
        _upright(self.document.sections[0])
        _number_pages(self.document.sections[0])

    def text(
        self,
        text: str,
        *,
        align: Any = ALIGN.JUSTIFY,
        bold: bool = False,
        italic: bool = False,
        size: int = BODY,
        indent: bool = True,
        keep: bool = False,
    ) -> None:
        """Add a paragraph of running text, its first line indented."""
        paragraph = self.document.add_paragraph()
        write(paragraph, text, bold=bold, italic=italic, size=size)
        paragraph.alignment = align
        layout = paragraph.paragraph_format
        layout.space_before, layout.space_after, layout.line_spacing = Pt(3), Pt(3), 1.15
        layout.first_line_indent = Mm(10) if indent else None
        layout.keep_with_next = keep

    def heading(self, text: str) -> None:
        """Add the heading of a part: bold, never the last line of a page."""
        self.text(text, bold=True, keep=True)

    def centred(self, text: str, *, bold: bool = False, italic: bool = False, size: int = BODY) -> None:
        """Add a line in the middle."""
        self.text(text, align=ALIGN.CENTER, bold=bold, italic=italic, size=size, indent=False, keep=True)

    def rule(self, width: int) -> None:
        """Draw a line of so many millimetres in the middle, as it stands under a title."""
        table = self.document.add_table(1, 1)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _set_widths(table, [width])
        _edge(table.cell(0, 0), "top")
        paragraph = table.cell(0, 0).paragraphs[0]
        write(paragraph, "", size=4)
        paragraph.paragraph_format.line_spacing = Pt(6)

    def blocks(self, widths: Sequence[int]) -> list[Any]:
        """Add blocks side by side without lines, as heads and signatures stand; return their cells."""
        table = self.document.add_table(1, len(widths))
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _set_widths(table, widths)
        _no_padding(table)
        _mark(table.rows[0], "w:cantSplit")
        return list(table.rows[0].cells)

    def landscape(self) -> None:
        """Go on with a new page laid across."""
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        # The paragraph that holds the break would fall onto a page of its own behind a full one.
        breaks = self.document.paragraphs[-1]
        write(breaks, "", size=1)
        breaks.paragraph_format.line_spacing = Pt(1)
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(A4[1]), Mm(A4[0])

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """Add a table with lines; its heads come again on each page, and no row is torn apart."""
        table = self.document.add_table(1, len(heads))
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _lines(table)
        _fill(table.rows[0], heads, bold=True)
        _mark(table.rows[0], "w:tblHeader")
        for row in rows:
            added = table.add_row()
            _fill(added, row, bold=False)
            _mark(added, "w:cantSplit")
        _set_widths(table, widths)

    def save(self, target: Any) -> None:
        """Write the document to a path or a stream."""
        self.document.save(target)


def line(cell: Any, text: str, *, size: int = 13, **style: bool) -> None:
    """Add a line in the middle of a block; an empty paragraph at its end is taken for it."""
    last = cell.paragraphs[-1]
    paragraph = cell.add_paragraph() if last.runs else last
    write(paragraph, text, size=size, **style)
    paragraph.alignment = ALIGN.CENTER


def underline(cell: Any, share: float, width: int) -> None:
    """Draw a line under what a block says so far, over `share` of its `width` in millimetres."""
    inner = cell.add_table(1, 1)
    inner.alignment = WD_TABLE_ALIGNMENT.CENTER
    _set_widths(inner, [round(width * share)])
    _edge(inner.cell(0, 0), "top")
    paragraph = inner.cell(0, 0).paragraphs[0]
    write(paragraph, "", size=2)
    paragraph.paragraph_format.line_spacing = Pt(3)


def write(paragraph: Any, text: str, *, bold: bool = False, italic: bool = False, size: int = BODY) -> None:
    """Add text to a paragraph, in the document's type."""
    run = paragraph.add_run(clean(text))
    run.bold, run.italic = bold, italic
    _font(run, size)


def _font(of: Any, size: int) -> None:
    of.font.name, of.font.size = FONT, Pt(size)
    fonts = of.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in (
        "w:ascii",
        "w:hAnsi",
        "w:cs",
        "w:eastAsia",
    ):  # else some take another for Vietnamese
        fonts.set(qn(kind), FONT)


def _upright(section: Any) -> None:
    section.page_width, section.page_height = Mm(A4[0]), Mm(A4[1])
    for side, width in MARGINS.items():
        setattr(section, f"{side}_margin", Mm(width))
    section.header_distance, section.footer_distance = Mm(10), Mm(10)


def _number_pages(section: Any) -> None:
    """Number the pages in the middle above the text, but for the first one."""
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = ALIGN.CENTER
    for kind, said in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        _font(run, 13)
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = said
        run._r.append(part)


def _fill(row: Any, texts: Sequence[str], *, bold: bool) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        for number, each in enumerate(text.split("\n")):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            write(paragraph, each, bold=bold, size=TABLE)
            short = bold or all(len(part) <= 8 for part in text.split("\n"))
            paragraph.alignment = ALIGN.CENTER if short else ALIGN.LEFT


def _set_widths(table: Any, widths: Sequence[int]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _lines(table: Any) -> None:
    borders = OxmlElement("w:tblBorders")
    for edge in _EDGES:
        borders.append(_drawn(edge))
    table._tbl.tblPr.append(borders)


def _no_padding(table: Any) -> None:
    """Use the whole width of narrow blocks, so that the nation's name stays on one line."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _edge(cell: Any, edge: str) -> None:
    borders = OxmlElement("w:tcBorders")
    borders.append(_drawn(edge))
    cell._tc.get_or_add_tcPr().append(borders)


def _drawn(edge: str) -> Any:
    drawn = OxmlElement(f"w:{edge}")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
        drawn.set(qn(f"w:{name}"), value)
    return drawn


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))

"""Make the PDF fixtures out of the packaged decision; needs LibreOffice and pdftotext.

Run by hand (`python tests/services/formats/make_pdfs.py`) when a shape changes; no test runs it, the files
that it makes are committed.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from domain.reading.rows import drafts_of  # noqa: E402 - the path comes first
from domain.reading.tables import text_sheet  # noqa: E402 - the path comes first
from services.setup import PACKAGED  # noqa: E402 - the path comes first

DATA = HERE / "data"
HEADINGS = {
    "number": "TT",
    "content": "Nội dung công việc",
    "lead": "Cơ quan chủ trì",
    "coordinating": "Cơ quan phối hợp",
    "time": "Thời gian thực hiện/ hoàn thành",
    "product": "Sản phẩm",
}
USUAL = tuple(HEADINGS)
WIDTHS = {"number": 1.0, "content": 7.6, "lead": 3.6, "coordinating": 4.0, "time": 4.2, "product": 5.0}
_BULLETS = re.compile(r"(?<=[;,.])\s+(?=- \S)")


@dataclass(frozen=True)
class Shape:
    """How a document looks."""

    columns: tuple[str, ...] = USUAL
    ruled: bool = True
    landscape: bool = True
    split_tables: bool = False
    size: int = 12
    spacing: float = 1.0
    footer: bool = True
    body_times: int = 1


SHAPES = {
    "ruled-landscape": Shape(),
    "ruled-portrait": Shape(landscape=False, size=10),
    "unruled": Shape(ruled=False, size=11),
    "shuffled": Shape(columns=("number", "time", "product", "content", "coordinating", "lead")),
    "several-tables": Shape(split_tables=True),
    "twenty-pages": Shape(size=14, spacing=1.5),
}


def decision() -> tuple[list[str], list[list[dict[str, str]]]]:
    """Return the body's paragraphs, and the appendix's rows, one list for each section."""
    sheet = text_sheet(PACKAGED.read_text("utf-8"))
    drafts = drafts_of(list(sheet.rows))
    sections: list[list[dict[str, str]]] = []
    for section in drafts.sections:
        rows = [{"section": f"{section.code}. {section.title}"}]
        rows += [draft.cells for draft in drafts.tasks if draft.section == section.code]
        sections.append(rows)
    return paragraphs(sheet.body), sections


def paragraphs(lines: Iterable[str]) -> list[str]:
    """Join the lines of the text to paragraphs, without the marks for bold and italics."""
    text = "\n".join(lines).replace("**", "\n").replace("*", "")
    joined = re.sub(r"(?<=[\w,;\-])\n(?=[a-zà-ỹđ]|\d{4})", " ", text)
    return [line.strip() for line in joined.splitlines() if line.strip()]


def build(shape: Shape, path: Path) -> None:
    """Write the decision as a Word document of this shape."""
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Liberation Serif", Pt(max(shape.size, 12))
    style.paragraph_format.line_spacing = shape.spacing
    style.paragraph_format.space_after = Pt(4)
    body, sections = decision()
    at = body.index("Phụ lục")
    _letterhead(document, body[:2])
    for text in body[2:at]:
        _paragraph(document, text)
    section = document.add_section()
    section.left_margin = section.right_margin = Cm(2)
    if shape.landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    if shape.footer:
        _page_numbers(document)
    for text in body[at:]:
        _paragraph(document, text, centred=True)
    groups = sections if shape.split_tables else [[row for rows in sections for row in rows]]
    for rows in groups:
        _table(document, rows, shape)
        document.add_paragraph()
    document.save(str(path))


def _letterhead(document: docx.document.Document, numbered: list[str]) -> None:
    """Put the issuer with the number on the left and the nation with the date on the right."""
    left = ["ỦY BAN NHÂN DÂN", "PHƯỜNG THÀNH ĐÔNG", numbered[0]]
    right = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", numbered[1]]
    table = document.add_table(rows=1, cols=2)
    for cell, lines, width in zip(table.rows[0].cells, (left, right), (6.0, 9.5), strict=True):
        cell.width = Cm(width)
        for index, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
            paragraph.add_run(line).bold = line.isupper()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _paragraph(document: docx.document.Document, text: str, *, centred: bool = False) -> None:
    paragraph = document.add_paragraph(text)
    if centred or text.isupper():
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        paragraph.paragraph_format.first_line_indent = Cm(1.27)


def _page_numbers(document: docx.document.Document) -> None:
    header = document.sections[0].header.paragraphs[0]
    header.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = header.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _table(document: docx.document.Document, rows: list[dict[str, str]], shape: Shape) -> None:
    table = document.add_table(rows=1, cols=len(shape.columns))
    table.autofit = False
    if shape.ruled:
        table.style = "Table Grid"
    scale = 1.0 if shape.landscape else 0.66
    for index, name in enumerate(shape.columns):
        table.columns[index].width = Cm(WIDTHS[name] * scale)
        _fill(table.rows[0].cells[index], HEADINGS[name], shape, bold=True)
    mark = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
    for row in rows:
        cells = table.add_row().cells
        if "section" in row:
            _fill(cells[0].merge(cells[-1]), row["section"], shape, bold=True)
            continue
        for index, name in enumerate(shape.columns):
            _fill(cells[index], row.get(name, ""), shape)
    for row_ in table.rows:
        for index, name in enumerate(shape.columns):
            row_.cells[index].width = Cm(WIDTHS[name] * scale)


def _fill(cell: docx.table._Cell, text: str, shape: Shape, *, bold: bool = False) -> None:
    lines = [line for part in text.split("\n") for line in _BULLETS.split(part)]
    for index, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(line)
        run.font.size, run.bold = Pt(shape.size), bold


def printed(source: Path, target: Path) -> None:
    """Print a document to PDF."""
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(source.parent), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    target.write_bytes(source.with_suffix(".pdf").read_bytes())


def make(names: Iterable[str], report: Callable[[str], None] = print) -> None:
    """Make these shapes, and the text that pdftotext gives of each."""
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            source = Path(folder) / f"{name}.docx"
            build(SHAPES[name], source)
            printed(source, DATA / f"{name}.pdf")
            command = ["pdftotext", "-layout", str(DATA / f"{name}.pdf"), str(DATA / f"{name}.layout.txt")]
            subprocess.run(command, check=True, timeout=60)
            report(f"{name}: {(DATA / f'{name}.pdf').stat().st_size // 1024} kB")


if __name__ == "__main__":
    make(sys.argv[1:] or SHAPES)

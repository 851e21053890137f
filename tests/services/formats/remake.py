"""The ward's real decision made again from its text as Word and Excel files of many shapes."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl import Workbook
from openpyxl.styles import Border, Side

from domain.plans import PlanReading, Source
from domain.reading.layout import Line
from domain.reading.tables import joined, text_sheet
from services.setup import PACKAGED

HEAD = (
    "UBND PHƯỜNG THÀNH ĐÔNG\n\nSố: 16/QĐ-UBND",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc",
)
PLACE = "Thành Đông, ngày 14 tháng 01 năm 2026"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision's parts: the lines before its table, the header, and rows of sections and tasks."""

    before: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def in_order(self, order: Sequence[int]) -> Decision:
        """Return the same decision with its columns in another order; section titles stay in front."""
        return replace(
            self,
            header=_ordered(self.header, order),
            rows=tuple(row if is_section(row) else _ordered(row, order) for row in self.rows),
        )

    def sections(self) -> list[tuple[str, list[tuple[str, ...]]]]:
        """Return each section's title with its tasks."""
        found: list[tuple[str, list[tuple[str, ...]]]] = []
        for row in self.rows:
            if is_section(row):
                found.append((row[0], []))
            else:
                found[-1][1].append(row)
        return found


def is_section(row: tuple[str, ...]) -> bool:
    """Say whether a row is a section's title."""
    return not any(row[1:])


def decision_text() -> str:
    """Return the real decision as it is packaged."""
    return PACKAGED.read_text("utf-8")


def real_decision() -> Decision:
    """Return the real decision with its rows whole again."""
    sheet = text_sheet(decision_text())
    header = sheet.rows[0].cells
    rows: list[tuple[str, ...]] = []
    for row in sheet.rows:
        if row.cells == header:
            continue
        if row.cells[0]:
            rows.append(row.cells)
        else:
            rows[-1] = tuple(joined(above, below) for above, below in zip(rows[-1], row.cells, strict=True))
    before = tuple(block.text for block in sheet.blocks if isinstance(block, Line))
    return Decision(before, header, tuple(rows))


def essence(plan: PlanReading) -> list[Any]:
    """Return what must be the same however the decision was laid out."""
    tasks = [replace(task, source=Source(0, 0)) for task in plan.tasks]
    return [plan.decision, plan.reporting_calendar, plan.sections, *tasks]


def _ordered(row: tuple[str, ...], order: Sequence[int]) -> tuple[str, ...]:
    return tuple(row[at] for at in order)


def saved(document: Any) -> bytes:
    """Return a Word document or an Excel workbook as the bytes of its file."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def docx(decision: Decision, *shapes: Callable[[Any, Decision], None]) -> bytes:
    """Return a Word file: the lines, then one table, then each of `shapes` is done to it."""
    document = Document()
    add_lines(document, decision.before)
    add_table(document, [decision.header, *decision.rows])
    document.add_paragraph()  # Word wants one after a table
    for shape in shapes:
        shape(document, decision)
    return saved(document)


def add_lines(document: Any, lines: Sequence[str]) -> None:
    """Add each line as a paragraph."""
    for line in lines:
        document.add_paragraph(line)


def add_table(document: Any, rows: Sequence[tuple[str, ...]], width: int | None = None) -> Any:
    """Add a table with these cells; a line break inside a cell begins a paragraph."""
    table = document.add_table(rows=len(rows), cols=width or max(len(row) for row in rows))
    for row, said in zip(table._tbl.tr_lst, rows, strict=True):
        for cell, text in zip(row.tc_lst, said, strict=False):
            fill(cell, text)
    return table


def fill(cell: Any, text: str) -> None:
    """Put text into a table cell, a paragraph for each line."""
    first, *more = text.split("\n")
    paragraph = cell.p_lst[0]
    add_run(paragraph, first)
    for line in more:
        add_run(cell.add_p(), line)


def add_run(paragraph: Any, text: str) -> None:
    """Add a run of text to a paragraph's element."""
    paragraph.add_r().text = text


def element(tag: str, **attributes: str) -> Any:
    """Return a `w:` element with `w:` attributes."""
    made = OxmlElement(f"w:{tag}")
    for name, said in attributes.items():
        made.set(qn(f"w:{name}"), said)
    return made


def with_head_table(document: Any, _: Decision) -> None:
    """Put the head into a table of two columns without borders, as offices do, in place of its lines."""
    body = document.element.body
    for paragraph in list(body.p_lst):
        if "Số: 16/QĐ-UBND" in paragraph.text or paragraph.text.startswith("Thành Đông, ngày"):
            body.remove(paragraph)
    table = add_table(document, [HEAD, ("", PLACE)])
    body.insert(0, table._tbl)


def with_merged_cells(document: Any, decision: Decision) -> None:
    """Merge section titles across the table, and alike leads of neighbouring rows down it."""
    table = document.tables[-1]
    for at, row in enumerate(decision.rows, 1):
        if is_section(row):
            _span(table._tbl.tr_lst[at], len(row))
        elif at > 1 and not is_section(decision.rows[at - 2]) and decision.rows[at - 2][2] == row[2]:
            _merge_down(table._tbl.tr_lst[at - 1].tc_lst[2], table._tbl.tr_lst[at].tc_lst[2])


def _span(row: Any, width: int) -> None:
    first, *others = row.tc_lst
    first.grid_span = width
    for cell in others:
        row.remove(cell)


def _merge_down(above: Any, below: Any) -> None:
    if above.vMerge is None:
        above.vMerge = "restart"
    below.vMerge = "continue"
    for run in list(below.p_lst[0].r_lst):
        below.p_lst[0].remove(run)


def with_automatic_numbers(document: Any, decision: Decision) -> None:
    """Take every section's and task's number out of the text and let Word count instead."""
    sections = add_list(document, "upperRoman", "%1.")
    tasks = 0
    for at, row in enumerate(decision.rows, 1):
        cell = document.tables[-1]._tbl.tr_lst[at].tc_lst[0]
        paragraph = cell.p_lst[0]
        if is_section(row):
            paragraph.r_lst[0].text = row[0].partition(". ")[2]
            number(paragraph, sections)
            tasks = add_list(document, "decimal", "%1")
        else:
            paragraph.remove(paragraph.r_lst[0])
            number(paragraph, tasks)


def add_list(document: Any, form: str, text: str, start: int = 1) -> int:
    """Add a list with one level; return its number."""
    numbering = document.part.numbering_part.element
    taken = [int(each.get(qn("w:abstractNumId"))) for each in numbering.findall(qn("w:abstractNum"))]
    definition = element("abstractNum", abstractNumId=str(max(taken, default=0) + 1))
    level = element("lvl", ilvl="0")
    for tag, said in (("start", str(start)), ("numFmt", form), ("lvlText", text)):
        level.append(element(tag, val=said))
    definition.append(level)
    numbering.insert(0, definition)
    made: int = numbering.add_num(max(taken, default=0) + 1).numId
    return made


def number(paragraph: Any, number: int) -> None:
    """Make a paragraph an item of a list."""
    paragraph.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = number


def with_tracked_changes(document: Any, decision: Decision) -> None:
    """Put an old text, deleted, before each time, and the time itself into an insertion."""
    time = decision.header.index("Thời gian thực hiện/ hoàn thành")
    for at, row in enumerate(decision.rows, 1):
        if not is_section(row):
            paragraph = document.tables[-1]._tbl.tr_lst[at].tc_lst[time].p_lst[0]
            change(paragraph, "Trước ngày 01/02/2026")


def change(paragraph: Any, before: str) -> None:
    """Make the paragraph's text an insertion that takes the place of `before`."""
    inserted = element("ins", id="1", author="Lan", date="2026-01-10T08:00:00Z")
    for run in list(paragraph.r_lst):
        inserted.append(run)
    deleted = element("del", id="2", author="Lan", date="2026-01-10T08:00:00Z")
    old = element("r")
    text = element("delText")
    text.text = before
    old.append(text)
    deleted.append(old)
    paragraph.append(deleted)
    paragraph.append(inserted)


def docx_split_by_pages() -> bytes:
    """Return the real decision with its table as printed: a table per page, headers and rows repeated."""
    document = Document()
    sheet = text_sheet(decision_text())
    add_lines(document, sheet.body)
    for table in range(1, max(row.table for row in sheet.rows) + 1):
        add_table(document, [row.cells for row in sheet.rows if row.table == table])
        document.add_paragraph()
    return saved(document)


def docx_by_section(decision: Decision) -> bytes:
    """Return a Word file with a table for each section, whose title is a paragraph before it."""
    document = Document()
    add_lines(document, decision.before)
    for title, rows in decision.sections():
        document.add_paragraph(title)
        add_table(document, [decision.header, *rows])
    return saved(document)


def xlsx(decision: Decision, *shapes: Callable[[Any, Decision], None], sheets: int = 1) -> bytes:
    """Return an Excel file: lines from A1 down, then the table, on one sheet or spread over several."""
    book = Workbook()
    book.remove(book.active)
    share = -(-len(decision.rows) // sheets)
    for at in range(sheets):
        page = book.create_sheet(f"Trang {at + 1}")
        if at == 0:
            for line in decision.before:
                page.append([line] if line.strip() else [])
        for row in (decision.header, *decision.rows[at * share : (at + 1) * share]):
            page.append(list(row))
            for cell in page[page.max_row]:
                cell.border = Border(*(Side("thin"),) * 4)
    for shape in shapes:
        shape(book, decision)
    return saved(book)


def with_merged_ranges(book: Any, decision: Decision) -> None:
    """Merge section titles across the sheet, and alike leads of neighbouring rows down it."""
    page = book.worksheets[0]
    first = page.max_row - len(decision.rows) + 1
    lead = decision.header.index("Cơ quan chủ trì")
    at = 0
    while at < len(decision.rows):
        row, end = decision.rows[at], at + 1
        if is_section(row):
            page.merge_cells(None, first + at, 1, first + at, len(row))
        else:
            while (
                end < len(decision.rows)
                and not is_section(decision.rows[end])
                and (decision.rows[end][lead] == row[lead])
            ):
                end += 1
            if end > at + 1:
                page.merge_cells(None, first + at, lead + 1, first + end - 1, lead + 1)
        at = end

"""Lay out a Word document (.docx, .docm, .dotx): paragraphs as lines, tables as rows."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace

from domain.errors import NotADecision
from domain.plans import Source
from domain.reading.layout import Line, Row, Sheet
from domain.reading.normal import composed
from domain.reading.tables import is_header, text_sheet
from services.formats.notes import Notes
from services.formats.word_numbering import Numbering, read_numbering
from services.formats.word_package import Element, Package, W
from services.formats.word_tables import Cell, Grid, GridRow, grid_of, paragraphs_and_tables
from services.formats.word_text import Story, goes_on, is_hidden, read_paragraph

_LAYOUT_COLUMNS = 3  # issuer and motto side by side, perhaps with a column between them
_LAYOUT_CELLS = 2


def lay_out(data: bytes) -> Sheet:
    """Return the document's lines and rows; what the format hides is named among the findings.

    Tracked changes are read as if accepted. Automatic numbers stand where Word shows them. A table
    without borders and header that only places the head or the signatures comes out as lines.

    Raises:
        HarmfulFile, LockedFile, DamagedFile: see `services.formats.archive`.
        NotADecision: no Word document is inside, or nothing but pictures.
    """
    package = Package(data)
    notes = Notes()
    layout = _Layout(notes, read_numbering(package.part("numbering"), package.part("styles")))
    layout.add_blocks(package.document.find(W + "body"))
    _note_asides(package, notes)
    if (
        layout.page == 1 or layout.page != package.pages()
    ):  # Word's marks of where pages broke are out of date
        layout.forget_pages()
    sheet = Sheet(tuple(layout.blocks), notes.findings())
    if "picture" in notes.met and not sheet.text.strip():
        raise NotADecision(
            "only pictures",
            "Tệp Word chỉ chứa ảnh chụp hoặc ảnh quét, không có chữ. Đề nghị xin bản gốc có chữ, "
            "hoặc lưu thành PDF rồi nhận dạng chữ (OCR) trước khi đọc.",
        )
    return _plain(sheet)


def _plain(sheet: Sheet) -> Sheet:
    """Return the sheet without tabs in its lines; where they make up the only table, it becomes rows."""
    if not sheet.rows and any(is_header(tuple(line.split("\t"))) for line in sheet.body):
        return replace(sheet, blocks=text_sheet("\n".join(sheet.body)).blocks)
    blocks = (
        replace(block, text=block.text.replace("\t", " ").strip()) if isinstance(block, Line) else block
        for block in sheet.blocks
    )
    return replace(sheet, blocks=tuple(blocks))


def _note_asides(package: Package, notes: Notes) -> None:
    """Note what stands beside the text: comments and footnotes."""
    notes.place = None
    for code, kind, tag in (("comments", "comments", "comment"), ("footnotes", "footnotes", "footnote")):
        part = package.part(kind)
        for aside in () if part is None else part.findall(W + tag):
            said = "".join(piece.text or "" for piece in aside.iter(W + "t"))
            if said.strip() and aside.get(W + "type", "normal") == "normal":
                notes.add(code, said)


@dataclass(slots=True)
class _Layout:
    """What has been laid out so far; `page` is the one that the reader stands on."""

    notes: Notes
    numbering: Numbering
    blocks: list[Line | Row] = field(default_factory=list)
    tables: int = 0
    page: int = 1

    def add_blocks(self, parent: Element | None) -> None:
        """Lay out the paragraphs and tables of the body, or of a cell that only places them."""
        held = ""
        for block in () if parent is None else paragraphs_and_tables(parent):
            if block.tag == W + "p":
                held = self._add_paragraph(block, held)
            elif block.tag == W + "tbl":
                self._add_table(grid_of(block))
            else:
                self.notes.add("embedded")
        if held:
            self._add_lines(held, self.page)

    def forget_pages(self) -> None:
        """Take the page from every block and note."""
        self.blocks = [replace(block, page=None) for block in self.blocks]
        for note in self.notes.met.values():
            note.place = note.place and replace(note.place, page=None)

    def _add_paragraph(self, paragraph: Element, held: str) -> str:
        """Add a paragraph after what is `held` back of the one before; return what must wait for the next."""
        story = read_paragraph(paragraph, self.notes)
        page = self.page + 1 if story.breaks_first else self.page
        self.page += story.breaks
        text = held + self._labelled(paragraph, story)
        if goes_on(paragraph):
            return text
        self._add_lines(text, page)
        return ""

    def _add_lines(self, text: str, page: int) -> None:
        self.blocks += [Line(composed(line).strip(" \r"), page) for line in text.split("\n")]

    def _labelled(self, paragraph: Element, story: Story) -> str:
        """Return the text with its automatic number; one that is deleted or hidden whole has none."""
        if not story.text and (goes_on(paragraph) or is_hidden(paragraph)):
            return ""
        return self.numbering.label(paragraph, self.notes) + story.text

    def _add_table(self, grid: Grid) -> None:
        if _only_places(grid):
            for row in grid.rows:
                for cell in row.cells:
                    self.add_blocks(cell.element)
            return
        self.tables += 1
        numbers = itertools.count(1)
        for row in grid.rows:
            if self._is_gone(row):
                continue
            number = next(numbers)
            self.notes.place = Source(self.tables, number, self.page)
            self._add_row(grid, row, number)
        self.notes.place = None

    def _is_gone(self, row: GridRow) -> bool:
        """Note a row that a tracked change adds or takes away; say whether it is taken away."""
        if row.deleted or row.inserted:
            said = " ".join(_raw(cell) for cell in row.cells)
            self.notes.add("tracked_changes", f"{'xoá' if row.deleted else 'thêm'} dòng: {said.strip()}")
        return row.deleted

    def _add_row(self, grid: Grid, row: GridRow, number: int) -> None:
        cells = [""] * grid.width
        breaks, first = 0, False
        for cell in row.cells:
            if cell.continues:
                if _raw(cell).strip():
                    self.notes.add("hidden_text", _raw(cell))
                continue
            said = self._cell(cell.element)
            cells[cell.column] = said.text
            breaks = max(breaks, said.breaks)
            first = first or said.breaks_first
        below = frozenset(cell.column for cell in row.cells if cell.continues)
        page = self.page + 1 if first else self.page
        self.page += breaks
        self.blocks.append(Row(self.tables, number, tuple(cells), page, below))

    def _cell(self, element: Element) -> Story:
        """Return a cell's lines as one story."""
        whole = Story()
        lines: list[str] = []
        held = ""
        for block in paragraphs_and_tables(element):
            if block.tag == W + "tbl":
                lines += self._nested(grid_of(block))
                continue
            if block.tag != W + "p":
                self.notes.add("embedded")
                continue
            story = read_paragraph(block, self.notes)
            whole.breaks_first = whole.breaks_first or (story.breaks_first and not any(lines))
            whole.breaks += story.breaks
            held += self._labelled(block, story)
            if not goes_on(block):
                lines.append(held)
                held = ""
        whole.pieces = [_tidy("\n".join([*lines, held]))]
        return whole

    def _nested(self, grid: Grid) -> list[str]:
        """Return the rows of a table inside a cell, each as one line."""
        lines: list[str] = []
        for row in grid.rows:
            if not self._is_gone(row):
                said = [self._cell(cell.element).text for cell in row.cells if not cell.continues]
                lines.append(" ".join(" ".join(said).split()))
        self.notes.add("nested_table", next(filter(None, lines), ""))
        return lines


def _only_places(grid: Grid) -> bool:
    """Say whether a table only places text side by side, as at a letter's head and foot."""
    if grid.width > _LAYOUT_COLUMNS:
        return False
    rows = [tuple(filter(None, (_raw(cell).strip() for cell in row.cells))) for row in grid.rows]
    return all(len(said) <= _LAYOUT_CELLS and not is_header(said) for said in rows)


def _raw(cell: Cell) -> str:
    """Return the text in a cell without looking at what it means."""
    return "".join(piece.text or "" for piece in cell.element.iter(W + "t"))


def _tidy(text: str) -> str:
    """Return a cell's text without tabs, spaces at the ends of lines and empty lines."""
    lines = (composed(line).replace("\t", " ").strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)

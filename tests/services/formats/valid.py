"""The packaged decision, or a small plan, as Word and Excel write it.

`python -m tests.services.formats.valid FOLDER` writes both files of the decision.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import docx
import openpyxl

from domain.reading.layout import Row, Sheet
from domain.reading.tables import text_sheet
from services.setup import PACKAGED

SMALL = text_sheet(
    "Số: 5/KH-UBND\nThành Đông, ngày 14 tháng 01 năm 2026\nKẾ HOẠCH\nCải cách hành chính năm 2026\n\n"
    "TT\tNội dung\tCơ quan chủ trì\tThời gian\tSản phẩm\n"
    "1\tXây dựng kế hoạch\tPhòng Văn hóa - Xã hội\tTrước ngày 30/9/2026\tKế hoạch\n"
    "2\tBáo cáo kết quả\tCông an phường\tQuý IV/2026\tBáo cáo\n"
)
DECISION = text_sheet(PACKAGED.read_text(encoding="utf-8"))


def word(sheet: Sheet = SMALL) -> bytes:
    """Return the sheet as a Word document."""
    document, buffer = docx.Document(), io.BytesIO()
    table, number = None, 0
    for block in sheet.blocks:
        if not isinstance(block, Row):
            document.add_paragraph(block.text)
            continue
        if table is None or block.table != number:
            table, number = document.add_table(rows=0, cols=len(block.cells)), block.table
        for cell, text in zip(table.add_row().cells, block.cells, strict=False):
            cell.text = text
    document.save(buffer)
    return buffer.getvalue()


def excel(sheet: Sheet = SMALL) -> bytes:
    """Return the sheet as a workbook with one sheet."""
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    page = book.active
    assert page is not None
    for block in sheet.blocks:
        page.append(block.cells if isinstance(block, Row) else [block.text])
    book.save(buffer)
    return buffer.getvalue()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (folder / "decision.docx").write_bytes(word(DECISION))
    (folder / "decision.xlsx").write_bytes(excel(DECISION))

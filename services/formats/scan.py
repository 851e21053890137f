"""Lay out a scan through Tesseract, where it is installed with Vietnamese."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any

from domain.errors import PlainFault
from domain.plans import Finding
from domain.reading.layout import Sheet
from domain.reading.normal import composed
from domain.reading.print_doubts import about_print
from services.formats.pdf import each_page
from services.formats.pdf_blocks import sheet_of
from services.formats.pdf_margins import drop_margins
from services.formats.pdf_pages import PrintedPage
from services.formats.pdf_pictures import DPI, picture_of, rules_in, without_rules
from services.formats.pdf_refusals import ScannedDocument
from services.formats.pdf_rules import grids
from services.formats.pdf_words import PageText, Text

PAGE_SECONDS = 180
_BRIDGE = 10.0  # points: scanned rules are broken
_NOISE = re.compile(r"^[|¡¬'‘.\-–]+(?=\d{1,3}\.?$)|(?<=\d)[.,]*,$")
_SURE = 60  # per cent, as Tesseract reckons
_BORDERS = set("|_-—–=[]{}¦!~.'‘’`")  # what it makes of rules
_COLUMNS = 12  # of its table; the last three are height, confidence and word


class OcrMissing(ScannedDocument):
    """The document is a scan, and the machine can't recognise Vietnamese."""


class OcrFailed(PlainFault):
    """Tesseract is there but doesn't do its work."""

    def __init__(self, page: int, why: str) -> None:
        super().__init__(
            f"tesseract failed on page {page}: {why}"[:300],
            f"Nhận dạng chữ (OCR) không xong ở trang {page}. Đề nghị thử lại; nếu vẫn lỗi, đề nghị kiểm tra "
            "cài đặt tesseract-ocr, tesseract-ocr-vie, hoặc xin bản Word (.docx) của đơn vị soạn thảo.",
        )


@dataclass(slots=True)
class _Recognised:
    page: PrintedPage
    unsure: list[str]


def lay_out(data: bytes) -> Sheet:
    """Return the lines and rows recognised in a scan; `scanned` is set, so that every row is looked at.

    Raises:
        OcrMissing: Tesseract or its Vietnamese isn't installed.
        OcrFailed: it stopped, or took longer than `PAGE_SECONDS` for a page.
        WardError: as `services.formats.pdf.each_page`.
    """
    program = shutil.which("tesseract")
    if program is None or not _knows_vietnamese(program):
        raise OcrMissing(len(list(each_page(data, lambda page: page.page_number))))
    recognised = list(each_page(data, lambda page: _recognise(program, page)))
    pages = [found.page for found in recognised]
    drop_margins(pages)
    sheet = sheet_of(pages)
    return Sheet(sheet.blocks, (*_doubts(recognised), *sheet.findings), scanned=True)


def _knows_vietnamese(program: str) -> bool:
    try:
        answer = subprocess.run(  # noqa: S603 - found by its own name on PATH
            [program, "--list-langs"], capture_output=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"vie" in (answer.stdout + answer.stderr).split()


def _recognise(program: str, page: Any) -> _Recognised:
    picture = picture_of(page)
    rules = rules_in(picture)
    table = _tesseract(program, without_rules(picture, *rules), page.page_number)
    text, unsure = PageText(), []
    for line in table.splitlines()[1:]:
        parts = line.split("\t")
        if len(parts) != _COLUMNS or _is_border(parts[-1].strip(), sure=float(parts[10]) >= _SURE):
            continue
        left, top, width, height = (72 / DPI * int(part) for part in parts[6:10])
        word = _NOISE.sub("", composed(parts[11].strip().strip("|")))
        text.words.append(Text(word, left, left + width, top, top + height))
        if float(parts[10]) < _SURE:
            unsure.append(word)
    text.letters = sum(len(word.text) for word in text.words)
    text.size = _size(text.words)
    printed = PrintedPage(page.page_number, picture.height * 72 / DPI, text)
    printed.grids = grids(*rules, bridge=_BRIDGE)
    return _Recognised(printed, unsure)


def _is_border(word: str, *, sure: bool) -> bool:
    """Say whether a word is what is left of a rule; a dash that is sure begins an item of a list."""
    return set(word) <= (_BORDERS - {"-", "–"} if sure else _BORDERS)


def _size(words: list[Text]) -> float:
    """Return the size of the letters, of which a word takes about three quarters."""
    heights = sorted(word.bottom - word.top for word in words)
    return heights[len(heights) // 2] / 0.75 if heights else 12.0


def _tesseract(program: str, picture: Any, page: int) -> str:
    content = io.BytesIO()
    picture.save(content, format="PNG", dpi=(DPI, DPI))
    command = [program, "stdin", "stdout", "-l", "vie", "--psm", "6", "tsv"]
    # Its own threads make it slower on small machines.
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        answer = subprocess.run(  # noqa: S603 - found by its own name on PATH
            command,
            input=content.getvalue(),
            capture_output=True,
            timeout=PAGE_SECONDS,
            check=False,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise OcrFailed(page, repr(problem)) from problem
    if answer.returncode:
        raise OcrFailed(page, answer.stderr.decode("utf-8", "replace"))
    return answer.stdout.decode("utf-8", "replace")


def _doubts(recognised: list[_Recognised]) -> list[Finding]:
    findings = []
    empty = [str(found.page.number) for found in recognised if not found.page.text.letters]
    if empty:
        findings.append(about_print("scan_empty", ", ".join(empty)))
    for found in recognised:
        if found.unsure:
            sample = " ".join(found.unsure[:8])
            findings.append(
                about_print("scan_unsure", sample, page=found.page.number, count=len(found.unsure))
            )
    return findings

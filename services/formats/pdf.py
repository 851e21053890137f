"""Lay out a PDF with text: its ruled tables, those set by columns alone, and the text around them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, TypeVar

from domain.errors import WardError
from domain.plans import Finding
from domain.reading.layout import Sheet
from domain.reading.print_doubts import about_print
from services.formats.archive import DamagedFile, LockedFile
from services.formats.pdf_blocks import sheet_of
from services.formats.pdf_margins import drop_margins
from services.formats.pdf_pages import PrintedPage, read_page
from services.formats.pdf_refusals import NoText, ScannedDocument, TooManyPages, UnreadableFonts

MOST_PAGES = 300
_MAPPED = 0.05  # at most so many letters may be unknown
Read = TypeVar("Read")


def lay_out(data: bytes) -> Sheet:
    """Return a PDF's lines and table rows, page by page.

    Raises:
        ScannedDocument: no page has text.
        UnreadableFonts: most letters are in fonts that don't say which letters they are.
        LockedFile: it asks for a password.
        DamagedFile: it isn't a PDF that can be opened.
        TooManyPages, NoText: it is too long, or blank.
    """
    pages = list(each_page(data, read_page))
    if not any(page.text.letters or page.unread for page in pages):
        raise NoText
    if not any(page.text.letters >= 3 for page in pages):
        raise ScannedDocument(len(pages))
    findings = [*_font_doubts(pages), *_page_doubts(pages)]
    drop_margins(pages)
    sheet = sheet_of(pages)
    recognised = any(page.recognised for page in pages)
    return Sheet(sheet.blocks, (*findings, *sheet.findings), scanned=recognised)


def each_page(data: bytes, read: Callable[[Any], Read]) -> Iterator[Read]:
    """Give what `read` takes from each page; the page is closed before the next is opened.

    Raises:
        LockedFile, DamagedFile, TooManyPages: as `lay_out`.
    """
    with _told(), _opened(data) as pdf:
        count = len(pdf.pages)
        if count > MOST_PAGES:
            raise TooManyPages(count, MOST_PAGES)
        for page in pdf.pages:
            yield read(page)
            page.close()


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    # It warns on stderr about every oddity of a file; what matters comes as an exception.
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    import pdfplumber

    with pdfplumber.open(BytesIO(data)) as pdf:
        yield pdf


@contextmanager
def _told() -> Iterator[None]:
    """Say in our words what the library says in dozens of exceptions, from KeyError to RecursionError."""
    try:
        yield
    except WardError:
        raise
    except Exception as problem:
        if "Password" in repr(problem):
            raise LockedFile from problem
        raise DamagedFile(
            f"pdf: {problem!r}"[:200],
            "Tệp PDF bị hỏng hoặc tải về chưa đủ nên không mở được. Đề nghị xin lại tệp, "
            "hoặc mở bằng phần mềm đọc PDF rồi in lại ra tệp PDF mới.",
        ) from problem


def _font_doubts(pages: Sequence[PrintedPage]) -> list[Finding]:
    """Return doubts about letters that can't be known.

    Raises:
        UnreadableFonts: they are most of the document.
    """
    letters = sum(page.text.letters for page in pages) or 1
    legacy = [page for page in pages if page.text.legacy]
    unmapped = [page for page in pages if page.text.unmapped > _MAPPED * page.text.letters]
    for kind, found in (("bảng mã TCVN3 hoặc VNI", legacy), ("phông chữ thiếu bảng mã", unmapped)):
        if 2 * sum(page.text.letters for page in found) > letters:
            raise UnreadableFonts(kind)
    odd = sorted({page.number for page in [*legacy, *unmapped]})
    few = [page for page in pages if page.text.unmapped and page.number not in odd]
    findings = [about_print("pages_unread", _numbers(odd))] if odd else []
    if few:
        count = sum(page.text.unmapped for page in few)
        findings.append(about_print("letters_unread", _numbers([p.number for p in few]), count=count))
    return findings


def _page_doubts(pages: Sequence[PrintedPage]) -> list[Finding]:
    findings = []
    scanned = [page.number for page in pages if page.unread]
    if scanned:
        findings.append(about_print("pages_scanned", _numbers(scanned)))
    for page in pages:
        if len(page.text.slanted) > 2:
            findings.append(about_print("slanted_text", page.text.slanted, page=page.number))
        if page.crowded:
            findings.append(about_print("too_many_rules", page=page.number))
    return findings


def _numbers(pages: Sequence[int]) -> str:
    return ", ".join(map(str, pages))

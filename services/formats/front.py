"""Lay out what isn't plain text: through LibreOffice where it must, through OCR where it can."""

from __future__ import annotations

from collections.abc import Callable

from domain.reading.layout import Sheet
from services.formats.apart import LAYING_OUT, RECOGNISING, Refused, lay_out_apart
from services.formats.kinds import Kind, kind_of, pdf_start

_LAYOUTS = {Kind.DOCX: "services.formats.word", Kind.XLSX: "services.formats.excel"}


def lay_out_document(data: bytes, kind: Kind, name: str, progress: Callable[[str], None]) -> Sheet:
    """Return the document laid out in a child process.

    Raises:
        WardError: the document, its format or the machine forbids it.
    """
    try:
        if kind.needs_office:
            data, kind = _converted(data, kind, name, progress)
        progress(f"Đang đọc tệp {kind.label}…")
        if kind is Kind.PDF:
            return _pdf(data[pdf_start(data) or 0 :], name, progress)
        return lay_out_apart(_LAYOUTS[kind], data, name=name, label=kind.label, limits=LAYING_OUT)
    finally:
        progress("")


def _converted(data: bytes, kind: Kind, name: str, progress: Callable[[str], None]) -> tuple[bytes, Kind]:
    """Return what LibreOffice makes of an older kind, and which kind that is."""
    from services.formats.office import convert

    progress(f"Đang chuyển tệp {kind.label} bằng LibreOffice…")
    data = convert(data, kind.value)
    return data, kind_of(data, name)


def _pdf(data: bytes, name: str, progress: Callable[[str], None]) -> Sheet:
    """Return a PDF laid out, a scan after its letters were recognised."""
    try:
        return lay_out_apart("services.formats.pdf", data, name=name, label=Kind.PDF.label, limits=LAYING_OUT)
    except Refused as refusal:
        if refusal.name != "ScannedDocument":
            raise
    progress("Đang nhận dạng chữ trong bản quét (OCR), có thể mất vài phút…")
    return lay_out_apart("services.formats.scan", data, name=name, label=Kind.PDF.label, limits=RECOGNISING)

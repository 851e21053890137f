"""Lay out what isn't plain text: through LibreOffice where it must, through OCR where it can."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from domain.reading.layout import Sheet
from services.formats.apart import RECOGNISING, Refused, lay_out_apart
from services.formats.kinds import Kind, kind_of, pdf_start

_LAYOUTS = {Kind.DOCX: "services.formats.word", Kind.XLSX: "services.formats.excel"}


def lay_out_document(data: bytes, kind: Kind, name: str, progress: Callable[[str], None]) -> Sheet:
    """Return the document laid out in a child process.

    Raises:
        WardError: the document, its format or the machine forbids it.
    """
    if kind.needs_office:
        convert = import_module("services.formats.office").convert
        progress(f"Đang chuyển {kind.label} bằng LibreOffice…")
        data = convert(data, kind.value)
        kind = kind_of(data, name)
    if kind is Kind.PDF:
        return _pdf(data[pdf_start(data) or 0 :], name, progress)
    return lay_out_apart(_LAYOUTS[kind], data, name=name, label=kind.label)


def _pdf(data: bytes, name: str, progress: Callable[[str], None]) -> Sheet:
    try:
        return lay_out_apart("services.formats.pdf", data, name=name, label=Kind.PDF.label)
    except Refused as refusal:
        if refusal.name != "ScannedDocument":
            raise
    progress("Đang nhận dạng bản quét (OCR), có thể mất vài phút…")
    return lay_out_apart("services.formats.scan", data, name=name, label=Kind.PDF.label, limits=RECOGNISING)

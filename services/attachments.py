"""Files that a unit hands in: what they are by name and content, and what their readers are warned of.

Everything is kept as the bytes that came and only ever served to be saved. Refused is what says to be one
thing and is another, such as a program called `.pdf`; macros and programs are kept and marked.
"""

from __future__ import annotations

import mimetypes
import zipfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import PurePath
from typing import BinaryIO

from domain.refusals import BadFile

HEAD = 1024
MOST_MEMBERS = 20_000
_MARK = "; marked="
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
_PROGRAM_ENDINGS = frozenset({
    *("exe", "com", "scr", "msi", "dll", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta"),
    *("jar", "apk", "lnk", "sh", "pif", "cpl", "reg", "iso", "chm"),
})  # fmt: skip # packed
_MACRO_ENDINGS = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm"})
_WEB_ENDINGS = frozenset({"html", "htm", "xhtml", "mht", "mhtml", "svg", "svgz"})


class Mark(StrEnum):
    """What a reader should know before opening a file."""

    MACRO = "macro"
    PROGRAM = "program"
    WEB = "web"


MARK_NAMES = {
    Mark.MACRO: "có macro",
    Mark.PROGRAM: "tệp chương trình, không mở nếu chưa rõ nguồn gốc",
    Mark.WEB: "trang web, chỉ tải về",
}


def _is_pdf(head: bytes) -> bool:
    return b"%PDF-" in head


def _is_image(head: bytes) -> bool:
    known = head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\0", b"MM\0*", b"BM"))
    return known or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or head[4:8] == b"ftyp"


def _is_packed(head: bytes) -> bool:
    return head.startswith((*_ZIP, _OLE))  # an office file with a password is no ZIP


def _is_no_program(head: bytes) -> bool:
    return not head.startswith(_PROGRAMS[:-1])


# Old .doc and .xls are often RTF, HTML or newer files under the old name: only a program is none of these.
_KINDS: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    "pdf": ("PDF", _is_pdf),
    **dict.fromkeys(("jpg", "jpeg", "png", "webp", "heic", "heif", "gif"), ("ảnh", _is_image)),
    **dict.fromkeys(
        ("docx", "xlsx", "pptx", "odt", "ods", "odp", *sorted(_MACRO_ENDINGS)), ("văn bản Office", _is_packed)
    ),
    "zip": ("tệp nén ZIP", _is_packed),
    **dict.fromkeys(("doc", "xls", "ppt", "rtf", "txt", "csv", "xml"), ("văn bản", _is_no_program)),
}


def media_type_of(source: BinaryIO, name: str) -> str:
    """Return the media type of a file, with its mark if it has one; the file is left at its beginning.

    Raises:
        BadFile: it is empty, or not what its name says.
    """
    head = source.read(HEAD)
    if not head:
        raise BadFile(name, "không có nội dung (0 byte)")
    ending = PurePath(name).suffix.lower().lstrip(".")
    if ending in _KINDS:
        kind, fits = _KINDS[ending]
        if not fits(head):
            raise BadFile(name, f"nội dung không phải là {kind} như tên tệp; hãy kiểm tra lại tệp")
    mark = _mark(source, head, ending)
    source.seek(0)
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{media_type}{_MARK}{mark}" if mark else media_type


def mark_of(media_type: str | None) -> str:
    """Return in words what a reader of a kept file is warned of; empty for nothing."""
    mark = (media_type or "").partition(_MARK)[2]
    return MARK_NAMES[Mark(mark)] if mark in set(Mark) else ""


def _mark(source: BinaryIO, head: bytes, ending: str) -> Mark | None:
    if ending in _PROGRAM_ENDINGS or head.startswith(_PROGRAMS):
        return Mark.PROGRAM
    if ending in _MACRO_ENDINGS or _has_macros(source, head):
        return Mark.MACRO
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if ending in _WEB_ENDINGS or start.startswith((b"<!doctype html", b"<html", b"<svg", b"<script")):
        return Mark.WEB
    return None


def _has_macros(source: BinaryIO, head: bytes) -> bool:
    """Say whether an office file holds macros, by its table of contents alone: nothing is unpacked."""
    source.seek(0)
    if head.startswith(_OLE):
        return _OLE_MACROS in source.read()
    if not head.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(source) as packed:
            names = packed.namelist()[:MOST_MEMBERS]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False
    return any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names)

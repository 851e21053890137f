"""Look into a zip-based document before anything opens it: its sizes, a password, XML with entities."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from domain.errors import WardError

ENTRY_LIMIT = 5_000
XML_LIMIT = 16 * 1024 * 1024  # one part of a decision; parsed it takes five to ten times as much memory
TOTAL_LIMIT = 100 * 1024 * 1024
RATIO_LIMIT = 200  # repetitive sheets reach 60
RATIO_FROM = 4 * 1024 * 1024  # smaller than this, no ratio does harm
_CHUNK = 1024 * 1024
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
_BOMS = (b"\xff\xfe", b"\xfe\xff")
ENCRYPTED = 0x1


class HarmfulFile(WardError):
    """The file would cost more to open than any decision does, or does things that none needs."""

    def __init__(self, why: str, notice: str) -> None:
        super().__init__(f"harmful file: {why}", notice)


class DamagedFile(WardError):
    """The file can't be opened as what its first bytes claim."""

    def __init__(self, why: str, notice: str) -> None:
        super().__init__(f"damaged file: {why}", notice)


class LockedFile(WardError):
    """The file asks for a password."""

    def __init__(self) -> None:
        super().__init__(
            "the file is encrypted",
            "Tệp có đặt mật khẩu. Đề nghị mở tệp, bỏ mật khẩu, lưu lại rồi đọc lại.",
        )


def check_archive(data: bytes) -> None:
    """Refuse a zip-based document that would swallow memory or time, or whose XML declares entities.

    Only the directory decides about sizes: what a member holds beyond its declared size is never read.

    Raises:
        HarmfulFile: too many or too large members, or XML with a document type.
        LockedFile: a member is encrypted.
        DamagedFile: this is no zip, or a member can't be unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_directory(members, len(data))
            for member in members:
                _check_member(archive, member)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as problem:
        raise damaged(problem) from problem


def usual_names(content: bytes) -> bytes:
    """Return a part of the strict form of Office files with the names that every library knows."""
    return _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", content)


def damaged(problem: Exception) -> DamagedFile:
    """Return the refusal of a file that can't be opened."""
    return DamagedFile(
        f"{type(problem).__name__}: {problem}",
        "Tệp bị hỏng hoặc không đúng định dạng của đuôi tệp. "
        "Đề nghị mở tệp bằng Word hoặc Excel, lưu lại (Save As) rồi đọc lại.",
    )


def _check_directory(members: list[zipfile.ZipInfo], size: int) -> None:
    if len(members) > ENTRY_LIMIT:
        raise _bomb(f"{len(members)} entries")
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise LockedFile
    total = sum(member.file_size for member in members)
    if total > TOTAL_LIMIT or (total > RATIO_FROM and total > size * RATIO_LIMIT):
        raise _bomb(f"{total} bytes unpacked from {size}")


def _bomb(why: str) -> HarmfulFile:
    return HarmfulFile(
        why,
        "Tệp bung ra quá lớn so với một quyết định nên không mở. "
        "Đề nghị kiểm tra nguồn của tệp; nếu đúng tệp, bỏ bớt ảnh và các dòng, cột trống có định dạng "
        "rồi lưu lại.",
    )


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Refuse a member that is XML and too large for a tree, or declares a document type."""
    with archive.open(member) as file:
        start = file.read(512)
        head = start.lstrip(b"\xef\xbb\xbf \t\r\n")
        wide = start.startswith(_BOMS) or b"\0" in start[:4]
        if not head.startswith(b"<") and not (wide and b"<" in start[:8]):
            return
        if member.file_size > XML_LIMIT:
            raise _bomb(f"{member.file_size} bytes of XML in {member.filename}")
        declared = _DECLARED.search(head)
        if wide or (declared is not None and declared[1].lower() not in _ENCODINGS):
            raise _odd_xml(f"{member.filename} is not UTF-8")
        for piece in _pieces(start, file):
            if any(mark in piece for mark in _FORBIDDEN):
                raise _odd_xml(f"{member.filename} declares a document type")


def _pieces(start: bytes, file: IO[bytes]) -> Iterator[bytes]:
    """Give the member piece by piece, each with the end of the one before."""
    tail = start
    while True:
        chunk = file.read(_CHUNK)
        yield tail + chunk
        if not chunk:
            return
        tail = chunk[-16:]


def _odd_xml(why: str) -> HarmfulFile:
    return HarmfulFile(
        why,
        "Tệp chứa phần XML mà Word và Excel không bao giờ tạo ra nên không mở. "
        "Đề nghị kiểm tra nguồn của tệp, mở bằng Word hoặc Excel rồi lưu lại.",
    )

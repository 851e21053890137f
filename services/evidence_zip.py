"""Opening an evidence pack that a stranger may have made to harm: a ZIP, or the folder it was unpacked to.

This module, like all that `services.evidence_program` lists, needs the standard library alone.
"""

from __future__ import annotations

import os
import re
import struct
import zipfile
from pathlib import Path
from typing import IO

MOST_FILES = 100_000
LARGEST_PACKED = 1 << 30  # bytes of a compressed file once unpacked; documents are stored as they are
LARGEST_TEXT = 256 << 20  # bytes of a file that is read whole
_SAFE = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*){0,2}")
_OF_THE_SYSTEM = {"thumbs.db", "desktop.ini", ".ds_store"}
_DESCRIPTORS = (12, 16, 20, 24)  # bytes after a file that was written as a stream
_END = 22  # bytes that end a ZIP without a comment
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


class BadPack(Exception):
    """A file is no evidence pack, or one that must not be opened; the text is for people."""


class Pack:
    """The files of a pack by name, each read as a stream."""

    def __init__(self, path: Path) -> None:
        self._folder = path if path.is_dir() else None
        self._zip = None if self._folder else _opened(path)
        if self._zip is not None:
            self.sizes = _sizes(self._zip, path.stat().st_size)
        else:
            found = sorted(each for each in path.rglob("*") if each.is_file() and not each.is_symlink())
            self.sizes = {
                each.relative_to(path).as_posix(): each.stat().st_size
                for each in found
                if each.name.lower() not in _OF_THE_SYSTEM
            }

    def open(self, name: str) -> IO[bytes]:
        """Open a file of the pack.

        Raises:
            BadPack: there is none of this name.
        """
        if name not in self.sizes:
            raise BadPack(f"thiếu tệp {name}")
        if self._zip is not None:
            return self._zip.open(name)
        assert self._folder is not None  # noqa: S101 - it is the one or the other
        return (self._folder / name).open("rb")

    def read(self, name: str) -> bytes:
        """Return a file of the pack whole.

        Raises:
            BadPack: there is none of this name, or it is too large.
        """
        if self.sizes.get(name, 0) > LARGEST_TEXT:
            raise BadPack(f"tệp {name} lớn bất thường")
        with self.open(name) as file:
            return file.read(LARGEST_TEXT)

    def close(self) -> None:
        """Close the file."""
        if self._zip is not None:
            self._zip.close()


def safe_name(name: str) -> bool:
    """Tell whether a name can be unpacked on any machine without leaving its folder."""
    parts = name.split("/")
    plain = len(name) <= 200 and _SAFE.fullmatch(name) is not None
    return plain and not any(_RESERVED.fullmatch(part) or part.endswith(".") for part in parts)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise BadPack(f"không tìm thấy {path.name}") from None
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, EOFError):
        raise BadPack(f"{path.name} không phải là tệp ZIP đọc được") from None


def _sizes(pack: zipfile.ZipFile, length: int) -> dict[str, int]:
    """Return the size of each file by name.

    Raises:
        BadPack: a name leads out of the folder, two are alike, or far more would come out than is there.
    """
    infos = pack.infolist()
    if len(infos) > MOST_FILES:
        raise BadPack(f"có quá nhiều tệp ({len(infos)})")
    sizes: dict[str, int] = {}
    end, folded = 0, set()
    for info in sorted(infos, key=lambda each: each.header_offset):
        if info.is_dir() and not info.file_size and safe_name(info.orig_filename[:-1]):
            continue  # whoever packs an unpacked folder again gets these
        _check(info)
        if info.filename.lower() in folded:
            raise BadPack(f"hai tệp cùng tên {info.filename!a}")
        # Files that share their bytes are how a small ZIP unpacks to more than any disk holds.
        if info.header_offset < end or info.header_offset + info.compress_size > length:
            raise BadPack(f"tệp {info.filename!a} chồng lên tệp khác trong ZIP")
        end = info.header_offset + 30 + len(info.filename) + info.compress_size
        folded.add(info.filename.lower())
        sizes[info.filename] = info.file_size
    if not _without_gaps(pack):
        raise BadPack("trong tệp ZIP có phần ẩn mà danh mục của ZIP không kể")
    return sizes


def _without_gaps(pack: zipfile.ZipFile) -> bool:
    """Tell whether a ZIP is its files one after another and their list, with nothing between or around.

    Programs that read a ZIP from its beginning would unpack what stands there, and show another page.
    """
    file, ends = pack.fp, {0}
    assert file is not None  # noqa: S101 - it was just opened
    for info in sorted(pack.infolist(), key=lambda each: each.header_offset):
        if info.header_offset not in ends:
            return False
        file.seek(info.header_offset + 26)
        name, extra = struct.unpack("<HH", file.read(4))
        end = info.header_offset + 30 + name + extra + info.compress_size
        ends = {end + size for size in _DESCRIPTORS} if info.flag_bits & 0x8 else {end}
    file.seek(-_END, os.SEEK_END)
    return pack.start_dir in ends and not pack.comment and file.read(4) == b"PK\x05\x06"


def _check(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    if not safe_name(name) or info.filename != name:
        raise BadPack(f"tên tệp không an toàn: {name[:80]!a}")
    kind = info.external_attr >> 28  # of Unix: 0 for none, 8 for a file
    if info.is_dir() or kind not in {0, 8} or info.flag_bits & 0x1:
        raise BadPack(f"{name} là thư mục, liên kết hoặc tệp có mật khẩu")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise BadPack(f"{name} nén theo cách lạ")
    if info.compress_type == zipfile.ZIP_STORED:
        if info.file_size != info.compress_size:
            raise BadPack(f"{name} ghi sai kích thước")
    elif info.file_size > min(LARGEST_PACKED, 10_000 + 1100 * info.compress_size):
        raise BadPack(f"{name} giải nén ra lớn bất thường")

"""Open a decision's file with care, and read the plan in it."""

from __future__ import annotations

import codecs
import stat
from pathlib import Path

from config.event_types import load_event_types
from config.units import load_units
from domain.errors import NotADecision, SystemFault, WardError
from domain.plans import PlanReading
from domain.reading.plan import read_plan

SIZE_LIMIT = 20 * 1024 * 1024
_SUPPORTED = "tệp .txt (UTF-8), bảng có cột cách nhau bằng phím Tab hoặc dấu |"
_OTHER_FORMATS = {
    b"PK\x03\x04": "Word (.docx), Excel (.xlsx) hoặc tệp nén",
    b"%PDF": "PDF",
    b"\xd0\xcf\x11\xe0": "Word hoặc Excel đời cũ (.doc, .xls)",
    b"{\\rtf": "RTF",
    b"\x89PNG": "ảnh PNG",
    b"\xff\xd8\xff": "ảnh JPEG",
}
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class UnreadableFile(WardError):
    """The path leads to no file that can be read."""

    def __init__(self, path: Path, why: str, notice: str) -> None:
        super().__init__(f"cannot read {path.name}: {why}", notice)


class UnsupportedFormat(WardError):
    """The file is of a kind that this version doesn't read."""

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(
            f"unsupported format of {name}: {kind}",
            f"“{name}” là {kind}; hiện chỉ đọc được {_SUPPORTED}. "
            "Đề nghị mở tệp, chép toàn bộ nội dung sang tệp .txt rồi đọc lại.",
        )


def read_file(path: Path) -> PlanReading:
    """Return the plan in a decision's file.

    Raises:
        UnreadableFile: there is no such file, or it is a folder, empty or too large.
        UnsupportedFormat: the file isn't text.
        NotADecision: the text holds no plan.
        SystemFault: the disk or its permissions refuse.
    """
    return read_bytes(_content(path), path.name)


def read_bytes(data: bytes, name: str) -> PlanReading:
    """Return the plan in a decision's content, as uploaded under `name`.

    Raises:
        UnreadableFile: it is empty or too large.
        UnsupportedFormat: it isn't text.
        NotADecision: the text holds no plan.
    """
    _check_size(len(data), Path(name))
    text = _text(data, Path(name).name)
    if not text.strip():
        raise _empty(Path(name))
    return read_plan(text, units=load_units(), event_types=load_event_types())


def _content(path: Path) -> bytes:
    """Return the file's bytes; what is no plain file is refused unopened, so that no pipe can hang it."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            notice = f"“{path}” là thư mục. Đề nghị chỉ rõ tệp quyết định trong đó."
            raise UnreadableFile(path, "a directory", notice)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFile(path, "not a regular file", f"“{path}” không phải là tệp thông thường.")
        _check_size(status.st_size, path)
        with path.open("rb") as file:
            return file.read(SIZE_LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        notice = f"Không tìm thấy tệp “{path}”. Đề nghị kiểm tra lại đường dẫn."
        raise UnreadableFile(path, "no such file", notice) from None
    except OSError as problem:
        notice = f"Không mở được tệp “{path}”: {problem.strerror}. Đề nghị kiểm tra quyền đọc và ổ đĩa."
        raise SystemFault(f"cannot open {path.name}: {problem}", notice) from problem


def _check_size(size: int, path: Path) -> None:
    if size > SIZE_LIMIT:
        megabytes = SIZE_LIMIT // 1024 // 1024
        notice = f"“{path.name}” lớn hơn {megabytes} MB, quá lớn với một quyết định. Đề nghị chọn lại tệp."
        raise UnreadableFile(path, "too large", notice)
    if size == 0:
        raise _empty(path)


def _empty(path: Path) -> UnreadableFile:
    notice = f"Tệp “{path.name}” không có nội dung. Đề nghị chọn lại tệp."
    return UnreadableFile(path, "empty", notice)


def _text(data: bytes, name: str) -> str:
    for signature, kind in _OTHER_FORMATS.items():
        if data.startswith(signature):
            raise UnsupportedFormat(name, f"tệp {kind}")
    encoding = "utf-16" if data.startswith(_UTF16) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if b"\0" in data:
            raise UnsupportedFormat(name, "tệp nhị phân") from None
        raise NotADecision(
            "not UTF-8",
            f"Chữ trong “{name}” không theo bảng mã Unicode (có thể là TCVN3 hoặc VNI). "
            "Đề nghị chuyển mã sang Unicode UTF-8 rồi đọc lại.",
        ) from None
    if "\0" in text:
        raise UnsupportedFormat(name, "tệp nhị phân")
    return text

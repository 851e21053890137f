"""Tell what a file is by its content; its name may say anything."""

from __future__ import annotations

import codecs
import re
from enum import Enum
from pathlib import PurePath

from domain.errors import NotADecision, WardError

_PDF_WITHIN = 1024  # readers look for the header in the first kilobyte
_CENSUS = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HTML = re.compile(
    rb"^(?:\s|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype\s+html|html|head|meta|body|table)\b", re.I | re.S
)
# TCVN3 writes “Kế hoạch” as “KÕ ho¹ch”, VNI as “Keá hoaïch”: none of these stands in a Vietnamese word.
_OLD_SIGN = re.compile(r"(?<=[^\W\d_])[µ¸¶·¹¨¾¼½ÆÇËÐÎÏÑª×ØÜÞßäåæçëîïñö÷øûüþ¬]")
_OWN_LETTER = re.compile(r"[ăđơưĂĐƠƯạ-ỹẠ-Ỹ]")
_FEW = 5
_ODF = b"application/vnd.oasis.opendocument."
_SAVE_AGAIN = "Đề nghị mở tệp bằng {program}, chọn “Lưu thành” (Save as) dạng {suffix} rồi đọc tệp mới."


class Kind(Enum):
    """A kind of file that can be read; the value is its suffix, `label` is for people."""

    TEXT = ".txt"
    DOCX = ".docx"
    XLSX = ".xlsx"
    PDF = ".pdf"
    DOC = ".doc"
    XLS = ".xls"
    ODT = ".odt"
    ODS = ".ods"
    RTF = ".rtf"
    HTML = ".html"

    @property
    def label(self) -> str:
        """How people call it."""
        return _LABELS[self]

    @property
    def needs_office(self) -> bool:
        """Say whether LibreOffice has to turn it into another kind first."""
        return self not in {Kind.TEXT, Kind.DOCX, Kind.XLSX, Kind.PDF}


_LABELS = {
    Kind.TEXT: "văn bản thuần (.txt)",
    Kind.DOCX: "Word (.docx)",
    Kind.XLSX: "Excel (.xlsx)",
    Kind.PDF: "PDF",
    Kind.DOC: "Word đời cũ (.doc)",
    Kind.XLS: "Excel đời cũ (.xls)",
    Kind.ODT: "văn bản OpenDocument (.odt)",
    Kind.ODS: "bảng tính OpenDocument (.ods)",
    Kind.RTF: "RTF",
    Kind.HTML: "trang HTML",
}
_SUFFIXES = {
    **{kind.value: kind for kind in Kind},
    **dict.fromkeys((".docm", ".dotx"), Kind.DOCX),
    **dict.fromkeys((".xlsm", ".xltx"), Kind.XLSX),
    **dict.fromkeys((".csv", ".tsv", ".md"), Kind.TEXT),
    ".dot": Kind.DOC,
    ".xlt": Kind.XLS,
    ".htm": Kind.HTML,
}
# What else a clerk may pick by mistake, and what would help.
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG", "ảnh PNG", "Đề nghị quét văn bản thành tệp PDF, hoặc xin bản Word của đơn vị soạn thảo."),
    (
        b"\xff\xd8\xff",
        "ảnh JPEG",
        "Đề nghị quét văn bản thành tệp PDF, hoặc xin bản Word của đơn vị soạn thảo.",
    ),
    (b"II*\0", "ảnh TIFF", "Đề nghị quét văn bản thành tệp PDF, hoặc xin bản Word của đơn vị soạn thảo."),
    (b"MM\0*", "ảnh TIFF", "Đề nghị quét văn bản thành tệp PDF, hoặc xin bản Word của đơn vị soạn thảo."),
    (b"Rar!", "tệp nén RAR", "Đề nghị giải nén rồi chọn tệp quyết định bên trong."),
    (b"7z\xbc\xaf", "tệp nén 7-Zip", "Đề nghị giải nén rồi chọn tệp quyết định bên trong."),
    (b"\x1f\x8b", "tệp nén GZip", "Đề nghị giải nén rồi chọn tệp quyết định bên trong."),
    (
        b"MIME-Version:",
        "trang web lưu thành một tệp (MHTML)",
        _SAVE_AGAIN.format(program="Word", suffix=".docx"),
    ),
)


class UnsupportedFormat(WardError):
    """The file is of a kind that isn't read."""

    def __init__(self, name: str, kind: str, way: str) -> None:
        super().__init__(
            f"unsupported format of {name}: {kind}",
            f"“{name}” là {kind}; đọc được Word (.docx, .doc), Excel (.xlsx, .xls), PDF, OpenDocument "
            f"và văn bản thuần (.txt). {way}",
        )


def kind_of(data: bytes, name: str) -> Kind:
    """Return what the content is; `name` only stands in the refusal.

    Nothing is unpacked, so this costs little whatever the content.

    Raises:
        UnsupportedFormat: it is something that isn't read.
    """
    for signature, kind, way in _OTHERS:
        if data.startswith(signature):
            raise UnsupportedFormat(name, kind, way)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(data, name)
    if data.startswith(_OLE):
        return _compound(data, name)
    if data.startswith(b"{\\rtf"):
        return Kind.RTF
    if pdf_start(data) is not None:
        return Kind.PDF
    if _HTML.match(data.removeprefix(codecs.BOM_UTF8)[:_CENSUS]):
        return Kind.HTML
    if data.lstrip().startswith(b"<?xml"):
        raise UnsupportedFormat(
            name, "tệp XML", _SAVE_AGAIN.format(program="Word hoặc Excel", suffix=".docx")
        )
    return Kind.TEXT


def named_kind(name: str) -> Kind | None:
    """Return what the name's ending claims; None where it claims nothing known."""
    return _SUFFIXES.get(PurePath(name).suffix.lower())


def pdf_start(data: bytes) -> int | None:
    """Return where a PDF begins, after what mailers and scanners put before it; None where none does."""
    at = data.find(b"%PDF-", 0, _PDF_WITHIN)
    if at == 0 or (at > 0 and (b"endobj" in data or not _is_text(data[:at]))):
        return at
    return None


def text_of(data: bytes, name: str) -> str:
    """Return the text of a plain text file.

    Raises:
        UnsupportedFormat: it isn't text.
        NotADecision: its letters aren't Unicode.
    """
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise (_binary(name) if b"\0" in data else _old_letters("not UTF-8", name)) from None
    if "\0" in text:
        raise _binary(name)
    return text


def check_letters(text: str, name: str) -> None:
    """Refuse text typed with the fonts of before Unicode, whose letters are signs of other languages.

    Raises:
        NotADecision: there are more such signs inside words than Vietnamese letters.
    """
    odd = len(_OLD_SIGN.findall(text))
    if odd > _FEW and odd > len(_OWN_LETTER.findall(text)):
        raise _old_letters(f"{odd} signs of old fonts", name)


def _old_letters(why: str, name: str) -> NotADecision:
    return NotADecision(
        why,
        f"Chữ trong “{name}” không theo bảng mã Unicode (có thể là TCVN3 hoặc VNI). "
        "Đề nghị chuyển mã sang Unicode UTF-8 (ví dụ bằng Unikey) rồi đọc lại.",
    )


def _encoding(data: bytes) -> str:
    """Return the encoding; without a mark UTF-16 shows in zeros that stand at every other place only."""
    if data.startswith(_UTF16):
        return "utf-16"
    even, odd = data[:_CENSUS:2].count(0), data[1:_CENSUS:2].count(0)
    enough = min(len(data), _CENSUS) // 10
    if len(data) % 2 == 0 and max(even, odd) > enough and not (even and odd):
        return "utf-16-le" if odd else "utf-16-be"
    return "utf-8-sig"


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _binary(name: str) -> UnsupportedFormat:
    return UnsupportedFormat(name, "tệp nhị phân", "Đề nghị chọn lại tệp quyết định.")


def _packed(data: bytes, name: str) -> Kind:
    """Tell what a zip holds by the names in its directory, or in its entries where that is cut off."""
    if data[30:38] == b"mimetype" and data[38:].startswith(_ODF):
        document = data[38 + len(_ODF) :]
        for prefix, kind in ((b"text", Kind.ODT), (b"spreadsheet", Kind.ODS)):
            if document.startswith(prefix):
                return kind
    names = _directory(data)
    if b"xl/workbook.bin" in names:
        raise UnsupportedFormat(
            name, "Excel nhị phân (.xlsb)", _SAVE_AGAIN.format(program="Excel", suffix=".xlsx")
        )
    found = {
        names.find(mark): kind for mark, kind in ((b"word/document", Kind.DOCX), (b"xl/workbook", Kind.XLSX))
    }
    found.pop(-1, None)
    if found:
        return found[min(found)]
    if b"ppt/presentation" in names:
        raise UnsupportedFormat(
            name, "bài trình chiếu PowerPoint", "Đề nghị chọn bản Word hoặc PDF của quyết định."
        )
    raise UnsupportedFormat(name, "tệp nén", "Đề nghị giải nén rồi chọn tệp quyết định bên trong.")


def _directory(data: bytes) -> bytes:
    end = data.rfind(b"PK\x05\x06", -65_557 if len(data) > 65_557 else 0)
    if end < 0:
        return data
    start = int.from_bytes(data[end + 16 : end + 20], "little")
    return data[start:end] if start < end else data


def _compound(data: bytes, name: str) -> Kind:
    """Tell an old Office file by its root's class, else by the streams in it."""
    if _stream("EncryptedPackage") in data:
        raise UnsupportedFormat(
            name,
            "tệp Word hoặc Excel đặt mật khẩu",
            "Đề nghị mở bằng mật khẩu, bỏ mật khẩu, lưu lại rồi đọc tệp mới.",
        )
    classes = {0x20906: Kind.DOC, 0x20900: Kind.DOC, 0x20820: Kind.XLS, 0x20810: Kind.XLS}
    kind = classes.get(_root_class(data))
    if kind is not None:
        return kind
    if _stream("WordDocument") in data:
        return Kind.DOC
    if _stream("Workbook") in data or _stream("Book") in data:
        return Kind.XLS
    raise UnsupportedFormat(
        name, "tệp Office đời cũ không phải Word hay Excel", "Đề nghị chọn lại tệp quyết định."
    )


def _stream(name: str) -> bytes:
    return (name + "\0").encode("utf-16-le")


def _root_class(data: bytes) -> int:
    """Return the first number of the class of the root entry, 0 where there is none."""
    sector = 1 << min(int.from_bytes(data[30:32], "little"), 16)
    entry = (int.from_bytes(data[48:52], "little") + 1) * sector
    return int.from_bytes(data[entry + 80 : entry + 84], "little")

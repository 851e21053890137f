"""A file is what its content is, whatever its name says."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.errors import NotADecision, WardError
from services.formats.kinds import (
    Kind,
    UnsupportedFormat,
    check_letters,
    kind_of,
    named_kind,
    pdf_start,
    text_of,
)

TEXT = "Số: 16/QĐ-UBND\nKế hoạch cải cách hành chính năm 2026\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def packed(*names: str, mimetype: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def compound(*streams: str, root: int = 0) -> bytes:
    """Make the start of an old Office file: a header, then a directory with these streams."""
    header = OLE + bytes(22) + (9).to_bytes(2, "little") + bytes(16) + (0).to_bytes(4, "little")
    entries = ["Root Entry", *streams]
    directory = b"".join(name.encode("utf-16-le").ljust(80, b"\0") + bytes(48) for name in entries)
    directory = directory[:80] + root.to_bytes(4, "little") + directory[84:]
    return header.ljust(512, b"\0") + directory


DOCX = packed("[Content_Types].xml", "word/document.xml")
XLSX = packed("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (DOCX, Kind.DOCX),
        (packed("word/document2.xml"), Kind.DOCX),
        (packed("word/document.xml", "word/embeddings/xl/workbook.xml"), Kind.DOCX),
        (packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), Kind.DOCX),
        (DOCX[: len(DOCX) // 2], Kind.DOCX),
        (XLSX, Kind.XLSX),
        (packed("content.xml", mimetype="application/vnd.oasis.opendocument.text"), Kind.ODT),
        (packed("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"), Kind.ODS),
        (compound("WordDocument"), Kind.DOC),
        (compound("Workbook"), Kind.XLS),
        (compound("Workbook", "WordDocument", root=0x20820), Kind.XLS),
        (compound("Workbook", "WordDocument", root=0x20906), Kind.DOC),
        (b"%PDF-1.7\n", Kind.PDF),
        (b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.4\n1 0 obj\nendobj", Kind.PDF),
        (b"\xff\xfe\x00junk%PDF-1.4", Kind.PDF),
        (b"{\\rtf1\\ansi", Kind.RTF),
        (b"<html><body>", Kind.HTML),
        ("\ufeff\r\n<!DOCTYPE html>".encode(), Kind.HTML),
        (b'<?xml version="1.0"?><!-- a --><html xmlns="x">', Kind.HTML),
        (b"<TABLE border=1>", Kind.HTML),
        (TEXT.encode(), Kind.TEXT),
        (b"Huong dan: tep PDF bat dau bang %PDF-1.4", Kind.TEXT),
    ],
)
def test_the_content_tells_the_kind(content: bytes, kind: Kind) -> None:
    assert kind_of(content, "a.tmp") is kind


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packed("ppt/presentation.xml"), "PowerPoint"),
        (packed("xl/workbook.bin"), ".xlsb"),
        (packed("quyết định.docx"), "giải nén"),
        (compound("EncryptedPackage"), "bỏ mật khẩu"),
        (compound("PowerPoint Document"), "chọn lại"),
        (OLE, "chọn lại"),
        (b"MIME-Version: 1.0\r\n", "Save as"),
        (b"<?xml version='1.0'?><w:wordDocument/>", "Save as"),
        (b"\xff\xd8\xff\xe0", "ảnh JPEG"),
        (b"7z\xbc\xaf\x27\x1c", "giải nén"),
    ],
)
def test_what_is_not_read_is_refused_with_a_way_out(content: bytes, words: str) -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        kind_of(content, "kế hoạch")

    assert words in caught.value.notice
    assert "“kế hoạch”" in caught.value.notice
    assert "Đề nghị" in caught.value.notice


@given(st.binary(max_size=300))
@example(b"PK\x05\x06")
@example(b"PK\x03\x04" + b"\xff" * 60 + b"PK\x05\x06" + b"\xff" * 20)
@example(OLE + b"\xff" * 100)
@example(b"\0")
def test_any_content_is_of_some_kind_or_refused(content: bytes) -> None:
    with contextlib.suppress(WardError):
        assert kind_of(content, "a") in Kind
    with contextlib.suppress(WardError):
        assert isinstance(text_of(content, "a"), str)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_read_in_every_unicode_encoding_marked_or_not(encoding: str) -> None:
    assert text_of(TEXT.encode(encoding), "a.txt") == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "KÕ ho¹ch c¶i c¸ch hµnh chÝnh n¨m 2026 cña Uû ban nh©n d©n ph­êng, thêi gian thùc hiÖn",  # TCVN3
        "Keá hoaïch caûi caùch haønh chính naêm 2026 cuûa UÛy ban nhaân daân phöôøng, thôøi gian",  # VNI
    ],
)
def test_letters_of_old_fonts_are_refused_with_the_way_to_convert_them(text: str) -> None:
    with pytest.raises(NotADecision, match="old fonts") as caught:
        check_letters(text, "a.docx")

    assert "Unikey" in caught.value.notice


@pytest.mark.parametrize(
    "text", [TEXT, "Café naïve Müller Åse Straße " * 9 + TEXT * 9, "• · «a» · b" * 9, "x" * 99]
)
def test_other_signs_are_no_old_fonts(text: str) -> None:
    check_letters(text, "a.docx")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.DOCX", Kind.DOCX),
        ("b.xlsm", Kind.XLSX),
        ("c.csv", Kind.TEXT),
        ("d.htm", Kind.HTML),
        ("e.tmp", None),
        ("f", None),
    ],
)
def test_a_name_may_claim_a_kind(name: str, kind: Kind | None) -> None:
    assert named_kind(name) is kind


def test_a_pdf_begins_where_its_header_is() -> None:
    assert pdf_start(b"junk\xff%PDF-1.4") == 5
    assert pdf_start(b"\xff" * 2000 + b"%PDF-1.4") is None

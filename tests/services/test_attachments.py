"""What a file is by its name and its content, and what its readers are warned of."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.refusals import BadFile
from services.attachments import HEAD, mark_of, media_type_of

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
JPEG, PNG = b"\xff\xd8\xff\xe0 anh", b"\x89PNG\r\n\x1a\n anh"
MACRO, PROGRAM, WEB = "có macro", "tệp chương trình, không mở nếu chưa rõ nguồn gốc", "trang web, chỉ tải về"


def packed(*names: str) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return whole.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "mark"),
    [
        ("kế hoạch.pdf", b"%PDF-1.7", ""),
        ("quet.PDF", b"\n\n%PDF-1.4", ""),
        ("anh.jpg", JPEG, ""),
        ("anh.png", JPEG, ""),  # phones name pictures as they like
        ("anh.webp", b"RIFF\0\0\0\0WEBPVP8 ", ""),
        ("anh.heic", b"\0\0\0\x18ftypheic", ""),
        ("bao cao.docx", packed("word/document.xml"), ""),
        ("co mat khau.docx", OLE, ""),
        ("bang.ods", packed("content.xml"), ""),
        ("cu.doc", OLE, ""),
        ("cu.doc", b"{\\rtf1 van ban}", ""),
        ("cu.xls", b"<html><table>", WEB),  # as old office programs export it
        ("chu ky.xml", b"<?xml version='1.0'?><Signature/>", ""),
        ("chu ky.p7s", b"\x30\x80\x06\x09", ""),
        ("ghi chep.txt", "Đã xong".encode(), ""),
        ("bang.xlsm", packed("xl/workbook.xml"), MACRO),
        ("giau.docx", packed("word/document.xml", "word/vbaProject.bin"), MACRO),
        ("giau.ods", packed("content.xml", "Basic/Standard/Module1.xml"), MACRO),
        ("cu.doc", OLE + "_VBA_PROJECT".encode("utf-16-le") + b"\0" * 99, MACRO),
        ("cai dat.exe", b"MZ\x90\0", PROGRAM),
        ("khong duoi", b"\x7fELF\2", PROGRAM),
        ("chay.ps1", b"Get-Item", PROGRAM),
        ("chay.txt", b"#!/bin/sh", PROGRAM),
        ("trang.html", b"x", WEB),
        ("khac.dat", b"  <!DOCTYPE html><script>", WEB),
        ("hinh.svg", b"<svg onload='x'>", WEB),
    ],
)
def test_what_comes_is_kept_and_marked(name: str, content: bytes, mark: str) -> None:
    source = io.BytesIO(content)

    assert mark_of(media_type_of(source, name)) == mark
    assert source.tell() == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rong.txt", b""),
        ("giau.pdf", b"MZ\x90\0"),
        ("giau.pdf", b" " * HEAD + b"%PDF-1.7"),
        ("giau.jpg", b"<svg/>"),
        ("giau.docx", b"MZ\x90\0"),
        ("giau.doc", b"\x7fELF\2"),
        ("giau.zip", b"%PDF-1.7"),
    ],
)
def test_what_is_not_what_it_says_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(BadFile, match=r"\.txt|giau"):
        media_type_of(io.BytesIO(content), name)


def test_a_broken_archive_is_kept_as_it_is() -> None:
    assert mark_of(media_type_of(io.BytesIO(packed("a.txt")[:-9]), "hong.zip")) == ""


@given(st.binary(min_size=1, max_size=400), st.text(max_size=30))
def test_any_bytes_under_any_name_are_taken_or_refused_by_name(content: bytes, name: str) -> None:
    source = io.BytesIO(content)
    try:
        media_type_of(source, name)
    except BadFile:
        return
    assert source.tell() == 0


def test_an_older_media_type_has_no_mark() -> None:
    assert [mark_of(each) for each in (None, "", "application/pdf", "x; marked=", "x; marked=khac")] == [
        ""
    ] * 5

"""A zip-based document is looked into before anything opens it."""

from __future__ import annotations

import io
import zipfile

import pytest

from domain.errors import WardError
from services.formats import archive
from services.formats.archive import DamagedFile, HarmfulFile, LockedFile, check_archive
from tests.services.formats import remake
from tests.services.formats.packages import paragraph, word_file, zipped


def refused(members: dict[str, bytes]) -> WardError:
    """Return the refusal of a zip of these members."""
    with pytest.raises(HarmfulFile) as refusal:
        check_archive(zipped(members))
    return refusal.value


def test_honest_documents_pass() -> None:
    decision = remake.real_decision()

    check_archive(word_file(paragraph("x")))
    check_archive(remake.docx(decision))
    check_archive(remake.xlsx(decision))
    check_archive(zipped({"word/media/a.png": bytes(3 * 1024 * 1024)}))


def test_what_unpacks_to_far_more_than_a_decision_is_refused() -> None:
    refused({"word/media/a.bin": bytes(archive.TOTAL_LIMIT + 1)})
    refused({"word/media/a.bin": bytes(archive.RATIO_FROM + 1)})
    refused({"word/document.xml": b"<a>" + bytes(range(32, 127)) * (archive.XML_LIMIT // 95)})
    notice = refused({str(at): b"" for at in range(archive.ENTRY_LIMIT + 1)}).notice

    assert "kiểm tra nguồn của tệp" in notice


def test_a_member_is_never_read_past_the_size_that_it_declares() -> None:
    # The directory claims 10 bytes for a member of 50 MB.
    data = bytearray(zipped({"a.xml": b"<a>" + b" " * 50_000_000}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")

    with pytest.raises(DamagedFile):
        check_archive(bytes(data))


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'\xef\xbb\xbf\n<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<!--" + b"-" * 2_000_000 + b"--><!DOCTYPE a><a/>",
        b"<!--" + b" " * (1024 * 1024 + 512 - 4 - 5) + b"--><!DOCTYPE a><a/>",
        '<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16"),
        '<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16-be"),
        b'<?xml version="1.0" encoding="UTF-7"?><a/>',
    ],
)
def test_xml_that_declares_a_document_type_or_hides_in_another_encoding_is_refused(content: bytes) -> None:
    for name in ("word/document.xml", "word/theme.bin"):
        refused({name: content})


def test_a_document_with_a_password_is_refused_by_that_name() -> None:
    data = bytearray(word_file(paragraph("x")))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= archive.ENCRYPTED

    with pytest.raises(LockedFile) as refusal:
        check_archive(bytes(data))

    assert "mật khẩu" in refusal.value.notice


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + bytes(100), b"%PDF-1.7"])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        check_archive(data)


def test_a_member_that_does_not_unpack_is_refused() -> None:
    data = bytearray(zipped({"a.xml": b"<a>" + b"text " * 1000 + b"</a>"}))
    start = data.index(b"a.xml") + 5
    data[start : start + 10] = b"\xff" * 10

    with pytest.raises(DamagedFile):
        check_archive(bytes(data))


def test_an_unknown_way_of_packing_is_refused() -> None:
    data = bytearray(zipped({"a.xml": b"<a/>"}))
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        assert made.infolist()[0].compress_type == zipfile.ZIP_DEFLATED
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(mark) + place] = 99

    with pytest.raises(DamagedFile):
        check_archive(bytes(data))

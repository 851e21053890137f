"""A pack that was made to harm its reader, or that is none, is refused by name and harms nobody."""

from __future__ import annotations

import shutil
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.evidence_verifier import verify_pack
from tests.packs import Archive, Files, Look

HOSTILE = {
    "up": "../x", "root": "/etc/x", "drive": "C:/x", "backslash": "a\\..\\x", "device": "con",
    "device.txt": "nul.txt", "dot": "x.", "space": "x ", "control": "a\x1b[2Jb", "deep": "a/b/c/d",
    "stream": "a:b",
    "unicode": "ｘ\u202egpj.exe", "long": "a" * 300, "dots": "a/../b",
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_names_that_lead_elsewhere_are_refused_before_anything_is_read(
    whole: Files, look: Look, what: str
) -> None:
    report = look({**whole, HOSTILE[what]: b"x"})

    assert not report.ok
    assert report.steps == []
    assert "\x1b" not in report.problems[0]["problem"]


def written(path: Path, *members: tuple[zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        for info, content in members:
            packed.writestr(info, content)
    return path


def member(name: str, *, method: int = zipfile.ZIP_STORED, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type, info.external_attr = method, mode << 16
    return info


def test_bombs_links_and_doubles_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    bomb = written(path, (member("events.jsonl", method=zipfile.ZIP_DEFLATED), bytes(50_000_000)))
    assert "có quá" not in verify_pack(bomb).problems[0]["problem"]
    assert not verify_pack(bomb).ok
    link = written(path, (member("manifest.json", mode=0o120777), b"/etc/passwd"))
    assert "liên kết" in verify_pack(link).problems[0]["problem"]
    with pytest.warns(UserWarning, match="Duplicate"):
        double = written(path, (member("a"), b"1"), (member("a"), b"2"))
    assert "cùng tên" in verify_pack(double).problems[0]["problem"]
    odd = written(path, (member("a", method=zipfile.ZIP_BZIP2), b"1"))
    assert "nén theo cách lạ" in verify_pack(odd).problems[0]["problem"]


def test_files_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "x.zip", (member("a"), b"1" * 100), (member("b"), b"2" * 100))
    content = bytearray(path.read_bytes())
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<I", 0)  # where the second one says that it starts
    path.write_bytes(content)

    assert "chồng lên" in verify_pack(path).problems[0]["problem"]


def test_what_the_list_of_the_zip_does_not_name_is_refused(whole: Files, tmp_path: Path) -> None:
    """Programs that unpack from the beginning would show the hidden page."""
    path, plain = tmp_path / "x.zip", tmp_path / "y.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("trang.html", b"<p>moi viec dung han</p>")
        packed.filelist.pop()
        for name, content in whole.items():
            packed.writestr(name, content)
    with zipfile.ZipFile(plain, "w") as packed:
        for name, content in whole.items():
            packed.writestr(name, content)
    content = plain.read_bytes()
    before, behind = tmp_path / "before.zip", tmp_path / "behind.zip"
    before.write_bytes(b"MZ" + content)
    with zipfile.ZipFile(plain, "a") as packed:
        packed.comment = b"xem thu muc khac"
    behind.write_bytes(plain.read_bytes())

    for changed in (path, before, behind):
        assert "phần ẩn" in verify_pack(changed).problems[0]["problem"]
    plain.write_bytes(content)
    assert verify_pack(plain).ok


def test_a_pack_that_was_unpacked_and_packed_again_still_holds(whole: Files, tmp_path: Path) -> None:
    folder = tmp_path / "ho-so"
    for name, content in whole.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    path = Path(shutil.make_archive(str(tmp_path / "x"), "zip", folder))

    assert any(name.endswith("/") for name in zipfile.ZipFile(path).namelist())
    assert verify_pack(path).ok


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"x" * 1000])
def test_what_is_no_pack_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)

    assert not verify_pack(path).ok
    assert not verify_pack(tmp_path / "gone.zip").ok


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_nothing_that_is_done_to_the_zip_itself_makes_the_verifier_fall(
    kept: Archive, whole: Files, tmp_path: Path, data: st.DataObject
) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in (
            "checkpoint.txt",
            "keys.txt",
            "manifest.json",
            "manifest.sig",
            "events.jsonl",
            "proofs.json",
        ):
            packed.writestr(name, whole[name])
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])

    assert not verify_pack(path).ok


WRONG = [b"null", b"[]", b"{}", b'{"ranges":{"0-1":5}}', b"x" * 10, b'{"ranges":[]}', b"[" * 5000]


@pytest.mark.parametrize("name", ["proofs.json", "statements.json", "checkpoints.json", "manifest.json"])
@pytest.mark.parametrize("content", WRONG)
def test_files_of_another_shape_are_said_to_be_broken(
    kept: Archive, whole: Files, look: Look, older: str, name: str, content: bytes
) -> None:
    files = {each: kept_content for each, kept_content in whole.items() if each != "leaves.bin"}
    files[name] = content

    assert not look(files, older=older).ok

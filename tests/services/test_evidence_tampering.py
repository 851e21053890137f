"""A pack that somebody changed on the way, or made to harm, is told from one that nobody touched."""

from __future__ import annotations

import base64
import json
import shutil
import struct
import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.checkpoint_keys import load_checkpoint_keys
from domain.checkpoints import MANIFEST, signed_note
from models.database import transaction
from services.checkpoints import make
from services.evidence import Scope
from services.evidence_report import Report
from services.evidence_verifier import verify_pack
from tests.builders import NOW
from tests.packs import Archive, archive

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    from models.database import open_engine

    url: str = request.getfixturevalue("new_database")(request.getfixturevalue("migrated"))
    return archive(open_engine(url), tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def older(kept: Archive) -> str:
    """Give the checkpoint that somebody kept before the packs were made."""
    with transaction(kept.engine) as connection:
        return make(connection, kept.ward, keys=kept.keys, now=NOW).note


@pytest.fixture(scope="module")
def whole(kept: Archive, older: str) -> Files:
    return unpacked(kept.pack())


def unpacked(content: bytes) -> Files:
    with zipfile.ZipFile(BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., Report]:
    def verified(files: Files, **more: str) -> Report:
        path = tmp_path / "x.zip"
        with zipfile.ZipFile(path, "w") as packed:
            for name, content in files.items():
                packed.writestr(name, content)
        return verify_pack(path, **more)

    return verified


Look = Callable[..., Report]


def listed_again(files: Files, kept: Archive | None = None) -> Files:
    """Make the manifest fit the files again; whoever has the installation's key signs it, too."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {
        name: {"sha256": sha256(content).hexdigest(), "size": len(content)}
        for name, content in files.items()
        if name not in {"manifest.json", "manifest.sig"}
    }
    content = json.dumps(manifest).encode()
    changed = {**files, "manifest.json": content}
    if kept is not None:
        origin = kept.keys.origin(kept.ward.code)
        text = f"{MANIFEST}\n{origin}\n{sha256(content).hexdigest()}\n"
        changed["manifest.sig"] = signed_note(text, kept.keys.sign(kept.ward.code, text)).encode()
    return changed


def test_an_untouched_pack_holds(whole: Files, look: Look, older: str) -> None:
    report = look(whole, older=older)

    assert report.problems == []
    assert report.ok
    assert report.facts["older"]["size"] < report.facts["size"]


@pytest.mark.parametrize(
    "name",
    [
        "index.html", "events.jsonl", "proofs.json", "checkpoint.txt", "keys.txt", "manifest.json",
        "manifest.sig", "verify.py", "leaves.bin", "statements.json", "checkpoints.json", "DOC-TOI-TRUOC.txt",
    ],
)  # fmt: skip
def test_one_byte_of_any_file_is_noticed_and_the_file_named(whole: Files, look: Look, name: str) -> None:
    content = bytearray(whole[name])
    content[len(content) // 2] ^= 1
    report = look({**whole, name: bytes(content)})

    assert not report.ok
    said = json.dumps(report.problems)
    assert name.partition(".")[0] in said or name in {"keys.txt", "manifest.sig"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_byte_of_any_file_is_noticed(whole: Files, look: Look, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(whole)))
    content = bytearray(whole[name])
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))

    assert not look({**whole, name: bytes(content)}).ok


@pytest.mark.parametrize("name", ["index.html", "leaves.bin", "statements.json", "tai-lieu/"])
def test_a_missing_file_is_named_and_one_too_many_as_well(whole: Files, look: Look, name: str) -> None:
    gone = next(each for each in whole if each.startswith(name))
    left = {each: content for each, content in whole.items() if each != gone}

    assert any(each.get("file") == gone for each in look(left).problems)
    assert any(each.get("file") == "la.txt" for each in look({**whole, "la.txt": b"x"}).problems)


def lines(files: Files) -> list[bytes]:
    return files["events.jsonl"].splitlines()


def with_lines(files: Files, changed: list[bytes]) -> Files:
    return {**files, "events.jsonl": b"".join(line + b"\n" for line in changed)}


SUBMITTED = 11


def reworded(found: list[bytes]) -> list[bytes]:
    place = next(at for at, line in enumerate(found) if b'"late":1' in line)
    return [*found[:place], found[place].replace(b'"late":1', b'"late":0'), *found[place + 1 :]]


CHANGES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "reworded": reworded,
    "deleted": lambda found: [line for at, line in enumerate(found) if at != SUBMITTED],
    "deleted, not a submission": lambda found: [*found[:2], *found[3:]],
    "doubled": lambda found: [*found[:5], found[4], *found[5:]],
    "inserted, back-dated": lambda found: [
        *found[:5],
        found[4].replace(b'"position":4', b'"position":5'),
        *found[5:],
    ],
    "swapped": lambda found: [*found[:5], found[6], found[5], *found[7:]],
    "swapped with their numbers": lambda found: [
        *found[:5],
        found[6].replace(b'"position":6', b'"position":5'),
        found[5].replace(b'"position":5', b'"position":6'),
        *found[7:],
    ],
    "cut": lambda found: found[:-4],
    "no event": lambda found: [*found[:5], b"[]", *found[6:]],
    "no JSON": lambda found: [*found[:5], b"\xff\x00", *found[6:]],
    "another ward's": lambda found: [*found[:5], found[5].replace(b"thu-nghiem", b"khac"), *found[6:]],
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("signed", [False, True], ids=["by a stranger", "by whoever has the key"])
@pytest.mark.parametrize("leaves", [True, False], ids=["with all hashes", "with proofs alone"])
def test_events_are_what_the_log_holds_even_where_the_manifest_was_made_to_fit(
    kept: Archive, whole: Files, look: Look, what: str, signed: bool, leaves: bool
) -> None:
    changed = with_lines(whole, CHANGES[what](lines(whole)))
    if not leaves:
        del changed["leaves.bin"]
    report = look(listed_again(changed, kept if signed else None))

    assert not report.ok
    if signed:  # then nothing but the proofs can tell, and they tell where
        assert all("manifest" not in str(each.get("file")) for each in report.problems)
        assert any("position" in each or "dòng" in str(each.get("file")) for each in report.problems)


def test_a_submission_that_the_page_leaves_out_or_tells_otherwise_is_named(
    kept: Archive, whole: Files, look: Look
) -> None:
    stated = json.loads(whole["statements.json"])
    [first, second] = stated["submissions"]
    left_out = {**whole, "statements.json": json.dumps({**stated, "submissions": [first]}).encode()}
    second["late"] = 0
    otherwise = {**whole, "statements.json": json.dumps(stated).encode()}

    for changed in (left_out, otherwise):
        report = look(listed_again(changed, kept))
        assert [each["position"] for each in report.problems] == [second["position"]]


def test_a_document_that_was_changed_or_swapped_is_named(kept: Archive, whole: Files, look: Look) -> None:
    one, two, *_ = sorted(name for name in whole if name.startswith("tai-lieu/"))
    changed = listed_again({**whole, one: b"khac"}, kept)
    swapped = listed_again({**whole, one: whole[two], two: whole[one]}, kept)

    assert [each["file"] for each in look(changed).problems] == [one]
    assert {each["file"] for each in look(swapped).problems} == {one, two}
    assert all(each["position"] > 0 for each in look(swapped).problems)


def test_a_document_that_was_taken_out_is_missed_even_where_the_manifest_was_made_to_fit(
    kept: Archive, whole: Files, look: Look
) -> None:
    one = next(name for name in whole if name.startswith("tai-lieu/"))
    manifest = json.loads(whole["manifest.json"])
    manifest["documents"] = {sha: name for sha, name in manifest["documents"].items() if name != one}
    left = {name: content for name, content in whole.items() if name != one}
    report = look(listed_again({**left, "manifest.json": json.dumps(manifest).encode()}, kept))

    assert [each["problem"][:22] for each in report.problems] == ["hồ sơ không kèm tài li"]


def test_a_pack_signed_afresh_with_another_key_is_told_by_the_key_that_was_published(
    kept: Archive, whole: Files, look: Look, tmp_path: Path, older: str
) -> None:
    stranger = Archive(kept.engine, tmp_path, kept.ward)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "checkpoint.name").write_text(kept.keys.installation)
    load_checkpoint_keys(tmp_path)
    forged = unpacked(stranger.pack())
    published = whole["keys.txt"].decode()

    assert look(forged).ok, "by itself it is in order"
    assert not look(forged, keys=published).ok
    assert not look(forged, older=older).ok
    assert look(whole, keys=published, older=older).ok


@pytest.mark.parametrize("leaves", [True, False], ids=["with all hashes", "with proofs alone"])
def test_a_log_that_was_rewritten_does_not_follow_from_the_older_checkpoint(
    kept: Archive, whole: Files, look: Look, older: str, leaves: bool
) -> None:
    files = whole if leaves else {name: content for name, content in whole.items() if name != "leaves.bin"}
    files = listed_again(files, kept)
    text = "\n".join(older.split("\n")[:4]) + "\n"
    other = text.replace(text.split("\n")[2], base64.b64encode(sha256(b"x").digest()).decode())
    rewritten = signed_note(other, kept.keys.sign(kept.ward.code, other))

    assert look(files, older=older).ok
    report = look(files, older=rewritten)
    assert not report.ok
    assert "viết lại" in report.problems[0]["problem"]


def test_a_pack_from_before_the_checkpoint_shows_what_was_lost(
    kept: Archive, whole: Files, look: Look
) -> None:
    with transaction(kept.engine) as connection:
        later = make(connection, kept.ward, keys=kept.keys, now=NOW)
    kept.pack(Scope())  # the log goes on
    with transaction(kept.engine) as connection:
        later = make(connection, kept.ward, keys=kept.keys, now=NOW)
    report = look(whole, older=later.note)

    assert not report.ok
    assert report.problems[0]["position"] == report.facts["size"]


@pytest.mark.parametrize("text", ["", "x", "cchc/x/y\n1\nAAAA\n\n— cchc/x/y AAAA\n"])
def test_an_older_checkpoint_that_is_none_is_no_proof(whole: Files, look: Look, text: str) -> None:
    assert not look(whole, older=text).ok


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

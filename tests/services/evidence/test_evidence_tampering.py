"""A pack that somebody changed on the way, or made to harm, is told from one that nobody touched."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.checkpoint_keys import load_checkpoint_keys
from domain.checkpoints import MANIFEST, signed_note
from models.database import transaction
from services.checkpoints import make
from services.evidence import Scope
from tests.builders import NOW
from tests.packs import Archive, Files, Look, unpacked


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

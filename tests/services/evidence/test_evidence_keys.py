"""Whoever forges a pack has a key of their own, and may put the ward's beside it."""

from __future__ import annotations

import json
import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.checkpoint_keys import CheckpointKeys
from domain.checkpoints import MANIFEST, Checkpoint, read_keys, signed_note
from domain.merkle import inclusion_ranges, leaf_hash
from models.database import transaction
from models.history import SYSTEM
from services.checkpoints import make, rotate
from services.evidence_report import root_of
from tests.builders import NOW
from tests.packs import Archive, Files, Look, archive


@pytest.fixture(scope="module")
def forger(kept: Archive) -> CheckpointKeys:
    return CheckpointKeys(kept.keys.installation, b"f" * 32)


def signed(text: str, keys: CheckpointKeys) -> str:
    return signed_note(text, keys.sign("thu-nghiem", text))


def listed(files: Files, keys: CheckpointKeys) -> Files:
    """Make the manifest fit the files, and sign it."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {
        name: {"sha256": sha256(content).hexdigest(), "size": len(content)}
        for name, content in files.items()
        if name not in {"manifest.json", "manifest.sig"}
    }
    content = json.dumps(manifest).encode()
    text = f"{MANIFEST}\n{keys.origin('thu-nghiem')}\n{sha256(content).hexdigest()}\n"
    return {**files, "manifest.json": content, "manifest.sig": signed(text, keys).encode()}


def both_keys(files: Files, forger: CheckpointKeys, *, last: bool) -> bytes:
    own = f"{forger.verifiers('thu-nghiem')[0].line()}\n".encode()
    return files["keys.txt"] + own if last else own + files["keys.txt"]


@pytest.mark.parametrize("signs", [False, True], ids=["checkpoint as it was", "checkpoint signed as well"])
@pytest.mark.parametrize("last", [False, True], ids=["own key first", "own key last"])
def test_a_page_signed_by_another_key_is_not_shown_under_the_wards_fingerprint(
    whole: Files, look: Look, forger: CheckpointKeys, signs: bool, last: bool
) -> None:
    changed = {
        **whole,
        "index.html": b"<p>moi viec dung han</p>",
        "keys.txt": both_keys(whole, forger, last=last),
    }
    if signs:
        note = whole["checkpoint.txt"].decode()
        text = note.rpartition("\n\n")[0] + "\n"
        changed["checkpoint.txt"] = (note + signed(text, forger).rpartition("\n\n")[2]).encode()
    report = look(listed(changed, forger))
    wards = read_keys(whole["keys.txt"].decode())[0]

    assert not report.ok or report.facts["fingerprint"] != wards.fingerprint


def test_events_added_under_another_key_do_not_follow_from_the_wards_checkpoint(
    whole: Files, look: Look, forger: CheckpointKeys, older: str
) -> None:
    forged = grown(whole, forger)
    forged["keys.txt"] = both_keys(whole, forger, last=False)
    report = look(listed(forged, forger), older=older)

    assert not report.ok
    assert any("khoá" in each["problem"] for each in report.problems)


def test_a_key_that_took_over_within_the_log_is_vouched_for_by_its_forerunners_checkpoint(
    engine: Engine, data: Path, look: Look, forger: CheckpointKeys
) -> None:
    one = archive(engine, data)
    with transaction(engine) as connection:
        former = make(connection, one.ward, keys=one.keys, now=NOW)
        _, [between] = rotate(connection, data, by=SYSTEM, now=NOW)
        rotate(connection, data, by=SYSTEM, now=NOW)
    with zipfile.ZipFile(BytesIO(one.pack())) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    lost = {**files, "checkpoints.json": b'{"checkpoints": []}'}
    told = {name: look(each, older=former.note) for name, each in (("all", files), ("lost", lost))}

    assert told["all"].ok, told["all"].problems
    assert "được chính điểm chốt cũ" in told["all"].notes[-1]
    assert look(files, older=between.note).ok
    assert any("việc thay khoá" in each["problem"] for each in told["lost"].problems)


def test_a_forgers_second_signature_under_an_honest_checkpoint_vouches_for_nothing(
    whole: Files, look: Look, forger: CheckpointKeys, older: str
) -> None:
    text = older.rpartition("\n\n")[0] + "\n"
    both = older + signed(text, forger).rpartition("\n\n")[2]
    forged = grown(whole, forger)
    earlier = json.loads(forged["checkpoints.json"])
    for each in earlier["checkpoints"]:
        each["note"] = both if each["note"] == older else each["note"]
    forged |= {
        "keys.txt": both_keys(whole, forger, last=False),
        "checkpoints.json": json.dumps(earlier).encode(),
    }

    assert not look(listed(forged, forger), older=older).ok


def test_keys_that_are_named_and_are_none_are_not_replaced_by_those_in_the_pack(
    whole: Files, look: Look
) -> None:
    assert not look(whole, keys="").ok
    assert look(whole, keys=whole["keys.txt"].decode()).notes[-1].startswith("Tài liệu")


def grown(files: Files, forger: CheckpointKeys) -> Files:
    """Add an event of one's own to the whole log, with leaves and proofs that fit."""
    lines = files["events.jsonl"].splitlines()
    event = json.loads(lines[-1])
    event["position"] += 1
    lines.append(json.dumps(event, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode())
    leaves = files["leaves.bin"] + leaf_hash(lines[-1])
    size = len(leaves) // 32

    def root(start: int, end: int) -> str:
        return root_of(leaves[32 * start : 32 * end], end - start).hex()

    ranges = {each for position in range(size) for each in inclusion_ranges(position, size)}
    proofs = {"size": size, "ranges": {f"{start}-{end}": root(start, end) for start, end in ranges}}
    text = Checkpoint(forger.origin("thu-nghiem"), size, root_of(leaves, size)).text()
    manifest = json.loads(files["manifest.json"])
    manifest["checkpoint"] = {"size": size, "root": root_of(leaves, size).hex()}
    return {
        **files,
        "events.jsonl": b"".join(line + b"\n" for line in lines),
        "leaves.bin": leaves,
        "proofs.json": json.dumps(proofs).encode(),
        "checkpoint.txt": signed(text, forger).encode(),
        "manifest.json": json.dumps(manifest).encode(),
    }

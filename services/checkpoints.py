"""Checkpoints: signing what a log is now, so that whoever keeps the note can tell any later change."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from config.checkpoint_keys import CheckpointKeys, rotate_checkpoint_keys
from config.faults import reported
from config.secrets import put_secret
from domain.checkpoints import Checkpoint, VerifierKey, signed_note
from domain.errors import SystemFault, WardError
from domain.merkle import folded
from models import checkpoints, directory
from services.history import record
from services.people import Ward
from services.proofs import BrokenTree, StoredTree


class HistoryRewritten(SystemFault):
    """The log no longer begins with what was signed before; until that is cleared up nothing is signed."""

    def __init__(self, size: int, now: int) -> None:
        super().__init__(
            f"the log of {now} events does not continue the checkpoint over {size}",
            f"PHÁT HIỆN ĐƯỢC SỬA ĐỔI: nhật ký hiện có {now} sự kiện không nối tiếp điểm chốt đã ký ở"
            f" {size} sự kiện. Chưa ký điểm chốt mới. Hãy giữ nguyên hiện trạng và chạy lệnh:"
            " cchc audit verify.",
        )


class UnreadableCheckpoint(WardError):
    """A file holds no checkpoint that this installation signed for the ward."""

    def __init__(self, name: str, why: object) -> None:
        super().__init__(
            f"no checkpoint in {name}: {why}",
            f"“{name}” không phải là điểm chốt do cài đặt này ký cho phường. Hãy chọn đúng tệp đã lưu.",
        )


@dataclass(frozen=True, slots=True)
class Made:
    """A checkpoint with the note that is sent out, and the id of the key that signed it."""

    ward: str
    size: int
    root: bytes
    note: str
    key: str

    @property
    def short(self) -> str:
        """What fits into a footer: size, the root's first 16 digits, the key."""
        return f"{self.size} · {self.root.hex()[:16]} · {self.key}"


def make(
    connection: Connection, ward: Ward, *, keys: CheckpointKeys, now: datetime, cause: str = "asked"
) -> Made:
    """Sign what the ward's log is, and keep the note; one of this size and key is returned as it is.

    Call it last in a transaction, and let the note leave only after the commit.

    Raises:
        HistoryRewritten: the log does not continue what was signed before.
    """
    size, roots = checkpoints.head(connection, ward.id)
    if len(roots) != size.bit_count():  # no tree has such a head
        raise HistoryRewritten(size, size)
    root = folded(roots)
    _check_growth(connection, ward, size, root)
    origin = keys.origin(ward.code)
    key = VerifierKey(origin, keys.public).id
    found = checkpoints.newest(connection, ward.id, key)
    if found is not None and found.size == size:
        return Made(ward.code, size, root, found.note, key)
    made, ids = _signed(ward, size, root, keys, now)
    checkpoints.put(connection, ward.id, size=size, keys=ids, root=root, note=made.note, cause=cause, now=now)
    return made


def as_seen(connection: Connection, ward: Ward, made: Made, *, keys: CheckpointKeys, now: datetime) -> Made:
    """Return `made`, or, where the log has grown since, a checkpoint of what this connection sees.

    It is not kept: who only reads may sign what they read.

    Raises:
        HistoryRewritten: the log does not continue `made`.
    """
    size, roots = checkpoints.head(connection, ward.id)
    if size == made.size:
        return made
    try:
        grown = size > made.size and StoredTree(connection, ward.id).root(made.size) == made.root
    except BrokenTree as problem:
        raise HistoryRewritten(made.size, size) from problem
    if not grown:
        raise HistoryRewritten(made.size, size)
    return _signed(ward, size, folded(roots), keys, now)[0]


def _signed(
    ward: Ward, size: int, root: bytes, keys: CheckpointKeys, now: datetime
) -> tuple[Made, list[str]]:
    at = f"at {now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    text = Checkpoint(keys.origin(ward.code), size, root, (at,)).text()
    signatures = keys.sign(ward.code, text)
    ids = [signer.id for signer, _ in signatures]
    return Made(ward.code, size, root, signed_note(text, signatures), ids[0]), ids


def make_for_all(
    connection: Connection,
    *,
    keys: CheckpointKeys,
    now: datetime,
    cause: str = "daily",
    rewritten: list[HistoryRewritten] | None = None,
) -> list[tuple[Ward, Made]]:
    """Make a checkpoint for each ward; with `rewritten` a log that can't be signed keeps no other from it.

    Raises:
        HistoryRewritten: a log does not continue what was signed before, and nobody collects that.
    """
    made = []
    for row in directory.wards(connection):
        ward = Ward(row.id, row.code, row.name)
        try:
            made.append((ward, make(connection, ward, keys=keys, now=now, cause=cause)))
        except HistoryRewritten as fault:
            if rewritten is None:
                raise
            rewritten.append(fault)
    return made


def latest(connection: Connection, ward: Ward) -> Made | None:
    """Return the ward's newest checkpoint; None before the first."""
    row = checkpoints.newest(connection, ward.id)
    return None if row is None else Made(ward.code, row.size, bytes(row.root), row.note, row.key)


def rotate(
    connection: Connection, data: Path, *, by: str, now: datetime
) -> tuple[CheckpointKeys, list[Made]]:
    """Make a new signing key; a checkpoint of each ward, signed with both, vouches for it.

    `by` is the actor as the history names it.
    """
    keys = rotate_checkpoint_keys(data)
    for ward in directory.wards(connection):
        present, *former = keys.verifiers(ward.code)
        facts = {
            "former": former[0].id if former else None,
            "key": present.id,
            "public": b64encode(present.public).decode(),  # an id is short enough to be found again
        }
        record(connection, ward.id, "checkpoint.key-changed", facts, actor=by, now=now)
    return keys, [made for _, made in make_for_all(connection, keys=keys, now=now, cause="asked")]


def publish(folder: Path, ward_code: str, notes: Sequence[tuple[int, str, str]]) -> list[Path]:
    """Write what the folder lacks of (size, key, note) into files of their own; return the new ones.

    Harmless to repeat; a file that is there is never written again, so that a disk that was away catches up.

    Raises:
        SystemFault: the folder can't be written.
    """
    made = []
    with reported("Không ghi được điểm chốt vào thư mục lưu riêng"):
        folder.mkdir(parents=True, exist_ok=True)
        for size, key, note in notes:
            path = folder / f"{ward_code}-{size:012}-{key}.txt"
            if not path.exists():
                put_secret(path, note.encode(), 0o644)
                made.append(path)
    return made


def publish_all(connection: Connection, folder: Path) -> list[Path]:
    """Write all checkpoints of all wards that the folder lacks."""
    return [
        path
        for ward in directory.wards(connection)
        for path in publish(
            folder,
            ward.code,
            [(row.size, row.key, row.note) for row in checkpoints.stored(connection, ward.id)],
        )
    ]


def _check_growth(connection: Connection, ward: Ward, size: int, root: bytes) -> None:
    """Sign nothing that contradicts what was signed before.

    Raises:
        HistoryRewritten: it would.
    """
    before = checkpoints.newest(connection, ward.id)
    if before is None:
        return
    try:
        if size == before.size:
            old = root
        else:
            old = StoredTree(connection, ward.id).root(before.size) if size > before.size else b""
    except BrokenTree as problem:
        raise HistoryRewritten(before.size, size) from problem
    if old != bytes(before.root):
        raise HistoryRewritten(before.size, size)

"""Verifying the history: everything is computed again from the stored bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from domain.merkle import Frontier
from models import history
from services.people import Ward
from services.tasks import task_id


@dataclass(slots=True)
class WardVerdict:
    """What the verification of one ward's log found; `first_bad` is the first position that is not right."""

    ward: str
    size: int
    root: str
    checkpoints: int = 0
    first_bad: int | None = None
    problems: list[str] = field(default_factory=list)

    def found(self, position: int, problem: str) -> None:
        """Note a problem; only the first twenty are worded, the first position counts."""
        if self.first_bad is None or position < self.first_bad:
            self.first_bad = position
        if len(self.problems) < 20:
            self.problems.append(f"Vị trí {position}: {problem}")


@dataclass(slots=True)
class Verdict:
    """The verdict on all logs."""

    ok: bool
    wards: list[WardVerdict]

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as `cchc audit verify --json` prints it."""
        return asdict(self)


def verify(connection: Connection) -> Verdict:
    """Recompute every ward's log and compare it with what is stored.

    Notices any change of any column, and rows deleted, inserted, swapped or cut,
    also when a superuser did it with triggers off. Streams; memory stays flat. What is
    written while it runs is left to the next verification.
    """
    wards = [_verify_ward(connection, head) for head in history.heads(connection)]
    for ward_id in history.orphans(connection):
        wards.append(WardVerdict(f"#{ward_id}", 0, ""))
        wards[-1].found(0, "sự kiện thuộc về một phường không tồn tại")
    return Verdict(ok=all(not ward.problems for ward in wards), wards=wards)


def _verify_ward(connection: Connection, head: Any) -> WardVerdict:
    verdict = WardVerdict(head.code, 0, "")
    frontier = Frontier()
    rows = history.stream(connection, head.id, max(head.size, head.until))
    for leaf in _leaves(rows, head.code, verdict):
        frontier.append(leaf)
    verdict.size = frontier.size
    verdict.root = frontier.root().hex()
    _compare_head(verdict, frontier, head)
    return verdict


def _leaves(
    rows: Iterable[tuple[int, datetime | None, str, str, bytes]], ward: str, verdict: WardVerdict
) -> Iterator[bytes]:
    """Yield the leaf hashes as the bodies give them, noting every row that is not what it should be."""
    expected = 0
    for position, recorded_at, kind, body, stored in rows:
        if position != expected:
            gap = f"thiếu {position - expected} sự kiện" if position > expected else "vị trí bị lặp"
            verdict.found(min(position, expected), gap)
            expected = position
        leaf = sha256(b"\x00" + body.encode()).digest()
        if leaf != stored:
            verdict.found(position, "nội dung không khớp với mã băm đã lưu")
        problem = _mismatch(body, ward, position, recorded_at, kind)
        if problem:
            verdict.found(position, problem)
        expected += 1
        yield leaf


def _mismatch(body: str, ward: str, position: int, recorded_at: datetime | None, kind: str) -> str | None:
    """Say which column does not agree with the body; None where all do."""
    try:
        event = json.loads(body)
        stated = (event["ward"], event["position"], event["kind"], event["at"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "nội dung không đọc được"
    at = recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if recorded_at else "ngoài lịch"
    for name, says, column in zip(
        ("phường", "vị trí", "loại sự kiện", "thời điểm ghi"), stated, (ward, position, kind, at), strict=True
    ):
        if says != column:
            return f"cột {name} ({column}) khác với nội dung đã băm ({says})"
    return None


def _compare_head(verdict: WardVerdict, frontier: Frontier, head: Any) -> None:
    if frontier.size != head.size:
        verdict.found(
            min(frontier.size, head.size),
            f"sổ ghi {head.size} sự kiện nhưng chỉ còn {frontier.size} trong bảng",
        )
    if head.size == frontier.size == 0:  # a ward is never there without the event that made it
        verdict.found(0, "lịch sử trống: mọi sự kiện đã bị xoá")
    if verdict.problems:
        return
    if [bytes(root) for root in head.frontier] != frontier.roots:
        verdict.found(_first_differing(frontier, head), "cây băm không khớp: sự kiện đã bị viết lại")


def _first_differing(frontier: Frontier, head: Any) -> int:
    """Return where the first subtree starts whose root differs; no finer place can be told without proofs."""
    position = 0
    sizes = [1 << bit for bit in range(frontier.size.bit_length() - 1, -1, -1) if frontier.size >> bit & 1]
    for size, root, stored in zip(
        sizes, frontier.roots, [bytes(each) for each in head.frontier], strict=False
    ):
        if root != stored:
            return position
        position += size
    return position


def show(connection: Connection, ward: Ward, *, code: str | None, limit: int) -> Sequence[Any]:
    """Return the newest events of a ward, or those of one task, newest first.

    Raises:
        UnknownTask: no active plan has the task.
    """
    if code is None:
        return history.newest(connection, ward.id, limit)
    return history.events_of_task(connection, ward.id, task_id(connection, ward, code), limit)

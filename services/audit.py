"""Verifying the history: everything is computed again from the stored bytes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection

from domain.checkpoints import Checkpoint, NotACheckpoint, VerifierKey, opened
from models import checkpoints, history, stamps
from services.audit_stream import GrowingTree, check_events
from services.documents import DocumentStore
from services.people import Ward
from services.tasks import task_id

WORDED = 20  # problems that are put into words; all count

Verifiers = Callable[[str], Sequence[VerifierKey]]


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
        self.noted(f"Vị trí {position}: {problem}")

    def noted(self, problem: str) -> None:
        """Note a problem that is at no position of the log."""
        if len(self.problems) < WORDED:
            self.problems.append(problem)


@dataclass(slots=True)
class Verdict:
    """The verdict on all logs."""

    ok: bool
    wards: list[WardVerdict]

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as `cchc audit verify --json` prints it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Outside:
    """A checkpoint that was kept elsewhere; None inside where no key of this installation signed it.

    `published` are those that the program itself put there, each from the table and after the commit.
    """

    name: str
    ward: str
    checkpoint: Checkpoint | None
    published: bool = False


@dataclass(frozen=True, slots=True)
class Against:
    """What a verification may hold the logs against, besides themselves.

    `verifiers` gives the keys of a ward's checkpoints; `outside` are checkpoints that were kept
    elsewhere; `documents` is where the files are; `live` asks whether the tables follow
    from the log; `stamps` says what is wrong with a timestamp, given it and the note that it is of.
    """

    verifiers: Verifiers | None = None
    outside: Sequence[Outside] = ()
    documents: DocumentStore | None = None
    live: bool = False
    stamps: Callable[[bytes, bytes], str | None] | None = None


def verify(connection: Connection, against: Against | None = None) -> Verdict:
    """Recompute every ward's log and compare it with what is stored.

    Notices any change of any column, and rows deleted, inserted, swapped or cut,
    also when a superuser did it with triggers off. Streams; memory stays flat. What is
    written while it runs is left to the next verification.
    """
    against = against or Against()
    # Read before the heads: a checkpoint made meanwhile would be of more events than are looked at.
    stored = checkpoints.stored_everywhere(connection) if against.verifiers else {}
    heads = history.heads(connection)
    wards = [_verify_ward(connection, head, against, stored.get(head.id, ())) for head in heads]
    for ward_id in history.orphans(connection):
        wards.append(WardVerdict(f"#{ward_id}", 0, ""))
        wards[-1].found(0, "sự kiện thuộc về một phường không tồn tại")
    codes = {head.code for head in heads}
    for each in against.outside:
        if each.ward not in codes:
            wards.append(WardVerdict(each.ward, 0, "", checkpoints=1))
            wards[-1].found(0, f"không còn nhật ký mà điểm chốt lưu riêng “{each.name}” đã ký")
    return Verdict(ok=all(not ward.problems for ward in wards), wards=wards)


def verify_one(connection: Connection, ward: int, against: Against | None = None) -> WardVerdict:
    """Do the same for one ward's log; nothing of the others is read."""
    against = against or Against()
    stored = checkpoints.stored(connection, ward) if against.verifiers else ()
    [head] = history.heads(connection, ward)
    return _verify_ward(connection, head, against, stored)


def _verify_ward(connection: Connection, head: Any, against: Against, stored: Sequence[Any]) -> WardVerdict:
    verdict = WardVerdict(head.code, 0, "")
    known = _checkpoints(head, against, stored, verdict)
    tree = GrowingTree(checkpoint.size for _, checkpoint in known)
    rows = history.stream(connection, head.id, max(head.size, head.until))
    check_events(rows, head.code, tree, verdict.found)
    verdict.size = tree.size
    verdict.root = tree.root().hex()
    _compare_nodes(connection, verdict, tree, head)
    _compare_head(verdict, tree, head)
    _compare_checkpoints(verdict, tree, known)
    in_order = not verdict.problems
    if against.verifiers is not None:
        _check_published(verdict, against.outside, {row.size for row in stored})
    if against.stamps is not None:
        for row in stamps.of_ward(connection, head.id):
            problem = against.stamps(bytes(row.token), row.note.encode())
            if problem is not None:
                verdict.found(row.size, f"dấu thời gian của điểm chốt ở {row.size} sự kiện: {problem}")
    if against.documents is not None:
        from services.audit_documents import check_documents

        check_documents(connection, head.id, against.documents, verdict)
    if against.live and in_order:  # a broken log would be blamed on the tables
        from services.projection import check_tables

        check_tables(connection, head.id, verdict)
    return verdict


def _checkpoints(
    head: Any, against: Against, stored: Sequence[Any], verdict: WardVerdict
) -> list[tuple[str, Checkpoint]]:
    """Return the checkpoints, stored and kept elsewhere, that the ward's log is held against, by name."""
    known: list[tuple[str, Checkpoint]] = []
    if against.verifiers is not None:
        keys = against.verifiers(head.code)
        for row in stored:
            name = f"điểm chốt đã lưu ở {row.size} sự kiện"
            try:
                checkpoint = opened(row.note, keys)
            except NotACheckpoint:
                verdict.found(row.size, f"{name} không có chữ ký đúng")
                continue
            if (checkpoint.size, checkpoint.root) != (row.size, bytes(row.root)):
                verdict.found(row.size, f"{name} khác với bản đã ký")
            known.append((name, checkpoint))
        known += _kept_elsewhere(head.code, against.outside, verdict)
    verdict.checkpoints = len(known)
    return known


def _kept_elsewhere(
    ward: str, outside: Sequence[Outside], verdict: WardVerdict
) -> list[tuple[str, Checkpoint]]:
    known = []
    for each in outside:
        if each.ward == ward and each.checkpoint is None:
            verdict.found(0, f"điểm chốt lưu riêng “{each.name}” không do khoá nào của cài đặt này ký")
        elif each.ward == ward and each.checkpoint is not None:
            known.append((f"điểm chốt lưu riêng “{each.name}”", each.checkpoint))
    return known


def _check_published(verdict: WardVerdict, outside: Sequence[Outside], stored: Collection[int]) -> None:
    """Miss in the table what was sent out from it; what is longer than the log was cut, as was said."""
    for each in outside:
        if each.published and each.ward == verdict.ward and each.checkpoint is not None:
            size = each.checkpoint.size
            if size <= verdict.size and size not in stored:
                verdict.found(size, f"điểm chốt “{each.name}” không còn trong bảng điểm chốt: đã bị xoá")


def _compare_nodes(connection: Connection, verdict: WardVerdict, tree: GrowingTree, head: Any) -> None:
    """Hold the kept subtrees against those just computed: the place of a rewritten event, to 256."""
    if verdict.first_bad is not None:
        return  # after a missing event all subtrees differ
    missing = {key: node for key, node in tree.nodes.items() if (key[1] + 1) << key[0] <= head.size}
    for level, number, node in checkpoints.nodes(connection, head.id):
        first = number << level
        if first + (1 << level) <= tree.size and missing.pop((level, number), None) != node:
            last = first + (1 << level) - 1
            verdict.found(first, f"cây băm của sự kiện {first}–{last} không khớp: có sự kiện đã bị viết lại")
    if checkpoints.nodes_beyond(connection, head.id):
        verdict.found(tree.size, "cây băm có phần không thuộc sự kiện nào")
    for level, number in sorted(missing)[:WORDED]:
        verdict.found(number << level, "cây băm thiếu một phần")


def _compare_head(verdict: WardVerdict, tree: GrowingTree, head: Any) -> None:
    if tree.size != head.size:
        verdict.found(
            min(tree.size, head.size),
            f"sổ ghi {head.size} sự kiện nhưng chỉ còn {tree.size} trong bảng",
        )
    if head.size == tree.size == 0:  # a ward is never there without the event that made it
        verdict.found(0, "lịch sử trống: mọi sự kiện đã bị xoá")
    if verdict.problems:
        return
    if [bytes(root) for root in head.frontier] != tree.frontier():
        verdict.found(_first_differing(tree, head), "cây băm không khớp: sự kiện đã bị viết lại")


def _first_differing(tree: GrowingTree, head: Any) -> int:
    """Return where the first subtree starts whose root differs; no finer place can be told without proofs."""
    position = 0
    sizes = [1 << bit for bit in range(tree.size.bit_length() - 1, -1, -1) if tree.size >> bit & 1]
    for size, root, stored in zip(
        sizes, tree.frontier(), [bytes(each) for each in head.frontier], strict=False
    ):
        if root != stored:
            return position
        position += size
    return position


def _compare_checkpoints(
    verdict: WardVerdict, tree: GrowingTree, known: Sequence[tuple[str, Checkpoint]]
) -> None:
    """Find what was signed and is no longer so; the change lies after the last one that still holds."""
    holds = 0
    for name, checkpoint in sorted(known, key=lambda each: each[1].size):
        if checkpoint.size > tree.size:
            verdict.found(
                tree.size, f"{name} ký {checkpoint.size} sự kiện nhưng nhật ký chỉ còn {tree.size}: đã bị cắt"
            )
        elif tree.roots_at.get(checkpoint.size) != checkpoint.root:
            verdict.found(
                holds,
                f"{name} không khớp: trong các sự kiện {holds}–{checkpoint.size - 1} có sự kiện đã bị sửa",
            )
        else:
            holds = checkpoint.size


def show(connection: Connection, ward: Ward, *, code: str | None, limit: int) -> Sequence[Any]:
    """Return the newest events of a ward, or those of one task, newest first.

    Raises:
        UnknownTask: no active plan has the task.
    """
    if code is None:
        return history.newest(connection, ward.id, limit)
    return history.events_of_task(connection, ward.id, task_id(connection, ward, code), limit)

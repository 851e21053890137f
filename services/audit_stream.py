"""One pass over a ward's log: every hash computed again, every column held against its event."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from domain.merkle import Frontier, folded, node_hash

BLOCK = 256
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - PostgreSQL counts from here, in UTC; only its text is used
_DAYS = range(-729_000 * 86_400_000_000, 2_920_000 * 86_400_000_000)  # what `datetime` can hold, and less

Row = tuple[int, int, bytes, bytes, bytes]
Found = Callable[[int, str], None]


class GrowingTree:
    """A tree that is fed with blocks of 256 leaves; it notes its roots at the sizes that were asked for.

    `nodes` are its full subtrees of level 8, 16 and 24: one for 256 events, so they stay few.
    """

    def __init__(self, sizes: Iterable[int]) -> None:
        self.size = 0
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.roots_at: dict[int, bytes] = {}
        self._wanted = sorted(set(sizes), reverse=True)
        self._blocks = Frontier()
        self._last: list[bytes] = []

    def add(self, leaves: list[bytes]) -> None:
        """Add a block; only the last may hold fewer than 256 leaves."""
        while self._wanted and self._wanted[-1] <= self.size + len(leaves):
            size = self._wanted.pop()
            self.roots_at[size] = self._root(leaves[: size - self.size])
        self.size += len(leaves)
        if len(leaves) < BLOCK:
            self._last = leaves
            return
        row = leaves
        while len(row) > 1:
            row = [
                sha256(b"\x01" + left + right).digest()
                for left, right in zip(row[::2], row[1::2], strict=True)
            ]
        self._append(row[0])

    def frontier(self) -> list[bytes]:
        """Return the roots of the full subtrees, largest first."""
        return [*self._blocks.roots, *_small(self._last).roots]

    def root(self) -> bytes:
        """Return the root over all leaves."""
        return self._root(self._last)

    def _root(self, leaves: list[bytes]) -> bytes:
        return folded([*self._blocks.roots, *_small(leaves).roots])

    def _append(self, node: bytes) -> None:
        """Add a block's root, and tell of the larger subtrees that it completes."""
        number, level, roots = self._blocks.size, 8, self._blocks.roots
        self.nodes[level, number] = node
        whole, at = node, len(roots)
        while number & 1:
            at, number, level = at - 1, number >> 1, level + 1
            whole = node_hash(roots[at], whole)
            if level % 8 == 0:
                self.nodes[level, number] = whole
        self._blocks.append(node)


def check_events(rows: Iterable[Row], ward: str, tree: GrowingTree, found: Found) -> None:
    """Feed the tree with what the bodies hash to, and tell of every row that is not what it should be."""
    texts, tail = _Texts(), f',"ward":{json.dumps(ward, ensure_ascii=False)}}}'.encode()
    leaves: list[bytes] = []
    expected, last, instant = 0, None, b""
    add = leaves.append
    # A million rows pass here: each step is the cheapest that says the same.
    for position, at, kind, body, stored in rows:
        if position != expected:
            gap = f"thiếu {position - expected} sự kiện" if position > expected else "vị trí bị lặp"
            found(min(position, expected), gap)
            expected = position
        leaf = sha256(b"\x00" + body).digest()
        if leaf != stored:
            found(position, "nội dung không khớp với mã băm đã lưu")
        if at != last:
            last, instant = at, b',"at":"%b","facts":{' % texts.instant(at)
        if not (
            body.endswith(b"%b%d%b" % (texts[kind], position, tail))
            and body.startswith(instant, body.find(b"}") + 1)  # where the actor ends
        ):
            problem = mismatch(body, ward, position, texts.instant(at).decode(), kind)
            if problem:
                found(position, problem)
        expected += 1
        add(leaf)
        if len(leaves) == BLOCK:
            tree.add(leaves)
            leaves = []
            add = leaves.append
    tree.add(leaves)


def mismatch(body: bytes, ward: str, position: int, at: str, kind: bytes) -> str | None:
    """Say which column does not agree with the body; None where all do."""
    try:
        event = json.loads(body)
        stated = (event["ward"], event["position"], event["kind"], event["at"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "nội dung không đọc được"
    columns = (ward, position, kind.decode(errors="replace"), at)
    names = ("phường", "vị trí", "loại sự kiện", "thời điểm ghi")
    for name, says, column in zip(names, stated, columns, strict=True):
        if says != column:
            return f"cột {name} ({column}) khác với nội dung đã băm ({says})"
    return None


class _Texts(dict[bytes, bytes]):
    """How kinds and instants are written in events; the same ones come again and again."""

    def __missing__(self, kind: bytes) -> bytes:
        told = json.dumps(kind.decode(errors="replace"), ensure_ascii=False)
        self[kind] = text = f',"kind":{told},"position":'.encode()
        return text

    @staticmethod
    def instant(at: int) -> bytes:
        """Return how an event writes an instant that PostgreSQL counts in microseconds."""
        if at not in _DAYS:
            return "ngoài lịch".encode()
        return f"{(_EPOCH + timedelta(microseconds=at)).isoformat(timespec='microseconds')}Z".encode()


def _small(leaves: list[bytes]) -> Frontier:
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier

"""Proofs from the stored tree: a few hundred hashes are read, however long the log is."""

from __future__ import annotations

from sqlalchemy import Connection

from domain.errors import SystemFault
from domain.merkle import consistency_ranges, inclusion_ranges, node_hash, range_root
from models import checkpoints

KEPT_EVERY = 8  # levels; see `models.audit.AuditNode`
BLOCK = 1 << KEPT_EVERY
MOST = 64 * BLOCK  # hashes in memory


class BrokenTree(SystemFault):
    """Hashes of the log are missing: it has been tampered with, or the size asked for is beyond its end."""

    def __init__(self, level: int, number: int) -> None:
        first = number << level
        super().__init__(
            f"hashes missing below node {number} of level {level}",
            f"Nhật ký thiếu dữ liệu từ vị trí {first}; hãy chạy lệnh: cchc audit verify.",
        )


class StoredTree:
    """The Merkle tree of a ward's log, read from the database as far as it is asked for.

    It keeps what it has computed, for proofs of many events in order of position.
    """

    def __init__(self, connection: Connection, ward_id: int) -> None:
        self._connection, self._ward = connection, ward_id
        self._nodes: dict[tuple[int, int], bytes] = {}

    def node(self, level: int, number: int) -> bytes:
        """Return the root of the `number`-th full subtree of 2^level leaves.

        Raises:
            BrokenTree: there is no such subtree.
        """
        if (level, number) not in self._nodes:
            kept = level - level % KEPT_EVERY
            self._load(kept, number >> KEPT_EVERY - level + kept)
        found = self._nodes.get((level, number))
        if found is None:
            raise BrokenTree(level, number)
        return found

    def root(self, size: int) -> bytes:
        """Return the root over the first `size` events."""
        return range_root(0, size, self.node)

    def inclusion(self, position: int, size: int) -> list[bytes]:
        """Return the proof that an event is at `position` of the first `size`."""
        return [range_root(*each, self.node) for each in inclusion_ranges(position, size)]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the first `new` events begin with the first `old`."""
        return [range_root(*each, self.node) for each in consistency_ranges(old, new)]

    def _load(self, kept: int, block: int) -> None:
        """Read one row of 256 kept hashes, or as many as there are, and compute what stands above them."""
        if len(self._nodes) > MOST:
            self._nodes.clear()
        first = block * BLOCK
        row = checkpoints.hashes(self._connection, self._ward, kept, first, BLOCK)
        for above in range(kept, kept + KEPT_EVERY):
            start = first >> above - kept
            self._nodes |= {(above, start + at): each for at, each in enumerate(row)}
            row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]

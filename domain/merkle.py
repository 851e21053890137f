"""The Merkle tree of RFC 6962, section 2.1: grown leaf by leaf, proved range by range."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

Range = tuple[int, int]


def leaf_hash(leaf: bytes) -> bytes:
    """Return SHA-256 of 0x00 and the leaf."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256 of 0x01 and both children."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of a growing tree's full subtrees, largest first: all that appending needs."""

    __slots__ = ("roots", "size")

    def __init__(self, size: int = 0, roots: Sequence[bytes] = ()) -> None:
        if len(roots) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} full subtrees")
        self.size = size
        self.roots = list(roots)

    def append(self, leaf: bytes) -> None:
        """Add the hash of one more leaf."""
        node, odd = leaf, self.size
        while odd & 1:
            node = sha256(b"\x01" + self.roots.pop() + node).digest()
            odd >>= 1
        self.roots.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the tree's root; of the empty tree, SHA-256 of nothing."""
        return folded(self.roots)


def folded(roots: Sequence[bytes]) -> bytes:
    """Return the root over full subtrees that stand side by side, largest first."""
    if not roots:
        return sha256(b"").digest()
    node = roots[-1]
    for left in reversed(roots[:-1]):
        node = node_hash(left, node)
    return node


def subtrees(start: int, end: int) -> list[Range]:
    """Return the full subtrees that make up the leaves from `start` to before `end`, as (level, number).

    `start` must be one of the places where the tree splits, as it is in every proof.
    """
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def range_root(start: int, end: int, node: Callable[[int, int], bytes]) -> bytes:
    """Return the root over the leaves from `start` to before `end`; `node` gives full subtrees."""
    return folded([node(*each) for each in subtrees(start, end)])


def inclusion_ranges(position: int, size: int) -> list[Range]:
    """Return the ranges of leaves whose roots prove a leaf, nearest first: PATH(m, D[n]) of RFC 6962.

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= position < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {position}")
    start, end, path = 0, size, []
    while end - start > 1:
        split = start + _split(end - start)
        if position < split:
            path.append((split, end))
            end = split
        else:
            path.append((start, split))
            start = split
    return path[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """Return the ranges whose roots prove that the first `old` of `new` leaves are the old tree.

    PROOF(m, D[n]) of RFC 6962; empty where the sizes are the same or the old tree was empty.

    Raises:
        ValueError: the new tree is smaller.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves is not the beginning of one of {new}")
    if old in {0, new}:
        return []
    start, end, path, whole = 0, new, [], True
    while old < end:
        split = start + _split(end - start)
        if old <= split:
            path.append((split, end))
            end = split
        else:
            path.append((start, split))
            start, whole = split, False
    return ([] if whole else [(start, end)]) + path[::-1]


def root_from_inclusion(leaf: bytes, position: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """Return the root that a proof leads to from a leaf's hash; None where it can't be a proof of it."""
    if not 0 <= position < size:
        return None
    ranges = inclusion_ranges(position, size)
    if len(ranges) != len(proof):
        return None
    node = leaf
    for (start, _), sibling in zip(ranges, proof, strict=True):
        node = node_hash(sibling, node) if start <= position else node_hash(node, sibling)
    return node


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether a proof shows that the tree with `new_root` only grew out of the one with `old_root`."""
    if not 0 <= old <= new:
        return False
    if old in {0, new}:
        return not proof and old_root == (new_root if old == new else sha256(b"").digest())
    ranges = consistency_ranges(old, new)
    if len(ranges) != len(proof):
        return False
    steps = list(zip(ranges, proof, strict=True))
    was = now = old_root
    if ranges[0][1] == old:  # the old tree's last subtree, where that is not the whole of it
        was = now = steps.pop(0)[1]
    for (start, _), sibling in steps:
        if start < old:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
        else:
            now = node_hash(now, sibling)
    return was == old_root and now == new_root


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1

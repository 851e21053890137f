"""The Merkle tree against its definition in RFC 6962, section 2.1."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.merkle import (
    Frontier,
    consistency_ranges,
    inclusion_ranges,
    is_consistent,
    leaf_hash,
    node_hash,
    range_root,
    root_from_inclusion,
)

# The leaves and roots that the implementations of Certificate Transparency test themselves with.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def grown(leaves: list[bytes]) -> Frontier:
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf_hash(leaf))
    return frontier


def by_definition(leaves: list[bytes]) -> bytes:
    """Return MTH(D[n]): split at the largest power of two smaller than n."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_known_roots_come_out(size: int) -> None:
    assert grown(LEAVES[:size]).root().hex() == ROOTS[size]


def test_the_root_is_the_defined_one_at_every_size() -> None:
    leaves = [number.to_bytes(2, "big") for number in range(130)]
    frontier = Frontier()

    for size, leaf in enumerate(leaves):
        assert frontier.root() == by_definition(leaves[:size])
        frontier.append(leaf_hash(leaf))
    assert frontier.size == len(leaves)


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_the_root_is_the_defined_one_for_any_leaves(leaves: list[bytes]) -> None:
    assert grown(leaves).root() == by_definition(leaves)


@given(st.lists(st.binary(max_size=4), max_size=40), st.lists(st.binary(max_size=4), max_size=40))
def test_a_tree_taken_up_again_grows_as_if_it_had_never_been_put_down(
    before: list[bytes], later: list[bytes]
) -> None:
    kept = grown(before)
    again = Frontier(kept.size, kept.roots)
    for leaf in later:
        again.append(leaf_hash(leaf))

    assert again.root() == by_definition(before + later)
    assert kept.root() == by_definition(before)


@given(st.integers(0, 40), st.integers(0, 8))
def test_a_frontier_with_the_wrong_number_of_subtrees_is_refused(size: int, roots: int) -> None:
    if roots == size.bit_count():
        assert Frontier(size, [b"x"] * roots).size == size
        return
    with pytest.raises(ValueError, match="full subtrees"):
        Frontier(size, [b"x"] * roots)


def test_a_node_can_never_pass_for_a_leaf() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")

    assert node_hash(left, right) != leaf_hash(left + right)


SIZES = st.integers(1, 300)


def nodes_of(size: int) -> Callable[[int, int], bytes]:
    """Give the full subtrees of a tree of numbered leaves."""
    leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(size)]

    @cache
    def node(level: int, number: int) -> bytes:
        if level == 0:
            return leaves[number]
        return node_hash(node(level - 1, 2 * number), node(level - 1, 2 * number + 1))

    return node


@given(SIZES, st.data())
def test_every_leafs_proof_leads_to_the_root_and_no_other_leafs_does(size: int, data: st.DataObject) -> None:
    node, position = nodes_of(size), data.draw(st.integers(0, size - 1))
    root = range_root(0, size, node)
    proof = [range_root(*each, node) for each in inclusion_ranges(position, size)]
    other = data.draw(st.integers(0, size))

    assert root_from_inclusion(node(0, position), position, size, proof) == root
    assert root_from_inclusion(leaf_hash(b"other"), position, size, proof) != root
    if other != position:
        assert root_from_inclusion(node(0, position), other, size, proof) != root
    assert root_from_inclusion(node(0, position), position, size, [*proof, bytes(32)]) is None


@given(SIZES, st.data())
def test_growth_is_proved_between_any_two_sizes_and_rewriting_never(size: int, data: st.DataObject) -> None:
    node, old = nodes_of(size), data.draw(st.integers(0, size))
    before, now = range_root(0, old, node), range_root(0, size, node)
    proof = [range_root(*each, node) for each in consistency_ranges(old, size)]

    assert is_consistent(old, before, size, now, proof)
    if old not in {0, size}:
        assert not is_consistent(old, leaf_hash(b"x"), size, now, proof)
        assert not is_consistent(old, before, size, leaf_hash(b"x"), proof)
        at = data.draw(st.integers(0, len(proof) - 1))
        assert not is_consistent(old, before, size, now, [*proof[:at], bytes(32), *proof[at + 1 :]])
        assert not is_consistent(old, before, size, now, proof[:-1])


@given(st.integers(1, 120), st.data())
def test_a_tree_by_other_hands_has_the_same_roots_and_proofs(size: int, data: st.DataObject) -> None:
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(size):
        theirs.append_entry(number.to_bytes(4, "big"))
    node, position = nodes_of(size), data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))

    assert theirs.get_root() == range_root(0, size, node)
    proof = theirs.prove_inclusion(position + 1)
    assert proof.path[0] == node(0, position)  # theirs begins with the leaf itself
    assert proof.path[1:] == [range_root(*each, node) for each in inclusion_ranges(position, size)]
    grown_proof = [range_root(*each, node) for each in consistency_ranges(old, size)]
    assert is_consistent(old, theirs.get_root(old), size, theirs.get_root(), grown_proof)


@pytest.mark.parametrize(("position", "size"), [(0, 0), (5, 5), (-1, 3)])
def test_a_leaf_that_is_not_there_has_no_proof(position: int, size: int) -> None:
    assert root_from_inclusion(bytes(32), position, size, []) is None
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_ranges(position, size)


def test_a_larger_tree_is_not_the_beginning_of_a_smaller_one() -> None:
    assert not is_consistent(4, bytes(32), 3, bytes(32), [])
    with pytest.raises(ValueError, match="beginning"):
        consistency_ranges(4, 3)
